"""``Query.where``: what conditions mean, compared with Python on the same data, and how they are written."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackteroid import AssetVersion, Metadata, Project, Query, Sequence, Session, Shot, Task
from trackteroid.chains import Condition

Record = dict[str, Any]
Predicate = Callable[[Record], bool]

TEXTS = [None, "plain", 'with "quotes"', "100%", "back\\slash", "limit 5"]
FIRST_FRAME = 7
"""What shots have that nobody gave another first frame."""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    session = Session(server_url="sqlite://", plugin_paths=[])
    yield session
    session.close()


@pytest.fixture(scope="module")
def shots(session: Session) -> list[Record]:
    """Shots of every kind there is, with and without values, on the server; and what is known about them."""
    schema = session.query("ProjectSchema").first()
    projects = [
        session.create("Project", {"name": name, "full_name": name, "project_schema": schema}) for name in ("p1", "p2")
    ]
    sequence = session.create("Sequence", {"name": "sq010", "parent": projects[0]})
    frames = _frame_attribute(session)
    records: list[Record] = []
    for number, (text, below) in enumerate(itertools.product(TEXTS, (sequence, *projects))):
        record = {
            "name": f"sh{number:03}",
            "description": text,
            "start_date": None if number % 3 == 0 else datetime(2026, 1, number % 5 + 1, 12),
            "sequence": "sq010" if below is sequence else None,
            "project": "p1" if below in (sequence, projects[0]) else "p2",
            "versions": [{"version": 1 + each, "comment": TEXTS[each]} for each in range(number % 4)],
            "tasks": [float(each) for each in range(number % 3)],
            "metadata": {"disk": "a" if number % 2 else "B"} if number % 5 else {},
            "fstart": FIRST_FRAME if number % 4 == 0 else 1000 + number,
        }
        record["id"] = _create(session, record, below, frames)
        records.append(record)
    session.commit()
    return records


def _frame_attribute(session: Session) -> Any:
    values = {
        "key": "first_frame",
        "label": "Start",
        "entity_type": "task",
        "type": session.query('CustomAttributeType where name is "number"').one(),
        "object_type_id": session.query('ObjectType where name is "Shot"').one()["id"],
        "config": '{"isdecimal": false}',
        "default": FIRST_FRAME,
    }
    return session.create("CustomAttributeConfiguration", values)


def _create(session: Session, record: Record, below: Any, frames: Any) -> str:
    values = {name: record[name] for name in ("name", "description", "start_date")}
    shot = session.create("Shot", {**values, "parent": below})
    for bid in record["tasks"]:
        session.create("Task", {"name": f"task{bid}", "bid": bid, "parent": shot})
    if record["versions"]:
        asset = session.create("Asset", {"name": "comp", "parent": shot})
        for version in record["versions"]:
            session.create("AssetVersion", {"asset": asset, **version})
    for key, value in record["metadata"].items():
        shot["metadata"][key] = value
    if record["fstart"] != FIRST_FRAME:
        value = {"configuration_id": frames["id"], "entity_id": shot["id"], "value": record["fstart"]}
        session.create("ContextCustomAttributeValue", value)
    return shot["id"]


def same(value: str | None, other: str) -> bool:
    """Text is compared without regard to case."""
    return value is not None and value.casefold() == other.casefold()


def known(name: str, holds: Callable[[Any], bool]) -> Predicate:
    return lambda record: record[name] is not None and holds(record[name])


NOON = datetime(2026, 1, 3, 12)

MEANINGS: list[tuple[Condition, Predicate]] = [
    (Shot.name == "SH003", lambda shot: shot["name"] == "sh003"),
    (Shot.name != "sh003", lambda shot: shot["name"] != "sh003"),
    (Shot.name.in_("sh001", "sh002"), lambda shot: shot["name"] in ("sh001", "sh002")),
    (Shot.name.like("sh01%"), lambda shot: shot["name"].startswith("sh01")),
    (Shot.name > "sh010", lambda shot: shot["name"] > "sh010"),
    *((Shot.description == text, lambda shot, text=text: shot["description"] == text) for text in TEXTS),
    *((Shot.description != text, lambda shot, text=text: shot["description"] != text) for text in TEXTS),
    (Shot.description.in_(TEXTS[:3]), lambda shot: shot["description"] in TEXTS[:3]),
    (Shot.description.not_in(TEXTS[1:3]), lambda shot: shot["description"] not in TEXTS[1:3]),
    (Shot.description.in_([]), lambda _: False),
    (Shot.description.like(r"100\%"), lambda shot: shot["description"] == "100%"),
    (Shot.description.not_like("%a%"), lambda shot: "a" not in (shot["description"] or "")),
    (Shot.description.is_none(), lambda shot: shot["description"] is None),
    (Shot.start_date >= NOON, known("start_date", lambda moment: moment >= NOON)),
    (Shot.start_date.before(NOON), known("start_date", lambda moment: moment < NOON)),
    (Shot.start_date.after("2026-01-03T12:00:00"), known("start_date", lambda moment: moment > NOON)),
    (Shot.start_date.between(NOON, date(2026, 1, 4)), known("start_date", lambda moment: 3 <= moment.day <= 4)),
    (Shot.Sequence.name == "sq010", lambda shot: shot["sequence"] is not None),
    (Sequence.name != "sq010", lambda shot: shot["sequence"] is None),
    (Shot.Sequence.is_none(), lambda shot: shot["sequence"] is None),
    (Shot.parent[Sequence].name.is_not_none(), lambda shot: shot["sequence"] is not None),
    (Shot.parent[Sequence].end_date.is_none(), lambda _: True),
    (Project.name.in_(["p1"]), lambda shot: shot["project"] == "p1"),
    (Shot.project.name == "p2", lambda shot: shot["project"] == "p2"),
    (AssetVersion.version > 1, lambda shot: len(shot["versions"]) > 1),
    (AssetVersion.version != 1, lambda shot: not shot["versions"]),
    (AssetVersion.any(AssetVersion.version != 1), lambda shot: len(shot["versions"]) > 1),
    (AssetVersion.comment.is_none(), lambda shot: all(each["comment"] is None for each in shot["versions"])),
    (
        Shot.AssetVersion.any((AssetVersion.version > 1) & (AssetVersion.comment == "plain")),
        lambda shot: any(each["version"] > 1 and same(each["comment"], "plain") for each in shot["versions"]),
    ),
    (
        (AssetVersion.version > 2) & (AssetVersion.comment == "plain"),
        lambda shot: len(shot["versions"]) > 2 and any(same(each["comment"], "plain") for each in shot["versions"]),
    ),
    (Shot.Task.any(), lambda shot: bool(shot["tasks"])),
    (Shot.children.has(), lambda shot: bool(shot["tasks"])),
    (Task.bid.between(1, 2), lambda shot: any(1 <= bid <= 2 for bid in shot["tasks"])),
    (Task.any(~(Task.bid > 0)), lambda shot: any(bid <= 0 for bid in shot["tasks"])),
    (Task.Project.name == "p1", lambda shot: bool(shot["tasks"]) and shot["project"] == "p1"),
    (Shot.metadata["disk"] == "a", lambda shot: shot["metadata"].get("disk") == "a"),
    (Shot.metadata["disk"].is_none(), lambda shot: "disk" not in shot["metadata"]),
    (
        Shot.metadata.any((Metadata.key == "disk") & Metadata.value.like("b%")),
        lambda shot: same(shot["metadata"].get("disk"), "b"),
    ),
    (Shot.custom_first_frame >= 1010, lambda shot: shot["fstart"] >= 1010),
    (Shot.custom_first_frame.in_(1001, 1002.0), lambda shot: shot["fstart"] in (1001, 1002)),
    (Shot.custom_first_frame != 1001, lambda shot: shot["fstart"] != 1001),
    (Shot.custom_attributes["first_frame"] == FIRST_FRAME, lambda shot: shot["fstart"] == FIRST_FRAME),
    (Shot.custom_nothing_of_that_name.is_none(), lambda _: True),
]


def meanings(leaves: list[tuple[Condition, Predicate]]) -> st.SearchStrategy[tuple[Condition, Predicate]]:
    """Return conditions made of these, with what they mean in Python."""
    return st.recursive(
        st.sampled_from(range(len(leaves))).map(leaves.__getitem__),
        lambda inner: st.one_of(
            inner.map(lambda one: (~one[0], lambda shot: not one[1](shot))),
            st.tuples(inner, inner).map(lambda two: (two[0][0] & two[1][0], _both(two[0][1], two[1][1]))),
            st.tuples(inner, inner).map(lambda two: (two[0][0] | two[1][0], _either(two[0][1], two[1][1]))),
        ),
        max_leaves=5,
    )


def _both(first: Predicate, second: Predicate) -> Predicate:
    return lambda shot: first(shot) and second(shot)


def _either(first: Predicate, second: Predicate) -> Predicate:
    return lambda shot: first(shot) or second(shot)


def check(session: Session, shots: list[Record], condition: Condition, holds: Predicate) -> None:
    expected = {shot["id"] for shot in shots if holds(shot)}
    found = Query(Shot, session).where(condition)
    assert set(found.ids()) == expected, str(found)
    opposite = Query(Shot, session).where(~condition)
    assert set(opposite.ids()) == {shot["id"] for shot in shots} - expected, str(opposite)


@pytest.mark.parametrize(
    ("condition", "holds"), MEANINGS, ids=lambda each: repr(each) if isinstance(each, Condition) else ""
)
def test_a_condition_and_its_opposite_find_what_python_finds(
    session: Session, shots: list[Record], condition: Condition, holds: Predicate
) -> None:
    check(session, shots, condition, holds)


@settings(max_examples=60)
@given(meaning=meanings(MEANINGS))
@pytest.mark.slow
def test_combined_conditions_find_what_python_finds(
    session: Session, shots: list[Record], meaning: tuple[Condition, Predicate]
) -> None:
    check(session, shots, *meaning)
