"""What things looked like, and who has changed them: asked of the past, without mixing it with the present."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from trackteroid import Query, Session, Shot, Status, Task
from trackteroid.errors import (
    EntityCollectionOperationError,
    InvalidArgumentsError,
    NoHistoryError,
    PastError,
    RefusedError,
    UnknownAttributeError,
)
from trackteroid.query.past import moment_text


def status(session: Session, name: str) -> Any:
    return Query(Status, session=session).by_name(name).get_one()


@pytest.fixture
def tasks(author: Session, shot: Any) -> Any:
    """Three tasks of a shot, in the order of their names."""
    children = shot.children[Task]
    for name in ("animation", "compositing", "lighting"):
        children.create(name=name, type="Compositing", bid=1.0, status=status(author, "In progress"))
    author.commit()
    return Query(Task, session=author).by_id(Shot, *shot.id).get(["status.name", "bid", "name"], order_by="name")


@pytest.fixture
def before(author: Session, tasks: Any) -> datetime:
    """The moment before one of them was approved and one was deleted."""
    moment = datetime.now(timezone.utc)
    tasks[0].status, tasks[0].bid = status(author, "Approved"), 2.5
    author.commit()
    tasks[2].delete().commit()
    return moment


def asked(author: Session, shot: Any) -> Query:
    return Query(Task, session=author).by_id(Shot, *shot.id)


@pytest.mark.promise("the-past-is-as-it-was")
def test_queries_answer_as_of_a_moment(author: Session, shot: Any, before: datetime) -> None:
    past = asked(author, shot).as_of(before).get(["status.name", "bid"], order_by="name")
    assert past.name == ["animation", "compositing", "lighting"]
    assert past.Status.name == ["In progress"]
    assert past.bid == [1.0, 1.0, 1.0]
    assert asked(author, shot).by_status("Approved").count() == 1
    assert asked(author, shot).by_status("Approved").as_of(before).count() == 0
    assert asked(author, shot).as_of(before).sum("bid") == 3.0
    assert "looked like at 2" in repr(asked(author, shot).as_of(before))
    assert asked(author, shot).as_of(before).group_by("status.name").count() == {"In progress": 3}
    assert asked(author, shot).as_of(before).rows(["name", "status.name"], order_by="name")[2] == (
        "lighting",
        "In progress",
    )
    assert len(asked(author, shot).as_of(before).ids()) == 3
    assert sum(map(len, asked(author, shot).as_of(before).iterate(2))) == 3


@pytest.mark.promise("the-past-never-mixes")
def test_entities_of_the_past_are_not_those_of_now(author: Session, shot: Any, before: datetime) -> None:
    now = asked(author, shot).get(["status.name"], order_by="name")
    past = asked(author, shot).as_of(before).get(["status.name"], order_by="name")
    assert now.Status.name == ["Approved", "In progress"]
    assert past[0].Status.name == ["In progress"]
    assert past.fetch_attributes("bid", "parent.name").bid == [1.0, 1.0, 1.0]
    with pytest.raises(EntityCollectionOperationError, match="different sessions"):
        past.union(now)
    again = asked(author, shot).as_of(before).get(order_by="name")
    assert again == past, "two questions about one moment have the same entities"


@pytest.mark.promise("the-past-never-mixes")
def test_the_past_cannot_be_changed(author: Session, shot: Any, before: datetime) -> None:
    past = asked(author, shot).as_of(before).get(["status.name", "bid"], order_by="name")
    entity = past.values()[0]

    def assign() -> None:
        past[0].bid = 9.0

    def assign_directly() -> None:
        entity["bid"] = 9.0

    attempts: list[Any] = [
        assign,
        assign_directly,
        past.delete,
        past.commit,
        lambda: entity.session.create("Task", {"name": "x"}),
        lambda: entity.session.ensure("Task", {"name": "x"}),
        lambda: entity.session.delete(entity),
        lambda: entity.session.call([{"action": "delete", "entity_type": "Task", "entity_key": ["x"]}]),
    ]
    for attempt in attempts:
        with pytest.raises(PastError, match="cannot be changed"):
            attempt()
    assert past.bid == [1.0, 1.0, 1.0]
    assert entity["bid"] == 1.0
    assert len(author.recorded_operations) == 0


@pytest.mark.promise("the-past-is-as-it-was")
def test_criteria_take_what_the_session_has_now(author: Session, shot: Any, tasks: Any, before: datetime) -> None:
    assert Query(Task, session=author).as_of(before).by_id(*tasks.keys()).count() == 3
    assert Query(Task, session=author).as_of(before).where(Task.parent.in_(shot)).count() == 3
    inner = Query(Shot, session=author).by_id(*shot.id)
    assert Query(Task, session=author).as_of(before).where(Task.parent.in_(inner)).count() == 3


@pytest.mark.promise("history-of-attributes")
def test_a_history_tells_who_has_changed_what(author: Session, tasks: Any, before: datetime) -> None:
    with author.profile() as profile:
        changes = tasks.history("status", "bid")
    assert len(profile.exchanges) == 1
    told = [(each.user, each.entity, each.attribute, each.old, each.new) for each in changes]
    first, _, last = tasks.keys()
    assert told == [
        (author.api_user, first, "status", "In progress", "Approved"),
        (author.api_user, first, "bid", 1.0, 2.5),
        (author.api_user, last, "status", "In progress", None),
        (author.api_user, last, "bid", 1.0, None),
    ]
    assert all(each.at > before for each in changes)
    assert "In progress -> Approved" in str(changes[0])
    assert author.history(Task, [last], "bid") == changes[-1:]
    then = Query(Task, session=author).by_id(first)
    assert then.as_of(changes[0].at).get(["bid"]).bid == [2.5]
    assert then.as_of(changes[0].number).get(["bid"]).bid == [2.5]
    assert then.as_of(changes[0].number - 1).get(["bid"]).bid == [1.0]
    assert tasks[1].history("status") == []


@pytest.mark.promise("history-of-attributes")
def test_metadata_custom_attributes_and_lists_have_a_history(author: Session, shot: Any) -> None:
    shot.metadata = {"lens": "35mm"}
    shot.custom_fstart = 1001
    author.commit()
    shot.metadata = {"lens": "50mm"}
    shot.custom_fstart = 1009
    author.commit()
    changes = shot.history(Shot.metadata["lens"], "custom_fstart")
    by_attribute = [
        [(each.old, each.new) for each in changes if each.attribute == name]
        for name in ('metadata["lens"]', "custom_fstart")
    ]
    assert by_attribute == [[(None, "35mm"), ("35mm", "50mm")], [(None, 1001), (1001, 1009)]]
    assert shot.history(Shot.custom_fstart) == [each for each in changes if each.attribute == "custom_fstart"]
    category = author.query("ListCategory").first()
    made = author.create("TypedContextList", {"name": "x", "project": shot.project.values()[0], "category": category})
    author.commit()
    made["items"].append(shot.values()[0])
    author.commit()
    made["items"].remove(shot.values()[0])
    author.commit()
    moves = author.history("TypedContextList", [made["id"]], "items")
    assert [(each.old, each.new) for each in moves] == [(None, shot.name[0]), (shot.name[0], None)]


@pytest.mark.promise("history-of-attributes")
def test_what_has_no_history_is_refused_in_words(author: Session, shot: Any) -> None:
    for asked, error, message in (
        ("statsu", UnknownAttributeError, "status"),
        (Shot.status.name, InvalidArgumentsError, "leads away from Shot"),
        (3, InvalidArgumentsError, "not 3"),
        ("children", RefusedError, "no history"),
        ("custom_fstrat", RefusedError, "fstart"),
    ):
        with pytest.raises(error, match=message):
            shot.history(asked)


@pytest.mark.promise("the-past-is-as-it-was")
@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (date(2026, 11, 1), "2026-11-01T23:59:59.999999"),
        ("2026-11-01", "2026-11-01T23:59:59.999999"),
        ("2026-11-01 18:00", "2026-11-01T18:00:00"),
        ("2026-11-01 18:00+02:00", "2026-11-01T16:00:00"),
        (datetime(2026, 11, 1, 18, tzinfo=timezone(timedelta(hours=-5))), "2026-11-01T23:00:00"),
        (7, 7),
    ],
)
def test_moments_are_what_they_are_elsewhere(moment: Any, text: Any) -> None:
    assert moment_text(moment) == text


@pytest.mark.promise("the-past-has-a-beginning")
def test_what_makes_no_sense_is_refused_in_words(author: Session, tasks: Any) -> None:
    with pytest.raises(InvalidArgumentsError, match=r"as_of\(\) takes a date"):
        Query(Task, session=author).as_of("yesterday")
    with pytest.raises(RefusedError, match=r"is not known: it is from .* on"):
        Query(Task, session=author).as_of("2001-01-01").count()
    with pytest.raises(RefusedError, match="in the future"):
        Query(Task, session=author).as_of("2901-01-01").count()
    with pytest.raises(UnknownAttributeError, match='Did you mean "status"'):
        tasks.history("statsu")
    with pytest.raises(InvalidArgumentsError, match="names of attributes"):
        tasks.history()


@pytest.mark.promise("the-past-has-a-beginning")
def test_servers_without_a_history_are_not_asked(author: Session, tasks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {name: value for name, value in author.server_information.items() if name != "history_since"}
    monkeypatch.setattr(author, "_server_information", told)
    with author.profile() as profile:
        with pytest.raises(NoHistoryError, match="Trackteroid's own server can"):
            Query(Task, session=author).as_of("2026-01-01")
        with pytest.raises(NoHistoryError):
            tasks.history("status")
    assert not profile.exchanges
