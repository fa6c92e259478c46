"""Of thousands of subscriptions those are found that want an event, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.test_events_expressions import candidates, expressions
from trackteroid.server.core.failures import ParseError, ValidationError
from trackteroid.server.events.expressions import parse
from trackteroid.server.events.subscriptions import Subscription, Subscriptions, subscriber_in


@given(
    st.lists(expressions, max_size=8), st.data(), candidates, st.sampled_from(["", "id=s1", "id=s1 or id=s3", "x=y"])
)
@pytest.mark.slow
def test_those_are_found_whose_expression_matches(
    texts: list[str], data: st.DataObject, event: dict[str, Any], target: str
) -> None:
    subscriptions: Subscriptions[int] = Subscriptions()
    made = [Subscription(n, {"id": f"s{n}", "x": "y" if n % 2 else "z"}, parse(text)) for n, text in enumerate(texts)]
    for each in made:
        subscriptions.add(each)
    gone = data.draw(st.sets(st.sampled_from(made))) if made else set()
    for each in gone:
        subscriptions.remove(each)
    expected = [
        each.holder
        for each in made
        if each not in gone
        and each.expression.matches(event)
        and (not target or parse(target).matches(each.subscriber))
    ]
    found = [each.holder for each in subscriptions.wanting(event | {"target": target})]
    assert sorted(found) == expected
    if expected and "topic" in event:
        assert subscriptions.may_want(event["topic"])
    assert len(subscriptions) == len(made) - len(gone)
    for each in set(made) - gone:
        subscriptions.remove(each)
    assert not list(subscriptions.wanting(event))
    assert not subscriptions.may_want(event.get("topic", ""))


@pytest.mark.parametrize("value", ["n{}", "n{}*", '"n{}" or data.number=never'])
def test_whoever_needs_another_value_is_not_asked(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    subscriptions: Subscriptions[int] = Subscriptions()
    for number in range(100, 1_000):
        text = f"topic=shared and (data.number={value.format(number)})"
        subscriptions.add(Subscription(number, {"id": str(number)}, parse(text)))
    asked: list[object] = []
    kind = type(parse("a=b and c=d"))
    matches = kind.matches
    monkeypatch.setattr(kind, "matches", lambda self, event: asked.append(self) or matches(self, event))
    found = list(subscriptions.wanting({"topic": "shared", "data": {"number": "n700"}}))
    assert ([each.holder for each in found], len(asked)) == ([700], 1)


@pytest.mark.parametrize(
    ("subscription", "topic", "may"),
    [
        ("topic=a", "a", True),
        ("topic=a", "b", False),
        ("topic=a*", "ab", True),
        ("topic=a* and topic=ab", "ac", False),
        ("topic=a or topic=b", "c", False),
        ("topic=a or topic=b", "b", True),
        ("topic=a or data.x=1", "c", True),
        ("topic=*", "a", True),
        ("data.x=1", "a", True),
        ("not topic=a", "a", True),
    ],
)
def test_topics_that_nobody_wants_are_known_without_an_event(subscription: str, topic: str, may: bool) -> None:
    subscriptions: Subscriptions[int] = Subscriptions()
    made = Subscription(1, {"id": "s"}, parse(subscription))
    subscriptions.add(made)
    assert subscriptions.may_want(topic) is may
    subscriptions.remove(made)
    assert not subscriptions.may_want(topic)


def test_a_target_that_is_no_expression_is_told() -> None:
    with pytest.raises(ParseError):
        list(Subscriptions[int]().wanting({"target": "("}))


@pytest.mark.parametrize("data", [None, [], {}, {"subscriber": "x"}, {"subscriber": {"id": 5}}])
def test_a_subscriber_says_who_it_is(data: object) -> None:
    with pytest.raises(ValidationError, match='"subscriber", an object with an "id"'):
        subscriber_in(data)
