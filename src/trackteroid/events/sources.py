"""Where events come from: from the event hub, as they happen, or from the log of a server that keeps one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final, Literal, Protocol, TypeAlias

from ftrack_api.event.base import Event

from trackteroid.client.base import BaseSession
from trackteroid.events.asking import ask, check_log
from trackteroid.events.group import EventGroup
from trackteroid.events.log import EventLog
from trackteroid.events.logged import EVERYTHING, GAP, LoggedEvent, logged_event

Since: TypeAlias = int | Literal["now"]

#: How topics begin of what stays in a process.
_LOCAL: Final = ("ftrack.api.", "ftrack.meta.")
#: The share of its lease after which an event that nobody has begun with is given back.
_STALE: Final = 0.8
#: How many events a consumer of a group takes at a time, so that they are done within their lease.
_FEW: Final = 20


@dataclass(eq=False, slots=True)
class Delivery:
    """An event that was delivered, until all is done that it asks for.

    Attributes:
        event: the event.
        sequence: its number in the log; None where there is no log.
        number: for the how manieth time it is delivered.
        at: when it was written to the log; None where there is no log.
        until: the moment, of the clock that never goes back, until which it has to be begun with; None for any time.
        logged: what the log has handed out.
        waiting: how many tasks are not done yet.
        is_failed: whether it is to be delivered again.
        batch: the number of those that it is handled together with.
    """

    event: Mapping[str, Any]
    sequence: int | None = None
    number: int = 1
    at: datetime | None = None
    until: float | None = None
    logged: LoggedEvent | None = None
    waiting: int = 0
    is_failed: bool = False
    batch: int = 0

    @property
    def age(self) -> float:
        """The seconds since it was written to the log; 0 for what comes as it happens."""
        return 0.0 if self.at is None else (datetime.now(timezone.utc) - self.at).total_seconds()

    @property
    def is_stale(self) -> bool:
        """Whether it is too late to begin with it, because somebody else will have it soon."""
        return self.until is not None and time.monotonic() > self.until


class Source(Protocol):
    """What hands out events."""

    def take(self, most: int) -> list[Delivery]:
        """Return the next events, not more than *most*; none if none come for a moment."""
        ...

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Say that nothing is left to do for these."""
        ...

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Let somebody else have these."""
        ...

    def close(self) -> None:
        """Want no more."""
        ...


class HubSource:
    """The events that come while it listens, of the event hub of a session.

    When the connection was lost and made again, a gap tells of it.
    """

    _patience = 0.2

    def __init__(self, session: BaseSession, expression: str) -> None:
        self._hub: Any = session.event_hub
        if not self._hub.connected:
            self._hub.connect()
        self._connections = self._count()
        self._waiting: deque[Event] = deque()
        self._subscriber = self._hub.subscribe(expression, self._keep)

    def take(self, most: int) -> list[Delivery]:
        end = time.monotonic() + self._patience
        while not self._waiting and time.monotonic() < end:
            self._hub.wait(0)
        while len(self._waiting) < most and self._hub.handle_next():
            pass
        if self._count() != self._connections:
            self._connections = self._count()
            self._waiting.appendleft(Event(GAP, data={"from": None, "to": None}))
        return [Delivery(self._waiting.popleft()) for _ in range(min(most, len(self._waiting)))]  # pyright: ignore

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """The hub keeps nothing."""

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Nobody else can have them: whoever listens has got them, too."""

    def close(self) -> None:
        if self._hub.connected:
            self._hub.unsubscribe(self._subscriber)

    def _keep(self, event: Event) -> None:
        # What sessions tell their own plugins is not for listeners: it has not come from the server.
        if not event["topic"].startswith(_LOCAL):
            self._waiting.append(event)

    def _count(self) -> int:
        return getattr(self._hub, "connections", 0)


class LogSource:
    """The events of the log after a position, and those that come."""

    _patience = 1.0

    def __init__(self, session: BaseSession, expression: str, since: Since) -> None:
        check_log(session, "what has happened since then")
        self._session, self._expression = session, expression
        self.position = EventLog(session).position() if since == "now" else since

    def take(self, most: int) -> list[Delivery]:
        asked = {"after": self.position, "where": self._expression, "most": most, "wait": self._patience}
        page = ask(self._session, "events", **asked)
        self.position = page["position"]
        return [_delivery(logged_event(record)) for record in page["events"]]

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Where to go on is remembered by whoever has said where to begin."""

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """As `done`: they are in the log."""

    def close(self) -> None:
        """There is no connection."""


class GroupSource:
    """The events of a group, which other consumers share.

    It takes whatever happens, so that a listener that is added later needs no other group.
    """

    _patience = 1.0

    def __init__(
        self, session: BaseSession, name: str, *, since: Since | None, lease: float, at_most_once: bool
    ) -> None:
        # What is done when it is handed out cannot be given back: no more is taken than is begun with.
        self._most = 1 if at_most_once else _FEW
        position = None if since == "now" else since
        self._group: EventGroup = EventLog(session).group(
            name, EVERYTHING, lease=lease, at_most_once=at_most_once, position=position
        )

    def take(self, most: int) -> list[Delivery]:
        until = time.monotonic() + _STALE * self._group.lease
        return [_delivery(each, until) for each in self._group.take(min(most, self._most), self._patience)]

    def done(self, deliveries: Sequence[Delivery]) -> None:
        self._group.done([each.logged for each in deliveries if each.logged is not None])

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        self._group.give_back([each.logged for each in deliveries if each.logged is not None])

    def close(self) -> None:
        """The group stays where it is."""


def _delivery(logged: LoggedEvent, until: float | None = None) -> Delivery:
    return Delivery(logged.event, logged.sequence, logged.delivery, logged.at, until, logged)  # pyright: ignore
