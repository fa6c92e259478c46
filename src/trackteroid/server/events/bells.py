"""Bells: the hub rings them when there may be something for whoever waits.

A call that waits for events has one. While it waits it has no thread and no connection to the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from trackteroid.server.core.request import Wait
from trackteroid.server.events.expressions import parse
from trackteroid.server.events.loops import Loop
from trackteroid.server.events.subscriptions import Subscription


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
