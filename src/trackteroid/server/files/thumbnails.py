"""Thumbnails: pictures fitted into a square, as PNG with a palette; of those that come with one, as the original's.

What a picture says of itself is looked at before anything of it is decoded, and only formats are tried that pictures
of a production have. A picture may still be wrong in any way: that is told, and ends after some time. Small pictures
that stand for those that are not there are drawn here, too.
"""

from __future__ import annotations

import io
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing
from functools import cache
from typing import Any, Final, cast

from PIL import Image, ImageDraw, ImageOps, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin

from trackteroid.server.core.failures import LimitError, ValidationError
from trackteroid.server.core.options import Limits

#: What can be a thumbnail. Pillow knows two of them only once their modules are there.
FORMATS: Final = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_NEEDED: Final = (TiffImagePlugin, WebPImagePlugin)
#: The bytes of thumbnails that are kept.
_KEPT: Final = 32 * 1024 * 1024
#: From so many pixels on, a picture is made smaller coarsely first.
_LARGE: Final = 16_000_000
_COLOURS: Final = 256

#: The names that clients know those pictures by that stand for others.
NAMES: Final = ("thumbnail2.png", "thumbnail.png", "userplaceholder.png")
_PAPER, _INK = (58, 61, 66), (112, 117, 125)
_SIZE: Final = (300, 200)


class Thumbnails:
    """Makes thumbnails, and keeps those that were asked for last.

    Args:
        limits: How large a picture may be, and how long it may take.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[str | None, int], bytes] = OrderedDict()
        self._bytes = 0

    def get(self, checksum: str | None, size: int, open_data: Callable[[], io.RawIOBase]) -> bytes:
        """Return the thumbnail of the picture with a checksum; it is opened if there is none yet."""
        with self._lock:
            if (checksum, size) in self._made:
                self._made.move_to_end((checksum, size))
                return self._made[checksum, size]
        with open_data() as data:
            drawn = draw(data, size, self._limits)
        with self._lock:
            self._bytes += len(drawn) - len(self._made.get((checksum, size), b""))
            self._made[checksum, size] = drawn
            while self._bytes > _KEPT:
                self._bytes -= len(self._made.popitem(last=False)[1])
        return drawn


def draw(data: io.RawIOBase, size: int, limits: Limits) -> bytes:
    """Return a picture fitted into a square of `size` pixels, as PNG.

    Raises:
        ValidationError: It is no picture, or a broken one.
        LimitError: It is too large, or takes too long.
    """
    try:
        hurried = cast("Any", _Hurried(data, limits.thumbnail_seconds))
        with closing(Image.open(hurried, formats=FORMATS)) as picture:
            if picture.width * picture.height > limits.thumbnail_pixels:
                raise _too_large(limits)
            gap = 2.0 if picture.width * picture.height > _LARGE or picture.format == "JPEG" else None
            picture.draft("RGB", (2 * size, 2 * size))
            small = on_screen(picture)
            small.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=gap)
            # The original leaves what came with a palette all of its colours: its thumbnails are the same bytes.
            return _png(ImageOps.exif_transpose(small), is_exact=picture.mode == "P")
    except UnidentifiedImageError:
        raise ValidationError(f"This is no picture that a thumbnail can be made of: {', '.join(FORMATS)}.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(limits) from None
    except (LimitError, MemoryError, FileNotFoundError):
        raise
    except Exception as error:  # decoders raise whatever a broken picture makes them
        raise ValidationError(f"The picture is broken: {str(error)[:200]}.") from error


def _too_large(limits: Limits) -> LimitError:
    return LimitError(
        f"The picture has more than {limits.thumbnail_pixels} pixels, this server's limit thumbnail_pixels. Make the "
        "thumbnail of a smaller one."
    )


def on_screen(picture: Image.Image) -> Image.Image:
    """Return a picture with 8 bits a channel, with transparency only where there is some, or may have been."""
    if picture.mode == "P":
        return picture.convert("RGBA")
    if picture.mode.startswith(("I", "F")):
        deep = picture.convert("I" if picture.mode.startswith("I") else "F")
        factor = 255 if picture.mode == "F" else 1 / 256
        point = cast("Any", deep.point)  # what it takes for pictures of numbers is not in its types
        return point(lambda value: value * factor).convert("L").convert("RGB")  # pyright: ignore[reportUnknownLambdaType]
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        extrema: Any = with_alpha.getchannel("A").getextrema()
        if extrema[0] < 255:
            return with_alpha
    return picture.convert("RGB")


def _png(picture: Image.Image, *, is_exact: bool) -> bytes:
    """Return a picture as PNG, with 256 colours unless they have to be exact."""
    file = io.BytesIO()
    if is_exact:
        picture.save(file, "PNG")
        return file.getvalue()
    method = Image.Quantize.FASTOCTREE if picture.mode == "RGBA" else Image.Quantize.MEDIANCUT
    few = picture.quantize(_COLOURS, method)
    if picture.mode == "RGB":
        colours = few.getpalette() or []
        few.putpalette([*colours, *[0] * (3 * _COLOURS - len(colours))])
    few.save(file, "PNG")
    return file.getvalue()


class _Hurried(io.RawIOBase):
    """A file that can be read for some time only: decoders read as they go."""

    def __init__(self, file: io.RawIOBase, seconds: float) -> None:
        super().__init__()
        self._file, self._seconds, self._end = file, seconds, time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any, /) -> int:
        if time.monotonic() > self._end:
            raise LimitError(
                f"The picture took longer than {self._seconds:g} seconds, this server's limit thumbnail_seconds. Make "
                "the thumbnail of a smaller one."
            )
        return self._file.readinto(buffer) or 0


@cache
def named(name: str) -> bytes | None:
    """Return the picture called `name`, as PNG; None if there is none.

    >>> named("thumbnail2.png")[:4]
    b'\\x89PNG'
    """
    if name not in NAMES:
        return None
    picture = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(picture)
    if name.startswith("user"):
        draw.ellipse((120, 40, 180, 100), fill=_INK)
        draw.pieslice((85, 115, 215, 275), 180, 360, fill=_INK)
    else:
        draw.rectangle((90, 60, 210, 140), outline=_INK, width=4)
        draw.polygon(((135, 80), (135, 120), (170, 100)), fill=_INK)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
