"""From what users give to what ftrack_api stores: every value is checked against the server's schema first."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]  # ships annotations in part only
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.collections.bound import BoundCollection, accepted_type, binding_of, check_same_world, frame_of
from trackteroid.collections.container import Container
from trackteroid.collections.empty_values import EmptyValues
from trackteroid.collections.table import unique
from trackteroid.errors import AssignmentError, EntityCollectionOperationError
from trackteroid.schema import AttributeSchema, Schema


def convert(attribute: AttributeSchema, value: object, owner: BoundCollection, types: Schema) -> Any:
    """Return what ftrack_api stores for *value*: a scalar, an entity, a list of entities, or a dictionary.

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
    entities = _entities(attribute, value, owner)
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


def _entities(attribute: AttributeSchema, value: object, owner: BoundCollection) -> list[FtrackEntity]:
    """Return the entities in a collection, an entity of ftrack_api, None, or a list of these."""
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
        return list(unique(each for part in parts for each in _entities(attribute, part, owner)).values())
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
    return {str(key): entry for key, entry in entries.items()}


def _scalar(attribute: AttributeSchema, value: object) -> Any:
    kind = "date" if attribute.format in ("date-time", "date") else attribute.type or "variable"
    expected, accept = _SCALARS.get(kind, ("any value", _anything))
    converted = accept(value)
    if converted is None:
        raise AssignmentError(
            f'"{attribute.name}" takes {expected} (or None), but {value!r} ({type(value).__name__}) was given.'
        )
    return converted


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _anything(value: object) -> object:
    return value


def moment(value: object) -> arrow.Arrow | None:
    """Return a point in time as the arrow object ftrack_api uses, or None if *value* is no point in time.

    Accepts arrow objects, datetimes, dates (their midnight) and ISO 8601 texts. Without a time zone, it is UTC.
    """
    if isinstance(value, arrow.Arrow):
        return value
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return None
    if isinstance(value, datetime.datetime):
        zone = value.tzinfo or datetime.timezone.utc
        return arrow.Arrow.fromdatetime(value, zone)  # pyright: ignore[reportUnknownMemberType]  # see the import
    if isinstance(value, datetime.date):
        return arrow.Arrow.fromdate(value)  # pyright: ignore[reportUnknownMemberType]  # see the import
    return None


_SCALARS: dict[str, tuple[str, Callable[[object], object]]] = {
    "string": ("a text", _text),
    "number": ("a number", _number),
    "integer": ("a whole number", _integer),
    "boolean": ("True or False", _boolean),
    "date": ("a datetime, a date, an arrow object or an ISO 8601 text", moment),
    "object": ("any value", _anything),
    "variable": ("any value", _anything),
}
