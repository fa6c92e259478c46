"""The log of events of a server: what happened since, what happens now, and work that is shared.

``session.events`` is an `EventLog`. Every event has a number, and a number is all that a program has to remember in
order to miss nothing:

>>> position = session.events.position()  # doctest: +SKIP
>>> for logged in session.events.since(position, where="topic=ftrack.update"):  # doctest: +SKIP
...     print(logged.sequence, logged.event["data"]["entities"])

Only Trackteroid's own server has such a log. With others `EventLog.follow` listens to the event hub.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from trackteroid.client.base import BaseSession
from trackteroid.client.failures import outermost
from trackteroid.events.asking import ask, check_log, has_log, insist, patient
from trackteroid.events.group import EventGroup
from trackteroid.events.hearing import heard
from trackteroid.events.logged import EVERYTHING, GAP, LoggedEvent, logged_event

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
