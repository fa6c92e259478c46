"""Events that were delivered, and the tasks that are done for them: in threads, in order for each entity.

Functions that do not come back are told of: what waits behind them would otherwise wait in silence.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from ftrack_api.session import Session

from trackteroid.events.asking import LoggedEvent

#: Whom a delivery is for, where the same event is delivered twice.
Part: TypeAlias = Literal["all", "requests", "listeners"]
#: The seconds after which whoever waits looks whether it is to stop.
_LOOK = 0.2
#: The seconds after which whoever waits for a server seems to do so in vain.
_IDLE = 3.0
#: The seconds after which a function is told of, and between two looks at those that run.
LONG_SECONDS = 60.0
LOOK_SECONDS = 5.0


@dataclass(eq=False, slots=True)
class Delivery:
    """An event that was delivered, until all is done that it asks for.

    Attributes:
        event: the event.
        sequence: its number in the log; None where there is no log.
        number: for the how manieth time it is delivered.
        at: when it was written to the log; None where there is no log.
        until: the moment, of the clock that never goes back, until which it has to be begun with; None for any time.
        logged: what the log has handed out.
        waiting: how many tasks are not done yet.
        is_failed: whether it is to be delivered again.
        batch: the number of those that it is handled together with.
        part: whether it is for all handlers, or only for those that are waited for, or only for the others.
        running: how many tasks are being done for it now.
        since: the moment, of the clock that never goes back, when it was written to the log; None where there is none.
    """

    event: Mapping[str, Any]
    sequence: int | None = None
    number: int = 1
    at: datetime | None = None
    until: float | None = None
    logged: LoggedEvent | None = None
    waiting: int = 0
    is_failed: bool = False
    batch: int = 0
    part: Part = "all"
    running: int = 0
    since: float | None = None

    def is_for(self, *, requests: bool) -> bool:
        """Return whether it is for handlers that answer *requests*, or for those that listen."""
        return self.part in ("all", "requests" if requests else "listeners")

    @property
    def age(self) -> float:
        """The seconds since it was written to the log; 0 for what comes as it happens."""
        return 0.0 if self.since is None else time.monotonic() - self.since

    @property
    def is_stale(self) -> bool:
        """Whether it is too late to begin with it, because somebody else will have it soon."""
        return self.until is not None and time.monotonic() > self.until


@dataclass(eq=False, slots=True)
class Task:
    """Something to do.

    Attributes:
        name: whose it is, for people.
        run: what does it, in the session of the thread that it is done in.
        keys: tasks that have one in common are done one after the other, in the order in which they came.
        is_long: whether others must not wait for it.
        is_request: whether somebody waits for it now, so that it is not done once more at another time.
        attempts: how often it is tried.
        told: what it is about, for people and for programs.
        earlier: how many tasks have to be done before it; the dispatcher counts them.
    """

    name: str
    run: Callable[[Session], Any]
    keys: tuple[str, ...] = ()
    is_long: bool = False
    is_request: bool = False
    attempts: int = 1
    told: Callable[[], dict[str, Any]] = dict
    earlier: int = field(default=0, init=False)


@contextmanager
def undone_on_error(session: Session) -> Generator[None]:
    """Let a session forget what a block that fails has not committed, so that nobody else commits it.

    If something was pending before, that cannot be told apart, and stays with the rest.
    """
    pending = len(session.recorded_operations)
    try:
        yield
    except BaseException:
        if not pending and len(session.recorded_operations):
            session.rollback()
        raise


class IdleInterrupt(BaseException):
    """Ctrl-C came while there was nothing to finish."""


class Stopping:
    """Whether to stop: because somebody says so, or because the time is over."""

    def __init__(self, duration: float | None = None) -> None:
        self._event = threading.Event()
        self._idle_since: float | None = None
        self._end = None if duration is None else time.monotonic() + duration

    def stop(self) -> None:
        """Stop after what is being done."""
        self._event.set()

    def is_set(self) -> bool:
        """Return whether to stop."""
        return self._event.is_set() or (self._end is not None and time.monotonic() >= self._end)

    def pause(self, seconds: float) -> bool:
        """Wait, and return whether to stop by now."""
        left = seconds if self._end is None else min(seconds, self._end - time.monotonic())
        self._event.wait(max(0, left))
        return self.is_set()

    @contextmanager
    def idle(self) -> Generator[None]:
        """Wait for something in a block, which ends when it is time to stop although nothing has come for long."""
        self._idle_since = time.monotonic()
        try:
            yield
        except IdleInterrupt:
            return
        finally:
            self._idle_since = None

    @contextmanager
    def on_signals(self) -> Generator[None]:
        """Stop at Ctrl-C and at SIGTERM; the second one interrupts at once. Only the main thread hears of them."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(number: int, frame: Any) -> None:
            if self._event.is_set():
                signal.default_int_handler(number, frame)
            self.stop()
            if self._idle_since is not None and time.monotonic() - self._idle_since > _IDLE:
                raise IdleInterrupt

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class Dispatcher:
    """Does tasks in threads.

    Args:
        threads: how many.
        most: how many tasks may wait and be done at one time.
        do: does one, in the thread with this number; it raises nothing.
    """

    def __init__(self, threads: int, most: int, do: Callable[[Task, int], None]) -> None:
        self._most, self._do = most, do
        self._changed = threading.Condition()
        self._queues: dict[str, deque[Task]] = {}
        self._ready: deque[Task] = deque()
        self._count = 0
        self._is_ending = False
        self._threads = [
            threading.Thread(target=self._work, args=(number,), name=f"trackteroid-listener-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def room(self) -> int:
        """How many tasks may be handed over without waiting."""
        return max(0, self._most - self._count)

    @property
    def is_working(self) -> bool:
        """Whether one of its threads has not ended."""
        return any(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        """Wait until something is done, for a moment at most."""
        with self._changed:
            self._changed.wait(_LOOK)

    def submit(self, task: Task) -> None:
        """Let a task be done when it is its turn."""
        with self._changed:
            self._count += 1
            for key in dict.fromkeys(task.keys):
                waiting = self._queues.setdefault(key, deque())
                task.earlier += bool(waiting)
                waiting.append(task)
            if not task.earlier:
                self._ready.append(task)
                self._changed.notify_all()

    def drain(self, stopping: Stopping) -> None:
        """Wait until all is done, or until it is time to stop."""
        while self._count and not stopping.is_set():
            self.wait()

    def close(self) -> None:
        """End the threads after what they are doing; what they have not begun is not done."""
        with self._changed:
            self._is_ending = True
            self._changed.notify_all()
        for thread in self._threads:
            while thread.is_alive():  # so that the main thread hears of signals
                thread.join(_LOOK)

    def _work(self, number: int) -> None:
        while (task := self._next()) is not None:
            try:
                self._do(task, number)
            finally:
                self._finish(task)

    def _next(self) -> Task | None:
        with self._changed:
            while not self._ready and not self._is_ending:
                self._changed.wait()
            return None if self._is_ending else self._ready.popleft()

    def _finish(self, task: Task) -> None:
        with self._changed:
            self._count -= 1
            for key in dict.fromkeys(task.keys):
                waiting = self._queues[key]
                waiting.popleft()
                if not waiting:
                    del self._queues[key]
                    continue
                following = waiting[0]
                following.earlier -= 1
                if not following.earlier:
                    self._ready.append(following)
            self._changed.notify_all()


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
