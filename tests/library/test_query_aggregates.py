"""Counting, adding up and grouping: on the server in one request where it can, and the same where it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.list_tools import demo, session_of
from trackteroid import Asset, AssetVersion, Metadata, Query, Shot, Task, Type
from trackteroid.client.hydration import pages
from trackteroid.errors import InvalidArgumentsError, UnknownAttributeError
from trackteroid.query import aggregates
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with demo() as server:
        yield server


@pytest.fixture(scope="module")
def connected(server: EmbeddedServer) -> Iterator[Session]:
    with session_of(server, auto_populate=False) as session:
        yield session


@pytest.fixture(params=["on the server", "here"])
def session(request: pytest.FixtureRequest, connected: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session of a server that aggregates, and of one that does not."""
    if request.param == "here":
        monkeypatch.setattr(aggregates, "can_be_strict", lambda _: False)
    return connected


@pytest.fixture
def tasks(session: Session) -> list[Any]:
    found = Query(Task, session=session).get_all(["status.name", "type.name", "bid", "name", "start_date"])
    return list(found.values())


def ask(session: Session, entity_type: Any = Task) -> Query:
    return Query(entity_type, session=session)


def test_counting_counts_what_meets_the_criteria(session: Session, tasks: list[Any]) -> None:
    assert ask(session).count() == len(tasks)
    animation = [task for task in tasks if task["type"]["name"] == "Animation"]
    assert ask(session).by_name(Type, "Animation").count() == len(animation) > 0
    assert ask(session).by_name("no such task").count() == 0


def test_functions_of_an_attribute(session: Session, tasks: list[Any]) -> None:
    bids = [task["bid"] for task in tasks if task["bid"] is not None]
    assert ask(session).sum("bid") == pytest.approx(sum(bids))
    assert ask(session).avg(Task.bid) == pytest.approx(fmean(bids))
    assert (ask(session).min("bid"), ask(session).max("bid")) == (min(bids), max(bids))
    names = sorted((task["name"] for task in tasks), key=str.casefold)
    assert (ask(session).min("name"), ask(session).max("name")) == (names[0], names[-1])


def test_dates_come_as_dates(session: Session, tasks: list[Any]) -> None:
    starts = [task["start_date"] for task in tasks if task["start_date"] is not None]
    assert ask(session).min("start_date") == min(starts)
    assert ask(session).max("start_date") == max(starts)


def test_functions_of_nothing_are_none(session: Session) -> None:
    nothing = ask(session).by_name("no such task")
    assert [getattr(nothing, name)("bid") for name in ("sum", "avg", "min", "max")] == [None] * 4
    assert nothing.distinct("status.name") == []
    assert nothing.group_by("status.name").count() == {}


def test_distinct_values_come_in_order(session: Session, tasks: list[Any]) -> None:
    expected = sorted({task["status"]["name"] for task in tasks}, key=str.casefold)
    assert ask(session).distinct(Task.Status.name) == expected


def test_groups_are_counted(session: Session, tasks: list[Any]) -> None:
    assert ask(session).group_by("status.name").count() == Counter(task["status"]["name"] for task in tasks)
    assert ask(session).group_by(Task.Status.name, Task.Type.name).count() == Counter(
        (task["status"]["name"], task["type"]["name"]) for task in tasks
    )


def test_groups_have_the_values_that_are_asked_for(session: Session, tasks: list[Any]) -> None:
    rows = ask(session).group_by("type.name").agg(tasks="count", bid=("bid", "sum"), least=(Task.bid, "min"))
    for row in rows:
        bids = [task["bid"] for task in tasks if task["type"]["name"] == row["type.name"]]
        assert row["tasks"] == len(bids)
        assert row["bid"] == pytest.approx(sum(bids))
        assert row["least"] == min(bids)
    assert len(rows) == len({task["type"]["name"] for task in tasks})


def test_what_has_no_value_is_a_group_and_counts_for_nothing(session: Session) -> None:
    versions = ask(session, AssetVersion)
    counted = versions.group_by("task.name").agg(versions="count", tasks=("task.id", "count"))
    without = [row for row in counted if row["task.name"] is None]
    assert sum(row["versions"] for row in counted) == versions.count()
    assert [row["tasks"] for row in without] in ([], [0])


@settings(max_examples=30)
@given(
    by=st.lists(
        st.sampled_from(["status.name", "type.name", "parent.name", "priority.value"]), unique=True, max_size=2
    ),
    wanted=st.dictionaries(
        st.sampled_from("abc"),
        st.just("count")
        | st.tuples(st.sampled_from(["bid", "time_logged"]), st.sampled_from(["count", "sum", "avg", "min", "max"]))
        | st.tuples(st.sampled_from(["name", "status.name", "end_date"]), st.sampled_from(["count", "min", "max"])),
        min_size=1,
    ),
    name=st.sampled_from(["%", "comp%", "Anim%", "nothing"]),
)
def test_here_and_on_the_server_it_is_the_same(
    connected: Session, by: list[str], wanted: dict[str, Any], name: str
) -> None:
    query = ask(connected).by_name(name)

    def rows() -> list[dict[str, Any]]:
        question = query._question()
        return question.rows([question.aggregate(*each) for each in wanted.items()], by)

    there = rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aggregates, "can_be_strict", lambda _: False)
        here = rows()

    def in_order(found: list[dict[str, Any]]) -> list[Any]:
        return sorted(
            ({key: round(v, 6) if isinstance(v, float) else v for key, v in row.items()} for row in found), key=repr
        )

    assert in_order(there) == in_order(here)


def test_the_server_is_asked_once(connected: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    call = type(connected).call
    monkeypatch.setattr(type(connected), "call", lambda self, data: calls.append(data) or call(self, data))
    ask(connected, AssetVersion).count()
    ask(connected).group_by("status.name").agg(bid=("bid", "sum"))
    ask(connected).distinct("type.name")
    assert len(calls) == 3
    assert not any(len(batch) > 1 for batch in calls)


def test_explain_says_who_counts(session: Session, request: pytest.FixtureRequest) -> None:
    text = ask(session).explain()
    if "here" in request.node.name:
        assert "count and ids: 1 for every 5,000 ids" in text
        assert "the server does not aggregate this type" in text
    else:
        assert "count, sum and the like: 1" in text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda query: query.sum("name"), "sum needs numbers"),
        (lambda query: query.avg("start_date"), "avg needs numbers"),
        (lambda query: query.max("notes.content"), "not one plain value"),
        (lambda query: query.max("status"), "not one plain value"),
        (lambda query: query.group_by(), "needs an attribute"),
        (lambda query: query.group_by("bid").agg(), "needs a value"),
        (lambda query: query.group_by("bid").agg(a=("bid", "total")), "one of count, sum"),
        (lambda query: query.group_by("bid").agg(a="summ"), "Did you mean"),
        (lambda query: query.group_by("bid").agg(a=("bid",)), "pair"),
    ],
)
def test_what_cannot_be_aggregated_is_refused_in_words(session: Session, wrong: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentsError, match=message):
        wrong(ask(session))


def test_a_misspelt_attribute_is_suggested(session: Session) -> None:
    with pytest.raises(UnknownAttributeError, match="Did you mean"):
        ask(session).sum("bidd")


def test_a_type_with_a_key_of_several_parts_is_counted(session: Session) -> None:
    assert ask(session, Metadata).count() == sum(map(len, ask(session, Metadata).iterate()))


def test_values_that_no_server_may_take_for_syntax(session: Session) -> None:
    assert ask(session, Asset).by_name('" or id is_not none group by id').count() == 0
    assert ask(session, Shot).where(Shot.name == 'x" limit 5').distinct("name") == []


def test_a_server_that_refuses_is_asked_for_the_entities(
    connected: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A foreign server aggregates some types, and may not follow references."""
    expected = ask(connected).group_by("status.name").count()
    information = {key: value for key, value in connected.server_information.items() if key != aggregates.SUPPORTED}
    monkeypatch.setattr(type(connected), "server_information", property(lambda _: information))
    schemas = [{**each, "metadata": {"group_by": True}} for each in connected.schemas]
    question = ask(connected)._question()
    monkeypatch.setattr(connected, "schemas", schemas)
    assert question.can_aggregate
    monkeypatch.setattr(
        aggregates,
        "iter_records",
        lambda session, text, strict: pages.iter_records(session, text + " nonsense", strict=strict),
    )
    with caplog.at_level("INFO"):
        rows = question.rows([question.aggregate("n", "count")], ["status.name"])
    assert {row["status.name"]: row["n"] for row in rows} == expected
    assert "The server does not aggregate this" in caplog.text
