"""Asking the server for what is in its log, for as long as it takes; events with the numbers that they have there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Final, TypeVar, cast

from ftrack_api.event.base import Event

from trackteroid.client.base import BaseSession
from trackteroid.client.commit.batch import PlainBatch
from trackteroid.client.sending import pause
from trackteroid.errors import NoEventLogError, RefusedError, UnreachableServerError
from trackteroid.values import frozen

#: The topic of what tells that events are lost: its data have ``from`` and ``to``, the first and the last number.
GAP: Final = "trackteroid.gap"
#: The expression of all events.
EVERYTHING: Final = "topic=*"
T = TypeVar("T")
#: What the server says of itself if it has a log.
_SUPPORTED: Final = "supports_event_log"
#: How a server says that it cannot answer anybody now, rather than that something is wrong with a question.
_FAILED: Final = "Server reported error: ServerError("
#: The attempt after which pauses get no longer.
_LONGEST: Final = 10


@frozen
class LoggedEvent:
    """An event, and where it is in the log.

    Attributes:
        sequence: its number; later events have higher ones. 0 where the server keeps no log.
        at: when it was written there.
        event: the event, as the event hub hands it to callbacks.
        delivery: for the how manieth time it was handed to a consumer of its group; 1 outside of groups.
        age: how many seconds before it was handed to a consumer it was written; None outside of groups.
    """

    sequence: int
    at: datetime
    event: Event
    delivery: int = 1
    age: float | None = None

    @property
    def topic(self) -> str:
        """The topic of the event."""
        return self.event["topic"]

    @property
    def is_gap(self) -> bool:
        """Whether it tells that events are lost, from ``event["data"]["from"]`` to ``event["data"]["to"]``."""
        return self.topic == GAP


def logged_event(record: Mapping[str, Any]) -> LoggedEvent:
    """Return what the server tells of an event."""
    told = dict(record["event"])
    told["in_reply_to_event"] = told.pop("inReplyToEvent", None)
    at = datetime.fromisoformat(record["at"]).replace(tzinfo=timezone.utc)
    return LoggedEvent(record["sequence"], at, Event(**told), record.get("delivery", 1), record.get("age"))


def has_log(session: BaseSession) -> bool:
    """Return whether the server of a session keeps a log of its events."""
    return bool(session.server_information.get(_SUPPORTED))


def check_log(session: BaseSession, deed: str) -> None:
    """Raise `NoEventLogError` unless the server keeps a log; *deed* says what it is needed for."""
    if not has_log(session):
        raise NoEventLogError(
            f"The server at {session.address} keeps no log of its events, so it cannot tell {deed}; Trackteroid's own "
            "server does. Here, session.events.follow() listens to the event hub from now on."
        )


def ask(session: BaseSession, action: str, **arguments: Any) -> dict[str, Any]:
    """Return the answer to one operation on the log."""
    batch = PlainBatch([{"action": action, **{key: each for key, each in arguments.items() if each is not None}}])
    return session.call(batch)[0]


def patient(session: BaseSession, wait: float) -> float:
    """Return the seconds that a request may wait on the server, before the session gives up on it."""
    timeout = cast("float | tuple[float | None, float | None] | None", session.request_timeout)
    reading = timeout[1] if isinstance(timeout, tuple) else timeout
    return wait if reading is None else min(wait, reading / 2)


def is_passing(error: Exception) -> bool:
    """Return whether an error may be none when the same is asked a little later."""
    return isinstance(error, UnreachableServerError) or (
        isinstance(error, RefusedError) and str(error).startswith(_FAILED)
    )


def insist(session: BaseSession, do: Callable[[], T], deed: str, *, seconds: float | None = None) -> T:
    """Return what comes of *do*, which is repeated while the server cannot be reached: at once, later, and later.

    The log has one warning for each outage.

    Args:
        session: the session.
        do: what does no harm when it is repeated.
        deed: what is repeated, for the log.
        seconds: how long to go on; without it, for ever.

    Raises:
        UnreachableServerError: it cannot be reached for so long.
    """
    began, attempt = time.monotonic(), 0
    while True:
        try:
            return do()
        except (UnreachableServerError, RefusedError) as error:
            is_over = seconds is not None and time.monotonic() - began >= seconds
            if is_over or not is_passing(error):
                raise
            if not attempt:
                session.warn(f"{error} Trying on {deed}.")
        attempt += 1
        time.sleep(pause(min(attempt, _LONGEST)))
