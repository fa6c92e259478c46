"""What pending operations come to: the shortest batch of creations, updates and deletions with the same effect.

This is pure. The batch holds plain values and references, no entities, so that nothing that happens later to the
session changes what was to be sent.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias, cast

import ftrack_api.inspection
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, Operation, UpdateEntityOperation
from ftrack_api.session import OperationPayload
from ftrack_api.symbol import NOT_SET

Key: TypeAlias = "tuple[str, tuple[str, ...]]"

_TYPE = "__entity_type__"


def payloads_of(operations: Iterable[Operation]) -> list[OperationPayload]:
    """Return what has to be sent for the *operations*, in the order in which they were recorded.

    What is created and deleted again is left out, the last value of an attribute counts, and what follows directly
    upon the creation or an update of the same entity becomes part of it.
    """
    payloads = _last_values(_without_cancelled([_payload(operation) for operation in operations]))
    return _collapsed([payload for payload in payloads if _says_something(payload)])


def key_of_payload(payload: OperationPayload) -> Key:
    """Return the key of the entity that a payload is about."""
    return payload["entity_type"], tuple(payload["entity_key"])


def reference_to(entity: Entity) -> dict[str, Any]:
    """Return how an entity is referred to in a request."""
    with entity.session.auto_populating(False):
        return {_TYPE: entity.entity_type, **ftrack_api.inspection.primary_key(entity)}


def plain(value: Any) -> Any:
    """Return the *value* of an attribute as it is sent: entities as references."""
    if isinstance(value, Entity):
        return reference_to(value)
    rows: Any = value.collection if isinstance(value, MappedCollectionProxy) else value
    return [reference_to(member) for member in rows._data] if isinstance(rows, Collection) else value


def _payload(operation: Operation) -> OperationPayload:
    match operation:
        case CreateEntityOperation():
            values: dict[str, Any] = {**operation.entity_key, **operation.entity_data}
            return _described("create", operation, values)
        case UpdateEntityOperation():
            return _described("update", operation, {operation.attribute_name: operation.new_value})
        case DeleteEntityOperation():
            return _described("delete", operation)
        case _:
            raise ValueError(f"Cannot commit. Unrecognised operation type {type(operation)} detected.")


def _described(action: str, operation: Any, values: dict[str, Any] | None = None) -> OperationPayload:
    key = list(operation.entity_key.values())
    payload = OperationPayload({"action": action, "entity_type": operation.entity_type, "entity_key": key})
    if values is not None:
        payload["entity_data"] = {_TYPE: operation.entity_type} | {name: plain(value) for name, value in values.items()}
    return payload


def _without_cancelled(payloads: list[OperationPayload]) -> list[OperationPayload]:
    keys: dict[str, set[Key]] = {"create": set(), "update": set(), "delete": set()}
    for payload in payloads:
        keys[payload["action"]].add(key_of_payload(payload))
    cancelled = keys["create"] & keys["delete"]
    return [payload for payload in payloads if key_of_payload(payload) not in cancelled]


def _last_values(payloads: list[OperationPayload]) -> list[OperationPayload]:
    """Remove the values of updates that later ones replace, and those that are not set."""
    known: set[tuple[Key, str]] = set()
    for payload in reversed(payloads):
        data = _data(payload)
        if payload["action"] == "update":
            for name in [name for name in data if name != _TYPE]:
                if (key_of_payload(payload), name) in known:
                    del data[name]
                known.add((key_of_payload(payload), name))
        for name in [name for name, value in data.items() if value is NOT_SET]:
            del data[name]
    return payloads


def _says_something(payload: OperationPayload) -> bool:
    return payload["action"] == "delete" or bool(_data(payload).keys() - {_TYPE})


def _collapsed(payloads: Iterable[OperationPayload]) -> list[OperationPayload]:
    collapsed: list[OperationPayload] = []
    for payload in payloads:
        before = collapsed[-1] if collapsed else None
        continues = before is not None and key_of_payload(before) == key_of_payload(payload)
        if before is not None and continues and payload["action"] == "update" and before["action"] != "delete":
            _data(before).update(_data(payload))
        else:
            collapsed.append(payload)
    return collapsed


def _data(payload: OperationPayload) -> dict[str, Any]:
    return cast("dict[str, Any]", payload.get("entity_data", {}))
