"""Sending what is pending in a session, in three steps with nothing but plain data between them.

    batch = batch_of(session)               what is pending, as payloads; the session is as it was
    answer = session.call(batch.payloads)   one request: the server applies all of it, or nothing
    settle(session, batch, answer)          what was pending is what the server has

Until the last step nothing in the session has changed, so whoever is interrupted before it, or does not know whether
the request has arrived, can settle the batch later or send it again.

ftrack_api forgets the local values and merges what the server answers, so that what a server does not repeat reads as
it was before. After the last step what was sent is what the server has, and what it answers counts more. References
agree with their ids, and lists have what was added to them and not what was removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from ftrack_api.operation import Operation
from ftrack_api.session import Session

from trackteroid.client.commit.batch import Changes, ListEdit, Payload, Step, finished, steps_of, update_payload
from trackteroid.client.commit.lists import Gone, ignored_in, resolve, without_gone
from trackteroid.client.commit.recognition import changes_in
from trackteroid.client.commit.settling import Settling
from trackteroid.client.hydration.answers import collector_paused
from trackteroid.schema.types import schema_of
from trackteroid.values import frozen


@frozen
class Batch:
    """What a commit sends.

    Attributes:
        operations: what was pending when the batch was made.
        payloads: the operations of the request; none when the pending ones cancel each other out. What goes along with
            them stands behind them.
        edits: the changes of lists among the pending operations.
        gone: what is not added to lists, because it does not exist any more.
    """

    operations: tuple[Operation, ...]
    payloads: Changes
    edits: tuple[ListEdit, ...] = ()
    gone: tuple[Gone, ...] = ()

    @property
    def changes(self) -> Sequence[Payload]:
        """The payloads of what was pending."""
        return changes_in(self.payloads)


def batch_of(session: Session, along: Iterable[Payload] = ()) -> Batch:
    """Return what has to be sent for what is pending in *session*, and what goes *along* with it in the same call.

    For some changes of lists this asks the server, see `trackteroid.client.commit.lists`.
    """
    with session._thread_lock, session.auto_populating(False), collector_paused():
        operations = tuple(session.recorded_operations)
        steps = _steps(session, operations)
    resolved = resolve(session, steps)
    payloads = finished(resolved.payloads)
    return Batch(operations, Changes([*payloads, *along] if payloads else ()), resolved.edits, resolved.gone)


def outlined(session: Session, operations: Iterable[Operation]) -> list[Payload]:
    """Return what *operations* do, with what is added to lists and removed in the place of their values.

    It says the same whenever it is asked; what a batch sends for a list depends on what the server has.
    """
    with session._thread_lock, session.auto_populating(False):
        steps = _steps(session, operations)
    return finished(_outlined(step) if isinstance(step, ListEdit) else step for step in steps)


def _outlined(change: ListEdit) -> Payload:
    added, removed = (list(side.values()) for side in (change.edit.added, change.edit.removed))
    return update_payload(change.owner, {change.attribute: {"added": added, "removed": removed}})


def _steps(session: Session, operations: Iterable[Operation]) -> list[Step]:
    schema = schema_of(session)

    @cache
    def is_list(type_name: str, name: str) -> bool:
        attribute = schema.find_attribute(type_name, name)
        return attribute is not None and attribute.is_many

    return steps_of(operations, is_list)


def settle(session: Session, batch: Batch, answer: Sequence[Mapping[str, Any]]) -> tuple[Gone, ...]:
    """Let *session* hold what the server has now, after it has accepted *batch* with this *answer*.

    Where nothing was left to send, everything pending is forgotten. Returns what could not be added to lists, of which
    the log tells, too.
    """
    changes = batch.changes
    gone = (*batch.gone, *ignored_in(changes, answer))
    for each in gone:
        session.logger.warning("%s.", each)
    if not batch.operations:
        return gone
    since = _recorded_since(session, batch.operations)
    if batch.payloads:
        session.recorded_operations.clear()
    else:
        session.rollback()
    for operation in since:
        session.recorded_operations.push(operation)
    edits = without_gone(batch.edits, gone)
    with session._thread_lock, session.auto_populating(False), session.operation_recording(False):
        Settling(session, changes, edits, since).settle(answer[: len(changes)])
    return gone


def _recorded_since(session: Session, sent: Iterable[Operation]) -> list[Operation]:
    """Return what another thread has recorded while the request was under way."""
    known = set(map(id, sent))
    return [operation for operation in session.recorded_operations if id(operation) not in known]
