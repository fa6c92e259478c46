"""What time it is for the servers of this process: everything that is written down, expires or is due asks here.

How long something takes is measured elsewhere, and so is the age of files on a disk.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from typing import Final

from trackteroid.spelling import moment_of

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

    def __init__(self, moment: datetime | date | str) -> None:
        self.moment = _aware(moment)

    def move(self, later: timedelta | None = None, **parts: float) -> datetime:
        """Move it by a timedelta or its parts, such as ``days=1``, and return what time it is then."""
        self.moment += (later or timedelta()) + timedelta(**parts)
        return self.moment

    def set(self, moment: datetime | date | str) -> None:
        """Set it to a moment, which may be ISO 8601 text; one without a time zone is in UTC.

        Raises:
            ValueError: It is something else.
        """
        self.moment = _aware(moment)


def now() -> datetime:
    """Return what time it is, in UTC."""
    frozen = _frozen[-1:]
    return frozen[0].moment if frozen else datetime.now(timezone.utc)


def written(moment: datetime) -> str:
    """Return a moment as leases, claims and pauses are kept in the database."""
    return moment.isoformat(timespec="milliseconds")


@contextmanager
def frozen(moment: datetime | date | str) -> Generator[FrozenClock]:
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


def _aware(moment: datetime | date | str) -> datetime:
    found = moment_of(moment, text=True)
    if found is None:
        raise ValueError(
            f'A clock is set to a moment such as "2026-03-01T12:00" or datetime(2026, 3, 1, 12), not to {moment!r}.'
        )
    return found.astimezone(timezone.utc)
