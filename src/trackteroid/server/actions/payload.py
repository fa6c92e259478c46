"""What a client sent for one entity, checked and sorted: columns, lists, and what the answer repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from trackteroid.server.actions.references import read_reference, served_type
from trackteroid.server.actions.sent_lists import SentList, read_list
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError, ValueError_, nearest, suggestion
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.core.values import echo, is_object, shown, to_storage
from trackteroid.server.model import Attribute, Collection, EntityType, Reference, Scalar
from trackteroid.spelling import written_id


@dataclass(slots=True)
class Payload:
    """The content of an operation.

    Attributes:
        columns: New values of columns, as they are stored.
        echoed: The same values as the answer shows them.
        lists: What becomes of the members of array attributes.
    """

    columns: dict[str, Any] = field(default_factory=dict[str, Any])
    echoed: dict[str, Any] = field(default_factory=dict[str, Any])
    lists: dict[str, SentList] = field(default_factory=dict[str, SentList])


def data_of(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the `entity_data` of an operation."""
    data = operation.get("entity_data")
    if not is_object(data):
        raise ValidationError(f"entity_data must be an object of attributes and values; got {shown(data)}.")
    return cast("Mapping[str, Any]", data)


def type_of(uow: UnitOfWork, operation: Mapping[str, Any]) -> EntityType:
    """Return the entity type that an operation names."""
    name = operation.get("entity_type")
    if not isinstance(name, str):
        raise ValidationError(f"entity_type must be the name of an entity type; got {shown(name)}.")
    return served_type(uow, name)


def existing_row(uow: UnitOfWork, operation: Mapping[str, Any], entity_type: str, name: str) -> Row:
    """Return the entity whose id an operation has in `name`."""
    value = operation.get(name)
    if not isinstance(value, str):
        raise ValidationError(f'The action "{operation["action"]}" needs "{name}", the id of a {entity_type}.')
    row = uow.find(entity_type, written_id(value))
    if row is None or not row.type.is_a(uow.type(entity_type)) or not may_read(uow, row):
        raise ValueError_(f"Could not find entity {entity_type} with entity_key [{value}].")
    return row


def read_payload(uow: UnitOfWork, entity_type: EntityType, data: Mapping[str, Any], row: Row | None = None) -> Payload:
    """Check and convert `data`, for a new entity or for a change of `row`.

    A reference wins over its key when both are given.
    """
    payload = Payload()
    references: dict[str, Reference] = {}
    for name, value in data.items():
        if name in entity_type.texts and isinstance(value, str):
            payload.columns[name] = payload.echoed[name] = value
            continue
        where = f"{entity_type.name}.{name}"
        plain = entity_type.plain.get(name)
        if plain is not None:
            payload.columns[name] = payload.echoed[name] = to_storage(where, plain, value)
            continue
        attribute = None if name == "__entity_type__" else _settable(entity_type, name, value)
        if isinstance(attribute, Scalar):
            stored = to_storage(where, attribute, value)
            if attribute.transform and stored is not None:
                stored = served_type(uow, stored).name
            payload.columns[attribute.same_as or name] = stored
            payload.echoed[name] = echo(where, attribute, value, stored)
        elif isinstance(attribute, Collection):
            payload.lists[name] = read_list(uow, where, attribute, value)
        elif isinstance(attribute, Reference):
            references[name] = attribute
    for name, reference in references.items():
        columns: dict[str, Any] = dict.fromkeys(reference.keys)
        if data[name] is not None:
            _, key = read_reference(uow, f"{entity_type.name}.{name}", reference.target, data[name])
            columns = dict(zip(reference.keys, key, strict=True))
        payload.columns.update(columns)
        payload.echoed.update(columns)
    if row is not None:
        _refuse_immutable(entity_type, payload, references, row)
    return payload


def _settable(entity_type: EntityType, name: str, value: Any) -> Attribute | None:
    """Return the attribute `name`; None where the server calculates it and the client has nothing to say about it."""
    attribute = entity_type.attributes.get(name)
    if attribute is None or attribute.hidden:
        known = [known for known, found in entity_type.attributes.items() if not found.hidden]
        raise ValidationError(f"{entity_type.name} has no attribute {name}.{suggestion(nearest(name, known))}")
    if isinstance(attribute, Scalar) and attribute.same_as is not None:
        return attribute
    calculated = attribute.computed or (isinstance(attribute, Scalar) and not attribute.stored)
    if calculated or (isinstance(attribute, Collection) and attribute.read_only):
        if value is None or value == []:
            return None
        raise ValidationError(f"{entity_type.name}.{name} is calculated by the server and cannot be set.")
    return attribute


def _refuse_immutable(entity_type: EntityType, payload: Payload, references: Mapping[str, Reference], row: Row) -> None:
    """What is settled when an entity is made stays as it is; saying the same again is no change."""
    settled = {name for reference in references.values() if reference.immutable for name in reference.keys}
    for name in sorted((settled | entity_type.settled).intersection(payload.columns)):
        if payload.columns[name] != row.values[name]:
            raise ValidationError(
                f"{entity_type.name}.{name} is settled when the entity is made and cannot be changed "
                f"(from {shown(row.values[name])} to {shown(payload.columns[name])})."
            )
