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
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, cast

import ftrack_api.exception
import requests
from ftrack_api.operation import CreateEntityOperation

from trackteroid.client import failures
from trackteroid.client.base import BaseSession
from trackteroid.client.commit.attempt import Attempt, has_some, recognise_repeats, take_over
from trackteroid.client.commit.commit import batch_of, settle
from trackteroid.client.commit.recognition import Arrival, changes_of, recognise
from trackteroid.client.entities import find_in_memory, key_of_operation
from trackteroid.errors import NotConnectedError, UnexpectedAnswerError, UnsendableValueError


class Attempts:
    """The commits of one session: the last that was interrupted, until the next one is sent."""

    def __init__(self, session: BaseSession) -> None:
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
        done: list[Attempt] = []
        try:
            with narrowing as is_ordinary:
                done.append(self._commit(None if is_ordinary else otherwise))
            self._last, self._is_expecting = None, False
            self._current.pop(threading.get_ident(), None)
        except BaseException as error:
            pending = tuple(self._session.recorded_operations)
            if done:  # interrupted after all was done, which whoever is interrupted cannot know
                self._interrupted(done[0], error)
            elif not isinstance(error, Exception) and self._interrupted_here() is None and pending:
                self._last = Attempt(pending)  # interrupted before it had begun
            raise

    def _commit(self, otherwise: Callable[[], None] | None) -> Attempt:
        """Commit, and return the attempt that has succeeded; it is remembered until it is forgotten."""
        self.find_out()
        if self._last is not None:
            self._last = recognise_repeats(self._session, self._last)
        attempt = Attempt(tuple(self._session.recorded_operations))
        attempt.follow(self._last)
        self._current[threading.get_ident()] = attempt
        try:
            self._send(attempt, otherwise)
        except BaseException as error:
            self._interrupted(attempt, error)
            if not (is_refusal(error) and attempt.earlier is not None and self._was_slow(attempt.earlier)):
                raise
            return self._commit(otherwise)
        return attempt

    def _send(self, attempt: Attempt, otherwise: Callable[[], None] | None) -> None:
        session = self._session
        attempt.batch = batch_of(session, () if otherwise is not None else session.blocks.along())
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
        take_over(self._session, attempt)

    def _interrupted(self, attempt: Attempt, error: BaseException) -> None:
        """Remember the attempt that *error* has ended, unless it certainly came to nothing."""
        is_outage = isinstance(error, (NotConnectedError, requests.exceptions.RequestException, MemoryError))
        has_left = attempt.arrival is not Arrival.ABSENT or not isinstance(error, Exception) or is_outage
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
            take_over(self._session, attempt)

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
            take_over(self._session, attempt)
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
        return has_some(self._session.recorded_operations, attempt.operations)


def is_refusal(error: BaseException) -> bool:
    """Return whether *error* is the server's own word that it has not done what was asked."""
    return isinstance(error, ftrack_api.exception.ServerError) and not isinstance(error, UnexpectedAnswerError)
