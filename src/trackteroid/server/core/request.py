"""One request: its transaction, who asks, when, and how the answer is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from trackteroid.server.core.changes import Changes
from trackteroid.server.core.limits import STANDARD, Limits
from trackteroid.server.core.pending import Pending
from trackteroid.server.core.spending import Spending
from trackteroid.server.core.waiting import Wait
from trackteroid.server.model import Model
from trackteroid.server.model.editions import NEWEST, Edition
from trackteroid.values import frozen


@frozen
class Actor:
    """The authenticated user a request runs as, and whether they held the role of administrators when it came."""

    id: str
    username: str
    is_administrator: bool = False


def _nobody_waits(_group: str) -> None:
    """Wake nobody."""


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
        is_past: What is asked for is what was at some moment; see `history.asking`.
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
    ring: Callable[[str], object] = _nobody_waits
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
