"""Finding things out about the entities of a collection, and selecting some of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, cast
from uuid import UUID

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.client.entities import Key, Storage, storage_of, type_names
from trackteroid.collections.context import Context, Selection, context_of, entities_in, memo_of
from trackteroid.collections.sets import Table
from trackteroid.entities.base import Entity
from trackteroid.errors import EntityCollectionOperationError
from trackteroid.schema.types import AttributeSchema
from trackteroid.spelling import written_id


def type_name_of(selection: Selection) -> str:
    """Return the name of the most specific type that all entities of a collection share."""
    entities = entities_in(selection)
    if len(entities) == 1:
        return entities[0].entity_type
    memo = memo_of(selection)
    if memo.type_name is None:
        names = type_names(entities)
        memo.type_name = names.pop() if len(names) == 1 else context_of(selection).entity_type.__name__
    return memo.type_name


def storages_of(selection: Selection) -> list[Storage]:
    """Return where the entities keep their values."""
    memo = memo_of(selection)
    if memo.storages is None:
        memo.storages = list(map(storage_of, entities_in(selection)))
    return memo.storages


def table_of(selection: Selection) -> Table:
    """Return the entities by what tells them apart."""
    memo = memo_of(selection)
    if memo.table is None:
        memo.table = Table.make(entities_in(selection))
    return memo.table


def by_id(selection: Selection) -> dict[Any, FtrackEntity]:
    """Return the entities by their ids; by tuples for the types that several attributes identify."""
    memo = memo_of(selection)
    if memo.by_id is None:
        memo.by_id = table_of(selection).by_id()
    return memo.by_id


def by_key(selection: Selection) -> dict[Key, FtrackEntity]:
    """Return the entities by their full keys."""
    memo = memo_of(selection)
    if memo.by_key is None:
        memo.by_key = table_of(selection).by_key()
    return memo.by_key


def find_attribute(selection: Selection, name: str) -> AttributeSchema | None:
    """Return what the schema says about an attribute of any of the entities: the others simply have no value for it."""
    types = context_of(selection).types
    names = dict.fromkeys([*kinds_of(selection), context_of(selection).entity_type.__name__])
    return next((found for each in names if (found := types.find_attribute(each, name))), None)


def kinds_of(selection: Selection) -> list[str]:
    """Return the type that all entities share, and those that occur among them."""
    return list(dict.fromkeys((type_name_of(selection), *sorted(type_names(entities_in(selection))))))


def sources_of(selection: Selection) -> Iterator[Selection]:
    """Yield what a collection was read from, and what that was."""
    while selection.source is not None:
        selection = selection.source.owner
        yield selection


def depth_of(selection: Selection) -> int:
    """Return how many attributes were read since the last collection that had entities."""
    depth = 0
    for owner in (selection, *sources_of(selection)):
        if entities_in(owner):
            break
        depth += 1
    return depth


def check_same_world(selection: Selection, *others: object) -> None:
    """Refuse the others if they are no collections, or belong to another session or schema.

    Raises:
        EntityCollectionOperationError: entities of one session mean nothing to another.
    """
    own = context_of(selection)
    for other in others:
        if not isinstance(other, Selection):
            raise EntityCollectionOperationError(
                f"{other!r} ({type(other).__name__}) is not a collection. Pass one, such as the result of a query."
            )
        if context_of(other).session is not own.session:
            raise _of_another_session(repr(other), selection)
        if context_of(other).schema != own.schema:
            raise EntityCollectionOperationError(
                f"{other!r} and {selection!r} come from queries with different schemas. Query both with the same one."
            )


def check_session(selection: Selection, entity: FtrackEntity) -> None:
    """Refuse an entity of ftrack_api that belongs to another session than a collection.

    Raises:
        EntityCollectionOperationError: entities of one session mean nothing to another.
    """
    if entity.session is not context_of(selection).session:
        raise _of_another_session(str(entity.entity_type), selection)


def _of_another_session(what: str, selection: Selection) -> EntityCollectionOperationError:
    return EntityCollectionOperationError(
        f"{what} and {selection!r} come from different sessions. Query both with the same session."
    )


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


def at(selection: Selection, item: object) -> FtrackEntity:
    """Return the entity at a position or with an id.

    Raises:
        IndexError: there is none at this position.
        KeyError: there is none with this id.
        TypeError: *item* is neither.
    """
    if isinstance(item, int):
        try:
            return entities_in(selection)[item]
        except IndexError:
            raise IndexError(f"{selection!r} has no element at position {item}.") from None
    if isinstance(item, str | tuple | UUID):
        found = find_id(selection, cast("Hashable", item))
        if found is None:
            raise KeyError(f"{selection!r} has no element with the id {item!r}.")
        return found
    raise TypeError(
        f"{selection!r} has no item {item!r}: use a position, a slice, an id, or an entity class (collection[Shot])."
    )


def find_id(selection: Selection, identifier: Hashable) -> FtrackEntity | None:
    """Return the entity with an id, however it is written, or None."""
    known = by_id(selection)
    return known[identifier] if identifier in known else known.get(_as_kept(identifier))


def _as_kept(identifier: Hashable) -> Hashable:
    """Return an id, or the parts of a key, as sessions keep them."""
    if isinstance(identifier, tuple):
        return tuple(map(_as_kept, cast("tuple[Hashable, ...]", identifier)))
    return written_id(str(identifier)) if isinstance(identifier, str | UUID) else identifier


def of_type(selection: Selection, entity_type: type[Entity]) -> tuple[Context, tuple[FtrackEntity, ...]]:
    """Return the entities that are of a more specific type, and their context."""
    context, entities = context_of(selection), entities_in(selection)
    fitting = {name for name in type_names(entities) if context.types.is_a(name, entity_type.__name__)}
    kept = tuple(entity for entity in entities if entity.entity_type in fitting)
    return context.narrowed(entity_type, entities), kept


def includes(selection: Selection, other: Selection) -> bool:
    """Return whether all entities of another collection are in this one."""
    whole, part = table_of(selection), table_of(other)
    if whole.of and part.of:
        return whole.of == part.of and whole.entities.keys() >= part.entities.keys()
    return by_key(selection).keys() >= by_key(other).keys()
