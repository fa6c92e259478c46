"""Letting an event loop do something, from other threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable


class Loop:
    """An event loop, as other threads see it.

    Each call for its attention costs both sides a change of threads. So what is to be done while it has not answered
    the last one is done with that.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], object]] = []

    def do(self, do: Callable[[], object]) -> None:
        """Let the loop do something soon, unless it has ended, with everything in it."""
        with self._lock:
            self._waiting.append(do)
            is_called = len(self._waiting) > 1
        if is_called:
            return
        try:
            self._loop.call_soon_threadsafe(self._run)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _run(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for do in waiting:
            do()
