"""Questions to the server about recorded entities: what exists, and what it holds now."""

from collections.abc import Iterable, Mapping
from typing import cast

from ftrack_api.entity.base import Entity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import with_keys
from trackteroid.errors import UnknownEntityTypeError, suggest
from trackteroid.operations.values import EntityReference, decode_value, encode_value

Values = Mapping[str, object]


def current_values(session: Session, wanted: Mapping[EntityReference, Iterable[str]]) -> dict[EntityReference, Values]:
    """Return the values that the server holds for the *wanted* attributes, per entity that exists.

    One request with one query per entity type. Nothing of the answer is kept in the session, so that entities in use
    do not change.
    """
    by_type: dict[str, dict[EntityReference, set[str]]] = {}
    for reference, attributes in wanted.items():
        by_type.setdefault(reference.entity_type, {})[reference] = set(attributes)
    if not by_type:
        return {}
    queries = [
        {"action": "query", "expression": _expression(session, entity_type, references)}
        for entity_type, references in by_type.items()
    ]
    found: dict[EntityReference, Values] = {}
    for (_, references), result in zip(by_type.items(), session.call(queries), strict=True):
        answered = {_values_of_key(entity): entity for entity in cast("list[Entity]", result["data"])}
        for reference, attributes in references.items():
            entity = answered.get(tuple(value for _, value in reference.key))
            if entity is not None:
                found[reference] = {name: _remote_value(entity, name) for name in attributes}
    return found


def entity_class_of(session: Session, reference: EntityReference) -> type[Entity]:
    """Return the class of the referenced entity in *session*; raise UnknownEntityTypeError where there is none."""
    entity_class = session.types.get(reference.entity_type)
    if entity_class is None:
        name = reference.entity_type
        raise UnknownEntityTypeError(
            f"The operations name the entity type {name}, which this server does not have."
            f"{suggest(name, session.types)} Replay them on the server they were recorded for.",
            name=name,
        )
    return entity_class


def _expression(session: Session, entity_type: str, references: Mapping[EntityReference, set[str]]) -> str:
    names = entity_class_of(session, next(iter(references))).primary_key_attributes
    projections = [*names, *sorted({name for wanted in references.values() for name in wanted} - set(names))]
    keys = ([value for _, value in reference.key] for reference in references)
    return with_keys(entity_type, names, keys, projections)


def _values_of_key(entity: Entity) -> tuple[str, ...]:
    return tuple(value for _, value in EntityReference.of(entity).key)


def _remote_value(entity: Entity, name: str) -> object:
    attribute = entity.attributes.get(name)
    value = NOT_SET if attribute is None else cast("object", attribute.get_remote_value(entity))
    return decode_value(encode_value(value))
