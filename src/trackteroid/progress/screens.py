"""What progress is drawn on: a terminal or a notebook. Another one has the two methods of `Screen`."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from trackteroid.progress.work import Progress

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
    return is_wanted and (_is_terminal() or _is_notebook())


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
        self._live.update(_lines(works), refresh=True)

    def close(self) -> None:
        """Leave nothing of it."""
        self._live.stop()


def _lines(works: Sequence[Seen]) -> Any:
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    lines = Table.grid(padding=(0, 1))
    lines.add_column(no_wrap=True, overflow="ellipsis")
    lines.add_column(no_wrap=True)
    for progress, seconds in works:
        bar = ProgressBar(total=progress.total, completed=progress.done, width=20, pulse=progress.total is None)
        lines.add_row(progress.description, bar, f"{progress.amount} {time_text(progress, seconds)}".strip())
    return lines


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
    if "ipykernel" not in sys.modules or not _has("ipywidgets"):
        return False
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


@cache
def _has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
