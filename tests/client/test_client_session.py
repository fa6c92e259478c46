"""The session connects when it is needed, once, and says what is wrong when it cannot."""

import copy
import gc
import hashlib
import http.server
import json
import logging
import pickle
import socket
import threading
from collections.abc import Iterator
from typing import Any

import ftrack_api
import pytest
import requests
from client_support import KEY, FakeServer, Mounting, in_threads, start_up
from ftrack_api.cache import LayeredCache, MemoryCache

from trackteroid import errors
from trackteroid.client.arguments import ARGUMENTS
from trackteroid.session import SESSION, Session

VARIABLES = ("FTRACK_SERVER", "FTRACK_API_KEY", "FTRACK_APIKEY", "FTRACK_API_USER")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def session(server: FakeServer) -> Iterator[Session]:
    session = Mounting(server).ours()
    yield session
    session.close()


def row(**values: Any) -> list[dict[str, Any]]:
    return [{"action": "query", "data": [{"__entity_type__": "Task", **values}], "metadata": {}}]


# Connecting.


@pytest.mark.parametrize(
    "look",
    [
        repr,
        str,
        hash,
        bool,
        lambda session: session == session,
        lambda session: isinstance(session, ftrack_api.Session),
        lambda session: session.closed,
        lambda session: session.connected,
        lambda session: session.database_url,
        lambda session: session.auto_populate,
        lambda session: session.reuse_query_results,
        lambda session: hasattr(session, "_repr_html_"),
        lambda session: hasattr(session, "_ipython_canary_method_should_not_exist_"),
        lambda session: hasattr(session, "__array_interface__"),
        copy.copy,
        dir,
        vars,
    ],
)
def test_looking_at_a_session_does_not_connect(look: Any, session: Session, server: FakeServer) -> None:
    look(session)
    assert not session.connected
    assert server.requests == []


def test_pickling_is_refused_without_connecting() -> None:
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(Session())


def test_a_copy_made_without_state_has_no_attributes_and_does_not_recurse() -> None:
    with pytest.raises(AttributeError, match="types"):
        _ = Session.__new__(Session).types


@pytest.mark.parametrize(
    "use",
    [
        lambda session: session.types,
        lambda session: session.schemas,
        lambda session: session.server_url,
        lambda session: session.server_information,
        lambda session: session.event_hub,
        lambda session: session.recorded_operations,
        lambda session: session.cache,
        lambda session: session.query("Task").all(),
        lambda session: session.get("Task", "1"),
        lambda session: session.create("Task", {"name": "comp"}),
        lambda session: session.call([{"action": "query", "expression": "Task"}]),
    ],
)
def test_using_a_session_connects_it(use: Any, session: Session, server: FakeServer) -> None:
    use(session)
    assert session.connected
    assert [batch[0]["action"] for batch in server.requests[:2]] == ["query_server_information", "query_schemas"]


def test_the_shared_session_waits_like_any_other_and_does_not_auto_populate() -> None:
    assert not SESSION.connected
    assert SESSION.auto_populate is False


def test_an_unknown_attribute_of_a_connected_session_is_an_attribute_error(session: Session) -> None:
    assert session.types
    with pytest.raises(AttributeError, match="'Session' object has no attribute 'nonsense'"):
        _ = session.nonsense


def test_unknown_arguments_are_refused_at_once() -> None:
    with pytest.raises(TypeError, match="reuse"):
        Session(reuse=True)  # type: ignore[call-arg]


@pytest.mark.promise("session-takes-ftrack-api-arguments")
def test_every_argument_reaches_ftrack_api(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: dict[str, Any] = {}
    monkeypatch.setattr(ftrack_api.Session, "__init__", lambda _self, **arguments: reached.update(arguments))
    given: dict[str, Any] = {name: object() for name in ARGUMENTS}
    given["server_url"] = "https://studio.example"
    with pytest.raises(AttributeError):  # the initialiser that would set it does nothing here
        _ = Session(**given).types
    assert reached == given


@pytest.mark.promise("threads-can-share-a-session")
def test_several_threads_make_one_connection(session: Session, server: FakeServer) -> None:
    results = in_threads(8, lambda: session.types)
    assert all(result is session.types for result in results)
    assert [batch[0]["action"] for batch in server.requests] == ["query_server_information", "query_schemas"]


def test_settings_made_before_connecting_stay(session: Session) -> None:
    session.auto_populate = True
    session.request_timeout = 7
    assert session.types
    assert session.auto_populate is True
    assert session.request_timeout == 7


def test_a_plugin_that_uses_the_session_while_it_connects_gets_what_ftrack_api_gives(
    server: FakeServer, tmp_path: Any
) -> None:
    (tmp_path / "plugin.py").write_text(
        "def register(session):\n    session.seen = hasattr(session, 'types'), session.api_user\n", encoding="utf-8"
    )
    session = Mounting(server).ours(plugin_paths=[str(tmp_path)])
    assert session.types
    assert session.seen == (False, "ada")


def test_a_failed_connection_leaves_the_session_unconnected_and_is_tried_again(server: FakeServer) -> None:
    session = Mounting(server).ours()
    answer, server.starting = server.starting, lambda operation: b'{"exception": "ServerError", "content": "down"}'
    with pytest.raises(ftrack_api.exception.ServerError, match="down"):
        _ = session.types
    assert not session.connected
    assert server.closed == 1, "the connection of the failed attempt was left open"
    server.starting = answer
    assert session.types
    assert session.connected


# Closing.


@pytest.mark.promise("closed-session-says-so")
def test_closing_a_session_that_never_connected_does_not_connect(session: Session, server: FakeServer) -> None:
    session.close()
    session.close()
    assert session.closed
    assert server.requests == []
    with pytest.raises(ftrack_api.exception.ConnectionClosedError):
        session.query("Task")


def test_a_session_is_a_context_manager(server: FakeServer) -> None:
    with Mounting(server).ours() as session:
        assert session.types
    assert session.closed
    assert not session.connected
    with pytest.raises(ftrack_api.exception.ConnectionClosedError):
        session.query("select id from Task").all()


def test_what_a_session_says_of_itself(server: FakeServer) -> None:
    session = Mounting(server).ours()
    assert repr(session) == "<Session of http://ftrack.test, not connected>"
    assert session.types
    assert repr(session) == "<Session of http://ftrack.test, connected>"
    session.close()
    assert repr(session) == "<Session of http://ftrack.test, closed>"
    assert repr(Session()) == "<Session of no server, not connected>"
    assert repr(Session("postgresql://ada:geheim@db/x")) == "<Session of postgresql://ada:***@db/x, not connected>"


# Errors.


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        ({}, "FTRACK_SERVER and FTRACK_API_KEY are not set"),
        ({"server_url": "http://x"}, "FTRACK_API_KEY is not set"),
        ({"api_key": "k"}, "FTRACK_SERVER is not set"),
    ],
)
def test_missing_credentials_are_named_with_the_offline_alternative(arguments: dict[str, str], beginning: str) -> None:
    with pytest.raises(errors.MissingCredentialsError) as caught:
        _ = Session(api_user="ada", **arguments).types
    text = str(caught.value)
    assert text.startswith(f"Cannot connect to ftrack: {beginning}.")
    assert "\n" not in text
    for part in ("FTRACK_SERVER", "FTRACK_API_KEY", "FTRACK_API_USER", "trackteroid serve --demo", "sqlite:///file.db"):
        assert part in text
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, errors.NotConnectedError)


def test_a_missing_user_name_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_user() -> str:
        raise OSError

    monkeypatch.setattr("getpass.getuser", no_user)
    with pytest.raises(errors.MissingCredentialsError, match="FTRACK_API_USER is not set"):
        _ = Session("http://x", "k").types


def test_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, server: FakeServer) -> None:
    for name, value in {"SERVER": "http://ftrack.test/", "APIKEY": KEY, "API_USER": "ada"}.items():
        monkeypatch.setenv(f"FTRACK_{name}", value)
    session = Mounting(server).ours(server_url=None, api_key=None, api_user=None)
    assert session.server_url == "http://ftrack.test"
    assert server.headers[0]["ftrack-api-key"] == KEY


class Answering:
    """A real HTTP server on loopback that gives one answer to everything."""

    def __init__(self, status: int, kind: str, content: str) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(status)
                self.send_header("content-type", kind)
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, *args: Any) -> None:
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Answering":
        self._thread.start()
        return self

    def __exit__(self, *args: Any) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


REJECTED = json.dumps(
    {"exception": "InvalidCredentialsError", "content": "The {key} is not valid.", "error_code": None}
)


@pytest.mark.parametrize(
    ("status", "kind", "content", "expected"),
    [
        (200, "application/json", REJECTED, errors.RejectedCredentialsError),
        (401, "application/json", REJECTED, errors.RejectedCredentialsError),
        (200, "text/html", "<html>{hello}</html>", errors.UnexpectedAnswerError),
        (404, "text/html", "<html>nothing here</html>", errors.UnexpectedAnswerError),
        (500, "text/plain", "", errors.UnexpectedAnswerError),
        (404, "application/json", '{"detail": "Not Found"}', errors.UnexpectedAnswerError),
        (200, "application/json", '{"detail": "Not Found"}', errors.UnexpectedAnswerError),
        (200, "application/json", "[]", errors.UnexpectedAnswerError),
        (200, "application/json", "1", errors.UnexpectedAnswerError),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_an_unsuitable_answer_is_explained(
    status: int, kind: str, content: str, expected: type[Exception], strict: bool
) -> None:
    with Answering(status, kind, content) as answering, pytest.raises(expected) as caught:
        _ = Session(answering.url, KEY, "ada", strict_api=strict, schema_cache_path=False).types
    assert answering.url in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "<html>" not in str(caught.value)
    assert KEY not in str(caught.value)
    assert isinstance(caught.value, ftrack_api.exception.ServerError)
    assert isinstance(caught.value, errors.NotConnectedError)
    assert caught.value.__context__ is not None, "what is behind it can be looked at"
    assert caught.value.__suppress_context__, "but it is not printed"


def test_a_rejected_key_names_the_user_it_was_for() -> None:
    with (
        Answering(200, "application/json", REJECTED) as answering,
        pytest.raises(errors.NotConnectedError, match='"ada"'),
    ):
        _ = Session(answering.url, KEY, "ada").types


def test_a_server_that_is_too_old_is_ftrack_apis_own_error() -> None:
    content = json.dumps([{"version": "3.2.1", "schema_hash": "x"}])
    with (
        Answering(200, "application/json", content) as answering,
        pytest.raises(ftrack_api.exception.ServerCompatibilityError, match="3, 3, 11"),
    ):
        _ = Session(answering.url, KEY, "ada").types


def test_an_unreachable_server_is_explained() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        session = Session(url, KEY, "ada")
        with pytest.raises(errors.UnreachableServerError) as caught:
            _ = session.types
    assert f"{url} cannot be reached" in str(caught.value)
    assert isinstance(caught.value, requests.exceptions.ConnectionError)
    assert isinstance(caught.value.__context__, requests.exceptions.ConnectionError)


@pytest.mark.parametrize("url", ["ftrack.example.com", "ftp://ftrack.example.com", "http://"])
def test_an_address_that_is_none_is_explained(url: str) -> None:
    with pytest.raises(errors.UnreachableServerError, match="is not an address of a server"):
        _ = Session(url, KEY, "ada").types


def test_a_server_that_does_not_answer_is_explained() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        session = Session(f"http://127.0.0.1:{silent.getsockname()[1]}", KEY, "ada", timeout=0.05)
        with pytest.raises(errors.UnreachableServerError, match="did not answer in time"):
            _ = session.types


def test_the_key_shows_up_in_no_log_and_no_representation(server: FakeServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        session = Mounting(server).ours()
        session.query("Task").all()
        session.create("Task", {"name": "comp"})
        session.reconnect()
        shown = [repr(session), repr(session.event_hub), repr(session._request.auth), caplog.text]
        session.close()
    assert "Calling server" in caplog.text
    assert not [text for text in shown if KEY in text]


# Reconnecting.


@pytest.mark.promise("reconnecting-does-not-grow")
def test_reconnecting_keeps_the_object_and_one_memory_cache_above_the_callers_own(server: FakeServer) -> None:
    own = MemoryCache()
    session = Mounting(server).ours(cache=own)
    for _ in range(4):
        session.reconnect()
    assert isinstance(session.cache, LayeredCache)
    assert [type(layer) for layer in session.cache.caches] == [MemoryCache, MemoryCache]
    assert session.cache.caches[1] is own


def test_reconnecting_makes_a_fresh_connection_and_closes_the_old_one(session: Session, server: FakeServer) -> None:
    before = session._request, session.event_hub, session._local_cache
    session.reconnect()
    assert server.closed == 1
    assert not any(
        new is old for new, old in zip((session._request, session.event_hub, session._local_cache), before, strict=True)
    )
    assert session.connected


def test_reconnecting_revives_a_closed_session(session: Session) -> None:
    assert session.types
    session.close()
    session.reconnect()
    assert session.connected
    assert session.query("Task").all() == []


@pytest.mark.promise("reconnecting-can-change-arguments")
def test_overrides_hold_from_then_on(session: Session, server: FakeServer) -> None:
    session.reconnect(api_user="grace", auto_populate=True, reuse_query_results=True, timeout=7)
    session.reconnect()
    assert server.headers[-1]["ftrack-user"] == "grace"
    assert session.request_timeout == 7
    assert session.auto_populate
    assert session.reuse_query_results
    with pytest.raises(TypeError, match="sever_url"):
        session.reconnect(sever_url="x")
    assert session.connected


def test_reconnecting_keeps_auto_populate_as_it_was_set(session: Session) -> None:
    session.auto_populate = True
    session.reconnect()
    assert session.auto_populate


def test_reconnecting_warns_once_about_what_it_discards(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    task = session.create("Task", {"name": "comp"})
    task["name"] = "anim"
    task["bid"] = 3
    session.delete(task)
    caplog.clear()
    session.reconnect()
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.name for record in warnings] == ["trackteroid.session"]
    assert "4 pending operations" in warnings[0].message
    assert "1 x create Task, 1 x delete Task, 2 x update Task" in warnings[0].message
    assert len(session.recorded_operations) == 0


def test_entities_read_before_reconnecting_stay_readable(session: Session, server: FakeServer) -> None:
    status = {"__entity_type__": "Status", "id": "s", "name": "done"}
    server.answer = lambda operation: row(id="t", name="comp", status=status, assignments=[])[0]
    task = session.query("Task").one()
    session.reconnect()
    assert (task["name"], task["status"]["name"], list(task["assignments"])) == ("comp", "done", [])
    assert task.session is session
    assert session.query("Task").one() is not task


def test_a_failed_reconnect_is_tried_again_with_the_new_arguments(session: Session) -> None:
    assert session.types
    with pytest.raises(errors.UnreachableServerError):
        session.reconnect(server_url="nowhere")
    assert not session.connected
    with pytest.raises(errors.UnreachableServerError):
        _ = session.types


# Results.


class Result:
    """Stands in for a collection."""


@pytest.mark.promise("results-are-not-kept-alive")
@pytest.mark.slow
def test_results_are_kept_alive_only_while_they_are_reused(session: Session) -> None:
    session.query_results.put("a", Result())
    gc.collect()
    assert session.query_results.get("a") is None
    with session.reusing_query_results():
        session.query_results.put("a", Result())
        gc.collect()
        assert session.query_results.get("a") is not None
    gc.collect()
    assert session.query_results.get("a") is None


def test_the_flag_is_restored_when_the_block_fails() -> None:
    session = Session()
    with pytest.raises(ZeroDivisionError), session.reusing_query_results():
        _ = 1 / (not session.reuse_query_results)
    assert not session.reuse_query_results
    session = Session(reuse_query_results=True)
    with session.reusing_query_results():
        assert session.reuse_query_results
    assert session.reuse_query_results


@pytest.mark.promise("commit-forgets-results")
@pytest.mark.parametrize("forget", ["commit", "reconnect", "close"])
def test_results_are_forgotten_when_they_may_be_out_of_date(forget: str, server: FakeServer) -> None:
    session = Mounting(server).ours(reuse_query_results=True)
    session.query_results.put("a", Result())
    getattr(session, forget)()
    assert session.query_results.get("a") is None


def test_a_failed_commit_forgets_nothing(session: Session, server: FakeServer) -> None:
    session.reuse_query_results = True
    session.query_results.put("a", Result())
    session.create("Task", {"name": "comp"})
    server.answer = lambda operation: json.dumps({"exception": "IntegrityError", "content": "no"}).encode()
    with pytest.raises(ftrack_api.exception.ServerError):
        session.commit()
    assert session.query_results.get("a") is not None


def test_reconnect_and_commit_looks_at_the_files_first(session: Session, server: FakeServer, tmp_path: Any) -> None:
    assert session.types
    count = len(server.requests)
    with pytest.raises(errors.OperationsFileError):
        session.reconnect_and_commit(tmp_path / "missing.db")
    assert len(server.requests) == count
    assert session.connected


def test_a_plan_of_a_file_sends_nothing(session: Session, server: FakeServer, tmp_path: Any) -> None:
    path = tmp_path / "operations.db"
    with session.deferred_operations(path):
        session.create("Task", {"name": "comp"})
    count = len(server.requests)
    assert "Task" in str(session.plan(path))
    assert len(server.requests) == count


@pytest.mark.promise("reconnect-and-commit-sends-a-file")
def test_deferred_operations_are_sent_after_reconnecting(session: Session, server: FakeServer, tmp_path: Any) -> None:
    path = tmp_path / "operations.db"
    with session.deferred_operations(path):
        task = session.create("Task", {"name": "comp"})
    server.answer = lambda operation: {
        "action": operation["action"],
        "data": {"__entity_type__": "Task", "id": operation["entity_key"][0], "name": "comp"},
    }
    session.reconnect_and_commit(str(path), api_user="grace")
    assert server.headers[-1]["ftrack-user"] == "grace", "the arguments of reconnect are taken too"
    assert [operation["action"] for operation in server.requests[-1]] == ["create"]
    assert server.requests[-1][0]["entity_key"] == [task["id"]]


def test_committing_a_file_inside_of_a_deferred_block_is_refused_before_anything_is_lost(
    session: Session, server: FakeServer, tmp_path: Any
) -> None:
    recorded = tmp_path / "recorded.db"
    with session.deferred_operations(recorded):
        session.create("Task", {"name": "comp"})
    with session.deferred_operations(tmp_path / "more.db"):
        session.create("Task", {"name": "anim"})
        count = len(server.requests)
        with pytest.raises(errors.DeferredOperationsError, match="Leave the block first"):
            session.reconnect_and_commit(recorded)
        assert len(session.recorded_operations) == 1
        assert len(server.requests) == count


# The copy of the schema.


def test_on_a_fresh_machine_the_copy_of_the_schema_gets_its_folder_without_a_word(
    server: FakeServer, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    served = json.dumps(start_up({"action": "query_schemas"}), sort_keys=True)
    digest = hashlib.md5(served.encode(), usedforsecurity=False).hexdigest()
    server.starting = lambda operation: (
        start_up(operation) | {"schema_hash": digest}
        if operation["action"] == "query_server_information"
        else start_up(operation)
    )
    folder = tmp_path / "no" / "such" / "folder"
    for _ in range(2):
        session = Mounting(server).ours(schema_cache_path=str(folder))
        assert session.types
        session.close()
    assert [path.name for path in folder.iterdir()] == ["ftrack_api_schema_cache.json"]
    actions = [operation["action"] for batch in server.requests for operation in batch]
    assert actions.count("query_schemas") == 1
    assert caplog.messages == []


def test_a_copy_that_cannot_be_written_costs_one_line(
    server: FakeServer, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    session = Mounting(server).ours(schema_cache_path=str(tmp_path / "taken"))
    assert session.types
    session.close()
    (line,) = caplog.messages
    assert "schema is not kept" in line
