"""Telling how far long work has come: to a function, or else as a bar on a terminal.

There is a bar where standard error is a terminal and Rich is installed (the extra ``display``). There is none in pipes,
with ``NO_COLOR``, and with ``TRACKTEROID_PROGRESS=0``.

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

import importlib.util
import os
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

from trackteroid.values import frozen

#: The bytes of the units that sizes are written in.
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@frozen
class Progress:
    """How far work has come.

    Attributes:
        description: what is being done.
        done: how much of it is done.
        total: how much there is.
        unit: what is counted.
    """

    description: str
    done: int
    total: int
    unit: str = "bytes"

    def __str__(self) -> str:
        if self.unit == "bytes":
            return f"{self.description}: {size_text(self.done)} of {size_text(self.total)}"
        return f"{self.description}: {self.done:,} of {self.total:,} {self.unit}"


#: Called with how far the work has come, whenever it has come further. What it raises ends the work.
OnProgress: TypeAlias = Callable[[Progress], object]
#: Called with how much more is done now; a negative number takes back what has to be done again.
Advance: TypeAlias = Callable[[int], None]


def following(
    description: str, total: int, *, unit: str = "bytes", on_progress: OnProgress | None = None
) -> AbstractContextManager[Advance]:
    """Tell how far the work of a block has come.

    Args:
        description: what is being done.
        total: how much there is to be done.
        unit: what is counted; sizes of files in ``"bytes"``.
        on_progress: who is told. Without it there is a bar on a terminal.
    """
    if on_progress is not None:
        return _calling(Progress(description, 0, total, unit), on_progress)
    return _bar(description, total, unit) if is_shown() else _unseen()


def is_shown() -> bool:
    """Return whether there is a bar where nobody is called."""
    wanted = os.environ.get("TRACKTEROID_PROGRESS", "1") not in ("", "0") and not os.environ.get("NO_COLOR")
    stream = sys.stderr
    is_terminal = stream is not None and stream.isatty()  # pyright: ignore[reportUnnecessaryComparison]  # None in programs without a console
    return wanted and is_terminal and importlib.util.find_spec("rich") is not None


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
def _calling(progress: Progress, on_progress: OnProgress) -> Generator[Advance]:
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        on_progress(Progress(progress.description, done, progress.total, progress.unit))

    advance(0)
    yield advance


@contextmanager
def _unseen() -> Generator[Advance]:
    yield lambda _: None


@contextmanager
def _bar(description: str, total: int, unit: str) -> Generator[Advance]:
    from rich import progress as rich
    from rich.console import Console

    counted = (
        (rich.DownloadColumn(binary_units=True), rich.TransferSpeedColumn())
        if unit == "bytes"
        else (rich.MofNCompleteColumn(),)
    )
    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), *counted, rich.TimeRemainingColumn())
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total)
        yield lambda more: bar.advance(task, more)
