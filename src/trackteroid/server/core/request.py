"""One request: its transaction, who asks, when, what it has cost, and how the answer is wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from trackteroid.server.core.changes import Changes
from trackteroid.server.core.failures import LeftError, LimitError
from trackteroid.server.core.options import STANDARD, Limits
from trackteroid.server.core.pending import Pending
from trackteroid.server.model import Model
from trackteroid.server.model.schema import NEWEST, Edition
from trackteroid.values import frozen


@frozen
class Wait:
    """What a call waits for.

    Attributes:
        seconds: How long, at most, from its beginning.
        operation: What is asked once there may be something.
        expression: The events that may be it.
        subscriber: What whoever asks says of itself.
        group: The group whose consumer asks, if it is one: what others give back is for it, too.
        look_seconds: After how long is asked all the same.
    """

    seconds: float
    operation: Mapping[str, Any]
    expression: str
    subscriber: Mapping[str, Any]
    group: str | None = None
    look_seconds: float | None = None


class Stop:
    """Ends what one thread does for a client, from another thread, once the client has left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._interrupt: Callable[[], object] | None = None

    @property
    def is_set(self) -> bool:
        """Whether nobody waits any more."""
        return self._is_set

    def set(self) -> None:
        """Interrupt the statement that runs now; later ones do not begin. It may block for as long as that takes."""
        with self._lock:
            self._is_set = True
            if self._interrupt is not None:
                self._interrupt()

    @contextmanager
    def interrupting(self, interrupt: Callable[[], object]) -> Generator[None]:
        """Let `set` call `interrupt`, for the time of a block."""
        with self._lock:
            self.check()
            self._interrupt = interrupt
        try:
            yield
        finally:
            with self._lock:
                self._interrupt = None

    def check(self) -> None:
        """Raise `LeftError` if nobody waits any more."""
        if self._is_set:
            raise LeftError("The client has left before the answer was there.")


@dataclass(slots=True)
class Spending:
    """The time and the rows of one call.

    Attributes:
        began: When it began, on the monotonic clock.
        rows: How many rows its queries have brought.
        asked: The seconds that they have taken while other writers waited.
        until: When that must end, while it goes on.
        stop: How it ends early.
    """

    began: float = field(default_factory=time.monotonic)
    rows: int = 0
    asked: float = 0.0
    until: float | None = None
    stop: Stop = field(default_factory=Stop)

    def seconds_left(self, limits: Limits) -> float:
        """Return the seconds that the call still has; raises `LimitError` if there are none."""
        left = limits.call_seconds - (time.monotonic() - self.began)
        if left <= 0:
            raise LimitError(
                f"The call was stopped after {limits.call_seconds:g} seconds, this server's limit call_seconds. Send "
                "fewer operations at once."
            )
        if self.until is None:
            return left
        if self.until <= time.monotonic():
            raise LimitError(
                f"The queries of a call that changes something have taken {limits.locked_seconds:g} seconds, while "
                "other writers waited: this server's limit locked_seconds. Send them before its changes, or in a call "
                "of their own."
            )
        return min(left, self.until - time.monotonic())

    @contextmanager
    def holding_up(self, limits: Limits) -> Generator[None]:
        """Let what is asked in the block take no longer than others may be made to wait for it."""
        began = time.monotonic()
        self.until = began + limits.locked_seconds - self.asked
        try:
            yield
        finally:
            self.asked += time.monotonic() - began
            self.until = None

    def add_rows(self, count: int, limits: Limits) -> None:
        """Count rows; raises `LimitError` if they are too many."""
        self.rows += count
        if self.rows > limits.call_rows:
            raise LimitError(
                f"The queries of the call have more than {limits.call_rows} rows together, this server's limit "
                "call_rows. Send them in several calls, or ask for pages, with limit and offset."
            )


@frozen
class Actor:
    """The authenticated user a request runs as.

    Attributes:
        id: The user.
        username: Their name.
        is_administrator: Whether they held the role of administrators when the request came.
        holds: What the roles of anybody else granted then, where that was read: see `auth.policy`.
    """

    id: str
    username: str
    is_administrator: bool = False
    holds: str | None = None


@dataclass(slots=True)
class Request:
    """Everything an action needs.

    Attributes:
        model: All entity types of the server.
        transaction: The open transaction; the caller commits it or rolls it back. See `connection`.
        actor: Who asks.
        now: The moment of the request, ISO 8601 in UTC with whole seconds.
        base_url: Where the client reaches this server, for links in answers.
        edition: The schema that clients see.
        strict: The client wants HTTP error statuses and may aggregate.
        denormalize: The client wants every occurrence of an entity in full.
        merges_copies: The client merges every copy of an entity, so that each has to be told only once.
        limits: What it may cost.
        policy: What the caller may do; None for those who may do everything. See `auth.policy`.
        files: Where the data of components is; see `files.service`.
        changes: What the batch has changed so far.
        pending: What of that has still to be written.
        unit_of_work: The rows of the batch, once something needs them; see `unit_of_work`.
        spending: What it has cost so far.
        slow_query: The seconds from which on a statement is written to the log with its plan, if there are any.
        text: The query that is being answered, for that log.
        afterwards: What is done once the transaction is committed.
        ring: Wakes those who wait for events of a group, by its name.
        wait: What the caller waits for, if there is nothing for them yet.
        is_past: What is asked for is what was at some moment; see `history.overlay`.
        timeouts: What PostgreSQL has been told of how long statements of this transaction may take, in seconds.
    """

    model: Model
    transaction: sa.Connection
    actor: Actor
    now: str
    base_url: str = ""
    edition: Edition = NEWEST
    strict: bool = False
    denormalize: bool = False
    merges_copies: bool = False
    limits: Limits = STANDARD
    policy: object = None
    files: object = None
    changes: Changes = field(default_factory=Changes)
    pending: Pending = field(default_factory=Pending)
    unit_of_work: object = None
    spending: Spending = field(default_factory=Spending)
    slow_query: float | None = None
    text: str = ""
    afterwards: list[Callable[[], object]] = field(default_factory=list[Callable[[], object]])
    ring: Callable[[str], object] = lambda _: None
    wait: Wait | None = None
    is_past: bool = False
    timeouts: list[float] = field(default_factory=list[float])

    @property
    def connection(self) -> sa.Connection:
        """The open transaction, in which everything is written that the batch has changed so far."""
        self.pending.flush(self.transaction)
        return self.transaction

    def anew(self) -> Request:
        """Return the same request in the same transaction, of which nothing has been done yet."""
        return replace(self, changes=Changes(), pending=Pending(one_by_one=True), unit_of_work=None)
