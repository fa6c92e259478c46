"""Events that were delivered, and what is still to be done for them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from trackteroid.events.logged import LoggedEvent

#: Whom a delivery is for, where the same event is delivered twice.
Part: TypeAlias = Literal["all", "requests", "listeners"]


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
        part: whether it is for all handlers, or only for those that are waited for, or only for the others.
        running: how many tasks are being done for it now.
        since: the moment, of the clock that never goes back, when it was written to the log; None where there is none.
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
    part: Part = "all"
    running: int = 0
    since: float | None = None

    def is_for(self, *, requests: bool) -> bool:
        """Return whether it is for handlers that answer *requests*, or for those that listen."""
        return self.part in ("all", "requests" if requests else "listeners")

    @property
    def age(self) -> float:
        """The seconds since it was written to the log; 0 for what comes as it happens."""
        return 0.0 if self.since is None else time.monotonic() - self.since

    @property
    def is_stale(self) -> bool:
        """Whether it is too late to begin with it, because somebody else will have it soon."""
        return self.until is not None and time.monotonic() > self.until
