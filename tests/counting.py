"""How much work something is, counted so that it comes to the same on every machine, however much else it does."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType


def calls_of(action: Callable[[], object]) -> int:
    """How many functions *action* calls, those of C among them."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


@dataclass
class Walk:
    """Through which files some work leads.

    Attributes:
        files: their names, with the functions in them that were called.
        changes: how often a function of another file was called than before.
    """

    files: dict[str, dict[str, None]] = field(default_factory=dict)
    changes: int = 0


def walk_of(action: Callable[[], object], is_walked: Callable[[str], bool]) -> Walk:
    """Return the walk of *action* through the files that are to be counted, in the order in which it comes to them."""
    walk, before = Walk(), ""

    def look(frame: FrameType, event: str, argument: object) -> None:
        nonlocal before
        file = frame.f_code.co_filename
        if event != "call" or not is_walked(file):
            return
        walk.changes += before not in ("", file)
        walk.files.setdefault(file, {})[frame.f_code.co_name] = None
        before = file

    sys.setprofile(look)
    try:
        action()
    finally:
        sys.setprofile(None)
    return walk
