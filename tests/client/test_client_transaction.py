"""Blocks of changes that are committed together or taken back together."""

# ruff: noqa: PT012 - what happens in a block, up to the exception that leaves it, is what is tested here

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import ftrack_api.exception
import ftrack_api.inspection
import pytest
import requests
from client_conversations import Committing, describe, pending
from client_support import FakeServer, Mounting
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.symbol import NOT_SET

from selections import few_fast, some
from trackteroid import Query, Task, errors
from trackteroid.client import local_changes
from trackteroid.operations.format import file
from trackteroid.session import Session


class Stop(Exception):  # noqa: N818 - it says what it does
    """Leaves a block."""


@pytest.fixture
def server() -> FakeServer:
    row = {"__entity_type__": "Task", "id": "t", "name": "comp", "bid": 1, "notes": [], "metadata": []}

    def answer(operation: dict[str, Any]) -> Any:
        if operation["action"] == "query":
            return {"action": "query", "data": [row], "metadata": {"next": {"offset": None}}}
        if operation["action"] == "delete":
            return {"action": "delete", "data": True}
        data = {"__entity_type__": operation["entity_type"], **operation["entity_data"]}
        return {"action": operation["action"], "data": data | {"id": operation["entity_key"][0]}}

    return FakeServer(answer)


@pytest.fixture
def session(server: FakeServer) -> Iterator[Session]:
    session = Mounting(server).ours()
    session.query("Task").all()
    server.requests.clear()
    yield session
    session.rollback()
    session.close()


def task_of(session: Session) -> Any:
    return session.get("Task", "t")


def remembered(session: Session, entity: Any) -> bool:
    """Return whether the session's memory holds *entity*."""
    return any(each is entity for each in session._local_cache._cache.values())


def sent(server: FakeServer) -> list[list[str]]:
    return [[operation["action"] for operation in batch] for batch in server.requests]


def visible(session: Session) -> dict[str, Any]:
    """Return every value that reading would show, without reading it: local ones before those of the server."""
    result: dict[str, Any] = {}
    for key, entity in session._local_cache._cache.items():
        for attribute in entity.attributes:
            local, remote = attribute.get_local_value(entity), attribute.get_remote_value(entity)
            value = remote if local is NOT_SET else local
            rows = value.collection if isinstance(value, MappedCollectionProxy) else value
            shown = [describe(item, session) for item in rows] if isinstance(rows, Collection) else value
            result[f"{key} {attribute.name}"] = shown if isinstance(shown, list) else describe(shown, session)
    return result


def change(session: Session) -> Any:
    """Change a value, a collection and a mapping, create and delete."""
    task = task_of(session)
    task["name"] = "anim"
    note = session.create("Note", {"content": "look"})
    task["notes"].append(note)
    task["metadata"]["key"] = "value"
    session.delete(session.create("Task", {"name": "other"}))
    return note


# The end of a block.


def test_changes_are_sent_once_at_the_end(session: Session, server: FakeServer) -> None:
    with session.transaction():
        task_of(session)["name"] = "anim"
        session.create("Note", {"content": "look"})
        assert server.requests == []
    assert sent(server) == [["update", "create"]]
    assert len(session.recorded_operations) == 0
    assert task_of(session)["name"] == "anim"


def test_a_block_without_changes_sends_nothing(session: Session, server: FakeServer) -> None:
    with session.transaction():
        assert task_of(session)["name"] == "comp"
    assert server.requests == []


@pytest.mark.parametrize("reason", [Stop, KeyboardInterrupt, GeneratorExit])
def test_whatever_leaves_the_block_takes_everything_back(
    reason: type[BaseException], session: Session, server: FakeServer
) -> None:
    task_of(session)["bid"] = 5
    before = visible(session), pending(session), list(session._local_cache._cache)
    with pytest.raises(reason), session.transaction():
        note = change(session)
        raise reason
    assert (visible(session), pending(session), list(session._local_cache._cache)) == before
    assert session.get("Note", note["id"]) is not note
    assert [sent for sent in server.requests if sent[0]["action"] != "query"] == []


def test_a_refused_commit_takes_everything_back(session: Session, server: FakeServer) -> None:
    task_of(session)["bid"] = 5
    before = visible(session), pending(session)
    server.answer = lambda operation: b'{"exception": "IntegrityError", "content": "no"}'
    with pytest.raises(ftrack_api.exception.ServerError, match="IntegrityError"), session.transaction():
        change(session)
    assert (visible(session), pending(session)) == before


def test_an_unreachable_server_takes_everything_back_and_says_so(session: Session, server: FakeServer) -> None:
    session.retries = 0

    def gone(*_: Any, **__: Any) -> Any:
        raise requests.exceptions.ConnectionError("Connection aborted.")

    server.send = gone  # type: ignore[method-assign]
    with (
        pytest.raises(errors.UnconfirmedCommitError, match=r"The transaction takes its changes back \(1 x update Task"),
        session.transaction(),
    ):
        task_of(session)["name"] = "anim"
    assert task_of(session)["name"] == "comp"
    assert len(session.recorded_operations) == 0


def test_a_commit_that_the_server_accepted_is_not_taken_back(session: Session, server: FakeServer) -> None:
    server.answer = lambda operation: {"action": "update", "data": {"__entity_type__": "Task", "id": "t", "status": 5}}
    session.merge = lambda value, merged=None: (_ for _ in ()).throw(Stop())  # type: ignore[method-assign]
    with pytest.raises(Stop), session.transaction():
        task_of(session)["name"] = "anim"
    assert len(session.recorded_operations) == 0
    assert sent(server) == [["update"]]


def test_what_was_pending_before_is_committed_too_and_in_its_order(session: Session, server: FakeServer) -> None:
    session.create("Note", {"content": "before"})
    with session.transaction():
        task_of(session)["name"] = "anim"
    assert sent(server) == [["create", "update"]]


@pytest.mark.parametrize("seed", few_fast(some(range(30), 2)))
def test_any_changes_are_taken_back_exactly(seed: int) -> None:
    server = FakeServer()
    conversation = Committing(Mounting(server).ours(), server, seed)
    session = conversation.session
    conversation.query(Random(seed))
    for _ in range(8):
        conversation.step()
    before = visible(session), pending(session), set(session._local_cache._cache)
    with pytest.raises(Stop), session.transaction():
        for kind in conversation.random.choices(
            [
                "assign",
                "append",
                "create",
                "delete",
                "remove",
                "note",
                "fill",
                "look",
                "unrecorded",
                "take_back",
                "rollback",
            ],
            k=8,
        ):
            if kind == "take_back" and not len(session.recorded_operations):
                continue
            if kind == "take_back" and "Create" in type(session.recorded_operations._stack[-1]).__name__:
                continue  # a creation that is taken back by hand leaves its entity to whoever does that
            try:
                getattr(conversation, kind)(conversation.random)
            except (KeyError, IndexError, NotImplementedError, ftrack_api.exception.Error, AttributeError):
                continue
        raise Stop
    assert (visible(session), pending(session), set(session._local_cache._cache)) == before


# Inside of a block.


def test_committing_inside_is_refused(session: Session, server: FakeServer) -> None:
    with session.transaction():
        task_of(session)["name"] = "anim"
        with pytest.raises(errors.TransactionError, match="Leave the block first"):
            session.commit()
        with pytest.raises(errors.TransactionError):
            Query(Task, session=session).get_all().commit()
        assert len(session.recorded_operations) == 1
    assert sent(server)[-1] == ["update"]
    session.commit()


def test_a_rollback_inside_is_taken_back_with_the_rest(session: Session) -> None:
    note = session.create("Note", {"content": "before"})
    task_of(session)["bid"] = 7
    with pytest.raises(Stop), session.transaction():
        session.rollback()
        raise Stop
    assert len(session.recorded_operations) == 2
    assert session.get("Note", note["id"]) is note
    assert task_of(session)["bid"] == 7


@pytest.mark.parametrize("disturb", ["close", "reconnect"])
def test_losing_the_connection_inside_is_an_error(disturb: str, session: Session, server: FakeServer) -> None:
    with pytest.raises(errors.TransactionError, match="closed or reconnected"), session.transaction():
        task_of(session)["name"] = "anim"
        getattr(session, disturb)()
    assert all(actions != ["update"] for actions in sent(server))
    session.reconnect()


def test_committing_a_file_inside_is_refused(session: Session, tmp_path: Path) -> None:
    with session.deferred_operations(tmp_path / "later.db"):
        task_of(session)["name"] = "anim"
    with session.transaction(), pytest.raises(errors.TransactionError):
        session.reconnect_and_commit(tmp_path / "later.db")


# Blocks inside of each other.


def test_an_inner_block_joins_the_outer_one(session: Session, server: FakeServer) -> None:
    with session.transaction():
        task_of(session)["name"] = "anim"
        with session.transaction():
            task_of(session)["bid"] = 5
        assert server.requests == []
    assert sent(server) == [["update"]]
    assert set(server.requests[0][0]["entity_data"]) == {"__entity_type__", "name", "bid"}


def test_an_inner_block_that_fails_takes_back_only_its_own_changes(session: Session, server: FakeServer) -> None:
    with session.transaction():
        task_of(session)["name"] = "anim"
        with pytest.raises(Stop), session.transaction():
            task_of(session)["name"] = "lighting"
            change(session)
            raise Stop
        assert task_of(session)["name"] == "anim"
    assert sent(server) == [["update"]]
    assert server.requests[0][0]["entity_data"]["name"] == "anim"


def test_an_outer_block_that_fails_takes_back_the_inner_one(session: Session, server: FakeServer) -> None:
    before = visible(session)
    with pytest.raises(Stop), session.transaction():
        with session.transaction():
            change(session)
        raise Stop
    assert visible(session) == before
    assert len(session.recorded_operations) == 0
    session.commit()


# With deferred operations.


def test_inside_of_deferred_operations_the_changes_go_to_the_file(
    session: Session, server: FakeServer, tmp_path: Path
) -> None:
    path = tmp_path / "later.db"
    with session.deferred_operations(path):
        task_of(session)["bid"] = 2
        with session.transaction():
            task_of(session)["name"] = "anim"
        with pytest.raises(Stop), session.transaction():
            task_of(session)["name"] = "lighting"
            raise Stop
    assert server.requests == []
    assert [(record.attribute, record.new_value) for record in file.read(path).operations] == [
        ("bid", 2),
        ("name", "anim"),
    ]


def test_a_file_written_inside_stays_when_the_transaction_fails(
    session: Session, server: FakeServer, tmp_path: Path
) -> None:
    path = tmp_path / "later.db"
    with pytest.raises(Stop), session.transaction():
        with session.deferred_operations(path):
            task_of(session)["name"] = "anim"
        task_of(session)["bid"] = 2
        raise Stop
    assert [record.attribute for record in file.read(path).operations] == ["name"]
    assert (task_of(session)["name"], task_of(session)["bid"]) == ("comp", 1)
    assert server.requests == []


def test_what_a_file_written_inside_creates_is_forgotten_when_the_transaction_fails(
    session: Session, tmp_path: Path
) -> None:
    with pytest.raises(Stop), session.transaction(), session.transaction():
        with session.deferred_operations(tmp_path / "later.db"):
            created = session.create("Task", {"name": "anim"})
        assert remembered(session, created), "what is deferred stays visible"
        raise Stop
    assert not remembered(session, created)


def test_what_a_file_written_inside_creates_stays_visible_when_the_transaction_succeeds(
    session: Session, tmp_path: Path
) -> None:
    with session.transaction(), session.deferred_operations(tmp_path / "later.db"):
        created = session.create("Task", {"name": "anim"})
    with pytest.raises(Stop), session.transaction():
        raise Stop
    assert remembered(session, created)


def test_a_deferred_block_inside_commits_only_what_is_not_deferred(
    session: Session, server: FakeServer, tmp_path: Path
) -> None:
    with session.transaction():
        task_of(session)["bid"] = 2
        with session.deferred_operations(tmp_path / "later.db"), session.transaction():
            task_of(session)["name"] = "anim"
    assert sent(server) == [["update"]]
    assert server.requests[0][0]["entity_data"] == {"__entity_type__": "Task", "bid": 2}


# What it costs.


def test_a_block_looks_only_at_what_changed(session: Session, server: FakeServer, monkeypatch: Any) -> None:
    rows = [{"__entity_type__": "Task", "id": f"t{number}", "name": "comp"} for number in range(500)]
    server.answer = lambda operation: json.dumps([{"action": "query", "data": rows, "metadata": {}}]).encode()
    session.query("Task").all()
    looked: list[int] = []
    original = local_changes.LocalChanges.within
    monkeypatch.setattr(
        local_changes.LocalChanges,
        "within",
        lambda self, cache: [looked.append(1) or entity for entity in original(self, cache)],
    )
    with pytest.raises(Stop), session.transaction():
        session.get("Task", "t7")["name"] = "anim"
        raise Stop
    assert looked == [1]
    assert session.get("Task", "t7")["name"] == "comp"
