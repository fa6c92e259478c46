"""A session that takes the answers of queries in one pass, and loses nothing of what copies of an entity hold."""

from typing import Any, cast

import ftrack_api
import ftrack_api.cache
import ftrack_api.inspection
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

from trackteroid.client.entities import is_bare, is_new
from trackteroid.client.failures import outermost
from trackteroid.client.hydration.answers import Hydration, PlainBatch, Recipe, collector_paused
from trackteroid.errors import UnexpectedAnswerError

#: Where the mapping of what was merged keeps the copies met so far, by object; they must live for that long.
_COPIES = "copies that were met"

#: The methods of a session through which entities are merged. A session with its own version merges by itself.
SESSION_METHODS = ("merge", "_merge", "_merge_recursive", "_merge_entity", "_create", "_decode")


class HydratingSession(ftrack_api.Session):
    """An ``ftrack_api.Session`` that writes the answers of queries in one pass, and merges every copy of an entity.

    ftrack_api remembers which entities it has met in an answer and merges the first copy of each only, so a fuller one
    that comes later is lost. Here it remembers which copies it has met: each is merged once.
    """

    #: How records become entities, by the class of these.
    _recipes: dict[type[Entity], Recipe]

    def _merge_entity(self, entity: Entity, merged: dict[str, Any] | None = None) -> Entity:
        """Merge *entity* and what it refers to into the session, and return the session's own object of it.

        *merged* is one mapping for all that belongs together, such as the records of one answer.
        """
        merged = {} if merged is None else merged
        copies = cast("dict[int, Entity]", merged.setdefault(_COPIES, {}))
        with self.auto_populating(False):
            key = self.cache_key_maker.key(ftrack_api.inspection.identity(entity))
            merged[key] = attached = _attached(self, entity, key, merged)
            if id(entity) in copies or entity is attached or (is_bare(entity) and not is_new(attached)):
                return attached
            copies[id(entity)] = entity
            if attached.merge(entity, merged=merged):
                self.cache.set(key, attached)
            return attached

    @outermost
    def _query(self, expression: str) -> tuple[list[Entity], dict[str, Any]]:
        self._wait_for_connection()
        if not can_hydrate(self):
            return super()._query(expression)
        answer = self._plain_call([{"action": "query", "expression": expression}])[0]
        return self._hydrate(answer["data"]), answer.get("metadata") or {}

    def _hydrate(self, rows: list[Any]) -> list[Entity]:
        with collector_paused(), self._thread_lock, self.operation_recording(False), self.auto_populating(False):
            try:
                return Hydration(self, self._recipes).rows(rows)
            except ValueError as error:  # a broken date, which ftrack_api takes for an answer that is no JSON
                raise UnexpectedAnswerError(
                    f"The ftrack server at {self.address} sent what cannot be read: {error}. Only whoever runs the "
                    "server can repair that; other projections may leave it out."
                ) from None

    def _plain_call(self, batch: list[dict[str, Any]], *, strict: bool = False) -> list[dict[str, Any]]:
        """Return the answer to a *batch* of queries as JSON has it; *strict* asks in the server's strict mode."""
        plain = PlainBatch(batch)
        plain.strict = strict
        return self.call(plain)

    # What derived classes know better.

    @property
    def address(self) -> str:
        """The server as it may be shown to people."""
        return self.server_url

    def _wait_for_connection(self) -> None:
        """Connect, where that was not done yet."""


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


def can_hydrate(session: Session) -> bool:
    """Return whether *session* keeps its entities the way this module writes them."""
    cache = session.cache
    return (
        type(cache) is ftrack_api.cache.LayeredCache
        and [type(layer) for layer in cache.caches] == [ftrack_api.cache.MemoryCache]
        and type(session.cache_key_maker) is ftrack_api.cache.StringKeyMaker
        and merges_copies(session)
    )


def merges_copies(session: Session) -> bool:
    """Return whether *session* merges every copy of an entity in an answer, rather than in some way of its own."""
    return all(
        getattr(type(session), name) is getattr(HydratingSession, name) and name not in vars(session)
        for name in SESSION_METHODS
    )
