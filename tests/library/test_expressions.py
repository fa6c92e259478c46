"""Chains, conditions and their text."""

import copy
import pickle
import re
from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import Any
from uuid import UUID

import arrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting import calls_of
from trackteroid.entities import Task
from trackteroid.expressions import (
    EVERYTHING,
    NOTHING,
    And,
    Chain,
    Comparison,
    Expression,
    InSubquery,
    Membership,
    Not,
    Or,
    Raw,
    Related,
    along,
    depth,
    matches,
    one_of,
    opposite,
    render,
    simplify,
    steps_of,
    text_of,
)
from trackteroid.schema.types import Schema


class TestChains:
    def test_reading_an_attribute_gives_another_chain(self) -> None:
        state = Task.State
        assert repr(state.name) == "Task.State.name"
        assert repr(state.short) == "Task.State.short"
        assert repr(state) == "Task.State"
        assert steps_of(state.name) == ("Task", "State", "name")

    def test_equal_chains_are_interchangeable(self) -> None:
        assert {Task.State.name: 1}[Task.State.name] == 1
        assert Task.State != Task.Status
        assert Task.State != Task

    @pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
    def test_copies_are_equal(self, copied: Callable[[Chain], Chain]) -> None:
        assert copied(Task.custom_frames) == Task.custom_frames

    def test_nothing_can_be_assigned(self) -> None:
        with pytest.raises(AttributeError, match="set name on a collection"):
            Task.State.name = "x"

    @pytest.mark.parametrize("name", ["__iter__", "__wrapped__", "_repr_html_"])
    def test_names_that_tools_probe_for_are_no_steps(self, name: str) -> None:
        assert not hasattr(Task.State, name)

    def test_attributes_that_begin_with_an_underscore_are_steps(self) -> None:
        assert repr(Task._link) == "Task._link"


IS_A = Comparison("name", "is", "a")
IS_B = Comparison("name", "is", "b")
IS_NOT_A = Comparison("name", "is_not", "a")
LIKE_C = Comparison("name", "like", "c%")
LATE = Comparison("date", ">=", "2020")
EARLY = Comparison("date", "<=", "2021")

TEXTS: list[tuple[Expression, str, str]] = [
    (IS_A, 'name is "a"', 'name is_not "a"'),
    (Comparison("name", "is", None), "name is none", "name is_not none"),
    (one_of("name", ["a"]), '(name is "a")', '(name is_not "a")'),
    (one_of("id", ["a", "b"]), '(id in ("a","b"))', '(id not_in ("a","b"))'),
    (one_of("name", ["a%"]), '(name like "a%")', '(name not_like "a%")'),
    (
        one_of("id", ["c%", "a", "%d", "b"]),
        '(id in ("a","b") or id like "c%" or id like "%d")',
        '(id not_in ("a","b") and id not_like "c%" and id not_like "%d")',
    ),
    (Membership("id", ('a "b"', "c\\")), r"""id in ("a \"b\"","c\\")""", r"""id not_in ("a \"b\"","c\\")"""),
    (Membership("id", ()), "id in ()", "id not_in ()"),
    (InSubquery("id", "select id from Shot"), "id in (select id from Shot)", "id not_in (select id from Shot)"),
    (Or((IS_A, LIKE_C)), '(name is "a" or name like "c%")', '(name is_not "a" and name not_like "c%")'),
    (And((IS_A, IS_B)), '(name is "a" and name is "b")', '(name is_not "a" or name is_not "b")'),
    (And((LATE, EARLY)), '(date >= "2020" and date <= "2021")', '(date < "2020" or date > "2021")'),
    (LATE, 'date >= "2020"', 'date < "2020"'),
    (Related("asset", "has", Or((IS_A,))), 'asset has (name is "a")', 'not asset has (name is "a")'),
    (Related("versions", "any", Or((IS_A,))), 'versions any (name is "a")', 'not versions any (name is "a")'),
    (Related("asset", "has", IS_A), 'asset has (name is "a")', 'not asset has (name is "a")'),
    (
        Or((Related("x", "any", Or((IS_A,))), Related("y", "any", Or((IS_A,))))),
        '(x any (name is "a") or y any (name is "a"))',
        '(not x any (name is "a") and not y any (name is "a"))',
    ),
    (
        Related("asset", "has", And((LATE, EARLY))),
        'asset has (date >= "2020" and date <= "2021")',
        'not asset has (date >= "2020" and date <= "2021")',
    ),
    (Raw("a is 1 or b is 2"), "(a is 1 or b is 2)", "not (a is 1 or b is 2)"),
    (And((Raw("a is 1"), IS_A)), '((a is 1) and name is "a")', '(not (a is 1) or name is_not "a")'),
]


def schema_with(*required: str) -> Schema:
    """The schema of a type with some attributes that may be empty, but for these, and of what they lead to."""
    attributes = {name: {"type": "string"} for name in ("id", "name", "date", "a", "b", "c", "d")}
    several = {"type": "array", "items": {"$ref": "Thing"}}
    relations = {"asset": {"$ref": "Thing"}, "versions": several, "x": several, "y": several}
    thing = {"id": "Thing", "properties": {**attributes, **relations}, "primary_key": ["id"], "required": required}
    return Schema.from_schemas([thing])


@pytest.mark.promise("percent-is-a-wildcard")
@pytest.mark.parametrize(("expression", "text", "opposed"), TEXTS, ids=[text for _, text, _ in TEXTS])
def test_conditions_and_their_opposites_have_these_texts(expression: Expression, text: str, opposed: str) -> None:
    assert render(expression) == text
    assert render(opposite(expression, schema_with("name", "date"), "Thing")) == opposed


IS_NONE = Comparison("name", "is", None)


@pytest.mark.parametrize(
    ("expression", "opposed"),
    [
        (IS_A, '(name is_not "a" or name is none)'),
        (one_of("name", ["a"]), '(name is_not "a" or name is none)'),
        (one_of("name", ["a", "b"]), '(name not_in ("a","b") or name is none)'),
        (one_of("name", ["a", "c%"]), '((name is_not "a" and name not_like "c%") or name is none)'),
        (one_of("name", ["a", None]), '(name is_not "a" and name is_not none)'),
        (IS_NONE, "name is_not none"),
        (IS_NOT_A, '(name is "a" or name is none)'),
        (And((LATE, EARLY)), '(date < "2020" or date > "2021" or date is none)'),
        (And((IS_A, LATE)), '(name is_not "a" or date < "2020" or name is none or date is none)'),
        (Or((IS_A, LATE)), '((name is_not "a" or name is none) and (date < "2020" or date is none))'),
        (Related("asset", "has", IS_A), 'not asset has (name is "a")'),
        (Not(Related("asset", "has", IS_A)), 'asset has (name is "a")'),
        (Related("asset", "any", IS_A), 'not asset any (name is "a")'),
        (Related("asset.asset", "has", IS_A), 'not asset.asset has (name is "a")'),
        (Related("versions.asset", "any", IS_A), 'not versions.asset any (name is "a")'),
        (Related("asset.versions", "any", IS_A), 'not asset has (versions any (name is "a"))'),
        (Related("asset.asset.x.asset.y", "any", IS_A), 'not asset.asset has (x.asset.y any (name is "a"))'),
        (InSubquery("name", "select id from Shot"), "(name not_in (select id from Shot) or name is none)"),
        (InSubquery("id", "select id from Shot"), "id not_in (select id from Shot)"),
        (NOTHING, "()"),
    ],
)
def test_what_is_missing_meets_the_opposite(expression: Expression, opposed: str) -> None:
    assert render(opposite(expression, schema_with(), "Thing")) == opposed


_names = st.sampled_from(["a", "b", "c", "d"])
_values = st.sampled_from(["", "x", "y%"])
_operators = st.sampled_from(["is", "is_not", "like", "not_like", ">=", "<=", ">", "<"])
_leaves = st.one_of(
    st.builds(Comparison, _names, _operators, _values),
    st.builds(Comparison, _names, st.sampled_from(["is", "is_not"]), st.none()),
    st.builds(Membership, _names, st.lists(_values, min_size=2, max_size=3).map(tuple), st.booleans()),
    st.builds(Related, st.just("versions"), st.just("any"), st.builds(Comparison, _names, _operators, _values)),
)
_trees = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)


def _holds(expression: Expression, entity: dict[str, str | None], related: dict[Expression, bool]) -> bool:
    """Evaluate a condition of an entity as a server does: what is missing meets comparisons with none only."""
    match expression:
        case Comparison(path, "is", None):
            return entity[path] is None
        case Comparison(path, "is_not", None):
            return entity[path] is not None
        case Comparison(path, operator, value):
            held = entity[path]
            return held is not None and _COMPARED[operator](held, value)
        case Membership(path, values, negated):
            held = entity[path]
            return held is not None and (held in values) != negated
        case Related():
            return related[expression]
        case Not(condition):
            return not _holds(condition, entity, related)
        case And(parts):
            return all(_holds(part, entity, related) for part in parts)
        case Or(parts):
            return any(_holds(part, entity, related) for part in parts)
        case _:
            raise AssertionError("other text has no meaning here")


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda held, value: held == value,
    "is_not": lambda held, value: held != value,
    "like": lambda held, value: held.startswith(value.rstrip("%")),
    "not_like": lambda held, value: not held.startswith(value.rstrip("%")),
    ">=": lambda held, value: held >= value,
    "<=": lambda held, value: held <= value,
    ">": lambda held, value: held > value,
    "<": lambda held, value: held < value,
}


def _related(expression: Expression) -> set[Expression]:
    match expression:
        case Related():
            return {expression}
        case And(parts) | Or(parts):
            return set().union(*map(_related, parts))
        case _:
            return set()


@given(_trees, st.frozensets(_names), st.data())
def test_exactly_one_of_a_condition_and_its_opposite_holds(
    expression: Expression, required: frozenset[str], data: st.DataObject
) -> None:
    schema = schema_with(*required)
    held = st.sampled_from(["", "x", "y", "z"])
    entity = {name: data.draw(held if name in required else st.none() | held) for name in "abcd"}
    related = {each: data.draw(st.booleans()) for each in sorted(_related(expression), key=repr)}
    opposed = opposite(expression, schema, "Thing")
    assert _holds(expression, entity, related) != _holds(opposed, entity, related)
    assert _holds(expression, entity, related) == _holds(simplify(expression), entity, related)
    assert _holds(expression, entity, related) == _holds(opposite(opposed, schema, "Thing"), entity, related)


def test_neither_a_value_nor_an_empty_one_means_none() -> None:
    """Of what is missing nobody says that it is not empty, so that is said beside."""
    either = Or((Comparison("a", "is_not", None), Comparison("a", "is", "")))
    neither = opposite(either, schema_with(), "Thing")
    assert _holds(neither, {"a": None}, {})
    assert not _holds(neither, {"a": ""}, {})
    assert not _holds(neither, {"a": "x"}, {})


def test_conditions_can_be_written_with_dots() -> None:
    asked = And((one_of("name", ["a", "b%"]), Not(Related("metadata", "any", IS_A)), Raw("x is 1")))
    assert render(along("task.status", asked)) == (
        '((task.status.name is "a" or task.status.name like "b%") '
        'and not task.status.metadata any (name is "a") and (x is 1))'
    )


def _unescaped(literal: str) -> str:
    assert re.fullmatch(r'"(\\.|[^"\\])*"', literal, flags=re.DOTALL), f"{literal} is not one literal"
    return re.sub(r"\\(.)", r"\1", literal[1:-1], flags=re.DOTALL)


@given(st.text())
def test_any_text_survives_the_way_into_the_query_and_back(value: str) -> None:
    assert _unescaped(render(Comparison("name", "is", value)).removeprefix("name is ")) == value


@pytest.mark.promise("values-arrive-unchanged")
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('5" disk', r'(name is "5\" disk")'),
        ("C:\\shots\\a", r'(name is "C:\\shots\\a")'),
        ("a\\", r'(name is "a\\")'),
        ("this is in like that", '(name is "this is in like that")'),
        ("limit 5 offset 2", '(name is "limit 5 offset 2")'),
        (r"100\%", r'(name like "100\\%")'),
        ("it's", '(name is "it\'s")'),
        ("", '(name is "")'),
        (3, '(name is "3")'),
        (False, '(name is "False")'),
        (UUID(int=0), '(name is "00000000-0000-0000-0000-000000000000")'),
        (None, "(name is none)"),
    ],
)
def test_values_are_escaped_and_otherwise_left_alone(value: object, text: str) -> None:
    assert render(one_of("name", [value])) == text


def test_no_value_is_asked_for_beside_other_values() -> None:
    assert render(one_of("name", ["a", None, "b"])) == '(name in ("a","b") or name is none)'


def test_values_are_named_once_in_the_order_given() -> None:
    assert render(one_of("version", [2, 1, "2", 1])) == '(version in ("2","1"))'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 1, 31, 12, 30, tzinfo=timezone.utc), "2026-01-31T12:30:00+00:00"),
        (date(2026, 1, 31), "2026-01-31"),
        (arrow.get(2026, 1, 31), "2026-01-31T00:00:00+00:00"),
        ("2026-01-31", "2026-01-31"),
    ],
)
def test_dates_are_written_in_iso_format(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.promise("percent-is-a-wildcard")
def test_a_pattern_is_compared_like_a_pattern() -> None:
    assert (matches("key", "a%").operator, matches("key", "a").operator) == ("like", "is")


@pytest.mark.parametrize(
    ("expression", "simple"),
    [
        (And((IS_A, EVERYTHING)), And((IS_A,))),
        (And((IS_A, NOTHING)), NOTHING),
        (Or((IS_A, NOTHING)), Or((IS_A,))),
        (Or((IS_A, EVERYTHING)), EVERYTHING),
        (Related("versions", "any", NOTHING), NOTHING),
        (Or((Related("a", "any", NOTHING), Related("b", "any", NOTHING))), NOTHING),
        (Related("versions", "any", Or((IS_A,))), Related("versions", "any", Or((IS_A,)))),
    ],
)
def test_what_always_or_never_holds_disappears(expression: Expression, simple: Expression) -> None:
    assert simplify(expression) == simple


@pytest.mark.parametrize(
    ("expression", "relations"),
    [
        (Comparison("name", "is", "c.d.e"), 0),
        (Comparison("status.name", "is", "x"), 1),
        (Related("asset", "has", Or((IS_A,))), 1),
        (Related("component.version", "any", Comparison("status.name", "is", "x")), 3),
        (Not(Comparison("status.state.name", "is", "x")), 2),
        (Raw('status.state.name is "a.b.c.d"'), 2),
        (Raw("name is 'a.b.c.d'"), 0),
        (EVERYTHING, 0),
    ],
)
def test_depth_counts_relations_and_not_dots_in_values(expression: Expression, relations: int) -> None:
    assert depth(expression) == relations


def test_five_thousand_ids_are_written_with_little_work_for_each() -> None:
    ids = [f"{number:036}" for number in range(5000)]
    text = render(one_of("id", ids))
    assert calls_of(lambda: render(one_of("id", ids))) < 15 * len(ids)
    assert text.count('","') == 4999
