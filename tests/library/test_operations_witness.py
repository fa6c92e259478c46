"""Files that only change and delete: once they took effect they never do so again, whatever others did since."""

import contextlib
import logging

import ftrack_api
import pytest
import requests
from fake_server import RefusedError

from trackteroid.errors import UnexpectedAnswerError
from trackteroid.operations import deferred_operations, recognition, replay
from trackteroid.operations.format import file
from trackteroid.operations.format.repair import repair

pytestmark = pytest.mark.slow


@pytest.fixture
def server(shared):
    server = shared[0]
    server.rows.clear()
    server.batches.clear()
    server.fault = None
    server.add("User", id="u1", username="artist")
    for identity in ("t1", "t2"):
        server.add("Task", id=identity, name="comp", bid=2.5)
    server.add("Note", id="n1", content="doomed")
    return server


@pytest.fixture
def session(shared, server):
    yield shared[2]
    shared[2].reset()


def update(recording, path, identity="t1", bid=4):
    with deferred_operations(recording, path):
        recording.query(f"select bid from Task where id is {identity}").one()["bid"] = bid


def interrupted(server, session, paths, fault="answer lost"):
    server.fault = fault
    with pytest.raises(requests.exceptions.ConnectionError):
        replay(session, paths)
    server.fault = None


@pytest.mark.parametrize("corrected", [9, 2.5], ids=["to something else", "back to what it was"])
def test_a_correction_made_after_the_arrival_stays(server, recording, session, path, corrected):
    update(recording, path)
    interrupted(server, session, path)
    server.row("Task", "t1")["bid"] = corrected
    result = replay(session, path)
    assert (result.committed, result.sent, result.recognised) == ((path,), 0, 1)
    assert server.row("Task", "t1")["bid"] == corrected
    assert replay(session, path).already_committed == (path,)


def test_a_deletion_that_arrived_does_not_happen_to_what_was_made_again(server, recording, session, path):
    with deferred_operations(recording, path):
        recording.delete(recording.query("Note where id is n1").one())
    interrupted(server, session, path)
    server.add("Note", id="n1", content="restored")
    assert replay(session, path).sent == 0
    assert server.row("Note", "n1")["content"] == "restored"


def test_what_did_not_arrive_is_sent(server, recording, session, path):
    update(recording, path)
    interrupted(server, session, path, "request lost")
    assert replay(session, path).sent == 1
    assert server.row("Task", "t1")["bid"] == 4


@pytest.mark.parametrize("together", [True, False])
def test_each_of_several_files_is_known_by_itself(server, recording, session, tmp_path, together):
    paths = [tmp_path / "one.dbm", tmp_path / "two.dbm"]
    for path, identity in zip(paths, ("t1", "t2"), strict=True):
        update(recording, path, identity)
    interrupted(server, session, paths)
    for identity in ("t1", "t2"):
        server.row("Task", identity)["bid"] = 9
    for group in [paths] if together else [[path] for path in paths]:
        assert replay(session, group).sent == 0
    assert [server.row("Task", identity)["bid"] for identity in ("t1", "t2")] == [9, 9]
    assert server.of_type("Metadata") == []


def test_nothing_is_left_behind(server, recording, session, path):
    update(recording, path)
    replay(session, path)
    assert server.of_type("Metadata") == []
    assert file.read(path).state.witness is None
    interrupted_path = path.with_name("interrupted.dbm")
    update(recording, interrupted_path, bid=5)
    interrupted(server, session, interrupted_path)
    assert len(server.of_type("Metadata")) == 1
    replay(session, interrupted_path)
    assert server.of_type("Metadata") == []
    assert len(session.recorded_operations) == 0


def test_a_file_that_creates_something_needs_no_more_than_its_one_request(server, recording, session, path):
    with deferred_operations(recording, path):
        recording.create("Note", {"content": "new"})
    server.batches.clear()
    replay(session, path)
    assert len(server.batches) == 1
    assert server.of_type("Metadata") == []


def test_a_witness_that_could_not_be_removed_is_removed_when_the_file_is_replayed_again(
    server, recording, session, path, monkeypatch
):
    update(recording, path)
    with monkeypatch.context() as patch:
        patch.setattr(recognition, "remove_witnesses", lambda *_: False)
        replay(session, path)
    assert len(server.of_type("Metadata")) == 1
    server.row("Task", "t1")["bid"] = 9
    assert replay(session, path).already_committed == (path,)
    assert server.of_type("Metadata") == []
    assert server.row("Task", "t1")["bid"] == 9
    server.batches.clear()
    replay(session, path)
    assert server.batches == []


def test_a_witness_that_somebody_removed_is_no_error(server, recording, session, path, monkeypatch):
    update(recording, path)
    with monkeypatch.context() as patch:
        patch.setattr(recognition, "remove_witnesses", lambda *_: False)
        replay(session, path)
    server.rows = {key: row for key, row in server.rows.items() if key[0] != "Metadata"}
    replay(session, path)
    server.batches.clear()
    assert replay(session, path).already_committed == (path,)
    assert server.batches == []


def test_whoever_may_not_write_metadata_can_replay_and_is_told(server, recording, session, path, caplog, monkeypatch):
    create = server._create

    def refusing(operation):
        if operation["entity_type"] == "Metadata":
            raise RefusedError("PermissionError: not yours")
        return create(operation)

    monkeypatch.setattr(server, "_create", refusing, raising=False)
    update(recording, path)
    with caplog.at_level(logging.WARNING, "trackteroid.operations"):
        assert replay(session, path).sent == 1
    assert "may not add to their own metadata" in caplog.text
    assert server.row("Task", "t1")["bid"] == 4
    assert replay(session, path).already_committed == (path,)


def test_a_refusal_for_another_reason_is_what_is_raised(server, recording, session, path, caplog):
    update(recording, path)
    del server.rows["Task", ("t1",)]
    with pytest.raises(ftrack_api.exception.ServerError, match="Could not find entity"):
        replay(session, path)
    assert len(session.recorded_operations) == 0
    assert server.of_type("Metadata") == []
    assert "metadata" not in caplog.text


def test_an_answer_that_cannot_be_read_is_no_refusal(server, recording, session, path, monkeypatch):
    update(recording, path)
    answer = server.answer

    def garbled(batch):
        result = answer(batch)
        return "garbled" if any(operation["action"] == "update" for operation in batch) else result

    with monkeypatch.context() as patch:
        patch.setattr(server, "answer", garbled, raising=False)
        with contextlib.suppress(UnexpectedAnswerError):  # a session of ours finds out itself what became of it
            replay(session, path)
    server.row("Task", "t1")["bid"] = 9
    replay(session, path)
    assert server.row("Task", "t1")["bid"] == 9


def test_a_repaired_copy_knows_as_much_as_the_file(server, recording, session, path):
    update(recording, path)
    interrupted(server, session, path)
    copy = path.with_name("repaired.dbm")
    repair(path, copy)
    server.row("Task", "t1")["bid"] = 9
    assert replay(session, copy).recognised == 1
    assert server.row("Task", "t1")["bid"] == 9


def test_what_is_added_after_an_interruption_is_sent(server, recording, session, path):
    update(recording, path)
    interrupted(server, session, path)
    server.row("Task", "t1")["bid"] = 9
    with deferred_operations(recording, path, clear=False):
        recording.query("select name from Task where id is t2").one()["name"] = "anim"
    result = replay(session, path)
    assert (result.sent, result.recognised) == (1, 1)
    assert (server.row("Task", "t1")["bid"], server.row("Task", "t2")["name"]) == (9, "anim")
    assert server.of_type("Metadata") == []
