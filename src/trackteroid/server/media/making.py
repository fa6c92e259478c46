"""What screens show and browsers play, made of pictures, documents, films and series of pictures."""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps

from trackteroid.server.files.kinds import DECODED, DOCUMENTS
from trackteroid.server.files.thumbnails import FORMATS, on_screen

#: Pixels at the longer side of pictures, and of thumbnails.
PICTURE: Final = 4096
THUMBNAIL: Final = 1000
#: Light of scenes becomes that of screens; formats that hold something else have no such option.
_OPTIONS: Final = {"exr_pipe": {"apply_trc": "iec61966_2_1"}}
#: The same where decoders leave that to whoever shows pictures, as those of PyAV 19 do: codes of ITU-T H.273 for light,
#: and for what screens show.
_LIGHT, _SCREEN = 8, 13


#: Pixels at the longer side of films, and at that of each picture of a filmstrip.
_FILM, _STRIP = 1920, 200
_IN_STRIP: Final = 20
#: What moments of pictures are counted in: fine enough for every frame rate.
_TICK: Final = Fraction(1, 90_000)
_USUAL_RATE: Final = Fraction(25)
#: The samples a second that sound in such a film may have.
_SAMPLES: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)

Tell = Callable[[float], None]
#: The number of a picture, and what opens it.
Numbered = tuple[int, Callable[[], io.RawIOBase]]


def picture(data: io.RawIOBase, end: str, folder: Path) -> dict[str, Any]:
    """Make a JPEG of a picture, and return what is to be known of it."""
    save(shown(data, end), PICTURE, folder / "image.jpg")
    with closing(Image.open(folder / "image.jpg")) as made:
        return {"image": {"format": "image/jpeg", "width": made.width, "height": made.height}}


def document(data: io.RawIOBase, folder: Path) -> dict[str, Any]:
    """Make a thumbnail of the first page of a document, which browsers show as it is."""
    save(shown(data, ".pdf"), THUMBNAIL, folder / "image.jpg")
    return {}


def shown(data: io.RawIOBase, end: str) -> Image.Image:
    """Return a picture upright, with 8 bits a channel. How it is read is decided by the end of its name."""
    if end in DECODED:  # only by decoders of films
        av: Any = importlib.import_module("av")
        with av.open(data, format=DECODED[end]) as given:
            stream = given.streams.video[0]
            stream.codec_context.options = _OPTIONS.get(DECODED[end], {})
            for frame in given.decode(stream):
                is_light = getattr(frame, "color_trc", None) == _LIGHT
                return (frame.reformat(format="rgb24", dst_color_trc=_SCREEN) if is_light else frame).to_image()
        raise ValueError("there is no picture in it")
    if end in DOCUMENTS:
        pdfium: Any = importlib.import_module("pypdfium2")
        with closing(pdfium.PdfDocument(data)) as pages:
            if not len(pages):
                raise ValueError("there are no pages in it")
            with closing(pages[0]) as page:
                factor = min(PICTURE / max(page.get_size()), 3.0)
                return page.render(scale=factor).to_pil().convert("RGB")
    file: Any = data
    with closing(Image.open(file, formats=FORMATS)) as opened:
        opened.draft("RGB", (PICTURE, PICTURE))
        return ImageOps.exif_transpose(on_screen(opened))


def save(image: Image.Image, most: int, path: Path) -> None:
    """Keep a picture as JPEG, no larger than a square. What shines through is black."""
    small = image.copy()
    small.thumbnail((most, most), Image.Resampling.LANCZOS)
    opaque(small).save(path, quality=88)


def opaque(image: Image.Image) -> Image.Image:
    """Return a picture over black."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    over = Image.new("RGB", image.size)
    over.paste(image, mask=image.getchannel("A"))
    return over


def film(data: io.RawIOBase, form: str, folder: Path, tell: Tell) -> dict[str, Any]:
    """Make an MP4, a thumbnail and a filmstrip of a film, and return what is to be known of them."""
    av: Any = importlib.import_module("av")
    first = _first(av, data, form)
    with av.open(data, format=form) as given, _making(av, folder) as made:
        source = given.streams.video[0]
        source.thread_type = "AUTO"
        sound = next(iter(given.streams.audio), None)
        rate = _fraction(source.average_rate) or _fraction(source.guessed_rate) or _USUAL_RATE
        seconds = float(given.duration / 1_000_000) if given.duration else 0.0
        shape = _Shape(av, first, _fraction(source.sample_aspect_ratio) or Fraction(1))
        pictures = _Pictures(made, shape, rate, round(seconds * float(rate)))
        sounds = _Sounds(av, made, sound) if sound is not None else None
        for packet in given.demux(*(stream for stream in (source, sound) if stream is not None)):
            for frame in packet.decode():
                if packet.stream is source:
                    moment = None if frame.time is None else frame.pts * Fraction(frame.time_base)
                    pictures.add(shape.shaped(frame), moment)
                    tell(min(0.99, (frame.time or 0.0) / seconds) if seconds else 0.5)
                elif sounds is not None:
                    sounds.add(frame)
        pictures.end()
        if sounds is not None:
            sounds.end()
    return pictures.saved(folder)


def sequence(
    pictures: Sequence[Numbered], end: str, folder: Path, tell: Tell, *, rate: Fraction = _USUAL_RATE
) -> dict[str, Any]:
    """Make the same of pictures that are numbered; what is missing between two of them is the earlier one.

    Args:
        pictures: The pictures, by number.
        end: The end of their names.
        folder: Where to.
        tell: Hears how far it is.
        rate: How many numbers make a second.
    """
    av: Any = importlib.import_module("av")
    (beginning, _), *_ = pictures
    with _making(av, folder) as made:
        shape = result = None
        for done, (number, opened) in enumerate(pictures):
            with opened() as data:
                frame = av.VideoFrame.from_image(opaque(shown(data, end)))
            if shape is None or result is None:
                shape = _Shape(av, frame, Fraction(1))
                result = _Pictures(made, shape, rate, len(pictures))
            frame.time_base, frame.pts = _TICK, 0
            result.add(shape.shaped(frame), Fraction(number - beginning) / rate)
            tell(min(0.99, (done + 1) / len(pictures)))
        if result is None:
            raise ValueError("there are no pictures in it")
        result.end()
    return result.saved(folder)


@contextmanager
def _making(av: Any, folder: Path) -> Generator[Any]:
    with av.open(str(folder / "film.mp4"), "w", format="mp4", options={"movflags": "+faststart"}) as made:
        yield made


def _first(av: Any, data: io.RawIOBase, form: str) -> Any:
    """Return the first picture of a film: only it tells how the film is turned."""
    with av.open(data, format=form) as given:
        if not given.streams.video:
            raise ValueError("there are no pictures in it")
        frame = next(given.decode(video=0), None)
    data.seek(0)
    if frame is None:
        raise ValueError("there are no pictures in it")
    return frame


def _fraction(value: Any) -> Fraction | None:
    """Return a number of the library's, which has had several ways to say that there is none."""
    return Fraction(value.numerator, value.denominator) if value else None


class _Shape:
    """How pictures of a film are made upright, opaque and of one size."""

    def __init__(self, av: Any, first: Any, aspect: Fraction) -> None:
        self._av = av
        self._graph: Any = None
        self._known: object = None
        width, height = round(first.width * aspect), first.height
        if _turns(first) % 2:
            width, height = height, width
        self.width, self.height = _fitted(width, height, _FILM)

    def shaped(self, frame: Any) -> Any:
        """Return a picture as it is in the film."""
        seen = (frame.width, frame.height, frame.format.name, _turns(frame))
        if seen != self._known:
            self._graph, self._known = self._made(frame), seen
        self._graph.push(frame)
        return self._graph.pull()

    def _made(self, frame: Any) -> Any:
        graph = self._av.filter.Graph()
        begin = graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=Fraction(frame.time_base) if frame.time_base else _TICK,
        )
        has_alpha = any(component.is_alpha for component in frame.format.components)
        opaque = [("format", "gbrap"), ("premultiply", "inplace=1")] if has_alpha else []
        turned = [(), [("transpose", "clock")], [("hflip", ""), ("vflip", "")], [("transpose", "cclock")]]
        size = [("scale", f"{self.width}:{self.height}"), ("setsar", "1"), ("format", "yuv420p")]
        steps = [graph.add(*step) for step in (*opaque, *turned[_turns(frame)], *size)]
        graph.link_nodes(begin, *steps, graph.add("buffersink"))
        graph.configure()
        return graph


def _turns(frame: Any) -> int:
    """Return by how many quarters a picture has to be turned clockwise; the film says it the other way round."""
    return -round(frame.rotation / 90) % 4


class _Pictures:
    """The pictures of a film on their way into another."""

    def __init__(self, made: Any, shape: _Shape, rate: Fraction, count: int) -> None:
        self._made, self._rate, self._step = made, rate, max(1, round(count / _IN_STRIP))
        options = {"profile": "baseline", "preset": "veryfast", "crf": "21"}
        self._stream = made.add_stream("libx264", rate=rate, options=options)
        self._stream.width, self._stream.height, self._stream.pix_fmt = shape.width, shape.height, "yuv420p"
        self._stream.codec_context.time_base = _TICK
        self._count, self._last = 0, -1
        self._poster: Any = None
        self._strip: list[Any] = []

    def add(self, frame: Any, moment: Fraction | None) -> None:
        """Add the next picture; its moment stays what it was."""
        when = Fraction(self._count) / self._rate if moment is None else moment
        frame.pts, frame.time_base = max(self._last + 1, round(when / _TICK)), _TICK
        frame.pict_type = 0
        self._last = frame.pts
        self._made.mux(self._stream.encode(frame))
        if self._count % self._step == 0 and len(self._strip) < _IN_STRIP:
            image = frame.to_image()
            # Films tend to begin in black.
            if self._poster is None or len(self._strip) == 2:
                self._poster = image.copy()
            image.thumbnail((_STRIP, _STRIP))
            self._strip.append(image)
        self._count += 1

    def end(self) -> None:
        """There are no more."""
        if not self._count:
            raise ValueError("there are no pictures in it")
        self._made.mux(self._stream.encode(None))

    def saved(self, folder: Path) -> dict[str, Any]:
        """Save the pictures beside the film, and return what is to be known."""
        save(self._poster, THUMBNAIL, folder / "image.jpg")
        width, height = self._strip[0].size
        strip = Image.new("RGB", (width * len(self._strip), height))
        for place, image in enumerate(self._strip):
            strip.paste(image, (place * width, 0))
        strip.save(folder / "filmstrip.jpg", quality=80)
        told = {
            "frameIn": 0,
            "frameOut": self._count - 1,
            "frameRate": float(self._rate),
            "width": self._stream.width,
            "height": self._stream.height,
        }
        parts = {"frames": len(self._strip), "width": width, "height": height}
        return {"film": told, "filmstrip": parts}


class _Sounds:
    """The sound of a film on its way into another, in which it is AAC."""

    def __init__(self, av: Any, made: Any, source: Any) -> None:
        self._made = made
        rate = source.rate if source.rate in _SAMPLES else _SAMPLES[-1]
        self._stream = made.add_stream("aac", rate=rate)
        self._stream.layout = "stereo" if source.channels > 1 else "mono"
        self._resampler = av.AudioResampler("fltp", self._stream.layout, rate)

    def add(self, frame: Any) -> None:
        """Add the next piece of sound."""
        for each in self._resampler.resample(frame):
            self._made.mux(self._stream.encode(each))

    def end(self) -> None:
        """There is no more."""
        self.add(None)
        self._made.mux(self._stream.encode(None))


def _fitted(width: int, height: int, most: int) -> tuple[int, int]:
    """Return a size within a square, with even sides, which the encoder needs.

    >>> _fitted(4096, 2161, 1920)
    (1920, 1012)
    """
    factor = min(1.0, most / max(width, height))
    return max(2, int(width * factor) // 2 * 2), max(2, int(height * factor) // 2 * 2)
