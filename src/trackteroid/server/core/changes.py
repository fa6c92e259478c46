"""The rows of a batch: what it knows of the database, and what it did to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Literal

from trackteroid.server.model import EntityType

RowKey = tuple[Any, ...]
Kind = Literal["create", "update", "delete"]


@dataclass(slots=True)
class Row:
    """One row: its concrete entity type, its primary key, and all its columns."""

    type: EntityType
    key: RowKey
    values: dict[str, Any]

    @property
    def label(self) -> str:
        """The row in a message, such as ``Task "comp" (id 5671dcb0-...)``."""
        name = self.values.get("name") or self.values.get("username")
        key = ", ".join(f"{part} {value}" for part, value in zip(self.type.primary_key, self.key, strict=True))
        return (
            f'{self.type.name} "{name}" ({key})'
            if isinstance(name, str) and "name" not in self.type.primary_key
            else f"{self.type.name} ({key})"
        )


@dataclass(slots=True)
class Change:
    """What became of one row in a batch.

    Attributes:
        kind: Whether the row is new, changed or gone.
        row: The row as it is now, or as it was when it was deleted.
        old: The values before the batch of the columns that differ; all of them when the row is gone.
        new: Their values now; all of them when the row is new.
    """

    kind: Kind
    row: Row
    old: dict[str, Any] = field(default_factory=dict[str, Any])
    new: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class Alike:
    """Changes after which there are rows of one type with new values in the same columns.

    What a check looks for is mostly told by that, for all of them at once.

    Attributes:
        type: The type of the rows.
        is_new: Whether they were made.
        columns: The columns with new values; all of them for rows that were made.
        changes: The changes, in the order in which the rows were first touched.
    """

    type: EntityType
    is_new: bool
    columns: AbstractSet[str]
    changes: list[Change] = field(default_factory=list[Change])


class Changes:
    """The changes of one batch, one per row, in the order in which rows were first touched."""

    def __init__(self) -> None:
        self._groups: list[Alike] | None = None
        self._by_row: dict[tuple[str, RowKey], Change] = {}
        self._gone: set[tuple[str, RowKey]] = set()
        self._with_new: set[str] = set()

    def __iter__(self) -> Iterator[Change]:
        return iter(self._by_row.values())

    def __len__(self) -> int:
        return len(self._by_row)

    def alike(self) -> Sequence[Alike]:
        """Return what was made or changed, grouped: see `Alike`."""
        if self._groups is None:
            groups: dict[tuple[str, tuple[str, ...] | None], Alike] = {}
            for change in self._by_row.values():
                if change.kind != "delete":
                    entity_type, is_new = change.row.type, change.kind == "create"
                    place = entity_type.name, None if is_new else tuple(change.new)
                    if place not in groups:
                        groups[place] = Alike(entity_type, is_new, change.new.keys())
                    groups[place].changes.append(change)
            self._groups = list(groups.values())
        return self._groups

    def is_gone(self, entity_type: EntityType, key: RowKey) -> bool:
        """Return whether a row existed at some moment of the batch and does no more."""
        return (entity_type.table, key) in self._gone

    def have_new(self, table: str) -> bool:
        """Return whether the batch has made any rows of a table, some of which may be gone again."""
        return table in self._with_new

    def is_new(self, table: str, key: RowKey) -> bool:
        """Return whether the batch has made a row that was not there before."""
        change = self._by_row.get((table, key))
        return change is not None and change.kind == "create"

    def created(self, row: Row) -> None:
        """`row` is new. One that is deleted and made again in the same batch counts as changed."""
        place = (row.type.table, row.key)
        before = self._by_row.get(place)
        self._groups = None
        self._gone.discard(place)
        if before is not None and before.kind == "delete":
            differing = {name: value for name, value in row.values.items() if before.old.get(name) != value}
            old = {name: before.old.get(name) for name in differing}
            self._by_row[place] = Change("update", row, old, differing)
        else:
            self._by_row[place] = Change("create", row, {}, row.values)
            self._with_new.add(row.type.table)

    def updated(self, row: Row, old: dict[str, Any]) -> None:
        """Columns of `row` have changed; `old` has their values before. Changing back is no change."""
        place = (row.type.table, row.key)
        change = self._by_row.setdefault(place, Change("update", row))
        self._groups = None
        if change.kind == "create":  # all values of the row are new, whatever they are
            return
        for name, value in old.items():
            change.new[name] = row.values[name]
            if change.old.setdefault(name, value) == change.new[name]:
                del change.old[name], change.new[name]
        if not change.new:
            del self._by_row[place]

    def deleted(self, row: Row) -> None:
        """`row` is gone; a row that the same batch had made leaves no trace."""
        place = (row.type.table, row.key)
        before = self._by_row.pop(place, None)
        self._groups = None
        self._gone.add(place)
        if before is None or before.kind != "create":
            self._by_row[place] = Change("delete", row, row.values | (before.old if before else {}))


_NOTHING: Mapping[RowKey, Row] = {}


class Index:
    """The known rows of a table by the value of one column.

    Attributes:
        complete: The values of which all rows are known.
    """

    def __init__(self, column: str, rows: Iterable[Row]) -> None:
        self._column = column
        self._rows: defaultdict[Any, dict[RowKey, Row]] = defaultdict(dict)
        self.complete: set[Any] = set()
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Know one more row."""
        self._rows[row.values[self._column]][row.key] = row

    def discard(self, row: Row, value: Any) -> None:
        """Forget a row that had this value."""
        self._rows[value].pop(row.key, None)

    def among(self, values: Iterable[Any]) -> list[Row]:
        """Return the known rows with one of these values."""
        get = self._rows.get
        return [row for value in dict.fromkeys(values) for row in get(value, _NOTHING).values()] if self._rows else []

    def has_any(self, values: Iterable[Any]) -> bool:
        """Return whether there are known rows with one of these values."""
        return any(map(self._rows.get, values))


class Known:
    """The rows that a batch has seen or made, by key and by what they refer to.

    All that a batch writes goes through here, so what was known once stays known. That is why rules may look at rows as
    often as they like: what was read for many rows at once is found here for each of them.

    Attributes:
        rows: All of them, by table and key.
    """

    def __init__(self) -> None:
        self.rows: defaultdict[str, dict[RowKey, Row]] = defaultdict(dict)
        self._absent: defaultdict[str, set[RowKey]] = defaultdict(set)
        self._indexes: defaultdict[str, dict[str, Index]] = defaultdict(dict)
        self._seen: set[str] = set()

    def is_absent(self, table: str, key: RowKey) -> bool:
        """Return whether it is known that there is no such row."""
        return key in self._absent[table]

    def has_seen(self, table: str) -> bool:
        """Return whether rows of a table have been looked at."""
        return table in self._seen

    def add(self, row: Row) -> None:
        """Know a row, which was read or made."""
        table = row.type.table
        self._seen.add(table)
        self.rows[table][row.key] = row
        for index in self._indexes[table].values():
            index.add(row)

    def add_absent(self, table: str, keys: Iterable[RowKey]) -> None:
        """Know that there are no such rows."""
        self._absent[table].update(keys)

    def made(self, row: Row) -> None:
        """Know a row that was made."""
        self._absent[row.type.table].discard(row.key)
        self.add(row)

    def changed(self, row: Row, old: Mapping[str, Any]) -> None:
        """Know that columns of a row have other values; `old` has those before."""
        for column, index in self._indexes[row.type.table].items():
            if column in old:
                index.discard(row, old[column])
                index.add(row)

    def gone(self, row: Row) -> None:
        """Know that a row is there no more."""
        table = row.type.table
        self.rows[table].pop(row.key, None)
        self._absent[table].add(row.key)
        for column, index in self._indexes[table].items():
            index.discard(row, row.values[column])

    def index(self, table: str, column: str) -> Index:
        """Return the rows of a table by a column."""
        indexes = self._indexes[table]
        if column not in indexes:
            indexes[column] = Index(column, self.rows[table].values())
        return indexes[column]
