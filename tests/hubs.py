"""Event hubs of the unmodified Python client, and waiting for what they hear."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub

PATIENCE = 60.0


class Heard(list[Event]):
    """A callback that keeps what it is called with, and answers with `reply`."""

    def __init__(self, reply: Any = None) -> None:
        super().__init__()
        self.reply = reply

    def __call__(self, event: Event) -> Any:
        self.append(event)
        return self.reply

    @property
    def topics(self) -> list[str]:
        return [event["topic"] for event in self]

    @property
    def data(self) -> list[Any]:
        return [event["data"] for event in self]


@contextmanager
def hub_at(url: str, user: str, key: str) -> Iterator[EventHub]:
    """A connected hub, which has told the server of its own subscription."""
    hub = EventHub(url, user, key)
    hub.connect()
    settle(hub)
    try:
        yield hub
    finally:
        if hub.connected:
            socket = hub._connection.sock
            hub.disconnect(unsubscribe=False)
            socket.close()  # which websocket-client may leave open


def settle(*hubs: EventHub) -> None:
    """Wait until the server has answered everything that was sent to it."""
    until(lambda: not any(hub._packet_callbacks for hub in hubs), "the server to answer")


def listen(hub: EventHub, subscription: str, reply: Any = None, **options: Any) -> Heard:
    """Subscribe, and wait until the server knows."""
    heard = Heard(reply)
    hub.subscribe(subscription, heard, **options)
    settle(hub)
    return heard


def run_until(done: Callable[[], object], *hubs: EventHub) -> None:
    """Let hubs handle what they hear until something is so."""

    def handle() -> bool:
        for hub in hubs:
            while not hub._event_queue.empty():
                hub.wait(0)
        return bool(done())

    until(handle, "the events to come")


def until(done: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise AssertionError(f"waited for {what} in vain")
        time.sleep(0.005)
