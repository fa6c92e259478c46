"""A store in a folder on disk.

A piece is written aside, flushed to the disk and renamed, so that it is complete or not there. Its name is its number
and the MD5 of its bytes; the folder it is in is called like the file's id. Nothing that a client says becomes a path.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from trackteroid.server.core.failures import StorageError
from trackteroid.server.files.scratch import Scratch
from trackteroid.server.files.stores import GivenUpError, Piece, StoreError
from trackteroid.server.storage.lasting import synchronise_folder

_ID = re.compile(r"[0-9a-f]{32}")
_FINISHED = re.compile(r"(?P<number>\d+)\.(?P<e_tag>[0-9a-f]{32})")

_UNFINISHED = ".part"


class FolderStore:
    """Keeps files in a folder, which is made when there is something to keep. Only its owner may read it.

    Args:
        folder: The folder.

    Raises:
        StoreError: There is something else at that path.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError(f"{self.folder} is not a folder, so that no files can be kept there. Name another one.")

    @property
    def name(self) -> str:
        """The path of the folder."""
        return str(self.folder)

    def write(self, file_id: str, number: int) -> FolderWriter:
        """Begin a piece."""
        return FolderWriter(self._home(file_id), number)

    def pieces(self, file_id: str) -> list[Piece]:
        """Return the finished pieces of a file, by number."""
        try:
            with os.scandir(self._home(file_id)) as entries:
                return sorted(
                    Piece(int(match["number"]), entry.stat().st_size, match["e_tag"])
                    for entry in entries
                    if (match := _FINISHED.fullmatch(entry.name))
                )
        except FileNotFoundError:
            return []

    def open(self, file_id: str, piece: Piece) -> BinaryIO:
        """Return a piece for reading; raises `FileNotFoundError` if it is not there."""
        return (self._home(file_id) / f"{piece.number}.{piece.e_tag}").open("rb", buffering=0)

    def remove(self, file_id: str) -> None:
        """Remove all of a file."""
        home = self._home(file_id)
        while home.exists():
            with suppress(FileNotFoundError):  # somebody else removes it, too
                shutil.rmtree(home)

    def tidy(self, *, seconds: float) -> None:
        """Remove what is left of unfinished pieces: their writers were killed."""
        before = time.time() - seconds
        for path in self.folder.glob(f"*/*/*{_UNFINISHED}"):
            with suppress(OSError):  # somebody finishes or removes it just now, or Windows has it open
                if path.stat().st_mtime <= before:
                    path.unlink()

    def file_ids(self) -> Iterator[str]:
        """Yield the id of everything that is kept here."""
        for shelf in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(entry.name for entry in os.scandir(shelf) if _ID.fullmatch(entry.name))

    def address(self, file_id: str, piece: Piece, *, seconds: int) -> str | None:
        """Return None: only the server itself reads the folder."""

    def close(self) -> None:
        """Do nothing: no file is open."""

    def _home(self, file_id: str) -> Path:
        if not _ID.fullmatch(file_id):
            raise ValueError(f"{file_id!r} is no id of a file.")
        return self.folder / file_id[:2] / file_id


class TemporaryStore(FolderStore):
    """Keeps files in a folder that is removed in the end, whatever that is."""

    def __init__(self) -> None:
        self._scratch = Scratch("files")
        super().__init__(self._scratch.folder / "files")

    def write(self, file_id: str, number: int) -> FolderWriter:
        """Begin a piece."""
        self._scratch.make()
        return super().write(file_id, number)

    def close(self) -> None:
        """Remove the folder."""
        self._scratch.close()


class FolderWriter:
    """A piece that is written aside."""

    def __init__(self, home: Path, number: int) -> None:
        self._home, self._number = home, number
        self._digest, self.size = hashlib.md5(usedforsecurity=False), 0
        with _in_words():
            _make(home)
            self._aside = home / f"{number}.{secrets.token_hex(8)}{_UNFINISHED}"
            self._file = os.fdopen(os.open(self._aside, _NEW, 0o600), "wb", buffering=0)

    @property
    def md5(self) -> str:
        """The MD5 of what was written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes | bytearray) -> None:
        """Add bytes."""
        rest = memoryview(data)
        self._digest.update(rest)
        self.size += len(rest)
        with _in_words():
            while rest:
                rest = rest[self._file.write(rest) :]

    def finish(self) -> Piece:
        """Flush the piece, and give it its name."""
        piece = Piece(self._number, self.size, self.md5)
        with _in_words():
            os.fsync(self._file.fileno())
            self._file.close()
            try:
                os.replace(self._aside, self._home / f"{piece.number}.{piece.e_tag}")
            except FileNotFoundError:  # it was removed with all that had come of the file
                raise GivenUpError from None
            synchronise_folder(self._home)
        return piece

    def discard(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._aside.unlink(missing_ok=True)


_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@contextmanager
def _in_words() -> Generator[None]:
    """Tell whoever sends a file what keeps it from being written: without the path, which is none of theirs."""
    try:
        yield
    except OSError as error:
        reason = "it is full" if error.errno in _FULL else error.strerror
        raise StorageError(
            f"The server cannot write to where it keeps files: {reason}. Nothing was kept. Tell whoever runs it, and "
            "try again."
        ) from error


def _make(folder: Path) -> None:
    """Make a folder and those above it, so that they last."""
    if folder.is_dir():
        return
    _make(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    synchronise_folder(folder.parent)
