"""What is made of a file so that browsers can show it, decided by what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from trackteroid.values import frozen

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
