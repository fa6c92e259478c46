"""Where events come from: from the event hub, as they happen, or from the log of a server that keeps one, or both.

What a consumer of a group works on has a lease, which is renewed for as long as it does.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Any, Final, Literal, Protocol, TypeAlias

from ftrack_api.event.base import Event

from trackteroid import configuration
from trackteroid.client.base import BaseSession
from trackteroid.errors import TrackteroidError
from trackteroid.events.asking import EVERYTHING, GAP, LoggedEvent, ask, check_log, has_log, logged_event
from trackteroid.events.dispatching import Delivery
from trackteroid.events.log import EventGroup, EventLog

#: The share of its lease after which an event that nobody has begun with is given back.
STALE: Final = 0.8
#: How often a lease is renewed in its time.
_RENEWALS: Final = 3
#: The seconds that the end waits for a renewal: of a server that does not answer no longer than that.
_PATIENCE: Final = 2.0
Since: TypeAlias = int | Literal["now"]
#: How topics begin of what stays in a process.
_LOCAL: Final = ("ftrack.api.", "ftrack.meta.")
#: How many events a consumer of a group takes at a time, so that they are done within their lease.
_FEW: Final = 20


def source_of(session: BaseSession, expression: str, since: Since | None) -> Source:
    """Return where a session that is in no group hears events: from a position in the log on, or from now on.

    From now on it is the log, too, of a server that keeps one; of others it is their event hub alone.
    """
    if since is not None:
        return LogSource(session, expression, since)
    return FollowingSource(session, expression) if has_log(session) else HubSource(session, expression)


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
        return self.look(most, self._patience)[0]

    def look(self, most: int, wait: float | None = None) -> tuple[list[Delivery], bool]:
        """Return the next events, not more than *most*, and whether there may be more by now."""
        asked = {"after": self.position, "where": self._expression, "most": most, "wait": wait}
        page = ask(self._session, "events", **asked)
        self.position = page["position"]
        return [_delivery(logged_event(record)) for record in page["events"]], page["position"] < page["newest"]

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Where to go on is remembered by whoever has said where to begin."""

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """As `done`: they are in the log."""

    def close(self) -> None:
        """There is no connection."""


class FollowingSource:
    """What happens from now on, of the log, so that nothing is missed when the connection to the event hub is lost.

    The hub says when there is something new, and brings what somebody waits for: requests, and events that are
    addressed to this session.
    """

    #: The seconds after which the log is looked at although the hub has said nothing.
    _longest = 5.0

    def __init__(self, session: BaseSession, expression: str) -> None:
        self._log = LogSource(session, expression, "now")
        self._hub = HubSource(session, expression)
        self._heard: deque[Delivery] = deque()
        self._look_at = time.monotonic()

    def take(self, most: int) -> list[Delivery]:
        for each in self._hub.take(most):
            if each.event.get("target"):
                self._heard.append(each)
                continue
            self._look_at = time.monotonic()
            if each.event.get("topic") != GAP:
                each.part = "requests"
                self._heard.append(each)
        logged = self._logged(most) if time.monotonic() >= self._look_at else []
        return [*(self._heard.popleft() for _ in range(len(self._heard))), *logged]

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Nobody has to be told."""

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Nobody else waits for them."""

    def close(self) -> None:
        self._hub.close()

    def _logged(self, most: int) -> list[Delivery]:
        found, is_more = self._log.look(most)
        self._look_at = time.monotonic() + (0 if is_more else self._longest)
        kept = [each for each in found if not each.event.get("target")]
        for each in kept:
            each.part = "listeners"
        return kept


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
        self._keeper: LeaseKeeper | None = None
        position = None if since == "now" else since
        self._group: EventGroup = EventLog(session).group(
            name, EVERYTHING, lease=lease, at_most_once=at_most_once, position=position
        )
        if not at_most_once:
            self._keeper = LeaseKeeper(session, self._group)

    def take(self, most: int) -> list[Delivery]:
        until = time.monotonic() + STALE * self._group.lease
        found = [_delivery(each, until) for each in self._group.take(min(most, self._most), self._patience)]
        if self._keeper is not None:
            self._keeper.hold(found)
        return found

    def done(self, deliveries: Sequence[Delivery]) -> None:
        self._let_go(deliveries)
        self._group.done([each.logged for each in deliveries if each.logged is not None])

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        self._let_go(deliveries)
        self._group.give_back([each.logged for each in deliveries if each.logged is not None])

    def close(self) -> None:
        """Hold nothing any longer; the group stays where it is."""
        if self._keeper is not None:
            self._keeper.close()

    def _let_go(self, deliveries: Sequence[Delivery]) -> None:
        if self._keeper is not None:
            self._keeper.let_go(deliveries)


class LeaseKeeper:
    """Renews the leases of events that something is being done for, so that no other consumer gets them meanwhile.

    What is not begun with is not renewed: others may have it. It works in a thread and a session of its own, which it
    makes when something takes long for the first time.
    """

    def __init__(self, session: Any, group: EventGroup) -> None:
        self._session, self._group = session, group
        self._own: Any = None
        self._lock = threading.Lock()
        self._held: dict[Delivery, None] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="trackteroid-leases", daemon=True)
        self._thread.start()

    def hold(self, deliveries: Iterable[Delivery]) -> None:
        """Look after these from now on."""
        with self._lock:
            self._held.update(dict.fromkeys(deliveries))

    def let_go(self, deliveries: Iterable[Delivery]) -> None:
        """Look no longer after these."""
        with self._lock:
            for each in deliveries:
                self._held.pop(each, None)

    def close(self) -> None:
        """End the thread."""
        self._ending.set()
        self._thread.join(_PATIENCE)
        if self._own is not None and not self._thread.is_alive():
            self._own.close()

    def _work(self) -> None:
        while not self._ending.wait(self._group.lease / _RENEWALS):
            with self._lock:
                running = [each for each in self._held if each.running]
            if running:
                self._renew(running)

    def _renew(self, running: Sequence[Delivery]) -> None:
        now = time.monotonic()
        try:
            if self._own is None:
                self._own = self._session.another()
            self._group.renew((each.logged for each in running if each.logged is not None), self._own)
        except TrackteroidError as error:  # told and tried again: what comes of it is told when they are done
            configuration.logger("events").warning("The lease of %d events was not renewed: %s", len(running), error)
            return
        for each in running:
            each.until = now + STALE * self._group.lease


def _delivery(logged: LoggedEvent, until: float | None = None) -> Delivery:
    # How old it is the server knows best: the clocks of two machines differ.
    age = (datetime.now(timezone.utc) - logged.at).total_seconds() if logged.age is None else logged.age
    since = time.monotonic() - age
    return Delivery(logged.event, logged.sequence, logged.delivery, logged.at, until, logged, since=since)  # pyright: ignore
