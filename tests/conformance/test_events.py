"""The event hub, as the unmodified Python client knows it: with one server, and with two of one database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ftrack_api.exception
import pytest
import requests
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub
from ftrack_api.event.subscriber import Subscriber

from hubs import PATIENCE, Heard, hub_at, listen, run_until, settle, until
from postgres.cluster import cluster  # noqa: F401 - a fixture
from trackteroid.server import EmbeddedServer


@dataclass
class Place:
    """Servers of one database, which new hubs connect to in turns."""

    servers: list[EmbeddedServer]
    urls: list[str]
    stack: ExitStack = field(default_factory=ExitStack)
    turns: int = 0

    def hub(self) -> EventHub:
        turn = self.turns % len(self.urls)
        self.turns += 1
        server = self.servers[turn]
        return self.stack.enter_context(hub_at(self.urls[turn], server.username, server.api_key))


@pytest.fixture(scope="module", params=["one", "two on SQLite", "two on PostgreSQL"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if "PostgreSQL" in request.param:
        database = request.getfixturevalue("cluster").new_database()
    else:
        path: Path = tmp_path_factory.mktemp("hub") / "hub.db"
        database = f"sqlite:///{path.as_posix()}"
    with ExitStack() as stack:
        servers = [EmbeddedServer(database) for _ in range(1 if request.param == "one" else 2)]
        for server in servers:
            stack.callback(server.close)
        yield Place(servers, [stack.enter_context(server.listening()) for server in servers])


@pytest.fixture
def place(running: Place) -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(running.servers, running.urls, stack)


@pytest.fixture
def hubs(place: Place) -> tuple[EventHub, EventHub]:
    return place.hub(), place.hub()


@pytest.fixture(autouse=True)
def _errors_are_logged(caplog: pytest.LogCaptureFixture) -> Any:
    with caplog.at_level(logging.WARNING):
        yield


@pytest.mark.parametrize(
    ("subscription", "reached"),
    [
        ("topic=studio.made", True),
        ("topic=studio.*", True),
        ("topic=*", True),
        ("topic=studio.made and data.kind=Shot", True),
        ("topic=studio.made and data.kind=Task", False),
        ("topic=studio.made and source.user.username=demo", True),
        ("topic=studio.made and not source.user.username=demo", False),
        ("topic=other or data.kind='Shot'", True),
    ],
)
def test_whoever_subscribes_hears_what_they_want(
    hubs: tuple[EventHub, EventHub], subscription: str, reached: bool
) -> None:
    publisher, listener = hubs
    heard, all_of_it = listen(listener, subscription), listen(listener, "topic=studio.*")
    publisher.publish(Event("studio.made", data={"kind": "Shot", "name": "größe 🎬"}))
    run_until(lambda: all_of_it, listener)
    assert bool(heard) is reached
    assert all_of_it.data == [{"kind": "Shot", "name": "größe 🎬"}]


def test_an_event_says_who_has_published_it(hubs: tuple[EventHub, EventHub], place: Place) -> None:
    publisher, listener = hubs
    heard = listen(listener, "topic=studio.x")
    pretended = {"id": publisher.id, "applicationId": "tool", "user": {"username": "somebody else", "extra": 1}}
    publisher.publish(Event("studio.x", source=pretended))
    run_until(lambda: heard, listener)
    source, user = heard[0]["source"], heard[0]["source"]["user"]
    assert (source["id"], source["applicationId"]) == (publisher.id, "tool")
    assert (user["username"], user["extra"], len(user["id"])) == ("demo", 1, 36)
    assert (heard[0]["sent"], heard[0]["target"], heard[0]["in_reply_to_event"]) == (None, "", None)


def test_the_publisher_hears_itself(hubs: tuple[EventHub, EventHub]) -> None:
    heard = listen(hubs[0], "topic=studio.x")
    hubs[0].publish(Event("studio.x"))
    run_until(lambda: heard, hubs[0])
    assert len(heard) == 1


def test_events_come_in_order_once_each_however_many_want_them(hubs: tuple[EventHub, EventHub]) -> None:
    publisher, listener = hubs
    first, second = listen(listener, "topic=studio.x"), listen(listener, "data.number=*")
    for number in range(300):
        publisher.publish(Event("studio.x", data={"number": str(number)}))
    run_until(lambda: len(second) >= 300, listener)
    assert first.data == second.data == [{"number": str(number)} for number in range(300)]


def test_a_callback_answers(hubs: tuple[EventHub, EventHub]) -> None:
    asking, answering = hubs
    listen(answering, "topic=studio.ask", {"items": ["a"]}, subscriber={"id": "answering-1", "name": "n"})
    answers = Heard()
    event = Event("studio.ask")
    asking.publish(event, on_reply=answers)
    run_until(lambda: answers, asking, answering)
    assert answers.data == [{"items": ["a"]}]
    assert answers[0]["in_reply_to_event"] == event["id"]
    assert answers[0]["source"]["id"] == "answering-1"
    assert answers.topics == ["ftrack.meta.reply"]


def test_a_reply_reaches_only_whoever_asked(place: Place) -> None:
    asking, answering, third = place.hub(), place.hub(), place.hub()
    listen(answering, "topic=studio.ask", "yes")
    overheard = listen(third, "topic=ftrack.meta.reply")
    after = listen(third, "topic=studio.after")
    answers = Heard()
    asking.publish(Event("studio.ask"), on_reply=answers)
    run_until(lambda: answers, asking, answering)
    asking.publish(Event("studio.after"))
    run_until(lambda: after, third)
    assert overheard == []


def test_a_target_names_subscribers(hubs: tuple[EventHub, EventHub]) -> None:
    publisher, listener = hubs
    meant = listen(listener, "topic=studio.x", subscriber={"id": "meant-1", "role": "lead"})
    others = listen(listener, "topic=studio.x", subscriber={"id": "other-1", "role": "artist"})
    for target in ("role=lead", "id=meant-1", "id=nobody", ""):
        publisher.publish(Event("studio.x", data=target, target=target))
    run_until(lambda: others, listener)
    assert meant.data == ["role=lead", "id=meant-1", {}]
    assert others.data == [{}]


def test_synchronous_events_stay_in_the_process_and_bring_results(hubs: tuple[EventHub, EventHub]) -> None:
    publisher, listener = hubs
    elsewhere = listen(listener, "topic=studio.*")
    order: list[int] = []
    for priority in (30, 10, 20):
        publisher.subscribe("topic=studio.x", lambda _, p=priority: order.append(p) or p, priority=priority)
    assert publisher.publish(Event("studio.x"), synchronous=True) == [10, 20, 30] == order
    publisher.publish(Event("studio.after"))
    run_until(lambda: elsewhere, listener)
    assert elsewhere.topics == ["studio.after"]


def test_callbacks_come_by_priority_until_one_stops_the_event(hubs: tuple[EventHub, EventHub]) -> None:
    publisher, listener = hubs
    order: list[str] = []
    listener.subscribe("topic=studio.x", lambda _: order.append("late"), priority=200)
    listener.subscribe("topic=studio.x", lambda event: order.append("stops") or event.stop(), priority=20)
    listener.subscribe("topic=studio.x", lambda _: order.append("first"), priority=10)
    settle(listener)
    publisher.publish(Event("studio.x"))
    run_until(lambda: len(order) >= 2, listener)
    listener.wait(0.05)
    assert order == ["first", "stops"]


def test_a_callback_that_fails_leaves_the_others_alone(
    hubs: tuple[EventHub, EventHub], caplog: pytest.LogCaptureFixture
) -> None:
    publisher, listener = hubs

    def fail(_: Event) -> None:
        raise RuntimeError("mine")

    listener.subscribe("topic=studio.x", fail, priority=1)
    heard = listen(listener, "topic=studio.x")
    publisher.publish(Event("studio.x"))
    run_until(lambda: heard, listener)
    assert "Error calling subscriber" in caplog.text


def test_whoever_unsubscribes_hears_no_more(hubs: tuple[EventHub, EventHub]) -> None:
    publisher, listener = hubs
    gone, stays = Heard(), listen(listener, "topic=studio.*")
    with listener.subscription("topic=studio.x", gone):
        settle(listener)
        publisher.publish(Event("studio.x"))
        run_until(lambda: gone, listener)
    settle(listener)
    publisher.publish(Event("studio.x"))
    publisher.publish(Event("studio.y"))
    run_until(lambda: len(stays) >= 3, listener)
    assert len(gone) == 1


def test_one_id_has_one_subscriber_on_a_connection(
    hubs: tuple[EventHub, EventHub], caplog: pytest.LogCaptureFixture
) -> None:
    hub = hubs[0]
    heard = listen(hub, "topic=studio.x", subscriber={"id": "only-1"})
    with pytest.raises(ftrack_api.exception.NotUniqueError):
        hub.subscribe("topic=studio.y", Heard(), subscriber={"id": "only-1"})
    # As a client would that does not look itself:
    for subscription in ("topic=studio.x", "topic=studio.y"):
        hub._notify_server_about_subscriber(Subscriber(subscription, heard, {"id": "only-1"}, 100))
    settle(hub)
    assert caplog.text.count("has a subscriber with the id only-1 already") == 1
    hub.publish(Event("studio.x"))
    run_until(lambda: heard, hub)
    assert len(heard) == 1


def test_after_connecting_again_everything_is_as_before(hubs: tuple[EventHub, EventHub]) -> None:
    publisher, listener = hubs
    heard = listen(listener, "topic=studio.x", subscriber={"id": f"again-{listener.id}"})
    lost = listener._connection.sock
    listener.reconnect(attempts=5, delay=0.1)
    lost.close()
    settle(listener)
    publisher.publish(Event("studio.x"))
    run_until(lambda: heard, listener)
    assert len(heard) == 1


def test_a_connection_that_breaks_is_made_again_by_the_client(hubs: tuple[EventHub, EventHub]) -> None:
    publisher, listener = hubs
    heard = listen(listener, "topic=studio.x")
    connected = listen(listener, "topic=ftrack.meta.connected")
    listener.wait(0.05)
    connected.clear()
    with listener._connection.sock as socket, connecting_again(listener):
        socket.shutdown(2)
    publisher.publish(Event("studio.x"))
    run_until(lambda: heard and connected, listener)
    assert len(heard) == 1


@contextmanager
def connecting_again(hub: EventHub) -> Iterator[None]:
    """Break a connection, and wait until the client has connected and subscribed again."""
    before, thread = hub._connection, hub._processor_thread
    yield
    thread.join(PATIENCE)  # which does both before it ends; until it has, the server knows some subscribers at most
    assert not thread.is_alive(), "the client did not connect again"
    assert hub.connected
    assert hub._connection is not before
    settle(hub)


def test_a_subscriber_that_comes_back_takes_the_place_of_the_one_that_hangs(place: Place) -> None:
    publisher, hanging, back = place.hub(), place.hub(), place.hub()
    identity = {"id": f"same-{publisher.id}"}
    listen(hanging, "topic=studio.x", subscriber=dict(identity))
    heard = listen(back, "topic=studio.x", subscriber=dict(identity))
    publisher.publish(Event("studio.x"))
    run_until(lambda: heard, back)
    assert len(heard) == 1
    back.unsubscribe(identity["id"])
    settle(back)


def test_the_first_thing_that_a_client_hears_is_that_it_is_connected(place: Place) -> None:
    server = place.servers[0]
    hub = EventHub(place.urls[0], server.username, server.api_key)
    heard = Heard()
    hub.subscribe("topic=ftrack.meta.connected", heard)
    hub.connect()
    run_until(lambda: heard, hub)
    with hub._connection.sock:
        hub.disconnect()
    assert not hub.connected
    with pytest.raises(ftrack_api.exception.EventHubConnectionError):
        hub.publish(Event("studio.x"))


def test_what_waits_for_a_connection_is_sent_afterwards(place: Place) -> None:
    listener, server = place.hub(), place.servers[0]
    heard = listen(listener, "topic=studio.early")
    hub = EventHub(place.urls[0], server.username, server.api_key)
    hub.init_connection()  # type: ignore[attr-defined]
    hub.publish(Event("studio.early"))
    hub.connect()
    run_until(lambda: heard, listener)
    with hub._connection.sock:
        hub.disconnect()


WRONG: dict[str, tuple[Callable[[EventHub], object], str]] = {
    "a target that is no expression": (lambda hub: hub.publish(Event("studio.x", target="((")), "expected a condition"),
    "no topic": (lambda hub: hub.publish(Event("")), "needs a topic"),
    "a source that is no object": (
        lambda hub: hub._emit_event_packet("x", {"topic": "t", "source": 5}, callback=logged(hub)),
        "source of an event is an object",
    ),
}


def logged(hub: EventHub) -> Callable[..., None]:
    return lambda answer: hub.logger.error(answer)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_an_event_is_told_and_the_connection_stays(
    hubs: tuple[EventHub, EventHub], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    send, complaint = WRONG[name]
    heard = listen(hubs[0], "topic=studio.fine")
    send(hubs[0])
    settle(hubs[0])
    until(lambda: complaint in caplog.text, "the complaint")
    hubs[0].publish(Event("studio.fine"))
    run_until(lambda: heard, hubs[0])


def test_what_is_no_packet_ends_the_connection_which_is_made_again(
    hubs: tuple[EventHub, EventHub], caplog: pytest.LogCaptureFixture
) -> None:
    hub = hubs[0]
    heard = listen(hub, "topic=studio.x")
    with connecting_again(hub):
        hub._connection.send("what is this?")
        until(lambda: "is no packet of Socket.IO 0.9" in caplog.text, "the complaint")
    hub.publish(Event("studio.x"))
    run_until(lambda: heard, hub)


@pytest.mark.parametrize("headers", [{}, {"ftrack-user": "demo"}, {"ftrack-user": "demo", "ftrack-api-key": "no"}])
def test_a_wrong_key_is_told_at_the_handshake(place: Place, headers: dict[str, str]) -> None:
    answer = requests.get(f"{place.urls[0]}/socket.io/1/", headers=headers, timeout=60)
    assert answer.status_code == 401
    assert answer.json()["exception"] == "InvalidCredentialsError"
    with pytest.raises(ftrack_api.exception.EventHubConnectionError, match="401"):
        EventHub(place.urls[0], "demo", "wrong").connect()


def test_the_key_may_be_in_the_address(place: Place) -> None:
    server = place.servers[0]
    parameters = {"api_user": server.username, "api_key": server.api_key}
    answer = requests.get(f"{place.urls[0]}/socket.io/1/", params=parameters, timeout=60)
    ticket, heartbeat, close, transports = answer.text.split(":")
    assert (int(heartbeat), int(close), transports) == (60, 60, "websocket")
    assert "/" not in ticket


@pytest.mark.parametrize("ticket", ["invented", "a.b", "e30.e30"])
def test_nobody_connects_with_a_ticket_of_their_own_making(place: Place, ticket: str) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    answer = requests.get(f"{place.urls[0]}/socket.io/1/websocket/{ticket}", headers=headers, timeout=60)
    assert answer.status_code == 401
    assert "GET /socket.io/1/" in answer.json()["content"]


def test_pages_of_strangers_are_refused(place: Place) -> None:
    server = place.servers[0]
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key, "Origin": "https://evil.example"}
    assert requests.get(f"{place.urls[0]}/socket.io/1/", headers=headers, timeout=60).status_code == 403


def test_an_action_is_found_and_launched(hubs: tuple[EventHub, EventHub]) -> None:
    interface, action = hubs
    mine = "source.user.username=demo"
    item = {"label": "Deliver", "actionIdentifier": "studio.deliver"}
    listen(action, f"topic=ftrack.action.discover and {mine}", {"items": [item]})
    launched = listen(
        action,
        f"topic=ftrack.action.launch and data.actionIdentifier=studio.deliver and {mine}",
        {"success": True, "message": "Delivered."},
    )
    selection = [{"entityId": "shot-1", "entityType": "task"}]
    found, done = Heard(), Heard()
    interface.publish(Event("ftrack.action.discover", data={"selection": selection}), on_reply=found)
    run_until(lambda: found, interface, action)
    (offered,) = found[0]["data"]["items"]
    for identifier in ("studio.other", offered["actionIdentifier"]):
        data = {"actionIdentifier": identifier, "selection": selection}
        interface.publish(Event("ftrack.action.launch", data=data), on_reply=done)
    run_until(lambda: done, interface, action)
    assert done.data == [{"success": True, "message": "Delivered."}]
    assert launched.data == [{"actionIdentifier": "studio.deliver", "selection": selection}]
