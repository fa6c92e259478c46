"""What a client sent for one entity, checked and sorted: columns, lists, and what the answer repeats.

Clients name entities by type and primary key. Of the members of an entity they send the whole list, or what to add to
it and what to take out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row, RowKey
from trackteroid.server.core.failures import ValidationError, ValueError_, nearest, suggestion
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.core.values import echo, is_object, shown, to_storage
from trackteroid.server.model import Attribute, Collection, EntityType, Reference, Scalar, UnknownName
from trackteroid.spelling import written_id
from trackteroid.values import frozen

#: What `__type__` of an object says that has additions and removals.
LIST_CHANGES = "list_changes"
Members = Mapping[RowKey, EntityType]


def served_type(uow: UnitOfWork, name: str) -> EntityType:
    """Return the entity type `name`, if clients may know it."""
    try:
        entity_type = uow.type(name)
        if not entity_type.served:
            raise UnknownName(f"There is no entity type {name}.", [])
    except UnknownName as error:
        raise ValidationError(f"{error}{suggestion(error.near)}") from None
    return entity_type


def read_reference(uow: UnitOfWork, where: str, target_name: str, value: Any) -> tuple[EntityType, RowKey]:
    """Return type and primary key in a reference such as ``(__entity_type__: Status, id: ...)``; a plain id will do."""
    target = uow.type(target_name)
    if isinstance(value, str):
        return target, uow.key_of(target, value)
    if not is_object(value):
        raise ValidationError(f"{where} must refer to a {target_name}; got {shown(value)}.")
    given = served_type(uow, str(value.get("__entity_type__", target_name)))
    if given.table != target.table:
        raise ValidationError(f"{where} must refer to a {target_name}; got a {given.name}.")
    if missing := [name for name in target.primary_key if value.get(name) is None]:
        raise ValidationError(f"{where} refers to a {target_name} without {' and '.join(missing)}.")
    return given, uow.key_of(target, [value[name] for name in target.primary_key])


def reference_to(entity_type: EntityType, key: Iterable[Any]) -> dict[str, Any]:
    """Return an entity as a reference: its type and primary key."""
    entity: dict[str, Any] = {"__entity_type__": entity_type.name}
    entity.update(zip(entity_type.primary_key, key, strict=True))
    return entity


@frozen
class SentList:
    """What becomes of the members of an entity. They are keys, with the types that the client has named.

    Attributes:
        add: What is to be among them.
        remove: What is not to be among them.
        is_whole: Whether `add` is the list as the client saw it, and not what the client has changed.
    """

    add: Members
    remove: Members
    is_whole: bool


def read_list(uow: UnitOfWork, where: str, collection: Collection, value: Any) -> SentList:
    """Return the value of an array attribute.

    Args:
        uow: The batch.
        where: Entity type and attribute (``Task.notes``), for messages.
        collection: The attribute.
        value: A list of references, or an object with the `__type__` "list_changes" and lists to `add` and `remove`.

    Raises:
        ValidationError: It is neither, or a reference is none to such an entity.
    """
    if isinstance(value, list | tuple):
        return SentList(_read(uow, where, collection, value), {}, is_whole=True)
    if not is_object(value) or value.get("__type__") != LIST_CHANGES:
        raise ValidationError(
            f"{where} must be the list of all its entities, or an object with __type__ {LIST_CHANGES} and lists to add "
            f"and remove; got {shown(value)}."
        )
    if collection.mapped:
        raise ValidationError(
            f"{where} has an entity for each key. Create, update and delete {collection.target} instead of adding and "
            "removing."
        )
    if unknown := [str(name) for name in value if name not in ("__type__", "add", "remove")]:
        raise ValidationError(f"{where} must have lists to add and remove, and nothing else; got {', '.join(unknown)}.")
    add, remove = (_read(uow, where, collection, value.get(name, [])) for name in ("add", "remove"))
    if both := [key for key in add if key in remove]:
        shown_key = ", ".join(map(str, both[0]))
        raise ValidationError(f"{where} must add or remove {collection.target} {shown_key}; got both.")
    return SentList(add, remove, is_whole=False)


def _read(uow: UnitOfWork, where: str, collection: Collection, value: Any) -> Members:
    if not isinstance(value, list | tuple):
        raise ValidationError(f"{where} must have lists of entities to add and remove; got {shown(value)}.")
    found: dict[RowKey, EntityType] = {}
    for member in cast("list[Any]", value):
        entity_type, key = read_reference(uow, where, collection.target, member)
        found.setdefault(key, entity_type)
    return found


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
        # What is settled when an entity is made stays as it is; saying the same again is no change.
        settled = {name for reference in references.values() if reference.immutable for name in reference.keys}
        for name in sorted((settled | entity_type.settled).intersection(payload.columns)):
            if payload.columns[name] != row.values[name]:
                raise ValidationError(
                    f"{entity_type.name}.{name} is settled when the entity is made and cannot be changed "
                    f"(from {shown(row.values[name])} to {shown(payload.columns[name])})."
                )
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
