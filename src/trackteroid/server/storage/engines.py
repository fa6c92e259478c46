"""Connections to SQLite and PostgreSQL, how transactions begin there, and what is told of a database that is away.

SQLite runs in WAL mode: readers never wait, writers queue. A transaction that will write says so from its beginning,
so that two of them never deadlock.

PostgreSQL reads from a snapshot. Writers are serializable: of two that could not have run one after the other, one is
told to start again (`must_start_again`). One that asks to be alone waits for all others and keeps new ones waiting.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import PoolProxiedConnection, StaticPool
from sqlalchemy.util import LRUCache

from trackteroid.server.core.failures import nearest
from trackteroid.server.storage.sqlite_addresses import SqliteAddress, read_address

_LOG = logging.getLogger(__name__)

#: What the next transaction of a connection is for, in its `info`. Nobody listens to the engine for that: as soon as
#: there is one listener, SQLAlchemy looks for all kinds of them at each statement.
PURPOSE = "trackteroid"
READ, READ_BACK, WRITE, WRITE_ALONE, PREPARE = "read", "read back", "write", "write alone", "prepare"
STATEMENT = "statement"

#: What an acknowledged commit survives: "full", a power cut; "relaxed", the end of the server, but perhaps not the last
#: moments before a power cut. Whatever is lost, no transaction is ever there by half.
Durability: TypeAlias = Literal["full", "relaxed"]

#: Whether nothing is ever written, as an execution option of an engine.
READ_ONLY = "trackteroid_read_only"

#: The option of an engine that says which schema its address asks for.
SCHEMA = "trackteroid_schema"
#: The option of engines whose database is to have the demo production.
DEMO = "trackteroid_demo"

#: How many transactions one process has at the same time, in a database that is not in memory.
CONNECTIONS = 10
_KEPT = 5

#: How many statements of each engine are kept compiled, and how much SQL one of them may have. What is kept takes more
#: than a hundred times as many bytes, and long statements hardly come twice.
_STATEMENTS, _LONGEST_KEPT = 500, 32_000

_ADVICE = "Use sqlite:///path/to/file.db, sqlite:// for one in memory, or postgresql://user:password@host/name."
#: Parameters of a PostgreSQL URL that nobody else is to see.
_SECRETS = ("password", "sslpassword")
_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"
#: Any number will do, as long as all servers use the same.
_PREPARING = 0x7472_6163
_TABLE = "server_information"


class DatabaseError(Exception):
    """The database cannot be used. The message says why and what to do."""


def make_engine(url: str, durability: Durability = "full") -> sa.Engine:
    """Return the engine for a database URL; raises `DatabaseError` for one that means nothing."""
    if url.lower().startswith("sqlite"):
        return _sqlite(url, durability)
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseError(f"{_hidden(url)!r} is not a database URL. {_ADVICE}") from error
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseError(f"{parsed.get_backend_name()} databases are not supported. {_ADVICE}")
    return _postgresql(parsed, durability)


def is_memory(url: sa.URL) -> bool:
    """Return whether a database lives in memory and has a single connection."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def prepare(connection: sa.Connection, purpose: str) -> sa.Connection:
    """Return a connection whose next transaction is for one purpose. It begins in the way of that when it begins."""
    connection.info[PURPOSE] = purpose
    if connection.dialect.name != "postgresql":
        return connection
    levels = {READ: "REPEATABLE READ", READ_BACK: "REPEATABLE READ", PREPARE: "READ COMMITTED", STATEMENT: "AUTOCOMMIT"}
    return connection.execution_options(
        isolation_level=levels.get(purpose, "SERIALIZABLE"), postgresql_readonly=purpose == READ
    )


def must_start_again(error: DBAPIError) -> bool:
    """Return whether a transaction failed only because of what others did at the same time."""
    return getattr(error.orig, "sqlstate", None) in (_SERIALIZATION_FAILURE, _DEADLOCK)


def is_busy(error: DBAPIError) -> bool:
    """Return whether a transaction could not begin because of a writer before it, for as long as the address says."""
    return isinstance(error.orig, sqlite3.OperationalError) and "database is locked" in str(error.orig)


def version(driver: Any) -> int:
    """Return a number that changes for a connection to SQLite when another one has committed something."""
    return driver.execute("PRAGMA data_version").fetchone()[0]


def check(connection: sa.Connection) -> None:
    """Refuse a fresh PostgreSQL database that cannot hold all text."""
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise DatabaseError(
            f"The database has the encoding {encoding}, which cannot hold all text. "
            "Create it with: createdb --encoding=UTF8 --template=template0 NAME"
        )


def explain(url: sa.URL, error: DBAPIError) -> str:
    """Return a database that cannot be opened, in words."""
    reason = " ".join(str(error.orig).split())
    if url.get_backend_name() != "sqlite":
        for secret in (url.password, *(url.query.get(name) for name in _SECRETS)):
            if secret:
                reason = reason.replace(str(secret), "***")
        advice = "Check that PostgreSQL runs there and takes connections."
        if "does not exist" in reason and "database" in reason:
            advice = f"Create it with: createdb --encoding=UTF8 --template=template0 {url.database}"
        elif "authentication" in reason or "password" in reason:
            advice = "Check the user and password of the URL."
        elif "permission denied" in reason:
            advice = f"Let the user make tables there: GRANT CREATE, USAGE ON SCHEMA public TO {url.username}"
        return f"The database {shown(url)} cannot be opened: {reason}. {advice}"
    path = Path(url.database or "")
    if "unable to open" in reason and not path.parent.is_dir():
        return f"The folder {path.parent} does not exist. Create it, or give another path for the database."
    if path.is_dir():
        return f"{path} is a folder. Give the path of a file in it."
    if "unable to open" in reason and not path.exists():
        return f"There is no database {path.absolute()}.{beside(path)} Leave out the mode to make one."
    if "not a database" in reason:
        return f"{path} is not a SQLite database. Give another path, or move the file away."
    if "readonly" in reason or "unable to open" in reason:
        return f"{path} cannot be written to ({reason}). Check the permissions, or give another path for the database."
    return f"The database {shown(url)} cannot be opened: {reason}."


def beside(path: Path) -> str:
    """Return what was perhaps meant by a path that leads to nothing, as a sentence after a blank; else nothing."""
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return ""
    near = nearest(path.name, [name for name in names if not name.endswith(("-wal", "-shm"))])
    return f" Beside it there is {' and '.join(near)}." if near else ""


def shown(url: sa.URL) -> str:
    """Return a database URL without its password."""
    if url.get_backend_name() == "sqlite":
        return str(SqliteAddress(url.database or ""))
    query = {name: "***" if name in _SECRETS else value for name, value in url.query.items()}
    return url.set(drivername=url.get_backend_name(), query=query).render_as_string(hide_password=True)


def _hidden(url: str) -> str:
    """Return a text that was meant as a URL, without what looks like a password."""
    return re.sub(r"(/[^:/@]*):.*@", r"\1:***@", url)


def _sqlite(text: str, durability: Durability) -> sa.Engine:
    try:
        address = read_address(text)
    except ValueError as error:
        raise DatabaseError(_hidden(str(error))) from None
    is_read_only = address.mode == "ro"
    if is_read_only:
        pragmas = ("query_only=ON", "temp_store=MEMORY")
    else:
        # On macOS, where nothing else reaches the disk itself, SQLite takes the longer way only when it is asked to.
        lasting = ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON")
        kept = lasting if durability == "full" else ("synchronous=NORMAL",)
        pragmas = ("journal_mode=WAL", *kept, "foreign_keys=ON", "temp_store=MEMORY")

    def configure(connection: Any, record: Any) -> None:
        record.info[READ_ONLY] = is_read_only
        # The driver would otherwise begin transactions on its own, and too late for a write.
        connection.isolation_level = None
        try:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
            if _MISREADS_STATISTICS and _has_statistics(connection):
                _forget_statistics(connection, address)
        except BaseException:
            connection.close()  # nobody else knows of it
            raise

    pool: dict[str, Any] = (
        {"poolclass": StaticPool} if address.is_memory else {"pool_size": _KEPT, "max_overflow": CONNECTIONS - _KEPT}
    )
    url = sa.URL.create(f"sqlite+{_DRIVER}", database=address.path or None)
    options = {"execution_options": SHARED, "hide_parameters": True}
    engine = sa.create_engine(url, creator=address.absolute().connect, **options, **pool)
    event.listen(engine, "connect", configure)
    return engine.execution_options(**{READ_ONLY: is_read_only, SCHEMA: address.schema, DEMO: address.has_demo})


#: With the statistics of ANALYZE, these versions of SQLite may find nothing where an index of an expression should lead
#: to rows: the Bloom filter of a join holds other values than those of the expression. Names are found by such indexes.
_MISREADS_STATISTICS: Final = (3, 38) <= sqlite3.sqlite_version_info < (3, 41, 2)


def _has_statistics(connection: sqlite3.Connection) -> bool:
    is_there = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'"
    return (
        connection.execute(is_there).fetchone() is not None
        and connection.execute("SELECT 1 FROM sqlite_stat1 LIMIT 1").fetchone() is not None
    )


def _forget_statistics(connection: sqlite3.Connection, address: SqliteAddress) -> None:
    """Let somebody's ANALYZE be undone, which no plan of this server needs; raises `DatabaseError` if it cannot be."""
    advice = (
        f"SQLite {sqlite3.sqlite_version} leaves rows out of answers in a database with the statistics of ANALYZE, "
        f"which {address} has."
    )
    if address.mode == "ro":
        raise DatabaseError(
            f"{advice} Open it once without mode=ro, which removes them, or use SQLite 3.41.2 or newer."
        )
    connection.execute("DELETE FROM sqlite_stat1")
    connection.execute("ANALYZE sqlite_master")  # which reads them again
    _LOG.warning("%s They were removed.", advice)


class _Statements(LRUCache[Any, Any]):
    """Statements that were compiled, without those so long that a few hundred would take all memory."""

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(str(compiled)) <= _LONGEST_KEPT:
            super().__setitem__(key, compiled)


#: Options of engines for SQLite: what one of them has compiled, none of this process compiles again.
SHARED: Mapping[str, Any] = {"compiled_cache": _Statements(_STATEMENTS)}


class Sqlite(SQLiteDialect_pysqlite):
    """SQLite as its driver is used here. All are equal, so that they share what is compiled."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin in the way of what the transaction is for; whoever only reads keeps no writer waiting."""
        purpose = dbapi_connection.info.pop(PURPOSE, READ)
        reads = purpose in (READ, READ_BACK) or dbapi_connection.info.get(READ_ONLY)
        dbapi_connection.cursor().execute("BEGIN" if reads else "BEGIN IMMEDIATE")


_DRIVER = "trackteroid"
registry.register(f"sqlite.{_DRIVER}", __name__, Sqlite.__name__)


def _postgresql(url: sa.URL, durability: Durability) -> sa.Engine:
    # What "full" means is for PostgreSQL to say: its own configuration waits for the disk unless somebody changed that.
    relaxed = {"options": "-c synchronous_commit=off"} if durability == "relaxed" else {}
    try:
        engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={"connect_timeout": 10, "application_name": "trackteroid", **relaxed},
            pool_size=_KEPT,
            max_overflow=CONNECTIONS - _KEPT,
            # A connection that the server has dropped meanwhile is replaced before a request notices.
            pool_pre_ping=True,
            execution_options={"compiled_cache": _Statements(_STATEMENTS)},
            # An error tells of a statement, not of the production and the secrets that it was to write.
            hide_parameters=True,
        )
    except ImportError as error:
        raise DatabaseError(
            f'PostgreSQL needs a package that is not installed ({error.name}). Run: pip install "trackteroid[postgres]"'
        ) from error

    def do_begin(dbapi_connection: PoolProxiedConnection) -> None:
        purpose, cursor = dbapi_connection.info.pop(PURPOSE, READ), dbapi_connection.cursor()
        if purpose == PREPARE:
            cursor.execute(f"SELECT pg_advisory_xact_lock({_PREPARING})")
        elif purpose == WRITE:
            # Unlike a query, this does not take the snapshot yet: what the others change is seen once they are done.
            cursor.execute(f"LOCK TABLE {_TABLE} IN ROW SHARE MODE")
        elif purpose == WRITE_ALONE:
            cursor.execute(f"LOCK TABLE {_TABLE} IN EXCLUSIVE MODE")

    engine.dialect.do_begin = do_begin
    return engine


class Outages:
    """What somebody who needs the database again and again tells of it: that it is away, once, and that it is back.

    Any thread may.

    Args:
        log: Where they tell it.
        who: Who they are.
    """

    def __init__(self, log: logging.Logger, who: str) -> None:
        self._log = log
        self._who = who
        self._lock = threading.Lock()
        self._since: float | None = None

    @property
    def is_on(self) -> bool:
        """Whether the database is away."""
        return self._since is not None

    def tell(self, error: Exception, what: str) -> None:
        """Tell of an error and *what* has failed with it; of a database that is away, only that, and only once."""
        if isinstance(error, (OperationalError, InterfaceError)):
            self.failed(error)
        else:
            self._log.error("%s", what, exc_info=error)

    def failed(self, error: Exception) -> None:
        """Tell that the database is away, unless it was already."""
        with self._lock:
            if self._since is not None:
                return
            self._since = time.monotonic()
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        self._log.warning("%s cannot reach the database (%s), and tries again until it can.", self._who, reason)

    @contextmanager
    def reaching(self) -> Generator[None]:
        """A block that uses the database: if it succeeds, and has begun since, that is no longer away."""
        began = time.monotonic()
        yield
        if self._since is not None and began >= self._since:
            self._over()

    def _over(self) -> None:
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            self._log.warning("%s reaches the database again, after %.0f s.", self._who, time.monotonic() - since)
