"""Events with the numbers that they have in the log of the server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Final

from ftrack_api.event.base import Event

from trackteroid.values import frozen

#: The topic of what tells that events are lost: its data have ``from`` and ``to``, the first and the last number.
GAP: Final = "trackteroid.gap"
#: The expression of all events.
EVERYTHING: Final = "topic=*"


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
