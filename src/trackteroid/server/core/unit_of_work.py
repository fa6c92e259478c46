"""The one place that writes rows: directly as SQL, with an identity map, and remembering what it did."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError as BrokenRule

from trackteroid.server.core.changes import Changes, Row, RowKey
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import shown, to_storage
from trackteroid.server.model import EntityType, Model
from trackteroid.server.model.folding import WRITTEN, all_with_folded, with_folded, written

T = TypeVar("T")

_CHUNK = 400  # values per statement; older SQLite versions allow 999 variables


class UnitOfWork:
    """The rows of one batch.

    Every row is read at most once and kept as it is in the database, so rules may look at rows freely. `remembered`
    keeps what rules look up besides rows (statuses of a project schema, for instance) for the rest of the batch.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.model: Model = request.model
        self.changes: Changes = request.changes
        self._rows: dict[tuple[str, RowKey], Row] = {}
        self._tables: set[str] = set()
        self._memory: dict[str, dict[Hashable, Any]] = {}
        self._endings: list[Callable[[], None]] = []

    # Reading

    def find(self, entity_type: EntityType | str, key: RowKey | str) -> Row | None:
        """Return the row with the primary key `key` (a plain id will do), or None."""
        entity_type = self.type(entity_type)
        key = (key,) if isinstance(key, str) else key
        row = self._rows.get((entity_type.table, key))
        if row is None:
            found = self.execute(self._select_one(entity_type), _numbered(key)).mappings().first()
            row = None if found is None else self._keep(entity_type, found)
        return row

    def select(
        self, entity_type: EntityType | str, column: str, values: Iterable[Any], where: Mapping[str, Any] | None = None
    ) -> list[Row]:
        """Return the rows whose `column` is one of `values`, and others as in `where`, ordered by primary key."""
        entity_type = self.type(entity_type)
        table = self.model.table(entity_type)
        order = [table.c[name] for name in entity_type.primary_key]
        conditions = [table.c[name] == value for name, value in (where or {}).items()]
        rows: list[Row] = []
        for chunk in chunks(values):
            statement = sa.select(*written(table)).where(table.c[column].in_(chunk), *conditions).order_by(*order)
            rows.extend(self._keep(entity_type, found) for found in self.execute(statement).mappings().all())
        return rows

    def find_all(self, entity_type: EntityType | str, keys: Iterable[RowKey]) -> dict[RowKey, Row]:
        """Return the existing rows among those with the primary keys `keys`, by key."""
        entity_type = self.type(entity_type)
        wanted = list(dict.fromkeys(keys))
        found = {key: row for key in wanted if (row := self._rows.get((entity_type.table, key)))}
        for chunk in chunks(key for key in wanted if key not in found):
            statement = sa.select(*written(self.model.table(entity_type))).where(self._among(entity_type, chunk))
            for values in self.execute(statement).mappings().all():
                row = self._keep(entity_type, values)
                found[row.key] = row
        return found

    def remembered(self, kind: str, key: Hashable, look_up: Callable[[], T]) -> T:
        """Return the result of `look_up`, which is only called once per batch, `kind` and `key`."""
        memory = self._memory.setdefault(kind, {})
        if key not in memory:
            memory[key] = look_up()
        return memory[key]

    def forget(self, kind: str) -> None:
        """Look up everything of one kind again."""
        self._memory.pop(kind, None)

    # The end

    def at_end(self, do: Callable[[], None]) -> None:
        """Do something when all operations of the batch are done, before it is checked."""
        self._endings.append(do)

    def end(self) -> None:
        """Do what was to be done at the end."""
        while self._endings:
            self._endings.pop(0)()

    # Writing

    def insert(self, entity_type: EntityType | str, values: Mapping[str, Any]) -> Row:
        """Add a row; columns that are not given are null."""
        entity_type = self.type(entity_type)
        complete = self._complete(entity_type, values)
        key = tuple(complete[name] for name in entity_type.primary_key)
        (stored,) = all_with_folded(self.model.table(entity_type), [complete])
        self.execute(self._insert(entity_type), stored, subject=Row(entity_type, key, complete))
        row = self._keep(entity_type, complete)
        self.changes.created(row)
        return row

    def insert_links(self, entity_type: EntityType | str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows that nobody looks at one by one, such as those of hidden tables, in one statement."""
        if rows:
            table = self.model.table(entity_type)
            self.execute(sa.insert(table), all_with_folded(table, rows))

    def write(self, rows: Row | Sequence[Row], values: Mapping[str, Any]) -> None:
        """Set columns of a row, or the same ones of many rows of one table, where they differ."""
        changed = [
            row
            for row in ([rows] if isinstance(rows, Row) else rows)
            if any(row.values[name] != value for name, value in values.items())
        ]
        if not changed:
            return
        first, *more = changed
        table = self.model.table(first.type)
        stored = with_folded(table, values)
        if not more:  # as most operations do, thousands of them in a batch
            self.execute(self._update_one(first.type), {**stored, **_numbered(first.key)}, subject=first)
        for chunk in chunks(row.key for row in changed if more):
            self.execute(sa.update(table).where(self._among(first.type, chunk)).values(stored), subject=first)
        for row in changed:
            old = {name: row.values[name] for name, value in values.items() if row.values[name] != value}
            row.values.update(values)
            self.changes.updated(row, old)

    def remove(self, rows: Sequence[Row]) -> None:
        """Delete rows of one table, and nothing else."""
        for chunk in chunks(row.key for row in rows):
            entity_type = rows[0].type
            self.execute(sa.delete(self.model.table(entity_type)).where(self._among(entity_type, chunk)))
        for row in rows:
            self._rows.pop((row.type.table, row.key), None)
            self.changes.deleted(row)

    def execute(
        self,
        statement: sa.Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        subject: Row | None = None,
    ) -> sa.CursorResult[Any]:
        """Run a statement; what the database refuses is told in terms of `subject`, the row it is about."""
        try:
            return self.request.connection.execute(statement, parameters)  # pyright: ignore[reportArgumentType, reportCallIssue] - one row or many
        except BrokenRule as error:
            raise explain(error, subject) from error

    def is_current(self, row: Row) -> bool:
        """Return whether a row of this batch is still there."""
        return self._rows.get((row.type.table, row.key)) is row

    def knows(self, entity_type: EntityType) -> bool:
        """Return whether the batch has looked at rows of the table of a type."""
        return entity_type.table in self._tables

    # Helpers

    def type(self, entity_type: EntityType | str) -> EntityType:
        """Return an entity type by its name."""
        return self.model.type(entity_type) if isinstance(entity_type, str) else entity_type

    def key_of(self, entity_type: EntityType, entity_key: Any) -> RowKey:
        """Return the primary key in an operation's `entity_key`: a list in declared order, or a single text."""
        parts = cast("list[Any]", entity_key if isinstance(entity_key, list) else [entity_key])
        names = entity_type.primary_key
        if len(parts) != len(names) or not all(isinstance(part, str | int) for part in parts):
            raise ValidationError(
                f"entity_key of {entity_type.name} must be a list of {len(names)} ({', '.join(names)}); "
                f"got {shown(entity_key)}."
            )
        columns = entity_type.stored()
        return tuple(
            to_storage(
                f"{entity_type.name}.{name}", columns[name], part if columns[name].type == "integer" else str(part)
            )
            for name, part in zip(names, parts, strict=True)
        )

    def _keep(self, entity_type: EntityType, values: Mapping[Any, Any]) -> Row:
        """Return the one `Row` object of a row."""
        place = (entity_type.table, tuple(values[name] for name in entity_type.primary_key))
        row = self._rows.get(place)
        if row is None:
            self._tables.add(entity_type.table)
            row = self._rows[place] = Row(self._concrete(entity_type, values), place[1], dict(values))
        return row

    def _concrete(self, entity_type: EntityType, values: Mapping[Any, Any]) -> EntityType:
        discriminator = entity_type.discriminator
        name = values[discriminator] if discriminator else None
        return self.model.types.get(name, entity_type) if isinstance(name, str) else entity_type

    def _complete(self, entity_type: EntityType, values: Mapping[str, Any]) -> dict[str, Any]:
        complete: dict[str, Any] = dict.fromkeys(self.model.table(entity_type).info[WRITTEN])
        complete.update(values)
        if entity_type.discriminator:
            complete[entity_type.discriminator] = entity_type.name
        return complete

    def _select_one(self, entity_type: EntityType) -> sa.Select[Any]:
        table = self.model.table(entity_type)
        return self.remembered(
            "select one", entity_type.table, lambda: sa.select(*written(table)).where(*self._is_one(entity_type))
        )

    def _update_one(self, entity_type: EntityType) -> sa.Update:
        table = self.model.table(entity_type)
        return self.remembered(
            "update one", entity_type.table, lambda: sa.update(table).where(*self._is_one(entity_type))
        )

    def _is_one(self, entity_type: EntityType) -> list[sa.ColumnElement[bool]]:
        """Return the condition that the primary key is the one in the parameters, see `_numbered`."""
        table = self.model.table(entity_type)
        return [table.c[name] == sa.bindparam(f"k{place}") for place, name in enumerate(entity_type.primary_key)]

    def _insert(self, entity_type: EntityType) -> sa.Insert:
        return self.remembered("insert", entity_type.table, lambda: sa.insert(self.model.table(entity_type)))

    def _among(self, entity_type: EntityType, keys: Sequence[RowKey]) -> sa.ColumnElement[bool]:
        columns = [self.model.table(entity_type).c[name] for name in entity_type.primary_key]
        if len(columns) == 1:
            return columns[0].in_([key[0] for key in keys])
        return sa.tuple_(*columns).in_(list(keys))


def unit_of_work(request: Request) -> UnitOfWork:
    """Return the unit of work of the batch that `request` belongs to."""
    if request.unit_of_work is None:
        request.unit_of_work = UnitOfWork(request)
    return cast("UnitOfWork", request.unit_of_work)


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Yield `values` in lists short enough for one statement."""
    rest = list(values)
    for start in range(0, len(rest), _CHUNK):
        yield rest[start : start + _CHUNK]


def explain(error: BrokenRule, subject: Row | None) -> IntegrityError:
    """Return the database's refusal in words that say which entity it is about."""
    if subject is None:
        return IntegrityError("A change breaks a reference or repeats a key; nothing was changed.")
    # SQLite names the column, PostgreSQL the columns and their values, those that are words of SQL in quotes.
    table, detail = subject.type.table, re.sub(r'"(\w+)"', r"\1", str(error.orig))
    if any(re.search(rf"\b{table}\.{name}\b|\((\w+, )*{name}(, \w+)*\)=", detail) for name in subject.type.primary_key):
        return IntegrityError(f"{subject.label} exists already.")
    return IntegrityError(f"{subject.label} breaks a reference or repeats a key.")


def _numbered(key: RowKey) -> dict[str, Any]:
    return {f"k{place}": part for place, part in enumerate(key)}
