"""Commits with answers that nobody can read, and what the session knows of them afterwards."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import ftrack_api.cache
import pytest
import requests
from client_support import FakeServer, Mounting, respond

from trackteroid import errors
from trackteroid.client import local_changes
from trackteroid.client.commit.recognition import Arrival, Change, recognise
from trackteroid.session import Session

GONE = requests.exceptions.ConnectionError("Connection aborted.")
Kept = dict[tuple[str, ...], dict[str, Any]]

#: What came instead of the answer, made from the one that should have come.
BROKEN: dict[str, Callable[[list[Any]], bytes]] = {
    "a page": lambda answer: b"<html><title>Log in</title></html>",
    "nothing": lambda answer: b"",
    "half of it": lambda answer: json.dumps(answer).encode()[:-7],
    "no list": lambda answer: b'{"data": []}',
    "an empty list": lambda answer: b"[]",
    "a number": lambda answer: b"5",
    "a list of nothing": lambda answer: json.dumps([None] * len(answer)).encode(),
    "results without data": lambda answer: json.dumps([{"action": each["action"]} for each in answer]).encode(),
    "no entities": lambda answer: json.dumps([{**each, "data": None} for each in answer]).encode(),
    "entities without a type": lambda answer: json.dumps([{**each, "data": {"id": "x"}} for each in answer]).encode(),
    "entities without a key": lambda answer: json.dumps(
        [{**each, "data": {"__entity_type__": "Task"}} for each in answer]
    ).encode(),
    "one result less": lambda answer: json.dumps(answer[:-1]).encode(),
    "one result more": lambda answer: json.dumps([*answer, answer[0]]).encode(),
    "no text": lambda answer: b"\xff\xfe\x00",
}


class Server(FakeServer):
    """Keeps tasks and notes, as a whole batch or not at all; `fault` is what happens to the next batch of changes."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Kept = {("Task", "t"): {"__entity_type__": "Task", "id": "t", "name": "comp", "bid": 1}}
        self.fault: tuple[bool, Any] | None = None  # whether the batch arrives, and what comes back
        self.is_away = False
        self.late: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        batch = json.loads(request.body or b"[]")
        if batch[0]["action"] in ("query_server_information", "query_schemas"):
            return super().send(request)
        self.requests.append(batch)
        if self.is_away:
            raise GONE
        fault, is_changing = self.fault, batch[0]["action"] != "query"
        if not is_changing or fault is None:
            return respond(request, json.dumps(self.carry_out(batch)).encode())
        self.fault = None
        arrives, back = fault
        answer = self.carry_out(batch) if arrives else self.carried_out(batch, json.loads(json.dumps(self.listed())))
        if isinstance(back, BaseException):
            raise back
        return respond(request, back(answer))

    def listed(self) -> list[Any]:
        return [[list(key), row] for key, row in self.rows.items()]

    def carry_out(self, batch: list[dict[str, Any]]) -> Any:
        listed = json.loads(json.dumps(self.listed()))
        answer = self.carried_out(batch, listed)
        if isinstance(answer, list):
            self.rows = {tuple(key): row for key, row in listed}
        return answer

    def carried_out(self, batch: list[dict[str, Any]], listed: list[Any]) -> Any:
        rows: Kept = {tuple(key): row for key, row in listed}
        answer = []
        for operation in batch:
            action, key = operation["action"], (operation.get("entity_type"), *operation.get("entity_key", ()))
            if action == "query":
                text = operation["expression"]
                found = [
                    row for (kind, *ids), row in rows.items() if f"from {kind} " in text and f'"{ids[-1]}"' in text
                ]
                everything = [row for (kind, *_), row in rows.items() if f"from {kind}" in text]
                answer.append({"action": action, "data": found if "where" in text else everything, "metadata": {}})
                continue
            if (action == "create") == (key in rows):
                return {"exception": "IntegrityError", "content": f"{key} exists already, or not"}
            if action == "delete":
                del rows[key]
                answer.append({"action": action, "data": True})
            else:
                rows.setdefault(key, {}).update(operation["entity_data"])
                answer.append({"action": action, "data": dict(rows[key])})
        listed[:] = [[list(key), row] for key, row in rows.items()]
        return answer

    def notes(self) -> list[str]:
        return [row["content"] for (kind, *_), row in self.rows.items() if kind == "Note"]

    def changes(self) -> list[list[str]]:
        return [[each["action"] for each in batch] for batch in self.requests if batch[0]["action"] != "query"]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackteroid.client.sending.sleep", lambda seconds: None)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def session(server: Server) -> Iterator[Session]:
    session = Mounting(server).ours(retries=0, missing="not_set")
    session.query("select name, bid from Task").all()
    server.requests.clear()
    yield session
    server.is_away = False
    session.attempts.forget()
    session.rollback()
    session.close()


def task_of(session: Session) -> Any:
    return session.get("Task", "t")


def work(session: Session) -> Any:
    task_of(session)["name"] = "anim"
    return session.create("Note", {"content": "look", "parent_id": "t"})


def committed(session: Session) -> None:
    work(session)
    session.commit()


def in_a_block(session: Session) -> None:
    with session.transaction():
        work(session)


def is_as_committed(session: Session, server: Server) -> bool:
    return (
        server.notes() == ["look"]
        and server.rows["Task", "t"]["name"] == "anim" == task_of(session)["name"]
        and len(session.recorded_operations) == 0
    )


@pytest.mark.parametrize("back", BROKEN.values(), ids=list(BROKEN))
@pytest.mark.parametrize("run", [committed, in_a_block])
def test_what_arrived_counts_whatever_came_back(back: Any, run: Any, session: Session, server: Server) -> None:
    server.fault = (True, back)
    run(session)
    assert is_as_committed(session, server)
    assert session.confirm_commit()
    assert server.changes() == [["update", "create"]]


@pytest.mark.parametrize("back", BROKEN.values(), ids=list(BROKEN))
@pytest.mark.parametrize("again", [committed, in_a_block, Session.commit])
@pytest.mark.parametrize("run", [committed, in_a_block])
@pytest.mark.slow
def test_what_did_not_arrive_is_there_once_after_trying_again(
    back: Any, run: Any, again: Any, session: Session, server: Server
) -> None:
    server.fault = (False, back)
    with pytest.raises(errors.TrackteroidError):
        run(session)
    if again is Session.commit and run is in_a_block:
        assert not session.confirm_commit()
        assert (task_of(session)["name"], len(session.recorded_operations)) == ("comp", 0)
        work(session)
    again(session)
    assert is_as_committed(session, server)


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("again", [committed, in_a_block, Session.commit])
@pytest.mark.parametrize("run", [committed, in_a_block])
def test_while_the_server_is_away_nothing_is_known_and_nothing_is_sent(
    run: Any, again: Any, arrives: bool, session: Session, server: Server
) -> None:
    server.fault = (arrives, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(session)
    server.is_away = True
    sent = server.changes()
    for ask in (session.commit, session.confirm_commit, lambda: session.transaction().__enter__()):
        with pytest.raises(errors.UnconfirmedCommitError, match=r"is not known yet, because .* cannot be reached"):
            ask()
    assert server.changes() == sent
    server.is_away = False
    if again is Session.commit and run is in_a_block and not arrives:
        work(session)
    again(session)
    assert is_as_committed(session, server)


@pytest.mark.parametrize("run", [committed, in_a_block])
def test_an_interrupted_update_that_cannot_be_told_is_said_once(run: Any, session: Session, server: Server) -> None:
    task_of(session)["bid"] = 5
    server.fault = (False, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        session.commit()
    with pytest.raises(errors.UnconfirmedCommitError, match=r"then call commit\(\) to send them again") as caught:
        session.commit()
    assert len(caught.value.operations) == 1
    assert server.rows["Task", "t"]["bid"] == 1
    session.commit()
    assert server.rows["Task", "t"]["bid"] == 5


def test_an_update_of_a_block_that_cannot_be_told_is_a_warning_for_the_next(
    session: Session, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    def block() -> None:
        with session.transaction():
            task_of(session)["bid"] = 5

    server.fault = (False, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        block()
    assert task_of(session)["bid"] == 1
    with caplog.at_level(logging.WARNING, "trackteroid.session"):
        block()
    assert "It cannot be told whether its 1 operations have arrived" in caplog.text
    assert server.rows["Task", "t"]["bid"] == 5


def test_a_correction_after_an_interrupted_commit_is_not_overwritten(session: Session, server: Server) -> None:
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        committed(session)
    server.rows["Task", "t"]["name"] = "corrected"
    session.commit()
    assert server.rows["Task", "t"]["name"] == task_of(session)["name"] == "corrected"


def test_what_is_changed_meanwhile_stays_pending(session: Session, server: Server) -> None:
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        committed(session)
    note = session.create("Note", {"content": "another", "parent_id": "t"})
    task_of(session)["bid"] = 7
    assert session.confirm_commit()
    assert [type(each).__name__ for each in session.recorded_operations] == [
        "CreateEntityOperation",
        "UpdateEntityOperation",
    ]
    assert (task_of(session)["name"], task_of(session)["bid"], note["content"]) == ("anim", 7, "another")
    session.commit()
    assert server.notes() == ["look", "another"]
    assert server.rows["Task", "t"]["bid"] == 7


def test_entities_of_an_interrupted_block_are_known_once_it_is_known_to_have_arrived(
    session: Session, server: Server
) -> None:
    made: list[Any] = []
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt), session.transaction():
        made.append(work(session))
    assert session.confirm_commit()
    assert session.get("Note", made[0]["id"]) is made[0]
    made[0]["content"] = "changed"
    session.commit()
    assert server.notes() == ["changed"]


def test_a_block_run_again_gets_the_ids_of_the_first_and_a_warning(
    session: Session, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        committed(session)
    with caplog.at_level(logging.WARNING, "trackteroid.session"):
        note = work(session)
        session.commit()
    [(_, identity)] = [key for key in server.rows if key[0] == "Note"]
    assert note["id"] == identity
    assert session.get("Note", identity) is note
    assert caplog.text.count("they are not sent a second time") == 1
    note["content"] = "changed"
    session.commit()
    assert server.notes() == ["changed"]


def test_the_same_again_later_is_meant(session: Session, server: Server) -> None:
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        committed(session)
    task_of(session)["bid"] = 3
    session.commit()
    committed(session)
    assert server.notes() == ["look", "look"]


def test_other_work_is_sent_as_it_is(session: Session, server: Server) -> None:
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        committed(session)
    session.create("Note", {"content": "something else", "parent_id": "t"})
    session.commit()
    assert server.notes() == ["look", "something else"]


def test_what_was_pending_before_a_block_is_no_part_of_it(session: Session, server: Server) -> None:
    session.create("Note", {"content": "before", "parent_id": "t"})
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        in_a_block(session)
    in_a_block(session)
    assert server.notes() in (["before", "look"], ["look", "before"])


def test_a_batch_that_was_only_slow_is_not_sent_twice(session: Session, server: Server) -> None:
    for run in (committed, in_a_block):
        server.rows = {("Task", "t"): {"__entity_type__": "Task", "id": "t", "name": "comp", "bid": 1}}
        server.fault = (False, KeyboardInterrupt())
        server.requests.clear()
        with pytest.raises(KeyboardInterrupt):
            run(session)
        assert not session.confirm_commit()
        server.carry_out(server.requests[0])  # it arrives only now
        task_of(session)["bid"] = 9
        if run is in_a_block:
            work(session)
        session.commit()
        assert is_as_committed(session, server)
        assert server.rows["Task", "t"]["bid"] == 9


@pytest.mark.parametrize("run", [committed, in_a_block])
def test_a_batch_that_arrived_twice_at_once_is_not_refused(run: Any, session: Session, server: Server) -> None:
    server.fault = (True, lambda _: json.dumps(server.carry_out(server.requests[-1])).encode())
    run(session)
    assert is_as_committed(session, server)
    assert session.confirm_commit()
    assert len(server.changes()) == 1


@pytest.mark.parametrize("is_away", [True, False])
def test_an_id_that_others_have_is_refused(is_away: bool, session: Session, server: Server) -> None:
    server.rows["Note", "taken"] = {"__entity_type__": "Note", "id": "taken", "content": "another", "parent_id": "t"}

    def refused(answer: Any) -> bytes:
        server.is_away = is_away
        return json.dumps(answer).encode()

    server.fault = (True, refused)
    session.create("Note", {"id": "taken", "content": "look", "parent_id": "t"})
    with pytest.raises(errors.RefusedError, match="exists already"):
        session.commit()
    server.is_away = False
    assert not session.confirm_commit()
    assert server.notes() == ["another"]


def test_what_arrived_and_is_partly_gone_by_now_counts_all_the_same(session: Session, server: Server) -> None:
    work(session)
    second = session.create("Note", {"content": "second", "parent_id": "t"})["id"]
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        session.commit()
    del server.rows["Note", second]  # somebody else does not want it
    assert session.confirm_commit()
    assert is_as_committed(session, server)
    assert len(server.changes()) == 1


def test_many_tries_keep_no_more_than_one(session: Session, server: Server) -> None:
    work(session)
    for _ in range(20):
        server.fault = (False, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            session.commit()
    attempt, depth = session.attempts._last, 0
    while attempt is not None:
        attempt, depth = attempt.earlier, depth + 1
    assert depth <= 2
    session.commit()
    assert is_as_committed(session, server)


def test_what_was_added_to_a_batch_that_was_slow_is_not_lost(session: Session, server: Server) -> None:
    work(session)
    for content in ("second", "third"):
        server.fault = (False, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            session.commit()
        session.create("Note", {"content": content, "parent_id": "t"})
    server.carry_out(next(batch for batch in server.requests if batch[0]["action"] == "update"))  # only now
    session.commit()
    assert server.notes() == ["look", "second", "third"]
    assert len(session.recorded_operations) == 0


def test_a_refusal_leaves_no_doubt(session: Session, server: Server) -> None:
    server.fault = (False, lambda _: b'{"exception": "ValidationError", "content": "no"}')
    with pytest.raises(errors.RefusedError):
        committed(session)
    assert not session.confirm_commit()
    assert len(server.requests) == 1
    session.rollback()
    committed(session)
    assert server.notes() == ["look"]


def test_rolling_back_needs_no_server_and_forgets_what_is_pending(session: Session, server: Server) -> None:
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        committed(session)
    server.is_away = True
    session.rollback()
    assert (task_of(session)["name"], len(session.recorded_operations)) == ("comp", 0)
    server.is_away = False
    assert session.confirm_commit()
    assert is_as_committed(session, server)


def test_reconnecting_to_another_server_forgets_the_attempt(session: Session, server: Server) -> None:
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        in_a_block(session)
    server.is_away = True
    session.reconnect(api_user="grace")
    server.is_away = False
    server.rows.clear()
    session.create("Note", {"content": "look", "parent_id": "t"})
    session.commit()
    assert server.notes() == ["look"]


def test_asking_inside_of_a_block_is_refused(session: Session, tmp_path: Any) -> None:
    with session.transaction(), pytest.raises(errors.TransactionError):
        session.confirm_commit()
    with session.deferred_operations(tmp_path / "later.db"), pytest.raises(errors.DeferredOperationsError):
        session.confirm_commit()


def test_nothing_to_confirm_is_confirmed_without_asking(session: Session, server: Server) -> None:
    assert session.confirm_commit()
    committed(session)
    server.requests.clear()
    assert session.confirm_commit()
    assert server.requests == []


def test_a_timeout_stays_a_timeout(session: Session, server: Server) -> None:
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        committed(session)
    server.send = lambda *_, **__: (_ for _ in ()).throw(requests.exceptions.ReadTimeout())  # type: ignore[method-assign]
    with pytest.raises(requests.exceptions.Timeout, match="timed out"):
        session.commit()
    del server.send


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("run", [committed, in_a_block])
def test_sessions_that_commit_in_the_way_of_ftrack_api_find_out_too(arrives: bool, run: Any, server: Server) -> None:
    session = Mounting(server).ours(retries=0, missing="not_set", cache=ftrack_api.cache.MemoryCache())
    session.query("select name, bid from Task").all()
    assert not local_changes.can_tell(session)
    server.fault = (arrives, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(session)
    run(session)
    assert is_as_committed(session, server)
    session.close()


def test_a_change_of_a_list_that_arrived_is_recognised(session: Session, server: Server) -> None:
    server.rows["Note", "n"] = {"__entity_type__": "Note", "id": "n", "content": "look", "parent_id": None}
    session.query("select content from Note").all()
    task_of(session)["notes"].append(session.get("Note", "n"))
    server.fault = (True, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        session.commit()
    session.commit()
    assert len(session.recorded_operations) == 0
    assert len(server.changes()) == 1


def test_a_change_is_known_by_its_values_unless_none_can_be_compared(session: Session) -> None:
    def changed(**values: Any) -> list[Change]:
        return [Change("update", ("Task", ("t",)), {"__entity_type__": "Task", **values})]

    def ask(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        note = session._create("Note", {"id": "n"}, reconstructing=True)
        task = session._create("Task", {"id": "t", "name": "comp", "notes": [note]}, reconstructing=True)
        return [{"action": "query", "data": [task]} for _ in queries]

    def edit(add: list[str], remove: list[str]) -> dict[str, Any]:
        sides = {"add": add, "remove": remove}
        return {"__type__": "list_changes"} | {
            side: [{"__entity_type__": "Note", "id": identity} for identity in ids] for side, ids in sides.items()
        }

    expected = {
        Arrival.ARRIVED: [changed(name="comp"), changed(notes=edit(["n"], ["m"])), changed(name="comp", unknown=1)],
        Arrival.UNKNOWN: [changed(name="anim"), changed(unknown=1), changed(notes=edit(["m"], []))],
    }
    for arrival, batches in expected.items():
        assert [recognise(session, batch, ask)[0] for batch in batches] == [arrival] * len(batches)
