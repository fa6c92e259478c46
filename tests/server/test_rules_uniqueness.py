"""What may occur only once: names, keys and links, as they are when a batch is complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from server.writing import ADA, BOB, Operation, Server, builtin_id, create, delete, fresh_server, update
from trackteroid.server.core.failures import DuplicateEntryError, IntegrityError


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        server.apply(
            create("Project", "p", name="p"),
            create("Folder", "f", name="f", parent_id="p"),
            create("Folder", "g", name="g", parent_id="p"),
            create("Group", "team", name="team"),
            create("Location", "l", name="l"),
            create("Location", "m", name="m"),
            create("FileComponent", "c"),
            create(
                "CustomAttributeLinkConfiguration",
                "single",
                key="single",
                label="single",
                entity_type="task",
                entity_type_to="user",
                one_to_one=True,
            ),
        )
        yield server


def attribute(key: str, **more: Any) -> dict[str, Any]:
    number = builtin_id("CustomAttributeType", "number")
    return {"key": key, "label": key, "type_id": number, "entity_type": "show", "config": "{}", **more}


#: What occurs once: type, the values of one, those of another one, and what is said about a second of the first.
UNIQUE: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("Shot", {"parent_id": "p", "name": "a"}, {"parent_id": "p", "name": "b"}, 'name "A" and parent_id "p"'),
    ("Shot", {"parent_id": "f", "name": "a"}, {"parent_id": "g", "name": "a"}, 'name "A" and parent_id "f"'),
    ("Project", {"name": "a"}, {"name": "b"}, 'name "A"'),
    ("User", {"username": "a"}, {"username": "b"}, 'username "A"'),
    ("User", {"username": "x", "email": "a@b.c"}, {"username": "y", "email": "d@e.f"}, 'email "A@B.C"'),
    ("Location", {"name": "a"}, {"name": "b"}, 'name "A"'),
    ("Scope", {"name": "a"}, {"name": "b"}, 'name "A"'),
    ("Group", {"name": "a"}, {"name": "b"}, 'name "A" and parent_id null'),
    ("Group", {"name": "a", "parent_id": "team"}, {"name": "b", "parent_id": "team"}, 'name "A" and parent_id "team"'),
    ("ComponentLocation", {"component_id": "c", "location_id": "l"}, {"component_id": "c", "location_id": "m"}, ""),
]
KINDS = [f"{kind} {' '.join(first)}" for kind, first, *_ in UNIQUE]
every_kind = pytest.mark.parametrize(("kind", "first", "second", "message"), UNIQUE, ids=KINDS)


def loud(values: dict[str, Any]) -> dict[str, Any]:
    """The same text in another case."""
    return {name: value if name.endswith("_id") else value.upper() for name, value in values.items()}


def swap(kind: str, first: dict[str, Any], second: dict[str, Any]) -> list[Operation]:
    return [update(kind, "one", **second), update(kind, "two", **first)]


@every_kind
def test_two_can_swap_what_is_unique(
    server: Server, kind: str, first: dict[str, Any], second: dict[str, Any], message: str
) -> None:
    server.apply(create(kind, "one", **first), create(kind, "two", **second))
    server.apply(*swap(kind, first, second))
    stored = {name: server.row(kind, name) for name in ("one", "two")}
    assert {name: stored["one"][name] for name in second} == second
    assert {name: stored["two"][name] for name in first} == first


@every_kind
def test_one_that_goes_makes_room_for_the_next_before_or_after_it_goes(
    server: Server, kind: str, first: dict[str, Any], second: dict[str, Any], message: str
) -> None:
    server.apply(create(kind, "one", **first))
    server.apply(create(kind, "two", **first), delete(kind, "one"))
    server.apply(delete(kind, "two"), create(kind, "three", **first))


@every_kind
def test_what_is_there_twice_in_the_end_is_refused_with_what_was_there(
    server: Server, kind: str, first: dict[str, Any], second: dict[str, Any], message: str
) -> None:
    server.apply(create(kind, "one", **first), create(kind, "two", **second))
    again = create(kind, "three", **(loud(first) | ({"username": "z"} if "email" in first else {})))
    change = update(kind, "two", **loud({name: value for name, value in first.items() if value not in ("x", "y")}))
    for operation in (again, change):
        with pytest.raises(IntegrityError) as caught:
            server.apply(create("Note", "n", content="n"), operation)
        told = re.fullmatch(rf"There is a {kind} with (.*) already\. It is {kind} .*\bid one\)\.", str(caught.value))
        assert told is not None, str(caught.value)
        assert told[1].startswith(message)
        assert server.rows("Note") == []


@every_kind
def test_two_new_ones_are_refused_too(
    server: Server, kind: str, first: dict[str, Any], second: dict[str, Any], message: str
) -> None:
    with pytest.raises(IntegrityError, match=rf"^There is a {kind} with .* already\. It is {kind} .*\bid one\)\.$"):
        server.apply(create(kind, "one", **first), create(kind, "three", **first))


def test_a_sibling_of_another_type_is_named_as_what_it_is(server: Server) -> None:
    with pytest.raises(
        IntegrityError,
        match=r'^There is a Folder with name "F" and parent_id "p" already\. It is Folder "f" \(id f\)\.$',
    ):
        server.apply(create("Task", "t", name="F", parent_id="p"))


#: What may occur again.
AGAIN: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("Shot", {"parent_id": "p", "name": "a"}, "Shot", {"parent_id": "f", "name": "a"}),
    ("Shot", {"parent_id": "p", "name": "a"}, "Project", {"name": "a"}),
    ("Asset", {"context_id": "p", "name": "a"}, "Asset", {"context_id": "p", "name": "a"}),
    ("User", {"username": "a"}, "User", {"username": "b"}),
    ("User", {"username": "a", "email": ""}, "User", {"username": "b", "email": ""}),
    ("Group", {"name": "a"}, "Group", {"name": "a", "parent_id": "team"}),
    ("Group", {"name": "a"}, "User", {"username": "a"}),
    ("Location", {"name": "a"}, "Scope", {"name": "a"}),
    ("ComponentLocation", {"component_id": "c"}, "ComponentLocation", {"component_id": "c"}),
]


@pytest.mark.parametrize(("kind", "first", "other", "second"), AGAIN)
def test_what_may_occur_again(
    server: Server, kind: str, first: dict[str, Any], other: str, second: dict[str, Any]
) -> None:
    server.apply(create(kind, "one", **first))
    server.apply(create(other, "two", **second))


def test_names_go_round(server: Server) -> None:
    names = [f"n{number}" for number in range(900)]
    server.apply(*(create("Folder", name, name=name, parent_id="p") for name in names))
    server.apply(
        *(update("Folder", name, name=after) for name, after in zip(names, names[1:] + names[:1], strict=True))
    )
    assert server.row("Context", "n899")["name"] == "n0"
    with pytest.raises(IntegrityError, match=r'with name "n5" .* It is Folder "n5" \(id n4\)'):
        server.apply(*(update("Folder", name, name="n5" if name == "n850" else f"m{name}") for name in names[20:]))


def test_keys_of_custom_attributes_are_swapped(server: Server) -> None:
    kind = "CustomAttributeConfiguration"
    server.apply(create(kind, "one", **attribute("a")), create(kind, "two", **attribute("b")))
    server.apply(update(kind, "one", key="b"), update(kind, "two", key="a"))
    assert [server.row(kind, name)["key"] for name in ("one", "two")] == ["b", "a"]
    server.apply(create(kind, "three", **attribute("a")), delete(kind, "two"))
    with pytest.raises(IntegrityError, match=r'There is a custom attribute "b" for show already'):
        server.apply(update(kind, "three", key="b"))


def test_timers_are_swapped(server: Server) -> None:
    server.apply(create("Timer", "one", user_id=ADA), create("Timer", "two", user_id=BOB))
    server.apply(update("Timer", "one", user_id=BOB), update("Timer", "two", user_id=ADA))
    server.apply(create("Timer", "three", user_id=ADA), delete("Timer", "two"))
    with pytest.raises(DuplicateEntryError, match=f"User {BOB} has a running timer already; stop or delete it first."):
        server.apply(update("Timer", "three", user_id=BOB))


def test_single_links_are_swapped(server: Server) -> None:
    def link(name: str, context: str, user: str) -> Operation:
        return create("CustomAttributeLink", name, configuration_id="single", from_id=context, to_id=user)

    server.apply(link("one", "f", ADA), link("two", "g", BOB))
    server.apply(delete("CustomAttributeLink", "one"), link("three", "f", ADA))
    server.apply(link("four", "g", BOB), delete("CustomAttributeLink", "two"))
    with pytest.raises(IntegrityError, match=r"one-to-one, and User .* has a link already\. Delete that first\."):
        server.apply(link("five", "p", BOB))


@pytest.mark.parametrize("make", [lambda: create("Group", "x", name="team", parent_id="team")])
def test_a_group_may_be_called_as_the_one_above(server: Server, make: Callable[[], Operation]) -> None:
    server.apply(make())
