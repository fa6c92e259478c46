"""Letting an event loop do something, from other threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


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
