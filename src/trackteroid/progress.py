"""Telling how far long work has come: to a function, or else to whoever waits in a terminal or a notebook.

What takes less than a second is not seen. A terminal has a bar where standard error is one and Rich is installed (the
extra ``display``), a notebook where ipywidgets is. There is none in pipes, with ``NO_COLOR``, and with
``TRACKTEROID_PROGRESS=0``.

Who works notes numbers, and nothing else. A thread looks at them a few times in a second while there is work, and opens
a screen when some of it has taken long enough. What cannot be drawn is no reason for work to fail.

>>> def tell(progress):
...     print(progress)
>>> with following("Counting", 2, unit="rows", on_progress=tell) as advance:
...     advance(1)
...     advance(1)
Counting: 0 of 2 rows
Counting: 1 of 2 rows
Counting: 2 of 2 rows
"""

from __future__ import annotations

import atexit
import importlib
import importlib.util
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from typing import Any, Protocol, TypeAlias, TypeVar

from trackteroid.values import frozen

__all__ = ["Advance", "OnProgress", "Progress", "counted", "following", "is_shown", "size_text", "waiting"]

#: The seconds after which work is seen, and those between two drawings.
DELAY, INTERVAL = 1.0, 0.2
#: The bytes of the units that sizes are written in.
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")

Page = TypeVar("Page", bound=Sized)


@frozen
class Progress:
    """How far work has come.

    Attributes:
        description: what is being done.
        done: how much of it is done.
        total: how much there is; None where nobody knows.
        unit: what is counted.
    """

    description: str
    done: int
    total: int | None
    unit: str = "bytes"

    def __str__(self) -> str:
        return f"{self.description}: {self.amount}" if self.amount else self.description

    @property
    def amount(self) -> str:
        """How much is done, of how much: ``"3 of 10 rows"``; nothing where nothing is counted."""
        if self.total is None and not self.done:
            return ""
        if self.unit == "bytes":
            return size_text(self.done) + ("" if self.total is None else f" of {size_text(self.total)}")
        return f"{self.done:,}" + ("" if self.total is None else f" of {self.total:,}") + f" {self.unit}"


#: Called with how far the work has come, whenever it has come further. What it raises ends the work.
OnProgress: TypeAlias = Callable[[Progress], object]
#: Called with how much more is done now; a negative number takes back what has to be done again.
Advance: TypeAlias = Callable[[int], None]


def size_text(size: float) -> str:
    """Return a number of bytes for people.

    >>> size_text(999), size_text(1536)
    ('999 bytes', '1.5 KiB')
    """
    unit = 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{size:.0f} {_UNITS[0]}"


@contextmanager
def following(
    description: str, total: int | None = None, *, unit: str = "bytes", on_progress: OnProgress | None = None
) -> Generator[Advance]:
    """Tell how far the work of a block has come.

    Args:
        description: what is being done.
        total: how much there is to be done; None where nobody knows.
        unit: what is counted; sizes of files in ``"bytes"``.
        on_progress: who is told. Without it there is a bar on a terminal or in a notebook.
    """
    if on_progress is not None:
        done = 0

        def advance(more: int) -> None:
            nonlocal done
            done += more
            on_progress(Progress(description, done, total, unit))

        advance(0)
        yield advance
    elif is_shown():
        work = BOARD.begin(description, total, unit)
        try:
            yield work.advance
        finally:
            BOARD.end(work)
    else:
        yield lambda _: None


def counted(pages: Iterable[Page], description: str, total: int | None = None, *, unit: str = "rows") -> Iterator[Page]:
    """Yield *pages*, and tell how many rows they have had so far.

    The one who takes them has to take them all, without leaving them to others in between: work goes on until the end.
    """
    with following(description, total, unit=unit) as advance:
        for page in pages:
            advance(len(page))
            yield page


def waiting(description: str) -> AbstractContextManager[Advance]:
    """Tell that something is waited for, of which nobody knows how far it is, unless it is part of other work."""
    return nullcontext(lambda _: None) if BOARD.is_busy or not is_shown() else following(description)


class Work:
    """Work that goes on: since when, and how much of it is done."""

    __slots__ = ("began", "description", "done", "total", "unit")

    def __init__(self, description: str, total: int | None, unit: str, began: float) -> None:
        """Begin some work, at a moment by the clock of the board; a *total* of None is one that nobody knows."""
        self.description, self.total, self.unit = description, total, unit
        self.began = began
        self.done = 0

    def advance(self, more: int) -> None:
        """Note that so much more is done."""
        self.done += more

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(self.description, self.done, self.total, self.unit)


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


#: How far work has come, and the seconds that it has taken.
Seen = tuple[Progress, float]


class Screen(Protocol):
    """Something that work can be seen on."""

    def draw(self, works: Sequence[Seen]) -> None:
        """Show this work in the place of what was shown before."""

    def close(self) -> None:
        """Leave nothing of it."""


def is_shown() -> bool:
    """Return whether work is seen where nobody is called."""
    is_wanted = os.environ.get("TRACKTEROID_PROGRESS", "1") not in ("", "0") and not os.environ.get("NO_COLOR")
    return is_wanted and (_is_terminal() or ("ipykernel" in sys.modules and _is_notebook()))


def open_screen() -> Screen:
    """Return what there is to draw on; `is_shown` says whether there is something."""
    return Terminal() if _is_terminal() else Notebook()


class Terminal:
    """A line for each work at the bottom of the terminal, which are gone at the end."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        # What goes to a file may not come to the terminal instead.
        redirects = sys.stdout is not None and sys.stdout.isatty()  # pyright: ignore[reportUnnecessaryComparison]
        console = Console(stderr=True)
        self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=redirects)
        self._live.start()

    def draw(self, works: Sequence[Seen]) -> None:
        """Show this work in the place of what was shown before."""
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        lines = Table.grid(padding=(0, 1))
        lines.add_column(no_wrap=True, overflow="ellipsis")
        lines.add_column(no_wrap=True)
        for progress, seconds in works:
            bar = ProgressBar(total=progress.total, completed=progress.done, width=20, pulse=progress.total is None)
            lines.add_row(progress.description, bar, f"{progress.amount} {time_text(progress, seconds)}".strip())
        self._live.update(lines, refresh=True)

    def close(self) -> None:
        """Leave nothing of it."""
        self._live.stop()


class Notebook:
    """A bar for each work below the cell, which are gone at the end."""

    def __init__(self) -> None:
        self._widgets: Any = importlib.import_module("ipywidgets")
        self._box: Any = self._widgets.VBox()
        display: Any = importlib.import_module("IPython.display")
        self._handle: Any = display.display(self._box, display_id=True)

    def draw(self, works: Sequence[Seen]) -> None:
        """Show this work in the place of what was shown before."""
        rows = list(self._box.children)
        while len(rows) < len(works):
            parts = [self._widgets.Label(), self._widgets.IntProgress(), self._widgets.Label()]
            rows.append(self._widgets.HBox(parts))
        for row, (progress, seconds) in zip(rows, works, strict=False):
            name, bar, amount = row.children
            name.value = progress.description
            bar.max, bar.value = max(progress.total or 1, 1), progress.done if progress.total else 1
            bar.bar_style = "" if progress.total else "info"
            amount.value = f"{progress.amount} {time_text(progress, seconds)}".strip()
        self._box.children = rows[: len(works)]

    def close(self) -> None:
        """Leave nothing of it."""
        self._handle.update({"text/plain": ""}, raw=True)
        self._box.close()


def time_text(progress: Progress, seconds: float) -> str:
    """Return how long it takes still, or how long it has taken.

    >>> time_text(Progress("Reading", 10, 40), 10.0), time_text(Progress("Reading", 10, None), 75.0)
    ('0:30 left', '1:15')
    """
    if progress.total is None or not 0 < progress.done < progress.total:
        return _clock(seconds)
    return f"{_clock(seconds * (progress.total - progress.done) / progress.done)} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _is_terminal() -> bool:
    stream = sys.stderr
    # There is none in programs without a console.
    return stream is not None and stream.isatty() and _has("rich")  # pyright: ignore[reportUnnecessaryComparison]


def _is_notebook() -> bool:
    if not _has("ipywidgets"):
        return False
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


@cache
def _has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


#: All work of this process.
BOARD = Board(open_screen)

atexit.register(BOARD.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=BOARD.forget)
