"""Comparing the rows of a table with what a query finds: what is new, what is changed, what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import field
from typing import Any, Literal, TypeAlias, cast

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.chains import Chain
from trackteroid.client.entities import stored_value
from trackteroid.collections.context import Selection
from trackteroid.errors import InvalidArgumentsError, TableError, TrackteroidError, suggest
from trackteroid.importing.changes import RowChange, RowsPlan, words
from trackteroid.importing.frames import rows_of
from trackteroid.importing.targets import Target, held_by, is_same, target_of, value_of
from trackteroid.schema.membership import keys_of_reference
from trackteroid.schema.types import Schema, schema_of
from trackteroid.tables import as_text
from trackteroid.values import frozen

Empty: TypeAlias = Literal["keep", "clear"]
_KNOWN_EMPTY = ("keep", "clear")

#: How many problems are listed in a message.
_LISTED = 10


@frozen
class Options:
    """How a table is read.

    Attributes:
        key: the columns by which rows and entities are known as the same.
        parent: what new entities belong to; of several, a column names the one.
        columns: which attributes the columns are that are called differently; None for those to leave out.
        empty: what an empty cell does.
        delete: whether what is not in the table is deleted.
        spreadsheet: whether a CSV file was written for spreadsheets, or by one.
    """

    key: tuple[str, ...]
    parent: Any = None
    columns: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    empty: Empty = "keep"
    delete: bool = False
    spreadsheet: bool = False


def key_columns(given: object) -> tuple[str, ...]:
    """Return the columns of a key, of which one or several were given; `check` sees whether they are names."""
    several = isinstance(given, Iterable) and not isinstance(given, str)
    return tuple(cast("Iterable[str]", given)) if several else (cast("str", given),)


def check(options: Options) -> None:
    """Refuse options that are none.

    Raises:
        InvalidArgumentsError: one is.
    """
    if options.empty not in _KNOWN_EMPTY:
        raise InvalidArgumentsError(
            f'empty is "keep" or "clear", not {options.empty!r}.{suggest(str(options.empty), _KNOWN_EMPTY)}'
        )
    if not options.key or not all(isinstance(each, str) for each in options.key):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentsError(f'key is the name of a column, or a list of them, not {options.key!r}: key="name".')
    if options.parent is not None and not (isinstance(options.parent, Selection) and options.parent.values()):
        raise InvalidArgumentsError(f"parent is a collection of at least one entity, not {options.parent!r}.")


def plan(query: Any, frame: object, options: Options) -> RowsPlan:
    """Return what the rows of a table change among what a query finds. Nothing is changed yet.

    Raises:
        TableError: cells do not fit, or rows or entities are not told apart by the key; all of it is listed.
        UnknownAttributeError: a column is no attribute; the message suggests similar ones.
        InvalidArgumentsError: it is no table, or an option is none.
    """
    check(options)
    rows = rows_of(frame, spreadsheet=options.spreadsheet)
    planner = _Planner(query, rows, options)
    found = planner.plan()
    if planner.problems:
        listed = "\n".join(f"  {each}" for each in planner.problems[:_LISTED])
        more = len(planner.problems) - _LISTED
        raise TableError(
            f"The table cannot be used, and nothing was changed:\n{listed}"
            + (f"\n  and {more} more" if more > 0 else ""),
            problems=planner.problems,
        )
    return found


class _Planner:
    """Compares rows with entities; gathers what is wrong with them."""

    def __init__(self, query: Any, rows: Sequence[Mapping[str, Any]], options: Options) -> None:
        self._rows = rows
        self._options = options
        self._types: Schema = schema_of(query.session)
        self._type_name: str = query.entity_type.__name__
        self._parent = _Parents.of(self._types, query, options.parent)
        self._session = query.session
        self.problems: list[str] = []
        self._targets = self._find_targets()
        self._keys = self._find_keys()
        paths = [path for target in self._targets for path in target.paths(self._types)]
        self._near: Any = self._parent.restrict(query).get(projections=[*paths, *self._parent.paths])

    def plan(self) -> RowsPlan:
        """Return what the rows change."""
        there = self._by_key()
        changes: list[RowChange] = []
        seen: dict[tuple[Any, ...], int] = {}
        unchanged = 0
        for number, row in enumerate(self._rows, start=1):
            key = self._key_of_row(row, number)
            if key is None:
                continue
            if key in seen:
                self.problems.append(f"Rows {seen[key]} and {number} are both {_named(key)}.")
                continue
            seen[key] = number
            entity, *others = there.get(key) or [None]
            if others:
                self.problems.append(
                    f"Row {number}: {len(others) + 1} {self._type_name} entities are {_named(key)}. Narrow the query, "
                    f"give their parent, or more columns as the key."
                )
                continue
            change = self._change(row, number, key, entity)
            if change is None:
                unchanged += 1
            else:
                changes.append(change)
        action: Literal["delete", "keep"] = "delete" if self._options.delete else "keep"
        left = ((key, entity) for key, entities in there.items() if key not in seen for entity in entities)
        gone = [RowChange(action, _named(key), entity=entity) for key, entity in left]
        return RowsPlan(self._near, [*changes, *gone], unchanged)

    def _find_targets(self) -> list[Target]:
        headers = list(dict.fromkeys(header for row in self._rows for header in row))
        if unknown := [name for name in self._options.columns if name not in headers]:
            raise InvalidArgumentsError(
                f'columns names "{unknown[0]}", which the table does not have.{suggest(unknown[0], headers)}'
            )
        found: list[Target] = []
        for header in headers:
            meant = self._options.columns.get(header, header)
            if meant is not None and not self._parent.is_meant(meant):
                found.append(target_of(self._session, self._types, self._type_name, header, meant))
        return found

    def _find_keys(self) -> list[Target]:
        by_header = {target.header: target for target in self._targets}
        by_header |= {target.name: target for target in self._targets if target.name not in by_header}
        if self._rows:
            for name in self._options.key:
                if name not in by_header:
                    raise InvalidArgumentsError(
                        f'The table has no column "{name}" to know rows by.{suggest(name, by_header)} '
                        f"It has: {', '.join(by_header)}."
                    )
            return [by_header[name] for name in self._options.key]
        return [target_of(self._session, self._types, self._type_name, key, key) for key in self._options.key]

    def _by_key(self) -> dict[tuple[Any, ...], list[FtrackEntity]]:
        """Return what the query finds by what it is known by; only in rows has that to be one."""
        found: dict[tuple[Any, ...], list[FtrackEntity]] = {}
        for entity in self._near.values():
            values = [self._known_by(target, held_by(target, entity)) for target in self._keys]
            found.setdefault((self._parent.of_entity(entity), *values), []).append(entity)
        return found

    def _key_of_row(self, row: Mapping[str, Any], number: int) -> tuple[Any, ...] | None:
        values: list[Any] = []
        for target in self._keys:
            cell = row.get(target.header)
            if cell is None:
                self.problems.append(f'Row {number} has nothing in "{target.header}", by which rows are known.')
                return None
            values.append(self._known_by(target, self._read(target, cell, number, None)))
        parent = self._parent.of_row(self._options, row)
        if isinstance(parent, _Problem):
            self.problems.append(f"Row {number}: {parent.text}")
            return None
        return None if _FAILED in values else (parent, *values)

    def _known_by(self, target: Target, value: Any) -> Any:
        """Return what a value is compared as: servers take names of contexts for the same however they are written."""
        is_name = target.name == "name" and self._types.is_a(self._type_name, "TypedContext")
        if is_name and isinstance(value, str):
            return _Name(value)
        if isinstance(value, FtrackEntity):
            return words(value)
        return as_text(value) if isinstance(value, list | dict) else value

    def _change(
        self, row: Mapping[str, Any], number: int, key: tuple[Any, ...], entity: FtrackEntity | None
    ) -> RowChange | None:
        values = self._values(row, number, entity)
        if entity is not None:
            return RowChange("change", _named(key), number, values, entity) if values else None
        if any(target.name == "id" for target in self._keys):
            self.problems.append(f"Row {number}: the query finds no {self._type_name} with the id {_named(key)}.")
        values |= {name: (None, value) for name, value in self._parent.values(key[0]).items()}
        return RowChange("create", _named(key), number, values)

    def _values(self, row: Mapping[str, Any], number: int, entity: FtrackEntity | None) -> dict[str, tuple[Any, Any]]:
        """Return what a row sets, each with what is there; of an entity only what differs."""
        found: dict[str, tuple[Any, Any]] = {}
        for target in self._targets:
            if target.header not in row:
                continue
            cell = row[target.header]
            if cell is None and (entity is None or self._options.empty == "keep" or target.is_final):
                continue
            old = None if entity is None else held_by(target, entity)
            if entity is not None and cell is not None and _is_written(old, cell):
                continue
            new = None if cell is None else self._read(target, cell, number, entity)
            if new is _FAILED or (entity is not None and is_same(old, new)):
                continue
            if target.is_final or (target.name == "id" and entity is not None):
                if entity is not None:
                    self.problems.append(f'Row {number}: "{target.header}" cannot be set; it is {words(old)}.')
                continue
            found[target.name if not target.by_id else f"{target.name}_id"] = (old, new)
        return found

    def _read(self, target: Target, cell: Any, number: int, entity: FtrackEntity | None) -> Any:
        try:
            return value_of(self._near_of(), target, cell, entity)
        except TrackteroidError as error:
            self.problems.append(f'Row {number}, column "{target.header}": {error}')
            return _FAILED

    def _near_of(self) -> Selection:
        return cast("Selection", self._near)


class _Name(str):
    """A name that is the same in upper and lower case."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.casefold() == other.casefold()

    def __hash__(self) -> int:
        return hash(self.casefold())


@frozen
class _Problem:
    text: str


_FAILED = object()


@frozen
class _Parents:
    """What new entities belong to.

    Attributes:
        attribute: the attribute by which they do; empty if no parent is given.
        key: the attribute that holds the id of the parent.
        by_id: the parents.
    """

    attribute: str = ""
    key: str = ""
    by_id: Mapping[str, FtrackEntity] = field(default_factory=dict[str, FtrackEntity])

    @classmethod
    def of(cls, types: Schema, query: Any, parent: Any) -> _Parents:
        if parent is None:
            return cls()
        type_name, names = query.entity_type.__name__, query.entity_type.parents
        if not names:
            raise InvalidArgumentsError(f"A {type_name} has no parent. Leave it out.")
        name: str = names[0]
        attribute = types.attribute(type_name, name)
        keys = keys_of_reference(types, type_name, name) if attribute.kind == "reference" else (name,)
        entities = {str(stored_value(each, "id")): each for each in parent.values()}
        return cls(name, keys[0] if keys else f"{name}.id", entities)

    @property
    def paths(self) -> list[str]:
        """What has to be loaded to know what entities belong to."""
        return [self.key] if self.key else []

    def restrict(self, query: Any) -> Any:
        """Return the query for what belongs to these parents."""
        if not self.key:
            return query
        chain = Chain(query.entity_type.__name__, tuple(self.key.split(".")))
        return copy(query).where(chain.in_(list(self.by_id)))

    def is_meant(self, name: str) -> bool:
        """Return whether a column names the parent."""
        names = {"parent", self.attribute}
        return bool(self.attribute) and name.partition(".")[0] in names and name.partition(".")[2] in ("", "name", "id")

    def of_entity(self, entity: FtrackEntity) -> str:
        """Return the id of the parent of an entity."""
        return str(stored_value(entity, self.key)) if self.key else ""

    def of_row(self, options: Options, row: Mapping[str, Any]) -> str | _Problem:
        """Return the id of the parent that a row names, or of the only one."""
        named = next((each for each in row if self.is_meant(options.columns.get(each, each) or "")), None)
        cell = None if named is None else row[named]
        if not self.by_id:
            return ""
        if cell is None:
            if len(self.by_id) == 1:
                return next(iter(self.by_id))
            return _Problem(f'it names none of the {len(self.by_id)} parents in a column "parent".')
        if cell in self.by_id:
            return str(cell)
        names = {key: words(entity) for key, entity in self.by_id.items()}
        matching = [key for key, name in names.items() if name == str(cell)]
        if len(matching) == 1:
            return matching[0]
        if matching:
            return _Problem(f"{len(matching)} of the parents are called {str(cell)!r}. Give their ids.")
        return _Problem(f"none of the parents is called {str(cell)!r}.{suggest(str(cell), names.values())}")

    def values(self, identity: str) -> dict[str, Any]:
        """Return the attributes by which something belongs to a parent."""
        if not self.by_id:
            return {}
        return {"parent" if self.attribute != "parent" else self.attribute: self.by_id[identity]}


def _is_written(held: Any, cell: Any) -> bool:
    """Return whether a cell is what an entity has, as a table holds it: also where nobody can set that."""
    if held is None or isinstance(held, FtrackEntity):
        return False
    return is_same(held, cell) or (isinstance(cell, str) and as_text(held) == cell)


def _named(key: Sequence[Any]) -> str:
    """Return what something is known by, in words; the parent is not said."""
    return " / ".join(f'"{words(each)}"' for each in key[1:])
