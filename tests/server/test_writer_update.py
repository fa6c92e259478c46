"""The action `update`: what changes, what the answer tells, and what may not change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.writing import ADA, LATER, Server, builtin_id, create, fresh_server, ref, update
from trackteroid.server.core.failures import Failure, IntegrityError, PermissionError_, ValidationError, ValueError_

IN_PROGRESS = builtin_id("Status", "In progress")


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


@pytest.fixture
def shot(server: Server) -> str:
    return server.context("Shot", server.project(), name="sh010")


def test_an_update_answers_what_changed_and_who_it_is(server: Server) -> None:
    assert server.one(update("User", [ADA], username="countess")) == {
        "__entity_type__": "User",
        "id": ADA,
        "username": "countess",
        "resource_type": "user",
    }


def test_both_halves_of_a_reference_come_back(server: Server, shot: str) -> None:
    by_key = server.one(update("Shot", [shot], status_id=IN_PROGRESS))
    by_reference = server.one(update("Shot", [shot], status=ref("Status", IN_PROGRESS)))
    assert by_key == by_reference
    assert (by_key["status_id"], by_key["status"]) == (IN_PROGRESS, ref("Status", IN_PROGRESS))


def test_clearing_a_reference_clears_its_key(server: Server, shot: str) -> None:
    component = server.one(create("FileComponent"))["id"]
    server.apply(update("Shot", shot, thumbnail_id=component))
    answer = server.one(update("Shot", shot, thumbnail=None))
    assert answer["thumbnail"] is None
    assert answer["thumbnail_id"] is None
    assert server.row("Context", shot)["thumbnail_id"] is None


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("named", ["Shot", "TypedContext", "Context"])
def test_the_type_may_be_a_base_of_the_stored_one(server: Server, shot: str, named: str, listed: bool) -> None:
    answer = server.one(update(named, [shot] if listed else shot, description="a"))
    assert answer["__entity_type__"] == "Shot"
    assert server.row("Context", shot)["description"] == "a"


def test_the_type_may_be_a_subtype_of_the_stored_one(server: Server) -> None:
    server.apply(create("Component", "c"))
    assert server.one(update("FileComponent", "c", name="x"))["__entity_type__"] == "Component"


def test_keys_of_several_parts_come_as_a_list(server: Server, shot: str) -> None:
    server.apply(create("Metadata", parent_id=shot, key="k", parent_type="Shot", value="a"))
    answer = server.one(update("Metadata", [shot, "k"], value="b"))
    assert (answer["parent_id"], answer["key"], answer["value"]) == (shot, "k", "b")


def test_a_numbered_key_comes_as_text(server: Server) -> None:
    server.apply(create("Event", action="x"))
    assert server.one(update("Event", ["1"], action="y"))["id"] == 1


def test_repeating_settled_values_is_no_change(server: Server, shot: str) -> None:
    row = server.row("Context", shot)
    server.apply(update("Shot", shot, id=shot, object_type_id=row["object_type_id"], name="x"))
    assert server.row("Context", shot)["name"] == "x"


def refusals() -> list[Any]:
    other = builtin_id("ObjectType", "Task")
    return [
        pytest.param(update("Shot", "none", name="a"), ValueError_, "Could not find entity Shot with entity_key [none"),
        pytest.param(update("Task", "SHOT", name="a"), ValueError_, "Could not find entity Task with entity_key ["),
        pytest.param(update("Shot", ["a", "b"], name="a"), ValidationError, "entity_key of Shot must be a list of 1"),
        pytest.param(update("Metadata", "a", value="a"), ValidationError, "entity_key of Metadata must be a list of 2"),
        pytest.param(
            update("Shot", "SHOT", object_type_id=other),
            ValidationError,
            "Shot.object_type_id is settled when the entity is made",
        ),
        pytest.param(
            update("Shot", "SHOT", object_type=ref("ObjectType", other)),
            ValidationError,
            "Shot.object_type_id is settled when the entity is made",
        ),
        pytest.param(update("Shot", "SHOT", id="other"), ValidationError, "Shot.id is settled when the entity is made"),
        pytest.param(update("Shot", "SHOT", link="x"), ValidationError, "Shot.link is calculated by the server"),
        pytest.param(update("Shot", "SHOT", naem="x"), ValidationError, "Shot has no attribute naem. Did you mean"),
        pytest.param(update("Shot", "SHOT", bid="x"), ValidationError, 'Shot.bid must be a number; got "x".'),
        pytest.param(update("Shot", "SHOT", name=None), ValidationError, "Shot (id "),
        pytest.param(update("Shot", "SHOT", status_id="gone"), IntegrityError, 'Shot "sh010" (id '),
        pytest.param(update("StatusChange", "s", date=None), PermissionError_, "A StatusChange cannot be made"),
    ]


@pytest.mark.parametrize(("operation", "failure", "message"), refusals())
def test_refused_changes_leave_everything_as_it_was(
    server: Server, shot: str, operation: dict[str, Any], failure: type[Failure], message: str
) -> None:
    if operation["entity_key"] == "SHOT":
        operation = {**operation, "entity_key": [shot]}
    with pytest.raises(failure) as caught:
        server.apply(update("Shot", shot, description="changed"), operation)
    assert str(caught.value).startswith(message)
    assert server.row("Context", shot)["description"] == ""


def test_a_broken_reference_is_told_in_words(server: Server, shot: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        server.apply(update("Shot", shot, status_id="gone"))
    assert str(caught.value) == f'Shot "sh010" (id {shot}) refers to Status gone (status_id), which does not exist.'


def test_a_row_that_was_written_twice_in_a_batch_is_told_once(server: Server, shot: str) -> None:
    server.apply(update("Shot", shot, name="a"), update("Shot", shot, name="b", description="d"), now=LATER)
    (change,) = server.changes
    assert (change.kind, change.row.type.name, change.row.key) == ("update", "Shot", (shot,))
    assert (change.old, change.new) == ({"name": "sh010", "description": ""}, {"name": "b", "description": "d"})
