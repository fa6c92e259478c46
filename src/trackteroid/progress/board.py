"""The board of all that goes on now, from which what takes long is drawn on a screen.

Who works notes numbers, and nothing else. A thread looks at them a few times in a second while there is work, and opens
the screen when some of it has taken long enough. What cannot be drawn is no reason for work to fail.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from trackteroid.progress.screens import Screen, open_screen
from trackteroid.progress.work import Work

#: The seconds after which work is seen.
DELAY = 1.0
#: The seconds between two drawings.
INTERVAL = 0.2


class Board:
    """All work that goes on.

    Args:
        open_screen: opens what work is drawn on.
        clock: the seconds since some moment.
        is_watched: whether a thread draws; else whoever calls `draw` does.
    """

    def __init__(
        self, open_screen: Callable[[], Screen], clock: Callable[[], float] = time.monotonic, *, is_watched: bool = True
    ) -> None:
        self._open_screen = open_screen
        self._clock = clock
        self._is_watched = is_watched
        self.forget()

    def forget(self) -> None:
        """Know of no work and no screen; those that there were belong to another process."""
        self._works: list[Work] = []
        self._screen: Screen | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()

    @property
    def is_busy(self) -> bool:
        """Whether there is work."""
        return bool(self._works)

    def begin(self, description: str, total: int | None, unit: str) -> Work:
        """Return new work, which is seen if it does not end soon."""
        work = Work(description, total, unit, self._clock())
        with self._lock:
            self._works.append(work)
            if len(self._works) == 1 and self._is_watched:
                self._stop = threading.Event()
                threading.Thread(target=self._watch, args=(self._stop,), name="progress", daemon=True).start()
        return work

    def end(self, work: Work) -> None:
        """Take work away, and the screen with the last of it."""
        try:
            with self._lock:
                self._remove(work)
        except BaseException:  # interrupted while it waited; the screen may not stay
            with self._lock:
                self._remove(work)
            raise

    def draw(self) -> None:
        """Draw what has taken long enough to be seen."""
        with self._lock:
            now = self._clock()
            seen = [(work.progress, now - work.began) for work in self._works if now - work.began >= DELAY]
            if seen and self._screen is None:
                self._screen = self._open_screen()
            if self._screen is not None:
                self._screen.draw(seen)

    def close(self) -> None:
        """Close the screen, whatever goes on."""
        screen, self._screen = self._screen, None
        if screen is not None:
            with suppress(OSError):  # the terminal itself may be gone
                screen.close()

    def _remove(self, work: Work) -> None:
        if work in self._works:
            self._works.remove(work)
        if not self._works:
            self._stop.set()
            self.close()

    def _watch(self, stop: threading.Event) -> None:
        with suppress(OSError):  # as above
            while not stop.wait(INTERVAL):
                self.draw()


#: The one of this process.
BOARD = Board(open_screen)

atexit.register(BOARD.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=BOARD.forget)
