"""Reading the data of files: what a store keeps, and what is drawn whenever it is read.

The pictures and films of the demo production are drawn ones. Such a file is a row like all others, whose only piece
says by its ETag what is to be drawn; no store keeps any of it. Stores make the ETags of what clients send, so that
nobody can send a piece that passes for one.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from trackteroid.server import drawing
from trackteroid.server.core.failures import Failure
from trackteroid.server.files.stores import Piece, Store

_DRAWN: Final = "drawn/"


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
