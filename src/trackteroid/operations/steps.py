"""The steps of a replay, for whoever wants to follow it: a progress bar, a log, a test that interrupts it."""

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias


class Step(Enum):
    """What a replay has just done, in this order. The value says it in words."""

    CLAIMED = "claimed the files"
    COMPARED = "compared them with the server"
    PREPARED = "prepared the operations"
    MARKED_SENDING = "marked a file as being sent"  # once per file
    SENDING = "began to send the operations"
    ANSWERED = "sent the operations"
    MARKED_COMMITTED = "marked a file as committed"  # once per file


#: Called with each step, after it; what it raises ends the replay as an interruption at that point would.
Observer: TypeAlias = Callable[[Step], None]


def ignore(_: Step) -> None:
    """Follow nothing."""
