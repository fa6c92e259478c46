"""What was when, from changes of statuses: how many had which, and how much was left to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from trackteroid.values import frozen

#: How many points a line has at most; what lasts longer is looked at every few days.
_MOST = 400


@frozen
class Change:
    """At some moment, something got a status.

    Attributes:
        at: when, in UTC.
        status: the name of the status.
        is_done: whether nothing is left to do then.
    """

    at: datetime
    status: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The life of one entity.

    Attributes:
        created: when it began, in UTC.
        status: the status that it has now, of which there may be no history.
        is_done: whether nothing is left to do now.
        amount: how much it counts.
        changes: its changes, in any order.
    """

    created: datetime
    status: str
    is_done: bool = False
    amount: float = 1.0
    changes: Sequence[Change] = field(default=())

    def steps(self) -> list[Change]:
        """Return its changes in order. What has no history has had its status from the beginning."""
        return sorted(self.changes, key=lambda each: each.at) or [Change(self.created, self.status, self.is_done)]


def days_of(lines: Iterable[Line]) -> list[date]:
    """Return the days from the first change to the last one; every few days of a long time, with the last one.

    >>> days_of([Line(datetime(2026, 1, 30), "Ready"), Line(datetime(2026, 2, 1), "Ready")])
    [datetime.date(2026, 1, 30), datetime.date(2026, 1, 31), datetime.date(2026, 2, 1)]
    """
    moments = [step.at.date() for line in lines for step in line.steps()]
    if not moments:
        return []
    first, last = min(moments), max(moments)
    pace = (last - first).days // _MOST + 1
    found = [first + timedelta(days=number) for number in range(0, (last - first).days + 1, pace)]
    return found if found[-1] == last else [*found, last]


def by_status(lines: Sequence[Line], days: Sequence[date]) -> Mapping[str, list[float]]:
    """Return how many had each status at the end of each day, by status in the order in which they occurred."""
    found: dict[str, list[float]] = {}
    for line in lines:
        for place, step in _at(line, days):
            if step is not None:
                found.setdefault(step.status, [0.0] * len(days))[place] += line.amount
    return found


def remaining(lines: Sequence[Line], days: Sequence[date]) -> list[float]:
    """Return how much was left to do at the end of each day: of all that there was then and was not done.

    >>> done = Change(datetime(2026, 1, 2), "Done", is_done=True)
    >>> line = Line(datetime(2026, 1, 1), "Done", changes=[done], amount=3)
    >>> remaining([line, Line(datetime(2026, 1, 1), "Ready")], [date(2026, 1, 1), date(2026, 1, 2)])
    [4.0, 1.0]
    """
    left = [0.0] * len(days)
    for line in lines:
        for place, step in _at(line, days):
            is_there = step is not None or line.created.date() <= days[place]
            if is_there and not (step is not None and step.is_done):
                left[place] += line.amount
    return left


def _at(line: Line, days: Sequence[date]) -> Iterable[tuple[int, Change | None]]:
    """Yield the number of each day, and the last change until its end."""
    steps, current = line.steps(), None
    for place, day in enumerate(days):
        while steps and steps[0].at.date() <= day:
            current = steps.pop(0)
        yield place, current
