"""Choices of enumerators: what is one, in whatever form it comes, and what is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.writing import Operation, Server, builtin_id, create, fresh_server, update
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.rules.choices import Choices, choices_of, read_choices

NAMES = ("final", "wip", "on hold, client", "on hold, us", " padded ", "Æ")


def config(*names: str, several: bool | None = False) -> str:
    data = json.dumps([{"menu": name.upper(), "value": name} for name in names])
    return json.dumps({"data": data} | ({} if several is None else {"multiSelect": several}))


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


def configuration(config: str, kind: str = "enumerator", **data: Any) -> Operation:
    settings: dict[str, Any] = {
        "key": "intent",
        "entity_type": "task",
        "object_type_id": builtin_id("ObjectType", "Shot"),
        "type_id": builtin_id("CustomAttributeType", kind),
        "config": config,
    }
    return create("CustomAttributeConfiguration", "c", **(settings | data))


TAKEN: list[tuple[Any, bool, list[str] | None]] = [
    ("final", False, ["final"]),
    (["final"], False, ["final"]),
    (["final", "final"], False, ["final"]),
    ("on hold, client", False, ["on hold, client"]),
    (["on hold, client"], False, ["on hold, client"]),
    (["final", "wip"], True, ["final", "wip"]),
    ("final,wip", True, ["final", "wip"]),
    (" final , wip ", True, ["final", "wip"]),
    ("on hold, us,final,on hold, client", True, ["on hold, us", "final", "on hold, client"]),
    ("padded", True, [" padded "]),
    ("", False, None),
    ([], False, []),
    (None, False, None),
]


@pytest.mark.parametrize(("value", "several", "kept"), TAKEN, ids=repr)
def test_choices_are_taken_as_lists_and_as_text(
    server: Server, value: Any, several: bool, kept: list[str] | None
) -> None:
    shot = server.context("Shot", server.project())
    server.apply(configuration(config(*NAMES, several=several)))
    assert server.one(update("ContextCustomAttributeValue", ["c", shot], value=value))["value"] == kept


REFUSED: list[tuple[Any, bool, str]] = [
    ("finall", False, r'must be one of "final", "wip", .*\. Got "finall"\. Did you mean final\?'),
    (["finall"], True, r'"intent" must be one of "final", "wip"'),
    ("Final", False, "Did you mean final"),
    (["final", "wip"], False, r'"intent" takes one value only\. Got \["final", "wip"\]'),
    ("final,wip", False, "takes one value only"),
    ("final, wipp", True, r'Got "wipp"\. Did you mean wip\?'),
    ("on hold", False, r'Got "on hold"'),
    (["final,wip"], True, r'Got "final,wip"'),
    ([None], True, "must be of type enumerator"),
    ({"value": "final"}, True, "must be of type enumerator"),
]


@pytest.mark.parametrize("view", ["ContextCustomAttributeValue", "CustomAttributeValue", "default"])
@pytest.mark.parametrize(("value", "several", "message"), REFUSED, ids=repr)
def test_what_is_no_choice_is_refused(server: Server, view: str, value: Any, several: bool, message: str) -> None:
    offered = config(*NAMES, several=several)
    if view == "default":
        with pytest.raises(ValidationError, match=message):
            server.apply(configuration(offered, default=value))
        return
    shot = server.context("Shot", server.project())
    server.apply(configuration(offered))
    operation = update if view.startswith("Context") else None
    with pytest.raises(ValidationError, match=message):
        server.apply(
            operation(view, ["c", shot], value=value)
            if operation
            else create(view, configuration_id="c", entity_id=shot, value=value)
        )


def test_what_is_no_choice_any_more_is_still_read(server: Server) -> None:
    shot, other = (server.context("Shot", server.project()) for _ in range(2))
    server.apply(configuration(config("final", "wip"), default="final"))
    server.apply(update("ContextCustomAttributeValue", ["c", shot], value="wip"))
    server.apply(update("CustomAttributeConfiguration", "c", config=config("done")))
    assert server.rows("CustomAttributeValue")[0]["value"] == ["wip"]
    assert server.row("CustomAttributeConfiguration", "c")["default"] == ["final"]
    with pytest.raises(ValidationError, match='must be one of "done"'):
        server.apply(update("ContextCustomAttributeValue", ["c", other], value="wip"))


def test_long_lists_of_choices_are_not_told_in_full(server: Server) -> None:
    with pytest.raises(ValidationError, match=r'"choice 19" and 980 more\. Got'):
        server.apply(configuration(config(*(f"choice {number}" for number in range(1000))), default="x"))
    with pytest.raises(ValidationError, match="of which there are none yet"):
        server.apply(configuration(config(), default="x"))


CONFIGS: list[tuple[str | None, Choices]] = [
    (None, Choices()),
    ("", Choices()),
    ("{}", Choices()),
    ('{"multiSelect": false}', Choices(several=False)),
    (config("a", "b"), Choices(("a", "b"), several=False)),
    (config("a", several=True), Choices(("a",), several=True)),
    (config("a", several=None), Choices(("a",), several=False)),
    (json.dumps({"data": [{"menu": "A", "value": "a"}, "b", {"value": 5}]}), Choices(("a", "b", "5"), several=False)),
]


@pytest.mark.parametrize(("text", "choices"), CONFIGS, ids=repr)
def test_configs_say_what_is_offered(text: str | None, choices: Choices) -> None:
    assert read_choices(text) == choices


@pytest.mark.parametrize("text", ["final, wip", "[]", "5", '{"data": "final, wip"}', '{"data": [{"menu": "Final"}]}',
                                  '{"data": 5}'])  # fmt: skip
def test_a_config_that_nobody_can_read_is_refused(server: Server, text: str) -> None:
    with pytest.raises(ValidationError, match='The config of the custom attribute "intent" must be the text of a JSON'):
        server.apply(configuration(text))
    assert choices_of(text) == Choices()  # as older databases may have it
    server.apply(configuration(text, kind="text"))


@given(st.lists(st.text(st.sampled_from("ab, "), min_size=1).filter(str.strip), min_size=1, max_size=5), st.data())
def test_a_text_of_choices_is_always_read_as_choices(names: list[str], data: st.DataObject) -> None:
    choices = Choices(tuple(names))
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    assert choices.choose("k", list(chosen)) == chosen
    found = choices.choose("k", ",".join(chosen))
    assert found is not None
    assert set(found) <= set(names)


def test_a_text_with_very_many_commas_takes_no_longer_than_it_is() -> None:
    with pytest.raises(ValidationError):
        Choices(("a, b", "c")).choose("k", "a," * 100_000)
