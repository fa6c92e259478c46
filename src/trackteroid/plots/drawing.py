"""The pictures themselves, drawn with matplotlib. Each is drawn into *axes*, or into those of a new figure."""

from __future__ import annotations

from typing import Any

from trackteroid.extras import optional
from trackteroid.plots.asking import hours_of, lines_of
from trackteroid.plots.history import by_status, days_of, remaining
from trackteroid.query import Query

_HOURS = 3600.0


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
    left = [each / _HOURS for each in remaining(lines, days)] if by_bid else remaining(lines, days)
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
