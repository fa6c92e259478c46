"""Collections that clients send back: always the complete new content.

Associations are replaced, keeping the rows of what stays. Entities that hold the key of their owner themselves get it;
those that are no longer listed lose it where it may be empty. Members of key/value collections always belong to
somebody, so that their list only confirms what single operations did.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ..changes import Row, RowKey
from ..failures import IntegrityError
from ..model import Collection, EntityType, Through
from ..rules import create_row, rules_of, update_row
from ..unit_of_work import UnitOfWork
from .removal import delete_rows


def replace_members(uow: UnitOfWork, owner: Row, name: str, members: list[RowKey]) -> None:
    """Make `members` the content of the collection `name` of `owner`."""
    collection = collection_of(owner, name)
    target = uow.type(collection.target)
    if target.view is not None:
        return
    found = uow.find_all(target, members)
    for key in members:
        if key not in found:
            raise IntegrityError(
                f"{owner.label} lists {target.name} {', '.join(map(str, key))} in {name}, which does not exist."
            )
    if collection.through is not None:
        _replace_links(uow, owner, collection.through, [key[0] for key in members])
    else:
        _replace_owned(uow, owner, collection, found)


def collection_of(owner: Row, name: str) -> Collection:
    """The collection `name` of the type of `owner`."""
    collection = owner.type.attributes[name]
    if not isinstance(collection, Collection):
        raise LookupError(f"{owner.type.name}.{name} is not a collection")
    return collection


def members_of(uow: UnitOfWork, owner: Row, collection: Collection) -> list[Row]:
    """The content of a collection, in the order of primary keys."""
    target = uow.type(collection.target)
    if collection.through is not None:
        links = uow.select(collection.through.link, collection.through.own, [owner.key[0]])
        found = uow.find_all(target, [(link.values[collection.through.other],) for link in links])
        return sorted(found.values(), key=lambda row: row.key)
    if collection.by is None or target.view is not None:
        return []
    rows = uow.select(target, collection.by, [owner.key[0]])
    return [row for row in rows if _matches(row, collection.where)]


def _replace_links(uow: UnitOfWork, owner: Row, through: Through, members: list[str]) -> None:
    link_type = uow.type(through.link)
    present = {row.values[through.other]: row for row in uow.select(link_type, through.own, [owner.key[0]])}
    delete_rows(uow, [row for other, row in present.items() if other not in members])
    for member in members:
        if member not in present:
            create_row(uow, link_type, _new_link(link_type, {through.own: owner.key[0], through.other: member}))


def _new_link(link_type: EntityType, ends: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"id": str(uuid.uuid4()), **ends} if "id" in link_type.primary_key else ends


def _replace_owned(uow: UnitOfWork, owner: Row, collection: Collection, listed: Mapping[RowKey, Row]) -> None:
    by = collection.by
    if by is None:
        return
    for row in listed.values():
        wanted = {by: owner.key[0]} | _parent_type(row.type, by, owner)
        wanted |= {name: value for name, value in collection.where.items() if value is not None}
        if not _matches(row, wanted):
            update_row(uow, row, wanted)
    for row in members_of(uow, owner, collection):
        if row.key not in listed and _may_be_empty(uow, row.type, by):
            update_row(uow, row, {by: None} | dict.fromkeys(_parent_type(row.type, by, owner)))


def _parent_type(entity_type: EntityType, by: str, owner: Row) -> dict[str, Any]:
    """A `parent_id` to any of several families comes with the `parent_type` of its owner."""
    attribute = entity_type.attributes.get(f"{by.removesuffix('_id')}_type")
    return {f"{by.removesuffix('_id')}_type": owner.type.name} if attribute is not None else {}


def _matches(row: Row, wanted: Mapping[str, Any]) -> bool:
    return all(row.values[name] == value for name, value in wanted.items())


def _may_be_empty(uow: UnitOfWork, entity_type: EntityType, name: str) -> bool:
    needed = name in entity_type.primary_key or entity_type.attributes[name].required
    return not needed and name not in rules_of(uow, entity_type).needs
