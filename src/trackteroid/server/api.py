"""One call of the API: a batch of operations in, a list of answers or one error object out.

A batch is one transaction. This is the whole of the server but for its transports, and knows nothing of HTTP beyond
header names and status numbers.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import takewhile
from typing import Any, TypeVar, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, TimeoutError
from sqlalchemy.exc import IntegrityError as BrokenRule

from trackteroid.server import web
from trackteroid.server.actions import ACTIONS, READING, WRITING
from trackteroid.server.actions.ahead import ahead
from trackteroid.server.auth import signatures
from trackteroid.server.auth.access import LocalKey, Opened, authenticate, find_active_user, note_use
from trackteroid.server.auth.policy import Policy, policy_for
from trackteroid.server.core import clock
from trackteroid.server.core.batches import collecting_seldom, read_batch
from trackteroid.server.core.failures import (
    BusyError,
    Failure,
    IntegrityError,
    InvalidCredentialsError,
    LeftError,
    LimitError,
    ValidationError,
)
from trackteroid.server.core.options import STANDARD, Limits
from trackteroid.server.core.pending import Pending
from trackteroid.server.core.request import Actor, Request, Spending, Stop, Wait
from trackteroid.server.events.changes import record
from trackteroid.server.events.hub import Hub
from trackteroid.server.files.service import Files
from trackteroid.server.history.moments import mark
from trackteroid.server.model import Model, standard_model
from trackteroid.server.model.schema import NEWEST, Edition
from trackteroid.server.rules import finish
from trackteroid.server.storage import engines
from trackteroid.server.storage.database import Database, Models, Watched, announce
from trackteroid.values import frozen

S = TypeVar("S")
T = TypeVar("T")

logger = logging.getLogger("trackteroid.server")

#: The operations up to which a batch is a small one.
_FEW = 20

#: The operations from which on a batch is a large one.
_LARGE = 500
#: How clients in JavaScript, and those in .NET, say that they want everything in full.
_DENORMALIZE = re.compile(r"\bdenormalize[:=]1\b")
#: The seconds in which a client that was let into the event hub has to connect, and what its ticket is signed for.
_TICKET_SECONDS, _TICKET = 60, "hub"

#: How exactly it is kept when a key was last used.
_USE_KEPT = timedelta(hours=1)


@frozen
class Reply:
    """The answer to one call.

    Attributes:
        error: The failure that it tells of, if it does.
        rows: How many rows its queries brought.
        actions: What was done, and the seconds that each took.
        wait: What the caller waits for, if there is nothing for them yet.
    """

    status: int
    body: bytes
    error: Failure | None = None
    rows: int = 0
    actions: tuple[tuple[str, float], ...] = ()
    wait: Wait | None = None


@frozen
class Batch:
    """The operations of one call, whether one of them may write, and whether one asks about the past."""

    operations: list[Mapping[str, Any]]
    writes: bool
    looks_back: bool = False

    @property
    def is_quick(self) -> bool:
        """Whether it hardly takes longer than the disk does: nothing is asked, nor deleted with all that is in it."""
        few = len(self.operations) <= _FEW
        return few and all(operation["action"] in ("create", "update") for operation in self.operations)

    @property
    def is_large(self) -> bool:
        """Whether it makes so many objects that it matters."""
        return len(self.operations) >= _LARGE

    @property
    def questions(self) -> int:
        """How many operations there are before the first one that may change something."""
        return sum(1 for _ in takewhile(lambda operation: operation["action"] in READING, self.operations))


@dataclass(slots=True)
class _Call:
    """One call, and what is told of it beside its answer.

    Attributes:
        headers: Its headers, by small letters.
        batch: What it asks for.
        base_url: Where the client reaches this server.
        spending: What it has cost.
        actions: What was done, and the seconds that each took.
        holds_up: Whether other writers wait for it.
        opened: Who has come in with a key of which that is to be kept.
        afterwards: What is done once its transaction is committed.
        wait: What the caller waits for, if there is nothing for them yet.
    """

    headers: Mapping[str, str]
    batch: Batch
    base_url: str
    spending: Spending
    actions: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    holds_up: bool = False
    opened: Opened | None = None
    afterwards: list[Callable[[], object]] = field(default_factory=list[Callable[[], object]])
    wait: Wait | None = None


@frozen
class _Beginning:
    """The answers to the queries that a batch begins with, and what they have cost."""

    answers: Sequence[Any] = ()
    actions: Sequence[tuple[str, float]] = ()
    rows: int = 0


class Api:
    """Answers calls from a database.

    Args:
        database: Where everything is kept.
        local_key: A key accepted besides the stored ones.
        limits: What one call may cost.
        slow_query: The seconds from which on a statement is logged with its plan.
        is_open: Every user may do everything, whatever their roles.
        files: Where the data of components is; without it, there is none.
        edition: The schema that clients see.
    """

    def __init__(
        self,
        database: Database,
        local_key: LocalKey | None = None,
        *,
        limits: Limits = STANDARD,
        slow_query: float | None = None,
        is_open: bool = False,
        files: Files | None = None,
        edition: Edition = NEWEST,
    ) -> None:
        self.database = database
        self.files = files
        self.local_key = local_key
        self.is_open = is_open
        self.edition = edition
        self.limits = limits
        self.slow_query = slow_query
        self._models = Models()
        self.hub = Hub(database, limits, self._models, is_open=is_open)
        #: Called when a batch that may have changed something is committed.
        self.after_commit: list[Callable[[], object]] = [self.hub.committed]

    def respond(self, headers: Mapping[str, str], body: bytes | bytearray, base_url: str) -> Reply:
        """Answer one call. `headers` must be case-insensitive or in lower case."""
        batch = self.read(headers, body)
        return self.answer(headers, batch, base_url) if isinstance(batch, Batch) else batch

    def read(self, headers: Mapping[str, str], body: bytes | bytearray) -> Batch | Reply:
        """Return the batch that a body holds, or what is wrong with it."""
        try:
            operations = read_batch(body, self.limits)
            for each in operations:
                action: object = cast("dict[str, Any]", each).get("action") if isinstance(each, dict) else None
                if not isinstance(action, str):
                    raise ValidationError(
                        'Every operation is an object with an "action", the name of what is to be done.'
                    )
                if action not in ACTIONS:
                    # The clients look for exactly this text to tell that a server lacks an action.
                    raise ValidationError(f"Invalid action u'{action[:200]}'")
        except Failure as failure:
            return reply_to(failure, strict=_is_strict(headers))
        return self.batch(operations)

    def batch(self, operations: list[Mapping[str, Any]]) -> Batch:
        """Return the batch of some operations."""
        writes = any(operation["action"] in WRITING for operation in operations)
        looks_back = any(each["action"] == "history" or each.get("as_of") is not None for each in operations)
        return Batch(operations, writes, looks_back)

    def answer(self, headers: Mapping[str, str], batch: Batch, base_url: str, stop: Stop | None = None) -> Reply:
        """Do what a batch asks for, in one transaction. `stop` ends it early."""
        strict = _is_strict(headers)
        call = _Call(headers, batch, base_url, Spending(stop=stop or Stop()))

        def answer() -> Reply:
            body = orjson.dumps(self._run(call), option=orjson.OPT_NON_STR_KEYS)
            return Reply(200, body, rows=call.spending.rows, actions=tuple(call.actions), wait=call.wait)

        return _guarded(answer, lambda failure: reply_to(failure, strict=strict, actions=tuple(call.actions)))

    def check_credentials(self, username: str, key: str) -> None:
        """Raise `InvalidCredentialsError` unless a user and a key belong together."""

        def check(connection: sa.Connection) -> None:
            authenticate(connection, self._models.current(connection), username, key, now=_now(), local=self.local_key)

        self._transaction(check, write=False)

    def ticket(self, username: str, key: str) -> str:
        """Return what lets a user connect to the event hub of any process of this server, while their key is valid.

        Raises:
            InvalidCredentialsError: The user and the key do not belong together.
        """

        def sign(connection: sa.Connection) -> str:
            model = self._models.current(connection)
            opened = authenticate(connection, model, username, key, now=_now(), local=self.local_key)
            content = {"user": opened.actor.id, "key": opened.key_id}
            return signatures.sign(connection, standard_model(), _TICKET, content, seconds=_TICKET_SECONDS)

        self.hub.check_log()
        has_key = self._transaction(
            lambda connection: signatures.find_key(connection, standard_model()) is not None, write=False
        )
        return self._transaction(sign, write=not has_key)

    def holder(self, ticket: str) -> Opened:
        """Return the user whom a ticket lets in, and with which key; raises `InvalidCredentialsError`."""

        def read(connection: sa.Connection) -> Opened | None:
            content = signatures.read(connection, standard_model(), _TICKET, ticket)
            user_id = content["user"] if content else None
            actor = find_active_user(connection, self._models.current(connection), user_id) if user_id else None
            return Opened(actor, content["key"]) if actor and content else None

        opened = self._transaction(read, write=False)
        if opened is None:
            raise InvalidCredentialsError(
                f"There is no such session, or it was not used within {_TICKET_SECONDS} seconds. Begin with "
                "GET /socket.io/1/."
            )
        return opened

    def check_readiness(self) -> None:
        """Raise `Failure` unless the database answers."""
        self._transaction(lambda connection: connection.execute(sa.select(sa.literal(1))).scalar(), write=False)

    def attend(
        self, identify: Callable[[sa.Connection, Model], Actor], work: Callable[[Request], T], *, write: bool = False
    ) -> T:
        """Return the result of `work`, done in a transaction for whom `identify` names; raises `Failure`."""

        def attend(connection: sa.Connection) -> T:
            model = self._models.current(connection)
            actor = identify(connection, model)
            pending = Pending(one_by_one=True)
            request = Request(model, connection, actor, _now(), limits=self.limits, files=self.files, pending=pending)
            request.policy = self._policy(request)
            return work(request)

        return self._transaction(attend, write=write)

    def identify(self, username: str, key: str) -> Callable[[sa.Connection, Model], Actor]:
        """Return what finds the user that a name and a key belong to; raises `InvalidCredentialsError`."""

        def identify(connection: sa.Connection, model: Model) -> Actor:
            return authenticate(connection, model, username, key, now=_now(), local=self.local_key).actor

        return identify

    def page(self, token: str, base_url: str) -> Reply:
        """Return the page behind a link that `get_widget_url` has made, as HTML."""

        def show(connection: sa.Connection) -> Reply:
            model = self._models.current(connection)
            widget, actor = web.open_link(connection, model, token)
            request = Request(model, connection, actor, _now(), base_url, denormalize=True, limits=self.limits)
            request.policy = self._policy(request)
            return Reply(200, web.html_of(web.show(request, widget), widget.theme).encode())

        return _guarded(lambda: self._transaction(show, write=False), self.refuse_page)

    def entity_page(self, username: str, key: str, called: str, identity: str) -> Reply:
        """Return the page of an entity for a user, as HTML. What links call its type is `called`."""

        def show(connection: sa.Connection) -> Reply:
            model = self._models.current(connection)
            actor = self.identify(username, key)(connection, model)
            # Addresses on the page are relative to it, by whatever name the browser has reached this server.
            request = Request(
                model, connection, actor, _now(), ".", denormalize=True, limits=self.limits, files=self.files
            )
            request.policy = self._policy(request)
            return Reply(200, web.html_of(web.about(request, called, identity), "").encode())

        return _guarded(lambda: self._transaction(show, write=False), self.refuse_page)

    def refuse_page(self, failure: Failure) -> Reply:
        """Return the page that says why there is no other."""
        return Reply(failure.status, web.refusal(str(failure)).encode(), failure)

    def _run(self, call: _Call) -> list[Any]:
        batch = call.batch
        if batch.looks_back:
            return self._look_back(call)
        try:
            with self._begun_with(call) as begun, collecting_seldom() if batch.is_large else nullcontext():
                work = partial(self._carry_out, call, begun)
                answers = self._transaction(work, write=batch.writes, is_quick=batch.is_quick)
        except RefusedTogetherError:
            answers = self._transaction(partial(self._carry_out, call, None, one_by_one=True), write=True)
        for do in call.afterwards:
            do()
        self._note_use(call.opened)
        return answers

    def _look_back(self, call: _Call) -> list[Any]:
        """Answer questions about the past."""
        if call.batch.writes:
            raise ValidationError("A call that may change something cannot ask about the past as well. Send two.")
        answers = _in_words(self.database.look_back, partial(self._carry_out, call, None))
        self._note_use(call.opened)
        return answers

    @contextmanager
    def _begun_with(self, call: _Call) -> Generator[Watched[_Beginning] | None]:
        """Answer the queries that a batch begins with while other writers may go on. It counts if none of them has."""
        count = call.batch.questions if call.batch.writes else 0
        if not count:
            yield None
            return

        def ask(connection: sa.Connection) -> _Beginning:
            request = self._request(call, connection)
            answers = self._answers(call, request, call.batch.operations[:count])
            return _Beginning(answers, tuple(call.actions), call.spending.rows)

        with self.database.watched(partial(_in_words, ask)) as begun:
            yield begun

    def _carry_out(
        self,
        call: _Call,
        begun: Watched[_Beginning] | None,
        connection: sa.Connection,
        *,
        one_by_one: bool = False,
    ) -> list[Any]:
        """Do what a batch asks for, in a transaction."""
        request = self._request(call, connection, one_by_one=one_by_one)
        call.holds_up = call.batch.writes and self.database.has_one_writer
        if not call.batch.writes:
            return self._answers(call, request, call.batch.operations)
        beginning = begun.found if begun is not None and begun.is_unchanged() else _Beginning()
        call.actions.extend(beginning.actions)
        call.spending.rows = beginning.rows
        rest = call.batch.operations[len(beginning.answers) :]
        with refused_together(request):
            answers = self._answers(call, request, ahead(request, rest))
            finish(request)
            announce(request)
            mark(request.connection, request.actor.id, record(request, call.headers))
        call.afterwards = [*request.afterwards, *self.after_commit]
        return [*beginning.answers, *answers]

    def _request(self, call: _Call, connection: sa.Connection, *, one_by_one: bool = False) -> Request:
        """Return the request of a call in a transaction. One that is done again begins its accounts anew."""
        model, headers = self._models.current(connection), call.headers
        call.actions.clear()
        call.spending = Spending(stop=call.spending.stop)
        now = _now()
        user, key = headers.get("ftrack-user", ""), headers.get("ftrack-api-key", "")
        opened = authenticate(connection, model, user, key, now=now, local=self.local_key)
        request = Request(
            model=model,
            transaction=connection,
            actor=opened.actor,
            now=now,
            base_url=call.base_url,
            edition=self.edition,
            strict=_is_strict(headers),
            denormalize=_DENORMALIZE.search(headers.get("ftrack-api-options", "")) is not None,
            merges_copies="trackteroid-merges-copies" in headers,
            limits=self.limits,
            pending=Pending(one_by_one=one_by_one),
            spending=call.spending,
            slow_query=self.slow_query,
            files=self.files,
            ring=self.hub.ring,
        )
        request.policy = self._policy(request)
        if opened.is_first_use_since(_now(minus=_USE_KEPT)):
            call.opened = opened
        return request

    def _note_use(self, opened: Opened | None) -> None:
        """Keep when a key was used: seldom, so that whoever only reads does not wait for writers at each call."""
        key_id = opened.key_id if opened is not None else None
        if key_id is not None and not self.database.is_read_only:
            self._transaction(partial(note_use, model=standard_model(), key_id=key_id, now=_now()), write=True)

    def _policy(self, request: Request) -> Policy | None:
        """Return what limits whoever asks; None for administrators, and where everybody may do everything."""
        actor = request.actor
        if self.is_open or actor.is_administrator:
            return None
        return policy_for(request.model, actor)

    def _answers(self, call: _Call, request: Request, operations: Iterable[Mapping[str, Any]]) -> list[Any]:
        answers = [self._act(request, operation, call) for operation in operations]
        # Of several operations, those before and after it have something to answer.
        call.wait = request.wait if len(call.batch.operations) == 1 else None
        self.edition.rename(answers, request.model.types)
        return answers

    def _act(self, request: Request, operation: Mapping[str, Any], call: _Call) -> Any:
        """Return the answer to one operation."""
        request.spending.seconds_left(self.limits)
        began = time.monotonic()
        action = operation["action"]
        try:
            if action in READING and call.holds_up:
                with request.spending.holding_up(self.limits):
                    return ACTIONS[action](request, operation)
            return ACTIONS[action](request, operation)
        finally:
            call.actions.append((action, time.monotonic() - began))

    def _transaction(self, run: Callable[[sa.Connection], T], *, write: bool, is_quick: bool = False) -> T:
        """Return the result of `run`; what the database refuses is told in words. Others wait for what is quick."""
        end = time.monotonic() + self.limits.wait_seconds
        return _in_words(partial(self._begun, write=write, is_quick=is_quick, end=end), run)

    def _begun(self, run: Callable[[sa.Connection], T], *, write: bool, is_quick: bool, end: float) -> T:
        """Return the result of `run`, which waits for the writers of other processes until the time `end`."""
        while True:
            try:
                patience = max(0, end - time.monotonic())
                return self.database.run(run, write=write, is_quick=is_quick, patience=patience)
            except OperationalError as error:  # noqa: PERF203 - trying again is what the loop is for
                if not engines.is_busy(error):
                    raise
                if time.monotonic() >= end:
                    raise BusyError(
                        f"Other writers kept the database for {self.limits.wait_seconds:g} seconds, this server's "
                        "limit wait_seconds. Nothing of this call was done. Try again."
                    ) from None


class RefusedTogetherError(Exception):
    """The database has refused rows that were written together. Which of them it is shows when they come one by one."""


@contextmanager
def refused_together(request: Request) -> Generator[None]:
    """Raise `RefusedTogetherError` for what the database refuses in a block that carries out a batch.

    What waits to be written when an operation fails belongs to operations before it, so it is tried first.
    """
    try:
        try:
            yield
        except (LeftError, LimitError):
            raise
        except Failure:
            request.pending.flush(request.transaction)
            raise
    except (DBAPIError, OverflowError) as error:
        has_others = isinstance(error, DBAPIError) and (engines.must_start_again(error) or engines.is_busy(error))
        if request.pending.one_by_one or has_others:
            raise
        raise RefusedTogetherError from error


def _in_words(do: Callable[[S], T], subject: S) -> T:
    """Return what is done with `subject`; what the database refuses is told in words."""
    try:
        return do(subject)
    except BrokenRule as error:
        raise IntegrityError(
            "The change breaks a rule of the database: a key that exists already or a missing entity."
        ) from error
    except DataError as error:
        raise ValidationError(f"The database cannot hold or compare a value of the request: {error.orig}.") from error
    except OverflowError as error:
        raise ValidationError(
            "The request has a whole number that the database cannot hold; they go from -9223372036854775808 to "
            "9223372036854775807."
        ) from error
    except (OperationalError, TimeoutError) as error:
        reason = error.orig if isinstance(error, OperationalError) else "all its connections are in use"
        raise Failure(f"The database is not available: {reason}. Try again.") from error


def _now(minus: timedelta = timedelta()) -> str:
    return (clock.now() - minus).replace(tzinfo=None, microsecond=0).isoformat()


def _guarded(answer: Callable[[], Reply], refuse: Callable[[Failure], Reply]) -> Reply:
    """Return the answer, or the refusal that tells why there is none."""
    try:
        return answer()
    except Failure as failure:
        return refuse(failure)
    except Exception:  # a bug must reach the client in the form of an answer, never as a closed connection
        incident = uuid.uuid4().hex[:8]
        logger.exception("Incident %s while answering a call", incident)
        return refuse(Failure(f"The server failed on this request; its log tells more under incident {incident}."))


def _is_strict(headers: Mapping[str, str]) -> bool:
    return headers.get("ftrack-strict-api", "").lower() == "true"


def reply_to(failure: Failure, *, strict: bool, actions: tuple[tuple[str, float], ...] = ()) -> Reply:
    """Return the answer that tells of a failure; its status shows if the client is strict, or may try again."""
    shown = strict or isinstance(failure, BusyError)
    return Reply(failure.status if shown else 200, orjson.dumps(failure.as_record()), failure, actions=actions)
