"""Finding what a new entity belongs to."""

from __future__ import annotations

from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.memory import stored_values
from trackteroid.collections.bound import BoundCollection, binding_of, find_attribute
from trackteroid.collections.container import Container
from trackteroid.collections.fetching import fetch_missing
from trackteroid.collections.table import unique
from trackteroid.errors import CreationError
from trackteroid.schema import Schema

#: Array attributes whose entities do not belong to the entity that has the attribute.
_DISTANT = frozenset({"ancestors", "descendants"})


def find_parent(near: BoundCollection, type_name: str, parents: tuple[str, ...]) -> dict[str, Any]:
    """Return the parent for a new entity of *type_name* as ``{attribute: entity}``.

    That is the entity *near* was read from, if it is only one, and otherwise the one that all entities of *near* have
    in common. Only if that is not known in memory, it is asked for, with one query.

    Raises:
        CreationError: there are several possible parents, or none.
    """
    if not parents:
        return {}
    owner = _owner(near)
    if found := read_from(near, type_name, parents):
        return found
    if isinstance(near, Container):
        return _common_parent(near, parents[0])
    if owner is not None and fitting(binding_of(near).types, type_name, parents, owner):
        raise CreationError(
            f"Ambiguous context: the new {type_name} could belong to any of the {len(owner)} entities in {owner!r}. "
            f"Select one of them first."
        )
    raise CreationError(
        f"Nothing tells what the new {type_name} belongs to. Pass it as '{parents[0]}', "
        f"or create it from an attribute of its parent."
    )


def read_from(near: BoundCollection, type_name: str, parents: tuple[str, ...]) -> dict[str, Any]:
    """Return the one entity that *near* was read from as ``{attribute: entity}``, nothing if it is no parent."""
    owner = _owner(near)
    if owner is None or len(owner) != 1:
        return {}
    return {name: owner.values()[0] for name in fitting(binding_of(near).types, type_name, parents, owner)[:1]}


def _owner(near: BoundCollection) -> Container | None:
    source = near.source
    if source is None or source.attribute in _DISTANT or not isinstance(source.owner, Container):
        return None
    attribute = find_attribute(source.owner, source.attribute)
    return source.owner if attribute and attribute.kind == "collection" else None


def fitting(types: Schema, type_name: str, parents: tuple[str, ...], owner: object) -> list[str]:
    """Return the parent attributes of *type_name* that the entities of *owner* fit into."""
    entities = owner.values() if isinstance(owner, Container) else (owner,)
    kinds = {entity.entity_type for entity in entities if isinstance(entity, FtrackEntity)}
    targets = {name: attribute.target or "" for name in parents if (attribute := types.find_attribute(type_name, name))}
    return [name for name, target in targets.items() if kinds and all(types.is_a(kind, target) for kind in kinds)]


def _common_parent(siblings: Container, name: str) -> dict[str, Any]:
    entities = siblings.values()
    fetch_missing(binding_of(siblings).session, entities, name)
    found = unique(value for value in stored_values(entities, name) if isinstance(value, FtrackEntity))
    if len(found) != 1 or NOT_SET in stored_values(entities, name):
        raise CreationError(
            f"Ambiguous context: the entities in {siblings!r} have {len(found)} different '{name}', so it is not clear "
            f"which one the new entity belongs to. Pass it as '{name}'."
        )
    return {name: next(iter(found.values()))}
