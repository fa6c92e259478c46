"""Conditions in code: how they are written down, what they become as text, and which mistakes are reported where."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import arrow
import pytest
from fake_session import FakeSession, record
from hypothesis import given
from hypothesis import strategies as st
from query_tools import DEFAULT, ListeningSession, query, where

from trackteroid import (
    Asset,
    AssetVersion,
    Component,
    Context,
    Note,
    Project,
    Query,
    Sequence,
    Shot,
    State,
    Status,
    Task,
    User,
)
from trackteroid.chains import Condition
from trackteroid.errors import InvalidArgumentsError, RelationError, UnknownAttributeError, UnknownEntityTypeError
from trackteroid.schema.relations import SchemaEntry
from trackteroid.server.language import parse

TWO_PATHS = SchemaEntry(
    "two", {"AssetVersion": {"Sequence": ("asset.parent[Shot].parent[Sequence]", "asset.parent[Sequence]")}}
)
CET = timezone(timedelta(hours=1))


SESSION = ListeningSession()
"""Keeps the relations it has found once, which many examples of the properties below need."""


def condition(entity_type: Any, *conditions: object, entry: SchemaEntry = DEFAULT) -> str:
    return where(query(entity_type, SESSION, entry).where(*conditions))


TEXTS: list[tuple[Any, Any, str]] = [
    (Shot, Shot.name == "a", 'name is "a"'),
    (Shot, Shot.name != "a", 'name is_not "a"'),
    (Shot, Shot.description != "a", '(description is_not "a" or description is none)'),
    (Context, Context.bid != 3, '(bid is_not "3" or bid is none)'),  # of tasks it is required, but projects have none
    (Task, Task.status_id != "a", '(status_id is_not "a" or status_id is none)'),
    (Shot, Shot.id != "a", 'id is_not "a"'),
    (Shot, Shot.name == "50%", 'name is "50%"'),
    (Shot, Shot.name == 'a "quoted" \\', 'name is "a \\"quoted\\" \\\\"'),
    (Shot, Shot.name.like("bc%"), 'name like "bc%"'),
    (Asset, Asset.name.not_like("bc%"), '(name not_like "bc%" or name is none)'),
    (Shot, Shot.name.in_("a", "b"), 'name in ("a","b")'),
    (Shot, Shot.name.in_(["a", "a"]), 'name is "a"'),
    (Shot, Shot.name.in_({"b", "a"}), 'name in ("a","b")'),
    (Shot, Shot.name.in_(each for each in ("b", "a")), 'name in ("b","a")'),
    (Shot, Shot.name.in_("a", None), '(name is "a" or name is none)'),
    (Asset, Asset.name.not_in("a", None), '((name is_not "a" or name is none) and name is_not none)'),
    (Shot, Shot.name.not_in(), ""),
    (Shot, Shot.name == None, "name is none"),  # noqa: E711
    (Shot, Shot.name != None, "name is_not none"),  # noqa: E711
    (Task, Task.bid >= 3.5, 'bid >= "3.5"'),
    (Component, ~(Component.size < 3), '(size >= "3" or size is none)'),
    (Task, Task.bid.between(1, 2), '(bid >= "1" and bid <= "2")'),
    (Task, ~Task.bid.between(1, 2), '(bid < "1" or bid > "2")'),
    (Component, ~Component.size.between(1, 2), '(size < "1" or size > "2" or size is none)'),
    (AssetVersion, AssetVersion.is_published, 'is_published is "True"'),
    (AssetVersion, ~AssetVersion.is_published, 'is_published is_not "True"'),
    (AssetVersion, AssetVersion.is_published == False, 'is_published is "False"'),  # noqa: E712
    (Shot, Shot.start_date < date(2026, 1, 31), 'start_date < "2026-01-31"'),
    (Shot, Shot.start_date.before(datetime(2026, 1, 31, 12)), 'start_date < "2026-01-31T12:00:00"'),
    (Shot, Shot.start_date.after(datetime(2026, 1, 31, 0, tzinfo=CET)), 'start_date > "2026-01-30T23:00:00+00:00"'),
    (Shot, Shot.start_date > arrow.get(2026, 1, 31), 'start_date > "2026-01-31T00:00:00+00:00"'),
    (Shot, Shot.start_date > "2026-01-31T00:00:00Z", 'start_date > "2026-01-31T00:00:00Z"'),
    (Shot, Shot.start_date > "2026-01-31 12:30:00.5+0100", 'start_date > "2026-01-31 12:30:00.5+0100"'),
    (
        Shot,
        Shot.start_date.between("2026-01-01", "2026-01-31"),
        '(start_date >= "2026-01-01" and start_date < "2026-02-01")',
    ),
    # A day is all of that day, whatever it is compared with.
    (Shot, Shot.start_date == "2026-01-31", '(start_date >= "2026-01-31" and start_date < "2026-02-01")'),
    (
        Shot,
        Shot.start_date != date(2026, 1, 31),
        '(start_date < "2026-01-31" or start_date >= "2026-02-01" or start_date is none)',
    ),
    (Shot, Shot.start_date <= "2026-01-31", 'start_date < "2026-02-01"'),
    (Shot, Shot.start_date > "2026-01-31", 'start_date >= "2026-02-01"'),
    (Shot, Shot.start_date.after(date(2024, 2, 28)), 'start_date >= "2024-02-29"'),
    (Shot, Shot.start_date >= " 2026-01-31 ", 'start_date >= "2026-01-31"'),
    (Shot, Shot.start_date <= date.max, 'start_date < "9999-12-31T23:59:59.999999"'),
    (
        Shot,
        Shot.start_date.in_("2026-01-31", datetime(2026, 2, 3, 12)),
        '(start_date is "2026-02-03T12:00:00" or (start_date >= "2026-01-31" and start_date < "2026-02-01"))',
    ),
    (Shot, Shot.start_date <= datetime(2026, 1, 31), 'start_date <= "2026-01-31T00:00:00"'),
    (Shot, Shot.name <= "2026-01-31", 'name <= "2026-01-31"'),
    (Shot, Shot.metadata["due"] <= date(2026, 1, 31), 'metadata any (key is "due" and value < "2026-02-01")'),
    (Shot, Shot.Project.name == "p", 'project has (name is "p")'),
    (Shot, Project.name == "p", 'project has (name is "p")'),
    (Shot, Project.name != "p", 'not project has (name is "p")'),
    (Shot, Project.name.is_none(), "not project has (name is_not none)"),
    (Shot, Project.name.is_not_none(), "project has (name is_not none)"),
    (Shot, Shot.project.is_none(), "not project has ()"),
    (Shot, Shot.status.state.short == "DONE", 'status.state has (short is "DONE")'),
    (Shot, AssetVersion.version > 3, 'assets.versions any (version > "3")'),
    (Shot, ~(AssetVersion.version > 3), 'not assets.versions any (version > "3")'),
    # References before the first step to many have brackets of their own: one may lead nowhere.
    (AssetVersion, ~(AssetVersion.task.assignments.type == "a"), 'not task has (assignments any (type is "a"))'),
    (AssetVersion, ~AssetVersion.task.scopes.any(), "not task has (scopes any ())"),
    (
        Shot,
        Shot.AssetVersion.any((AssetVersion.version > 3) & ~AssetVersion.Task.any(Task.bid > 1)),
        'assets.versions any (version > "3" and not task has (bid > "1"))',
    ),
    (Shot, ~Task.any(), "not children[Task] any ()"),
    (Shot, Shot.Task.has(), "children[Task] any ()"),
    (Task, Task.parent[Shot].name == "a", 'parent[Shot] has (name is "a")'),
    (Task, Task.status == "id", 'status_id is "id"'),
    (Task, Task.Project == "id", 'project_id is "id"'),
    (Task, Task.Shot == "id", 'parent[Shot] has (id is "id")'),
    (AssetVersion, AssetVersion.asset.type.in_("x", "y"), 'asset has (type_id in ("x","y"))'),
    (AssetVersion, AssetVersion.asset.type != "x", 'not asset has (type_id is "x")'),
    (Shot, Shot.custom_fstart >= 1001, 'custom_attributes any (key is "fstart" and value >= "1001")'),
    (Shot, Shot.custom_fstart != 1001, 'not custom_attributes any (key is "fstart" and value is "1001")'),
    (Shot, Shot.custom_due > date(2026, 1, 1), 'custom_attributes any (key is "due" and value >= "2026-01-02")'),
    (Shot, Shot.custom_due <= "2026-01-01", 'custom_attributes any (key is "due" and value < "2026-01-02")'),
    (Shot, Shot.custom_due == "2026-01-01", 'custom_attributes any (key is "due" and value is "2026-01-01")'),
    (
        Shot,
        Shot.custom_due == date(2026, 1, 1),
        'custom_attributes any (key is "due" and (value >= "2026-01-01" and value < "2026-01-02"))',
    ),
    (
        Shot,
        Shot.custom_due > datetime(2026, 1, 1, tzinfo=timezone.utc),
        'custom_attributes any (key is "due" and value > "2026-01-01T00:00:00")',
    ),
    (
        Shot,
        Shot.custom_due.between(date(2026, 1, 1), date(2026, 1, 2)),
        'custom_attributes any (key is "due" and (value >= "2026-01-01" and value < "2026-01-03"))',
    ),
    (Task, Task.Shot.custom_f == 1, 'parent[Shot] has (custom_attributes any (key is "f" and value is "1"))'),
    (Shot, Shot.metadata['a "b".c'] == "d", 'metadata any (key is "a \\"b\\".c" and value is "d")'),
    (
        Shot,
        (Shot.name == "a") | (Shot.name == "b") & (Shot.bid > 1),
        '(name is "a" or (name is "b" and bid > "1"))',
    ),
    (Note, Note.author.in_("u"), 'author has (id is "u")'),
    (Shot, Shot.name.in_([]), "()"),
]


@pytest.mark.parametrize(("entity_type", "given", "text"), TEXTS, ids=[text for _, _, text in TEXTS])
def test_conditions_have_these_texts(entity_type: Any, given: Any, text: str) -> None:
    assert condition(entity_type, given) == text


def test_several_paths_are_alternatives_of_which_none_holds_in_the_opposite() -> None:
    positive = condition(AssetVersion, Sequence.name == "a", entry=TWO_PATHS)
    assert positive == (
        '(asset.parent[Shot].parent[Sequence] has (name is "a") or asset.parent[Sequence] has (name is "a"))'
    )
    negative = condition(AssetVersion, Sequence.name != "a", entry=TWO_PATHS)
    assert negative == (
        '(not asset.parent[Shot].parent[Sequence] has (name is "a") and not asset.parent[Sequence] has (name is "a"))'
    )


def test_conditions_and_criteria_all_have_to_hold_the_nearest_first() -> None:
    built = query(Task).where(Project.name == "p").by_name("a").where(Task.bid > 1, Task.name == "b")
    assert where(built) == '(name is "a") and bid > "1" and name is "b" and project has (name is "p")'


def test_a_condition_that_nothing_meets_is_answered_without_a_request() -> None:
    session = ListeningSession()
    assert not query(Shot, session).where(Shot.name.in_([]) & (Shot.id == "a")).get_all()
    assert query(Shot, session).where(Shot.Task.any(Task.id.in_([]))).count() == 0
    assert query(Shot, session).where(Shot.name.in_([])).exists() is False
    assert session.texts == []


class TestValues:
    def test_collections_and_entities_are_compared_by_id(self) -> None:
        session = FakeSession()
        session.answer(
            "select id, name from Status", [record("Status", "s1", name="a"), record("Status", "s2", name="b")]
        )
        statuses: Any = Query(Status, session).get_all()
        built = lambda given: where(Query(Task, session).where(given))  # noqa: E731
        assert built(Task.status == statuses) == 'status_id in ("s1","s2")'
        assert built(Task.status == statuses[0]) == 'status_id is "s1"'
        assert built(Task.status.in_(statuses)) == 'status_id in ("s1","s2")'
        assert built(Task.status_id.in_(*statuses)) == 'status_id in ("s1","s2")'
        assert built(Task.status.in_(statuses.values()[0])) == 'status_id is "s1"'
        assert built(Task.status != statuses.filter(lambda _: False)) == ""
        with pytest.raises(InvalidArgumentsError, match="it is of type Project"):
            built(Task.project == statuses)
        with pytest.raises(InvalidArgumentsError, match="is no entity"):
            built(Task.name == statuses)

    def test_a_query_is_asked_within_the_query(self) -> None:
        session = ListeningSession()
        busy = query(User, session).where(User.is_active)
        built = query(Note, session).where(Note.author.in_(busy))
        assert where(built) == 'author has (id in (select id from User where is_active is "True"))'
        busy.by_name("later")
        assert "later" not in where(built), "the condition holds what the query was then"
        assert where(query(Note, session).where(Note.author.not_in(query(User, session)))) == (
            "not author has (id in (select id from User))"
        )
        assert parse(str(built)).entity_type == "Note"

    def test_a_query_that_finds_nothing_is_no_value(self) -> None:
        session = ListeningSession()
        nobody = query(User, session).by_id(*[])
        assert not query(Note, session).where(Note.author.in_(nobody)).get_all()
        assert session.texts == []
        assert where(query(Note, session).where(Note.author.not_in(nobody))) == ""

    def test_a_query_is_no_single_value(self) -> None:
        with pytest.raises(InvalidArgumentsError, match="single values"):
            query(Shot, SESSION).where(Shot.name == query(Shot, SESSION))

    def test_a_query_for_other_entities_is_refused(self) -> None:
        with pytest.raises(InvalidArgumentsError, match="never one of the Shot entities"):
            query(Note, SESSION).where(Note.author.in_(query(Shot, SESSION)))

    @given(st.text(max_size=30))
    def test_any_text_arrives_as_it_was_given(self, value: str) -> None:
        comparison: Any = parse(str(query(Shot, SESSION).where(Shot.name == value))).criteria
        assert comparison.value.text == value

    @given(st.text(max_size=30), st.text(max_size=30))
    def test_any_key_arrives_as_it_was_given(self, key: str, value: str) -> None:
        quantifier: Any = parse(str(query(Shot, SESSION).where(Shot.metadata[key] == value))).criteria
        assert [part.value.text for part in quantifier.criteria.parts] == [key, value]


WRONG: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: Shot.nam == "a", UnknownAttributeError, 'Did you mean "name"'),
    (lambda: Shot.Tsk.name == "a", UnknownAttributeError, 'Did you mean "Task"'),
    (lambda: Shot.name.first == "a", UnknownAttributeError, "cannot follow a plain value"),
    (lambda: Shot.custom_fstart.first == 1, UnknownAttributeError, "cannot follow a plain value"),
    (lambda: Shot.parent["a"] == 1, UnknownAttributeError, "has no keys"),
    (lambda: Shot.name[Shot] == 1, UnknownAttributeError, "has to follow an attribute that leads to entities"),
    (lambda: Shot.bid.like("1%") & (Shot.start_date.like("2026%")), InvalidArgumentsError, "has no patterns"),
    (lambda: Shot.name.like(3), InvalidArgumentsError, "takes text such as"),  # type: ignore[arg-type]
    (lambda: Shot.name == True, InvalidArgumentsError, "it is text"),  # noqa: E712
    (lambda: Shot.name == ["a"], InvalidArgumentsError, r"in_\(\[...\]\)"),
    (lambda: Shot.name.in_(["a"], ["b"]), InvalidArgumentsError, "single values"),
    (lambda: Shot.name > None, InvalidArgumentsError, r"Use is_none\(\)"),
    (lambda: Shot.bid == "many", InvalidArgumentsError, "it is a number"),
    (lambda: Shot.bid > True, InvalidArgumentsError, "it is a number"),
    (lambda: Shot.start_date > "soon", InvalidArgumentsError, "it is a moment"),
    (lambda: Shot.start_date > "2026-02-30", InvalidArgumentsError, "it is a moment"),
    (lambda: Shot.start_date == 3, InvalidArgumentsError, "it is a moment"),
    (lambda: Shot.project > "a", InvalidArgumentsError, "Shot.project.name"),
    (lambda: Shot.Project.like("a%"), InvalidArgumentsError, "Shot.Project.name"),
    (lambda: Shot.Project == Shot.name, InvalidArgumentsError, "Two paths cannot be compared"),
    (lambda: Shot.name.any(), InvalidArgumentsError, "leads to no related entities"),
    (lambda: Shot.metadata["a"].any(), InvalidArgumentsError, "leads to no related entities"),
    (lambda: Shot.Task.any("bid > 3"), InvalidArgumentsError, "inject"),
    (lambda: "bid > 3", InvalidArgumentsError, "inject"),
    (lambda: None, InvalidArgumentsError, "is not a condition"),
    (lambda: Shot.name, InvalidArgumentsError, "it is text"),
    (lambda: AssetVersion.is_published > 1, InvalidArgumentsError, "has no order"),
    (lambda: AssetVersion.is_published == "x", InvalidArgumentsError, "True or False"),
    (lambda: (Shot.name == "a") and (Shot.name == "b"), InvalidArgumentsError, "& | ~"),
    (lambda: (Shot.name == "a") or (Shot.name == "b"), InvalidArgumentsError, "& | ~"),
    (lambda: not Shot.name.like("a"), InvalidArgumentsError, "& | ~"),
    (lambda: 1 < Shot.bid < 3, InvalidArgumentsError, "& | ~"),
]


@pytest.mark.parametrize(("build", "error", "message"), WRONG, ids=[f"{i}-{each[2]}" for i, each in enumerate(WRONG)])
def test_mistakes_are_reported_by_the_call(build: Callable[[], object], error: type[Exception], message: str) -> None:
    session = ListeningSession()
    with pytest.raises(error, match=message):
        query(Shot, session).where(build())
    assert session.texts == []


def test_unknown_types_and_ways_are_reported_by_the_call() -> None:
    with pytest.raises(RelationError, match="No path is known from State to UserApplicationState"):
        query(State).where(State.UserApplicationState.key == "a")
    from trackteroid.entities import entity_class

    with pytest.raises(UnknownEntityTypeError, match="has no entity type"):
        query(Shot).where(entity_class("Submarine").name == "a")
    with pytest.raises(InvalidArgumentsError, match="no condition"):
        query(Shot).where()


class TestPathsAsValues:
    PATHS = (Task.State.name, Task.Status, Task.parent[Shot].name, Shot.metadata["a.b"])

    def test_they_are_found_in_lists_sets_and_dictionaries(self) -> None:
        assert Task.Status in list(self.PATHS)
        assert Task.Project not in list(self.PATHS)
        assert dict.fromkeys(self.PATHS)[Shot.metadata["a.b"]] is None
        assert Task.Status in {"comment", *self.PATHS, Project, None}
        assert self.PATHS.index(Task.parent[Shot].name) == 2

    def test_looking_for_one_among_text_is_reported_and_not_guessed(self) -> None:
        with pytest.raises(InvalidArgumentsError, match="use a set"):
            Task.Status in ["comment", Task.Status]  # noqa: B015

    def test_they_are_projections_in_any_order_and_once(self) -> None:
        session = ListeningSession()
        query(Task, session).get([Task.parent[Shot].name, Task.State.name, "bid", Task.State.name, Task.metadata["a"]])
        assert session.texts[0].startswith("select id, name, parent.name, status.state.name, bid, metadata from Task")

    def test_they_cannot_be_walked_through(self) -> None:
        with pytest.raises(TypeError, match="is a path, not a list"):
            list(Task.Status)

    @pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
    def test_paths_and_conditions_can_be_copied(self, copied: Callable[[Any], Any]) -> None:
        for path in self.PATHS:
            assert copied(path) == path
        built = (Task.bid > 3) & ~Task.Shot.name.in_("a", "b") | Task.any(Task.bid.between(1, 2))
        assert copied(built) == built
        assert hash(copied(built)) == hash(built)

    @pytest.mark.parametrize(
        "shown",
        [
            "Task.parent[Shot].name == 'a'",
            "Task.bid != 3",
            'Shot.metadata["a.b"].is_none()',
            "~((Task.bid > 3) & Task.name.like('a%'))",
            "Task.any(Task.bid.between(1, 2)) | (Task.bid == 2)",
            "Task.name.in_(('a', 'b'))",
        ],
    )
    def test_conditions_are_shown_as_they_are_written(self, shown: str) -> None:
        built = eval(shown, {"Task": Task, "Shot": Shot})
        assert repr(built) == shown

    def test_they_are_never_changed(self) -> None:
        built: Any = Task.bid > 3
        with pytest.raises(AttributeError):
            built.value = 4
        combined = built & (Task.bid < 5)
        assert built == (Task.bid > 3)
        assert (combined & built) != combined


LEAVES: list[Condition] = [
    Shot.name == "a",
    Shot.bid > 3,
    Shot.name.in_("a", None),
    Shot.start_date.between("2026-01-01", "2026-01-31"),
    Project.name.like("a%"),
    AssetVersion.version <= 3,
    Shot.Task.any(Task.bid.is_none()),
    Shot.custom_fstart.is_none(),
    Shot.name.in_([]),
    Shot.description.not_in([]),
]
conditions = st.recursive(
    st.sampled_from(range(len(LEAVES))).map(LEAVES.__getitem__),
    lambda inner: st.one_of(
        inner.map(lambda each: ~each),
        st.tuples(inner, inner).map(lambda two: two[0] & two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
    ),
    max_leaves=6,
)


@given(conditions, conditions)
def test_the_opposite_of_both_is_either_opposite(one: Condition, other: Condition) -> None:
    assert condition(Shot, ~(one & other)) == condition(Shot, ~one | ~other)
    assert condition(Shot, ~(one | other)) == condition(Shot, ~one & ~other)


@given(conditions)
def test_the_opposite_of_the_opposite_is_the_same(one: Condition) -> None:
    assert condition(Shot, ~~one) == condition(Shot, one)


@given(conditions)
def test_the_server_can_read_every_condition(one: Condition) -> None:
    built = query(Shot, SESSION).where(one)
    if built.as_subquery() is not None:
        assert parse(str(built)).entity_type == "Shot"


def test_copies_of_a_query_go_on_separately() -> None:
    first = query(Shot).where(Shot.name == "a")
    second = copy.copy(first).where(Shot.bid > 1)
    assert where(first) == 'name is "a"'
    assert where(second) == 'name is "a" and bid > "1"'


def test_targets_of_criteria_and_conditions_take_the_same_way() -> None:
    assert where(query(Asset).by_name(Project, "p")).replace('(name is "p")', "?") == condition(
        Asset, Project.name == "p"
    ).replace('(name is "p")', "?")
