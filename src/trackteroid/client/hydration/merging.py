"""ftrack_api's merging of entities into a session, without losing what later copies of an entity hold.

ftrack_api remembers which entities it has met in an answer and merges the first copy of each only, so a fuller one
that comes later is lost. Here it remembers which copies it has met: each is merged once.
"""

from typing import Any, cast

import ftrack_api
import ftrack_api.inspection
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

from trackteroid.client.entities import is_new

#: Where the mapping of what was merged keeps the copies met so far, by object; they must live for that long.
_COPIES = "copies that were met"


class MergingSession(ftrack_api.Session):
    """An ``ftrack_api.Session`` that merges every copy of an entity."""

    def _merge_entity(self, entity: Entity, merged: dict[str, Any] | None = None) -> Entity:
        """Merge *entity* and what it refers to into the session, and return the session's own object of it.

        *merged* is one mapping for all that belongs together, such as the records of one answer.
        """
        merged = {} if merged is None else merged
        copies = cast("dict[int, Entity]", merged.setdefault(_COPIES, {}))
        with self.auto_populating(False):
            key = self.cache_key_maker.key(ftrack_api.inspection.identity(entity))
            merged[key] = attached = _attached(self, entity, key, merged)
            if id(entity) in copies or entity is attached or (_is_bare(entity) and not is_new(attached)):
                return attached
            copies[id(entity)] = entity
            if attached.merge(entity, merged=merged):
                self.cache.set(key, attached)
            return attached


def _attached(session: Session, entity: Entity, key: str, merged: dict[str, Any]) -> Entity:
    """Return the session's own object of *entity*, made if there is none yet.

    What is created takes the place of what had the same key before, which was deleted: an entry of metadata that is
    removed and set again, say.
    """
    try:
        attached = cast("Entity", merged[key] if key in merged else session.cache.get(key))
    except KeyError:
        attached = None
    if attached is None or (is_new(entity) and not is_new(attached)):
        return session._create(entity.entity_type, {}, reconstructing=True)
    return attached


def _is_bare(entity: Entity) -> bool:
    """Return whether a copy holds nothing but the key, so that it says nothing of an entity that is known."""
    held = cast("dict[str, Any]", getattr(entity, "_ftrack_attribute_storage", None) or {})
    return held.keys() <= set(entity.primary_key_attributes)
