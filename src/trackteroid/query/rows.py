"""Values without entities: what a query finds as rows of plain values.

Servers of ours are asked for columns, one list of values for each. Others send records, of which the values are taken;
nothing of either becomes an entity, and the session keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, TypeAlias, cast

from ftrack_api.session import Session

from trackteroid.chains import Chain, is_chain
from trackteroid.client.hydration.answers import CONTAINERS, date_time, decode, is_record
from trackteroid.client.hydration.pages import plain_answer
from trackteroid.columns import Way, ways_of
from trackteroid.entities.base import EntityType
from trackteroid.errors import InvalidArgumentsError
from trackteroid.schema.relations import Relations
from trackteroid.schema.types import Schema, Step, parse_path
from trackteroid.values import frozen

#: What servers of ours say that answer with columns.
SUPPORTED = "supports_columns"

Row: TypeAlias = "tuple[Any, ...]"
_Record: TypeAlias = "dict[str, Any]"
#: How many rows the first page may have, and the largest: a row of values takes a tenth of the bytes of an entity.
PAGES = (2_000, 20_000)
#: The same for rows with lists, each of which may be long.
PAGES_WITH_LISTS = (250, 2_000)


@frozen
class Column:
    """What each entity has one plain value of, or a list.

    Attributes:
        name: what it is called in dictionaries.
        way: the references and lists that lead to what has it.
        attribute: the attribute that it is the value of.
        key: which of the values, of an attribute with keys.
        lists: for each step of the way, whether it leads to any number of entities.
    """

    name: str
    way: tuple[Step, ...]
    attribute: str
    key: str | None = None
    lists: tuple[bool, ...] = ()

    @property
    def is_many(self) -> bool:
        """Whether it is a list for each entity."""
        return any(self.lists)

    @property
    def projections(self) -> tuple[str, ...]:
        """How a server is asked for it."""
        path = ".".join([*(step.attribute for step in self.way), self.attribute])
        return (path,) if self.key is None else (f"{path}.key", f"{path}.value")

    @property
    def is_plain(self) -> bool:
        """Whether it is the value at the end of a path, whatever the path leads to."""
        return self.key is None and not self.is_many and not any(step.cast for step in self.way)


def read_columns(types: Schema, relations: Relations, type_name: str, wanted: object) -> list[Column]:
    """Return the columns that are *wanted* of entities of a type.

    Raises:
        InvalidArgumentsError: it is no list, or one of them has not one plain value for each entity.
        UnknownAttributeError: there is none of this name; the message suggests similar ones.
        RelationError: no path is known to a type.
    """
    if isinstance(wanted, (str, bytes, Chain, EntityType)) or not isinstance(wanted, Iterable):
        raise InvalidArgumentsError(f"Columns are given as a list, not as {wanted!r}: rows(['name', Status.name]).")
    items: list[object] = list(cast("Iterable[object]", wanted))
    if not items:
        raise InvalidArgumentsError("rows() has no column. Give some: rows(['name', Status.name]).")
    columns: list[Column] = []
    for item in items:
        ways = ways_of(types, relations, type_name, item) if isinstance(item, str) or is_chain(item) else []
        # It has one plain value for each entity, and does not stand for the key of another one.
        plain = [way for way in ways if way.attribute.kind == ("scalar" if way.key is None else "mapped")]
        is_end = not isinstance(item, str) or [parse_path(item)[:-1]] == [way.steps for way in plain]
        if len(ways) != 1 or not plain or ways[0].is_many or not is_end:
            raise InvalidArgumentsError(
                f"{item!r} of {type_name} is not one plain value for each entity. Name one as text or as a chain, such "
                f'as "name", "status.name", Status.name or "custom_fps"; of what is in a list, query the entities of '
                f"the list."
            )
        columns.append(column_of(ways[0], item if isinstance(item, str) else None))
    return columns


def column_of(way: Way, name: str | None = None) -> Column:
    """Return the column that is found on a way; with a name, that of this name."""
    return Column(name or way.name, way.steps, way.attribute.name, way.key, way.lists)


class Reader:
    """Reads columns of one type, page by page, as rows.

    Args:
        session: who asks.
        types: the schema of the server.
        type_name: the type.
        columns: what is wanted of each entity.
        has_moments: whether moments are the objects that entities have, else they may be text.
    """

    def __init__(
        self,
        session: Session,
        types: Schema,
        type_name: str,
        columns: Sequence[Column],
        *,
        has_moments: bool = True,
    ) -> None:
        self._has_moments = has_moments
        self._session = session
        self._types = types
        self._columns = columns
        self._keys = types.type(type_name).primary_key
        self._has_columns = bool(session.server_information.get(SUPPORTED)) and all(
            column.is_plain for column in columns
        )
        #: How many rows the first page may have, and the largest.
        self.sizes = PAGES_WITH_LISTS if any(column.is_many for column in columns) else PAGES
        wanted = [projection for column in columns for projection in column.projections]
        #: How a server is asked for all of it; the primary key comes first.
        self.projections = list(dict.fromkeys([*self._keys, *wanted]))
        self._places = [self.projections.index(column.projections[0]) for column in columns]

    def fetch(self, text: str, *, limit: int, offset: int = 0) -> tuple[list[Row], int | None]:
        """Return one page of what the query *text* finds, and the offset of the next one if there is one.

        Each row begins with the primary key.
        """
        answer = plain_answer(self._session, f"{text} offset {offset} limit {limit}", columns=self._has_columns)
        rows = (self._of_columns if self._has_columns else self._of_records)(answer["data"])
        metadata: dict[str, Any] = answer.get("metadata") or {}
        return rows, metadata.get("next", {}).get("offset")

    def window(self, text: str, limit: int | None, offset: int) -> Iterator[list[Row]]:
        """Yield the pages of what the query *text* finds behind an offset, *limit* rows in all."""
        following: int | None = offset
        left, (_, largest) = limit, self.sizes
        while following is not None and left != 0:
            page, following = self.fetch(text, limit=largest if left is None else min(largest, left), offset=following)
            page = page if left is None else page[:left]
            left = None if left is None else left - len(page)
            yield page

    def key(self, row: Row, names: Sequence[str]) -> tuple[str, ...]:
        """Return the values of the attributes *names* of the primary key of a row, as text."""
        return tuple(str(row[self._keys.index(name)]) for name in names)

    def without_key(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows as they were wanted."""
        return map(itemgetter(slice(len(self._keys), None)), rows)

    def _of_columns(self, data: Any) -> list[Row]:
        columns: list[Sequence[Any]] = list(data["columns"])
        for place in data["moments"] if self._has_moments else ():
            columns[place] = [None if value is None else date_time(value) for value in columns[place]]
        chosen = [*range(len(self._keys)), *self._places]
        return list(zip(*(columns[place] for place in chosen), strict=True))

    def _of_records(self, records: list[_Record]) -> list[Row]:
        known = _Known(self._types)
        for record in records:
            known.meet(record)
        names = self._keys
        return [
            (*(record[name] for name in names), *(self._cell(known, column, record) for column in self._columns))
            for record in records
        ]

    def _cell(self, known: _Known, column: Column, record: _Record, place: int = 0) -> Any:
        """Return the value at the end of a way, of which *place* steps are gone; a list, if there may be several."""
        found = known.whole(record)
        if place == len(column.way):
            value: Any = found.get(column.attribute)
            if column.key is not None:
                return _value_of(known, value, column.key)
            # Kinds of a type may disagree: what is an entity for this one is no value.
            return None if is_record(value) else decode(value)
        step = column.way[place]
        reached: Any = found.get(step.attribute)
        every: list[Any] = cast("list[Any]", reached) if isinstance(reached, list) else [reached]
        ends = [each for each in every if self._is_meant(each, step)]
        cells = [self._cell(known, column, each, place + 1) for each in ends]
        has_lists = any(column.lists[place + 1 :])
        if not any(column.lists[place : place + 1]):
            return cells[0] if cells else [] if has_lists else None
        return [each for cell in cells for each in cell or ()] if has_lists else cells

    def _is_meant(self, value: Any, step: Step) -> bool:
        """Return whether a step leads to this, which is an entity of the type that is meant."""
        return is_record(value) and (step.cast is None or self._types.is_a(value["__entity_type__"], step.cast))


def _value_of(known: _Known, values: Any, key: str) -> Any:
    for each in values or ():
        whole = known.whole(each)
        if whole.get("key") == key:
            return decode(whole.get("value"))
    return None


class _Known:
    """The entities of an answer, in which each is told in full only once, wherever that is."""

    def __init__(self, types: Schema) -> None:
        self._types = types
        self._records: dict[tuple[Any, ...], _Record] = {}

    def meet(self, value: Any) -> None:
        """Take note of all that a value holds."""
        if isinstance(value, list):
            for each in cast("list[Any]", value):
                self.meet(each)
        elif isinstance(value, dict) and "__entity_type__" in value:
            record = cast("_Record", value)
            whole = self._records.setdefault(self._identity(record), record)
            if whole is not record:
                whole.update(record)
            inside: list[Any] = [each for each in record.values() if each.__class__ in CONTAINERS]
            for each in inside:
                self.meet(each)

    def whole(self, record: _Record) -> _Record:
        """Return everything that the answer tells of the entity of a record."""
        return self._records[self._identity(record)]

    def _identity(self, record: _Record) -> tuple[Any, ...]:
        name = record["__entity_type__"]
        return name, *(record[key] for key in self._types.type(name).primary_key)
