"""How clients name entities: by type and primary key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trackteroid.server.core.changes import RowKey
from trackteroid.server.core.failures import ValidationError, suggestion
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.core.values import is_object, shown
from trackteroid.server.model import EntityType, UnknownName


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
