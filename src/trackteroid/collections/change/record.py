"""Changing entities of ftrack_api so that the session records exactly the intended operations."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import ftrack_api.exception
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation, UpdateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import find_in_memory, forget, mapping, set_local_value, stored_value
from trackteroid.collections.change import custom
from trackteroid.collections.fetching import fetch_missing
from trackteroid.errors import UnknownAttributeError, nearest, suggest


@contextmanager
def all_or_nothing(session: Session) -> Generator[None, None, None]:
    """Take back what was recorded in the block, with local values and new entities, when an error leaves it."""
    before = len(session.recorded_operations)
    try:
        yield
    except BaseException:
        while len(session.recorded_operations) > before:
            operation = session.recorded_operations.pop()
            if isinstance(operation, CreateEntityOperation | UpdateEntityOperation):
                _take_back(session, operation)
        raise


def _take_back(session: Session, operation: CreateEntityOperation | UpdateEntityOperation) -> None:
    entity = find_in_memory(session, operation.entity_type, operation.entity_key.values())
    if entity is None:
        return
    if isinstance(operation, UpdateEntityOperation):
        set_local_value(entity, operation.attribute_name, operation.old_value)
    else:
        forget(session, operation.entity_type, operation.entity_key.values())


def check_settable(entities: Sequence[FtrackEntity], name: str) -> None:
    """Refuse an attribute that an entity does not have, or whose value is final.

    Raises:
        UnknownAttributeError: an entity has no such attribute.
        ftrack_api.exception.ImmutableAttributeError: the attribute cannot be changed once it has a value.
    """
    for entity in entities:
        attribute = entity.attributes.get(name)
        if attribute is None:
            known = entity.attributes.keys()
            raise UnknownAttributeError(
                f'{entity.entity_type} has no attribute "{name}" that can be set.{suggest(name, known)}',
                name=name,
                near=nearest(name, known),
            )
        if not attribute.mutable and attribute.is_set(entity):
            raise ftrack_api.exception.ImmutableAttributeError(attribute)


def set_mappings(
    session: Session, entities: Sequence[FtrackEntity], name: str, values: Sequence[Mapping[str, Any]], *, replace: bool
) -> None:
    """Write key and value attributes: *values* has one dictionary for each entity.

    With *replace*, keys that are not in the dictionary are removed. What exists has to be known for either, so entities
    that do not have the attribute loaded yet are loaded with one query.
    """
    fetch_missing(session, entities, name)
    if name == custom.ATTRIBUTE:
        settings = custom.settle(session, entities, values)
        with all_or_nothing(session):
            for setting in settings:
                custom.put(setting)
        return
    with all_or_nothing(session):
        for entity, entries in zip(entities, values, strict=True):
            _set_mapping(entity, name, entries, replace=replace)


def _set_mapping(entity: FtrackEntity, name: str, entries: Mapping[str, Any], *, replace: bool) -> None:
    proxy = entity[name]
    existing = mapping(proxy)
    for key in existing:
        if replace and key not in entries:
            del proxy[key]
    for key, value in entries.items():
        if key not in existing:
            # What was deleted under this key may still be remembered, and cannot be made once more.
            forget(entity.session, "Metadata", (str(stored_value(entity, "id")), key))
        if existing.get(key, NOT_SET) != value:
            proxy[key] = value
