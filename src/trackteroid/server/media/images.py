"""Pictures of whatever kind, as those that a screen shows."""

from __future__ import annotations

import importlib
import io
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps

from trackteroid.server.files.plans import DECODED, DOCUMENTS
from trackteroid.server.files.thumbnails import FORMATS, on_screen

#: Pixels at the longer side of pictures, and of thumbnails.
PICTURE: Final = 4096
THUMBNAIL: Final = 1000
#: Light of scenes becomes that of screens; formats that hold something else have no such option.
_OPTIONS: Final = {"exr_pipe": {"apply_trc": "iec61966_2_1"}}
#: The same where decoders leave that to whoever shows pictures, as those of PyAV 19 do: codes of ITU-T H.273 for light,
#: and for what screens show.
_LIGHT, _SCREEN = 8, 13


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
    if end in DECODED:
        return _decoded(data, DECODED[end])
    if end in DOCUMENTS:
        return _first_page(data)
    given: Any = data
    with closing(Image.open(given, formats=FORMATS)) as opened:
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


def _decoded(data: io.RawIOBase, form: str) -> Image.Image:
    """Return a picture of a format that only decoders of films read."""
    av: Any = importlib.import_module("av")
    with av.open(data, format=form) as given:
        stream = given.streams.video[0]
        stream.codec_context.options = _OPTIONS.get(form, {})
        for frame in given.decode(stream):
            is_light = getattr(frame, "color_trc", None) == _LIGHT
            return (frame.reformat(format="rgb24", dst_color_trc=_SCREEN) if is_light else frame).to_image()
    raise ValueError("there is no picture in it")


def _first_page(data: io.RawIOBase) -> Image.Image:
    pdfium: Any = importlib.import_module("pypdfium2")
    with _closed(pdfium.PdfDocument(data)) as opened:
        if not len(opened):
            raise ValueError("there are no pages in it")
        with _closed(opened[0]) as page:
            factor = min(PICTURE / max(page.get_size()), 3.0)
            image: Image.Image = page.render(scale=factor).to_pil()
            return image.convert("RGB")


@contextmanager
def _closed(each: Any) -> Generator[Any]:
    try:
        yield each
    finally:
        each.close()
