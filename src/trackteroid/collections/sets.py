"""Sets of entities: tables without duplicates, and what unites and divides them.

Every result keeps the order of the first table, and what is in several has the entity of the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.client.entities import Key, key_of, stored_values, type_names
from trackteroid.values import frozen


@frozen
class Table:
    """Entities without duplicates, in order, by what tells them apart.

    That is their id alone where ``of`` names the one type they all have, and the full key where types are mixed or
    have several key attributes: texts keep their hash, so tables by id are much faster to combine.
    """

    of: str
    entities: dict[Any, FtrackEntity]

    @classmethod
    def make(cls, entities: Iterable[FtrackEntity]) -> Table:
        """Return the table of the entities; of several with the same key, the first counts."""
        objects = list(entities)
        names = type_names(objects)
        if len(names) != 1 or len(objects[0].primary_key_attributes) != 1:
            return cls("", _first_of_each(map(key_of, objects), objects))
        (attribute,) = objects[0].primary_key_attributes
        return cls(names.pop(), _first_of_each(map(str, stored_values(objects, attribute)), objects))

    def by_key(self) -> dict[Key, FtrackEntity]:
        """Return the entities by their full keys."""
        if not self.of:
            return self.entities
        return {(self.of, (identifier,)): entity for identifier, entity in self.entities.items()}

    def by_id(self) -> dict[Any, FtrackEntity]:
        """Return the entities by their ids, or by tuples where these have several parts."""
        if self.of:
            return self.entities
        return {key[0] if len(key) == 1 else key: entity for (_, key), entity in self.entities.items()}


def _first_of_each(keys: Iterable[Any], entities: Sequence[FtrackEntity]) -> dict[Any, FtrackEntity]:
    pairs = list(zip(keys, entities, strict=True))
    found = dict(pairs)
    if len(found) < len(pairs):
        # Values are those of the last duplicates now: put the first ones over them, which keeps the order.
        found.update(reversed(pairs))
    return found


def unique(entities: Iterable[FtrackEntity]) -> list[FtrackEntity]:
    """Return the entities in order of first occurrence, each once."""
    return list(Table.make(entities).entities.values())


def union(tables: Sequence[Table]) -> Table:
    """Return the entities that are in any of the tables."""
    first, *rest = _comparable(tables)
    found = first.entities
    for table in rest:
        earlier, found = found, found | table.entities
        found.update(earlier)  # what is in both is the first of them
    return Table(first.of, found)


def intersection(tables: Sequence[Table]) -> Table:
    """Return the entities that are in all of the tables."""
    first, *rest = _comparable(tables)
    kept = first.entities
    for table in rest:
        kept = {key: entity for key, entity in kept.items() if key in table.entities}
    return Table(first.of, kept)


def difference(tables: Sequence[Table]) -> Table:
    """Return the entities that are in the first table only."""
    first, *rest = _comparable(tables)
    kept = first.entities
    for table in rest:
        kept = {key: entity for key, entity in kept.items() if key not in table.entities}
    return Table(first.of, kept)


def symmetric_difference(tables: Sequence[Table]) -> Table:
    """Return the entities that are in exactly one of the tables."""
    first, *rest = _comparable(tables)
    found, repeated = first.entities, set[Any]()
    for table in rest:
        repeated |= found.keys() & table.entities.keys()
        found = found | table.entities
    return Table(first.of, {key: entity for key, entity in found.items() if key not in repeated})


def _comparable(tables: Sequence[Table]) -> Sequence[Table]:
    """Return the tables with all entities told apart by the same."""
    if len({table.of for table in tables if table.entities}) == 1:
        return tables
    return [Table("", table.by_key()) for table in tables]


#: The operations by the words that messages have for them.
OPERATIONS: Mapping[str, Callable[[Sequence[Table]], Table]] = {
    "union": union,
    "intersection": intersection,
    "difference": difference,
    "symmetric difference": symmetric_difference,
}
