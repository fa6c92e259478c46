"""Pictures of how a production goes: what is left to do, what has which status, and what it has cost.

They are drawn with matplotlib, each into *axes*, or into those of a new figure, of what is asked for as rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from trackteroid.chains import Chain
from trackteroid.entities.base import entity_class
from trackteroid.errors import InvalidArgumentsError
from trackteroid.extras import optional
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.spelling import to_datetime
from trackteroid.values import frozen

__all__ = ["bids_against_time", "burndown", "status_over_time"]

#: The seconds of an hour.
_HOUR = 3600.0
#: How many points a line has at most; what lasts longer is looked at every few days.
_MOST = 400
#: Which entities tell of the changes of which others.
_CHANGES = {"TypedContext": "TypedContextStatusChange", "AssetVersion": "AssetVersionStatusChange"}
_DONE = "DONE"


def burndown(query: Query, axes: Any = None, *, by_bid: bool = False) -> Any:
    """Draw how much of what a query finds was left to do, day by day, and return the axes of matplotlib.

    It is what has no status of the state "Done". What servers remember of changes is counted; what has no history has
    had its status from the beginning.

    Args:
        query: the tasks, other contexts or versions: ``Query(Task).by_name(Project, "sync")``.
        axes: where to draw it.
        by_bid: whether the hours that were bid are added up, instead of counting.

    Raises:
        InvalidArgumentsError: the query is for something else.
        MissingExtraError: matplotlib is not installed.

    >>> burndown(Query(Task)).figure.savefig("burndown.png")  # doctest: +SKIP
    """
    drawn = _axes(axes)
    lines = lines_of(query, "bid" if by_bid else None)
    days = days_of(lines)
    left = [each / _HOUR for each in remaining(lines, days)] if by_bid else remaining(lines, days)
    drawn.step(days, left, where="post", marker="o" if len(days) == 1 else None, label="left")
    if len(days) > 1:
        drawn.plot([days[0], days[-1]], [max(left), 0], linestyle="--", linewidth=1, label="steady pace")
        drawn.legend()
    drawn.set_ylim(bottom=0)
    return _labelled(drawn, "hours left to do" if by_bid else f"{query.entity_type.__name__} left to do")


def status_over_time(query: Query, axes: Any = None) -> Any:
    """Draw how many of what a query finds had which status, day by day, and return the axes of matplotlib.

    Raises:
        InvalidArgumentsError: the query is neither for contexts nor for versions.
        MissingExtraError: matplotlib is not installed.

    >>> status_over_time(Query(AssetVersion).by_name(Project, "sync"))  # doctest: +SKIP
    """
    drawn = _axes(axes)
    lines = lines_of(query)
    days = days_of(lines)
    counts = by_status(lines, days)
    if len(days) == 1:  # an area of one day cannot be seen
        drawn.bar(list(counts), [each[0] for each in counts.values()])
        drawn.tick_params(axis="x", labelrotation=45)
        return drawn
    if counts:
        drawn.stackplot(days, list(counts.values()), labels=list(counts), step="post")
        drawn.legend(loc="upper left", fontsize="small")
    return _labelled(drawn, query.entity_type.__name__)


def bids_against_time(query: Query, axes: Any = None) -> Any:
    """Draw the hours that were bid and logged for the tasks that a query finds, by project; return the axes.

    Raises:
        InvalidArgumentsError: the query is not for tasks.
        MissingExtraError: matplotlib is not installed.

    >>> bids_against_time(Query(Task))  # doctest: +SKIP
    """
    drawn = _axes(axes)
    hours = hours_of(query)
    places = range(len(hours))
    drawn.bar([place - 0.2 for place in places], [bid for bid, _ in hours.values()], 0.4, label="bid")
    drawn.bar([place + 0.2 for place in places], [logged for _, logged in hours.values()], 0.4, label="logged")
    drawn.set_xticks(list(places), list(hours))
    drawn.set_ylabel("hours")
    if hours:
        drawn.legend()
    return drawn


def _axes(axes: Any) -> Any:
    if axes is not None:
        return axes
    pyplot = optional("matplotlib.pyplot", "plots", "A plot")
    _, made = pyplot.subplots(figsize=(8, 4), layout="constrained")
    return made


def _labelled(axes: Any, label: str) -> Any:
    axes.set_ylabel(label)
    axes.tick_params(axis="x", labelrotation=30)
    return axes


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


def lines_of(query: Query, amount: str | None = None) -> list[Line]:
    """Return the lives of what a query finds; with the name of an attribute, each counts as much as that says.

    Raises:
        InvalidArgumentsError: it is no query for contexts or versions, whose changes servers remember.
    """
    lineage = schema_of(query.session).lineage(query.entity_type.__name__)
    kind = next((_CHANGES[each] for each in lineage if each in _CHANGES), None)
    if kind is None:
        raise InvalidArgumentsError(
            f"Servers remember how the statuses of tasks, other contexts and versions have changed, not those of "
            f"{query.entity_type.__name__}. Give a query for these: Query(Task)."
        )
    created = "created_at" if "TypedContext" in lineage else "date"
    wanted = ["id", created, "status.name", "status.state.short", *([amount] if amount else [])]
    chain: Any = Chain(kind, ("parent_id",))
    asked = Query(entity_class(kind), query.session, query.schema).where(chain.in_(query))
    changes: dict[str, list[Change]] = {}
    for owner, at, status, state in asked.iter_rows(["parent_id", "date", "status.name", "status.state.short"]):
        changes.setdefault(owner, []).append(Change(_moment(at), status or "no status", state == _DONE))
    return [
        Line(
            _moment(at),
            status or "no status",
            state == _DONE,
            float(rest[0] or 0.0) if rest else 1.0,
            changes.get(identity, ()),
        )
        for identity, at, status, state, *rest in query.iter_rows(wanted)
    ]


def hours_of(query: Query) -> Mapping[str, tuple[float, float]]:
    """Return the hours that were bid and logged for tasks, by the names of their projects.

    Raises:
        InvalidArgumentsError: it is no query for tasks.
    """
    if query.entity_type.__name__ != "Task":
        raise InvalidArgumentsError(f"Tasks have bids. Give a query for these: Query(Task), not {query!r}.")
    found: dict[str, tuple[float, float]] = {}
    for project, bid, logged in query.iter_rows(["project.name", "bid", "time_logged"]):
        before = found.get(project, (0.0, 0.0))
        found[project] = (before[0] + (bid or 0.0) / _HOUR, before[1] + (logged or 0.0) / _HOUR)
    return dict(sorted(found.items()))


def _moment(value: Any) -> datetime:
    return to_datetime(value) or datetime.fromtimestamp(0, timezone.utc)
