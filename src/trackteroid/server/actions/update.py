"""The action `update`: new values for an entity that exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackteroid.server.actions.answers import answer
from trackteroid.server.actions.members import change_members
from trackteroid.server.actions.payload import data_of, read_payload, type_of
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row, RowKey
from trackteroid.server.core.failures import ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.core.values import to_wire
from trackteroid.server.model import EntityType
from trackteroid.server.rules import create_row, find_owner, require_permission, rules_of, update_row

_STORED_VALUE = "CustomAttributeValue"


def update(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Change an entity.

    Args:
        request: The request.
        operation: `entity_type` (a base type or subtype will do), `entity_key` (a list, or a plain id), and
            `entity_data` with the changed attributes; lists whole, or as what to add and what to remove.

    Raises:
        ValueError_: There is no such entity.
        ValidationError: An attribute or a value is not what the schema says.
    """
    uow = unit_of_work(request)
    entity_type = type_of(uow, operation)
    data = data_of(operation)
    require_permission(uow, entity_type)
    if entity_type.view is not None:
        return {"action": "update", "data": update_dense_value(uow, entity_type, operation.get("entity_key"), data)}
    key = uow.key_of(entity_type, operation.get("entity_key"))
    if rules_of(entity_type).entries and uow.find(entity_type, key) is None:
        return {"action": "update", "data": _set_again(uow, entity_type, key, data)}
    row = find_row(uow, entity_type, key)
    payload = read_payload(uow, row.type, data, row)
    changed = update_row(uow, row, payload.columns)
    told: dict[str, Any] = {"action": "update"}
    for name, sent in payload.lists.items():
        change_members(uow, row, name, sent, told)
    told["data"] = answer(uow, row, changed, payload)
    return told


def _set_again(uow: UnitOfWork, entity_type: EntityType, key: RowKey, data: Mapping[str, Any]) -> dict[str, Any]:
    """Make an entry that somebody has removed in the meantime; what it belonged to has to be there."""
    payload = read_payload(uow, entity_type, data)
    values = dict(zip(entity_type.primary_key, key, strict=True)) | payload.columns
    owner = find_owner(uow, key[0])
    if payload.columns.get("value") is None or owner is None or not may_read(uow, owner):
        raise not_found(entity_type, key)
    row = create_row(uow, entity_type, values)
    return answer(uow, row, row.type.stored(), payload)


def find_row(uow: UnitOfWork, entity_type: EntityType, key: RowKey) -> Row:
    """Return the row an operation is about; its type is the named one, one of its subtypes, or one of its bases.

    Raises:
        ValueError_: There is none that the caller may see.
    """
    row = uow.find(entity_type, key)
    if row is None:
        raise not_found(entity_type, key)
    is_related = row.type.is_a(entity_type) or entity_type.is_a(row.type)
    if (not is_related and row.type.root is entity_type.root) or not may_read(uow, row):
        raise not_found(entity_type, key)
    return row


def not_found(entity_type: EntityType, key: tuple[Any, ...]) -> ValueError_:
    """Return the failure for an entity that does not exist."""
    return ValueError_(f"Could not find entity {entity_type.name} with entity_key [{', '.join(map(str, key))}].")


def update_dense_value(
    uow: UnitOfWork, entity_type: EntityType, entity_key: Any, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Set the custom attribute value of an entity, whether one is stored or the default has applied so far."""
    key = uow.key_of(entity_type, entity_key)
    stored_type = uow.type(_STORED_VALUE)
    payload = read_payload(uow, entity_type, data)
    owner_name = getattr(entity_type.attributes["entity_id"], "target", None)
    owner = uow.find(owner_name, (key[1],)) if owner_name else None
    if owner is None or not may_read(uow, owner):
        raise not_found(entity_type, key)
    columns = {"value": payload.columns.get("value")} if "value" in payload.columns else {}
    row = uow.find(stored_type, key)
    if row is None:
        row = create_row(uow, stored_type, dict(zip(stored_type.primary_key, key, strict=True)) | columns)
    else:
        update_row(uow, row, columns)
    configuration = uow.find("CustomAttributeConfiguration", key[0])
    shown = {
        "key": configuration.values["key"] if configuration else None,
        "value": to_wire(stored_type.stored()["value"], row.values["value"]),
    }
    return {"__entity_type__": entity_type.name, **dict(zip(entity_type.primary_key, key, strict=True)), **shown}
