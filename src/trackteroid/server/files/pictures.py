"""Pictures that stand for those that are not there. They are drawn, and small."""

from __future__ import annotations

import io
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

_PAPER, _INK = (58, 61, 66), (112, 117, 125)
_SIZE: Final = (300, 200)

#: The names that clients know them by.
NAMES: Final = ("thumbnail2.png", "thumbnail.png", "userplaceholder.png")


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
