"""Sending what is pending in a session, in three steps with nothing but plain data between them.

    batch = batch_of(session)               what is pending, as payloads; the session is as it was
    answer = session.call(batch.payloads)   one request: the server applies all of it, or nothing
    settle(session, batch, answer)          what was pending is what the server has

Until the last step nothing in the session has changed, so whoever is interrupted before it, or does not know whether
the request has arrived, can settle the batch later or send it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ftrack_api.entity.base import Entity
from ftrack_api.operation import Operation
from ftrack_api.session import OperationPayload, Session

from trackteroid.client.batch import payloads_of


@dataclass(frozen=True, slots=True)
class Batch:
    """What a commit sends.

    Attributes:
        operations: what was pending when the batch was made.
        payloads: the operations of the request; none when the pending ones cancel each other out.
    """

    operations: tuple[Operation, ...]
    payloads: list[OperationPayload]


def batch_of(session: Session) -> Batch:
    """Return what has to be sent for what is pending in *session*."""
    with session._thread_lock, session.auto_populating(False):
        operations = tuple(session.recorded_operations)
        return Batch(operations, payloads_of(operations))


def settle(session: Session, batch: Batch, answer: Iterable[Mapping[str, Any]]) -> None:
    """Let *session* hold what the server has now, after it has accepted *batch* with this *answer*."""
    session.recorded_operations.clear()
    with session.auto_populating(False), session.operation_recording(False):
        # References are merged without what was set here; keys stay, because new entities are found by them.
        for entity in _changed(session):
            for name in entity:
                if name not in entity.primary_key_attributes:
                    del entity[name]
        for result in answer:
            if result["action"] in ("create", "update"):
                session.merge(result["data"])
        for entity in _changed(session):
            entity.clear()


def _changed(session: Session) -> list[Entity]:
    return list(session._local_cache.values())
