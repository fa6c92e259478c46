"""From what users give to what ftrack_api stores: every value is checked against the server's schema first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.collections.change.accepted import accepted_by
from trackteroid.collections.change.names import Subject, find_by_name, named_kinds
from trackteroid.collections.collection import BoundCollection, accepted_type, binding_of, check_same_world, frame_of
from trackteroid.collections.container import Container
from trackteroid.collections.empty_values import EmptyValues
from trackteroid.collections.sets import unique
from trackteroid.errors import AssignmentError, EntityCollectionOperationError
from trackteroid.schema import AttributeSchema, Schema


def convert(attribute: AttributeSchema, value: object, owner: BoundCollection, types: Schema, subject: Subject) -> Any:
    """Return what ftrack_api stores for *value*: a scalar, an entity, a list of entities, or a dictionary.

    Entities that have names may be given by these.

    Raises:
        AssignmentError: the value does not fit the attribute.
        EntityCollectionOperationError: the value belongs to another session or schema.
        UnloadedAttributeError: the value would be another one if all that it was read from was loaded.
    """
    check_is_there(attribute.name, value)
    if attribute.kind == "scalar":
        return None if value is None else _scalar(attribute, value)
    if attribute.kind == "mapped":
        return _mapping(attribute, value)
    entities = _entities(attribute, value, owner, subject)
    target = accepted_type(attribute)
    for entity in entities:
        if not types.is_a(entity.entity_type, target):
            raise AssignmentError(f'"{attribute.name}" takes {target}, but {entity.entity_type} was given.')
    if attribute.kind == "collection":
        return entities
    return _only(attribute, value, entities)


def check_is_there(name: str, value: object) -> None:
    """Refuse what stands for no value, because there is nothing or it was not loaded.

    Raises:
        AssignmentError: *value* is such.
    """
    if value is NOT_SET:
        raise AssignmentError(f'"{name}" was given NOT_SET, which was read from something that was not loaded.')
    if isinstance(value, EmptyValues):
        raise AssignmentError(f'"{name}": {value.refusal("be assigned")}')


def _only(attribute: AttributeSchema, value: object, entities: list[FtrackEntity]) -> FtrackEntity | None:
    if value is None:
        return None
    if len(entities) != 1:
        raise AssignmentError(
            f'"{attribute.name}" takes one {attribute.target}, but {value!r} has {len(entities)}. '
            f"Select one, or pass None to clear the attribute."
        )
    return entities[0]


def _entities(
    attribute: AttributeSchema, value: object, owner: BoundCollection, subject: Subject
) -> list[FtrackEntity]:
    """Return the entities in a collection, an entity of ftrack_api, a name, None, or a list of these."""
    if value is None:
        return []
    if isinstance(value, BoundCollection):
        check_same_world(owner, value)
        _check_is_all(attribute, value)
        return list(value.values()) if isinstance(value, Container) else []
    if isinstance(value, FtrackEntity):
        check_session(value, owner)
        return [value]
    if isinstance(value, list | tuple):
        parts = cast("list[object]", value)
        return list(unique(each for part in parts for each in _entities(attribute, part, owner, subject)).values())
    target, bound = accepted_type(attribute), binding_of(owner)
    if isinstance(value, str) and named_kinds(bound.types, target):
        return [find_by_name(bound.session, bound.types, target, value, subject)]
    raise AssignmentError(
        f'"{attribute.name}" takes a collection of {attribute.target}, but {value!r} was given. '
        f"Query it first, for example with `Query({attribute.target}).by_name(...).get_one()`."
    )


def _check_is_all(attribute: AttributeSchema, value: BoundCollection) -> None:
    """Refuse a collection that would be another one if all was loaded; one entity is what it is.

    Raises:
        UnloadedAttributeError: it would be.
        AssignmentError: it is of another type anyway.
    """
    unloaded, types = frame_of(value).unloaded, binding_of(value).types
    if unloaded is None or (attribute.kind == "reference" and isinstance(value, Container)):
        return
    target, given = accepted_type(attribute), value.entity_type.__name__
    if not (types.is_a(given, target) or types.is_a(target, given)):
        raise AssignmentError(f'"{attribute.name}" takes {target}, but {given} was given.')
    raise unloaded.refusal(f'Cannot set "{attribute.name}" to {value!r}, which is not all of it')


def check_session(entity: FtrackEntity, owner: BoundCollection) -> None:
    """Refuse an entity of ftrack_api that belongs to another session than *owner*.

    Raises:
        EntityCollectionOperationError: entities of one session mean nothing to another.
    """
    if entity.session is not binding_of(owner).session:
        raise EntityCollectionOperationError(
            f"{entity.entity_type} and {owner!r} come from different sessions. Query both with the same session."
        )


def _mapping(attribute: AttributeSchema, value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise AssignmentError(f'"{attribute.name}" takes a dictionary, but {value!r} was given.')
    entries = cast("Mapping[object, object]", value)
    if wrong := [key for key in entries if not isinstance(key, str)]:
        raise AssignmentError(f'The keys of "{attribute.name}" are texts, but {wrong[0]!r} was given.')
    for key, entry in entries.items():
        check_is_there(f"{attribute.name}[{key!r}]", entry)
    if attribute.target == "Metadata":
        return _metadata(attribute, cast("Mapping[str, object]", entries))
    return {str(key): entry for key, entry in entries.items()}


def _metadata(attribute: AttributeSchema, entries: Mapping[str, object]) -> dict[str, str]:
    """Return the entries of metadata, which are texts; a key without a value is no key."""
    for key, value in entries.items():
        if value is not None and not isinstance(value, str):
            raise AssignmentError(
                f'The values of "{attribute.name}" are texts, but {key!r} was given {value!r} '
                f"({type(value).__name__}). Say how it is written, for example with str(...)."
            )
    return {key: value for key, value in entries.items() if isinstance(value, str)}


def _scalar(attribute: AttributeSchema, value: object) -> Any:
    accepted = accepted_by(attribute)
    converted = accepted.convert(value)
    if converted is None:
        raise AssignmentError(
            f'"{attribute.name}" takes {accepted.expected} (or None), but {value!r} ({type(value).__name__}) was given.'
        )
    return converted
