"""One file of keys and values, in the SQLite layout that ``dbm`` uses by default since Python 3.13.

The file is a SQLite database with the table ``Dict(key, value)``; ``dbm.open(path)`` of Python 3.13 reads it, this
module reads and writes it on every Python. Files of the other dbm flavours are read with the dbm module, those of GNU
dbm without; to store something in such a file, all of it is written as a file of the SQLite layout first.

A new file replaces the old one in one step, and only after all of it is on disk. A file that is *claimed* belongs to
this process until it is released; others that want it are refused, and what is stored in it is on disk at once. Who
writes a file waits for those who have claimed it or write it, too.
"""

import contextlib
import dbm
import errno
import os
import sqlite3
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from trackteroid.errors import OperationsFileError
from trackteroid.operations.format import legacy, places

#: The path of a file, as people write it.
AnyPath: TypeAlias = str | os.PathLike[str]

_PAGE = 4096
_LONGEST_ROW = _PAGE - 35 - 6  # what SQLite leaves to a row that is on one page, less the lengths of its two parts
_MAGIC = b"SQLite format 3\x00"
_TABLE = "CREATE TABLE Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)"
_SIBLINGS = ("-journal", "-wal", "-shm")
_SECONDS_TO_WAIT_FOR_A_CLAIM = 5.0
# Longer, because what a block has recorded is taken back when its file cannot be written.
_SECONDS_TO_WAIT_FOR_WRITING = 60.0
# What the readers of the dbm flavours raise for files that are damaged.
_DBM_ERRORS = (*dbm.error, KeyError, ValueError, SyntaxError, EOFError)

Records = dict[bytes, bytes]


class Reader(Protocol):
    """A container that is open."""

    def read(self) -> Records:
        """Return all records."""
        ...

    def find(self, key: bytes) -> bytes | None:
        """Return the value under *key*, if there is one."""
        ...

    def rows(self) -> Iterator[tuple[bytes, bytes]]:
        """Iterate over all records, sorted by their keys, of which one is in memory at a time."""
        ...


class Claim(Reader, Protocol):
    """A container that belongs to this process for now."""

    def store(self, key: bytes, value: bytes) -> None:
        """Store one record; it is on disk when this returns."""
        ...


def exists(path: Path) -> bool:
    """Return whether there is a container, of any flavour, at *path*; an empty file is none."""
    places.check_kind(path)
    return path.stat().st_size > 0 if path.exists() else dbm.whichdb(os.fspath(path)) is not None


def read(path: Path) -> Records:
    """Return all records of the container at *path* without changing it."""
    with reading(path) as reader:
        return reader.read()


@contextlib.contextmanager
def reading(path: Path) -> Generator[Reader]:
    """Open the container at *path* for a block, without changing it."""
    places.check_kind(path)
    with contextlib.ExitStack() as opened:
        with _explained(path):
            if _is_sqlite(path):
                # Without a journal beside it nothing can be pending, and the file is readable on read-only media, too.
                # With one, SQLite has to finish first what an interrupted process left, or to respect a busy one.
                pending = any(_sibling(path, suffix).exists() for suffix in _SIBLINGS)
                uri = f"{path.absolute().as_uri()}?{'mode=rw' if pending else 'mode=ro&immutable=1'}"
                connection = opened.enter_context(contextlib.closing(sqlite3.connect(uri, uri=True)))
                reader: Reader = _SqliteReader(path, connection)
            else:
                reader = _Records(_read_dbm(path))
        yield reader


@contextlib.contextmanager
def held(path: Path) -> Generator[None]:
    """Keep everybody else from writing or claiming the file at *path* until the block is left; wait for those who do.

    Raises:
        OperationsFileError: somebody else takes too long.
    """
    places.check_kind(path)
    with contextlib.ExitStack() as holding:
        with _explained(path):
            holding.enter_context(places.held(path, _SECONDS_TO_WAIT_FOR_WRITING))
        yield


def write(path: Path, records: Mapping[bytes, bytes]) -> None:
    """Replace the file at *path* by one with these *records*, completely or not at all. The caller has it `held`.

    The file keeps its mode and its owner; a new one is only for its owner.
    """
    target = Path(os.path.realpath(path))
    with _explained(path):
        temporary = places.temporary_for(target)
        try:
            _build(temporary, records)
            _synchronise(temporary)
            _settle(target)
            os.replace(temporary, target)
            _synchronise_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise `OperationsFileError` when a file at *path* could not be written."""
    places.check_kind(path)
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OperationsFileError(f"{path} is a folder. Name a file for the operations instead.")
    if not target.parent.is_dir():
        raise OperationsFileError(f"The folder {target.parent} for {path} does not exist. Create it first.")
    with _explained(path):
        places.probe(target)


@contextlib.contextmanager
def claim(path: Path) -> Generator[Claim]:
    """Claim the container at *path* for this process until the block is left."""
    places.check_kind(path)
    with contextlib.ExitStack() as holding:
        with _explained(path):
            if not exists(path):
                raise FileNotFoundError("there is no such file")
            holding.enter_context(places.held(path, _SECONDS_TO_WAIT_FOR_A_CLAIM))
            claimed = _SqliteClaim(path) if _is_sqlite(path) else _DbmClaim(path)
        holding.callback(claimed.release)
        yield claimed


class _Records:
    """Records in memory."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def read(self) -> Records:
        return self._records

    def find(self, key: bytes) -> bytes | None:
        return self._records.get(key)

    def rows(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(sorted(self._records.items()))


class _SqliteReader:
    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        # Refuse a file that declares anything but the table: views, triggers and expressions are programs to be run.
        # The indexes that SQLite makes by itself have no text.
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL OR type <> 'index'").fetchall()
        if ["".join(str(sql).split()) for (sql,) in rows] != ["".join(_TABLE.split())]:
            raise OperationsFileError(f"{path} is a SQLite database, but not a file of operations. Check the path.")

    def read(self) -> Records:
        with _explained(self._path):
            _check(self._connection)
            rows = self._connection.execute("SELECT CAST(key AS BLOB), CAST(value AS BLOB) FROM Dict")
            return dict(cast("list[tuple[bytes, bytes]]", rows.fetchall()))

    def find(self, key: bytes) -> bytes | None:
        with _explained(self._path):
            # Other programs write keys as text.
            query = "SELECT CAST(value AS BLOB) FROM Dict WHERE key IN (?, CAST(? AS TEXT))"
            found = cast("tuple[bytes] | None", self._connection.execute(query, (key, key)).fetchone())
        return None if found is None else found[0]

    def rows(self) -> Iterator[tuple[bytes, bytes]]:
        with _explained(self._path):
            _check(self._connection)
            keys = cast(
                "list[tuple[bytes, int]]",
                self._connection.execute("SELECT CAST(key AS BLOB), rowid FROM Dict").fetchall(),
            )
            query = "SELECT CAST(value AS BLOB) FROM Dict WHERE rowid = ?"
            for key, row in sorted(keys):
                yield key, cast("tuple[bytes]", self._connection.execute(query, (row,)).fetchone())[0]


class _SqliteClaim(_SqliteReader):
    def __init__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=_SECONDS_TO_WAIT_FOR_A_CLAIM, check_same_thread=False
        )
        try:
            super().__init__(path, connection)
            # A process that died after its last change has left a journal for nothing; leaving this mode removes it.
            self._execute("PRAGMA journal_mode = TRUNCATE")
            # Exclusive mode keeps the lock from one transaction to the next, so nobody comes in between.
            self._execute(
                "PRAGMA journal_mode = DELETE", "PRAGMA locking_mode = EXCLUSIVE", "PRAGMA synchronous = EXTRA"
            )
            self._execute("BEGIN EXCLUSIVE", "COMMIT")
        except BaseException:
            connection.close()
            raise

    def store(self, key: bytes, value: bytes) -> None:
        with _explained(self._path):
            # In autocommit mode one statement is one transaction, durable when it returns.
            self._connection.execute("REPLACE INTO Dict (key, value) VALUES (?, ?)", (key, value))

    def release(self) -> None:
        self._connection.close()

    def _execute(self, *statements: str) -> None:
        for statement in statements:
            self._connection.execute(statement).fetchall()


class _DbmClaim:
    """A container of an older tool.

    With the first record that is stored the container becomes one of the SQLite layout: dbm writes in several steps
    that an interruption leaves half done, and not every Python can write every flavour. What is beside a container of
    several files stays and is no longer read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._converted: _SqliteClaim | None = None
        _read_dbm(path)

    def read(self) -> Records:
        with _explained(self._path):
            return _read_dbm(self._path) if self._converted is None else self._converted.read()

    def find(self, key: bytes) -> bytes | None:
        return self.read().get(key)

    def rows(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(sorted(self.read().items()))

    def store(self, key: bytes, value: bytes) -> None:
        if self._converted is None:
            write(self._path, self.read() | {key: value})
            with _explained(self._path):
                self._converted = _SqliteClaim(self._path)
        else:
            self._converted.store(key, value)

    def release(self) -> None:
        if self._converted is not None:
            self._converted.release()


def _build(path: Path, records: Mapping[bytes, bytes]) -> None:
    """Write the records so that what can be recovered of a file that is cut off is the beginning of it."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Nobody knows this file yet and it is synchronised as a whole: SQLite need not protect each step.
        connection.execute("PRAGMA journal_mode = OFF").fetchall()
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA page_size = {_PAGE}")
        connection.execute("BEGIN")
        connection.execute(_TABLE)
        for key, value in records.items():
            room = _LONGEST_ROW - len(key)
            if len(value) <= room:
                connection.execute("INSERT INTO Dict (key, value) VALUES (?, ?)", (key, value))
            else:
                # The beginning of a long value has its place in the table, the rest on pages of its own. SQLite would
                # write these first. So the place is taken before, with as much as fits there.
                connection.execute("INSERT INTO Dict (key, value) VALUES (?, zeroblob(?))", (key, max(room, 0)))
                connection.execute("UPDATE Dict SET value = ? WHERE key = ?", (value, key))
        connection.execute("COMMIT")


def _check(connection: sqlite3.Connection) -> None:
    """Raise what SQLite says of a damaged file."""
    # The records have a checksum of their own; this finds damage beside them, which a later write would meet.
    (finding,) = cast("tuple[str]", connection.execute("PRAGMA integrity_check(1)").fetchone())
    if finding != "ok":
        raise sqlite3.DatabaseError(finding)


def _settle(path: Path) -> None:
    """Let SQLite finish what an interrupted process left beside *path*: its journal must not meet the new file."""
    siblings = [_sibling(path, suffix) for suffix in _SIBLINGS]
    if not any(sibling.exists() for sibling in siblings):
        return
    if path.exists():
        with contextlib.suppress(sqlite3.DatabaseError), contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            _check(connection)
    for sibling in siblings:
        sibling.unlink(missing_ok=True)


def _sibling(path: Path, suffix: str) -> Path:
    target = os.path.realpath(path)
    return Path(f"{target}{suffix}")


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _synchronise_folder(path: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows has no such thing; its rename is durable with the file's metadata.
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_sqlite(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def _read_dbm(path: Path) -> Records:
    flavour = dbm.whichdb(os.fspath(path))
    if flavour is None:
        raise FileNotFoundError("there is no such file")
    if not flavour:
        raise dbm.error[0]("it is not a file of any known kind")
    if flavour == "dbm.gnu":
        return legacy.read_gdbm(path.read_bytes())
    with dbm.open(os.fspath(path), "r") as database:
        keys = cast("list[bytes]", database.keys())
        return {key: database[key] for key in keys}


@contextlib.contextmanager
def _explained(path: Path) -> Generator[None]:
    """Turn what goes wrong with a file into one error that says what to do."""
    try:
        yield
    except OperationsFileError:
        raise
    except FileNotFoundError as error:
        raise OperationsFileError(
            f"There is no operations file at {path}. Check the path, or write one with session.deferred_operations()."
        ) from error
    except sqlite3.OperationalError as error:
        raise _explained_by_sqlite(path, error) from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    except _DBM_ERRORS as error:
        # OSError is one of dbm's errors; those of the operating system carry a number.
        if isinstance(error, OSError) and error.errno is not None:
            raise OperationsFileError(
                f"The operations file {path} cannot be used: {error.strerror or error}. "
                "Check the permissions and the free space of its folder, or use another one."
            ) from error
        raise OperationsFileError(
            f"{path} cannot be read as a file of operations ({error}). Check the path; if the file comes from another "
            "Python or platform, replay it where it was written."
        ) from error


def damaged(path: Path, error: Exception) -> OperationsFileError:
    """Return the error for a file of operations that cannot be trusted, with what to do about it."""
    return OperationsFileError(
        f"The operations file {path} is damaged ({error}). Restore it from a copy, save what is before the damage with "
        f"`trackteroid operations repair {path}`, or record the operations again."
    )


def _explained_by_sqlite(path: Path, error: sqlite3.OperationalError) -> OperationsFileError:
    text = str(error)
    if "locked" in text:
        in_use = OperationsFileError(
            f"The operations file {path} is in use by another process. Wait until that has finished, then try again."
        )
        in_use.errno = errno.EBUSY  # for those who want to wait and try again
        return in_use
    if "no such table" in text or "no such column" in text:
        return OperationsFileError(f"{path} is a SQLite database, but not a file of operations. Check the path.")
    if "readonly" in text or "unable to open" in text:
        return OperationsFileError(
            f"The operations file {path} cannot be written ({text}). Check the permissions of the file and its folder."
        )
    return OperationsFileError(
        f"The operations file {path} cannot be used ({text}). Check the disk and the permissions, then try again."
    )
