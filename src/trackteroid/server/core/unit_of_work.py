"""The one place that writes rows: directly as SQL, with an identity map, and remembering what it did."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError as BrokenRule

from trackteroid.server.core.among import among, among_keys
from trackteroid.server.core.changes import Changes, Known, Row, RowKey
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import shown, to_storage
from trackteroid.server.model import EntityType, Key, Model, Scalar
from trackteroid.server.model.column_types import lower_ascii
from trackteroid.server.model.folding import BLANK, WRITTEN, written
from trackteroid.spelling import written_id

T = TypeVar("T")

_CHUNK = 400  # values per statement; older SQLite versions allow 999 variables


_KEY = attrgetter("key")
_UNKNOWN: Any = object()


class UnitOfWork:
    """The rows of one batch.

    Every row is read at most once and kept as it is in the database, so rules may look at rows freely. What they write
    waits until somebody reads from the database, see `pending`. `remembered` keeps what rules look up besides rows
    (statuses of a project schema, for instance) for the rest of the batch.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.model: Model = request.model
        self.changes: Changes = request.changes
        self._pending = request.pending
        self._known = Known()
        self._memory: defaultdict[str, dict[Hashable, Any]] = defaultdict(dict)
        self._endings: list[Callable[[], None]] = []

    # Reading

    def find(self, entity_type: EntityType | str, key: RowKey | str | int) -> Row | None:
        """Return the row with the primary key `key` (a plain id will do), or None."""
        if isinstance(entity_type, str):
            entity_type = self.model.type(entity_type)
        if not isinstance(key, tuple):
            key = (key,)
        row = self._known.rows[entity_type.table].get(key)
        if row is None and not self._is_absent(entity_type, key):
            parts = {f"k{place}": part for place, part in enumerate(key)}
            found = self._read(entity_type, self._select_one(entity_type), parts)
            row = found[0] if found else None
            if row is None:
                self._known.add_absent(entity_type.table, [key])
        return row

    def select(
        self, entity_type: EntityType | str, column: str, values: Iterable[Any], where: Mapping[str, Any] | None = None
    ) -> list[Row]:
        """Return the rows whose `column` is one of `values`, and others as in `where`, ordered by primary key."""
        entity_type = self.type(entity_type)
        values = list(values)
        if self._pending.one_by_one or not self._is_exact(entity_type, column):
            return self._select(entity_type, column, values, where)
        unknown = self._unknown(entity_type, column, values)
        if unknown and where:
            return self._select(entity_type, column, values, where)
        if unknown:
            self._select(entity_type, column, unknown, None)
            self.know_all(entity_type, column, unknown)
        rows = self._known.index(entity_type.table, column).among(values)
        if where:
            rows = [row for row in rows if all(row.values[name] == value for name, value in where.items())]
        return rows if len(rows) < 2 else sorted(rows, key=self._place_of(entity_type))

    def know_all(self, entity_type: EntityType, column: str, values: Iterable[Any]) -> None:
        """Take for granted that all rows are known whose `column` is one of `values`."""
        if not self._pending.one_by_one and self._is_exact(entity_type, column):
            self._known.index(entity_type.table, column).complete.update(values)

    def has_any(self, entity_type: EntityType, column: str, values: Sequence[Any]) -> bool | None:
        """Return whether there are rows whose `column` is one of `values`; None if that is not known."""
        if self._pending.one_by_one or not self._is_exact(entity_type, column):
            return None
        index = self._known.index(entity_type.table, column)
        if index.has_any(values):
            return True
        # Deleting asks this of all that could refer to each row, and mostly all of it is known.
        is_known = index.complete.issuperset(values) or not self._unknown(entity_type, column, values)
        return False if is_known else None

    def find_all(self, entity_type: EntityType | str, keys: Iterable[RowKey]) -> dict[RowKey, Row]:
        """Return the existing rows among those with the primary keys `keys`, by key."""
        entity_type = self.type(entity_type)
        known, found, unknown = self._known.rows[entity_type.table], dict[RowKey, Row](), list[RowKey]()
        for key in dict.fromkeys(keys):
            row = known.get(key)
            if row is not None:
                found[key] = row
            elif not self._is_absent(entity_type, key):
                unknown.append(key)
        if unknown:
            table = self.model.table(entity_type)
            is_one = among_keys([table.c[name] for name in entity_type.primary_key], unknown)
            statement = sa.select(*written(table)).where(is_one)
            found.update((row.key, row) for row in self._read(entity_type, statement))
        self._known.add_absent(entity_type.table, (key for key in unknown if key not in found))
        return found

    def remembered(self, kind: str, key: Hashable, look_up: Callable[[], T]) -> T:
        """Return the result of `look_up`, which is only called once per batch, `kind` and `key`."""
        found = self._memory[kind].get(key, _UNKNOWN)
        if found is _UNKNOWN:
            found = self._memory[kind][key] = look_up()
        return found

    def remember(self, kind: str, found: Mapping[Any, Any]) -> None:
        """Let `remembered` return these, by key."""
        self._memory[kind].update(found)

    def forget(self, kind: str, keys: Iterable[Hashable] | None = None) -> None:
        """Look up everything of one kind again, or what belongs to some keys."""
        if keys is None:
            self._memory.pop(kind, None)
        for key in keys or ():
            self._memory[kind].pop(key, None)

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
        if isinstance(entity_type, str):
            entity_type = self.model.type(entity_type)
        table, rows = self.model.table(entity_type), self._known.rows[entity_type.table]
        if entity_type.discriminator:
            values = {**values, entity_type.discriminator: entity_type.name}
        complete = {**table.info[BLANK], **values}
        row = Row(entity_type, _parts(complete, entity_type.primary_key), complete)
        if row.key in rows:
            raise IntegrityError(f"{row.label} exists already.")
        if None in row.key:  # the database says what is wrong with that
            values = {**dict.fromkeys(entity_type.primary_key), **values}
        try:
            self._pending.insert(self.request.transaction, table, row.key, values)
        except BrokenRule as error:
            raise self._explained(error, row) from error
        self._known.made(row)
        self.changes.created(row)
        return row

    def insert_links(self, entity_type: EntityType | str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows that nobody looks at one by one, such as those of hidden tables."""
        table, key = self.model.table(entity_type), self.type(entity_type).primary_key
        try:
            for row in rows:
                self._pending.insert(self.request.transaction, table, _parts(row, key), row)
        except BrokenRule as error:
            raise self._explained(error, None) from error

    def write(self, rows: Row | Sequence[Row], values: Mapping[str, Any]) -> None:
        """Set columns of a row, or the same ones of many rows of one table, where they differ."""
        for row in [rows] if isinstance(rows, Row) else rows:
            before = row.values
            old = {name: before[name] for name, value in values.items() if before[name] != value}
            if old:
                key = {name: before[name] for name in row.type.primary_key}
                try:
                    self._pending.update(self.request.transaction, self.model.table(row.type), key, values)
                except BrokenRule as error:
                    raise self._explained(error, row) from error
                before.update(values)
                self._known.changed(row, old)
                self.changes.updated(row, old)

    def remove(self, rows: Sequence[Row]) -> None:
        """Delete rows of one table, and nothing else."""
        if rows:
            entity_type = rows[0].type
            self.remove_links(entity_type, entity_type.primary_key, [row.key for row in rows])
        for row in rows:
            self._known.gone(row)
            self.changes.deleted(row)

    def remove_links(self, entity_type: EntityType, columns: Sequence[str], keys: Sequence[tuple[Any, ...]]) -> None:
        """Delete rows that have these values in some columns, and that nobody looks at one by one."""
        try:
            self._pending.delete(self.request.transaction, self.model.table(entity_type), tuple(columns), keys)
        except BrokenRule as error:
            raise self._explained(error, None) from error

    def execute(self, statement: sa.Executable, parameters: Mapping[str, Any] | None = None) -> sa.CursorResult[Any]:
        """Run a statement, on everything that has been written so far."""
        try:
            return self.request.connection.execute(statement, parameters)
        except BrokenRule as error:
            raise self._explained(error, None) from error

    def _explained(self, error: BrokenRule, subject: Row | None) -> Exception:
        """Return what the database refuses in words; of rows that were written together, nobody knows which it is."""
        return explain(error, subject) if self._pending.one_by_one else error

    def is_current(self, row: Row) -> bool:
        """Return whether a row of this batch is still there."""
        return self._known.rows[row.type.table].get(row.key) is row

    def knows(self, entity_type: EntityType) -> bool:
        """Return whether the batch has looked at rows of the table of a type."""
        return self._known.has_seen(entity_type.table)

    # Helpers

    def type(self, entity_type: EntityType | str) -> EntityType:
        """Return an entity type by its name."""
        return self.model.type(entity_type) if isinstance(entity_type, str) else entity_type

    def key_of(self, entity_type: EntityType, entity_key: Any) -> RowKey:
        """Return the primary key in an operation's `entity_key`: a list in declared order, or a single text."""
        parts = cast("list[Any]", entity_key if isinstance(entity_key, list) else [entity_key])
        names = entity_type.primary_key
        if len(parts) == 1 and isinstance(parts[0], str) and entity_type.key_attributes[0].is_id and len(names) == 1:
            return (written_id(parts[0]),)
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

    def _read(
        self, entity_type: EntityType, statement: sa.Executable, parameters: Mapping[str, Any] | None = None
    ) -> list[Row]:
        """Return the one `Row` object of each row that a statement finds, which has all columns that are written.

        Rows that wait to be written are known, and are not looked for.
        """
        waits = not entity_type.has_exact_key
        connection = self.request.connection if waits else self.request.transaction
        found = connection.execute(statement, parameters).all()
        names, rows = self.model.table(entity_type).info[WRITTEN], list[Row]()
        known = self._known.rows[entity_type.table]
        for each in found:
            values = dict(zip(names, each, strict=True))
            key = _parts(values, entity_type.primary_key)
            row = known.get(key)
            if row is None:
                row = Row(self._concrete(entity_type, values), key, values)
                self._known.add(row)
            rows.append(row)
        return rows

    def _select(
        self, entity_type: EntityType, column: str, values: Sequence[Any], where: Mapping[str, Any] | None
    ) -> list[Row]:
        self._pending.flush(self.request.transaction)
        table = self.model.table(entity_type)
        conditions = [table.c[name] == value for name, value in (where or {}).items()]
        column_of = table.c[column]
        is_exact = self.model.columns(entity_type.table)[column].exact
        statement = sa.select(*written(table)).where(*conditions)
        found = [among(column_of, values)] if is_exact else [column_of.in_(chunk) for chunk in chunks(values)]
        rows = [row for is_one_of in found for row in self._read(entity_type, statement.where(is_one_of))]
        # The database would take an order for a reason to read all rows in it.
        return rows if len(rows) < 2 else sorted(rows, key=self._place_of(entity_type))

    def _is_absent(self, entity_type: EntityType, key: RowKey) -> bool:
        """Return whether it is known that there is no row with a key, or none that is not known."""
        if self._pending.one_by_one or not entity_type.has_exact_key:
            return False
        if self._known.is_absent(entity_type.table, key):
            return True
        parts = zip(entity_type.key_attributes, key, strict=True) if len(key) > 1 else ()
        return any(is_new(part) for attribute, part in parts if (is_new := self._newness(attribute)))

    def _unknown(self, entity_type: EntityType, column: str, values: Sequence[Any]) -> list[Any]:
        """Return the values of which some rows may not be known. Nothing else refers to what the batch has made."""
        complete = self._known.index(entity_type.table, column).complete
        unknown = [value for value in values if value not in complete]
        is_new = self._newness(self.model.columns(entity_type.table)[column]) if unknown else None
        return [value for value in unknown if not is_new(value)] if is_new else unknown

    def _newness(self, key: Scalar) -> Callable[[Any], bool] | None:
        """Return what tells whether a value of a key leads to something that the batch has made; None if none does."""
        if not isinstance(key, Key) or key.target is None:
            return None
        table = self.model.type(key.target).table
        return (lambda value: self.changes.is_new(table, (value,))) if self.changes.have_new(table) else None

    def _is_exact(self, entity_type: EntityType, column: str) -> bool:
        """Return whether values of `column` are told apart in Python as in the database."""
        return self.model.columns(entity_type.table)[column].exact

    def _place_of(self, entity_type: EntityType) -> Callable[[Row], Any]:
        """Return what rows are sorted by in Python, to be in the order of their keys in the database."""
        if entity_type.has_exact_key:
            return _KEY
        return lambda row: [lower_ascii(part) if isinstance(part, str) else part for part in row.key]

    def _concrete(self, entity_type: EntityType, values: Mapping[Any, Any]) -> EntityType:
        discriminator = entity_type.discriminator
        name = values[discriminator] if discriminator else None
        return self.model.types.get(name, entity_type) if isinstance(name, str) else entity_type

    def _select_one(self, entity_type: EntityType) -> sa.Select[Any]:
        table = self.model.table(entity_type)
        is_one = (table.c[name] == sa.bindparam(f"k{place}") for place, name in enumerate(entity_type.primary_key))
        return self.remembered("select one", entity_type.table, lambda: sa.select(*written(table)).where(*is_one))


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


def _parts(values: Mapping[str, Any], names: Sequence[str]) -> RowKey:
    return tuple([values[name] for name in names])
