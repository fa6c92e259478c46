"""The local changes of a session's entities at one moment, to return to."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import forget
from trackteroid.client.local_changes import changed_entities
from trackteroid.operations.record import stored_attributes
from trackteroid.operations.values import EntityReference


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What differed from the server, per entity, when the snapshot was taken; *seen* keeps those entities alive."""

    session: Session
    seen: dict[int, tuple[Entity, dict[str, object]]]

    @classmethod
    def take(cls, session: Session) -> "Snapshot":
        """Remember the local changes of the entities in the memory of *session*."""
        return cls(session, {id(entity): (entity, _changes(entity)) for entity in changed_entities(session)})

    def restore(self, created: Iterable[EntityReference]) -> None:
        """Undo all local changes made since, and remove the entities *created* since from the session's cache."""
        session = self.session
        with session.auto_populating(False), session.operation_recording(False):
            for reference in created:
                forget(session, reference.entity_type, (value for _, value in reference.key))
            fresh = {id(entity): (entity, dict[str, object]()) for entity in changed_entities(session)}
            for entity, changes in (fresh | self.seen).values():
                _reset(entity, changes)


def _changes(entity: Entity) -> dict[str, object]:
    """Return the local values that are not mere copies of the server's; collections are copied locally when read."""
    changes: dict[str, object] = {}
    for attribute in stored_attributes(entity):
        local = cast("object", attribute.get_local_value(entity))
        if local is NOT_SET:
            continue
        rows = _rows(local)
        if rows is None or rows != _rows(cast("object", attribute.get_remote_value(entity))):
            changes[attribute.name] = copy.copy(local) if rows is not None else local
    return changes


def _reset(entity: Entity, changes: dict[str, object]) -> None:
    present = _changes(entity)
    for attribute in stored_attributes(entity):
        before, now = changes.get(attribute.name, NOT_SET), present.get(attribute.name, NOT_SET)
        if before is now or (_rows(before) is not None and _rows(before) == _rows(now)):
            continue
        # In two steps: an immutable attribute accepts a value only when it has none.
        attribute.set_local_value(entity, NOT_SET)
        if before is not NOT_SET:
            attribute.set_local_value(entity, before)


def _rows(value: object) -> list[Entity] | None:
    """Return the entities of a collection in their order, None for any other value."""
    if isinstance(value, MappedCollectionProxy):
        value = value.collection
    return cast("list[Entity]", value[:]) if isinstance(value, Collection) else None
