"""What programs do with the event hub of `ftrack_api`: each of it does with this server what it does with the original.

Connecting and letting go, waiting, subscribing at odd moments, replies, errors, and what goes over the wire. What is
heard by whom is in `test_events`.
"""

from __future__ import annotations

import json
import logging
import platform
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ftrack_api
import ftrack_api.exception
import pytest
import websocket
from ftrack_api.event.base import Event
from ftrack_api.event.expression import Parser
from ftrack_api.event.hub import EventHub

from conformance.test_events import Place, place, running  # noqa: F401 - fixtures
from hubs import Heard, listen, run_until, settle, until
from postgres.cluster import cluster  # noqa: F401 - a fixture
from trackteroid.server.events import members

Error = ftrack_api.exception.EventHubConnectionError


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> Any:
    with caplog.at_level(logging.WARNING):
        yield


@pytest.fixture
def alone(place: Place) -> EventHub:  # noqa: F811 - the fixture
    """A hub that has not been connected."""
    server = place.servers[0]
    hub = EventHub(place.urls[0], server.username, server.api_key)
    place.stack.callback(lambda: hub.connected and leave(hub))
    return hub


def leave(hub: EventHub, **options: Any) -> None:
    """Disconnect, and close the socket, which websocket-client may leave open."""
    with hub._connection.sock:
        hub.disconnect(**options)


def is_known(place: Place, identifier: str) -> bool:  # noqa: F811
    """Whether a server knows a subscriber."""
    return any(server.api.hub._subscriptions.called(identifier) for server in place.servers)


# Where it connects


def test_a_hub_says_where_it_connects(alone: EventHub, place: Place) -> None:  # noqa: F811
    url = place.urls[0]
    assert alone.get_server_url() == url
    assert alone.get_network_location() == url.removeprefix("http://")
    assert not alone.secure
    alone.connect()
    assert alone.connected


@pytest.mark.parametrize(
    ("url", "location", "is_secure"),
    [
        ("https://studio.example", "studio.example", True),
        ("https://studio.example:8443", "studio.example:8443", True),
        ("http://studio.example", "studio.example", False),
    ],
)
def test_addresses_may_have_a_port_and_be_secure(url: str, location: str, is_secure: bool) -> None:
    hub = EventHub(url, "demo", "key")
    assert (hub.get_server_url(), hub.get_network_location(), hub.secure) == (url, location, is_secure)


@pytest.mark.parametrize("url", ["studio.example", "http://", "https://:8443"])
def test_an_address_without_a_scheme_or_a_host_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="server"):
        EventHub(url, "demo", "key")


# Connecting and letting go


def test_a_hub_is_connected_from_connecting_until_disconnecting(alone: EventHub) -> None:
    seen = [alone.connected]
    alone.connect()
    seen.append(alone.connected)
    with pytest.raises(Error, match="Already connected"):
        alone.connect()
    leave(alone)
    seen.append(alone.connected)
    assert seen == [False, True, False]
    with pytest.raises(Error, match="Not currently connected"):
        alone.disconnect()


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Error, match="Failed to connect"):
        EventHub(f"http://127.0.0.1:{port}", "demo", "key").connect()


def test_a_websocket_that_cannot_be_made_is_told(alone: EventHub, monkeypatch: pytest.MonkeyPatch) -> None:
    with unreachable(monkeypatch), pytest.raises(Error, match="no route"):
        alone.connect()
    alone.connect()
    assert alone.connected


def test_the_client_insists_on_the_transport_that_the_server_offers(
    alone: EventHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = alone._get_socket_io_session()
    assert ticket.supportedTransports == ["websocket"]
    monkeypatch.setattr(alone, "_get_socket_io_session", lambda: ticket._replace(supportedTransports=["polling"]))
    with pytest.raises(Error, match="does not support websocket"):
        alone.connect()


@pytest.mark.parametrize(
    ("options", "subscribers", "queues"),
    [
        ({}, 0, False),
        ({"unsubscribe": False}, 2, False),
        ({"unsubscribe": False, "reconnect": True}, 2, True),
    ],
    ids=["for good", "keeping subscribers", "to connect again"],
)
def test_whoever_disconnects_is_forgotten_by_the_server(
    place: Place,  # noqa: F811
    alone: EventHub,
    options: dict[str, bool],
    subscribers: int,
    queues: bool,
) -> None:
    alone.connect()
    listen(alone, "topic=studio.x", subscriber={"id": f"left-{alone.id}"})
    assert is_known(place, f"left-{alone.id}")
    leave(alone, **options)
    until(lambda: not is_known(place, f"left-{alone.id}"), "the server to forget the subscriber")
    assert len(alone._subscribers) == subscribers
    if queues:
        assert alone.publish(Event("studio.later"))
    else:
        with pytest.raises(Error):
            alone.publish(Event("studio.later"))


def test_a_session_that_is_closed_lets_its_hub_go(place: Place) -> None:  # noqa: F811
    server = place.servers[0]
    session = ftrack_api.Session(
        place.urls[0], server.api_key, server.username, plugin_paths=[], auto_connect_event_hub=False
    )
    hub = session.event_hub
    hub.connect()
    listen(hub, "topic=studio.x", subscriber={"id": f"closed-{hub.id}"})
    with hub._connection.sock:
        session.close()
    assert not hub.connected
    until(lambda: not is_known(place, f"closed-{hub.id}"), "the server to forget the subscriber")


def test_a_hub_that_was_never_connected_may_reconnect(alone: EventHub) -> None:
    alone.reconnect()
    assert alone.connected
    heard = listen(alone, "topic=studio.x")
    alone.publish(Event("studio.x"))
    run_until(lambda: heard, alone)


def test_reconnecting_in_vain_is_told_with_the_number_of_tries(
    alone: EventHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.connect()
    lost = alone._connection.sock
    with lost, unreachable(monkeypatch), pytest.raises(Error, match=r"Failed to reconnect .* after 2 attempts"):
        alone.reconnect(attempts=2, delay=0.01)
    alone.reconnect(attempts=1, delay=0.01)
    assert alone.connected


@contextmanager
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A block in which no websocket can be made."""

    def fail(*_: Any, **__: Any) -> Any:
        raise OSError("no route")

    with monkeypatch.context() as patched:
        patched.setattr(websocket, "create_connection", fail)
        yield


# Waiting


def test_events_are_handled_by_waiting_and_not_before(place: Place) -> None:  # noqa: F811
    hub = place.hub()
    heard = listen(hub, "topic=studio.x")
    hub.publish(Event("studio.x"))
    until(lambda: any(event["topic"] == "studio.x" for event in list(hub._event_queue.queue)), "the event to come")
    assert heard == []
    run_until(lambda: heard, hub)
    assert heard.topics == ["studio.x"]


def test_waiting_ends_when_the_connection_does(place: Place) -> None:  # noqa: F811
    hub = place.hub()
    told = listen(hub, "topic=ftrack.meta.disconnected")
    hub._event_queue.put(Event("ftrack.meta.disconnected"))
    hub.wait()
    assert told.topics == ["ftrack.meta.disconnected"]


# Subscribing


def test_subscribers_are_found_by_their_id(place: Place) -> None:  # noqa: F811
    hub = place.hub()
    heard = listen(hub, "topic=studio.x", subscriber={"id": "known-1"})
    found = hub.get_subscriber_by_identifier("known-1")
    assert (found.callback, found.metadata) == (heard, {"id": "known-1"})
    assert found.interested_in(Event("studio.x"))
    assert not found.interested_in(Event("studio.y"))
    assert hub.get_subscriber_by_identifier("nobody") is None


def test_whoever_subscribes_before_connecting_hears_what_comes_afterwards(
    place: Place,  # noqa: F811
    alone: EventHub,
) -> None:
    heard, other = Heard(), Heard()
    alone.subscribe("topic=studio.x", heard, subscriber={"id": f"early-{alone.id}"})
    alone.subscribe("topic=studio.y", other)
    assert not is_known(place, f"early-{alone.id}")
    alone.connect()
    settle(alone)
    place.hub().publish(Event("studio.x"))
    run_until(lambda: heard, alone)
    assert (heard.topics, other) == (["studio.x"], [])


def test_of_two_subscribers_one_may_leave(place: Place) -> None:  # noqa: F811
    hub = place.hub()
    gone, stays = Heard(), Heard()
    leaving = hub.subscribe("topic=studio.x", gone)
    hub.subscribe("topic=studio.x", stays)
    settle(hub)
    assert is_known(place, leaving)
    hub.unsubscribe(leaving)
    settle(hub)
    assert not is_known(place, leaving)
    hub.publish(Event("studio.x"))
    run_until(lambda: stays, hub)
    assert gone == []


def test_whoever_unsubscribes_while_disconnected_is_not_subscribed_again(
    place: Place,  # noqa: F811
    alone: EventHub,
) -> None:
    alone.connect()
    gone, stays = Heard(), listen(alone, "topic=studio.x")
    leaving = alone.subscribe("topic=studio.x", gone)
    settle(alone)
    leave(alone, unsubscribe=False)
    alone.unsubscribe(leaving)
    alone.connect()
    settle(alone)
    until(lambda: not is_known(place, leaving), "the server to forget the connection before")
    alone.publish(Event("studio.x"))
    run_until(lambda: stays, alone)
    assert gone == []


def test_whoever_is_not_subscribed_cannot_unsubscribe(place: Place) -> None:  # noqa: F811
    with pytest.raises(ftrack_api.exception.NotFoundError, match="nobody-1"):
        place.hub().unsubscribe("nobody-1")


@pytest.mark.parametrize("operator", ["=", "!=", ">", ">=", "<", "<="])
def test_what_is_sent_is_what_the_client_would_handle(place: Place, operator: str) -> None:  # noqa: F811
    publisher, listener = place.hub(), place.hub()
    listen(listener, "topic=studio.fence")
    data = {"count": "10", "change": {"count": "10"}}
    for number, text in enumerate(
        f"{field}{operator}{value}"
        for field in ("data.count", "data.change.count")
        for value in ("0", "10", "20", "1*", "2*")
    ):
        topic = f"studio.counted-{number}"
        subscriber = listener.subscribe(f"topic={topic} and {text}", Heard())
        settle(listener)
        publisher.publish(event := Event(topic, data=data))
        publisher.publish(Event("studio.fence"))
        assert (topic in sent_until_fence(listener)) is Parser().parse(text).match(event), text
        listener.unsubscribe(subscriber)


def sent_until_fence(hub: EventHub) -> list[str]:
    """The topics of what the server sends to a client, before the client itself chooses, up to a fence."""
    topics: list[str] = []
    while "studio.fence" not in topics:
        topics.append(hub._event_queue.get(timeout=60)["topic"])
    return topics


# Publishing


@pytest.mark.parametrize(
    "source",
    [{}, {"id": "mine"}, {"user": {"username": "demo"}}, {"id": "mine", "user": {"username": "demo"}, "host": "h"}],
    ids=lambda source: ",".join(source) or "nothing",
)
def test_whatever_the_publisher_says_of_itself_listeners_learn_the_rest(
    place: Place,  # noqa: F811
    source: dict[str, Any],
) -> None:
    publisher, listener = place.hub(), place.hub()
    heard = listen(listener, "topic=studio.x")
    publisher.publish(Event("studio.x", id="event-1", source=dict(source)))
    run_until(lambda: heard, listener)
    found = heard[0]["source"]
    assert heard[0]["id"] == "event-1"
    assert found["id"] == source.get("id", publisher.id)
    assert found["user"]["username"] == "demo"
    assert found["host"] == source.get("host", platform.node())


def test_all_who_answer_are_heard_and_say_who_they_are(place: Place) -> None:  # noqa: F811
    asking, answering = place.hub(), place.hub()
    for name in ("one", "two"):
        listen(answering, "topic=studio.ask", name, subscriber={"id": f"{name}-{answering.id}"})
    listen(answering, "topic=studio.ask", None)
    answers = Heard()
    asking.publish(question := Event("studio.ask"), on_reply=answers)
    run_until(lambda: len(answers) >= 2, asking, answering)
    assert sorted(answers.data) == ["one", "two"]
    assert {each["source"]["id"] for each in answers} == {f"{name}-{answering.id}" for name in ("one", "two")}
    assert {each["target"] for each in answers} == {f"id={asking.id}"}
    assert {each["in_reply_to_event"] for each in answers} == {question["id"]}


def test_a_question_that_waits_for_the_connection_is_answered_after_it(place: Place, alone: EventHub) -> None:  # noqa: F811
    listen(place.hub(), "topic=studio.other", "no")
    alone.subscribe("topic=studio.ask", Heard("yes"))
    alone.init_connection()  # type: ignore[attr-defined]
    answers = Heard()
    alone.publish(Event("studio.ask"), on_reply=answers)
    assert alone._event_send_queue.qsize() == 1
    alone.connect()
    run_until(lambda: answers, alone)
    assert (answers.data, alone._event_send_queue.qsize()) == (["yes"], 0)


@pytest.mark.parametrize("is_told", [True, False])
def test_errors_of_publishing_without_a_connection_are_raised_unless_they_are_to_be_ignored(
    place: Place,  # noqa: F811
    is_told: bool,
) -> None:
    hub = place.hub()
    leave(hub)
    if is_told:
        with pytest.raises(Error):
            hub.publish(Event("studio.x"), on_error="raise")
    else:
        assert hub.publish(Event("studio.x"), on_error="ignore") is None


def test_other_errors_of_publishing_are_logged(
    place: Place,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hub = place.hub()
    heard = listen(hub, "topic=studio.x")

    def fail(*_: Any) -> None:
        raise ValueError("not this time")

    with monkeypatch.context() as patched:
        patched.setattr(hub._connection, "send", fail)
        hub.publish(lost := Event("studio.x"))
    assert f"Error sending event {lost}." in caplog.text
    hub.publish(Event("studio.x", data="again"))
    run_until(lambda: heard, hub)
    assert heard.data == ["again"]
    hub._packet_callbacks.clear()  # that of the one that was never sent


def test_an_event_says_that_it_is_stopped_and_what_it_is() -> None:
    event = Event("studio.x", id="event-1")
    told = [event.is_stopped()]
    for _ in range(2):
        event.stop()
        told.append(event.is_stopped())
    assert told == [False, True, True]
    assert "event-1" in str(event)


# Over the wire


def test_names_are_those_of_the_wire_outside_and_of_python_inside(place: Place) -> None:  # noqa: F811
    publisher, listener = place.hub(), place.hub()
    heard = listen(listener, "topic=studio.x")
    sent, received = spied(publisher, "_encode"), spied(listener, "_decode")
    publisher.publish(Event("studio.x", in_reply_to_event="event-0"))
    run_until(lambda: heard, listener)
    (out,), (incoming,) = ([each for each in packets if "studio.x" in each] for packets in (sent, received))
    for packet in (out, incoming):
        (event,) = json.loads(packet)["args"]
        assert event["inReplyToEvent"] == "event-0"
        assert "in_reply_to_event" not in event
    assert heard[0]["in_reply_to_event"] == "event-0"


def spied(hub: EventHub, name: str) -> list[str]:
    """The text that a hub makes or reads with a method, from now on."""
    seen, method = list[str](), getattr(hub, name)

    def spying(given: Any) -> Any:
        result = method(given)
        seen.append(result if isinstance(result, str) else given)
        return result

    setattr(hub, name, spying)
    return seen


def test_a_client_that_only_answers_heartbeats_stays_connected(
    place: Place,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(members, "HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr(members, "DEAD_SECONDS", 5)
    publisher, listener = place.hub(), place.hub()
    heard = listen(listener, "topic=studio.x")
    before, beats = listener._connection, spied_heartbeats(listener)
    until(lambda: len(beats) >= 20, "hearts to beat")
    publisher.publish(Event("studio.x"))
    run_until(lambda: heard, listener)
    assert listener._connection is before


def spied_heartbeats(hub: EventHub) -> list[None]:
    beats, send = list[None](), hub._send_packet

    def sending(kind: str, *given: Any, **named: Any) -> Any:
        if kind == hub._code_name_mapping["heartbeat"]:
            beats.append(None)
        return send(kind, *given, **named)

    hub._send_packet = sending
    return beats
