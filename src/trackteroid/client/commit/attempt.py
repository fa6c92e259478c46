"""One commit, from the moment it begins until its answer is taken over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, Operation, Operations
from ftrack_api.session import OperationPayload

from trackteroid.client.commit.commit import Batch
from trackteroid.client.commit.recognition import Arrival

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
