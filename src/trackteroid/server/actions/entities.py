"""The actions `create`, `update` and `delete`, and what their answers say of the entity.

A new entity comes with everything the server adds to it; one that goes takes along what cannot be without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trackteroid.server.actions.members import change_members, collection_of, members_of
from trackteroid.server.actions.payload import Payload, data_of, read_payload, reference_to, type_of
from trackteroid.server.actions.removal import delete_rows, delete_together
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row, RowKey
from trackteroid.server.core.failures import Failure, ValidationError, ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.core.values import to_wire
from trackteroid.server.model import Collection, EntityType, Reference
from trackteroid.server.rules import create_row, find_owner, refuse_unseen, require_permission, rules_of, update_row
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
        # Somebody has removed the entry in the meantime. It is made again, if what it belonged to is still there.
        payload = read_payload(uow, entity_type, data)
        owner = find_owner(uow, key[0])
        if payload.columns.get("value") is None or owner is None or not may_read(uow, owner):
            raise not_found(entity_type, key)
        row = create_row(uow, entity_type, dict(zip(entity_type.primary_key, key, strict=True)) | payload.columns)
        return {"action": "update", "data": answer(uow, row, row.type.stored(), payload)}
    row = find_row(uow, entity_type, key)
    payload = read_payload(uow, row.type, data, row)
    changed = update_row(uow, row, payload.columns)
    told: dict[str, Any] = {"action": "update"}
    for name, sent in payload.lists.items():
        change_members(uow, row, name, sent, told)
    told["data"] = answer(uow, row, changed, payload)
    return told


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
    stored_type = uow.type("CustomAttributeValue")
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


def delete(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Delete an entity; one that went with another one in the same batch counts as deleted.

    Args:
        request: The request.
        operation: `entity_type` and `entity_key`.

    Raises:
        ValueError_: There was no such entity.
        IntegrityError: Something that stays cannot be without it.
    """
    uow = unit_of_work(request)
    entity_type = type_of(uow, operation)
    require_permission(uow, entity_type, "delete")
    stored_type = uow.type("CustomAttributeValue") if entity_type.view is not None else entity_type
    key = uow.key_of(stored_type, operation.get("entity_key"))
    # A default that is shown without being stored cannot go, and what anybody may remove is gone either way. Of what
    # the caller may not see they are told the same, whether it is there or not.
    may_be_gone = entity_type.view is not None or rules_of(entity_type).entries
    row = uow.find(stored_type, key) if may_be_gone else None
    if may_be_gone and (row is None or not may_read(uow, row)):
        return {"action": "delete", "data": True}
    if not uow.changes.is_gone(stored_type, key) or uow.find(stored_type, key) is not None:
        delete_rows(uow, [find_row(uow, stored_type, key)])
    return {"action": "delete", "data": True}


def delete_ahead(uow: UnitOfWork, operations: Sequence[Mapping[str, Any]]) -> None:
    """Delete at once what operations in a row are going to delete, if all of them may: see `delete_together`.

    What is not deleted here, because something about it is unusual, is deleted or refused when its turn comes.
    """
    found: dict[tuple[str, RowKey], Row] = {}
    try:
        for operation in operations:
            entity_type = type_of(uow, operation)
            require_permission(uow, entity_type, "delete")
            if entity_type.view is not None or rules_of(entity_type).entries:
                return
            row = find_row(uow, entity_type, uow.key_of(entity_type, operation.get("entity_key")))
            found[row.type.table, row.key] = row
        delete_together(uow, list(found.values()))
    except Failure:
        return


def answer(uow: UnitOfWork, row: Row, columns: Iterable[str], payload: Payload) -> dict[str, Any]:
    """Return the entity with the values of `columns`, and what the client sent, in the form it was sent in.

    A value and the reference it belongs to are both told whichever of them was sent, because a client that keeps both
    would otherwise go on showing the old one.
    """
    kind, echoed = row.type, payload.echoed
    entity = bare(row)
    columns = tuple(columns)
    told = uow.remembered(
        "told",
        (kind.name, columns),
        lambda: [
            (name, kind.shown[name]) for name in dict.fromkeys((*kind.always_returned, *columns)) if name in kind.shown
        ],
    )
    for name, is_moment in told:
        value = row.values[name]
        entity[name] = value if value is None or not is_moment else {"__type__": "datetime", "value": value}
    for name, stored in kind.other_names.items():
        if stored in entity:
            entity[name] = entity[stored]
    for name in kind.always_returned:
        if entity.get(name) is None and name not in echoed:
            entity.pop(name, None)
    for name, value in echoed.items():
        column = kind.other_names.get(name, name)
        if row.values[column] == payload.columns[column]:
            entity[name] = value  # else rules have chosen another
    touched = uow.remembered(
        "touched",
        (kind.name, tuple(echoed)),
        lambda: [found for found in kind.references.items() if not echoed.keys().isdisjoint(found[1].keys)],
    )
    for name, reference in touched:
        entity[name] = _referenced(uow, row, reference)
    for name, sent in payload.lists.items():
        entity[name] = _members(uow, row, collection_of(row, name), sent.add)
    return entity


def bare(row: Row) -> dict[str, Any]:
    """Return a row as a reference: its concrete type and primary key."""
    return reference_to(row.type, row.key)


def _referenced(uow: UnitOfWork, row: Row, reference: Reference) -> dict[str, Any] | None:
    """Return what a reference leads to; its concrete type is only looked up where there are several."""
    key = tuple(row.values[name] for name in reference.keys)
    target = uow.type(reference.target)
    if None in key:
        return None
    if target.discriminator is None:
        return reference_to(target, key)
    found = uow.find(target, key)
    if found is None:
        return reference_to(target, key)
    return None if reference.narrow and not found.type.is_a(target) else bare(found)


def _members(uow: UnitOfWork, row: Row, collection: Collection, sent: Iterable[Iterable[Any]]) -> list[dict[str, Any]]:
    """Return the content of a collection; of key/value ones with the values, which clients always want next.

    Of key/value ones only what was sent: a row that is no longer listed is about to be deleted by an operation of its
    own, and a client that saw it here would take it for something that is there.
    """
    target = uow.type(collection.target)
    if target.view is not None:
        return [reference_to(target, key) for key in sent]
    content = [member for member in members_of(uow, row, collection) if may_read(uow, member)]
    if not collection.mapped:
        return [bare(member) for member in content]
    listed = {tuple(key) for key in sent}
    return [
        bare(member)
        | {
            name: to_wire(found, member.values[name])
            for name, found in member.type.stored().items()
            if not found.hidden
        }
        for member in content
        if member.key in listed
    ]
