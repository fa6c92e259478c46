"""What keeps the data of components: files, each of which is a row of pieces, under ids that the server has made.

A file that is sent in one part has one piece. Parts that are sent on their own stay pieces of their own: putting them
together would write everything twice. Reading joins them.

The pictures and films of the demo production are drawn whenever they are read. Such a file is a row like all others,
whose only piece says by its ETag what is to be drawn; no store keeps any of it. Stores make the ETags of what clients
send, so that nobody can send a piece that passes for one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Protocol

from trackteroid.server import drawing
from trackteroid.server.core.failures import Failure, ValueError_

_DRAWN: Final = "drawn/"


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


def drawn_piece(kind: str, subject: str) -> Piece:
    """Return the piece of a file that is drawn.

    >>> drawn_piece("picture", "bc0040")
    Piece(number=1, size=8192, e_tag='drawn/picture/bc0040')
    """
    return Piece(1, drawing.SIZES[kind], f"{_DRAWN}{kind}/{subject}")


def is_drawn(piece: Piece) -> bool:
    """Return whether a piece is drawn, and kept nowhere."""
    return piece.e_tag.startswith(_DRAWN)


class Joined(io.RawIOBase):
    """The pieces of a file, read as one."""

    def __init__(self, store: Store, file_id: str, pieces: Sequence[Piece]) -> None:
        super().__init__()
        self._store, self._file_id, self._pieces = store, file_id, sorted(pieces)
        self._size = sum(piece.size for piece in pieces)
        self._position = 0
        self._open: tuple[Piece, BinaryIO] | None = None
        # Whoever asks for what is not there any more is to hear of it at once.
        for piece in self._pieces[:1]:
            self._open = (piece, _opened(store, file_id, piece))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        found = self._find()
        if found is None:
            return 0
        piece, within = found
        opened = self._opened(piece)
        opened.seek(within)
        data = opened.read(min(len(buffer), piece.size - within))
        if not data:
            raise OSError(f"Piece {piece.number} of {self._file_id} is shorter than it was.")
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None
        super().close()

    def _find(self) -> tuple[Piece, int] | None:
        """Return the piece at the position, and where in it that is; None at the end."""
        within = self._position
        for piece in self._pieces:
            if within < piece.size:
                return piece, within
            within -= piece.size
        return None

    def _opened(self, piece: Piece) -> BinaryIO:
        if self._open is None or self._open[0] != piece:
            if self._open is not None:
                self._open[1].close()
            self._open = (piece, _opened(self._store, self._file_id, piece))
        return self._open[1]


def _opened(store: Store, file_id: str, piece: Piece) -> BinaryIO:
    if not is_drawn(piece):
        return store.open(file_id, piece)
    _, kind, subject = piece.e_tag.split("/", 2)
    try:
        return io.BytesIO(drawing.draw(kind, subject))
    except drawing.DrawingError as error:
        raise Failure(str(error)) from error
