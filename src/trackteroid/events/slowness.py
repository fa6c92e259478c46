"""Telling of functions that do not come back: what waits behind them would otherwise wait in silence."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from trackteroid.events.dispatching import Task

#: The seconds after which a function is told of, and between two looks at those that run.
LONG_SECONDS = 60.0
LOOK_SECONDS = 5.0


class Slowness:
    """Looks after what is being done, in a thread of its own.

    Args:
        tell: what is called once with a task that takes long, and the seconds that it has taken until then.
    """

    def __init__(self, tell: Callable[[Task, float], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._began: dict[Task, float] = {}
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, task: Task) -> Generator[None]:
        """A block in which a task is done."""
        with self._lock:
            self._began[task] = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="trackteroid-slowness", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._began.pop(task, None)

    def close(self) -> None:
        """End the thread."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            now = time.monotonic()
            with self._lock:
                slow = [(task, now - began) for task, began in self._began.items() if now - began > LONG_SECONDS]
                for task, _ in slow:
                    del self._began[task]
            for task, seconds in slow:
                self._tell(task, seconds)
