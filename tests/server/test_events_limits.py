"""What one client may ask of the hub, and what becomes of those who do not read or are gone."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import websocket
from ftrack_api.event.base import Event

from hubs import hub_at, listen, run_until, until
from server.guarded import Person, update
from trackteroid.server import EmbeddedServer
from trackteroid.server.core.options import Limits
from trackteroid.server.events import hub, members


@contextmanager
def served(**limits: Any) -> Iterator[tuple[EmbeddedServer, str]]:
    server = EmbeddedServer("sqlite://", limits=Limits(**limits))
    with closing(server), server.listening() as url:
        yield server, url


def ticket(server: EmbeddedServer, url: str, person: Person | None = None) -> str:
    user, key = (person.name, person.key) if person else (server.username, server.api_key)
    headers = {"ftrack-user": user, "ftrack-api-key": key}
    return requests.get(f"{url}/socket.io/1/", headers=headers, timeout=60).text.split(":")[0]


@contextmanager
def raw(server: EmbeddedServer, url: str, person: Person | None = None) -> Iterator[Any]:
    """A WebSocket without a client around it."""
    parts = urlsplit(url)
    address = f"ws://{parts.netloc}/socket.io/1/websocket/{ticket(server, url, person)}"
    # websocket-client leaves sockets open now and then.
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        yield websocket.create_connection(address, socket=connection, timeout=60)


def event(topic: str, number: int | None = None, **fields: Any) -> str:
    sent = json.dumps({"name": "ftrack.event", "args": [{"topic": topic, **fields}]})
    return f"5:{'' if number is None else f'{number}+'}::{sent}"


def subscribe(subscriber: str, subscription: str, number: int) -> str:
    data = {"subscriber": {"id": subscriber}, "subscription": subscription}
    return event("ftrack.meta.subscribe", number, data=data)


def next_but_heartbeats(client: Any) -> str:
    while (packet := client.recv()) == "2::":
        pass
    return packet


def told_at_the_end(client: Any) -> list[str]:
    """What comes until the connection ends."""
    packets: list[str] = []
    with suppress(websocket.WebSocketConnectionClosedException, ConnectionError):
        while packet := client.recv():
            packets.append(packet)
    return packets


def test_packets_are_as_the_clients_read_them() -> None:
    with served() as (server, url), raw(server, url) as client:
        assert (client.recv(), client.recv()) == ("1::", "2::")
        client.send(subscribe("s", "topic=studio.x", 1))
        assert next_but_heartbeats(client) == '6:::1+[{"success":true}]'
        client.send(event("studio.x", data=1, id="5"))  # as the JavaScript client does: no number, and no answer
        delivered = next_but_heartbeats(client)
        head, text = delivered[:4], delivered[4:]
        assert head == "5:::"
        (sent,) = json.loads(text)["args"]
        assert sent.keys() == {"id", "topic", "data", "sent", "source", "target", "inReplyToEvent"}
        client.send("0::")
        assert told_at_the_end(client) == []


def test_connections_are_limited() -> None:
    with served(hub_connections=1) as (server, url), raw(server, url):
        with pytest.raises(websocket.WebSocketBadStatusException) as caught, raw(server, url):
            pass
        assert caught.value.status_code == 413
    with served(hub_connections=1) as (server, url):
        for _ in range(2):
            with raw(server, url):
                pass
            until(lambda: not server.api.hub._members, "the hub to forget a client that has left")


def test_connections_of_the_hub_count_among_those_of_their_address() -> None:
    with served(address_connections=3) as (server, url), ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(raw(server, url))
        assert requests.get(url, timeout=60).status_code == 429
        stack.close()
        until(lambda: requests.get(url, timeout=60).status_code == 200, "the connections to be forgotten")


def test_subscriptions_are_limited() -> None:
    with served(hub_subscriptions=2) as (server, url), raw(server, url) as client:
        for number in (1, 2, 3):
            client.send(subscribe(f"s{number}", "topic=x", number))
        answers = [next_but_heartbeats(client) for _ in range(4)]
        assert [('"success":true' in answer, "hub_subscriptions" in answer) for answer in answers[1:]] == [
            (True, False),
            (True, False),
            (False, True),
        ]


def test_an_expression_that_cannot_be_read_is_told() -> None:
    with served() as (server, url), raw(server, url) as client:
        assert next_but_heartbeats(client) == "1::"
        client.send(subscribe("s", "topic=", 7))
        answer = next_but_heartbeats(client)
        assert answer.startswith('6:::7+[{"success":false')
        assert "expected a condition" in answer


@pytest.mark.parametrize("depth", [900, 5_000])
def test_an_event_that_is_nested_too_deeply_is_refused_in_words(depth: int) -> None:
    with served() as (server, url), raw(server, url) as client:
        client.recv()
        client.send(event("studio.x", 1, data=[]).replace("[]", "[" * depth + "]" * depth))
        assert "imit" in next_but_heartbeats(client)


def test_a_message_that_is_no_text_is_refused_in_words(logged: Callable[[], str]) -> None:
    with served() as (server, url), raw(server, url) as client:
        client.send_binary(b"\xff\xfe")
        assert any("no packet of Socket.IO" in packet for packet in told_at_the_end(client))
    assert "Traceback" not in logged()


def test_subscriptions_that_are_slow_to_match_count_for_several() -> None:
    with served(hub_subscriptions=10) as (server, url), raw(server, url) as client:
        client.recv()
        slow = " or ".join(f"data.x{number}!=1" for number in range(60))
        answers = []
        for number, expression in enumerate([slow, slow.replace("!", ""), "topic=a", "topic=b", "topic=c"], 1):
            client.send(subscribe(f"s{number}", expression, number))
            answers.append('"success":true' in next_but_heartbeats(client))
        assert answers == [True, False, True, True, False]
        client.send(event("studio.x", 9, target=" or ".join(["a=1"] * 65)))
        assert "64 comparisons" in next_but_heartbeats(client)


@pytest.mark.parametrize("size", [2_000, 200_000])
def test_an_event_that_is_too_long_ends_the_connection(size: int) -> None:
    with served(event_bytes=1_500) as (server, url), raw(server, url) as client:
        client.send(event("studio.x", 1, data="x" * size))
        last = told_at_the_end(client)
        if size < 2_500:
            assert any("event_bytes" in packet for packet in last)


@pytest.mark.slow
@pytest.mark.parametrize("limits", [{"waiting_events": 5}, {"waiting_bytes": 1_500_000}])
def test_a_client_that_does_not_read_is_let_go_and_told_and_the_others_hear_everything(limits: Any) -> None:
    with served(**limits) as (server, url), ExitStack() as stack:
        slow = stack.enter_context(raw(server, url))
        publisher = stack.enter_context(hub_at(url, server.username, server.api_key))
        reader = stack.enter_context(hub_at(url, server.username, server.api_key))
        slow.send(subscribe("slow", "topic=studio.x", 1))
        heard = listen(reader, "topic=studio.x")
        until(lambda: len(server.api.hub._subscriptions) == 4, "the slow one to be subscribed")
        sent = 0
        while not any(member.is_ending for member in list(server.api.hub._members)):
            publisher.publish(Event("studio.x", data={"number": sent, "text": "x" * 400_000}))
            sent += 1
            run_until(lambda sent=sent: len(heard) >= sent, reader)
            assert sent < 200
        assert [data["number"] for data in heard.data] == list(range(sent))
        read = told_at_the_end(slow)
        assert next(iter(limits)) in "".join(packet for packet in read if packet.startswith("7"))
        assert read[-1] == "0::"
        assert sum(packet.startswith("5") for packet in read) < sent


@pytest.mark.slow
def test_hearts_beat_and_whoever_does_not_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(members, "DEAD_SECONDS", 0.5)
    with served() as (server, url), ExitStack() as stack:
        silent = stack.enter_context(raw(server, url))
        alive = stack.enter_context(raw(server, url))
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            packet = alive.recv()
            assert packet in ("1::", "2::")
            alive.send("2:::")
        last = told_at_the_end(silent)
        assert "answered no heartbeat" in last[-2]


def test_a_connection_is_not_taken_for_a_request_that_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "HEARTBEAT_SECONDS", 0.3)
    with served(header_seconds=0.1) as (server, url), raw(server, url) as client:
        assert [client.recv() for _ in range(4)] == ["1::", "2::", "2::", "2::"]


def test_a_server_that_stops_says_so() -> None:
    server = EmbeddedServer("sqlite://")
    with server.listening() as url, raw(server, url) as client:
        assert next_but_heartbeats(client) == "1::"
        server.close()
        assert any("The server has stopped" in packet for packet in told_at_the_end(client))


def test_a_database_that_is_open_for_reading_only_has_no_hub(tmp_path: Any) -> None:
    path = (tmp_path / "x.db").as_posix()
    EmbeddedServer(f"sqlite:///{path}").close()
    server = EmbeddedServer(f"sqlite:///{path}?mode=ro")
    with closing(server), server.listening() as url:
        headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
        answer = requests.get(f"{url}/socket.io/1/", headers=headers, timeout=60)
        assert answer.status_code == 403
        assert "mode=ro" in answer.json()["content"]


_NEW_KEY = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User"}


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        (lambda person: {**_NEW_KEY, "entity_key": person.id}, "API key of ann"),
        (lambda person: update("User", person.id, is_active=False), "ann is not active"),
    ],
    ids=["key", "user"],
)
def test_whoever_may_not_come_in_any_more_is_let_go_at_once(
    taken: Any, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "CHECK_SECONDS", 0.05)
    with served() as (server, url):
        ann = Person(server, "ann")
        with raw(server, url, ann) as client, raw(server, url) as other:
            server.call([taken(ann)])
            assert told in "".join(told_at_the_end(client))
            other.send(event("studio.x", 1))
            while not (answer := next_but_heartbeats(other)).startswith("6:"):
                pass
            assert "success" in answer
            with pytest.raises(websocket.WebSocketBadStatusException), raw(server, url, ann):
                pass
