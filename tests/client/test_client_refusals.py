"""What a user reads when something is refused: one error that says what, and what next, and no secret."""

import json
import logging
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import ftrack_api
import pytest
import requests
import urllib3.exceptions
from client_servers import Answering, silent_server
from client_support import CREDENTIALS, KEY, FakeServer, Mounting, mounted, respond
from requests.exceptions import ConnectionError, ConnectTimeout, ReadTimeout

from trackteroid import Query, Shot, errors
from trackteroid.cli.workers import Serving
from trackteroid.client import arguments, failures, files
from trackteroid.session import SESSION, Session

#: How many frames of libraries an error may show.
FEW = 3


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackteroid.client.sending.sleep", lambda _: None)


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def session(server: FakeServer) -> Iterator[Session]:
    session = Mounting(server).ours()
    assert session.types
    yield session
    session.close()


def refuse(exception: str, content: Any) -> Callable[[dict[str, Any]], bytes]:
    answer = json.dumps({"exception": exception, "content": content, "error_code": None}).encode()
    return lambda operation: answer


def shown(call: Callable[[], Any]) -> str:
    """Return what Python prints for the error that *call* ends with."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever it is
        return "".join(traceback.format_exception(error))
    pytest.fail("nothing was refused")


def library_frames(text: str) -> list[str]:
    """Return the lines of a printed error that name code of ours, or of what we stand on."""
    return [line for line in text.splitlines() if line.startswith("  File ") and __file__ not in line]


# Tracebacks.

DOWN = {"server_url": "http://127.0.0.1:9", "api_key": KEY, "api_user": "ada"}
USES: dict[str, Callable[[Session], Any]] = {
    "a query": lambda session: Query(Shot, session=session).get_first(),
    "a query for one": lambda session: Query(Shot, session=session).by_name("x").get_one(),
    "ids": lambda session: Query(Shot, session=session).ids(),
    "a query of ftrack_api": lambda session: session.query("Shot").all(),
    "an attribute": lambda session: session.types,
    "an attribute of a plugin": lambda session: session.my_tool,
    "a creation": lambda session: session.create("Task", {"name": "x"}),
    "a commit": lambda session: session.commit(),
    "reconnecting": lambda session: session.reconnect(),
    "a call": lambda session: session.call([{"action": "query", "expression": "Task"}]),
}


@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
def test_a_server_that_is_down_costs_a_few_lines(use: Callable[[Session], Any]) -> None:
    text = shown(lambda: use(Session(**DOWN)))
    assert text.count("Traceback") == 1, "one error, and not also what is behind it"
    assert len(library_frames(text)) <= FEW, text
    assert "http://127.0.0.1:9 cannot be reached. Check server_url" in text.splitlines()[-1]


@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
def test_missing_credentials_cost_a_few_lines(use: Callable[[Session], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FTRACK_SERVER", raising=False)
    text = shown(lambda: use(Session(api_key=KEY, api_user="ada")))
    assert len(library_frames(text)) <= FEW, text


@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"exception": "InvalidCredentialsError", "content": "no"}', "does not accept the API key"),
        (b"<p>", "is not an"),
    ],
    ids=["a wrong key", "a page"],
)
def test_a_server_that_answers_something_else_costs_a_few_lines(
    content: bytes, expected: str, use: Callable[[Session], Any]
) -> None:
    with Answering(200, "text/html", content) as answering:
        text = shown(lambda: use(Session(answering.url, KEY, "ada", schema_cache_path=False)))
    assert text.count("Traceback") == 1
    assert len(library_frames(text)) <= FEW, text
    assert expected in text.splitlines()[-1]


def test_a_refused_commit_costs_a_few_lines(session: Session, server: FakeServer) -> None:
    session.create("Task", {"name": "x"})
    server.answer = refuse("IntegrityError", "There is such a Task.")
    text = shown(session.commit)
    assert len(library_frames(text)) <= FEW, text
    assert text.splitlines()[-1] == (
        "trackteroid.errors.RefusedError: Server reported error: IntegrityError(There is such a Task.)"
    )


def test_a_value_that_cannot_be_loaded_costs_a_few_lines(session: Session, server: FakeServer) -> None:
    row = {"__entity_type__": "Task", "id": "t"}
    server.answer = lambda operation: {"action": "query", "data": [row], "metadata": {}}
    task = session.query("Task").first()
    session.auto_populate = True
    server.send = lambda request, **options: (_ for _ in ()).throw(ConnectionError("x" * 500))  # type: ignore[method-assign]
    text = shown(lambda: task["name"])
    assert text.count("Traceback") == 1
    assert len(library_frames(text)) <= FEW + 4, "the way through ftrack_api's entity is not ours to hide"


def test_the_frames_of_the_user_stay() -> None:
    def mine() -> None:
        raise errors.UnreachableServerError("no")

    class Studio(Session):
        def call(self, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
            mine()
            return super().call(data)

    text = shown(lambda: Studio(**DOWN).query("Task").all())
    assert "in mine" in text
    assert "site-packages" not in text


def test_all_frames_are_shown_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(failures.VARIABLE, "1")
    assert len(library_frames(shown(lambda: Session(**DOWN).types))) > FEW


def test_what_is_behind_an_error_can_be_looked_at() -> None:
    with pytest.raises(errors.UnreachableServerError) as caught:
        _ = Session(**DOWN).types
    assert isinstance(caught.value.__context__, ConnectionError)


REFUSING = json.dumps({"exception": "No", "content": "no {x}"})


@pytest.mark.slow
@pytest.mark.parametrize("what", ["down", "a wrong key", "refusing"])
def test_a_program_that_ends_with_a_refusal_prints_a_few_lines(what: str, tmp_path: Path) -> None:
    content = REFUSING if what == "refusing" else json.dumps({"exception": "InvalidCredentialsError", "content": "no"})
    path = tmp_path / "program.py"
    with Answering(200, "application/json", content) as answering:
        url = "http://127.0.0.1:9" if what == "down" else answering.url
        path.write_text(
            "from trackteroid import *\n"
            f"session = Session({url!r}, {KEY!r}, 'ada', schema_cache_path=False)\n"
            "print(Query(Shot, session=session).by_name('x').get_first())\n",
            encoding="utf-8",
        )
        done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert done.stderr.startswith("Traceback")
    assert len(done.stderr.splitlines()) <= 12, done.stderr
    assert "NoneType: None" not in done.stderr
    assert KEY not in done.stderr


# Messages.

MESSAGES = {
    "JSON": 'Got {"a": 1} for fstart',
    "braces": "{} {0} {x.y} {x!r:>{width}} } {",
    "percent signs": "100 % of %s",
    "half of a surrogate pair": "caf\udce9",
    "HTML": "<html><body>no</body></html>",
    "nothing": None,
    "an object": {"errors": [{"field": "{name}"}]},
}


@pytest.mark.parametrize("content", MESSAGES.values(), ids=list(MESSAGES))
def test_what_the_server_says_can_be_read_and_printed(content: Any, session: Session, server: FakeServer) -> None:
    server.answer = refuse("ValidationError", content)
    with pytest.raises(ftrack_api.exception.ServerError) as caught:
        session.query("Task").all()
    for text in (str(caught.value), caught.value.message, "".join(traceback.format_exception(caught.value))):
        text.encode("utf-8")
        assert errors.printable(str(content)) in text
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert isinstance(caught.value, errors.RefusedError)


def test_bytes_that_are_no_utf_8_in_an_answer_do_not_hide_the_rest(session: Session, server: FakeServer) -> None:
    server.answer = lambda operation: b'{"exception": "ValidationError", "content": "caf\xe9 is taken"}'
    with pytest.raises(errors.RefusedError, match="is taken"):
        session.query("Task").all()


@pytest.mark.parametrize("content", ["{version}", "{0}", "{"])
def test_errors_of_ftrack_api_itself_can_be_read(content: str, server: FakeServer) -> None:
    class Odd(Session):
        def check_server_compatibility(self) -> None:
            raise ftrack_api.exception.ServerCompatibilityError(f"Server {content} is too old")

    with pytest.raises(ftrack_api.exception.ServerCompatibilityError) as caught:
        _ = mounted(Odd, server)(**CREDENTIALS, plugin_paths=[], schema_cache_path=False).types
    assert str(caught.value) == f"Server {content} is too old"


def test_a_refused_creation_without_a_key_says_what_the_server_said(session: Session, server: FakeServer) -> None:
    server.answer = refuse("ValidationError", "Shot has no attribute nme")
    creation = {"action": "create", "entity_type": "Shot", "entity_data": {"__entity_type__": "Shot", "nme": "x"}}
    with pytest.raises(errors.RefusedError, match="no attribute nme"):
        session.call([creation])


@pytest.mark.parametrize(
    "operation",
    [
        {"action": "create", "entity_type": "Shot", "entity_data": {"name": "x"}},
        {"action": "update", "entity_type": "Shot", "entity_key": "no list", "entity_data": {"name": "x"}},
        {"action": "delete", "entity_type": "Shot"},
        {"action": "create"},
    ],
    ids=str,
)
def test_a_lost_answer_to_what_cannot_be_looked_for_says_so(
    operation: dict[str, Any], session: Session, server: FakeServer
) -> None:
    server.answer = lambda _: (_ for _ in ()).throw(ConnectionError("Connection aborted."))
    with pytest.raises(errors.UnreachableServerError, match="Whether the server has done what was asked is not known"):
        session.call([operation])


# Answers that are none.

UNREADABLE = {
    "a page": (b"<html><head><title> Log in </title></head></html>", 'the web page "Log in"'),
    "a page with braces": (b"<p>{hello}</p>", "a web page"),
    "nothing": (b"", "nothing"),
    "text": (b"Internal {Server} Error", "text that is no JSON"),
    "other JSON": (b'{"detail": "Not Found"}', "JSON of another kind"),
    "a number": (b"5", "text that is no JSON"),
    "too few answers": (b"[]", "JSON of another kind"),
    "an answer without rows": (b'[{"action": "query"}]', "JSON of another kind"),
}


@pytest.mark.parametrize(("content", "what"), UNREADABLE.values(), ids=list(UNREADABLE))
@pytest.mark.parametrize("status", [200, 404, 500])
def test_an_answer_that_is_none_is_described(
    status: int, content: bytes, what: str, session: Session, server: FakeServer
) -> None:
    server.send = lambda request, **options: respond(request, content, status, "text/html")  # type: ignore[method-assign]
    with pytest.raises(ftrack_api.exception.ServerError) as caught:
        session.query("Task").all()
    assert isinstance(caught.value, errors.UnexpectedAnswerError)
    assert f"{what} (HTTP status {status})" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"<html>", b"", b"[]", b"{}", b"5"], ids=str)
@pytest.mark.parametrize("arrives", [True, False])
def test_after_an_answer_that_is_none_the_session_looks_for_its_changes(
    arrives: bool, content: bytes, session: Session, server: FakeServer
) -> None:
    stored: list[dict[str, Any]] = []

    def answer(operation: dict[str, Any]) -> Any:
        if operation["action"] == "query":
            return {"action": "query", "data": stored, "metadata": {}}
        if arrives:
            stored.append(operation["entity_data"])
        return content

    server.answer = answer
    session.create("Task", {"name": "x"})
    if arrives:
        session.commit()
        assert len(session.recorded_operations) == 0
    else:
        with pytest.raises(errors.UnexpectedAnswerError, match="Nothing of what was sent has arrived"):
            session.commit()
        assert len(session.recorded_operations) == 1


def test_changes_that_cannot_be_told_after_an_answer_that_is_none_are_kept(
    session: Session, server: FakeServer
) -> None:
    row = {"__entity_type__": "Task", "id": "t", "name": "old"}
    server.answer = lambda operation: (
        {"action": "query", "data": [row], "metadata": {}} if operation["action"] == "query" else b"<html>"
    )
    session.query("Task").first()["name"] = "new"
    with pytest.raises(errors.UnconfirmedCommitError, match="an answer that cannot be understood"):
        session.commit()
    assert len(session.recorded_operations) == 1


# Timeouts.

IN_AN_ANSWER = ConnectionError(urllib3.exceptions.ReadTimeoutError(None, "", "Read timed out."))  # type: ignore[arg-type]
TIMEOUTS = {"reading": ReadTimeout("x"), "in the middle of an answer": IN_AN_ANSWER, "connecting": ConnectTimeout("x")}
RESET = ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted."))


def fail_with(error: Exception) -> Callable[..., Any]:
    def send(request: requests.PreparedRequest, **options: Any) -> requests.Response:
        raise error

    return send


CALLS: dict[str, Callable[[Session], Any]] = {
    "a query": lambda session: session.query("Task").all(),
    "a call": lambda session: session.call([{"action": "send_user_invite", "user_id": "u"}]),
    "a creation by hand": lambda session: session.call(
        [{"action": "create", "entity_type": "Task", "entity_key": ["t"], "entity_data": {"id": "t"}}]
    ),
    "a commit": lambda session: (session.create("Task", {"name": "x"}), session.commit()),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
@pytest.mark.parametrize("timeout", TIMEOUTS.values(), ids=list(TIMEOUTS))
def test_a_timeout_stays_a_timeout(timeout: Exception, call: Any, session: Session, server: FakeServer) -> None:
    server.send = fail_with(timeout)  # type: ignore[method-assign]
    with pytest.raises(requests.exceptions.Timeout, match="timed out") as caught:
        call(session)
    assert isinstance(caught.value, errors.TrackteroidError)
    assert isinstance(caught.value, ConnectTimeout if isinstance(timeout, ConnectTimeout) else ReadTimeout)


@pytest.mark.parametrize("timeout", TIMEOUTS.values(), ids=list(TIMEOUTS))
def test_a_timeout_while_connecting_stays_one(timeout: Exception, server: FakeServer) -> None:
    server.send = fail_with(timeout)  # type: ignore[method-assign]
    with pytest.raises(requests.exceptions.Timeout, match="timed out") as caught:
        _ = Mounting(server).ours().types
    assert isinstance(caught.value, errors.NotConnectedError)


def test_a_real_server_that_is_silent_is_a_timeout() -> None:
    with silent_server() as url, pytest.raises(ReadTimeout, match="timed out"):
        _ = Session(url, KEY, "ada", timeout=0.05, retries=0).types


def test_a_connection_that_was_reset_is_no_timeout(session: Session, server: FakeServer) -> None:
    server.send = fail_with(RESET)  # type: ignore[method-assign]
    session.create("Task", {"name": "x"})
    with pytest.raises(errors.UnconfirmedCommitError) as caught:
        session.commit()
    assert not isinstance(caught.value, requests.exceptions.Timeout)
    assert "timed out" not in str(caught.value)


def test_only_a_commit_is_advised_to_be_committed_again(session: Session, server: FakeServer) -> None:
    server.send = fail_with(RESET)  # type: ignore[method-assign]
    with pytest.raises(errors.UnconfirmedCommitError) as caught:
        CALLS["a creation by hand"](session)
    assert "commit()" not in str(caught.value)
    assert "Look at the server before sending them again" in str(caught.value)
    with pytest.raises(errors.UnconfirmedCommitError, match=r"the next commit\(\) asks again"):
        CALLS["a commit"](session)


@pytest.mark.parametrize("digits", [20, 400, 5000])
def test_a_server_that_asks_for_an_absurd_pause_does_not_break_the_client(
    digits: int, session: Session, server: FakeServer
) -> None:
    def busy(request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = respond(request, b"later", 429, "text/plain")
        response.headers["Retry-After"] = "9" * digits
        return response

    server.send = busy  # type: ignore[method-assign]
    with pytest.raises(errors.UnreachableServerError, match="is not available now"):
        session.query("Task").all()


# Keys and other secrets.

DECORATED = [f"{KEY}\n", f" {KEY}", f"{KEY}\r\n", f"\t{KEY} \n\n", f"\ufeff{KEY}".replace("\ufeff", "\u2028")]


@pytest.mark.parametrize("key", DECORATED, ids=ascii)
@pytest.mark.parametrize("by", ["argument", "variable"])
def test_a_key_from_a_file_works(by: str, key: str, server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTRACK_API_KEY", key)
    monkeypatch.setenv("FTRACK_API_USER", "ada\n")
    own = {"api_key": key, "api_user": " ada "} if by == "argument" else {"api_key": None, "api_user": None}
    session = Mounting(server).ours(**own)
    assert session.types
    assert (server.headers[0]["ftrack-api-key"], server.headers[0]["ftrack-user"]) == (KEY, "ada")
    assert (session.api_key, session.api_user) == (KEY, "ada")
    session.close()


@pytest.mark.parametrize("unfit", ["\n", "\r\n", "\x00", "\u0141", "\udce9", "\x7f"], ids=ascii)
def test_a_key_that_can_be_none_is_refused_without_being_shown(unfit: str, caplog: pytest.LogCaptureFixture) -> None:
    key = KEY[:5] + unfit + KEY[5:]
    with Answering(200, "application/json", b"[]") as answering, caplog.at_level(logging.DEBUG):
        text = shown(lambda: Session(answering.url, key, "ada").types)
    assert "RejectedCredentialsError: Cannot connect to ftrack: no API key looks like the given one" in text
    assert "FTRACK_API_KEY" in text
    assert not any(part in text + caplog.text for part in (KEY[:5], KEY[5:], key))


def test_a_user_name_that_can_be_none_is_refused() -> None:
    with pytest.raises(errors.RejectedCredentialsError, match="no user name looks like"):
        _ = Session("http://ftrack.test", KEY, "ada\nlovelace").types


@pytest.mark.parametrize("name", ["headers", "cookies"])
@pytest.mark.parametrize("value", ["s3cret\n", "s3cret\u0141"], ids=ascii)
def test_a_header_that_cannot_be_sent_is_named_and_not_shown(name: str, value: str) -> None:
    text = shown(lambda: Session("http://ftrack.test", KEY, "ada", **{name: {"X-Token": value}}).types)
    assert f"{name}['X-Token'] cannot be sent" in text
    assert "s3cret" not in text


def test_a_header_that_is_no_text_is_not_shown(server: FakeServer) -> None:
    headers = {"X-Token": ["s3cret"]}
    text = shown(lambda: Mounting(server).ours(headers=headers).types)
    assert "InvalidArgumentsError" in text
    assert "s3cret" not in text


def test_a_server_that_repeats_the_key_does_not_bring_it_into_a_message(session: Session, server: FakeServer) -> None:
    server.answer = refuse("ValidationError", f"The key {KEY} is out of date")
    with pytest.raises(errors.RefusedError, match=r"The key \*\*\* is out of date"):
        session.query("Task").all()


def test_a_key_that_is_withdrawn_later_is_told_like_a_wrong_one(session: Session, server: FakeServer) -> None:
    server.answer = refuse("InvalidCredentialsError", "no")
    with pytest.raises(errors.RejectedCredentialsError, match="does not accept the API key"):
        session.query("Task").all()


def test_the_key_of_a_server_is_not_part_of_how_it_is_shown() -> None:
    assert KEY not in repr(Serving("postgresql://me:geheim@db/x", "ada", KEY))
    assert "geheim" not in repr(Serving("postgresql://me:geheim@db/x", "ada", KEY))


def test_credentials_in_an_address_are_in_no_error_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    url = "http://proxy:geheim@127.0.0.1:9/"
    session = Session(url, KEY, "ada", retries=0)
    with caplog.at_level(logging.DEBUG):
        text = shown(lambda: session.types)
    assert "http://proxy:***@127.0.0.1:9" in text
    assert "geheim" not in text + caplog.text + repr(session)


def test_credentials_in_an_address_reach_the_proxy_that_they_are_for(server: FakeServer) -> None:
    session = Mounting(server).ours(server_url="http://proxy:ge%2Fheim@ftrack.test")
    assert session.types
    assert server.headers[0]["Authorization"] == "Basic cHJveHk6Z2UvaGVpbQ=="
    assert server.headers[0]["ftrack-api-key"] == KEY
    assert session.server_url == "http://ftrack.test"
    session.close()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://me:p/w@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:p@w@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:1/2@host/db", "postgresql://me:***@host/db"),
        ("postgresql+psycopg://me:p#w?@host/db", "postgresql+psycopg://me:***@host/db"),
        ("postgresql://host/db?user=me&password=p%2Fw", "postgresql://host/db?user=me&password=***"),
        ("http://me:pw@host:8080/x@y", "http://me:***@host:8080/x@y"),
        ("http://host:8080/x@y", "http://host:8080/x@y"),
        ("http://me@host", "http://me@host"),
        ("sqlite:////home/a@b/x.db", "sqlite:////home/a@b/x.db"),
        ("sqlite:///C:/a@b/x.db", "sqlite:///C:/a@b/x.db"),
        ("no server", "no server"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, expected: str) -> None:
    assert arguments.without_password(address) == expected
    assert repr(Session(address)) == f"<Session of {expected}, not connected>"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_told_and_does_not_get_the_key(status: int) -> None:
    with Answering(200, "application/json", b"[]") as other:
        location = f"{other.url}/api"
        with (
            Answering(status, "text/html", b"", {"Location": location}) as answering,
            pytest.raises(errors.RedirectedError, match=f"redirects to {location}") as caught,
        ):
            _ = Session(answering.url, KEY, "ada", schema_cache_path=False).types
        assert "server_url" in str(caught.value)
        assert other.requests == []


def test_what_is_fetched_by_hand_leaves_the_secrets_with_their_server(server: FakeServer) -> None:
    session = Mounting(server).ours(headers={"X-Token": "s3cret"}, cookies={"login": "s3cret"})
    assert session.types
    with Answering(200, "text/plain", b"pixels") as other:
        with Answering(302, "text/plain", b"", {"Location": f"{other.url}/elsewhere"}) as answering:
            response = session._request.get(f"{answering.url}/file")
        assert answering.requests[0].headers["ftrack-api-key"] == KEY
    assert response.content == b"pixels"
    sent = other.requests[0].headers
    assert not {"ftrack-api-key", "ftrack-user", "x-token", "cookie"} & {name.lower() for name in sent}
    assert "s3cret" not in str(sent)
    session.close()


# ftrack_api leaves the response open that it refuses, which Python 3.13 tells when it is collected.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("nothing_left_open")
@pytest.mark.parametrize("task", ["read", "remove"])
def test_errors_of_the_server_location_do_not_show_the_key(task: str, session: Session) -> None:
    accessor: Any = session.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID).accessor
    assert isinstance(accessor, files.DiscreetServerAccessor)
    with closing(accessor.open("c1")) as file:
        use = file.read if task == "read" else lambda: accessor.remove("c1")
        with Answering(404, "text/plain", b"{no}") as answering:
            session._server_url = answering.url
            refused = shown(use)
        assert answering.requests, "the request has arrived"
        down = shown(use)
    for text in (refused, down):
        assert "AccessorOperationFailedError" in text
        assert KEY not in text


# Names.


@pytest.mark.parametrize(
    ("name", "near"),
    [("comit", "commit"), ("recorded_operation", "recorded_operations"), ("deferred_operation", "deferred_operations")],
)
def test_a_misspelt_name_on_a_session_is_suggested(name: str, near: str, session: Session) -> None:
    with pytest.raises(errors.UnknownAttributeError, match=f'"{near}"') as caught:
        getattr(session, name)
    assert isinstance(caught.value, AttributeError)
    assert caught.value.name == name
    assert near in caught.value.near


def test_a_misspelt_argument_of_reconnect_is_suggested() -> None:
    with pytest.raises(TypeError, match='Did you mean "server_url"'):
        SESSION.reconnect(sever_url="x")


@pytest.mark.parametrize("address", ["http://[::1", "https://[studio/", "http://::1]:8080?token=x"])
def test_an_address_with_an_open_bracket_is_refused_in_words(address: str) -> None:
    with pytest.raises(errors.UnreachableServerError, match="Check server_url") as caught:
        _ = Session(address, KEY, "ada").types
    assert len(traceback.extract_tb(caught.value.__traceback__)) <= FEW + 1
    assert "token=x" not in str(caught.value)


@pytest.mark.parametrize("address", [5, b"http://studio", Path("show.db"), ["http://studio"]])
def test_an_address_that_is_no_text_is_refused_in_words(address: Any) -> None:
    with pytest.raises(errors.InvalidArgumentsError, match="server_url is the address of a server or a database"):
        _ = Session(address, KEY, "ada").types


@pytest.mark.parametrize("timeout", [0, -1, "30", True, (5, 0), (0.5, "x")])
def test_a_timeout_that_no_request_can_have_is_refused_where_it_is_given(timeout: Any, server: FakeServer) -> None:
    with pytest.raises(errors.InvalidArgumentsError, match=r"timeout is .* larger than 0"):
        Mounting(server).ours(timeout=timeout)
    session = Mounting(server).ours(timeout=(5, None))
    with pytest.raises(errors.InvalidArgumentsError, match="timeout is"):
        session.reconnect(timeout=timeout)


@pytest.mark.parametrize("path", ["/studio/plugins", Path("plugins")])
def test_one_folder_of_plugins_is_refused_in_place_of_several(path: Any) -> None:
    with pytest.raises(errors.InvalidArgumentsError, match=r"plugin_paths is a list of folders, .* Write \["):
        Session("http://127.0.0.1:1", KEY, "ada", plugin_paths=path)
