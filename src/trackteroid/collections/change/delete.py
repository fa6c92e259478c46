"""Deleting entities, and which ones a session has deleted, so that they disappear from what is read afterwards.

A deletion counts while its operation is pending, and for good once it was committed. Taking it back (a rollback, an
exception inside ``deferred_operations``) needs no call: the operation is no longer pending then.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import DeleteEntityOperation, Operation
from ftrack_api.session import Session

from trackteroid import configuration
from trackteroid.client.entities import Key, forget, key_of
from trackteroid.collections.change.preview import keeping
from trackteroid.collections.change.vocabulary import check_deletable
from trackteroid.collections.context import Selection, by_key, context_of, entities_in
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.errors import DeletionError
from trackteroid.session_state import of_session


@dataclass(slots=True)
class _Deletions:
    pending: dict[Key, Operation] = field(default_factory=dict[Key, Operation])
    committed: set[Key] = field(default_factory=set[Key])
    lock: threading.RLock = field(default_factory=threading.RLock)

    def in_flight(self, session: Session) -> set[Key]:
        """Return the keys of the deletions that are still recorded, forgetting those that are not."""
        if self.pending:
            recorded = {id(operation) for operation in session.recorded_operations}
            self.pending = {key: each for key, each in self.pending.items() if id(each) in recorded}
        return set(self.pending)


def delete(selection: Selection) -> None:
    """Record the deletion of every entity of a collection.

    Raises:
        SharedVocabularyError: the whole site would lose it.
        DeletionError: the setting ``ALLOWED_FOR_DELETION_RESOLVER`` does not allow this.
    """
    refuse_unloaded(selection, f"Cannot delete {selection!r}, which is not all of it")
    check_deletable(selection)
    session = context_of(selection).session
    for type_name in dict.fromkeys(entity.entity_type for entity in entities_in(selection)):
        if not configuration.ALLOWED_FOR_DELETION_RESOLVER(session=session, type_name=type_name):
            raise DeletionError(
                f"{type_name} must not be deleted: the setting ALLOWED_FOR_DELETION_RESOLVER does not allow it."
            )
    log = configuration.logger("entities")
    for key in by_key(selection):
        record(session, key)
        log.info("Deleting %s %s", key[0], ", ".join(key[1]))


def record(session: Session, key: Key) -> None:
    """Record the deletion of the entity with this key as a pending operation of the session."""
    if not session.record_operations:
        return
    type_name, values = key
    operation = DeleteEntityOperation(
        type_name, dict(zip(session.types[type_name].primary_key_attributes, values, strict=True))
    )
    known = of_session(session, _Deletions)
    with known.lock:
        session.recorded_operations.push(operation)
        known.pending[key] = operation


def revive(session: Session, key: Key) -> None:
    """Let an entity be created again under the key of one that was deleted, or is about to be."""
    known = of_session(session, _Deletions)
    with known.lock:
        if known.pending.pop(key, None) or key in known.committed:
            known.committed.discard(key)
            forget(session, *key)


def without_deleted(session: Session, entities: list[FtrackEntity]) -> list[FtrackEntity]:
    """Return the entities without those that are deleted, or about to be."""
    known = of_session(session, _Deletions)
    if not (known.pending or known.committed):
        return entities
    with known.lock:
        keys = list(map(key_of, entities))
        gone = known.committed.intersection(keys)
        # Looking through all operations takes long, so it is done only for entities that were deleted at some time.
        if not known.pending.keys().isdisjoint(keys):
            gone |= known.in_flight(session)
    return [entity for key, entity in zip(keys, entities, strict=True) if key not in gone]


@contextmanager
def committing(session: Session) -> Generator[None, None, None]:
    """Wrap a commit: when it succeeds, what was about to be deleted is gone for good, and new links stay visible."""
    known = of_session(session, _Deletions)
    with known.lock:
        leaving = known.in_flight(session)
    with keeping(session):
        yield
    if leaving:
        with known.lock:
            known.committed |= leaving


def commit(session: Session) -> None:
    """Send all pending changes. Sessions of ours note by themselves what is gone then, others of ftrack_api do not."""
    with nullcontext() if hasattr(session, "settling") else committing(session):
        session.commit()
