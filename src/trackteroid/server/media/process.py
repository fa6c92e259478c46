"""What encodes one file, in a process of its own: whatever a broken film does to it, the server goes on.

It is told what to do as one line of JSON on standard input, and tells the same way how far it is and what it has made:
``{"progress": 0.5}``, ``{"done": {...}}`` or ``{"failed": "..."}``. What it makes is in the folder that it is told.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps

from trackteroid.server.files.opening import store_at
from trackteroid.server.files.plans import FILMS
from trackteroid.server.files.reading import Joined
from trackteroid.server.files.stores import Piece
from trackteroid.server.files.thumbnails import FORMATS, on_screen

#: Pixels at the longer side of films, pictures and thumbnails, and at that of each picture of a filmstrip.
_FILM, _PICTURE, _THUMBNAIL, _STRIP = 1920, 4096, 1000, 200
_IN_STRIP: Final = 20
#: What moments of pictures are counted in: fine enough for every frame rate.
_TICK: Final = Fraction(1, 90_000)

Tell = Callable[[float], None]


def main() -> None:
    """Do what standard input says."""
    told = json.loads(sys.stdin.readline())
    _limit_memory()
    folder, end = Path(told["folder"]), told["file_type"]
    with Joined(store_at(told["store"]), told["file_id"], [Piece(*each) for each in told["pieces"]]) as data:
        try:
            done = film(data, FILMS[end], folder, _telling()) if end in FILMS else picture(data, folder)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the job failed of
            _say({"failed": f"{type(error).__name__}: {error}"[:500]})
        else:
            _say({"done": done})


def picture(data: io.RawIOBase, folder: Path) -> dict[str, Any]:
    """Make a JPEG of a picture, and return what is to be known of it."""
    given: Any = data
    with closing(Image.open(given, formats=FORMATS)) as opened:
        opened.draft("RGB", (_PICTURE, _PICTURE))
        shown = on_screen(opened)
    _save(ImageOps.exif_transpose(shown), _PICTURE, folder / "image.jpg")
    with closing(Image.open(folder / "image.jpg")) as made:
        return {"image": {"format": "image/jpeg", "width": made.width, "height": made.height}}


def film(data: io.RawIOBase, form: str, folder: Path, tell: Tell) -> dict[str, Any]:
    """Make an MP4, a thumbnail and a filmstrip of a film, and return what is to be known of them."""
    av: Any = importlib.import_module("av")
    with (
        av.open(data, format=form) as given,
        av.open(str(folder / "film.mp4"), "w", format="mp4", options={"movflags": "+faststart"}) as made,
    ):
        source = next(iter(given.streams.video), None)
        if source is None:
            raise ValueError("there are no pictures in it")
        source.thread_type = "AUTO"
        sound = next(iter(given.streams.audio), None)
        rate = source.average_rate or source.guessed_rate or Fraction(25)
        seconds = float(given.duration / 1_000_000) if given.duration else 0.0
        pictures = _Pictures(made, source, rate, max(1, round(seconds * rate / _IN_STRIP)))
        sounds = _Sounds(av, made, sound) if sound is not None else None
        for packet in given.demux(*(stream for stream in (source, sound) if stream is not None)):
            for frame in packet.decode():
                if packet.stream is source:
                    pictures.add(frame)
                    tell(min(0.99, (frame.time or 0.0) / seconds) if seconds else 0.5)
                elif sounds is not None:
                    sounds.add(frame)
        pictures.end()
        if sounds is not None:
            sounds.end()
    return pictures.saved(folder)


class _Pictures:
    """The pictures of a film on their way into another."""

    def __init__(self, made: Any, source: Any, rate: Fraction, step: int) -> None:
        self._made, self._rate, self._step = made, rate, step
        width, height = _fitted(source.width, source.height, _FILM)
        options = {"profile": "baseline", "preset": "veryfast", "crf": "21"}
        self._stream = made.add_stream("libx264", rate=rate, options=options)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        self._stream.codec_context.time_base = _TICK
        self._count, self._last = 0, -1
        self._poster: Any = None
        self._strip: list[Any] = []

    def add(self, frame: Any) -> None:
        """Add the next picture; its moment stays what it was."""
        moment = Fraction(self._count) / self._rate if frame.time is None else frame.pts * frame.time_base
        small = frame.reformat(self._stream.width, self._stream.height, "yuv420p")
        small.pts, small.time_base = max(self._last + 1, round(moment / _TICK)), _TICK
        small.pict_type = 0
        self._last = small.pts
        self._made.mux(self._stream.encode(small))
        if self._count % self._step == 0 and len(self._strip) < _IN_STRIP:
            shown = small.to_image()
            # Films tend to begin in black.
            if self._poster is None or len(self._strip) == 2:
                self._poster = shown.copy()
            shown.thumbnail((_STRIP, _STRIP))
            self._strip.append(shown)
        self._count += 1

    def end(self) -> None:
        """There are no more."""
        if not self._count:
            raise ValueError("there are no pictures in it")
        self._made.mux(self._stream.encode(None))

    def saved(self, folder: Path) -> dict[str, Any]:
        """Save the pictures beside the film, and return what is to be known."""
        _save(self._poster, _THUMBNAIL, folder / "image.jpg")
        width, height = self._strip[0].size
        strip = Image.new("RGB", (width * len(self._strip), height))
        for place, shown in enumerate(self._strip):
            strip.paste(shown, (place * width, 0))
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
        self._stream = made.add_stream("aac", rate=source.rate)
        self._stream.layout = "stereo" if source.channels > 1 else "mono"
        self._resampler = av.AudioResampler("fltp", self._stream.layout, source.rate)

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


def _save(picture: Image.Image, most: int, path: Path) -> None:
    small = picture.copy()
    small.thumbnail((most, most), Image.Resampling.LANCZOS)
    small.convert("RGB").save(path, quality=88)


def _limit_memory() -> None:
    """Let a film take this process down and not the machine, where that can be said."""
    if sys.platform == "linux":
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))


def _telling() -> Tell:
    """Return what tells how far it is, whenever that is a percent more."""
    told = [0.0]

    def tell(progress: float) -> None:
        if progress >= told[0] + 0.01:
            told[0] = progress
            _say({"progress": round(progress, 2)})

    return tell


def _say(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
