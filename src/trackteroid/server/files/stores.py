"""What keeps the data of components: files, each of which is a row of pieces, under ids that the server has made.

A file that is sent in one part has one piece. Parts that are sent on their own stay pieces of their own: putting them
together would write everything twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from trackteroid.server.core.failures import ValueError_


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A part of a file.

    Attributes:
        number: Which one, from 1.
        size: Its bytes.
        e_tag: What tells it from another content, in most stores the MD5 of its bytes.
    """

    number: int
    size: int
    e_tag: str


class Writer(Protocol):
    """A piece that is being written. It is complete after `finish`, and before it is not there.

    Attributes:
        size: The bytes that it has so far.
    """

    size: int

    @property
    def md5(self) -> str:
        """The MD5 of these bytes, in digits."""
        ...

    def write(self, data: bytes | bytearray) -> None:
        """Add bytes."""
        ...

    def finish(self) -> Piece:
        """Let the piece be there, also after a power cut."""
        ...

    def discard(self) -> None:
        """Leave nothing behind. Does nothing to a piece that is finished."""
        ...


class Store(Protocol):
    """Where files are kept. Any thread may use it, and any number of processes the same place."""

    @property
    def name(self) -> str:
        """Where it is, as it may be shown."""
        ...

    def write(self, file_id: str, number: int) -> Writer:
        """Begin a piece. One with the same content is replaced; others with the same number stay."""
        ...

    def pieces(self, file_id: str) -> list[Piece]:
        """Return the finished pieces of a file, by number."""
        ...

    def open(self, file_id: str, piece: Piece) -> BinaryIO:
        """Return a piece for reading anywhere in it; raises `FileNotFoundError` if it is not there."""
        ...

    def remove(self, file_id: str) -> None:
        """Remove all pieces of a file, and what was left of unfinished ones. There may be none."""
        ...

    def tidy(self, *, seconds: float) -> None:
        """Remove what is left of unfinished pieces that nobody has written to for so many seconds."""
        ...

    def file_ids(self) -> Iterator[str]:
        """Yield the id of everything that is kept here."""
        ...

    def close(self) -> None:
        """Let go of it; one that lasts no longer than its server is removed."""
        ...

    def address(self, file_id: str, piece: Piece, *, seconds: int) -> str | None:
        """Return where a client can fetch a piece from the store itself for some time; None if it cannot."""
        ...


class GivenUpError(ValueError_):
    """Nobody waits for a file any more: it took too long, or was removed."""

    def __init__(self) -> None:
        super().__init__("Nothing more is expected of this file. Begin again with get_upload_metadata.")


class StoreError(Exception):
    """The store cannot be used. The message says why and what to do."""
