"""The database of a server: transactions, bringing a fresh one to life, and bringing an old one up to date.

Databases in memory have one connection that requests take turns on. See `engines` for what SQLite and PostgreSQL do
differently.

The entity types of a database follow from its object types, and are kept in step between all processes that serve it:
whoever changes an object type leaves a new mark, in the same transaction; whoever finds a mark it has not seen reads
the object types again.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import uuid
import weakref
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import fields
from functools import lru_cache, partial
from itertools import count
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from trackteroid.server.core.asking import Standing
from trackteroid.server.core.failures import PermissionError_, ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.history import keeping, moments
from trackteroid.server.model import Model, standard_model
from trackteroid.server.model.tables import build_tables
from trackteroid.server.model.types import ObjectType
from trackteroid.server.storage import engines, fresh, migrations
from trackteroid.server.storage.engines import (
    PREPARE,
    READ,
    READ_BACK,
    STATEMENT,
    WRITE,
    WRITE_ALONE,
    DatabaseError,
    Durability,
)
from trackteroid.server.storage.grouping import Grouping
from trackteroid.server.storage.sqlite_addresses import AddressError, make_private
from trackteroid.values import frozen

__all__ = ["Database", "DatabaseError", "Durability"]

T = TypeVar("T")

#: How many threads may hold a connection to see whether others write.
_WATCHING = 2

#: How often a transaction is tried beside others before it has the database for itself.
_TRIES = 3

_LOG = logging.getLogger("trackteroid.server")
_TABLE = standard_model().table("ServerInformation")
#: What stands for the object types that a database has, in that table.
_MARK = "object_types"
_FIND = Standing(sa.select(_TABLE.c.value).where(_TABLE.c.key == sa.literal_column(f"'{_MARK}'")))


@frozen
class Watched(Generic[T]):
    """What was found in a database, and whether it is as it was then."""

    found: T
    is_unchanged: Callable[[], bool]


class Database:
    """One database and its transactions.

    Args:
        url: ``sqlite:///path/to/file.db``, ``sqlite://`` (in memory) or ``postgresql://user:password@host/name``.
        durability: Whether what is committed survives a power cut (``full``), or only the end of this process
            (``relaxed``), which is faster.

    Attributes:
        name: The URL as it may be shown, without the password.
        is_fresh: Whether it was made just now.
        is_read_only: Whether nothing can be changed in it, because its address says so.
        schema: The version of the schema that its address asks for, if it does.
        wants_demo: Whether its address asks for the demo production.
        backup: The copy that was made of a SQLite file before it was brought up to date, if it was.

    Raises:
        DatabaseError: It cannot be opened, is not a Trackteroid database or was made by a newer version.
    """

    def __init__(self, url: str, *, durability: Durability = "full") -> None:
        self.engine = engines.make_engine(url, durability)
        # Whoever drops a database without closing it leaves no open connections behind.
        weakref.finalize(self, self.engine.dispose).atexit = False
        self.name = engines.shown(self.engine.url)
        self.backup: Path | None = None
        self.is_read_only = bool(self.engine.get_execution_options().get(engines.READ_ONLY))
        is_file = self.engine.dialect.name == "sqlite" and not engines.is_memory(self.engine.url)
        self._grouping = Grouping() if is_file else None
        self.schema: str | None = self.engine.get_execution_options().get(engines.SCHEMA)
        self.wants_demo = bool(self.engine.get_execution_options().get(engines.DEMO))
        self._watching = threading.BoundedSemaphore(_WATCHING)
        self._turn = threading.RLock() if engines.is_memory(self.engine.url) else nullcontext()
        try:
            with self._preparing() as connection:
                self.is_fresh = self._prepare(connection)
        except DBAPIError as error:
            self.engine.dispose()
            raise DatabaseError(engines.explain(self.engine.url, error)) from error
        except AddressError as error:
            self.engine.dispose()
            raise DatabaseError(str(error)) from None
        except DatabaseError:
            self.engine.dispose()
            raise

    @property
    def is_memory(self) -> bool:
        """Whether it lives in memory, and has one connection."""
        return engines.is_memory(self.engine.url)

    @property
    def has_one_writer(self) -> bool:
        """Whether all others who write wait for one who does."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self, *, write: bool) -> Generator[sa.Connection]:
        """A transaction: committed at the end of the block, rolled back if it raises.

        Raises:
            PermissionError_: It is to write to a database that is open for reading only.
        """
        if write and self.is_read_only:
            raise PermissionError_(
                f"The database {self.name} is open for reading only, as mode=ro in its address says. Leave that out to "
                "change it."
            )
        with self._begin(WRITE if write else READ) as connection:
            yield connection

    def look_back(self, work: Callable[[sa.Connection], T]) -> T:
        """Return the result of `work` in a transaction that reads, and may make temporary relations for that."""
        with self._begin(READ_BACK) as connection:
            return work(connection)

    def run(
        self, work: Callable[[sa.Connection], T], *, write: bool, is_quick: bool = False, patience: float | None = None
    ) -> T:
        """Return the result of `work` in a transaction.

        Threads that write to a file of SQLite do so together, see `grouping` also for `is_quick`, and wait up to
        `patience` seconds for those before them.

        Where others get in its way it is rolled back and done again, in the end with no other writer beside it. So
        `work` must not do anything that a rollback does not undo.
        """
        if not write:
            with self.begin(write=False) as connection:
                return work(connection)
        if self._grouping is not None:
            return self._grouping.run(work, partial(self.begin, write=True), is_quick=is_quick, patience=patience)
        for _ in range(_TRIES):
            try:
                with self.begin(write=True) as connection:
                    return work(connection)
            except DBAPIError as error:  # noqa: PERF203 - trying again is what the loop is for
                if not engines.must_start_again(error):
                    raise
        with self._begin(WRITE_ALONE) as connection:
            return work(connection)

    def run_statement(self, work: Callable[[sa.Connection], T]) -> T:
        """Return the result of `work`, which adds rows by one statement, and changes nothing that history is kept of.

        PostgreSQL need not be told that a transaction begins or ends, nor compare it with others.
        """
        if self.has_one_writer or self.is_read_only:
            return self.run(work, write=True)
        with self.engine.connect() as connection:
            return work(engines.prepare(connection, STATEMENT))

    @contextmanager
    def watched(self, ask: Callable[[sa.Connection], T]) -> Generator[Watched[T] | None]:
        """Ask before it is one's turn to write; yields what was found, and whether nobody has written since.

        It is None where there is no turn to wait for, or where others are about to take all connections for this.
        """
        if self._grouping is None or not self._watching.acquire(blocking=False):
            yield None
            return
        try:
            with self.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                connection = engines.prepare(connection, READ)
                with connection.begin():
                    found, version = ask(connection), engines.version(driver)
                yield Watched(found, lambda: engines.version(driver) == version)
        finally:
            self._watching.release()

    def information(self) -> dict[str, str]:
        """Return what the database says of itself: its id, format and settings."""
        with self.begin(write=False) as connection:
            return _information(connection)

    def object_types(self) -> list[ObjectType]:
        """Return the object types, of which new entity types are made."""
        with self.begin(write=False) as connection:
            return object_types(connection)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _begin(self, purpose: str) -> Generator[sa.Connection]:
        with self._turn, self.engine.connect() as connection:
            connection = engines.prepare(connection, purpose)
            with connection.begin(), moments.marking(connection) if purpose in (WRITE, WRITE_ALONE) else nullcontext():
                yield connection

    @contextmanager
    def _preparing(self) -> Generator[sa.Connection]:
        """A transaction in which tables may be made anew; references are checked at its end."""
        if self.engine.dialect.name != "sqlite":
            with self._begin(PREPARE) as connection:
                yield connection
            return
        with self._turn, self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if self.is_memory:
                fresh.copy_into(driver)
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                connection = engines.prepare(connection, PREPARE)
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def _prepare(self, connection: sa.Connection) -> bool:
        """Make the tables and built-in rows of a fresh database; check those of an existing one."""
        tables = () if self.is_memory else set(sa.inspect(connection).get_table_names())
        if not tables and self.is_read_only:
            raise DatabaseError(f"The database {self.name} is empty, and open for reading only. Leave out mode=ro.")
        if not tables:
            engines.check(connection)
            if not self.is_memory:  # that is a copy
                fresh.create(connection)
                keeping.keep(connection)
            fresh.identify(connection)
            _check_references(connection)
            moments.begin(connection)
            return True
        if "server_information" not in tables or "format" not in (information := _information(connection)):
            raise DatabaseError(f"{self.name} is a database of another program. Give a path of its own to the server.")
        revision = migrations.revision_of(connection)
        if revision is None and information["format"] == "1":
            revision = migrations.FIRST
            migrations.mark(connection, revision)
        if revision != migrations.HEAD:
            self._upgrade(connection, revision)
        return False

    def _upgrade(self, connection: sa.Connection, revision: str | None) -> None:
        if revision is None or not migrations.is_known(revision):
            raise DatabaseError(
                f"{self.name} was written by a newer version of Trackteroid (its revision is {revision}, this version "
                f"knows up to {migrations.HEAD}). Update Trackteroid."
            )
        if self.is_read_only:
            raise DatabaseError(
                f"The database {self.name} was written by an older version of Trackteroid and has to be brought up to "
                "date before it can be read. Open it once without mode=ro."
            )
        if self.engine.dialect.name == "sqlite" and not engines.is_memory(self.engine.url):
            self.backup = _copy(Path(str(self.engine.url.database)), revision)
        keeping.pause(connection)
        migrations.upgrade(connection, migrations.HEAD)
        if (
            self.has_one_writer
        ):  # SQLite: a table that is made anew keeps only those indexes that can be read from there
            known = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
            for table in build_tables(standard_model()).tables.values():
                for index in table.indexes:
                    if index.name not in known:
                        index.create(connection)
        _check_references(connection)
        keeping.keep(connection)
        moments.begin(connection)


def _copy(path: Path, revision: str) -> Path:
    """Return a copy of a SQLite file beside it, as last committed, under a name that is not taken."""
    names = (f"{path.stem}.revision-{revision}{number or ''}{path.suffix}" for number in count())
    copy = next(candidate for name in names if not (candidate := path.with_name(name)).exists())
    make_private(copy)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _check_references(connection: sa.Connection) -> None:
    """SQLite does not check references while tables are made anew."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise DatabaseError(f"Rows of {tables} refer to something that does not exist; the database was left as it is.")


def _information(connection: sa.Connection) -> dict[str, str]:
    return {row.key: row.value for row in connection.execute(sa.select(_TABLE.c.key, _TABLE.c.value))}


def object_types(connection: sa.Connection) -> list[ObjectType]:
    """Return the object types in the database."""
    table = standard_model().table("ObjectType")
    columns = [table.c[each.name] for each in fields(ObjectType)]
    rows = connection.execute(sa.select(*columns).where(table.c.name != "").order_by(table.c.id))
    return [ObjectType(**row) for row in rows.mappings()]


@lru_cache(maxsize=8)
def _model_with(rows: tuple[ObjectType, ...]) -> Model:
    """Return the model with these object types, one and the same for all databases that have the same ones.

    A site may have had an object type of its own before there was a type of that name. It is left out, and the log
    says so.
    """

    def tell(_: ObjectType, reason: str) -> None:
        _LOG.warning("%s Until then its entities cannot be asked for as a type of their own.", reason)

    return standard_model().with_object_types(rows, tell)


class Models:
    """The model of a server, read again when another mark is found."""

    def __init__(self) -> None:
        self._known: tuple[str | None, Model] | None = None

    def current(self, connection: sa.Connection) -> Model:
        """Return the model with the object types that `connection` sees."""
        found = _FIND.rows(connection, 1)
        mark = found[0][0] if found else None
        known = self._known
        if known is None or known[0] != mark:
            known = self._known = (mark, _model_with(tuple(object_types(connection))))
        return known[1]


def announce(request: Request) -> None:
    """Leave a new mark if the batch has changed object types; refuse those that cannot become an entity type."""
    changed = {change.row.values["id"] for change in request.changes if change.row.type.name == "ObjectType"}
    if not changed:
        return

    def refuse(row: ObjectType, reason: str) -> None:
        if row.id in changed:
            raise ValidationError(reason)

    # Those that were there before keep their names.
    rows = sorted(object_types(request.connection), key=lambda each: each.id in changed)
    standard_model().with_object_types(rows, refuse)
    value = {"value": str(uuid.uuid4())}
    if not request.connection.execute(sa.update(_TABLE).where(_TABLE.c.key == _MARK).values(value)).rowcount:
        request.connection.execute(sa.insert(_TABLE).values(key=_MARK, **value))
