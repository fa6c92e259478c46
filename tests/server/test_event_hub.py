"""What the hub promises when something is in its way: each event once, nobody's fault is anybody else's."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import pytest
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub
from sqlalchemy.exc import OperationalError

from hubs import hub_at, listen, run_until, settle, until
from postgres.cluster import cluster  # noqa: F401 - a fixture
from server.test_events_limits import event, next_but_heartbeats, raw
from trackteroid.server import EmbeddedServer
from trackteroid.server.events import hub as hub_module
from trackteroid.server.events import log, reading


@dataclass
class Place:
    """A server, its address, and hubs that connect to it."""

    server: EmbeddedServer
    url: str
    stack: ExitStack

    def hub(self) -> EventHub:
        return self.stack.enter_context(hub_at(self.url, self.server.username, self.server.api_key))

    def write(self, *topics: str) -> None:
        """Put events into the log as another process does, about which nobody here is told."""
        entries = [log.Entry(each, "u", "event", json.dumps({"topic": each}).encode()) for each in topics]
        self.server.database.run(lambda connection: log.append(connection, entries, "2026-01-01"), write=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    database = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("cluster").new_database()
    with closing(EmbeddedServer(database)) as server, server.listening() as url, ExitStack() as stack:
        yield Place(server, url, stack)


def lost(*_: Any, **__: Any) -> Any:
    raise OperationalError("SELECT", {}, Exception("the connection was lost"))


def failing_once(work: Callable[..., Any], on: int) -> Callable[..., Any]:
    """What works but for one call, at which the database is away."""
    calls = 0

    def call(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        return lost() if calls == on else work(*given, **named)

    return call


def test_a_database_that_is_away_between_two_pages_lets_nothing_come_twice(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "_PAUSE", 0.01)
    listener = place.hub()
    heard = listen(listener, "topic=studio.*")
    monkeypatch.setattr(log, "since", failing_once(log.since, on=2))
    topics = [f"studio.{number}" for number in range(reading.PAGE + 50)]
    place.write(*topics)
    place.server.api.hub.committed()
    run_until(lambda: "studio.249" in heard.topics, listener)
    assert heard.topics == topics


def test_an_event_of_which_nothing_can_be_made_holds_up_no_other(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    listener = place.hub()
    heard = listen(listener, "topic=studio.* or topic=ftrack.update")
    broken = log.Entry("ftrack.update", "u", "changes", b'{"changes": [7]}')
    place.server.database.run(lambda connection: log.append(connection, [broken], "2026-01-01"), write=True)
    place.write("studio.after")
    place.server.api.hub.committed()
    run_until(lambda: heard, listener)
    assert heard.topics == ["studio.after"]
    assert [each.message for each in caplog.records if each.levelno == logging.ERROR] == [
        f"Event {place.server.api.hub.position() - 1} could not be handed on; those after it are."
    ]


def test_a_database_that_is_away_is_told_of_once_and_once_that_it_is_back(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub_module, "_PAUSE", 0.01)
    monkeypatch.setattr(hub_module, "CHECK_SECONDS", 0.01)
    listener = place.hub()
    heard = listen(listener, "topic=studio.*")
    tries = 0

    def away(*_: Any, **__: Any) -> Any:
        nonlocal tries
        tries += 1
        return lost()

    with monkeypatch.context() as patched:
        patched.setattr(place.server.database, "run", away)
        patched.setattr(place.server.database, "run_statement", away)
        listener.publish(Event("studio.lost"))
        settle(listener)
        until(lambda: tries >= 10, "it to be tried often")
    listener.publish(Event("studio.kept"))
    run_until(lambda: heard, listener)
    assert heard.topics == ["studio.kept"]
    told = [each for each in caplog.records if each.name == "trackteroid.server.events"]
    assert [(each.levelname, each.exc_info) for each in told] == [("WARNING", None)] * 2
    assert "cannot reach the database (the connection was lost)" in told[0].message
    assert "reaches the database again" in told[1].message


def test_a_topic_that_no_database_keeps_is_refused_and_those_that_come_with_it_are_not(place: Place) -> None:
    listener = place.hub()
    heard = listen(listener, "topic=studio.*")
    with raw(place.server, place.url) as client:
        client.recv()
        for number, topic in enumerate(("studio.good", "studio.\0bad", "studio.better")):
            client.send(event(topic, number))
        answers = {answer[4]: answer for answer in (next_but_heartbeats(client) for _ in range(3))}
    assert ["true" in answers[number] for number in "012"] == [True, False, True]
    assert "topic" in answers["1"]
    run_until(lambda: len(heard) == 2, listener)
