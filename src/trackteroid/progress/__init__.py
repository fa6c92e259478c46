"""Telling how far long work has come: to a function, or else to whoever waits in a terminal or a notebook.

What takes less than a second is not seen. A terminal has a bar where standard error is one and Rich is installed (the
extra ``display``), a notebook where ipywidgets is. There is none in pipes, with ``NO_COLOR``, and with
``TRACKTEROID_PROGRESS=0``.

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

from collections.abc import Callable, Generator, Iterable, Iterator, Sized
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias, TypeVar

from trackteroid.progress.board import BOARD
from trackteroid.progress.screens import is_shown
from trackteroid.progress.work import Progress, size_text

__all__ = ["Advance", "OnProgress", "Progress", "counted", "following", "is_shown", "size_text", "waiting"]

#: Called with how far the work has come, whenever it has come further. What it raises ends the work.
OnProgress: TypeAlias = Callable[[Progress], object]
#: Called with how much more is done now; a negative number takes back what has to be done again.
Advance: TypeAlias = Callable[[int], None]

Page = TypeVar("Page", bound=Sized)


def following(
    description: str, total: int | None = None, *, unit: str = "bytes", on_progress: OnProgress | None = None
) -> AbstractContextManager[Advance]:
    """Tell how far the work of a block has come.

    Args:
        description: what is being done.
        total: how much there is to be done; None where nobody knows.
        unit: what is counted; sizes of files in ``"bytes"``.
        on_progress: who is told. Without it there is a bar on a terminal or in a notebook.
    """
    if on_progress is not None:
        return _calling(Progress(description, 0, total, unit), on_progress)
    return _seen(description, total, unit) if is_shown() else _unseen()


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
    return _unseen() if BOARD.is_busy else following(description)


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
def _seen(description: str, total: int | None, unit: str) -> Generator[Advance]:
    work = BOARD.begin(description, total, unit)
    try:
        yield work.advance
    finally:
        BOARD.end(work)
