"""Rows that wait to be written, so that many of one kind reach the database in one statement.

They are written before anybody reads from the database: see `Request.connection`. Until then rows are independent of
each other, because references are checked when the transaction ends. So all new rows go first, then all changes, then
all that is deleted; only what is about the same row twice, in an order that this would turn around, makes the rest go
first.

Which rows are new is kept with them, so that it can be told later what there was before. Of changed and deleted rows
triggers of the database keep what they were, see `server.history.keeping`; of new ones the keys of all that are written
together are kept in one row, because a trigger would run for each of them, and take longer than writing it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from trackteroid.server.core.among import among_keys
from trackteroid.server.model.folding import FOLDS, beside
from trackteroid.server.model.tables import CREATE, KEPT

Columns = tuple[str, ...]
Values = tuple[Any, ...]

_PLANS: Final = "plans of writing"
#: Rows from which on PostgreSQL takes them in faster in its own way.
_MANY = 20
_BATCH: Final = {"sqlite": "(SELECT max(number) FROM history_moment) + 1", "postgresql": "history_batch()"}


class Pending:
    """What one transaction has still to write.

    Args:
        one_by_one: Write everything at once, a statement for each row. So the database refuses a row when it comes,
            and nothing that comes later hides that.
    """

    def __init__(self, *, one_by_one: bool = False) -> None:
        self.one_by_one = one_by_one
        self._inserts: dict[tuple[sa.Table, Columns], list[Values]] = {}
        self._updates: dict[tuple[sa.Table, Columns, Columns], list[Values]] = {}
        self._deletes: dict[tuple[sa.Table, Columns], list[Values]] = {}
        self._updated: dict[tuple[str, Values], Columns] = {}
        self._deleted: set[tuple[str, Values]] = set()

    def insert(self, connection: sa.Connection, table: sa.Table, key: Values, values: Mapping[str, Any]) -> None:
        """Add a row; columns that are not given are null."""
        if (table.name, key) in self._deleted:
            self.flush(connection)
        self._inserts.setdefault((table, tuple(values)), []).append(tuple(values.values()))
        if self.one_by_one:
            self.flush(connection)

    def update(
        self, connection: sa.Connection, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        """Set columns of the row with a key."""
        columns, place = tuple(values), (table.name, tuple(key.values()))
        before = self._updated.get(place, columns)
        if before != columns and not set(columns).isdisjoint(before):
            self.flush(connection)
            before = columns
        self._updated[place] = columns if before == columns else (*before, *columns)
        self._updates.setdefault((table, columns, tuple(key)), []).append((*values.values(), *key.values()))
        if self.one_by_one:
            self.flush(connection)

    def delete(self, connection: sa.Connection, table: sa.Table, columns: Columns, keys: Sequence[Values]) -> None:
        """Delete the rows that have these values in some columns."""
        self._deletes.setdefault((table, columns), []).extend(keys)
        self._deleted.update((table.name, key) for key in keys)
        if self.one_by_one:
            self.flush(connection)

    def flush(self, connection: sa.Connection) -> None:
        """Write what waits."""
        if not (self._inserts or self._updates or self._deletes):
            return
        inserts, updates, deletes = self._inserts, self._updates, self._deletes
        self._inserts, self._updates, self._deletes = {}, {}, {}
        self._updated.clear()
        self._deleted.clear()
        for (table, columns), rows in inserts.items():
            _insert_rows(connection, table, columns, rows)
        for (table, columns, key), rows in updates.items():
            _update_rows(connection, table, columns, key, rows)
        for (table, columns), keys in deletes.items():
            connection.execute(sa.delete(table).where(among_keys([table.c[name] for name in columns], keys)))


def insert_all(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, which all have the same columns in the same order.

    Raises:
        sqlalchemy.exc.IntegrityError: A row is there already.
    """
    if rows:
        _insert_rows(connection, table, tuple(rows[0]), [tuple(row.values()) for row in rows])


def update_all(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], key: Sequence[str], rows: Sequence[Values]
) -> None:
    """Set `columns` of rows: each of `rows` has their values and then those of the `key`."""
    _update_rows(connection, table, tuple(columns), tuple(key), rows)


def _insert_rows(connection: sa.Connection, table: sa.Table, columns: Columns, rows: Sequence[Values]) -> None:
    """Insert rows that have values of the same columns, the fastest way that the database has."""
    # What is stored beside texts, if that is anything, is written with them.
    folds = table.info[FOLDS]
    places = [
        place
        for place, name in enumerate(columns)
        if name in folds and not all((row[place] or "").isascii() for row in rows)
    ]
    if places:
        columns = (*columns, *(folds[columns[place]] for place in places))
        rows = [(*row, *(beside(row[place]) for place in places)) for row in rows]
    plan = _plan(connection, table, columns)
    if connection.dialect.name == "postgresql" and len(rows) >= _MANY:
        _copy(connection, table, columns, plan.processed(rows))
    else:
        plan.run(connection, rows)
    keep_created(connection, table, columns, rows)


def _copy(connection: sa.Connection, table: sa.Table, columns: Columns, rows: Sequence[Values]) -> None:
    """PostgreSQL takes rows in through COPY several times as fast as through INSERT."""
    import psycopg  # only who uses PostgreSQL has it
    from psycopg import sql

    driver: Any = connection.connection.driver_connection
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise IntegrityError(statement.as_string(driver), None, error) from error
    except psycopg.Error as error:
        raise DBAPIError(statement.as_string(driver), None, error) from error


def _update_rows(
    connection: sa.Connection, table: sa.Table, columns: Columns, key: Columns, rows: Sequence[Values]
) -> None:
    folds = table.info[FOLDS]
    places = [place for place, name in enumerate(columns) if name in folds]
    if places:
        columns = (*(folds[columns[place]] for place in places), *columns)
        rows = [(*(beside(row[place]) for place in places), *row) for row in rows]
    found = _plan(connection, table, columns, key).run(connection, rows)
    if found != len(rows):
        raise LookupError(f"Of {len(rows)} rows of {table.name} that were to be changed, only {found} are there.")


class _Plan:
    """A statement for many rows, with places for values in the order of its columns.

    SQLAlchemy writes it once; what it would do for each row is left out, which takes several times as long as the
    database does.
    """

    def __init__(self, statement: sa.Insert | sa.Update, columns: Sequence[sa.Column[Any]], dialect: sa.Dialect):
        compiled = statement.compile(dialect=_positional(dialect))
        self.text = str(compiled)
        # SQLAlchemy puts the columns of an INSERT in the order of the table.
        order = [int(name[1:]) for name in compiled.positiontup or ()]
        self._sort = None if order == sorted(order) else itemgetter(*order)
        found = [
            (place, processor)
            for place, column in enumerate(columns)
            if (processor := column.type.dialect_impl(dialect).bind_processor(dialect))
        ]
        self._processors: list[tuple[int, Callable[[Any], Any]]] = found

    def run(self, connection: sa.Connection, rows: Sequence[Values]) -> int:
        """Write the rows; returns how many that were."""
        rows = self.processed(rows)
        return connection.exec_driver_sql(self.text, list(map(self._sort, rows) if self._sort else rows)).rowcount

    def processed(self, rows: Sequence[Values]) -> Sequence[Values]:
        """Return rows with their values as the driver takes them."""
        if not self._processors:
            return rows
        processed: list[Values] = []
        for row in rows:
            values = list(row)
            for place, processor in self._processors:
                values[place] = processor(values[place])
            processed.append(tuple(values))
        return processed


def _plan(connection: sa.Connection, table: sa.Table, columns: Columns, key: Columns = ()) -> _Plan:
    """Return the statement that sets columns of the row with a key, or inserts one; it is kept with the table."""
    plans: dict[Any, _Plan] = table.info.setdefault(_PLANS, {})
    place = (connection.dialect.name, columns, key)
    if place not in plans:
        names = (*columns, *key)
        bound = [sa.bindparam(f"v{number}", type_=table.c[name].type) for number, name in enumerate(names)]
        values = dict(zip(columns, bound, strict=False))
        is_one = (table.c[name] == value for name, value in zip(key, bound[len(columns) :], strict=True))
        statement = sa.update(table).where(*is_one).values(values) if key else sa.insert(table).values(values)
        plans[place] = _Plan(statement, [table.c[name] for name in names], connection.dialect)
    return plans[place]


@lru_cache(maxsize=8)
def _positional(dialect: sa.Dialect) -> sa.Dialect:
    """Return a dialect that writes statements whose values are told apart by where they stand."""
    kind: Any = type(dialect)
    return kind(paramstyle="qmark" if dialect.name == "sqlite" else "format")


def batch_of(dialect: sa.Dialect) -> str:
    """Return the SQL that tells what is written in a transaction from what was before: the number of its batch."""
    return _BATCH[dialect.name]


def keep_created(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Keep that rows, of values of these columns, were written to a table for the first time."""
    if not table.info.get(KEPT) or not rows:
        return
    places = [columns.index(column.name) for column in table.primary_key]
    keys = orjson.dumps([[row[place] for place in places] for row in rows]).decode()
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    connection.exec_driver_sql(
        f"INSERT INTO row_history (batch, name, kind, old) "  # noqa: S608 - no input
        f"VALUES ({batch_of(connection.dialect)}, {mark}, {mark}, {mark})",
        (table.name, CREATE, keys),
    )
