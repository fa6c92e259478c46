"""What one call has cost so far, and the way to end it from outside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from trackteroid.server.core.failures import LeftError, LimitError
from trackteroid.server.core.limits import Limits


class Stop:
    """Ends what one thread does for a client, from another thread, once the client has left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._interrupt: Callable[[], object] | None = None

    @property
    def is_set(self) -> bool:
        """Whether nobody waits any more."""
        return self._is_set

    def set(self) -> None:
        """Interrupt the statement that runs now; later ones do not begin. It may block for as long as that takes."""
        with self._lock:
            self._is_set = True
            if self._interrupt is not None:
                self._interrupt()

    @contextmanager
    def interrupting(self, interrupt: Callable[[], object]) -> Generator[None]:
        """Let `set` call `interrupt`, for the time of a block."""
        with self._lock:
            self.check()
            self._interrupt = interrupt
        try:
            yield
        finally:
            with self._lock:
                self._interrupt = None

    def check(self) -> None:
        """Raise `LeftError` if nobody waits any more."""
        if self._is_set:
            raise LeftError("The client has left before the answer was there.")


@dataclass(slots=True)
class Spending:
    """The time and the rows of one call.

    Attributes:
        began: When it began, on the monotonic clock.
        rows: How many rows its queries have brought.
        asked: The seconds that they have taken while other writers waited.
        until: When that must end, while it goes on.
        stop: How it ends early.
    """

    began: float = field(default_factory=time.monotonic)
    rows: int = 0
    asked: float = 0.0
    until: float | None = None
    stop: Stop = field(default_factory=Stop)

    def seconds_left(self, limits: Limits) -> float:
        """Return the seconds that the call still has; raises `LimitError` if there are none."""
        left = limits.call_seconds - (time.monotonic() - self.began)
        if left <= 0:
            raise LimitError(
                f"The call was stopped after {limits.call_seconds:g} seconds, this server's limit call_seconds. Send "
                "fewer operations at once."
            )
        if self.until is None:
            return left
        if self.until <= time.monotonic():
            raise LimitError(
                f"The queries of a call that changes something have taken {limits.locked_seconds:g} seconds, while "
                "other writers waited: this server's limit locked_seconds. Send them before its changes, or in a call "
                "of their own."
            )
        return min(left, self.until - time.monotonic())

    @contextmanager
    def holding_up(self, limits: Limits) -> Generator[None]:
        """Let what is asked in the block take no longer than others may be made to wait for it."""
        began = time.monotonic()
        self.until = began + limits.locked_seconds - self.asked
        try:
            yield
        finally:
            self.asked += time.monotonic() - began
            self.until = None

    def add_rows(self, count: int, limits: Limits) -> None:
        """Count rows; raises `LimitError` if they are too many."""
        self.rows += count
        if self.rows > limits.call_rows:
            raise LimitError(
                f"The queries of the call have more than {limits.call_rows} rows together, this server's limit "
                "call_rows. Send them in several calls, or ask for pages, with limit and offset."
            )
