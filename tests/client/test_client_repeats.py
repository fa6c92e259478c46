"""Batches that are the same work done twice, and those that only look alike."""

import copy
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.client.commit.attempt import (
    creates_the_same,
    ids_of_new,
    outline,
    renamings,
    repeated_keys,
    replaced,
)


def create(kind: str, identity: str, **values: Any) -> dict[str, Any]:
    data = {"__entity_type__": kind, "id": identity, **values}
    return {"action": "create", "entity_type": kind, "entity_key": [identity], "entity_data": data}


def update(kind: str, identity: str, **values: Any) -> dict[str, Any]:
    return {"action": "update", "entity_type": kind, "entity_key": [identity], "entity_data": values}


def reference(kind: str, identity: str) -> dict[str, str]:
    return {"__entity_type__": kind, "id": identity}


DELETION = {"action": "delete", "entity_type": "Note", "entity_key": ["old"]}


def publish(asset: str, version: str, component: str, comment: str = "first") -> list[dict[str, Any]]:
    return [
        create("Asset", asset, name="plate", context_id="shot"),
        create("AssetVersion", version, asset=reference("Asset", asset), comment=comment),
        create("Component", component, version_id=version, members=[component, "other"]),
        update("Shot", "shot", status_id="done", thumbnail_id=component),
        DELETION,
    ]


def test_the_same_work_with_other_ids_is_the_same() -> None:
    first, second = publish("a", "v", "c"), publish("A", "V", "C")
    assert creates_the_same(first, second)
    assert renamings(first, second) == {"A": "a", "V": "v", "C": "c"}
    assert replaced(second, renamings(first, second)) == first
    assert renamings(first, first) == {}


@pytest.mark.parametrize(
    "other",
    [
        publish("A", "V", "C", comment="second"),
        publish("A", "V", "C")[1:],
        [*publish("A", "V", "C"), create("Note", "n")],
        [*publish("A", "V", "C")[1:], publish("A", "V", "C")[0]],
        [*publish("A", "V", "C")[:2], create("Component", "C", version_id="V", members=["V", "other"])],
        [*publish("A", "V", "C")[:3], update("Shot", "another", status_id="done", thumbnail_id="C")],
    ],
    ids=["a value", "less", "more", "the order", "another reference", "another place"],
)
def test_anything_else_that_is_created_makes_it_other_work(other: list[dict[str, Any]]) -> None:
    assert not creates_the_same(publish("a", "v", "c"), other)


@pytest.mark.parametrize("rest", [[], [update("Task", "task", name="comp"), DELETION]])
def test_what_else_it_does_makes_no_difference(rest: list[dict[str, Any]]) -> None:
    first, second = publish("a", "v", "c"), [*publish("A", "V", "C")[:4], *rest]
    assert creates_the_same(first, second)
    assert renamings(first, second) == {"A": "a", "V": "v", "C": "c"}
    assert outline(first) != outline(second)


def test_an_id_inside_of_a_text_makes_it_other_work() -> None:
    assert not creates_the_same([create("File", "a", path="/x/a")], [create("File", "b", path="/x/b")])


@pytest.mark.parametrize(
    "batch",
    [[], [update("Task", "t", name="anim")], [{"action": "delete", "entity_type": "Note", "entity_key": ["n"]}]],
)
def test_what_creates_nothing_is_never_the_same(batch: list[dict[str, Any]]) -> None:
    assert not creates_the_same(batch, copy.deepcopy(batch))


def test_keys_that_mean_something_are_no_ids() -> None:
    def row(key: str) -> dict[str, Any]:
        data = {"parent_id": "t", "key": key, "value": "1"}
        return {"action": "create", "entity_type": "Metadata", "entity_key": ["t", key], "entity_data": data}

    assert ids_of_new([row("frames")]) == []
    first, second = [create("Note", "a"), row("frames")], [create("Note", "b"), row("fps"), row("frames")]
    assert creates_the_same(first, second)
    assert repeated_keys(first, second) == {("Note", ("b",)), ("Metadata", ("t", "frames"))}


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.integers(0, 4).map(lambda number: f"new {number}"),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=3), children, max_size=3),
    max_leaves=8,
)


@given(contents=st.lists(st.dictionaries(st.text(min_size=1, max_size=3), values, max_size=3), min_size=1, max_size=5))
def test_running_anything_again_is_recognised_and_can_be_brought_back(contents: list[dict[str, Any]]) -> None:
    def run() -> list[dict[str, Any]]:
        ids = {f"new {number}": str(uuid4()) for number in range(len(contents))}
        return [create("Note", ids[f"new {index}"], **replaced(each, ids)) for index, each in enumerate(contents)]

    contents = [{name: value for name, value in each.items() if name not in ("kind", "identity")} for each in contents]
    first, second = run(), run()
    before = copy.deepcopy(first)
    assert creates_the_same(first, second)
    assert replaced(second, renamings(first, second)) == first == before
    assert all(UUID(identity) for identity in ids_of_new(first))
    assert outline(first) == outline(second)
