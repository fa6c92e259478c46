"""The clock of a server jumps, as clocks do: events stay in order, leases end, and nothing is deleted too early."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from ftrack_api.event.base import Event

from hubs import hub_at, listen, run_until, settle, until
from postgres.cluster import cluster  # noqa: F401 - a fixture
from server.guarded import create
from server.test_webhooks import Site
from trackteroid.server import EmbeddedServer
from trackteroid.server.core import clock
from trackteroid.server.core.clock import FrozenClock
from trackteroid.server.core.options import Limits
from trackteroid.server.events import log
from trackteroid.server.webhooks import deliverer

NOON = datetime(2026, 3, 1, 12)
HOUR = timedelta(hours=1)


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def server(request: pytest.FixtureRequest, time: FrozenClock) -> Iterator[EmbeddedServer]:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("cluster").new_database()
    with closing(EmbeddedServer(url)) as server:
        yield server


def make(server: EmbeddedServer, name: str) -> None:
    server.call([create("Scope", id="11111111-1111-1111-1111-111111111111", name=name)])


def rename(server: EmbeddedServer, name: str) -> None:
    key = ["11111111-1111-1111-1111-111111111111"]
    server.call([{"action": "update", "entity_type": "Scope", "entity_key": key, "entity_data": {"name": name}}])


def take(server: EmbeddedServer, consumer: str, **options: Any) -> list[tuple[int, int]]:
    """The numbers and deliveries of what a consumer gets."""
    asked = {"group": "farm", "consumer": consumer, "where": "topic=ftrack.update", "lease": 60, **options}
    return [
        (each["sequence"], each["delivery"]) for each in server.call([{"action": "take_events", **asked}])[0]["events"]
    ]


def settled(server: EmbeddedServer, consumer: str, *done: int) -> list[int]:
    """What a consumer is told to have done too late."""
    asked = {"action": "settle_events", "group": "farm", "consumer": consumer, "done": list(done)}
    return server.call([asked])[0]["late"]


def test_events_come_in_order_whatever_time_it_is(server: EmbeddedServer, time: FrozenClock) -> None:
    with server.listening() as url, hub_at(url, server.username, server.api_key) as hub:
        heard = listen(hub, "topic=studio.*")
        position = server.call([{"action": "events", "after": None}])[0]["position"]
        for number, jump in enumerate((HOUR, -2 * HOUR, HOUR / 2, -HOUR, 3 * HOUR)):
            hub.publish(Event("studio.x", data=number))
            settle(hub)
            time.move(jump)
        run_until(lambda: len(heard) >= 5, hub)
        told = server.call([{"action": "events", "after": position}])[0]["events"]
    assert heard.data == [{}, 1, 2, 3, 4]
    assert [each["event"]["data"] for each in told] == [{}, 1, 2, 3, 4]
    assert [each["sequence"] for each in told] == sorted(each["sequence"] for each in told)


def test_a_lease_ends_though_the_clock_goes_back(server: EmbeddedServer, time: FrozenClock) -> None:
    take(server, "dead")
    make(server, "one")
    ((sequence, delivery),) = take(server, "dead")
    time.move(-HOUR)
    assert take(server, "other") == []
    time.move(seconds=59)
    assert take(server, "other") == []
    time.move(seconds=2)
    assert take(server, "other") == [(sequence, delivery + 1)]
    assert settled(server, "other", sequence) == []


def test_a_consumer_keeps_what_it_has_when_the_clock_goes_back(server: EmbeddedServer, time: FrozenClock) -> None:
    take(server, "alive")
    make(server, "one")
    ((sequence, _),) = take(server, "alive")
    time.move(-HOUR)
    for _ in range(5):
        time.move(seconds=40)
        server.call(
            [{"action": "settle_events", "group": "farm", "consumer": "alive", "renew": [sequence], "lease": 60}]
        )
        assert take(server, "other") == []
    assert settled(server, "alive", sequence) == []
    rename(server, "two")
    assert len(take(server, "other")) == 1


def test_what_comes_twice_because_the_clock_goes_forward_says_so_and_keeps_its_order(
    server: EmbeddedServer, time: FrozenClock
) -> None:
    take(server, "slow")
    make(server, "one")
    rename(server, "two")
    ((first, _),) = take(server, "slow")
    time.move(HOUR)
    assert take(server, "quick") == [(first, 2)], "the second one waits for the first"
    assert settled(server, "slow", first) == [first], "it is told that it was late"
    assert take(server, "slow") == []
    assert settled(server, "quick", first) == []
    ((second, delivery),) = take(server, "slow")
    assert (second > first, delivery) == (True, 1)


@pytest.mark.parametrize("wrong", [-20 * 365, 20 * 365], ids=["long ago", "in the far future"])
def test_an_event_with_a_wrong_time_lets_none_be_deleted_that_is_to_be_kept(
    wrong: int, time: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "TRIM_EVERY", 1)
    with closing(EmbeddedServer("sqlite://", limits=Limits(log_days=10))) as server:
        make(server, "old")
        time.move(days=9)
        rename(server, "one")
        time.move(days=wrong)
        with monkeypatch.context() as patched:  # a clock that is wrong forward deletes by that
            patched.setattr(log, "TRIM_EVERY", 1 << 30)
            rename(server, "two")
        time.move(days=-wrong)
        for name in ("three", "four"):
            rename(server, name)
        told = server.call([{"action": "events", "after": 0}])[0]["events"]
    names = [
        each["event"]["data"]["entities"][0]["changes"]["name"]["new"]
        for each in told
        if "entities" in each["event"]["data"]
    ]
    assert names == ["old", "one", "two", "three", "four"]


def test_webhooks_go_on_though_the_clock_goes_back(time: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer, "_LOOK", 0.02)
    with ExitStack() as stack:
        site = Site(stack, webhook_pause_seconds=10.0, webhook_tries=1_000)
        site.receiver.status = 503
        site.make()
        until(lambda: site.state()["tries"] == 1, "the first try")
        site.receiver.status = 200
        time.move(-HOUR)
        until(lambda: site.state()["position"] == site.state()["newest"], "the event to arrive")
    assert len(site.receiver.requests) == 2


def test_a_webhook_of_a_dead_server_is_sent_by_another_though_the_clock_goes_back(
    time: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliverer, "_LOOK", 0.02)
    with ExitStack() as stack:
        site = Site(stack)
        claimed = "UPDATE webhook SET claimed_by = 'dead', claimed_until = '2026-03-01T12:00:08.000'"
        site.server.database.run(lambda connection: connection.exec_driver_sql(claimed), write=True)
        time.move(-HOUR)
        site.make()
        until(lambda: site.state()["position"] == site.state()["newest"], "the event to arrive")
    assert len(site.receiver.requests) == 1
