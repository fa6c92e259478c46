"""Following the events of a server that keeps no log of them: through its event hub, while that is connected."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from ftrack_api.event.base import Event

from trackteroid.client.base import BaseSession
from trackteroid.client.commit.batch import PlainBatch
from trackteroid.client.sending import pause
from trackteroid.errors import EventHubError, RefusedError, UnreachableServerError
from trackteroid.events.asking import GAP, LoggedEvent

#: The seconds between two looks at whether the connection is still there.
_LOOK: Final = 0.2
#: For how long a connection may be dead before that is noticed.
_UNNOTICED: Final = timedelta(seconds=60)
#: What is asked of what the server writes down of its own accord.
_ASKED: Final = "select id, action, created_at, parent_id, parent_type from Event"
_MOST: Final = 500


def heard(session: BaseSession, where: str) -> Iterator[LoggedEvent]:
    """Return an iterator over the events that the hub of a session hears from now on, with gaps where it was away.

    Raises:
        EventHubError: there is no connection to the hub.
    """
    if not session.event_hub.connected:
        session.event_hub.connect()
    return _Ear(session, where).listen()


class _Ear:
    """What hears the events of one hub, and notices when it has connected again."""

    def __init__(self, session: BaseSession, where: str) -> None:
        self._session = session
        self._hub = session.event_hub
        self._events: deque[Event] = deque()
        self._connections = self._count()
        self._alive_at = _now()
        # Events of this process come in the order of the others, so a gap is where it belongs.
        self._subscribers = [
            self._hub.subscribe(where, self._events.append),
            self._hub.subscribe("topic=ftrack.meta.connected", self._note_connection),
        ]

    def listen(self) -> Iterator[LoggedEvent]:
        """Yield what is heard, until somebody closes the generator."""
        attempt = 0
        try:
            while True:
                attempt = 0 if self._hears() else attempt + 1
                if attempt:
                    time.sleep(pause(attempt))
                while self._events:
                    yield LoggedEvent(0, _now(), self._events.popleft())
        finally:
            for subscriber in self._subscribers:
                self._hub.unsubscribe(subscriber)

    def _hears(self) -> bool:
        """Hear for a moment; return whether there is a connection, or one is being made."""
        if self._hub.connected:
            self._alive_at = _now()
        try:
            self._hub.wait(_LOOK)
        except EventHubError as error:
            self._session.trace(f"{error}")
        else:
            return True
        try:
            self._hub.connect()
        except EventHubError:
            return False
        return True

    def _note_connection(self, _event: Event) -> None:
        count = self._count()
        if count != self._connections:
            self._connections = count
            self._events.append(self._gap())

    def _gap(self) -> Event:
        """Return what tells that events are lost, with what the server has written down meanwhile, if it says so."""
        since = self._alive_at - _UNNOTICED
        data: dict[str, Any] = {"from": None, "to": None, "since": since.isoformat(), "until": _now().isoformat()}
        expression = f'{_ASKED} where created_at >= "{since:%Y-%m-%dT%H:%M:%S}" order by id limit {_MOST}'
        try:
            asked = self._session.call(PlainBatch([{"action": "query", "expression": expression}]))
            data["activities"] = asked[0]["data"]
        except (RefusedError, UnreachableServerError) as error:
            self._session.warn(f"What happened while the event hub was not connected is not known: {error}")
            data["activities"] = None
        return Event(GAP, data=data)

    def _count(self) -> int:
        return getattr(self._hub, "connections", 0)


def _now() -> datetime:
    return datetime.now(timezone.utc)
