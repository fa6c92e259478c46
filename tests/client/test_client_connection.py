"""A connection that fails: queries are repeated, commits are recognised, and errors say what is pending."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import ftrack_api.exception
import pytest
import requests
import urllib3.exceptions
from client_support import KEY, URL, FakeServer, Mounting, respond
from requests.exceptions import ChunkedEncodingError, ConnectionError, ConnectTimeout, ReadTimeout, SSLError

from trackteroid import errors
from trackteroid.client import sending
from trackteroid.session import Session


class Unreliable(FakeServer):
    """Has tasks that can be created, changed and deleted, and fails as it is told to, request by request.

    A failure is an exception, an HTTP status or the headers of a 429 answer; ``("late", failure)`` fails after the
    request was carried out.
    """

    def __init__(self) -> None:
        super().__init__(self.carry_out)
        self.tasks: dict[str, dict[str, Any]] = {"t": {"__entity_type__": "Task", "id": "t", "name": "comp"}}
        self.failures: list[Any] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        if json.loads(request.body or b"[]")[0]["action"] in ("query_server_information", "query_schemas"):
            return super().send(request)
        failure = self.failures.pop(0) if self.failures else None
        is_late = isinstance(failure, tuple)
        if is_late:
            super().send(request)
            failure = failure[1]
        if failure is None:
            return super().send(request)
        if not is_late:
            self.requests.append(json.loads(request.body or b"[]"))
        if isinstance(failure, int):
            return respond(request, b"<html>a proxy</html>", failure, "text/html")
        if isinstance(failure, dict):
            response = respond(request, b"later", 429, "text/plain")
            response.headers.update(failure)
            return response
        if isinstance(failure, bytes):
            return respond(request, failure, 503)
        raise failure

    def carry_out(self, operation: dict[str, Any]) -> Any:
        action, key = operation["action"], operation.get("entity_key", [""])[0]
        if action == "query":
            found = [task for task in self.tasks.values() if f'"{task["id"]}"' in operation["expression"]]
            everything = "where" not in operation["expression"]
            return {"action": action, "data": list(self.tasks.values()) if everything else found, "metadata": {}}
        if action == "create" and key in self.tasks:
            return b'{"exception": "IntegrityError", "content": "exists"}'
        if action == "delete":
            del self.tasks[key]
            return {"action": action, "data": True}
        known = self.tasks.setdefault(key, {"__entity_type__": operation["entity_type"], "id": key})
        known.update(operation["entity_data"])
        return {"action": action, "data": known}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("trackteroid.client.sending.sleep", waited.append)
    return waited


@pytest.fixture
def server() -> Unreliable:
    return Unreliable()


@pytest.fixture
def session(server: Unreliable) -> Iterator[Session]:
    session = Mounting(server).ours()
    assert session.types
    server.requests.clear()
    yield session
    session.close()


def actions(server: FakeServer) -> list[str]:
    return [operation["action"] for batch in server.requests for operation in batch]


REFUSED = ConnectionError(urllib3.exceptions.MaxRetryError(None, URL, urllib3.exceptions.NewConnectionError(None, "x")))  # type: ignore[arg-type]
ABORTED = ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted."))
BROKEN = ChunkedEncodingError("IncompleteRead")
OUTAGES = {
    "refused": REFUSED,
    "aborted": ABORTED,
    "broken off": BROKEN,
    "cannot connect in time": ConnectTimeout(),
    "429": 429,
    "502": 502,
    "503": 503,
    "504": 504,
}


# Queries.


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=list(OUTAGES))
def test_a_query_is_repeated_until_it_is_answered(outage: Any, session: Session, server: Unreliable) -> None:
    server.failures = [outage, outage]
    assert [task["name"] for task in session.query("select name from Task").all()] == ["comp"]
    assert actions(server) == ["query"] * 3


def test_the_pauses_grow_and_vary(pauses: list[float], session: Session, server: Unreliable) -> None:
    session.retries = 8
    for _ in range(3):
        server.failures = [503] * 8
        session.query("select name from Task").all()
    rounds = [pauses[start : start + 8] for start in range(0, 24, 8)]
    for waited in rounds:
        assert all(0.1 * 2**number <= pause <= 0.2 * 2**number for number, pause in enumerate(waited[:5]))
        assert all(pause <= sending.LONGEST_PAUSE for pause in waited)
    assert len({waited[0] for waited in rounds}) > 1


@pytest.mark.parametrize(
    ("header", "waited"),
    [("7", 7.0), ("0", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", 0.0), ("-3", 0.0)],
    ids=["seconds", "none at all", "a past date", "nonsense", "less than nothing"],
)
def test_a_server_that_says_when_to_come_back_is_taken_at_its_word(
    header: str, waited: float, pauses: list[float], session: Session, server: Unreliable
) -> None:
    server.failures = [{"Retry-After": header}]
    session.query("select name from Task").all()
    assert waited <= pauses[0] <= waited + sending.FIRST_PAUSE


def test_a_server_that_wants_to_be_left_alone_for_long_is_not_waited_for(
    pauses: list[float], session: Session, server: Unreliable
) -> None:
    server.failures = [{"Retry-After": "3600"}]
    with pytest.raises(errors.UnreachableServerError, match="3600 seconds"):
        session.query("select name from Task").all()
    assert pauses == []


def test_changes_that_a_busy_server_put_off_are_sent_once_it_is_ready(
    pauses: list[float], session: Session, server: Unreliable
) -> None:
    server.failures = [{"Retry-After": "3"}]
    session.create("Task", {"id": "new", "name": "anim"})
    session.commit()
    assert server.tasks["new"]["name"] == "anim"
    assert pauses[0] >= 3.0


def test_after_the_last_try_the_error_says_what_is_wrong_and_what_is_pending(
    session: Session, server: Unreliable
) -> None:
    session.create("Task", {"name": "anim"})
    task = session.get("Task", "t")
    assert task is not None
    task["name"] = "lighting"
    server.failures = [503] * 3
    with pytest.raises(errors.UnreachableServerError) as caught:
        session.query("select name from Task").all()
    assert str(caught.value) == (
        "The ftrack server at http://ftrack.test is not available now (HTTP status 503) (3 tries). The 2 pending "
        "operations (1 x create Task, 1 x update Task) are kept in session.recorded_operations."
    )
    assert isinstance(caught.value, requests.exceptions.ConnectionError)
    assert len(session.recorded_operations) == 2


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_how_often_is_an_option(retries: int, server: Unreliable) -> None:
    session = Mounting(server).ours(retries=retries)
    assert session.types
    server.failures = [ABORTED] * 10
    with pytest.raises(errors.UnreachableServerError):
        session.query("select name from Task").all()
    assert actions(server)[2:] == ["query"] * (retries + 1)
    session.reconnect(retries=3)
    assert session.retries == 3


def test_a_slow_answer_is_not_asked_for_again(session: Session, server: Unreliable) -> None:
    server.failures = [ReadTimeout()]
    with pytest.raises(errors.TimedOutError, match="did not answer in time") as caught:
        session.query("select name from Task").all()
    assert isinstance(caught.value, requests.exceptions.Timeout)
    assert actions(server) == ["query"]


@pytest.mark.parametrize("failure", [SSLError("certificate"), 500, 404, b'{"exception": "No", "content": "no"}'])
def test_what_does_not_pass_by_itself_is_not_repeated(failure: Any, session: Session, server: Unreliable) -> None:
    server.failures = [failure]
    with pytest.raises((SSLError, ValueError, ftrack_api.exception.ServerError)):
        session.query("select name from Task").all()
    assert actions(server) == ["query"]


def test_connecting_is_repeated_too() -> None:
    server, failures = FakeServer(), [503, ABORTED]
    send = server.send

    def failing(request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        if failures:
            failure = failures.pop(0)
            if isinstance(failure, int):
                return respond(request, b"", failure)
            raise failure
        return send(request)

    server.send = failing  # type: ignore[method-assign]
    assert Mounting(server).ours().types
    failures += [503] * 3
    with pytest.raises(
        errors.UnreachableServerError, match=r"is not available now \(HTTP status 503\). Check server_url"
    ):
        _ = Mounting(server).ours().types


# Commits.

CHANGES: dict[str, Callable[[Session], Any]] = {
    "a creation": lambda session: session.create("Task", {"id": "new", "name": "anim"}),
    "an update": lambda session: session.query("Task").first().__setitem__("name", "anim"),
    "a deletion": lambda session: session.delete(session.query("Task").first()),
    "several": lambda session: [CHANGES[name](session) for name in ("a creation", "an update")],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
@pytest.mark.parametrize("outage", [ABORTED, BROKEN, ReadTimeout(), 502, 504], ids=str)
def test_a_commit_whose_answer_was_lost_is_recognised(
    change: Any, outage: Any, session: Session, server: Unreliable, caplog: pytest.LogCaptureFixture
) -> None:
    change(session)
    server.requests.clear()
    server.failures = [("late", outage)]
    with caplog.at_level(logging.INFO, "trackteroid.session"):
        session.commit()
    sent = actions(server)
    assert sent[-1] == "query"
    assert len([action for action in sent if action != "query"]) == len(server.requests[0])
    assert len(session.recorded_operations) == 0
    known = {task["id"]: task["name"] for task in server.tasks.values()}
    held = {task["id"]: task["name"] for task in session.query("Task").all()}
    assert held == known
    assert "have arrived" in caplog.text


@pytest.mark.parametrize("outage", [ABORTED, BROKEN, ReadTimeout(), 502, 503, 504], ids=str)
def test_a_creation_that_did_not_arrive_is_sent_again(outage: Any, session: Session, server: Unreliable) -> None:
    task = session.create("Task", {"id": "new", "name": "anim"})
    server.failures = [outage]
    session.commit()
    assert actions(server) == ["create", "query", "create"]
    assert server.tasks["new"]["name"] == task["name"] == "anim"


def test_a_creation_that_was_slow_to_arrive_is_not_made_twice(session: Session, server: Unreliable) -> None:
    session.create("Task", {"id": "new", "name": "anim"})
    carry_out, seen = server.carry_out, []

    def slowly(operation: dict[str, Any]) -> Any:
        seen.append(operation["action"])
        if seen == ["query"]:  # asked whether it is there; it arrives right after
            server.tasks["new"] = {"__entity_type__": "Task", "id": "new", "name": "anim"}
            return {"action": "query", "data": [], "metadata": {}}
        return carry_out(operation)

    server.answer = slowly
    server.failures = [504]
    session.commit()
    assert seen == ["query", "create", "query"]
    assert len(session.recorded_operations) == 0
    assert len(server.tasks) == 2


def test_a_creation_that_is_refused_the_second_time_for_another_reason_fails(
    session: Session, server: Unreliable
) -> None:
    session.create("Task", {"id": "new", "name": "anim"})
    carry_out = server.carry_out
    server.answer = lambda operation: (
        b'{"exception": "No", "content": "not allowed"}' if operation["action"] == "create" else carry_out(operation)
    )
    server.failures = [504]
    with pytest.raises(ftrack_api.exception.ServerError, match="not allowed"):
        session.commit()
    assert len(session.recorded_operations) == 1


@pytest.mark.parametrize("change", ["an update", "a deletion"])
def test_other_changes_that_cannot_be_recognised_are_reported_and_kept(
    change: str, session: Session, server: Unreliable
) -> None:
    CHANGES[change](session)
    server.requests.clear()
    server.failures = [504]
    with pytest.raises(errors.UnconfirmedCommitError) as caught:
        session.commit()
    assert actions(server)[1:] == ["query"]
    assert "cannot be told whether its operations have arrived" in str(caught.value)
    assert "kept in session.recorded_operations" in str(caught.value)
    assert len(caught.value.operations) == 1
    assert len(session.recorded_operations) == 1
    session.commit()
    assert len(session.recorded_operations) == 0


def test_when_the_server_stays_away_nobody_knows_and_everything_is_kept(session: Session, server: Unreliable) -> None:
    task = session.create("Task", {"id": "new", "name": "anim"})
    server.failures = [("late", ABORTED), *[503] * 3]
    with pytest.raises(errors.UnconfirmedCommitError, match="is not available now"):
        session.commit()
    assert len(session.recorded_operations) == 1
    assert task["name"] == "anim"


def test_a_commit_that_never_left_is_not_sent_again_and_says_so(session: Session, server: Unreliable) -> None:
    session.create("Task", {"id": "new", "name": "anim"})
    server.failures = [REFUSED]
    with pytest.raises(errors.UnreachableServerError, match=r"cannot be reached. Nothing was sent. The 1 pending op"):
        session.commit()
    assert actions(server) == ["create"]
    session.commit()
    assert "new" in server.tasks


def test_the_last_try_says_that_nothing_has_arrived(session: Session, server: Unreliable) -> None:
    session.retries = 1
    session.create("Task", {"id": "new", "name": "anim"})
    server.failures = [504, None, 504]
    with pytest.raises(errors.UnreachableServerError, match="Nothing of the commit has arrived"):
        session.commit()
    assert actions(server) == ["create", "query", "create", "query"]


@pytest.mark.parametrize("action", ["send_user_invite", "reset_remote", "get_upload_metadata", "delete_everything"])
def test_other_actions_are_never_repeated(action: str, session: Session, server: Unreliable) -> None:
    server.failures = [ABORTED]
    with pytest.raises(errors.UnreachableServerError, match="Whether the server has done what was asked is not known"):
        session.call([{"action": action}, {"action": "query", "expression": "Task"}])
    assert len(server.requests) == 1


def test_values_are_compared_as_the_server_returns_them(session: Session, server: Unreliable) -> None:
    task = session.query("Task").first()
    status = {"__entity_type__": "Status", "id": "s"}
    moment = {"__type__": "datetime", "value": "2024-05-06T07:08:09"}
    with session.operation_recording(False):
        known = session.merge(session.decode(json.dumps(status)))
    task["status"] = known
    task["start_date"] = session.decode(json.dumps(moment)).datetime.replace(microsecond=999)
    server.answer = lambda operation: {
        "action": operation["action"],
        "data": [{"__entity_type__": "Task", "id": "t", "status": status, "start_date": moment}],
        "metadata": {},
    }
    server.failures = [504]
    session.commit()
    assert task["status"] is known
    assert task["start_date"].year == 2024


# What requests does by itself.


def test_proxies_and_certificates_are_those_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, server: Unreliable, tmp_path: Any
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    seen: list[dict[str, Any]] = []
    send = server.send
    server.send = lambda request, **options: seen.append(options) or send(request)  # type: ignore[method-assign]
    session = Mounting(server).ours(timeout=7)
    assert session.types
    assert type(session._request) is requests.Session
    assert {options["proxies"].get("http") for options in seen} == {"http://proxy.test:3128"}
    assert {options["verify"] for options in seen} == {str(bundle)}
    assert {options["timeout"] for options in seen} == {7}


def test_settings_of_the_requests_session_are_honoured(session: Session, server: Unreliable) -> None:
    seen: list[dict[str, Any]] = []
    send = server.send
    server.send = lambda request, **options: seen.append(options) or send(request)  # type: ignore[method-assign]
    session._request.verify = "/path/to/bundle.pem"
    session._request.cert = ("client.pem", "client.key")
    session._request.proxies = {"http": "http://proxy.test"}
    session._request.trust_env = False
    session.query("Task").all()
    assert (seen[0]["verify"], seen[0]["cert"]) == ("/path/to/bundle.pem", ("client.pem", "client.key"))
    assert seen[0]["proxies"]["http"] == "http://proxy.test"


def test_repeating_is_told_in_the_log_without_the_key(
    session: Session, server: Unreliable, caplog: pytest.LogCaptureFixture
) -> None:
    server.failures = [503]
    with caplog.at_level(logging.DEBUG):
        session.query("select name from Task").all()
    ours = [record for record in caplog.records if record.name == "trackteroid.session"]
    assert [record.levelname for record in ours] == ["DEBUG", "INFO", "DEBUG"]
    assert "Trying again (1 of 2): the server is not available now" in ours[1].getMessage()
    assert "http://ftrack.test: select name from Task offset 0 limit 500: 1 rows" in ours[2].getMessage()
    assert KEY not in caplog.text


# A server that has too much to do.


def test_what_a_busy_server_did_not_look_at_is_sent_again(session: Session, server: Unreliable) -> None:
    """No question tells whether such a call has arrived; but this server says that it has not."""
    server.failures = [429]
    session.call([{"action": "send_user_invite", "entity_type": "User", "entity_data": {}}])
    assert actions(server) == ["send_user_invite"] * 2
    server.failures = [429] * 3
    with pytest.raises(errors.UnreachableServerError, match="Nothing of what was asked was done"):
        session.call([{"action": "send_user_invite", "entity_type": "User", "entity_data": {}}])
    server.failures = [503]
    with pytest.raises(errors.UnreachableServerError, match="is not known"):
        session.call([{"action": "send_user_invite", "entity_type": "User", "entity_data": {}}])


def test_a_busy_server_is_quoted(session: Session, server: Unreliable, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(request: requests.PreparedRequest, **_: Any) -> requests.Response:
        return respond(request, b'{"exception": "ServerBusyError", "content": "its limit wait_seconds."}', 429)

    monkeypatch.setattr(server, "send", busy)
    with pytest.raises(errors.UnreachableServerError, match=r"HTTP status 429: its limit wait_seconds\."):
        session.query("Task").all()
