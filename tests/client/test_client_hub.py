"""Events: within this process as always, with others where there is a hub, and an error that says so elsewhere."""

import base64
import hashlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import ftrack_api
import pytest
from client_servers import Answering
from client_support import KEY, FakeServer, Mounting
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub

from hubs import Heard, listen, run_until, settle, until
from trackteroid import errors
from trackteroid.client.events import SessionEventHub
from trackteroid.session import Session

URL = "http://127.0.0.1:9"


class Hub:
    """The least of an event hub: it greets, takes websockets, and keeps what it is sent."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.headers: list[str] = []
        self.received: list[bytes] = []
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        text = head.decode()
        self.headers.append(text)
        if "/websocket/" not in text:
            body = b"abc:60:60:websocket,xhr-polling"
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
            connection.close()
            return
        key = next(line for line in text.splitlines() if line.lower().startswith("sec-websocket-key")).split(": ")[1]
        accept = base64.b64encode(hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest())
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        connection.sendall(b"\x81\x031::")
        threading.Thread(target=self._keep, args=(connection,), daemon=True).start()

    def _keep(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            while head := stream.read(2):
                length = head[1] & 0x7F
                length = int.from_bytes(stream.read(2), "big") if length == 126 else length
                self.received.append(stream.read(4 + length))
                if head[0] & 0x0F == 8:  # the other side wants to end
                    connection.sendall(b"\x88\x00")
                    return

    def close(self) -> None:
        self._listener.close()
        for connection in self._connections:
            connection.close()


@pytest.fixture
def hub_server() -> Iterator[Hub]:
    server = Hub()
    yield server
    server.close()


def hub_at(url: str) -> SessionEventHub:
    """The hub of a session whose server is a fake, but whose events go to *url*."""
    session = Mounting(FakeServer()).ours()
    stock = EventHub(url, "ada", KEY, headers={"X-Token": "s3cret"})
    session._event_hub = stock
    assert isinstance(session.event_hub, SessionEventHub)
    return session.event_hub


USES: dict[str, Callable[[EventHub], Any]] = {
    "waiting": lambda hub: hub.wait(),
    "waiting for a while": lambda hub: hub.wait(5),
    "publishing": lambda hub: hub.publish(Event("studio.x")),
    "publishing, and raising on errors": lambda hub: hub.publish(Event("studio.x"), on_error="raise"),
    "connecting": lambda hub: hub.connect(),
}


def test_sessions_of_one_database_exchange_events_without_a_port(tmp_path: Any) -> None:
    url = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    with Session(server_url=url) as one, Session(server_url=url, auto_connect_event_hub=True) as other:
        one.event_hub.connect()
        until(lambda: other.event_hub.connected, "the session to connect its hub by itself")
        settle(one.event_hub, other.event_hub)
        asked, changed = (
            listen(other.event_hub, "topic=studio.ask", "yes"),
            listen(other.event_hub, "topic=ftrack.update"),
        )
        answers = Heard()
        one.event_hub.publish(Event("studio.ask", data={"number": 1}), on_reply=answers)
        run_until(lambda: answers, one.event_hub, other.event_hub)
        assert (asked.data, answers.data) == ([{"number": 1}], ["yes"])
        one.create("User", {"username": "zoe"})
        one.commit()
        run_until(lambda: changed, other.event_hub)
        assert changed[0]["data"]["entities"][0]["changes"]["username"]["new"] == "zoe"
        one.event_hub.reconnect()
        settle(one.event_hub)
        with pytest.raises(ftrack_api.exception.EventHubConnectionError, match="Already connected"):
            one.event_hub.connect()


@pytest.mark.parametrize("use", [use for name, use in USES.items() if name != "connecting"])
def test_a_hub_that_was_not_asked_to_connect_says_how(use: Callable[[EventHub], Any]) -> None:
    with pytest.raises(errors.EventHubError, match=r"Call session.event_hub.connect\(\)"):
        use(hub_at(URL))


@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
def test_a_server_without_a_hub_is_told_in_the_foreground(use: Callable[[EventHub], Any]) -> None:
    with Answering(404, "text/plain", b"{Not Found}") as answering:
        hub = hub_at(answering.url)
        with pytest.raises(errors.EventHubError, match=r"has no event hub there \(HTTP status 404\)"):
            hub.connect()
        with pytest.raises(errors.EventHubError, match=r"has no event hub there \(HTTP status 404\)"):
            use(hub)


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (200, b""), (500, b"{"), (401, b"")])
def test_what_is_no_hub_is_told(status: int, body: bytes) -> None:
    with Answering(status, "text/html", body) as answering, pytest.raises(errors.EventHubError) as caught:
        hub_at(answering.url).connect()
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)


def in_background(hub: EventHub) -> None:
    """Do what the initialiser of ftrack_api does for ``auto_connect_event_hub=True``."""
    hub.init_connection()  # type: ignore[attr-defined]
    thread = threading.Thread(target=hub.connect)
    thread.start()
    thread.join()


@pytest.mark.parametrize("use", [use for name, use in USES.items() if name != "connecting"])
def test_connecting_in_the_background_that_fails_is_logged_once_and_told_to_whoever_needs_it(
    use: Callable[[EventHub], Any], caplog: pytest.LogCaptureFixture
) -> None:
    hub = hub_at(URL)
    in_background(hub)  # an exception in the thread would be a warning, which is an error here
    assert [record.levelname for record in caplog.records if "exchanged" in record.getMessage()] == ["WARNING"]
    with pytest.raises(errors.EventHubError, match="cannot be reached"):
        use(hub)


def test_who_waits_already_is_told_too() -> None:
    hub = hub_at(URL)
    hub.init_connection()  # type: ignore[attr-defined]
    connecting = threading.Timer(0.2, lambda: in_background(hub))
    connecting.start()
    with pytest.raises(errors.EventHubError, match="cannot be reached"):
        hub.wait()
    connecting.join()


def test_a_session_that_connects_its_hub_by_itself_says_what_failed(server_without_hub: Any) -> None:
    session = server_without_hub(auto_connect_event_hub=True)
    assert session.types
    with pytest.raises(errors.EventHubError, match="has no event hub there"):
        session.event_hub.wait()
    session.close()


@pytest.fixture
def server_without_hub() -> Iterator[Callable[..., Session]]:
    from trackteroid.server import EmbeddedServer

    server = EmbeddedServer("sqlite://")
    whole = server.app

    async def without_hub(scope: Any, receive: Any, send: Any) -> None:
        await whole({**scope, "path": scope["path"].replace("socket.io", "nowhere")}, receive, send)

    server.app = without_hub
    with server.listening() as url:
        yield lambda **options: Session(
            url, server.api_key, server.username, plugin_paths=[], schema_cache_path=False, **options
        )
    server.close()


def test_errors_that_are_to_be_ignored_are_ignored() -> None:
    hub = hub_at(URL)
    assert hub.publish(Event("studio.x"), on_error="ignore") is None
    in_background(hub)
    assert hub.publish(Event("studio.x"), on_error="ignore") is None


def test_events_within_the_process_need_no_server(server_without_hub: Any) -> None:
    for session in (server_without_hub(), Session(server_url="sqlite://")):
        seen: list[str] = []
        session.event_hub.subscribe("topic=studio.x", lambda event, seen=seen: seen.append(event["topic"]) or "done")
        assert session.event_hub.publish(Event("studio.x"), synchronous=True) == ["done"]
        assert seen == ["studio.x"]
        session.close()


def test_what_was_published_too_early_is_not_dropped_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    hub = hub_at(URL)
    hub.init_connection()  # type: ignore[attr-defined]
    hub.publish(Event("studio.x"))
    in_background(hub)
    assert "1 events wait for a connection" in caplog.text


def test_a_hub_that_is_there_works_as_with_ftrack_api(hub_server: Hub) -> None:
    hub = hub_at(hub_server.url)
    in_background(hub)
    assert hub.connected
    topics: list[str] = []
    hub.subscribe("topic=ftrack.meta.connected", lambda event: topics.append(event["topic"]))
    hub.publish(Event("studio.x"))
    hub.wait(0.3)
    assert topics == ["ftrack.meta.connected"]
    until = time.monotonic() + 60
    while not hub_server.received and time.monotonic() < until:
        time.sleep(0.01)
    assert hub_server.received
    assert f"ftrack-api-key: {KEY}" in hub_server.headers[0]
    assert "X-Token: s3cret" in hub_server.headers[0]
    with pytest.raises(ftrack_api.exception.EventHubConnectionError, match="Already connected"):
        hub.connect()
    with hub._connection.sock:  # which websocket-client may leave open
        hub.disconnect()
    with pytest.raises(errors.EventHubError):
        hub.publish(Event("studio.x"))


def test_a_redirect_to_another_host_does_not_get_the_key() -> None:
    with Answering(200, "text/plain", b"abc:60:60:xhr-polling") as other:
        with (
            Answering(302, "text/plain", b"", {"Location": f"{other.url}/socket.io/1/"}) as answering,
            pytest.raises(errors.EventHubError, match="does not support websocket"),
        ):
            hub_at(answering.url).connect()
        sent = {name.lower() for name in other.requests[0].headers}
    assert not {"ftrack-api-key", "ftrack-user", "x-token"} & sent


def test_a_hub_of_somebody_elses_making_is_left_alone() -> None:
    class Own(EventHub):
        """With another protocol."""

    session = Mounting(FakeServer()).ours()
    own = Own(URL, "ada", KEY)
    session._event_hub = own
    assert session.event_hub is own


def test_closing_does_not_mind(server_without_hub: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        session = server_without_hub(auto_connect_event_hub=True)
        assert session.types
        session.close()
    assert caplog.messages == []
