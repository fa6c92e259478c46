"""Ctrl-C at any line: the N-th line that the library, or ftrack_api, runs in a block raises KeyboardInterrupt."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import ftrack_api

import trackteroid

#: Whose lines count: what a commit runs in this process. Reading the answer from the socket is one line of them.
WATCHED = tuple(str(Path(module.__file__ or "").parent) for module in (trackteroid, ftrack_api))
SERVER = str(Path(WATCHED[0]) / "server")


class Lines:
    """Counts lines, and interrupts at one of them."""

    def __init__(self, limit: int | None = None) -> None:
        self.count = 0
        self.limit = limit
        self.where = ""

    def watch(self, frame: FrameType, event: str, _: Any) -> Any:
        # Python passes over what is raised while an object goes, so nobody would be interrupted there.
        name, is_going = frame.f_code.co_filename, frame.f_code.co_name == "__del__"
        return self.line if name.startswith(WATCHED) and not (name.startswith(SERVER) or is_going) else None

    def line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self.count += 1
            if self.count == self.limit:
                self.where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}"
                raise KeyboardInterrupt
        return self.line


@contextmanager
def interrupting(lines: Lines) -> Iterator[None]:
    """Count the lines of a block in this thread; an interruption ends it without an error."""
    before = sys.gettrace()
    sys.settrace(lines.watch)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)


def count(work: Callable[[], object]) -> int:
    """Return how many lines *work* runs."""
    lines = Lines()
    with interrupting(lines):
        work()
    return lines.count
