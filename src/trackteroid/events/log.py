"""The log of events of a server: what happened since, what happens now, and work that is shared.

``session.events`` is an `EventLog`. Every event has a number, and a number is all that a program has to remember in
order to miss nothing:

>>> position = session.events.position()  # doctest: +SKIP
>>> for logged in session.events.since(position, where="topic=ftrack.update"):  # doctest: +SKIP
...     print(logged.sequence, logged.event["data"]["entities"])

Only Trackteroid's own server has such a log. With others `EventLog.follow` listens to the event hub.
"""

from __future__ import annotations

import os
import platform
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Final

from trackteroid.client.base import BaseSession
from trackteroid.client.commit.batch import PlainBatch
from trackteroid.client.failures import outermost
from trackteroid.events.asking import (
    EVERYTHING,
    GAP,
    LoggedEvent,
    ask,
    check_log,
    has_log,
    insist,
    logged_event,
    patient,
)
from trackteroid.events.hearing import heard

__all__ = ["EVERYTHING", "GAP", "EventGroup", "EventLog", "LoggedEvent"]

#: How many events are asked for in one request.
_PAGE: Final = 500


class EventLog:
    """The events of the server of a session.

    Where events are lost, because the server does not keep them any longer, there comes one with the topic
    ``trackteroid.gap`` in their place, whose data say which: `LoggedEvent.is_gap`. It comes whatever *where* says.
    """

    def __init__(self, session: BaseSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        return f"<EventLog of {self._session.address}>"

    @outermost
    def position(self) -> int:
        """Return the number of the newest event; 0 if there has been none.

        Raises:
            NoEventLogError: the server keeps no log.
        """
        check_log(self._session, "how far its events have come")
        return self._page(None, "")["position"]

    @outermost
    def since(self, position: int, where: str = EVERYTHING) -> Iterator[LoggedEvent]:
        """Return an iterator over the events after the one with this number that there are now, in order.

        Args:
            position: the number of an event; 0 begins with the oldest.
            where: which events, an expression as in subscriptions.

        Raises:
            NoEventLogError: the server keeps no log.
            RefusedError: *where* is no expression, or there is no such number yet.
        """
        check_log(self._session, "what has happened since then")
        return self._pages(self._page(position, where), where)

    @outermost
    def follow(
        self, position: int | None = None, *, where: str = EVERYTHING, wait: float = 30.0
    ) -> Iterator[LoggedEvent]:
        """Return an iterator over the events from now on, or after *position*, that never ends: it waits for more.

        Whatever happens to the connection or the server, it goes on where it was. Ctrl-C ends it.

        A server without a log is listened to at its event hub, from now on. What comes while that connection is lost
        is told as a gap: of what the server wrote down meanwhile, its data have the ``activities``.

        Args:
            position: the number of an event.
            where: which events, an expression as in subscriptions.
            wait: for how many seconds a request may wait on the server.

        Raises:
            NoEventLogError: there is a *position*, and the server keeps no log.
            RefusedError: *where* is no expression, or there is no such number yet.
        """
        if position is None and not has_log(self._session):
            return heard(self._session, where)
        check_log(self._session, "what has happened since then")
        return self._on(self._page(position, where), where, wait)

    @outermost
    def group(
        self,
        name: str,
        where: str | None = None,
        *,
        lease: float = 60.0,
        at_most_once: bool = False,
        position: int | None = None,
    ) -> EventGroup:
        """Return a consumer of a group, which the server makes if there is none of this name. It begins now.

        Args:
            name: the name of the group.
            where: which events, an expression as in subscriptions; settled when the group is made.
            lease: the seconds in which events have to be done that were taken.
            at_most_once: whether events are done when they are taken, so that none comes twice and some perhaps
                never; settled when the group is made.
            position: the number of the event after which a new group begins, instead of now.

        Raises:
            NoEventLogError: the server keeps no log.
            RefusedError: the group is somebody else's, or was made for other events.
        """
        check_log(self._session, "which of them are done")
        group = EventGroup(self._session, name, where, lease)
        options = {"at_most_once": at_most_once, "after": position, "where": where}
        ask(self._session, "take_events", group=name, consumer=group.consumer, most=0, **options)
        return group

    @outermost
    def groups(self) -> list[dict[str, Any]]:
        """Return what the server says of the groups: ``name``, ``position``, ``newest``, ``taken``, ``not_done``, ...

        Raises:
            NoEventLogError: the server keeps no log.
        """
        check_log(self._session, "who reads them")
        return ask(self._session, "event_groups")["data"]

    def _page(self, after: int | None, where: str, *, wait: float | None = None) -> dict[str, Any]:
        most = 1 if after is None else _PAGE
        return ask(self._session, "events", after=after, where=where or None, most=most, wait=wait)

    def _pages(self, page: dict[str, Any], where: str) -> Iterator[LoggedEvent]:
        """Yield the events of a page and of those after it, up to what was the newest with the first."""
        newest = page["newest"]
        while True:
            for record in page["events"]:
                if record["sequence"] > newest:
                    return
                yield logged_event(record)
            if page["position"] >= newest:
                return
            page = self._page(page["position"], where)

    def _on(self, page: dict[str, Any], where: str, wait: float) -> Iterator[LoggedEvent]:
        while True:
            yield from map(logged_event, page["events"])
            position = page["position"]

            def go_on(position: int = position) -> dict[str, Any]:
                return self._page(position, where, wait=patient(self._session, wait))

            page = insist(self._session, go_on, f"to follow the events after {position}")


class EventGroup:
    """One consumer of a group. Every event goes to one of them, and comes again if that one does not finish it.

    An event is handed out when all earlier ones about the same entities are done, so each entity has its events in
    order. Events that name no entity have the order of their topic. Threads that work at the same time each need a
    consumer of their own: what one gives back it does not have any more, whenever it took it.

    Attributes:
        name: the name of the group, the same for all consumers.
        consumer: the name of this one.
        lease: the seconds in which events have to be done that were taken; then others get them.

    >>> group = session.events.group("farm", where="topic=ftrack.update")  # doctest: +SKIP
    >>> while True:  # doctest: +SKIP
    ...     for logged in group.take():
    ...         work(logged.event)
    ...         group.done(logged)
    """

    def __init__(self, session: BaseSession, name: str, where: str | None, lease: float) -> None:
        self._session = session
        self._where = where
        self.name = name
        self.lease = lease
        self.consumer = f"{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def __repr__(self) -> str:
        return f"<EventGroup {self.name!r} of {self._session.address}>"

    def take(self, most: int = 10, wait: float = 30.0) -> list[LoggedEvent]:
        """Return events for this consumer, in order: what there is now, or what comes within *wait* seconds.

        While the server cannot be reached it is tried again, and the log of the session says so. What was taken while
        the answer was lost comes again when the lease has ended, with a higher `delivery`.

        Args:
            most: how many there may be.
            wait: how long to wait for the first.
        """

        def take() -> list[LoggedEvent]:
            answer = ask(
                self._session,
                "take_events",
                **self._names(),
                where=self._where,
                most=most,
                lease=self.lease,
                wait=patient(self._session, wait),
            )
            return [logged_event(record) for record in answer["events"]]

        return insist(self._session, take, f"for events of {self.name}")

    def done(self, events: LoggedEvent | Iterable[LoggedEvent]) -> tuple[LoggedEvent, ...]:
        """Let events be done that were taken; they will not come again.

        Returns:
            Those that were too late: their lease had ended, and another consumer has them by now.
        """
        finished = _list(events)
        late = self._settle(done=[each.sequence for each in finished])
        if late:
            self._session.warn(
                f"{len(late)} events of the group {self.name} were done after their lease of {self.lease:g} seconds "
                "had ended; another consumer has them, too."
            )
        return tuple(each for each in finished if each.sequence in late)

    def give_back(self, events: LoggedEvent | Iterable[LoggedEvent]) -> None:
        """Let others have events that were taken, or this consumer once more."""
        self._settle(give_back=[each.sequence for each in _list(events)])

    def renew(self, events: LoggedEvent | Iterable[LoggedEvent], session: BaseSession | None = None) -> None:
        """Have events for another lease that were taken and take longer; *session* asks for it, instead of its own."""
        renewed = [each.sequence for each in _list(events)]
        ask(session or self._session, "settle_events", **self._names(), renew=renewed, lease=self.lease)

    def move(self, position: int | None) -> None:
        """Let the group go on after the event with this number; None leaves out whatever is not done now."""
        operation = {"action": "change_event_group", "group": self.name, "after": position}
        self._session.call(PlainBatch([operation]))

    def delete(self) -> None:
        """Forget the group on the server, for all its consumers."""
        ask(self._session, "change_event_group", group=self.name, delete=True)

    def _settle(self, **sequences: list[int]) -> set[int]:
        if not any(sequences.values()):
            return set()

        def settle() -> set[int]:
            return set(ask(self._session, "settle_events", **self._names(), **sequences)["late"])

        # After that they are somebody else's anyway.
        return insist(self._session, settle, f"to settle events of {self.name}", seconds=self.lease)

    def _names(self) -> dict[str, str]:
        return {"group": self.name, "consumer": self.consumer}


def _list(events: LoggedEvent | Iterable[LoggedEvent]) -> list[LoggedEvent]:
    return [events] if isinstance(events, LoggedEvent) else list(events)
