"""Groups of consumers, which share the events of a server among them."""

from __future__ import annotations

import os
import platform
import uuid
from collections.abc import Iterable

from trackteroid.client.base import BaseSession
from trackteroid.client.hydration.answers import PlainBatch
from trackteroid.events.asking import ask, insist, patient
from trackteroid.events.logged import LoggedEvent, logged_event


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
