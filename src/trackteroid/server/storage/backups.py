"""Copies of a database, made and put back while servers run on it, and compared with it before they count.

SQLite copies a database as of one moment into one file; the programs of PostgreSQL do that for PostgreSQL.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import tempfile
import uuid
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from trackteroid.server.storage.database import Database
from trackteroid.server.storage.engines import DatabaseError, make_engine, shown
from trackteroid.server.storage.lasting import synchronise, synchronise_folder
from trackteroid.server.storage.sqlite_addresses import AddressError, SqliteAddress, read_address
from trackteroid.values import frozen

_SQLITE, _POSTGRESQL = b"SQLite format 3\x00", b"PGDMP"
#: Something that every database of ours has.
_MARK = "server_information"


@frozen
class Copied:
    """What was copied: how many rows of how many tables.

    Attributes:
        rows: Of all tables.
        tables: How many.
        is_compared: Whether the rows were counted on both sides; not if somebody wrote right after a restore.
    """

    rows: int
    tables: int
    is_compared: bool = True


def backup(url: str, file: Path, *, force: bool = False) -> Copied:
    """Copy the database at `url` into `file`, as of one moment; whoever writes meanwhile does not wait.

    Args:
        url: ``sqlite:///path/to/file.db`` or ``postgresql://user:password@host/name``.
        file: Where to; it is complete or not there. Only its owner may read it.
        force: Whether a file that is there may be replaced.

    Raises:
        DatabaseError: The database cannot be read, the file is in the way or cannot be written, or the copy is not
            what the database holds. The message says what to do.
    """
    if file.is_dir():
        raise DatabaseError(f"{file} is a folder. Give the path of a file in it.")
    if not file.absolute().parent.is_dir():
        raise DatabaseError(f"The folder {file.absolute().parent} does not exist. Create it, or name another file.")
    if file.exists() and not file.is_file():
        raise DatabaseError(f"{file} is no ordinary file. Name another one for the backup.")
    if file.exists() and not force:
        raise DatabaseError(f"{file} exists already. Name another file, or replace it with --force.")
    with _in_words(file), _beside(file) as temporary:
        if _is_sqlite(url):
            address = _existing(url)
            if file.exists() and os.path.samefile(file, address.path):
                raise DatabaseError(f"{file} is the database itself. Name another file for the backup.")
            copied = _copy_sqlite(address, temporary)
        else:
            copied = _dump(url, temporary)
        synchronise(temporary)
        os.replace(temporary, file)
        synchronise_folder(file.parent)
    return copied


def restore(file: Path, url: str, *, force: bool = False) -> Copied:
    """Make the database at `url` what `file` holds, which `backup` has made. Servers may go on running on it.

    Args:
        file: The backup. Older ones are brought up to date.
        url: The database.
        force: Whether what is in the database may be replaced.

    Raises:
        DatabaseError: The file is no backup, the database is in the way or cannot be written. The database is then as
            it was.
    """
    with _in_words(file):
        if not stat.S_ISREG(file.stat().st_mode):
            raise DatabaseError(f"{file} is no file. Name the file of a backup.")
        with file.open("rb") as stream:
            beginning = stream.read(len(_SQLITE))
    if beginning.startswith(_POSTGRESQL):
        if _is_sqlite(url):
            raise DatabaseError(f"{file} is a backup of PostgreSQL. Restore it to one: --database postgresql://...")
        return _load(file, url, force=force)
    if beginning != _SQLITE:
        raise DatabaseError(f"{file} is no backup of a database. Name a file that `trackteroid backup` has written.")
    if not _is_sqlite(url):
        raise DatabaseError(f"{file} is a backup of SQLite. Restore it to a file: --database sqlite:///path/to/file.db")
    return _restore_sqlite(file, url, force=force)


def existing(url: str) -> str:
    """Return the address of a database, which is not made if it is not there.

    Raises:
        DatabaseError: It is not there.
    """
    if not _is_sqlite(url):
        return url
    address = _existing(url)
    return f"{address}?mode={address.mode}&timeout={address.timeout}"


# SQLite.


def _is_sqlite(url: str) -> bool:
    return url.lower().startswith("sqlite")


def _address(url: str) -> SqliteAddress:
    try:
        address = read_address(url)
    except AddressError as error:
        raise DatabaseError(str(error)) from None
    if address.is_memory:
        raise DatabaseError("A database in memory belongs to its server alone. Serve one in a file to keep it.")
    return address


def _existing(url: str) -> SqliteAddress:
    address = _address(url)
    if not Path(address.path).is_file():
        raise DatabaseError(f"There is no database {Path(address.path).absolute()}. Check the address.")
    return replace(address, mode="rw") if address.mode in (None, "rwc") else address


def _copy_sqlite(address: SqliteAddress, target: Path) -> Copied:
    with _sqlite_in_words(address.path), closing(address.connect()) as source, closing(sqlite3.connect(target)) as copy:
        source.isolation_level = None
        # From the first read on the connection sees one moment, and so does the copy that is made through it.
        source.execute("BEGIN")
        wanted = _counts(source)
        if _MARK not in wanted:
            raise DatabaseError(f"{address.path} is a database of another program; nothing was copied.")
        source.backup(copy)
        source.execute("COMMIT")
        # One file, and nothing beside it when it is read.
        copy.execute("PRAGMA journal_mode = DELETE")
        return _verified(copy, wanted)


def _restore_sqlite(file: Path, url: str, *, force: bool) -> Copied:
    address = replace(_address(url), mode="rwc")
    target = Path(address.path)
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise DatabaseError(
            f"{target.absolute()} cannot be a database. Give the path of a file in a folder that exists."
        )
    if target.exists() and target.stat().st_size and not force:
        raise DatabaseError(f"{address} holds a database already. Give another address, or replace it with --force.")
    with _in_words(target), _folder_beside(target) as folder:
        staged = SqliteAddress(str(folder / "staged.db"))
        _copy_sqlite(SqliteAddress(str(file), mode="ro"), Path(staged.path))
        # Brings an older one up to date and refuses a newer one, before anything else is touched.
        Database(str(staged)).close()
        with (
            _sqlite_in_words(address.path),
            closing(staged.connect()) as source,
            closing(address.connect()) as database,
        ):
            wanted = _counts(source)
            _check_ours(_counts(database), str(address))
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA journal_mode = WAL")
            before = _version(database)
            # One transaction: whoever reads meanwhile sees what was there before, or all of this.
            source.backup(database)
            return _verified(database, wanted, before)


@contextlib.contextmanager
def _folder_beside(target: Path) -> Generator[Path]:
    """A folder beside a file for the time of a block; it is gone whenever that is interrupted.

    A `tempfile.TemporaryDirectory` is there for a moment before anybody knows of it.
    """
    folder = target.absolute().parent / f".restoring-{uuid.uuid4().hex}"
    try:
        folder.mkdir(0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_ours(tables: Mapping[str, int], address: str) -> None:
    """Refuse to replace the database of another program, which nobody can have meant."""
    if tables and _MARK not in tables:
        raise DatabaseError(
            f"{address} is a database of another program; nothing was changed. Give another address, or remove it "
            "first."
        )


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    counts: dict[str, int] = {}
    for (name,) in names.fetchall():
        quoted = name.replace('"', '""')
        [counts[name]] = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 - in quotes
    return counts


def _version(connection: sqlite3.Connection) -> int:
    """Return what becomes another number when another connection changes the database."""
    return connection.execute("PRAGMA data_version").fetchone()[0]


def _verified(connection: sqlite3.Connection, wanted: Mapping[str, int], version: int | None = None) -> Copied:
    """Return what was copied, if it is sound and has the rows that were *wanted*, or its *version* is another one."""
    connection.execute("BEGIN")  # a server may write to it already
    findings = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if findings != [("ok",)]:
        raise DatabaseError(f"The copy is damaged: {findings[0][0]}. Check the disk with the database, then try again.")
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise DatabaseError(
            f"Rows of {broken[0][0]} refer to something that does not exist. `trackteroid check --database URL` tells "
            "more of the database."
        )
    found = _counts(connection)
    is_changed = version is not None and _version(connection) != version
    connection.rollback()
    return Copied(sum(found.values()), len(found), is_compared=False) if is_changed else _compared(found, wanted)


def _compared(found: Mapping[str, int], wanted: Mapping[str, int]) -> Copied:
    for name in sorted(wanted.keys() | found.keys()):
        if found.get(name) != wanted.get(name):
            raise DatabaseError(
                f"The copy has {found.get(name, 'no')} rows in {name} instead of {wanted.get(name, 'none')}. Try "
                "again; if that repeats itself, check the disk."
            )
    return Copied(sum(wanted.values()), len(wanted))


# PostgreSQL.


def _dump(url: str, target: Path) -> Copied:
    program = _program("pg_dump", f"pg_dump --format=custom --file={target.name} DATABASE")
    engine = make_engine(url)
    with _closing(engine), engine.connect() as connection:
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        wanted = _counts_of_postgresql(connection)
        if _MARK not in wanted:
            raise DatabaseError(f"{shown(engine.url)} is no database of Trackteroid; nothing was copied.")
        snapshot = connection.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one()
        arguments = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"]
        _run(program, arguments, engine.url)
    return _compared(_counts_of_dump(target), wanted)


def _load(file: Path, url: str, *, force: bool) -> Copied:
    program = _program("pg_restore", f"pg_restore --clean --if-exists --single-transaction --dbname=NAME {file}")
    wanted = _counts_of_dump(file)
    if _MARK not in wanted:
        raise DatabaseError(f"{file} is a backup of another program's database; nothing was changed.")
    engine = make_engine(url)
    with _closing(engine):
        with engine.connect() as connection:
            found = _counts_of_postgresql(connection)
            if found and not force:
                raise DatabaseError(
                    f"{shown(engine.url)} holds tables already. Give another address, or replace them with --force."
                )
            _check_ours(found, shown(engine.url))
        options = ["--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        _run(program, [*options, f"--dbname={engine.url.database}", str(file)], engine.url)
        with engine.connect() as connection:
            copied = _compared(_counts_of_postgresql(connection), wanted)
    Database(url).close()  # brings an older one up to date
    return copied


@contextlib.contextmanager
def _closing(engine: sa.Engine) -> Generator[None]:
    """Close all connections at the end of a block, and say in words what PostgreSQL says in it."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseError(f"{shown(engine.url)} cannot be used: {' '.join(str(error.orig).split())}") from error
    finally:
        engine.dispose()


def _counts_of_postgresql(connection: sa.Connection) -> dict[str, int]:
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.exec_driver_sql(f"SELECT count(*) FROM {quote(name)}").scalar_one()  # noqa: S608 - quoted
        for name in sa.inspect(connection).get_table_names()
    }


def _counts_of_dump(file: Path) -> dict[str, int]:
    """Return how many rows of each table a backup of PostgreSQL holds, which reads all of it."""
    program = _program("pg_restore", f"pg_restore --list {file}")
    counts: dict[str, int] = {}
    table = ""
    with tempfile.TemporaryFile() as said:
        command = [program, "--data-only", "--file=-", str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process:
            for line in process.stdout or ():
                if table:
                    if line == b"\\.\n":
                        table = ""
                    else:
                        counts[table] += 1
                elif line.startswith(b"COPY "):
                    table = line.split(b" ")[1].decode().split(".", 1)[-1].strip('"')
                    counts[table] = 0
        if process.returncode:
            said.seek(0)
            text = " ".join(said.read().decode(errors="replace").split())
            raise DatabaseError(f"{file} is damaged: {text}. Use another backup.")
    return counts


def _program(name: str, instead: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise DatabaseError(
            f"{name} is not installed here. Install the client programs of PostgreSQL, or run where they are: {instead}"
        )
    return found


def _run(program: str, arguments: list[str], url: sa.URL) -> None:
    options = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    environment = os.environ | {name: str(value) for name, value in options.items() if value is not None}
    environment["PGDATABASE"] = str(url.database)
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise DatabaseError(f"{Path(program).name} has failed on {shown(url)}: {said}")


# Files.


@contextlib.contextmanager
def _beside(file: Path) -> Generator[Path]:
    """A new file beside another, which is removed at the end of a block unless it has become that."""
    temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex}.tmp")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        yield temporary
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            temporary.with_name(temporary.name + suffix).unlink(missing_ok=True)


@contextlib.contextmanager
def _in_words(file: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise DatabaseError(
            f"{error.filename or file} cannot be used: {error.strerror or error}. Check the path, the permissions and "
            "the free space."
        ) from error


@contextlib.contextmanager
def _sqlite_in_words(path: Any) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseError(
            f"{path} cannot be copied: {error}. Check that it is an undamaged SQLite database."
        ) from error
