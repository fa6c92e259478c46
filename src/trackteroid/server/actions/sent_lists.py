"""What clients say of the members of an entity: the whole list, or what to add to it and what to take out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from trackteroid.server.actions.references import read_reference
from trackteroid.server.core.changes import RowKey
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.core.values import is_object, shown
from trackteroid.server.model import Collection, EntityType
from trackteroid.values import frozen

#: What `__type__` of an object says that has additions and removals.
LIST_CHANGES = "list_changes"

Members = Mapping[RowKey, EntityType]


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
