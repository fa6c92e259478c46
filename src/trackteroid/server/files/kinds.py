"""What kind of content files have, by the ends of their names."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

#: What productions use and not every system knows, or not by one name.
_KINDS: Final = {
    ".abc": "application/x-alembic",
    ".dpx": "image/x-dpx",
    ".exr": "image/x-exr",
    ".hdr": "image/vnd.radiance",
    ".jpg": "image/jpeg",
    ".m4v": "video/mp4",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".mxf": "application/mxf",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
_UNKNOWN: Final = "application/octet-stream"
#: What a browser shows without running anything of it.
_SHOWN: Final = ("image/", "video/", "audio/", "text/plain", "application/pdf")
_RUN: Final = ("image/svg+xml",)
#: The signs of the name of a file that is sent: what disks and headers can take.
_LONGEST: Final = 200


def content_type(extension: str) -> str:
    """Return the type of content that files whose name ends so have.

    >>> content_type(".EXR")
    'image/x-exr'
    """
    end = extension.lower()
    return _KINDS.get(end) or mimetypes.guess_type(f"file{end}")[0] or _UNKNOWN


def is_shown(kind: str) -> bool:
    """Return whether a browser may show such content; anything else is saved.

    >>> is_shown("text/html"), is_shown("video/mp4")
    (False, True)
    """
    return kind.startswith(_SHOWN) and kind not in _RUN


def file_name(name: str | None, extension: str | None) -> str:
    """Return the name of a component's file.

    >>> file_name("main", ".mp4")
    'main.mp4'
    """
    end = (extension or "").lstrip(".")
    return f"{name or 'file'}.{end}" if end else name or "file"


def disposition(name: str, *, shown: bool) -> str:
    """Return the header that tells a browser what a file is called, and whether to show or to save it."""
    name = _harmless(name)
    plain = "".join(sign if sign.isascii() and sign not in '"%' else "_" for sign in name)
    return f"{'inline' if shown else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _harmless(name: str) -> str:
    """Return a name that whoever saves a file can take as it is: no path, nothing invisible, and not too long.

    >>> _harmless("../etc/passwd"), _harmless("main.exr"), len(_harmless("x" * 999 + ".exr"))
    ('_._etc_passwd', 'main.exr', 200)
    """
    sound = "".join(sign if sign.isprintable() and sign not in "/\\" else "_" for sign in name)
    if sound.startswith("."):
        sound = f"_{sound[1:]}"
    if len(sound) > _LONGEST:
        end = PurePosixPath(sound).suffix[-_LONGEST // 4 :]
        sound = sound[: _LONGEST - len(end)] + end
    return sound
