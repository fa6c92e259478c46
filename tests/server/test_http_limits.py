"""What a server refuses before it has cost anything, as strangers and careless programs meet it."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import time
import tracemalloc
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import orjson
import pytest
import requests

from trackteroid.server import EmbeddedServer, Limits
from trackteroid.server.core.failures import InvalidCredentialsError
from trackteroid.server.core.options import Options
from trackteroid.server.http.admission import Admission

pytestmark = pytest.mark.slow

QUERY = [{"action": "query", "expression": "select name from Status limit 1"}]
Logged: TypeAlias = Callable[[], str]


@contextmanager
def serving(options: Options | None = None, **limits: Any) -> Generator[tuple[str, dict[str, str], EmbeddedServer]]:
    server = EmbeddedServer("sqlite://", limits=Limits(**limits), options=options or Options())
    with server.listening() as url:
        yield url, {"ftrack-user": server.username, "ftrack-api-key": server.api_key}, server
    server.close()


def post(url: str, body: bytes | list[Any], headers: dict[str, str]) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(f"{url}/api", data=data, headers=headers, timeout=60)


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection(("127.0.0.1", parts.port or 80), timeout=30)


def answered(connection: socket.socket) -> str:
    """One answer, which is an object."""
    said = b""
    while not said.endswith(b"}"):
        piece = connection.recv(65536)
        assert piece, said
        said += piece
    return said.decode()


def received(connection: socket.socket) -> str:
    """Everything until the server closes."""
    pieces: list[bytes] = []
    # What was sent to nobody is answered with a reset.
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces).decode()


def test_strangers_are_refused_before_their_body_is_read() -> None:
    with serving() as (url, _, _), connected(url) as connection:
        connection.sendall(b"POST /api HTTP/1.1\r\nhost: x\r\nftrack-user: eve\r\ncontent-length: 9999999\r\n\r\n")
        assert "InvalidCredentialsError" in answered(connection)


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    with serving(body_bytes=1000) as (url, headers, _), connected(url) as connection:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall(
            "\r\n".join(["POST /api HTTP/1.1", "host: x", *lines, "content-length: 1001", "", ""]).encode()
        )
        answer = answered(connection)
    assert answer.startswith("HTTP/1.1 413")
    assert "body_bytes" in answer


def test_a_body_that_does_not_say_how_large_it_is_ends_at_the_limit() -> None:
    def pieces() -> Generator[bytes]:
        for _ in range(50):
            yield b" " * 1000

    with serving(body_bytes=10_000) as (url, headers, _):
        answer = requests.post(f"{url}/api", data=pieces(), headers=headers, timeout=60)
    assert answer.status_code == 413
    assert "limit body_bytes" in answer.json()["content"]


@pytest.mark.slow
@pytest.mark.parametrize("piece", [b"{},", b"[],", b"0,", b'{"a":1},'])
def test_fifty_megabytes_of_small_values_cost_less_than_three_times_that(piece: bytes) -> None:
    megabytes = 50
    with serving() as (url, headers, _):
        body = b"[" + piece * (megabytes * 1_000_000 // len(piece)) + b"0]"
        tracemalloc.start()
        answer = post(url, body, headers)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert answer.status_code == 413
    assert "limit body_values" in answer.json()["content"]
    assert peak < 3 * megabytes * 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize("piece", ['{"a":1},', "{},", '{"a":{"b":{"c":{}}}},', "[],", '"é",', "1.5,", "99999999999,"])
def test_as_many_values_as_are_allowed_hold_less_than_three_times_fifty_megabytes(piece: str) -> None:
    signs = sum(piece.count(sign) for sign in "{{{[,")
    body = f"[{piece * (Limits().body_values // signs - 1)}0]".encode()
    tracemalloc.start()
    values = orjson.loads(body)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(values) > 100_000
    assert held < 3 * 50_000_000


def test_what_a_full_batch_needs_is_allowed() -> None:
    operation = {
        "action": "create",
        "entity_type": "Task",
        "entity_key": ["0" * 36],
        "entity_data": dict.fromkeys(("__entity_type__", "id", "name", "parent_id", "project_id", "type_id"), "x"),
    }
    signs = sum(orjson.dumps(operation).count(sign) for sign in (b"{", b"{", b"{", b"[", b",")) + 1
    assert signs * Limits().call_operations < Limits().body_values


def test_a_body_that_drips_is_given_up() -> None:
    with serving(body_seconds=0.2) as (url, headers, _), connected(url) as connection:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall(
            "\r\n".join(["POST /api HTTP/1.1", "host: x", *lines, "content-length: 99", "", "["]).encode()
        )
        answer = answered(connection)
    assert answer.startswith("HTTP/1.1 413")
    assert "body_seconds" in answer


@pytest.mark.slow
@pytest.mark.parametrize("said", [b"", b"POST /api HT", b"POST /api HTTP/1.1\r\nhost: x\r\nftrack-us"])
def test_a_connection_that_says_nothing_or_half_of_it_is_closed(said: bytes) -> None:
    with serving(header_seconds=0.2) as (url, _, _), connected(url) as connection:
        connection.sendall(said)
        answer = received(connection)
    assert answer.startswith("HTTP/1.1 408")
    assert "limit header_seconds" in answer


def test_the_second_request_of_a_connection_has_as_little_time() -> None:
    with serving(header_seconds=0.2) as (url, _, _), connected(url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /hea")
        answer = received(connection)
    assert answer.startswith("HTTP/1.1 200")
    assert "limit header_seconds" in answer


def test_a_connection_between_two_requests_is_kept() -> None:
    with serving(header_seconds=0.2) as (url, _, _):
        connection = http.client.HTTPConnection(url.removeprefix("http://"))
        connection.connect()
        used = connection.sock
        for pause in (0.0, 0.6):
            time.sleep(pause)
            connection.request("GET", "/healthz")
            assert connection.getresponse().read() == b"ok\n"
        assert connection.sock is used
        connection.close()


def test_headers_that_never_end_are_refused() -> None:
    with serving(header_bytes=2000) as (url, _, _), connected(url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 1000)
        answer = answered(connection)
    assert answer.startswith("HTTP/1.1 431")
    assert "limit header_bytes" in answer


def test_headers_that_come_all_at_once_are_refused_too() -> None:
    with serving(header_bytes=2000) as (url, _, _), connected(url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nx: " + b"y" * 20_000 + b"\r\n\r\n")
        answer = answered(connection)
    assert answer.startswith("HTTP/1.1 431")
    assert "limit header_bytes" in answer


def test_requests_that_follow_each_other_at_once_are_all_answered() -> None:
    with serving() as (url, headers, _), connected(url) as connection:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        body = json.dumps(QUERY) + " " * 60_000
        request = f"POST /api HTTP/1.1\r\nhost: x\r\n{lines}content-length: {len(body)}\r\n\r\n{body}"
        connection.sendall(request.encode() * 3 + b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        answer = received(connection)
    assert answer.count("HTTP/1.1 200") == 4
    assert answer.count('"__entity_type__":"Status"') == 3
    assert answer.endswith("ok\n")


@pytest.mark.parametrize("protocol", ["h2c", "TLS/1.0, HTTP/1.1"])
def test_whoever_would_rather_speak_something_else_is_answered_over_http(protocol: str, logged: Logged) -> None:
    with serving() as (url, headers, _):
        wish = {"connection": "Upgrade", "upgrade": protocol}
        large = json.dumps(QUERY).encode() + b" " * 100_000
        with requests.Session() as session:
            assert [session.get(f"{url}/healthz", headers=wish, timeout=60).text for _ in range(2)] == ["ok\n"] * 2
            for _ in range(2):
                answer = session.post(f"{url}/api", large, headers=headers | wish, timeout=60)
                assert answer.json()[0]["data"]
    assert logged() == ""


def test_it_is_no_proxy() -> None:
    with serving() as (url, _, _), connected(url) as connection:
        connection.sendall(b"CONNECT example.invalid:443 HTTP/1.1\r\nhost: x\r\n\r\n")
        assert received(connection).startswith("HTTP/1.1 400")


def test_one_address_has_only_so_many_connections() -> None:
    with serving(address_connections=2) as (url, _, _):
        with connected(url), connected(url), connected(url) as third:
            answer = received(third)
        assert answer.startswith("HTTP/1.1 429")
        assert "limit address_connections" in answer
        deadline = time.monotonic() + 30
        while requests.get(f"{url}/healthz", timeout=60).status_code != 200:
            assert time.monotonic() < deadline


def test_wrong_keys_are_refused_unread_after_a_while_but_not_those_that_worked() -> None:
    with serving(wrong_keys=3) as (url, headers, _):
        assert post(url, QUERY, headers).json()[0]["data"]
        for _ in range(3):
            refused = post(url, QUERY, {**headers, "ftrack-api-key": "wrong"}).json()
            assert refused["exception"] == "InvalidCredentialsError"
        fourth = post(url, QUERY, {**headers, "ftrack-user": "another", "ftrack-api-key": "wrong"})
        assert fourth.status_code == 429
        assert int(fourth.headers["retry-after"]) > 0
        assert "limit wrong_keys" in fourth.json()["content"]
        assert post(url, QUERY, headers).json()[0]["data"]


#: Where a key is asked for.
DOORS = {
    "a call": ("POST", "/api"),
    "the event hub": ("GET", "/socket.io/1/"),
    "a page": ("GET", "/entity?type=task&id=x"),
    "a file": ("GET", "/component/get?id=x"),
}


@pytest.mark.parametrize("door", DOORS)
def test_wrong_keys_count_wherever_a_key_is_asked_for(door: str) -> None:
    method, path = DOORS[door]
    with serving(wrong_keys=3) as (url, headers, _):
        wrong = {**headers, "ftrack-api-key": "wrong", "ftrack-strict-api": "true"}
        tries = [requests.request(method, url + path, headers=wrong, timeout=60) for _ in range(4)]
    assert [answer.status_code for answer in tries] == [401, 401, 401, 429]


def test_a_user_who_is_attacked_gets_in_from_elsewhere_but_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    def check(_: str, key: str) -> None:
        if key != "right":
            raise InvalidCredentialsError("no")

    async def conversation() -> None:
        admission = Admission(check, Limits(wrong_keys=3))
        for number in range(3):
            with pytest.raises(InvalidCredentialsError):
                await admission.admit(f"10.0.0.{number}", "ann", "wrong")
        await admission.admit("10.0.1.1", "bob", "right")
        assert pauses == [], "the first tries, and others, do not wait"
        with pytest.raises(InvalidCredentialsError):
            await admission.admit("10.0.0.3", "ann", "wrong")
        await admission.admit("10.0.1.1", "ann", "right")
        assert len(pauses) == 2, "further tries wait before their key is looked at, right or wrong"
        await admission.admit("10.0.1.1", "ann", "right")
        assert len(pauses) == 2, "whoever was let in does not wait again"

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(conversation())
    assert min(pauses) > 0


def test_a_key_that_was_taken_back_does_not_work_for_a_second_longer() -> None:
    with serving() as (url, _, server):
        user = {"action": "create", "entity_type": "User", "entity_data": {"username": "ann", "is_active": True}}
        ann = server.call([user])[0]["data"]["id"]
        asked = server.call(
            [{"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": ann}]
        )
        key = json.dumps(asked).split('"api_key": "')[1].split('"')[0]
        known = {"ftrack-user": "ann", "ftrack-api-key": key}
        assert post(url, QUERY, known).json()[0]["data"]
        server.call(
            [{"action": "update", "entity_type": "User", "entity_key": [ann], "entity_data": {"is_active": False}}]
        )
        assert post(url, QUERY, known).json()["exception"] == "InvalidCredentialsError"


def test_a_call_has_an_end_in_time_and_rows() -> None:
    with serving(call_rows=3) as (url, headers, _):
        ask = {"action": "query", "expression": "select name from Status limit 2"}
        assert "limit call_rows" in post(url, [ask] * 2, headers).text
    with serving(call_seconds=0.000001) as (url, headers, _):
        assert "limit call_seconds" in post(url, QUERY, headers).text


def test_an_action_that_is_no_text_is_told_so() -> None:
    with serving() as (url, headers, _):
        hostile: list[Any] = [[], {}, 7, None]
        for action in hostile:
            refused = post(url, [{"action": action}], headers).json()
            assert (refused["exception"], "action" in refused["content"]) == ("ValidationError", True)


PAGE = {"origin": "https://evil.example", "content-type": "text/plain"}


def test_pages_from_elsewhere_may_not_call() -> None:
    with serving() as (url, headers, _):
        refused = post(url, QUERY, {**headers, **PAGE})
        assert refused.status_code == 403
        assert "--allow-origin https://evil.example" in refused.json()["content"]
        asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        assert requests.options(f"{url}/api", headers=asked, timeout=60).status_code == 400
        own = {"origin": "http://localhost:3000"}
        assert post(url, QUERY, {**headers, **own}).json()[0]["data"]


def test_pages_from_elsewhere_may_not_listen_to_events() -> None:
    with serving() as (url, headers, _):
        own, elsewhere = ({**headers, "origin": origin} for origin in ("http://localhost:3000", PAGE["origin"]))
        refused = requests.get(f"{url}/socket.io/1/", headers=elsewhere, timeout=60)
        assert refused.status_code == 403
        assert "--allow-origin https://evil.example" in refused.json()["content"]
        ticket = requests.get(f"{url}/socket.io/1/", headers=own, timeout=60).text.partition(":")[0]
        upgrade = [
            f"GET /socket.io/1/websocket/{ticket} HTTP/1.1",
            "host: x",
            "origin: https://evil.example",
            "connection: Upgrade",
            "upgrade: websocket",
            "sec-websocket-version: 13",
            "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        with connected(url) as connection:
            connection.sendall("\r\n".join([*upgrade, "", ""]).encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("allowed", ["https://evil.example", "*"])
def test_pages_that_are_allowed_may(allowed: str) -> None:
    with serving(Options(allow_origin=(allowed,))) as (url, headers, _):
        answer = post(url, QUERY, {**headers, **PAGE})
        assert answer.json()[0]["data"]
        assert answer.headers["access-control-allow-origin"] == "https://evil.example"
        asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        asked["access-control-request-headers"] = "content-type,ftrack-api-key,ftrack-user"
        assert requests.options(f"{url}/api", headers=asked, timeout=60).ok


def test_links_never_lead_where_a_caller_says() -> None:
    ask = [{"action": "get_widget_url", "name": "tasks", "theme": None}]
    with serving() as (url, headers, _):
        link = post(url, ask, {**headers, "host": "evil.example"}).json()
        assert url in json.dumps(link)
        assert "evil" not in json.dumps(link)
        assert "evil" not in requests.get(url, headers={"host": "evil.example"}, timeout=60).text
    with serving(Options(public_url="https://tracking.example/")) as (url, headers, _):
        assert "https://tracking.example/widget" in json.dumps(post(url, ask, headers).json())


def test_every_page_says_that_nobody_may_frame_it() -> None:
    with serving() as (url, _, _):
        for path in ("/", "/entity?type=task&id=x", "/widget?token=x", "/healthz", "/readyz", "/nowhere"):
            headers = requests.get(url + path, timeout=60).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.slow
def test_strangers_cannot_fill_a_small_table_of_descriptors() -> None:
    """As the attack was: hundreds of half-sent requests, and then somebody who means it."""
    half = b"POST /api HTTP/1.1\r\nhost: x\r\n"
    with serving(address_connections=100, header_seconds=1.0) as (url, headers, _), ExitStack() as stack:
        held = [stack.enter_context(connected(url)) for _ in range(300)]
        for connection in held:
            connection.sendall(half)
        for connection in held:
            assert received(connection).partition("\r\n")[0][:10] in ("", "HTTP/1.1 4")
        assert post(url, QUERY, headers).json()[0]["data"]


def test_nobody_hears_of_those_who_leave(logged: Logged) -> None:
    with serving() as (url, headers, _):
        lines = [f"{name}: {value}" for name, value in headers.items()]
        for _ in range(5):
            with connected(url) as connection:
                connection.sendall(
                    "\r\n".join(["POST /api HTTP/1.1", "host: x", *lines, "content-length: 9", "", "["]).encode()
                )
        assert post(url, QUERY, headers).json()[0]["data"]
    assert logged() == ""


HUGE = [2**63, 2**64 - 1]


@pytest.mark.slow
@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize(
    ("action", "entity_type", "data", "key"),
    [
        ("create", "Status", {"name": "x", "sort": "NUMBER"}, None),
        ("create", "FileComponent", {"name": "x", "size": "NUMBER"}, None),
        ("update", "Event", {}, ["NUMBER"]),
        ("delete", "Event", {}, ["NUMBER"]),
    ],
)
def test_numbers_that_no_database_holds_are_refused_in_words(
    number: int, action: str, entity_type: str, data: dict[str, Any], key: list[Any] | None
) -> None:
    operation = {"action": action, "entity_type": entity_type, "entity_data": data, "entity_key": key or ["x"]}
    text = json.dumps([operation]).replace('"NUMBER"', str(number))
    with serving() as (url, headers, _):
        refused = post(url, text.encode(), headers).json()
    assert refused["exception"] in ("ValidationError", "ValueError")
    assert "number" in refused["content"] or str(number) in refused["content"]


def test_a_custom_attribute_value_without_a_key_is_refused_in_words() -> None:
    with serving() as (url, headers, _):
        value = {"action": "create", "entity_type": "CustomAttributeValue", "entity_data": {"value": "x"}}
        refused = post(url, [value], headers).json()
    assert refused["exception"] == "ValidationError"
    assert "lacks a value for configuration_id" in refused["content"]


@pytest.mark.parametrize("path", [b"/component/get?id=\xd0&username=\xff", b"/api/?\xff", b"/nowhere?\xd0"])
def test_addresses_that_are_no_text_are_answered_in_words(path: bytes, logged: Logged) -> None:
    with serving() as (url, _, _), connected(url) as connection:
        connection.sendall(b"GET " + path + b" HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n")
        answer = received(connection)
    assert answer.startswith("HTTP/1.1 4")
    assert "evil.example" not in answer, "and nobody is sent where the Host header says"
    assert "ERROR" not in logged()


@pytest.mark.parametrize("depth", [190, 300])
def test_a_call_that_waits_with_a_deep_value_is_answered(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    with serving() as (url, headers, _):
        body = f'[{{"action": "events", "after": null, "wait": 0.1, "more": {deep}}}]'
        answer = requests.post(f"{url}/api", body, headers={**headers, "ftrack-strict-api": "true"}, timeout=60)
    assert answer.status_code == (200 if depth < 200 else 400), answer.text


def test_a_deep_value_of_an_attribute_is_refused_in_words() -> None:
    deep = {"entity_type": "CustomAttributeConfiguration", "entity_data": {"default": 1}}
    body = json.dumps([{"action": "create", **deep}]).replace("1", "[" * 300 + "]" * 300)
    with serving() as (url, headers, _):
        answer = requests.post(f"{url}/api", body, headers={**headers, "ftrack-strict-api": "true"}, timeout=60)
    assert (answer.status_code, "nested too deep" in answer.text) == (400, True), answer.text
