"""Ranges of dates: what a day, a time and a time zone mean, for criteria and for conditions alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import arrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo_servers import demo_server
from trackteroid import AssetVersion, Job, Query, Session, Shot, Task, Timelog
from trackteroid.expressions import render
from trackteroid.query.literals import day_of, moment_of

CET = timezone(timedelta(hours=1))
DAY = date(2026, 1, 10)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    server = demo_server()
    with Session(server_url=server, plugin_paths=[]) as session:
        _make(session)
        yield session
    server.close()


#: What begins and ends at the edges of days, besides the demo production.
EDGES = [
    datetime(2026, 1, 9, 23, 59, 59),
    datetime(2026, 1, 10),
    datetime(2026, 1, 10, 0, 0, 1),
    datetime(2026, 1, 10, 23, 59, 59),
    datetime(2026, 1, 11),
    datetime(2026, 1, 11, 0, 30),
    None,
]


def _make(session: Session) -> None:
    user, project = session.query("User").first(), session.query("Project").first()
    asset = session.query("Asset").first()
    _make_attribute(session)
    session.commit()
    for number, moment in enumerate(EDGES):
        session.create("AssetVersion", {"asset": asset, "date": moment})
        job = session.create("Job", {"type": "api_job", "status": "done", "user": user})
        if moment is not None:
            job["created_at"], job["finished_at"] = moment, moment
        session.create("Timelog", {"user": user, "start": moment or datetime(2020, 1, 1)})
        task = {"name": f"edge {number}", "parent": project, "start_date": moment, "end_date": moment}
        created = session.create("Task", task)
        if moment is not None:
            created["custom_attributes"]["due"] = arrow.get(moment)
    session.commit()


def _make_attribute(session: Session) -> None:
    task = session.query('ObjectType where name is "Task"').one()
    kind = session.query('CustomAttributeType where name is "date"').one()
    values = {"key": "due", "label": "Due", "entity_type": "task", "type": kind, "object_type_id": task["id"]}
    session.create("CustomAttributeConfiguration", {**values, "config": "{}", "default": None})


def moments(session: Session, entity_type: str, attribute: str) -> dict[str, datetime | None]:
    found = session.query(f"select id, {attribute} from {entity_type}").all()
    return {each["id"]: each[attribute] and each[attribute].naive for each in found}


def ids(query: Any) -> set[str]:
    return set(query.ids())


def on(day: date) -> Callable[[datetime | None], bool]:
    return lambda moment: moment is not None and moment.date() == day


def expected(known: dict[str, Any], *holds: Callable[[Any], bool]) -> set[str]:
    return {key for key, moment in known.items() if moment is not None and all(each(moment) for each in holds)}


DAYS: list[Any] = [DAY, "2026-01-10", " 2026-01-10 "]


@pytest.mark.parametrize("day", DAYS, ids=repr)
def test_the_last_day_of_a_range_counts_whole(session: Session, day: Any) -> None:
    known = moments(session, "AssetVersion", "date")
    that_day = expected(known, on(DAY))
    assert len(that_day) > 3
    query = lambda: Query(AssetVersion, session)  # noqa: E731
    assert ids(query().by_publish_time(start=day, end=day)) == that_day
    assert ids(query().by_publish_time(end=day)) == expected(known, lambda moment: moment.date() <= DAY)
    assert ids(query().by_publish_time(start=day)) == expected(known, lambda moment: moment.date() >= DAY)
    assert ids(query().where(AssetVersion.date.between(day, day))) == that_day
    assert ids(query().where(AssetVersion.date == day)) == that_day
    assert ids(query().where(AssetVersion.date.in_(day, datetime(2026, 1, 11)))) == that_day | expected(
        known, lambda moment: moment == datetime(2026, 1, 11)
    )
    assert ids(query().where(AssetVersion.date <= day)) == expected(known, lambda moment: moment.date() <= DAY)
    assert ids(query().where(AssetVersion.date.before(day))) == expected(known, lambda moment: moment.date() < DAY)
    assert ids(query().where(AssetVersion.date.after(day))) == expected(known, lambda moment: moment.date() > DAY)


def test_every_criterion_with_a_range_counts_days_whole(session: Session) -> None:
    ranges: list[tuple[Any, str, str, str]] = [
        (AssetVersion, "by_publish_time", "date", "date"),
        (Task, "by_lifespan", "start_date", "end_date"),
        (Job, "by_lifespan", "created_at", "finished_at"),
        (Timelog, "by_lifespan", "start", "start"),
    ]
    for entity_type, criterion, first, last in ranges:
        starts = moments(session, entity_type.__name__, first)
        ends = moments(session, entity_type.__name__, last)
        within = expected(starts, lambda moment: moment.date() >= DAY) & expected(
            ends, lambda moment: moment.date() <= DAY
        )
        assert within
        assert ids(getattr(Query(entity_type, session), criterion)(DAY, DAY)) == within


def test_a_change_of_status_on_the_last_day_is_in_the_range(session: Session) -> None:
    changes = session.query("select parent_id, date from TypedContextStatusChange").all()
    day = max(each["date"] for each in changes).date()
    changed = {each["parent_id"] for each in changes if each["date"].date() == day}
    found = ids(Query(Shot, session).by_status_change_time(start=day, end=day)) | ids(
        Query(Task, session).by_status_change_time(start=day, end=day)
    )
    assert found <= changed
    assert found


def test_jobs_of_a_day_are_those_of_all_of_it(session: Session) -> None:
    known = moments(session, "Job", "finished_at")
    that_day = expected(known, on(DAY))
    assert that_day
    assert ids(Query(Job, session).by_finish_date(DAY)) == that_day
    assert ids(Query(Job, session).by_finish_date(datetime(2026, 1, 10, 15))) == that_day
    # A day in a time zone begins at its own midnight.
    berlin = datetime(2026, 1, 11, 8, tzinfo=ZoneInfo("Europe/Berlin"))
    first = datetime(2026, 1, 10, 23)
    local = expected(known, lambda moment: first <= moment < first + timedelta(days=1))
    assert ids(Query(Job, session).by_finish_date(berlin)) == local != that_day


@pytest.mark.parametrize("day", [DAY, "2026-01-10"], ids=repr)
def test_custom_attributes_that_are_dates_count_days_whole(session: Session, day: Any) -> None:
    tasks = {
        each["name"]: each["start_date"].naive
        for each in session.query('select name, start_date from Task where name like "edge%"')
        if each["start_date"]
    }
    names = lambda condition: set(Query(Task, session).where(condition).get_all().name)  # noqa: E731
    assert names(Task.custom_due <= day) == expected(tasks, lambda moment: moment.date() <= DAY)
    assert names(Task.custom_due > day) == expected(tasks, lambda moment: moment.date() > DAY)
    assert names(Task.custom_due.between(day, day)) == expected(tasks, on(DAY))
    assert names(Task.custom_due == DAY) == expected(tasks, on(DAY))


@settings(max_examples=30)
@given(
    value=st.one_of(
        st.dates(date(2026, 1, 8), date(2026, 1, 13)),
        st.datetimes(datetime(2026, 1, 9, 22), datetime(2026, 1, 11, 2), timezones=st.sampled_from([None, CET])),
    ).map(lambda value: value.replace(microsecond=0) if isinstance(value, datetime) else value),
    written=st.sampled_from([lambda value: value, lambda value: value.isoformat(), lambda value: str(value)]),
)
@pytest.mark.slow
def test_everything_lies_before_or_in_or_after_a_moment(session: Session, value: Any, written: Any) -> None:
    known = moments(session, "AssetVersion", "date")
    given_value = written(value)
    query = lambda condition: ids(Query(AssetVersion, session).where(condition))  # noqa: E731
    before, within = query(AssetVersion.date < given_value), query(AssetVersion.date == given_value)
    after = query(AssetVersion.date > given_value)
    assert before | within | after == expected(known)
    assert len(before) + len(within) + len(after) == len(expected(known))
    assert query(AssetVersion.date <= given_value) == before | within
    assert query(AssetVersion.date >= given_value) == within | after
    assert ids(Query(AssetVersion, session).by_publish_time(given_value)) == within | after
    assert ids(Query(AssetVersion, session).by_publish_time(end=given_value)) == before | within
    if isinstance(value, datetime):
        utc = value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value
        assert before == expected(known, lambda moment: moment < utc)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2024, 2, 28), 'x >= "2024-02-28" and x < "2024-02-29"'),
        ("2024-12-31", 'x >= "2024-12-31" and x < "2025-01-01"'),
        (datetime(2026, 1, 10), 'x is "2026-01-10T00:00:00"'),
        (datetime(2026, 1, 10, tzinfo=CET), 'x is "2026-01-09T23:00:00+00:00"'),
        (arrow.get(2026, 1, 10, tzinfo=CET), 'x is "2026-01-09T23:00:00+00:00"'),
        (arrow.get(2026, 1, 10), 'x is "2026-01-10T00:00:00+00:00"'),
        ("2026-01-10 12:00", 'x is "2026-01-10 12:00"'),
        ("2026-01-10T12:00:00.25Z", 'x is "2026-01-10T12:00:00.25Z"'),
        ("2026-01-10t12:00:00z", 'x is "2026-01-10t12:00:00z"'),
        ("2026-01-10T12:00:00-0530", 'x is "2026-01-10T12:00:00-0530"'),
    ],
    ids=repr,
)
def test_these_are_moments(value: object, text: str) -> None:
    moment = moment_of(value)
    assert moment is not None
    assert render(moment.compared("x", "is")).strip("()") == text


@pytest.mark.parametrize(
    "value",
    [
        *("", "soon", "2026", "2026-01", "2026-02-30", "2026-01-10T24:00:01", "10.01.2026", "20260110"),
        *("2026-01-10T12:00:00+99:00", "2026-01-10T12:00:00.x", "\u0662\u0660\u0662\u0666-01-10"),
        *(None, 0, 20260110, 1.5, True, b"2026-01-10", [DAY], timedelta(1), DAY.timetuple(), date, datetime),
        datetime.min.replace(tzinfo=CET),
    ],
    ids=repr,
)
def test_these_are_no_moments(value: object) -> None:
    assert moment_of(value) is None
    assert day_of(value) is None or value == datetime.min.replace(tzinfo=CET)


def test_a_day_of_a_time_zone_may_have_another_length() -> None:
    longest = day_of(datetime(2026, 10, 25, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    assert longest is not None
    assert (longest.first, longest.following) == ("2026-10-24T22:00:00+00:00", "2026-10-25T23:00:00+00:00")


def test_the_calendar_has_an_end() -> None:
    assert render(moment_of(date.max).compared("x", "<=")) == 'x < "9999-12-31T23:59:59.999999"'  # type: ignore[union-attr]
    assert day_of(datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))) is None
