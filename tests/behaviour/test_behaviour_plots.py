"""Plots show what rows say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import matplotlib as mpl
import pytest

from trackteroid import Asset, AssetVersion, Project, Query, Session, Task
from trackteroid.errors import InvalidArgumentsError
from trackteroid.plots import Change, Line, bids_against_time, burndown, by_status, days_of, remaining, status_over_time


@pytest.fixture
def axes() -> Iterator[Any]:
    from matplotlib.figure import Figure

    mpl.use("agg")
    return Figure().subplots()


LINES = [
    Line(datetime(2026, 1, 1), "Done", is_done=True, amount=2, changes=[
        Change(datetime(2026, 1, 3), "Done", is_done=True), Change(datetime(2026, 1, 1), "Ready"),
    ]),
    Line(datetime(2026, 1, 2), "Ready"),
]  # fmt: skip


@pytest.mark.promise("plots-show-rows")
def test_what_is_left_is_what_there_is_and_is_not_done() -> None:
    days = days_of(LINES)
    assert days == [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)]
    assert remaining(LINES, days) == [2, 3, 1]
    assert by_status(LINES, days) == {"Ready": [2, 3, 1], "Done": [0, 0, 2]}
    assert days_of([]) == []


@pytest.mark.promise("plots-show-rows")
def test_a_long_time_has_few_points_and_its_last_day() -> None:
    days = days_of([Line(datetime(2000, 1, 1), "x"), Line(datetime(2026, 1, 1), "x")])
    assert len(days) < 500
    assert days[-1] == date(2026, 1, 1)


@pytest.mark.promise("plots-show-rows")
def test_burndown_ends_with_what_is_left_now(session: Session, axes: Any) -> None:
    query = Query(Task, session).by_name(Project, "sync")
    line = burndown(query, axes).lines[0]
    assert line.get_ydata()[-1] == sum(row[0] != "DONE" for row in query.rows(["status.state.short"]))
    left = sum(bid for bid, state in query.rows(["bid", "status.state.short"]) if state != "DONE")
    assert burndown(query, axes, by_bid=True).lines[-1].get_ydata()[-1] == pytest.approx(left / 3600)


@pytest.mark.promise("plots-show-rows")
def test_statuses_and_bids_are_drawn_also_of_nothing(session: Session, axes: Any) -> None:
    status_over_time(Query(AssetVersion, session), axes)
    bars = bids_against_time(Query(Task, session), axes)
    assert [label.get_text() for label in bars.get_xticklabels()] == sorted(Query(Project, session).get_all().name)
    for draw in (status_over_time, burndown, bids_against_time):
        draw(Query(Task, session).by_name("no such task"), axes)


@pytest.mark.promise("plots-show-rows")
def test_what_has_no_history_is_refused(session: Session, axes: Any) -> None:
    with pytest.raises(InvalidArgumentsError, match="not those of Asset"):
        burndown(Query(Asset, session), axes)
    with pytest.raises(InvalidArgumentsError, match="Tasks have bids"):
        bids_against_time(Query(AssetVersion, session), axes)
