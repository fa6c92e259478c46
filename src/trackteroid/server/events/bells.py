"""Waking whoever waits: loops, which other threads let do something, and bells.

The hub rings bells when there may be something. A call that waits for events has one. While it waits it has no thread
and no connection to the database.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from trackteroid.server.core.request import Wait
from trackteroid.server.events.expressions import parse
from trackteroid.server.events.subscriptions import Subscription


class Loop:
    """An event loop, as other threads see it.

    Each call for its attention costs both sides a change of threads. So what is to be done while it has not answered
    the last one is done with that.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], object]] = []
        self._is_called = False
        self._held = 0

    def do(self, do: Callable[[], object]) -> None:
        """Let the loop do something soon, unless it has ended, with everything in it."""
        with self._lock:
            self._waiting.append(do)
        self._call()

    @contextmanager
    def together(self) -> Generator[None]:
        """A block at whose end the loop is called for all that it is to do: before that it would be in the way."""
        with self._lock:
            self._held += 1
        try:
            yield
        finally:
            with self._lock:
                self._held -= 1
            self._call()

    def _call(self) -> None:
        with self._lock:
            if self._is_called or self._held or not self._waiting:
                return
            self._is_called = True
        try:
            self._loop.call_soon_threadsafe(self._run)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _run(self) -> None:
        with self._lock:
            waiting, self._waiting, self._is_called = self._waiting, [], False
        for do in waiting:
            do()


class Bell:
    """What wakes somebody. Any thread may ring it.

    Args:
        expression: The events that they wait for.
        ring: What wakes them.
        subscriber: What they say of themselves.
        group: The group of the consumer who waits, if it is one.

    Attributes:
        is_over: Whether there is no more time to wait, because the server ends.
    """

    def __init__(
        self,
        expression: str,
        ring: Callable[[], object],
        *,
        subscriber: Mapping[str, Any] | None = None,
        group: str | None = None,
    ) -> None:
        self.subscription = Subscription(self, {"id": f"bell-{id(self):x}", **(subscriber or {})}, parse(expression))
        self.ring = ring
        self.group = group
        self.is_over = False

    def end(self) -> None:
        """Say that the server ends."""
        self.is_over = True
        self.ring()


class CallBell(Bell):
    """What wakes one call.

    Args:
        wait: What the call waits for.
        loop: Where it waits.
    """

    def __init__(self, wait: Wait, loop: asyncio.AbstractEventLoop) -> None:
        self._rung, waiting = (rung := asyncio.Event()), Loop(loop)
        super().__init__(wait.expression, lambda: waiting.do(rung.set), subscriber=wait.subscriber, group=wait.group)

    async def heard(self) -> None:
        """Wait until it is rung, and make it ready to be rung again."""
        await self._rung.wait()
        self._rung.clear()
