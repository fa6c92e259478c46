"""What the demo production shows: small pictures and short films, drawn whenever somebody looks at them.

A drawing follows from its kind and from what it shows. It is always as long as its kind says: what is missing is
filled up in places that no reader looks at. So much can be known of a file before any of it is drawn.
"""

from __future__ import annotations

import colorsys
import importlib
import importlib.util
import io
import math
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zlib import crc32

from PIL import Image, ImageDraw, ImageFont, ImageOps

#: The bytes of each kind of drawing.
SIZES: Final = {"picture": 8 * 1024, "portrait": 4 * 1024, "filmstrip": 20 * 1024, "film": 32 * 1024}
#: Pixels of pictures and films, of portraits, and of each picture of a filmstrip.
SCENE, PORTRAIT, STRIP = (320, 180), (160, 160), (128, 72)
FRAMES, RATE, IN_STRIP = 48, 24, 12
#: How many drawings are kept: a few MB at the most.
_KEPT: Final = 64
#: How well a drawing is kept, at first and should that take too many bytes.
_QUALITIES, _FACTORS = (85, 70, 50, 30, 15), (24, 30, 36, 42, 50)


class DrawingError(Exception):
    """Something cannot be drawn. The message says why and what to do."""


def can_draw_films() -> bool:
    """Return whether films can be drawn here."""
    return importlib.util.find_spec("av") is not None


@lru_cache(maxsize=_KEPT)
def draw(kind: str, subject: str) -> bytes:
    """Return a drawing: a JPEG, or an MP4 for films. It has as many bytes as `SIZES` says.

    Raises:
        DrawingError: It is a film, and what makes films is not installed.

    >>> len(draw("picture", "bc0040")), draw("portrait", "Mira Lindqvist")[:2]
    (8192, b'\\xff\\xd8')
    """
    is_film = kind == "film"
    drawn = None if is_film else {"picture": scene, "portrait": portrait, "filmstrip": filmstrip}[kind](subject)
    for level in _FACTORS if is_film else _QUALITIES:
        if drawn is None:
            data = _film(subject, level)
        else:
            file = io.BytesIO()
            drawn.save(file, "JPEG", quality=level)
            data = file.getvalue()
        more = SIZES[kind] - len(data)
        if more == 0:
            return data
        if is_film and more >= 8:  # a box of nothing
            return data + more.to_bytes(4, "big") + b"free" + bytes(more - 8)
        if not is_film and 4 <= more <= 0xFFFF + 2:  # a comment, which takes four bytes besides its text
            return data[:2] + b"\xff\xfe" + (more - 2).to_bytes(2, "big") + bytes(more - 4) + data[2:]
    raise DrawingError(f"A {kind} cannot be drawn in {SIZES[kind]} bytes.")


def scene(subject: str, moment: float = 0.3) -> Image.Image:
    """Return a landscape in the light of a moment, from 0 to 1; each subject has one of its own."""
    sky, ground, sun = _colours(subject)
    width, height = SCENE
    light = Image.linear_gradient("L").resize(SCENE)
    picture = ImageOps.colorize(light, _shaded(sky, 0.75), _shaded(sky, 1.35))
    pen = ImageDraw.Draw(picture)
    across, up = (0.15 + 0.7 * moment) * width, (0.5 - 0.35 * math.sin(math.pi * moment)) * height
    pen.ellipse((across - 16, up - 16, across + 16, up + 16), fill=sun)
    for ridge in range(3):
        shift = _number(subject, ridge) + (ridge + 1) * moment * 0.9
        line: list[tuple[float, float]] = []
        for x in range(0, width + 8, 8):
            part = x / width
            waves = math.sin(5 * part + 6 * shift) + 0.5 * math.sin(13 * part + 11 * shift)
            line.append((x, (0.52 + 0.13 * ridge + 0.06 * waves) * height))
        pen.polygon([(0, height), *line, (width, height)], fill=_shaded(ground, 1.15 - 0.3 * ridge))
    pen.text((8, height - 20), subject, fill=(255, 255, 255), font=_font(12))
    return picture


def portrait(subject: str) -> Image.Image:
    """Return somebody with their initials."""
    back, coat, _ = _colours(subject)
    skin = _colour(0.04 + 0.05 * _number(subject, 3), 0.4, 0.5 + 0.45 * _number(subject, 4))
    picture = Image.new("RGB", PORTRAIT, back)
    pen = ImageDraw.Draw(picture)
    pen.pieslice((24, 100, 136, 240), 180, 360, fill=_shaded(coat, 0.8))
    pen.ellipse((50, 32, 110, 104), fill=skin)
    initials = "".join(word[0] for word in subject.split()[:2])
    pen.text((80, 138), initials, fill=(255, 255, 255), font=_font(22), anchor="mm")
    return picture


def filmstrip(subject: str) -> Image.Image:
    """Return pictures of a film side by side."""
    strip = Image.new("RGB", (STRIP[0] * IN_STRIP, STRIP[1]))
    for place in range(IN_STRIP):
        strip.paste(scene(subject, place / IN_STRIP).resize(STRIP), (place * STRIP[0], 0))
    return strip


def _film(subject: str, factor: int) -> bytes:
    """Return two seconds of a landscape, as browsers play them."""
    try:
        av: Any = importlib.import_module("av")
    except ModuleNotFoundError:
        raise DrawingError(
            "The films of the demo production are drawn with a package that is not installed (av). Run: pip install "
            '"trackteroid[media]"'
        ) from None
    with TemporaryDirectory(prefix="trackteroid-drawing-") as folder:
        path = Path(folder) / "film.mp4"  # what comes first in it is written last
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as made:
            options = {"profile": "baseline", "preset": "veryfast", "crf": str(factor), "threads": "1"}
            stream = made.add_stream("libx264", rate=Fraction(RATE), options=options)
            stream.width, stream.height, stream.pix_fmt = *SCENE, "yuv420p"
            for number in range(FRAMES):
                picture = scene(subject, number / FRAMES)
                pen, place = ImageDraw.Draw(picture), (SCENE[0] - 40, 8)
                pen.text(place, f"{1001 + number}", fill=(255, 255, 255), font=_font(12))
                made.mux(stream.encode(av.VideoFrame.from_image(picture)))
            made.mux(stream.encode(None))
        return path.read_bytes()


def _colours(subject: str) -> tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]:
    """Return three colours that go together."""
    hue = _number(subject, 7)
    return _colour(hue, 0.45, 0.62), _colour((hue + 0.45) % 1, 0.4, 0.5), _colour((hue + 0.12) % 1, 0.3, 0.95)


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def _shaded(colour: tuple[int, int, int], factor: float) -> tuple[int, int, int]:
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


def _number(subject: str, which: int) -> float:
    """Return a number from 0 to 1 that looks arbitrary and never changes."""
    return crc32(f"{which}/{subject}".encode()) / 2**32


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
