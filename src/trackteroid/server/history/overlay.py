"""The state at a moment, as relations that stand before the tables for the time of a block.

They are temporary, belong to one transaction and have the names of the tables. So whatever is asked meanwhile is asked
of that state: no statement knows of it. Tables without changes since are themselves. What is hidden from whom in it is
decided by the permissions of now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.sql.visitors import iterate

from trackteroid.server.auth.policy import lasting, policy_of
from trackteroid.server.core.pending import insert_all, update_all
from trackteroid.server.core.request import Request
from trackteroid.server.history.entries import Key, Undone, undone_since
from trackteroid.server.history.keeping import kept_tables
from trackteroid.server.history.moments import number_of
from trackteroid.server.model import standard_model
from trackteroid.server.model.column_types import EXACT, JsonText
from trackteroid.server.model.folding import FOLDS

#: Returns what has to be undone in some tables, by their names; nothing for those that are what they were.
Finder: TypeAlias = "Callable[[Collection[str]], Mapping[str, Undone]]"


@contextmanager
def as_of(request: Request, asked: object) -> Generator[None]:
    """Let a request ask for what was at a moment, for the time of a block.

    Raises:
        Failure: Nothing is known of that moment, or too much has changed since.
    """
    connection = request.connection
    number, most = number_of(connection, asked), request.limits.past_changes
    with standing(request, lambda names: undone_since(connection, number, names, most=most)):
        yield


@contextmanager
def standing(request: Request, find: Finder, private: Iterable[str] = ()) -> Generator[None]:
    """Let a request ask for what was before some changes. Who sees what is decided by the permissions of now.

    Projects that were private, then or when they were deleted, are as private as those of now.

    Args:
        request: The request.
        find: What has to be undone.
        private: Further projects that were private.
    """
    connection, policy, timeouts = request.connection, policy_of(request), list(request.timeouts)
    was_past, request.is_past = request.is_past, True
    try:
        with overlaid(connection, find):
            if policy is not None:
                contexts = standard_model().table("Context")
                are_private = sa.select(contexts.c.id).where(contexts.c.is_private.is_(True))
                were = connection.execute(are_private).scalars().all()
                gone = find([contexts.name]).get(contexts.name)
                closed = policy.closed.union(private, were, () if gone is None else gone.deleted_private)
                known = lasting(policy)  # rows in no project that are gone may be there again
                request.policy = known if closed == known.closed else replace(known, closed=closed)
            yield
    finally:
        request.policy, request.is_past = policy, was_past
        request.timeouts[:] = timeouts  # what PostgreSQL was told meanwhile, it has forgotten


@contextmanager
def overlaid(connection: sa.Connection, find: Finder) -> Generator[None]:
    """Let the tables be what they were, for the time of a block that only reads.

    What a statement does not name is not looked for.
    """
    shadows = _Shadows(connection, find)
    with _writable(connection):
        transaction = connection.begin_nested()
        try:
            if connection.dialect.name == "postgresql":
                # Besides finding them first, this lets it plan anew what it has planned for the tables themselves.
                connection.exec_driver_sql(f"SET LOCAL search_path = pg_temp, {_schema(connection)}")
            event.listen(connection, "before_execute", shadows.before_execute)
            try:
                yield
            finally:
                event.remove(connection, "before_execute", shadows.before_execute)
        finally:
            if transaction.is_active:
                transaction.rollback()


class _Shadows:
    """The relations that stand before tables so far."""

    def __init__(self, connection: sa.Connection, find: Finder) -> None:
        self._connection, self._find = connection, find
        self._done: set[str] = set()
        self._is_busy = False

    def before_execute(self, _connection: object, statement: Any, *_: object) -> None:
        """Make those that a statement needs."""
        if self._is_busy or not isinstance(statement, sa.sql.ClauseElement):
            return
        tables = kept_tables()
        named = {each.name for each in iterate(statement) if isinstance(each, sa.Table)}
        needed = {name for name in named - self._done if name in tables}
        if not needed:
            return
        self._is_busy = True
        try:
            for each in self._find(sorted(needed)).values():
                self._stand_before(each)
            self._done |= needed
        finally:
            self._is_busy = False

    def _stand_before(self, undone: Undone) -> None:
        """Make the relation of one table, of what it holds now and what has to be undone."""
        connection, table = self._connection, undone.table
        changed, restored = _relations(table)
        for each in (changed, restored):
            each.create(connection, checkfirst=False)
        quote = connection.dialect.identifier_preparer.quote
        keys = [column.name for column in table.primary_key]
        listed = ", ".join(quote(column.name) for column in table.columns)
        of_now = f"{_schema(connection)}.{quote(table.name)} t"
        same = " AND ".join(f"c.{quote(name)} = t.{quote(name)}" for name in keys)
        # What has changed in part is copied, and what has changed of it put back.
        _add_keys(connection, changed, undone.partly)
        connection.exec_driver_sql(
            f"INSERT INTO {quote(restored.name)} ({listed}) "  # noqa: S608 - names of the model
            f"SELECT {', '.join(f't.{quote(column.name)}' for column in table.columns)} "
            f"FROM {quote(changed.name)} c JOIN {of_now} ON {same}"
        )
        known = {column.name for column in table.columns}
        by_columns: dict[tuple[str, ...], list[Key]] = {}
        for key, values in undone.partly.items():
            # A column may have been removed since.
            old = values if known.issuperset(values) else {name: values[name] for name in known & values.keys()}
            if old:
                by_columns.setdefault(tuple(old), []).append((*old.values(), *key))
        for columns, rows in by_columns.items():
            update_all(connection, restored, columns, keys, rows)
        _add_keys(connection, changed, [*undone.gone, *undone.whole])
        names = [column.name for column in table.columns]
        insert_all(connection, restored, [{name: row.get(name) for name in names} for row in undone.whole.values()])
        connection.exec_driver_sql(
            f"CREATE TEMPORARY VIEW {quote(table.name)} AS SELECT {listed} FROM {of_now} "  # noqa: S608 - of the model
            f"WHERE NOT EXISTS (SELECT 1 FROM {quote(changed.name)} c WHERE {same}) "
            f"UNION ALL SELECT {listed} FROM {quote(restored.name)}"
        )


@contextmanager
def _writable(connection: sa.Connection) -> Generator[None]:
    """Let temporary relations be made where everything else can only be read."""
    is_query_only = connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA query_only").scalar()
    if not is_query_only:
        yield
        return
    connection.exec_driver_sql("PRAGMA query_only=OFF")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA query_only=ON")


def _add_keys(connection: sa.Connection, changed: sa.Table, keys: Iterable[Key]) -> None:
    names = changed.columns.keys()
    insert_all(connection, changed, [dict(zip(names, key, strict=True)) for key in keys])


def _schema(connection: sa.Connection) -> str:
    if connection.dialect.name == "sqlite":
        return "main"
    return connection.dialect.identifier_preparer.quote(str(connection.dialect.default_schema_name))


@cache
def _relations(table: sa.Table) -> tuple[sa.Table, sa.Table]:
    """Return the temporary tables with the keys of what has changed, and with the rows that were."""
    made = sa.MetaData()

    def temporary(name: str, columns: Sequence[sa.Column[Any]]) -> sa.Table:
        # They take values as the database has them.
        copies = [
            sa.Column(
                each.name,
                EXACT if isinstance(each.type, JsonText) else each.type,
                primary_key=each.primary_key,
                autoincrement=False,
            )
            for each in columns
        ]
        options: dict[str, Any] = {"prefixes": ["TEMPORARY"], "sqlite_with_rowid": False}
        return sa.Table(name, made, *copies, info={FOLDS: {}}, **options)

    return temporary(f"past_keys_{table.name}", list(table.primary_key)), temporary(
        f"past_{table.name}", list(table.columns)
    )
