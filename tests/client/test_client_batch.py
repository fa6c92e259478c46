"""What pending operations come to when they are sent."""

from typing import Any

import pytest
from client_support import FakeServer, Mounting
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, Operation

from trackteroid.client.commit.commit import batch_of
from trackteroid.session import Session


@pytest.fixture
def session() -> Session:
    return Mounting(FakeServer()).ours()


def sent(session: Session) -> list[tuple[Any, ...]]:
    """Return action, type, key and data of everything that would be sent."""
    return [
        (
            payload["action"],
            payload["entity_type"],
            *payload["entity_key"],
            {name: value for name, value in payload.get("entity_data", {}).items() if name != "__entity_type__"},
        )
        for payload in batch_of(session).payloads
    ]


def test_making_a_batch_changes_nothing(session: Session) -> None:
    task = session.create("Task", {"id": "t", "name": "comp"})
    task["name"] = "anim"
    before = list(session.recorded_operations)
    assert sent(session) == sent(session)
    assert list(session.recorded_operations) == before
    assert task["name"] == "anim"


def test_a_batch_holds_plain_values(session: Session) -> None:
    note = session.create("Note", {"id": "n", "content": "look"})
    user = session.create("User", {"id": "ada", "username": "ada"})
    note["author"] = user
    session.delete(session.create("Task", {"id": "t"}))
    user["username"] = "lovelace"
    assert sent(session) == [
        ("create", "Note", "n", {"id": "n", "content": "look", "is_todo": False}),
        ("create", "User", "ada", {"id": "ada", "username": "ada", "resource_type": "user"}),
        ("update", "Note", "n", {"author": {"__entity_type__": "User", "id": "ada"}}),
        ("update", "User", "ada", {"username": "lovelace"}),
    ]


def test_operations_that_nobody_knows_are_refused(session: Session) -> None:
    session.recorded_operations.push(Operation())
    with pytest.raises(ValueError, match="Unrecognised operation type"):
        batch_of(session)


def test_what_is_created_and_deleted_again_is_not_sent(session: Session) -> None:
    task = session.create("Task", {"id": "t"})
    task["notes"].append(session.create("Note", {"id": "n"}))
    session.delete(task["notes"][0])
    session.delete(task)
    assert sent(session) == []


def test_what_is_deleted_and_created_again_is_kept(session: Session) -> None:
    key = {"parent_id": "t", "key": "a"}
    delete, create = DeleteEntityOperation("Metadata", key), CreateEntityOperation("Metadata", key, {"value": "new"})
    for operation, expected in ((delete, ["delete"]), (create, ["delete", "create"])) * 2:
        session.recorded_operations.push(operation)
        assert [action for action, *_ in sent(session)] == expected


def test_members_of_a_list_that_is_left_as_it_was_are_not_sent(session: Session) -> None:
    task = session.merge(session.types["Task"](session, {"id": "t", "notes": []}, reconstructing=True))
    note = session.create("Note", {"id": "n"})
    task["notes"].append(note)
    task["notes"].remove(note)
    assert [name for *_, values in sent(session) for name in values if name.startswith("parent")] == []
