"""Events as callbacks get them that are not changes, and replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from ftrack_api.session import Session

from trackteroid.events.records import sent_at
from trackteroid.values import frozen


@frozen
class Received:
    """An event that somebody has published.

    Attributes:
        topic: its topic.
        data: what it says.
        event: all of it.
        session: the session to ask with: in threads this is one of the thread's own.
        at: when it was published, where that is known.
    """

    topic: str
    data: Any
    event: Mapping[str, Any]
    session: Session
    at: datetime | None = None

    @classmethod
    def of(cls, event: Mapping[str, Any], session: Session, at: datetime | None = None) -> Received:
        """Return an event as callbacks get it."""
        return cls(str(event.get("topic")), event.get("data"), event, session, at or sent_at(event))

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.event.get("id"))

    @property
    def user(self) -> str | None:
        """The user name of who has published it."""
        source = cast("Mapping[str, Any]", self.event.get("source") or {})
        return cast("Mapping[str, Any]", source.get("user") or {}).get("username")


@frozen
class Reply:
    """What somebody has replied to an event.

    Attributes:
        data: the reply.
        source: what the one who replies says of itself.
    """

    data: Any
    source: Mapping[str, Any]
