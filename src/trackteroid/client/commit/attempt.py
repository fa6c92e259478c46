"""One commit, from the moment it begins until its answer is taken over.

The session holds what the server has then, and what was changed since stays.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, Operation, Operations
from ftrack_api.session import OperationPayload
from ftrack_api.symbol import NOT_SET

from trackteroid.client.base import BaseSession
from trackteroid.client.commit.commit import Batch, settle
from trackteroid.client.commit.recognition import Arrival, changes_of, recognise
from trackteroid.client.entities import (
    Key,
    find_in_memory,
    keep_in_memory,
    key_of,
    key_of_operation,
    storage_of,
)
from trackteroid.client.local_changes import changed_entities

Answer: TypeAlias = list[dict[str, Any]]
Values: TypeAlias = dict[tuple[int, str], tuple[Entity, str, Any]]


def finish(step: Callable[[], object]) -> None:
    """Take a *step*, and should anything interrupt it, take it again before going on with the interruption.

    For steps that need no server and leave the same however often they are begun.
    """
    try:
        step()
    except BaseException:
        step()
        raise


@dataclass(eq=False, slots=True)
class Attempt:
    """A batch that may be on its way.

    Attributes:
        operations: the pending operations it stands for.
        batch: what is sent for them; None as long as that is not known, and nothing was sent.
        arrival: whether the server has it; None while it is on its way, and when nobody has asked since.
        answer: the server's answer to it, once there is one.
        has_left: whether any of it may have been sent.
        is_settled: whether the session has taken over the answer.
        is_in_own_way: whether ftrack_api's own commit sends it, with payloads of its own.
        own: those of the operations that were taken back since, by a transaction or a rollback; all if none were.
        created: what it creates.
        earlier: an attempt with some of these operations that had not arrived when the server was asked, but may
            have been slow.
        kept: what was recorded since, put aside while the attempt is settled.
        kept_values: the values that belong to it.
    """

    operations: tuple[Operation, ...]
    batch: Batch | None = None
    arrival: Arrival | None = Arrival.ABSENT
    answer: Answer | None = None
    has_left: bool = False
    is_settled: bool = False
    is_in_own_way: bool = False
    own: tuple[Operation, ...] = ()
    created: list[tuple[CreateEntityOperation, Entity]] = field(
        default_factory=list[tuple[CreateEntityOperation, Entity]]
    )
    earlier: "Attempt | None" = None
    kept: list[Operation] = field(default_factory=list[Operation])
    kept_values: Values = field(default_factory=Values)

    @property
    def payloads(self) -> list[OperationPayload]:
        """What is sent; nothing if whatever interrupted the attempt came before that."""
        return [] if self.batch is None else self.batch.payloads

    def note_taken_back(self, pending: Iterable[Operation]) -> None:
        """Note which of the operations are no longer *pending*, although nobody knew that they have arrived."""
        self.own = self.own or without(self.operations, pending) or self.operations

    def follow(self, earlier: "Attempt | None") -> None:
        """Come after an *earlier* attempt, which may have been slow if it has left, or the one that it has followed."""
        while earlier is not None and not (earlier.has_left and has_some(self.operations, earlier.operations)):
            earlier = earlier.earlier
        self.earlier = earlier
        before = None if earlier is None else earlier.earlier
        if earlier is not None and before is not None and not without(earlier.operations, before.operations):
            earlier.earlier = before.earlier  # the same once more tells no more

    def leave_out(self, settled: "Attempt") -> None:
        """Stand only for what was not settled with an earlier attempt."""
        self.operations = without(self.operations, settled.operations)
        self.own = without(self.own, settled.operations) or self.operations
        self.earlier = None
        rest = [payload for payload in self.payloads if payload not in settled.payloads]
        self.batch = None if self.batch is None else replace(self.batch, operations=self.operations, payloads=rest)
        if not rest:
            self.arrival, self.is_settled = Arrival.ARRIVED, True


def without(operations: Iterable[Operation], others: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the operations that are none of the *others*."""
    known = set(map(id, others))
    return tuple(each for each in operations if id(each) not in known)


def has_some(operations: Iterable[Operation], others: Iterable[Operation]) -> bool:
    """Return whether some of the *others* are among the operations."""
    return not set(map(id, operations)).isdisjoint(map(id, others))


def set_operations(pending: Operations, operations: Sequence[Operation]) -> None:
    if [*map(id, pending)] != [*map(id, operations)]:
        pending.clear()
        for operation in operations:
            pending.push(operation)


def take_over(session: BaseSession, attempt: Attempt) -> None:
    """Settle *attempt*, whatever interrupts that; if its answer is broken, with what the server says when asked."""
    try:
        finish(lambda: _settle(session, attempt))
    except Exception as error:  # noqa: BLE001 - whatever a broken answer leads to
        try:
            changes = changes_of(attempt.payloads) or []
            _, attempt.answer = recognise(session, changes, session.call)
            _settle(session, attempt)
        except Exception:  # noqa: BLE001 - the first one tells more
            attempt.is_settled = True
            raise error from None


def _settle(session: BaseSession, attempt: Attempt) -> None:
    """Let the session hold what the server has after *attempt*; pending is only what was recorded since."""
    batch = attempt.batch
    _put_aside(session, attempt)
    set_operations(session.recorded_operations, attempt.operations)
    for operation, entity in attempt.created:
        if find_in_memory(session, *key_of_operation(operation)) is None:
            keep_in_memory(session, *key_of_operation(operation), entity)
    try:
        with session.settling():
            set_operations(session.recorded_operations, (*attempt.operations, *attempt.kept))
            if batch is not None:
                session.not_added = settle(session, batch, attempt.answer or ())
    finally:
        for entity, name, value in attempt.kept_values.values():
            storage_of(entity)[name]["local"] = value
        set_operations(session.recorded_operations, attempt.kept)
    attempt.is_settled, attempt.kept, attempt.kept_values = True, [], {}


def _put_aside(session: BaseSession, attempt: Attempt) -> None:
    """Keep what was recorded since *attempt*, and all local values that it has not set itself."""
    others = without(session.recorded_operations, (*attempt.operations, *attempt.kept))
    if not others:
        return
    settled = _changed_by(attempt.operations) - _changed_by((*attempt.kept, *others))
    for entity in changed_entities(session):
        for name, slot in storage_of(entity).items():
            if slot["local"] is not NOT_SET and settled.isdisjoint({(key_of(entity), name), (key_of(entity), None)}):
                attempt.kept_values.setdefault((id(entity), name), (entity, name, slot["local"]))
    attempt.kept += others


def _changed_by(operations: Iterable[Any]) -> set[tuple[Key, str | None]]:
    """Return what the operations have set: an entity and the attribute, or no attribute for all of a new entity."""
    return {(key_of_operation(each), getattr(each, "attribute_name", None)) for each in operations}
