"""Turning rows into records, or into columns.

A `Layout` knows which columns of a row belong to one node of the projection tree. What is emitted depends on the
concrete type of the entity in the row, so it keeps one small program per type, made on first use. It serves all answers
to queries of one shape; a `Reader` reads those of one answer.

Those who want values and no entities get one list of them for each projection, which is a plain value of the entity or
of one that references lead to. Where it is a column of the statement it is taken from there as it is; what is made of
several, or takes a statement of its own, comes from the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from trackteroid.server.compiler.columns import DERIVED, LOADERS
from trackteroid.server.compiler.projections import Node
from trackteroid.server.compiler.sources import present_name
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import Path
from trackteroid.server.model import Collection, EntityType, Model, Scalar
from trackteroid.values import frozen

Row = Sequence[Any]
Record = dict[str, Any]
Key = Any


@dataclass(frozen=True, slots=True)
class Underived:
    """In a record, what a value is worked out from, until somebody does: readers of several places share records."""

    source: Any


class Shared(dict[str, Any]):
    """A record that several places of an answer hold.

    Attributes:
        asked: The plain values that were asked for, at whatever place; the others come with every entity.
        links: Its relations.
    """

    __slots__ = ("asked", "links")

    def __init__(self, values: Record) -> None:
        super().__init__(values)
        self.asked: frozenset[str] = frozenset()
        self.links: dict[str, None] = {}


@dataclass(slots=True)
class Program:
    """What to take from a row for an entity of one concrete type."""

    type: EntityType
    names: tuple[str, ...]
    asked: frozenset[str]
    pick: Callable[[Row], tuple[Any, ...]]
    moments: tuple[str, ...]
    optional: tuple[str, ...]
    references: tuple[str, ...]
    collections: tuple[str, ...]
    derived: tuple[str, ...]
    loaded: tuple[str, ...]


class Graph:
    """The entities of an answer while it is put together, when they can turn up at several places."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, Key], Shared] = {}

    def enter(self, family: str, key: Key, values: Record) -> Shared:
        """Return the one record of an entity, with `values` added to it."""
        record = self._records.get((family, key))
        if record is None:
            record = self._records[family, key] = Shared(values)
        else:
            record.update(values)
        return record


class Copies(Graph):
    """Entities of an answer that tells each of them in full wherever it is, as far as is asked for there."""

    def enter(self, family: str, key: Key, values: Record) -> Shared:  # noqa: ARG002 - as in a graph
        """Return a record for one place of the projections; rows with the same entity there share it."""
        return Shared(values)


class Layout:
    """Where the entities of one node are in the rows of a statement.

    Attributes:
        keys: Columns of the primary key.
        kind: Column of the concrete type's name, if the family has several.
        slots: Column of each attribute.
        references: Layouts of the nodes behind references, in the same rows.
    """

    def __init__(self, model: Model, node: Node) -> None:
        self.model = model
        self.node = node
        self.keys: tuple[int, ...] = ()
        self.kind: int | None = None
        self.slots: dict[str, int] = {}
        self.references: dict[str, Layout] = {}
        self._programs: dict[str, Program] = {}

    def program(self, kind: str) -> Program:
        """Return what to take for an entity of a concrete type."""
        program = self._programs.get(kind)
        if program is None:
            program = self._programs[kind] = self._compile(kind)
        return program

    def _compile(self, kind: str) -> Program:
        entity_type = self.model.type(kind)
        asked = {name: None for name in self.node.names if isinstance(entity_type.attributes.get(name), Scalar)}
        wanted = {name: None for name in (*entity_type.always_returned, *asked) if name in self.slots}
        scalars = {name: entity_type.attributes[name] for name in wanted}
        slots = [self.slots[name] for name in wanted]
        related = [name for name in entity_type.attributes if self.node.relation(self.model, name, entity_type)]
        return Program(
            type=entity_type,
            names=tuple(wanted),
            asked=frozenset(asked),
            # Of a single item, a getter returns no tuple.
            pick=itemgetter(*slots) if len(slots) > 1 else lambda row: tuple(row[slot] for slot in slots),
            moments=tuple(name for name, a in scalars.items() if isinstance(a, Scalar) and a.is_datetime),
            optional=tuple(name for name in wanted if name not in asked and name not in entity_type.primary_key),
            references=tuple(name for name in related if name in self.references),
            collections=tuple(name for name in related if isinstance(entity_type.attributes[name], Collection)),
            derived=tuple(name for name in asked if name in DERIVED and not entity_type.column(name)),
            loaded=tuple(name for name in asked if name in LOADERS and not entity_type.column(name)),
        )


class Reader:
    """Reads the entities of one node from the rows of a statement.

    Attributes:
        layout: Where they are.
        references: Readers of the nodes behind references, in the same rows.
        seen: What was read so far, by key: the record and its program.
    """

    def __init__(self, layout: Layout, graph: Graph | None) -> None:
        self.layout = layout
        self.node = layout.node
        self.graph = graph
        self.references = {name: Reader(each, graph) for name, each in layout.references.items()}
        self.seen: dict[Key, tuple[Record, Program]] = {}
        self._keys = layout.keys
        self._kind = layout.kind

    def every(self) -> Iterator[Reader]:
        """Yield this reader and those of all references below it."""
        yield self
        for reader in self.references.values():
            yield from reader.every()

    def read(self, row: Row) -> Record | None:
        """Return the record of the entity in `row`; None where there is no entity."""
        keys = self._keys
        key = row[keys[0]] if len(keys) == 1 else tuple(row[slot] for slot in keys)
        if key is None or (len(keys) > 1 and key[0] is None):
            return None
        known = self.seen.get(key)
        if known is not None:
            return known[0] if self.graph else bare(known[0], known[1].type)
        kind = self.node.type.name if self._kind is None else row[self._kind]
        return self._fill(row, key, self.layout.program(kind))

    def _fill(self, row: Row, key: Key, program: Program) -> Record:
        values: Record = {"__entity_type__": program.type.name}
        values.update(zip(program.names, program.pick(row), strict=True))
        for name in program.moments:
            if values[name] is not None:
                values[name] = {"__type__": "datetime", "value": values[name]}
        for name in program.optional:
            if values[name] is None:
                del values[name]
        for name in program.derived:
            values[name] = Underived(values[name])
        if self.graph is None:
            self.seen[key] = (values, program)
            for name in program.references:
                values[name] = self.references[name].read(row)
            return values
        record = self.graph.enter(program.type.root.name, key, values)
        if not program.asked <= record.asked:
            record.asked |= program.asked
        self.seen[key] = (record, program)
        for name in program.references:
            record[name] = self.references[name].read(row)
            record.links[name] = None
        record.links.update(dict.fromkeys(program.collections))
        return record


def bare(record: Record, entity_type: EntityType) -> Record:
    """Return a mention of an entity that was written in full before."""
    return {"__entity_type__": entity_type.name} | {name: record[name] for name in entity_type.primary_key}


def count_copies(records: Iterable[Record]) -> int:
    """Return how many records an answer has when each is written wherever it is."""
    counts: dict[int, int] = {}

    def count(value: Any) -> int:
        if isinstance(value, list):
            return sum(count(member) for member in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- lists hold records only
        if not isinstance(value, Shared):
            return 0
        if id(value) not in counts:
            counts[id(value)] = 1 + sum(count(value.get(name)) for name in value.links)
        return counts[id(value)]

    return sum(map(count, records))


Columns = list[Sequence[Any]]


@frozen
class Place:
    """Where the values of one projection are.

    Attributes:
        names: The attributes along its path.
        slot: The column of each row; None if they are only in the records.
        is_moment: They are moments.
    """

    names: tuple[str, ...]
    slot: int | None
    is_moment: bool

    def of_record(self, record: Record) -> Any:
        """Return the value that is told of by a record; what is an entity for its kind is no value."""
        found: Any = record
        for name in self.names:
            found = cast("Record", found).get(name) if isinstance(found, dict) else None
        if isinstance(found, dict) and "__entity_type__" in cast("Record", found):
            return None
        value = cast("Any", found)
        return value["value"] if self.is_moment and value is not None else value


def places(root: Layout, paths: Sequence[Path]) -> list[Place]:
    """Return where the values of *paths* are in rows, of which `root` is the layout.

    Raises:
        QueryError: One is not one plain value for each entity.
    """
    return [_place(root, path) for path in paths]


def from_rows(found: Sequence[Place], rows: Sequence[Row]) -> Columns:
    """Return the columns of places that all have a slot."""
    return [list(map(itemgetter(place.slot), rows)) for place in found]


def from_records(found: Sequence[Place], records: Sequence[Record]) -> Columns:
    """Return the columns of any places."""
    readers: list[Callable[[Record], Any]] = [place.of_record for place in found]
    return [[read(record) for record in records] for read in readers]


def _place(root: Layout, path: Path) -> Place:
    layout, names, is_everywhere = root, [step.name for step in path.steps], True
    for index, step in enumerate(path.steps[:-1]):
        name = names[index] = present_name(layout.node.type, step.name)
        if name not in layout.references:
            raise _no_column(path)
        # A kind of the type may have a column in their table, and be no entity that has this attribute.
        kinds = layout.model.subtypes(layout.node.type)
        is_everywhere &= all(layout.node.relation(layout.model, name, kind) is not None for kind in kinds)
        layout = layout.references[name]
    name = names[-1] = present_name(layout.node.type, names[-1])
    kinds = layout.model.subtypes(layout.node.type)
    scalars = [(kind, each) for kind in kinds if isinstance(each := kind.attributes.get(name), Scalar)]
    if not scalars:
        raise _no_column(path)
    is_everywhere &= len(scalars) == len(kinds) and all(kind.column(name) is not None for kind, _ in scalars)
    slot = layout.slots.get(name) if is_everywhere else None
    return Place(tuple(names), slot, any(attribute.is_datetime for _, attribute in scalars))


def _no_column(path: Path) -> QueryError:
    return QueryError(f"{path} is not one plain value for each entity, and so it cannot be a column of an answer.")
