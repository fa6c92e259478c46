"""Operations and entities as records that outlive their session.

An ftrack operation holds entities of its session. Its record holds plain values and references, can be written to a
file, and becomes an operation again in any session (see `trackteroid.operations.loading`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TypeAlias, cast

from ftrack_api.attribute import Attribute
from ftrack_api.collection import MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, Operation, UpdateEntityOperation
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.batch import is_list, without_common_ends
from trackteroid.client.entities import stored_names
from trackteroid.errors import AssignmentError
from trackteroid.operations.values import (
    EntityReference,
    Json,
    References,
    UnsupportedValueError,
    decode_value,
    encode_value,
)
from trackteroid.values import frozen

JsonObject: TypeAlias = dict[str, Json]


@frozen
class CreateRecord:
    """Creation of *entity* with the attribute *values*."""

    entity: EntityReference
    values: Mapping[str, object]


@frozen
class UpdateRecord:
    """Assignment of *new_value* to one attribute of *entity* that is no list.

    Attributes:
        old_value: what the session had assigned before; not set for the first change, as ftrack_api records it.
        server_value: what the server held when the change was made, as far as the session knew; else not set.
    """

    entity: EntityReference
    attribute: str
    old_value: object
    new_value: object
    server_value: object = NOT_SET


@frozen
class DeleteRecord:
    """Deletion of *entity*."""

    entity: EntityReference


@frozen
class ListRecord:
    """Change of one list of *entity*: what was *added* to it and *removed* from it.

    What else is in the list is nobody's business here, so others may change it meanwhile.
    """

    entity: EntityReference
    attribute: str
    added: References
    removed: References

    @classmethod
    def between(cls, entity: EntityReference, attribute: str, old: object, new: References) -> "ListRecord":
        """Return what makes a list that was *old*, as far as that is known, the *new* one."""
        before = dict.fromkeys(old.items) if isinstance(old, References) else {}
        after = dict.fromkeys(new.items)
        added = tuple(item for item in after if item not in before)
        removed = tuple(item for item in before if item not in after)
        return cls(entity, attribute, References(added, new.mapped), References(removed, new.mapped))


OperationRecord: TypeAlias = CreateRecord | UpdateRecord | DeleteRecord | ListRecord


@frozen
class EntityRecord:
    """What a session knew about one entity: the server's *values*, or its own for an entity it *created*."""

    entity: EntityReference
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    created: bool = False


def record_operation(operation: Operation, server_value: object = NOT_SET) -> OperationRecord:
    """Return the record of an ftrack operation.

    Raises:
        AssignmentError: a value cannot be recorded; the message names the entity type and the attribute.
    """
    match operation:
        case CreateEntityOperation():
            entity = EntityReference.from_key(operation.entity_type, operation.entity_key)
            values = {name: _plain(entity, name, value) for name, value in operation.entity_data.items()}
            return CreateRecord(entity, values)
        case UpdateEntityOperation():
            entity = EntityReference.from_key(operation.entity_type, operation.entity_key)
            before, after, known = operation.old_value, operation.new_value, server_value
            base = known if before is NOT_SET else before
            if is_list(after) and is_list(base):  # only what it was and became where both differ
                mapped = isinstance(after, MappedCollectionProxy)
                sides = (map(EntityReference.of, members) for members in without_common_ends(base, after))
                before, after = (References(tuple(side), mapped) for side in sides)
                known = NOT_SET
            old, new, known = (_plain(entity, operation.attribute_name, value) for value in (before, after, known))
            return _changed(entity, operation.attribute_name, old, new, known)
        case DeleteEntityOperation():
            return DeleteRecord(EntityReference.from_key(operation.entity_type, operation.entity_key))
        case _:
            raise AssignmentError(
                f"Operations of the type {type(operation).__name__} cannot be deferred. "
                "Only creating, updating and deleting entities can; do anything else outside of the deferred block."
            )


def record_entity(entity: Entity, *, created: bool) -> EntityRecord:
    """Return the record of what the session knows about *entity*, without a request."""
    reference = EntityReference.of(entity)
    values: dict[str, object] = {}
    for attribute in stored_attributes(entity):
        value = cast("object", (attribute.get_local_value if created else attribute.get_remote_value)(entity))
        # Values the server computes are outdated as soon as anything changes; a record keeps none of them.
        if value is not NOT_SET and not attribute.computed:
            values[attribute.name] = _plain(reference, attribute.name, value)
    return EntityRecord(reference, values, created=created)


def stored_attributes(entity: Entity) -> Iterator[Attribute]:
    """Iterate over the attributes of *entity* that have a value, local or the server's, and only those."""
    found = map(entity.attributes.get, stored_names(entity))
    return (attribute for attribute in found if attribute is not None)


def operation_to_json(record: OperationRecord) -> JsonObject:
    """Return *record* as the JSON object of an operations file."""
    head: JsonObject = {"entity_type": record.entity.entity_type, "entity_key": dict(record.entity.key)}
    match record:
        case CreateRecord():
            return {"operation": "create", **head, "entity_data": _encode_values(record.values)}
        case UpdateRecord():
            return {
                "operation": "update",
                **head,
                "attribute_name": record.attribute,
                "old_value": encode_value(record.old_value),
                "new_value": encode_value(record.new_value),
                "server_value": encode_value(record.server_value),
            }
        case ListRecord():
            return {
                "operation": "list",
                **head,
                "attribute_name": record.attribute,
                "added": encode_value(record.added),
                "removed": encode_value(record.removed),
            }
        case DeleteRecord():
            return {"operation": "delete", **head}


def operation_from_json(data: Json, decode: Callable[[Json], object] = decode_value) -> OperationRecord:
    """Return the operation in *data*; raise ValueError for JSON that describes none.

    *decode* reads one value; files of older tools encode values in another way.
    """
    match data:
        case {"operation": str(kind), "entity_type": str(entity_type), "entity_key": dict(key)} if key:
            entity = EntityReference(entity_type, tuple((name, str(part)) for name, part in key.items()))
        case _:
            raise ValueError(f"{data!r} is no operation")
    match kind, data:
        case "create", {"entity_data": dict(values)}:
            return CreateRecord(entity, {name: decode(value) for name, value in values.items()})
        case "update", {"attribute_name": str(attribute), "old_value": old, "new_value": new}:
            known = decode(data["server_value"]) if "server_value" in data else NOT_SET
            return _changed(entity, attribute, decode(old), decode(new), known)
        case "list", {"attribute_name": str(attribute), "added": added, "removed": removed}:
            match decode(added), decode(removed):
                case References() as came, References() as went:
                    return ListRecord(entity, attribute, came, went)
                case sides:
                    raise ValueError(f"{sides!r} are no changes of a list")
        case "delete", _:
            return DeleteRecord(entity)
        case _:
            raise ValueError(f"{data!r} is no operation")


def _changed(entity: EntityReference, attribute: str, old: object, new: object, known: object) -> OperationRecord:
    """Return the record of an assignment; of that of a list, what it adds and removes.

    What a list was is what the session had before, else what it knew of the server. Where neither is known, nothing is
    removed.
    """
    base = known if old is NOT_SET else old
    if new == [] and isinstance(base, References):  # how older files write an empty list
        new = References(())
    return (
        ListRecord.between(entity, attribute, base, new)
        if isinstance(new, References)
        else UpdateRecord(entity, attribute, old, new, known)
    )


def entity_to_json(record: EntityRecord) -> JsonObject:
    """Return *record* as the JSON object of an operations file."""
    head: JsonObject = {"__entity_type__": record.entity.entity_type, "__key__": dict(record.entity.key)}
    return {**head, "__created__": record.created, **_encode_values(record.values)}


def entity_from_json(data: Json) -> EntityRecord:
    """Return the entity in *data*; raise ValueError for JSON that describes none."""
    match data:
        case {"__entity_type__": str(entity_type), "__key__": dict(key), "__created__": bool(created), **values} if key:
            reference = EntityReference(entity_type, tuple((name, str(part)) for name, part in key.items()))
            return EntityRecord(reference, {name: decode_value(value) for name, value in values.items()}, created)
        case _:
            raise ValueError(f"{data!r} is no entity")


def _encode_values(values: Mapping[str, object]) -> JsonObject:
    return {name: encode_value(value) for name, value in values.items()}


def _plain(entity: EntityReference, attribute: str, value: object) -> object:
    """Return a copy of *value* without anything of a session in it."""
    try:
        return decode_value(encode_value(value))
    except UnsupportedValueError as error:
        raise AssignmentError(
            f"{entity.entity_type}.{attribute} cannot be deferred with the value {value!r}: {error}. "
            "Assign a text, a number, a date, an entity or a collection of them."
        ) from error
