"""The action `create`: a new entity, with everything the server adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackteroid.server.actions.answers import answer
from trackteroid.server.actions.members import change_members
from trackteroid.server.actions.payload import data_of, read_payload, type_of
from trackteroid.server.actions.update import update_dense_value
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.model import EntityType
from trackteroid.server.rules import create_row, refuse_unseen, require_permission, rules_of, update_row
from trackteroid.server.rules.links import link_type
from trackteroid.spelling import written_id


def create(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Make an entity.

    Args:
        request: The request.
        operation: `entity_type` and `entity_data`: values, references and collections by attribute name. The
            primary key may be missing, and is then made here.

    Raises:
        ValidationError: The type, an attribute or a value is not what the schema says.
        IntegrityError: There is such an entity already.
        DuplicateEntryError: There is one already, and only one is possible.
    """
    uow = unit_of_work(request)
    entity_type = type_of(uow, operation)
    data = data_of(operation)
    require_permission(uow, entity_type, "create")
    if entity_type.view is not None:
        key = [data.get(name) for name in entity_type.primary_key]
        return {"action": "create", "data": update_dense_value(uow, entity_type, key, data)}
    kinds = {key: written_id(data[key]) for key in ("object_type_id", "system_type") if isinstance(data.get(key), str)}
    payload = read_payload(uow, _concrete_type(uow, entity_type, kinds, final=False), data)
    entity_type = _concrete_type(uow, entity_type, payload.columns)
    key = tuple(payload.columns.get(name) for name in entity_type.primary_key)
    row = uow.find(entity_type, key) if None not in key and rules_of(entity_type).upsert else None
    if row is not None:
        if not may_read(uow, row):
            refuse_unseen(uow, Row(entity_type, key, dict.fromkeys(entity_type.stored()) | payload.columns))
        update_row(uow, row, payload.columns)
    else:
        row = create_row(uow, entity_type, payload.columns)
    told: dict[str, Any] = {"action": "create"}
    for name, sent in payload.lists.items():
        change_members(uow, row, name, sent, told)
    known = [name for name in entity_type.stored() if row.values[name] is not None]
    told["data"] = answer(uow, row, known, payload)
    return told


def _concrete_type(
    uow: UnitOfWork, entity_type: EntityType, columns: Mapping[str, Any], *, final: bool = True
) -> EntityType:
    """Return the subtype that the values of a new entity of a general type make it."""
    object_type_id = columns.get("object_type_id")
    if entity_type.name in ("Context", "TypedContext") and object_type_id is not None:
        names = (name for name, known in uow.model.object_type_ids.items() if known == object_type_id)
        return uow.type(next(names, "TypedContext"))
    if entity_type.name in uow.model.object_type_ids:
        own = uow.model.object_type_ids[entity_type.name]
        if object_type_id not in (None, own):
            raise ValidationError(f"object_type_id of a {entity_type.name} is {own}; it cannot be {object_type_id}.")
    if entity_type.name == "List":
        name = {"task": "TypedContextList", "assetversion": "AssetVersionList"}.get(columns.get("system_type", "task"))
        return uow.type(name) if name else entity_type
    if final and entity_type.base is None and entity_type.name in ("CustomAttributeLink", "CustomAttributeLinkFrom"):
        return link_type(uow, entity_type, columns.get("configuration_id"))
    return entity_type
