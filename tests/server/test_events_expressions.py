"""Expressions mean what they mean to the client."""

from __future__ import annotations

from typing import Any

import pytest
from ftrack_api.event.expression import Parser as ClientParser
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.server.core.failures import ParseError
from trackteroid.server.events.expressions import LONGEST, MISSING, parse, value_at

FIELDS = ("topic", "data.kind", "data.user.name", "source.id", "nowhere")
WORDS = ("ftrack.update", "ada@studio.example", "x", "abc", "a/b,c", "ab*", "Shot", "1")

fields = st.sampled_from(FIELDS)
values = st.sampled_from(WORDS).flatmap(lambda word: st.sampled_from([word, f'"{word}"', f"'{word} y'"]))
conditions = st.builds(
    lambda field, sign, value, blank: f"{field}{blank}{sign}{blank}{value}",
    fields,
    st.sampled_from(["=", "!=", ">=", "<=", ">", "<"]),
    values,
    st.sampled_from(["", " "]),
)
expressions = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.builds("not {}".format, conditions | inner.map("({})".format)),
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} OR {}".format, inner, inner),
        inner.map("({})".format),
    ),
    max_leaves=6,
)
texts = st.sampled_from([word.rstrip("*") for word in WORDS]) | st.text(alphabet="abxy", max_size=3)
candidates = st.fixed_dictionaries(
    {},
    optional={
        "topic": texts,
        "data": st.fixed_dictionaries(
            {}, optional={"kind": texts, "user": st.fixed_dictionaries({}, optional={"name": texts})}
        ),
        "source": st.fixed_dictionaries({"id": texts}),
    },
)
PARSER = ClientParser()


@given(expressions, candidates)
def test_it_matches_what_the_client_matches(text: str, candidate: Any) -> None:
    # The client takes a star for "somewhere in it", the documentation for "at its beginning": both are asked.
    theirs = PARSER.parse(text).match(candidate)
    ours = parse(text).matches(candidate)
    if "*" not in text:
        assert ours == theirs


@given(expressions, candidates)
def test_whatever_matches_has_one_of_the_values_that_are_needed(text: str, candidate: Any) -> None:
    expression = parse(text)
    if expression.needs is not None and expression.matches(candidate):
        assert any(has(candidate, field, value) for field, value in expression.needs)
    if expression.topics is not None and expression.matches(candidate):
        assert any(has(candidate, "topic", topic) for topic in expression.topics)


def has(candidate: Any, field: str, value: str) -> bool:
    found = value_at(candidate, tuple(field.split(".")))
    return found == value or (value.endswith("*") and isinstance(found, str) and found.startswith(value[:-1]))


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("topic=ftrack.update", True),
        ("topic=ftrack.*", True),
        ("topic=*", True),
        ("topic=update*", False),
        ('topic="ftrack.update" and data.name = "a b"', True),
        ("topic=x or data.name='a b' and not data.count=5", True),
        ("not (topic=x or topic=y)", True),
        ("data.count=5", False),  # a number is no text
        ("data.count!=5", True),
        ("data.count>1", False),
        ("data.missing!=x", False),
        ("data.name.further=x", False),
        ('data.empty=""', True),
        ("not=1 or AND=x", False),  # words of the language may be names
        ("topic = ftrack.update AND NOT topic = other", True),
    ],
)
def test_examples(text: str, matches: bool) -> None:
    candidate = {"topic": "ftrack.update", "data": {"name": "a b", "count": 5, "empty": ""}}
    assert parse(text).matches(candidate) is matches


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "At character 1 .* expected a condition"),
        ("topic", "expected a condition"),
        ("topic=", "expected a condition"),
        ("topic=x y", "At character 9 .* expected 'and', 'or' or the end, found 'y'"),
        ("(topic=x", r"expected '\)', found the end"),
        ("topic=x and", "found the end"),
        ("topic=ä", "expected a condition"),
        ("x" * (LONGEST + 1), "may have 8192 characters"),
        ("(" * 100 + "a=b" + ")" * 100, "At most 32 parentheses"),
        ("not " * 100 + "a=b", "At most 32 parentheses"),
    ],
)
def test_what_is_wrong_is_told(text: str, complaint: str) -> None:
    with pytest.raises(ParseError, match=complaint):
        parse(text)


def test_nothing_is_found_where_a_path_leads_nowhere() -> None:
    assert value_at({"a": {"b": None}}, ("a", "b")) is None
    assert value_at({"a": {"b": None}}, ("a", "b", "c")) is MISSING
