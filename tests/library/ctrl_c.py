"""Ctrl-C at any line: the N-th line that the library, or ftrack_api, runs in a block raises KeyboardInterrupt."""

import dis
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
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
        if event == "line" and frame.f_lasti not in _leaving(frame.f_code):
            self.count += 1
            if self.count == self.limit:
                self.where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}"
                raise KeyboardInterrupt
        return self.line


@cache
def _leaving(code: CodeType) -> frozenset[int]:
    """Return where *code* comes back to a ``with`` to leave it: no signal is looked at there before it is left.

    Python looks after calls, and what a block calls last is within it. Interrupted here, a lock would stay locked.
    """
    starts = dict(dis.findlinestarts(code))
    line: int | None = None
    entered: set[int | None] = set()
    places: dict[int, int | None] = {}
    block: list[int] = []
    for instruction in dis.get_instructions(code):
        if instruction.offset in starts:
            line, block = starts[instruction.offset], []
        places[instruction.offset] = line
        block.append(instruction.offset)
        if instruction.opname in ("BEFORE_WITH", "SETUP_WITH", "BEFORE_ASYNC_WITH", "SETUP_ASYNC_WITH"):
            entered.add(line)
            for offset in block:
                places.pop(offset, None)
    return frozenset(offset for offset, line in places.items() if line in entered)


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
