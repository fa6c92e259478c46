"""PostgreSQL goes away and comes back while everybody listens and publishes: nobody has to be started again.

What is published meanwhile is refused in words; what was accepted is in the log, once, and listeners hear of everything
afterwards, over HTTP and without a port.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub

from hubs import hub_at, listen, run_until, settle, until
from postgres.cluster import Cluster, running_cluster
from trackteroid import Session
from trackteroid.server import EmbeddedServer


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL that may be stopped, because nobody else uses it."""
    with running_cluster() as cluster:
        yield cluster


@dataclass
class Place:
    """A database, two hubs that reach it, and the one whose server is in their process."""

    cluster: Cluster
    database: str
    server: EmbeddedServer
    hubs: tuple[EventHub, EventHub]


@pytest.fixture(params=["over HTTP", "without a port"])
def place(request: pytest.FixtureRequest, own_cluster: Cluster) -> Iterator[Place]:
    database = own_cluster.new_database()
    with ExitStack() as stack:
        if request.param == "over HTTP":
            server = stack.enter_context(closing(EmbeddedServer(database)))
            url = stack.enter_context(server.listening())
            hubs = [stack.enter_context(hub_at(url, server.username, server.api_key)) for _ in range(2)]
        else:
            sessions = [stack.enter_context(Session(server_url=database)) for _ in range(2)]
            hubs = [session.event_hub for session in sessions]
            for hub in hubs:
                hub.connect()
            settle(*hubs)
            server = stack.enter_context(closing(EmbeddedServer(database)))
        yield Place(own_cluster, database, server, (hubs[0], hubs[1]))


def test_a_database_that_was_away_is_used_again_by_itself(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    publisher, listener = place.hubs
    heard = listen(listener, "topic=studio.*")
    publisher.publish(Event("studio.before"))
    run_until(lambda: heard, listener)
    before = listener._connection
    with place.cluster.away(), caplog.at_level(logging.ERROR, "ftrack_api"):
        for number in range(3):
            publisher.publish(Event("studio.lost", data=number))
        settle(publisher)
        assert caplog.text.count("The event could not be written to the log of the server") == 3
        until(lambda: told(caplog, "cannot reach the database"), "the outage to be told")
    until(lambda: is_accepted(publisher, "studio.after"), "an event to be accepted")
    until(lambda: told(caplog, "reaches the database again"), "the end of the outage to be told")
    run_until(lambda: "studio.after" in heard.topics, listener)
    assert heard.topics == ["studio.before", "studio.after"]
    assert listener._connection is before
    ours = [each for each in caplog.records if each.name.startswith("trackteroid.server")]
    assert [each.exc_info for each in ours] == [None] * len(ours), "no traceback is logged"
    assert len(told(caplog, "cannot reach the database")) == len(told(caplog, "reaches the database again")) == 1


def test_events_that_the_database_has_lost_do_not_hide_those_that_have_their_numbers(place: Place) -> None:
    publisher, listener = place.hubs
    heard = listen(listener, "topic=studio.*")
    for number in range(3):
        publisher.publish(Event("studio.before", data=number))
    run_until(lambda: len(heard) == 3, listener)
    with psycopg.connect(place.database, autocommit=True) as connection:
        # What a crash or a standby that was behind would have done.
        connection.execute("delete from hub_event where sequence > (select max(sequence) - 2 from hub_event)")
        connection.execute(
            "select setval(pg_get_serial_sequence('hub_event', 'sequence'), max(sequence)) from hub_event"
        )
    with place.cluster.away():
        pass
    until(lambda: is_accepted(publisher, "studio.after"), "an event to be accepted")
    run_until(lambda: "studio.after" in heard.topics, listener)


def is_accepted(hub: EventHub, topic: str) -> bool:
    """Publish an event, and return whether it is in the log."""
    answers: list[Any] = []
    hub._emit_event_packet("ftrack.event", Event(topic, source={}), callback=answers.append)
    settle(hub)
    return answers[0]["success"]


def told(caplog: pytest.LogCaptureFixture, words: str) -> list[str]:
    """What was logged with some words."""
    return [each.message for each in caplog.records if words in each.message]


def test_what_another_process_writes_after_the_outage_is_heard(place: Place) -> None:
    listener = place.hubs[1]
    heard = listen(listener, "topic=studio.* or topic=ftrack.update")
    with place.cluster.away():
        pass
    with closing(EmbeddedServer(place.database)) as other:
        data: dict[str, Any] = {"name": "made elsewhere"}
        other.call([{"action": "create", "entity_type": "Scope", "entity_data": data}])
    run_until(lambda: heard, listener)
    assert heard[0]["data"]["entities"][0]["changes"]["name"]["new"] == "made elsewhere"
