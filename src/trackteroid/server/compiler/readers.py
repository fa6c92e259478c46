"""Turning rows into records.

A `Layout` knows which columns of a row belong to one node of the projection tree. What is emitted depends on the
concrete type of the entity in the row, so it keeps one small program per type, made on first use. It serves all answers
to queries of one shape; a `Reader` reads those of one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from trackteroid.server.compiler.computed import DERIVED, LOADERS
from trackteroid.server.compiler.projections import Node
from trackteroid.server.model import Collection, EntityType, Model, Scalar

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
        related = [name for name in entity_type.attributes if self.node.relation(self.model, name, entity_type)]
        return Program(
            type=entity_type,
            names=tuple(wanted),
            asked=frozenset(asked),
            pick=_picker([self.slots[name] for name in wanted]),
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


def _picker(slots: Sequence[int]) -> Callable[[Row], tuple[Any, ...]]:
    if len(slots) == 1:
        slot = slots[0]
        return lambda row: (row[slot],)
    return itemgetter(*slots)


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
