"""What time it is for the servers of this process: everything that is written down, expires or is due asks here.

How long something takes is measured elsewhere, and so is the age of files on a disk.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Final

#: How much longer than it should something may last, by the clock of another machine. More is the fault of a clock that
#: has gone back.
SKEW: Final = timedelta(minutes=1)

_lock = threading.Lock()
_frozen: list[FrozenClock] = []


class FrozenClock:
    """A clock that stands still until it is moved.

    Attributes:
        moment: What time it is, in UTC.
    """

    def __init__(self, moment: datetime) -> None:
        self.moment = _aware(moment)

    def move(self, later: timedelta | None = None, **parts: float) -> datetime:
        """Move it by a timedelta or its parts, such as ``days=1``, and return what time it is then."""
        self.moment += (later or timedelta()) + timedelta(**parts)
        return self.moment

    def set(self, moment: datetime) -> None:
        """Set it to a moment; one without a time zone is in UTC."""
        self.moment = _aware(moment)


def now() -> datetime:
    """Return what time it is, in UTC."""
    frozen = _frozen[-1:]
    return frozen[0].moment if frozen else datetime.now(timezone.utc)


def written(moment: datetime) -> str:
    """Return a moment as leases, claims and pauses are kept in the database."""
    return moment.isoformat(timespec="milliseconds")


@contextmanager
def frozen(moment: datetime) -> Generator[FrozenClock]:
    """Let time stand still for all servers of this process, for the time of a block.

    Of blocks inside of each other the innermost counts.

    Example:
        >>> with frozen(datetime(2026, 3, 1)) as clock:
        ...     print(clock.move(days=1))
        2026-03-02 00:00:00+00:00
    """
    clock = FrozenClock(moment)
    with _lock:
        _frozen.append(clock)
    try:
        yield clock
    finally:
        with _lock:
            _frozen.remove(clock)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
