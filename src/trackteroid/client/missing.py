"""What reading something that was not loaded does: a setting of a session, and of blocks of code.

It reads as `NOT_SET`, one object of a process that everybody compares with ``is``, so nothing can stand in for it. It
gets a class that knows one thing more: that it becomes no part of a text by accident.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import Literal, TypeAlias, cast, get_args

from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET, Symbol

from trackteroid.errors import InvalidArgumentsError, NoValueError, suggest
from trackteroid.session_state import Block, innermost, opening

#: The packages that format it to tell what it is: in messages, in logs and as the value of a cell.
_TELLING = ("ftrack_api", "logging", "trackteroid")


class _NotSet(Symbol):
    """The symbol for a value that was not loaded. It looks as it did, and cannot be formatted into a text."""

    def __format__(self, form: str) -> str:
        caller = cast("object", sys._getframe(1).f_globals.get("__name__"))  # pyright: ignore[reportPrivateUsage]
        if str(caller).partition(".")[0] in _TELLING:
            return format(str(self), form)
        raise NoValueError(
            f"{self} cannot become text: it was read from something that was not loaded, or has no value yet. Add the "
            "attribute to the projections of the query, or load it with fetch_attributes(). To look at it, print it "
            "or format it with !r."
        )

    def __reduce__(self) -> tuple[type[Symbol], tuple[str, bool]]:
        return Symbol, (self.name, self.value)  # what other processes can read, too


_NotSet.__name__ = Symbol.__name__  # which its representation says


def guard_not_set() -> None:
    """Refuse from now on to format `NOT_SET`, in this process."""
    if type(NOT_SET) is Symbol:
        NOT_SET.__class__ = _NotSet


Missing: TypeAlias = Literal["warn", "raise", "fetch", "not_set"]

MODES: tuple[str, ...] = get_args(Missing)


class ReadingMissing(Block):
    """A block in which reading something that was not loaded does *mode*, in this thread."""

    is_of_thread = True

    def __init__(self, mode: Missing) -> None:
        self.mode: Missing = mode


def checked(mode: object) -> Missing:
    """Return *mode* if it is one.

    Raises:
        InvalidArgumentsError: it is something else; the message suggests what was meant.
    """
    if isinstance(mode, str) and mode in MODES:
        return cast("Missing", mode)
    known = ", ".join(f'"{each}"' for each in MODES)
    raise InvalidArgumentsError(f"missing is one of {known}, not {mode!r}.{suggest(str(mode), MODES)}")


def mode_of(session: Session) -> Missing:
    """Return what reading something that was not loaded does now, in any session of ftrack_api."""
    mode = getattr(session, "missing", None)  # sessions of ours have it
    return cast("Missing", mode) if mode in MODES else decided(session)


def decided(session: Session, chosen: Missing | None = None) -> Missing:
    """Return the mode of the innermost block, else the one that was *chosen* for the session.

    Where nothing was chosen, sessions with ``auto_populate`` fetch, as they do for entities of ftrack_api, and others
    warn.
    """
    block = innermost(session, ReadingMissing)
    if block is not None:
        return block.mode
    return chosen or ("fetch" if session.auto_populate else "warn")


def reading(session: Session, mode: Missing) -> AbstractContextManager[None]:
    """Let reading do *mode* in this session, for the time of a block and in this thread."""
    return opening(session, ReadingMissing(checked(mode)))


guard_not_set()
