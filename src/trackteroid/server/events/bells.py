"""Calls that wait for events: each has a bell, which the hub rings when there may be something for it.

While a call waits it has no thread and no connection to the database.
"""

from __future__ import annotations

import asyncio

from trackteroid.server.core.waiting import Wait
from trackteroid.server.events.expressions import parse
from trackteroid.server.events.members import in_loop
from trackteroid.server.events.subscriptions import Subscription


class Bell:
    """What wakes one call. Any thread may ring it.

    Args:
        wait: What the call waits for.
        loop: Where it waits.

    Attributes:
        group: The group of the consumer who calls, if it is one.
        is_over: Whether there is no more time to wait, because the server ends.
    """

    def __init__(self, wait: Wait, loop: asyncio.AbstractEventLoop) -> None:
        subscriber = {"id": f"call-{id(self):x}", **wait.subscriber}
        self.subscription = Subscription(self, subscriber, parse(wait.expression))
        self.group = wait.group
        self.is_over = False
        self._loop = loop
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Say that there may be something."""
        in_loop(self._loop, self._rung.set)

    def end(self) -> None:
        """Say that the server ends."""
        self.is_over = True
        self.ring()

    async def heard(self) -> None:
        """Wait until it is rung, and make it ready to be rung again."""
        await self._rung.wait()
        self._rung.clear()
