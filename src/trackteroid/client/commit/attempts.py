"""Commits that something interrupted, and how a session finds out what became of them.

From the moment a commit begins until its answer is taken over, the session keeps an `Attempt`. Whatever interrupts it
in between, Ctrl-C as well as a lost connection or an answer that cannot be read, leaves an attempt behind of which
nobody knows whether it has arrived. The next commit or transaction asks the server first, see
`trackteroid.client.commit.recognition`:

* What has arrived is settled as if its answer had come: its operations are no longer pending, its values are the
  server's. What was changed since stays pending.
* What has not arrived is as it was: still pending, or taken back by its transaction.
* What cannot be told is said, once; nothing is sent again without a word.

A program that was interrupted is often run again in the same session. If what it records then is the same work (see
`creates_the_same`), it is the same batch, under the ids of the first: the server can have only one of them, however
late the first one arrives.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import ftrack_api.exception
import requests
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, Operation, Operations, UpdateEntityOperation
from ftrack_api.session import OperationPayload
from ftrack_api.symbol import NOT_SET

from trackteroid.client import failures
from trackteroid.client.commit.commit import Batch, batch_of, outlined, settle
from trackteroid.client.commit.recognition import (
    Arrival,
    changes_of,
    creates_the_same,
    outline,
    recognise,
    renamings,
    repeated_keys,
    replaced,
)
from trackteroid.client.entities import (
    Key,
    find_in_memory,
    forget,
    keep_in_memory,
    key_of,
    key_of_operation,
    storage_of,
)
from trackteroid.client.local_changes import changed_entities
from trackteroid.errors import NotConnectedError, UnexpectedAnswerError, UnsendableValueError

if TYPE_CHECKING:
    from trackteroid.client.connection import LazySession

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
        self.own = self.own or _without(self.operations, pending) or self.operations

    def follow(self, earlier: "Attempt | None") -> None:
        """Come after an *earlier* attempt, which may have been slow if it has left, or the one that it has followed."""
        while earlier is not None and not (earlier.has_left and _has_some(self.operations, earlier.operations)):
            earlier = earlier.earlier
        self.earlier = earlier
        before = None if earlier is None else earlier.earlier
        if earlier is not None and before is not None and not _without(earlier.operations, before.operations):
            earlier.earlier = before.earlier  # the same once more tells no more

    def leave_out(self, settled: "Attempt") -> None:
        """Stand only for what was not settled with an earlier attempt."""
        self.operations = _without(self.operations, settled.operations)
        self.own = _without(self.own, settled.operations) or self.operations
        self.earlier = None
        rest = [payload for payload in self.payloads if payload not in settled.payloads]
        self.batch = None if self.batch is None else replace(self.batch, operations=self.operations, payloads=rest)
        if not rest:
            self.arrival, self.is_settled = Arrival.ARRIVED, True


class Attempts:
    """The commits of one session: the last that was interrupted, until the next one is sent."""

    def __init__(self, session: "LazySession") -> None:
        self._session = session
        self._last: Attempt | None = None
        self._is_expecting = False
        #: By thread, what it sends now, or was sending when it was interrupted.
        self._current: dict[int, Attempt] = {}

    # What those tell who send.

    def leaves(self, payloads: object) -> None:
        """Note that a request with these *payloads* leaves now."""
        self._learn(payloads, None)

    def was_not_sent(self, payloads: object) -> None:
        """Note that a request with these *payloads* has not left."""
        self._learn(payloads, Arrival.ABSENT)

    def cannot_be_told(self, payloads: object) -> None:
        """Note that the server was asked for these *payloads* and cannot tell, which is about to be raised."""
        self._learn(payloads, Arrival.UNKNOWN)

    def _learn(self, payloads: object, arrival: Arrival | None) -> None:
        attempt = self._current.get(threading.get_ident())
        if (
            attempt is not None
            and attempt.batch is not None
            and (attempt.batch.payloads is payloads or attempt.is_in_own_way)
        ):
            attempt.arrival = arrival
            attempt.has_left = attempt.has_left or arrival is None

    # Committing.

    def commit(self, narrowing: AbstractContextManager[bool], otherwise: Callable[[], None]) -> None:
        """Send what is pending, after it is known what became of the commit before.

        Args:
            narrowing: narrows the session's memory to what changed, and tells whether it could.
            otherwise: commits in ftrack_api's own way, for sessions where it could not.
        """
        try:
            with narrowing as is_ordinary:
                self._commit(None if is_ordinary else otherwise)
        except BaseException as error:
            pending = tuple(self._session.recorded_operations)
            if not isinstance(error, Exception) and self._interrupted_here() is None and pending:
                self._last = Attempt(pending)  # interrupted before it had begun
            raise

    def _commit(self, otherwise: Callable[[], None] | None) -> None:
        self.find_out()
        self._recognise_repeats()
        attempt = Attempt(tuple(self._session.recorded_operations))
        attempt.follow(self._last)
        self._current[threading.get_ident()] = attempt
        try:
            self._send(attempt, otherwise)
        except BaseException as error:
            self._interrupted(attempt, error)
            if not (is_refusal(error) and attempt.earlier is not None and self._was_slow(attempt.earlier)):
                raise
            self._commit(otherwise)
        else:
            self._last, self._is_expecting = None, False
            self._current.pop(threading.get_ident(), None)

    def _send(self, attempt: Attempt, otherwise: Callable[[], None] | None) -> None:
        session = self._session
        attempt.batch = batch_of(session)
        if not attempt.payloads:
            session.not_added = settle(session, attempt.batch, [])
            return
        if otherwise is not None:
            attempt.is_in_own_way = True
            with session.settling():
                otherwise()
            return
        attempt.answer = session.call(cast("list[dict[str, Any]]", attempt.payloads))
        attempt.arrival = Arrival.ARRIVED
        self._finish(attempt)

    def _interrupted(self, attempt: Attempt, error: BaseException) -> None:
        """Remember the attempt that *error* has ended, unless it certainly came to nothing."""
        has_left = attempt.arrival is not Arrival.ABSENT or not isinstance(error, Exception) or _is_outage(error)
        if is_refusal(error) or isinstance(error, UnsendableValueError) or not has_left:
            self._last = attempt.earlier
        else:
            self._last = attempt
            creations = (each for each in attempt.operations if isinstance(each, CreateEntityOperation))
            found = ((each, find_in_memory(self._session, *key_of_operation(each))) for each in creations)
            attempt.created = [(each, entity) for each, entity in found if entity is not None]
        self._current.pop(threading.get_ident(), None)

    def _was_slow(self, earlier: Attempt) -> bool:
        """Return whether *earlier* has arrived after all, and settle it if so."""
        if not earlier.is_settled:
            earlier.arrival = None
            self._resolve(earlier)
        return earlier.is_settled

    # Finding out.

    @property
    def is_any_open(self) -> bool:
        """Whether something is left to find out or to settle."""
        attempt = self._interrupted_here()
        return attempt is not None and not attempt.is_settled and attempt.arrival in (None, Arrival.ARRIVED)

    def find_out(self) -> None:
        """Find out what became of the last attempt, and let the session hold what the server has if it has arrived.

        Raises:
            UnconfirmedCommitError: it is still pending and the server cannot tell, which is said only once; or the
                server was not reached.
        """
        attempt = self._interrupted_here()
        if attempt is None:
            return
        was_told = attempt.arrival is Arrival.UNKNOWN
        if self._resolve(attempt) is Arrival.UNKNOWN and not was_told:
            error = failures.untold(self._session, attempt.payloads, is_pending=self._is_pending(attempt))
            if self._is_pending(attempt):
                raise error
            self._session.warn(str(error))

    def confirm(self) -> bool:
        """Return whether the server has all that was to be sent last.

        Raises:
            UnconfirmedCommitError: the server cannot tell or was not reached.
        """
        attempt = self._interrupted_here()
        if attempt is None:
            return not (self._is_expecting or len(self._session.recorded_operations))
        if attempt.arrival is Arrival.UNKNOWN:
            attempt.arrival = None
        arrival = self._resolve(attempt)
        if arrival is Arrival.UNKNOWN:
            raise failures.untold(self._session, attempt.payloads, is_pending=self._is_pending(attempt))
        return arrival is Arrival.ARRIVED

    def expect(self) -> None:
        """Note that a transaction begins: until its commit has succeeded, the server has not got what it does."""
        self._is_expecting = True

    def finish_what_arrived(self) -> None:
        """Take over an answer that is there already, if whatever interrupted the commit came in between."""
        attempt = self._last
        if attempt is not None and attempt.answer is not None and not attempt.is_settled:
            self._finish(attempt)

    def forget(self) -> None:
        """Forget the last attempt: its server is no longer the session's, or somebody else remembers it."""
        self._last = None
        self._current.pop(threading.get_ident(), None)

    def _interrupted_here(self) -> Attempt | None:
        left = self._current.pop(threading.get_ident(), None)
        if left is not None:  # interrupted once more before it could be noted
            self._last = left
        return self._last

    def _resolve(self, attempt: Attempt) -> Arrival | None:
        """Return what became of *attempt*, after the server was asked and what has arrived was settled."""
        attempt.note_taken_back(self._session.recorded_operations)
        if attempt.arrival is None and attempt.earlier is not None and self._was_slow(attempt.earlier):
            attempt.leave_out(attempt.earlier)
        if attempt.arrival is None:
            self._ask(attempt)
        if attempt.arrival is Arrival.ARRIVED and not attempt.is_settled:
            self._finish(attempt)
        return attempt.arrival

    def _ask(self, attempt: Attempt) -> None:
        """Ask the server whether it has the batch of *attempt*."""
        session, payloads = self._session, attempt.payloads
        changes = changes_of(payloads)
        if changes is None:
            attempt.arrival = Arrival.UNKNOWN if payloads else Arrival.ABSENT
            return
        try:
            arrival, answer = recognise(session, changes, session.call)
        except (NotConnectedError, requests.exceptions.RequestException, ftrack_api.exception.ServerError) as error:
            raise failures.still_unconfirmed(session, payloads, error, is_pending=self._is_pending(attempt)) from None
        attempt.arrival, attempt.answer = arrival, answer or None
        session.trace(failures.found_out(arrival.value, len(payloads)))

    def _is_pending(self, attempt: Attempt) -> bool:
        return _has_some(self._session.recorded_operations, attempt.operations)

    # Taking over the answer.

    def _finish(self, attempt: Attempt) -> None:
        """Settle *attempt*, whatever interrupts that; if its answer is broken, with what the server says when asked."""
        try:
            finish(lambda: self._settle(attempt))
        except Exception as error:  # noqa: BLE001 - whatever a broken answer leads to
            try:
                changes = changes_of(attempt.payloads) or []
                _, attempt.answer = recognise(self._session, changes, self._session.call)
                self._settle(attempt)
            except Exception:  # noqa: BLE001 - the first one tells more
                attempt.is_settled = True
                raise error from None

    def _settle(self, attempt: Attempt) -> None:
        """Let the session hold what the server has after *attempt*; pending is only what was recorded since."""
        session, batch = self._session, attempt.batch
        self._put_aside(attempt)
        _set_operations(session.recorded_operations, attempt.operations)
        for operation, entity in attempt.created:
            if find_in_memory(session, *key_of_operation(operation)) is None:
                keep_in_memory(session, *key_of_operation(operation), entity)
        try:
            with session.settling():
                _set_operations(session.recorded_operations, (*attempt.operations, *attempt.kept))
                if batch is not None:
                    session.not_added = settle(session, batch, attempt.answer or ())
        finally:
            for entity, name, value in attempt.kept_values.values():
                storage_of(entity)[name]["local"] = value
            _set_operations(session.recorded_operations, attempt.kept)
        attempt.is_settled, attempt.kept, attempt.kept_values = True, [], {}

    def _put_aside(self, attempt: Attempt) -> None:
        """Keep what was recorded since *attempt*, and all local values that it has not set itself."""
        session = self._session
        others = _without(session.recorded_operations, (*attempt.operations, *attempt.kept))
        if not others:
            return
        settled = _changed_by(attempt.operations) - _changed_by((*attempt.kept, *others))
        for entity in changed_entities(session):
            for name, slot in storage_of(entity).items():
                if slot["local"] is not NOT_SET and settled.isdisjoint(
                    {(key_of(entity), name), (key_of(entity), None)}
                ):
                    attempt.kept_values.setdefault((id(entity), name), (entity, name, slot["local"]))
        attempt.kept += others

    # The same work, done again.

    def _recognise_repeats(self) -> None:
        """Let what was created since the last attempt, if that is the same as it was to create, be the same things.

        What has arrived is no longer pending then; and what has not, or is thought not to have, goes under the ids
        that may have been sent already.
        """
        attempt, pending = self._last, self._session.recorded_operations
        if attempt is None:
            return
        since = _without(pending, attempt.operations)
        before = outlined(self._session, attempt.own or attempt.operations)
        again = outlined(self._session, since)
        if not creates_the_same(before, again):
            return
        names, keys = renamings(before, again), repeated_keys(before, again)
        # All of it is the same if the program cannot tell that it was run before.
        is_all = outline(before) == outline(again)
        repeated = [each for each in since if is_all or (_is_creation(each) and key_of_operation(each) in keys)]
        if names:
            self._session.warn(failures.repeated(len(repeated), len(since), has_arrived=attempt.is_settled))
        finish(lambda: self._rename(since, names))
        if attempt.is_settled and attempt.batch is not None:
            batch = replace(attempt.batch, operations=tuple(repeated))
            self._finish(Attempt(batch.operations, batch, Arrival.ARRIVED, attempt.answer))
            self._last = None
        elif self._is_pending(attempt) and attempt.own == attempt.operations:
            _set_operations(pending, _without(pending, repeated))
        else:
            attempt.operations = (*_without(attempt.operations, attempt.own), *repeated)

    def _rename(self, operations: Iterable[Operation], names: dict[str, str]) -> None:
        for operation in operations:
            _rename(self._session, operation, names)


def is_refusal(error: BaseException) -> bool:
    """Return whether *error* is the server's own word that it has not done what was asked."""
    return isinstance(error, ftrack_api.exception.ServerError) and not isinstance(error, UnexpectedAnswerError)


def _is_outage(error: BaseException) -> bool:
    return isinstance(error, (NotConnectedError, requests.exceptions.RequestException, MemoryError))


def _without(operations: Iterable[Operation], others: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the operations that are none of the *others*."""
    known = set(map(id, others))
    return tuple(each for each in operations if id(each) not in known)


def _has_some(operations: Iterable[Operation], others: Iterable[Operation]) -> bool:
    """Return whether some of the *others* are among the operations."""
    return not set(map(id, operations)).isdisjoint(map(id, others))


def _set_operations(pending: Operations, operations: Sequence[Operation]) -> None:
    if [*map(id, pending)] != [*map(id, operations)]:
        pending.clear()
        for operation in operations:
            pending.push(operation)


def _is_creation(operation: Operation) -> bool:
    return isinstance(operation, CreateEntityOperation)


def _changed_by(operations: Iterable[Any]) -> set[tuple[Key, str | None]]:
    """Return what the operations have set: an entity and the attribute, or no attribute for all of a new entity."""
    return {(key_of_operation(each), getattr(each, "attribute_name", None)) for each in operations}


def _rename(session: "LazySession", operation: Any, names: dict[str, str]) -> None:
    """Let *operation*, and the values that it has set, have the ids in *names* instead of their own."""
    entity = find_in_memory(session, *key_of_operation(operation))
    if isinstance(operation, CreateEntityOperation) and not names.keys().isdisjoint(key_of_operation(operation)[1]):
        if entity is not None:
            keep_in_memory(session, operation.entity_type, replaced(key_of_operation(operation)[1], names), entity)
        forget(session, *key_of_operation(operation))
    operation.entity_key = {name: replaced(value, names) for name, value in operation.entity_key.items()}
    if isinstance(operation, CreateEntityOperation):
        operation.entity_data = {name: _renamed(value, names) for name, value in operation.entity_data.items()}
    elif isinstance(operation, UpdateEntityOperation):
        operation.new_value = _renamed(operation.new_value, names)
    for slot in storage_of(entity).values() if entity is not None else ():
        slot["local"] = _renamed(slot["local"], names)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    # Entities and collections of them are the session's own, which get their new keys themselves.
    return replaced(value, names) if isinstance(value, (str, dict, list, tuple)) else value
