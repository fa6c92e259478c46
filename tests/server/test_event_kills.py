"""Listeners are killed at any moment, and so are workers of the server: every change is handled, in its order.

A change is handled twice only where the listener can know: by its number, or because it is said to come again.
``TRACKTEROID_STRESS=5`` makes it ten times as many kills and changes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest
import requests

import killed_listener
from hubs import until
from postgres.cluster import cluster  # noqa: F401 - a fixture
from receivers import receiving
from selections import STRESS
from server.test_crash_recovery import Serving, serving
from trackteroid import Session
from trackteroid.server import EmbeddedServer
from trackteroid.server.events import log

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")]

#: A new worker takes seconds, in which the other one is alone.
WORKERS_KILLED = min(3 * STRESS, 15) or 2
ENTITIES, CHANGES, KILLS = 12, 400 * STRESS or 60, 100 * STRESS or 15
WEBHOOKS = ("--webhook-allow", "127.0.0.1", "--webhook-seconds", "0.5")
HEADERS = {"ftrack-user": "demo", "ftrack-api-key": "secret"}


@pytest.fixture(params=["sqlite", "postgresql"])
def setup(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, int]:
    if request.param == "postgresql":
        return request.getfixturevalue("cluster").new_database(), 2
    return f"sqlite:///{(tmp_path / 'x.db').as_posix()}", 1


def prepared(database: str) -> list[str]:
    """The scopes that are to be changed."""
    scopes = [f"scope-{number}" for number in range(ENTITIES)]
    with closing(EmbeddedServer(database, key="secret")) as server:
        data = [{"id": scope, "name": scope} for scope in scopes]
        server.call([{"action": "create", "entity_type": "Scope", "entity_data": each} for each in data])
    return scopes


def change(url: str, scopes: list[str], count: int) -> None:
    """Rename scopes, one after the other, over and over; whoever is killed meanwhile is asked again."""
    for number in range(count):
        scope = scopes[number * 7 % len(scopes)]
        data = {"entity_type": "Scope", "entity_key": [scope], "entity_data": {"name": f"{scope} {number}"}}
        insist(
            lambda data=data: requests.post(
                f"{url}/api", json=[{"action": "update", **data}], headers=HEADERS, timeout=60
            )
        )


def insist(do: Callable[[], Any]) -> None:
    for _ in range(600):
        with suppress(requests.exceptions.RequestException):
            assert do().ok
            return
        time.sleep(0.05)
    raise AssertionError("nobody answers")


def logged(database: str, after: int) -> list[log.Logged]:
    with closing(EmbeddedServer(database, key="secret")) as server:
        return server.database.run(
            lambda connection: log.since(connection, after, 1_000_000, most_bytes=1 << 40).rows, write=False
        )


def newest(database: str) -> int:
    with closing(EmbeddedServer(database, key="secret")) as server:
        return server.database.run(log.last, write=False)


def listeners(server: Serving, folder: Path, kind: str, count: int) -> list[subprocess.Popen[bytes]]:
    command = [sys.executable, killed_listener.__file__, server.url, "demo", "secret", kind, str(folder)]
    return [subprocess.Popen([*command, str(KILLS // count), str(seed)]) for seed in range(count)]


def run(server: Serving, scopes: list[str], folder: Path, kind: str, count: int) -> None:
    """Change and listen until everything is handled, while workers die where there are several."""
    processes = listeners(server, folder, kind, count)
    changing = threading.Thread(target=change, args=(server.url, scopes, CHANGES))
    changing.start()
    end, killed = time.monotonic() + 1, 0
    while changing.is_alive() or any(process.poll() is None for process in processes):
        if not changing.is_alive():
            (folder / "finished").touch()
        elif server.count > 1 and len(server.workers) > 1 and killed < WORKERS_KILLED and time.monotonic() > end:
            # A new worker takes a while until it is there.
            server.kill()
            end, killed = time.monotonic() + 1, killed + 1
        time.sleep(0.1)
    assert [process.wait() for process in processes] == [0] * count


def handled(folder: Path) -> list[tuple[int, int, str]]:
    lines = (folder / "handled").read_text().splitlines()
    return [(int(sequence), int(delivery), entity) for sequence, delivery, entity in map(str.split, lines)]


@pytest.mark.promise("events-resume")
def test_a_listener_that_is_killed_goes_on_where_it_was(setup: tuple[str, int], tmp_path: Path) -> None:
    database, workers = setup
    scopes = prepared(database)
    began = newest(database)
    (tmp_path / "position").write_text(str(began))
    with serving(database, workers) as server:
        run(server, scopes, tmp_path, "follow", 1)
    found = [sequence for sequence, _, _ in handled(tmp_path)]
    expected = [each.sequence for each in logged(database, began)]
    assert len(expected) >= CHANGES
    assert sorted(set(found)) == expected
    assert found == sorted(found)  # what is repeated is the last one before a kill


@pytest.mark.promise("events-resume")
def test_consumers_that_are_killed_share_all_events_in_order(setup: tuple[str, int], tmp_path: Path) -> None:
    database, workers = setup
    scopes = prepared(database)
    began = newest(database)
    with serving(database, workers) as server:
        with Session(server_url=server.url, api_user="demo", api_key="secret", plugin_paths=[]) as session:
            session.events.group("killed", killed_listener.WHERE, lease=killed_listener.LEASE)
        run(server, scopes, tmp_path, "group", 2)
    lines = handled(tmp_path)
    expected = [each.sequence for each in logged(database, began)]
    assert sorted({sequence for sequence, _, _ in lines}) == expected
    in_time = without_late(lines)
    for scope in scopes:
        of_scope = [sequence for sequence, entity in in_time if entity == scope]
        assert of_scope == sorted(of_scope), "out of order"


def without_late(lines: list[tuple[int, int, str]]) -> list[tuple[int, str]]:
    """What was handled by whoever had it; what comes twice says so.

    Where no worker answers for longer than a lease, a consumer comes to an event that another one has had since. It
    is told that it was late, and each has another number of delivery.
    """
    assert len({line[:2] for line in lines}) == len(lines), "it comes twice, and does not say so"
    found, newest = list[tuple[int, str]](), dict[int, int]()
    for sequence, delivery, entity in lines:
        if delivery > newest.get(sequence, 0):
            newest[sequence] = delivery
            found.append((sequence, entity))
    return found


def test_webhooks_go_on_where_a_killed_server_has_left_off(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    scopes = prepared(database)
    with receiving() as receiver, serving(database, 1, *WEBHOOKS) as server:
        made = requests.post(
            f"{server.url}/api", json=[{"action": "add_webhook", "url": receiver.url}], headers=HEADERS, timeout=60
        )
        receiver.secret = made.json()[0]["data"]["secret"]
        for _ in range(3):
            count = len(receiver.requests)
            change(server.url, scopes, 10)
            until(lambda count=count: len(receiver.requests) > count, "some to arrive")
            server.kill()
        expected = [each.sequence for each in logged(database, 1)]
        until(lambda: len({headers["webhook-id"] for headers, _ in receiver.requests}) >= len(expected), "the rest")
    found = receiver.sequences
    assert sorted(set(found)) == expected
    assert found == sorted(found)


def test_clients_of_the_hub_keep_their_connection_or_learn_what_they_missed(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    scopes = prepared(database)
    with serving(database, 2) as server, ExitStack() as stack:
        ears = [Ear(stack, server.url) for _ in range(4)]
        position = ears[0].session.events.position()
        server.kill()
        change(server.url, scopes, 5)
        happened = [each.event["id"] for each in ears[0].session.events.since(position)]
        assert len(happened) == 5
        staying = [ear for ear in ears if ear.hub.connected and ear.hub.connections == 1]
        until(lambda: all(ear.hear() >= set(happened) for ear in staying), "those who stay to hear everything")
        until(lambda: all(ear.hub.connected for ear in ears), "the others to connect again")
        for ear in ears:
            missed = [each for each in ear.session.events.since(position) if each.event["id"] not in ear.heard]
            assert ear not in staying or not missed


class Ear:
    """A session that listens."""

    def __init__(self, stack: ExitStack, url: str) -> None:
        options: dict[str, Any] = {"api_user": "demo", "api_key": "secret", "plugin_paths": []}
        self.session = stack.enter_context(Session(server_url=url, **options))
        self.hub: Any = self.session.event_hub
        self.heard: set[str] = set()
        self.hub.connect()
        self.hub.subscribe("topic=ftrack.update", lambda event: self.heard.add(event["id"]))
        until(lambda: not self.hub._packet_callbacks, "the subscription")
        stack.callback(lambda: self.hub.connected and self.hub.disconnect())

    def hear(self) -> set[str]:
        while not self.hub._event_queue.empty():
            self.hub.wait(0)
        return self.heard
