"""What files are by the ends of their names: their type of content, and what is made of them for browsers."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final, Literal
from urllib.parse import quote

from trackteroid.values import frozen

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
_VIEWED: Final = ("image/", "video/", "audio/", "text/plain", "application/pdf")
_RUN: Final = ("image/svg+xml",)
#: The signs of the name of a file that is sent: what disks and headers can take.
_LONGEST: Final = 200

#: Films, and how each is read. Nothing is guessed: some formats name other files to read.
FILMS: Final[Mapping[str, str]] = {
    ".avi": "avi",
    ".gif": "gif",
    ".m4v": "mov",
    ".mkv": "matroska",
    ".mov": "mov",
    ".mp4": "mov",
    ".mpeg": "mpeg",
    ".mpg": "mpeg",
    ".mxf": "mxf",
    ".webm": "matroska",
}
PICTURES: Final = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
#: Pictures that only decoders of films read, and how each is read.
DECODED: Final[Mapping[str, str]] = {".dpx": "dpx_pipe", ".exr": "exr_pipe"}
#: What browsers show page by page.
DOCUMENTS: Final = (".pdf",)
#: Films that browsers show as they are, and the names that these have then.
SHOWN: Final[Mapping[str, str]] = {".m4v": "mp4", ".mp4": "mp4", ".webm": "webm"}


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
    return kind.startswith(_VIEWED) and kind not in _RUN


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


@frozen
class Output:
    """One thing that is made.

    Attributes:
        name: What its component is called.
        file_type: The end of its name.
        format: Its type of content.
        role: `film`, `image` that is also the thumbnail, `filmstrip`, or `document`.
    """

    name: str
    file_type: str
    format: str
    role: Literal["film", "image", "filmstrip", "document"]


_IMAGE: Final = Output("ftrackreview-image", ".jpg", "image/jpeg", "image")
_FILM: Final = Output("ftrackreview-mp4", ".mp4", "video/mp4", "film")
_THUMBNAIL: Final = Output("thumbnail", ".jpg", "image/jpeg", "image")
_FILMSTRIP: Final = Output("ftrackreview-filmstrip", ".jpg", "image/jpeg", "filmstrip")
_DOCUMENT: Final = Output("ftrackreview-pdf", ".pdf", "application/pdf", "document")


def plan(
    file_type: str | None, *, can_encode: bool, can_render: bool = False, is_sequence: bool = False
) -> tuple[Output, ...]:
    """Return what is made of a file, or of a sequence of them; nothing, if it cannot be shown.

    Args:
        file_type: The end of its name.
        can_encode: Whether films can be encoded here.
        can_render: Whether pictures of documents can be made here.
        is_sequence: Whether it is a sequence of files.

    >>> [output.name for output in plan(".mov", can_encode=True)]
    ['ftrackreview-mp4', 'thumbnail', 'ftrackreview-filmstrip']
    >>> plan(".mov", can_encode=False), plan(".abc", can_encode=True)
    ((), ())
    """
    end = (file_type or "").lower()
    is_picture = end in PICTURES or (end in DECODED and can_encode)
    if is_sequence:
        return (_FILM, _THUMBNAIL, _FILMSTRIP) if is_picture and can_encode else ()
    if is_picture:
        return (_IMAGE,)
    if end in FILMS and can_encode:
        return (_FILM, _THUMBNAIL, _FILMSTRIP)
    if end in SHOWN:
        kind = SHOWN[end]
        return (Output(f"ftrackreview-{kind}", end, f"video/{kind}", "film"),)
    if end in DOCUMENTS:
        return (_DOCUMENT, _THUMBNAIL) if can_render else (_DOCUMENT,)
    return ()
