"""Entities without duplicates, by what tells them apart: what set operations and lookups by id work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.client.memory import Key, key_of, stored_values, type_names


@dataclass(frozen=True, slots=True)
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


def _first_of_each(keys: Iterable[Any], entities: Sequence[FtrackEntity]) -> dict[Any, FtrackEntity]:
    pairs = list(zip(keys, entities, strict=True))
    found = dict(pairs)
    if len(found) < len(pairs):
        # Values are those of the last duplicates now: put the first ones over them, which keeps the order.
        found.update(reversed(pairs))
    return found


def unique(entities: Iterable[FtrackEntity]) -> dict[Key, FtrackEntity]:
    """Return the entities by their full keys, in order of first occurrence."""
    return Table.make(entities).by_key()
