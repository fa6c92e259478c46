"""Sets of entities: what unites and divides tables of them, and which collections go together.

Every result keeps the order of the first table, and what is in several has the entity of the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trackteroid.collections.context import Selection, Table, by_key, check_same_world, table_of
from trackteroid.errors import EntityCollectionOperationError


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


# Collections.


def operands(selection: Selection, operation: str, others: tuple[Any, ...]) -> list[Selection]:
    """Return a collection and the others, after checking that a set operation can combine them.

    Raises:
        EntityCollectionOperationError: they are of different types, sessions or schemas.
    """
    for other in others:
        if not isinstance(other, Selection):
            raise EntityCollectionOperationError(
                f"The {operation} of {selection!r} and {other!r} is not possible: both must be collections."
            )
    check_same_world(selection, *others)
    for other in filter(None, others):  # those without entities fit, and tell if it is because they were not loaded
        if other.entity_type is not selection.entity_type:
            raise EntityCollectionOperationError(
                f"The {operation} of {selection!r} and {other!r} is not possible: their types differ. "
                f"Bring both to a common type first, such as `TypedContext(collection)`."
            )
    return [selection, *others]


def includes(selection: Selection, other: Selection) -> bool:
    """Return whether all entities of another collection are in this one."""
    whole, part = table_of(selection), table_of(other)
    if whole.of and part.of:
        return whole.of == part.of and whole.entities.keys() >= part.entities.keys()
    return by_key(selection).keys() >= by_key(other).keys()
