"""A store in the cloud, or whatever speaks the protocols of its object stores: S3, Google's and Azure's, by obstore.

Pieces are objects, called by the file's id and their number; an object is there once all of it is. So of several who
send the same part the last one counts, as their ETags tell.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import logging
import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, BinaryIO, cast

from trackteroid.server.core.failures import StorageError
from trackteroid.server.files.stores import Piece, StoreError

_LOG = logging.getLogger("trackteroid.server.files")
#: Nothing is asked of a store when it is opened but whether it is there; this is never an id.
_ANYTHING = "trackteroid"
#: Where programs of the clouds look for the address of another store that speaks their protocol.
_ENDPOINTS = ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT")
_GOOGLE_ENDPOINT = re.compile(r'"gcs_base_url"\s*:\s*"http://')
#: Large objects go in so many bytes at once, of which so many are on their way: an upload takes no more memory.
_SENT, _TOGETHER = 10 * 1024 * 1024, 2
#: The bytes that are fetched at once.
_FETCHED = 4 * 1024 * 1024


class ObjectStore:
    """Keeps files as objects. Keys and the like come from where the programs of the cloud look for them, too.

    Args:
        address: ``s3://bucket/folder``, ``gs://bucket/folder``, or ``az://container/folder``.

    Raises:
        StoreError: It means nothing, or cannot be reached.
    """

    def __init__(self, address: str) -> None:
        try:
            self._obstore: Any = importlib.import_module("obstore")
            stores: Any = importlib.import_module("obstore.store")
        except ModuleNotFoundError:
            raise StoreError(
                'Object stores need a package that is not installed (obstore). Run: pip install "trackteroid[objects]"'
            ) from None
        self.name = address
        self._signs = True
        # An address of one's own may be on this machine, without TLS.
        is_plain = any(os.environ.get(name, "").startswith("http://") for name in _ENDPOINTS) or bool(
            _GOOGLE_ENDPOINT.search(os.environ.get("GOOGLE_SERVICE_ACCOUNT_KEY", ""))
        )
        try:
            self._store: Any = stores.from_url(address, client_options={"allow_http": True} if is_plain else None)
            self._obstore.list_with_delimiter(self._store, prefix=_ANYTHING)
        except Exception as error:  # what obstore raises has no other base
            reason = str(error).partition("\n")[0][:300]
            raise StoreError(
                f"{address} cannot be used for files: {reason}. Check the address and the keys."
            ) from error

    def write(self, file_id: str, number: int) -> ObjectWriter:
        """Begin a piece."""
        return ObjectWriter(self._obstore, self._store, _path(file_id, number), number)

    def pieces(self, file_id: str) -> list[Piece]:
        """Return the finished pieces of a file, by number."""
        return sorted(
            Piece(int(each["path"].rpartition("/")[2]), each["size"], _tag(each))
            for each in self._listed(f"{file_id}/")
        )

    def open(self, file_id: str, piece: Piece) -> BinaryIO:
        """Return a piece for reading; raises `FileNotFoundError` if it is not there, or has another content."""
        path = _path(file_id, piece.number)
        found = self._obstore.head(self._store, path)
        if (found["size"], _tag(found)) != (piece.size, piece.e_tag):
            raise FileNotFoundError(f"{path} is not what it was.")
        return cast("BinaryIO", _Object(self._obstore, self._store, path, piece.size))

    def remove(self, file_id: str) -> None:
        """Remove all of a file."""
        paths = [each["path"] for each in self._listed(f"{file_id}/")]
        if paths:
            self._obstore.delete(self._store, paths)

    def tidy(self, *, seconds: float) -> None:
        """Do nothing: what was sent of an object that is not closed is the store's to forget."""

    def file_ids(self) -> Iterator[str]:
        """Yield the id of everything that is kept here."""
        found = self._obstore.list_with_delimiter(self._store)
        yield from sorted(path.rstrip("/") for path in found["common_prefixes"])

    def address(self, file_id: str, piece: Piece, *, seconds: int) -> str | None:
        """Return an address of the store's own; it says nothing of names and types. Not all keys can sign one."""
        if not self._signs:
            return None
        try:
            return self._obstore.sign(self._store, "GET", _path(file_id, piece.number), timedelta(seconds=seconds))
        except Exception as error:  # noqa: BLE001 - what obstore raises has no other base
            self._signs = False
            reason = str(error).partition("\n")[0][:300]
            _LOG.warning("%s signs no addresses for these keys, so files go through this server: %s", self.name, reason)
            return None

    def close(self) -> None:
        """Do nothing: no connection has to be closed."""

    def _listed(self, prefix: str) -> Iterator[Any]:
        for some in self._obstore.list(self._store, prefix=prefix):
            yield from some


class ObjectWriter:
    """A piece that becomes an object when it is complete."""

    def __init__(self, obstore: Any, store: Any, path: str, number: int) -> None:
        self._obstore, self._store, self._path, self._number = obstore, store, path, number
        self._digest, self.size = hashlib.md5(usedforsecurity=False), 0
        with _in_words():
            self._writer: Any = obstore.open_writer(store, path, buffer_size=_SENT, max_concurrency=_TOGETHER)

    @property
    def md5(self) -> str:
        """The MD5 of what was written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes | bytearray) -> None:
        """Add bytes."""
        self._digest.update(data)
        self.size += len(data)
        with _in_words():
            self._writer.write(bytes(data))

    def finish(self) -> Piece:
        """Let the object be there."""
        with _in_words():
            self._writer.close()
            found = self._obstore.head(self._store, self._path)
        return Piece(self._number, found["size"], _tag(found))

    def discard(self) -> None:
        """Leave nothing behind: what was sent of an object that is not closed is the store's to forget."""
        self._writer = None


class _Object(io.RawIOBase):
    """An object that is read where it is asked for."""

    def __init__(self, obstore: Any, store: Any, path: str, size: int) -> None:
        super().__init__()
        self._obstore, self._store, self._path, self._size = obstore, store, path, size
        self._position = 0
        self._fetched, self._start = b"", 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._position = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence] + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        within = self._position - self._start
        if not 0 <= within < len(self._fetched):
            count = min(max(len(buffer), _FETCHED), self._size - self._position)
            if count <= 0:
                return 0
            self._start, within = self._position, 0
            self._fetched = bytes(self._obstore.get_range(self._store, self._path, start=self._start, length=count))
        data = self._fetched[within : within + len(buffer)]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


@contextmanager
def _in_words() -> Generator[None]:
    try:
        yield
    except Exception as error:  # what obstore raises has no other base
        raise StorageError(
            "The server cannot write to where it keeps files. Nothing was kept. Tell whoever runs it, and try again."
        ) from error


def _path(file_id: str, number: int) -> str:
    return f"{file_id}/{number}"


def _tag(found: Any) -> str:
    return str(found["e_tag"]).strip('"')
