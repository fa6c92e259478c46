"""What reading something that was not loaded does: a setting of a session, and of blocks of code."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Literal, TypeAlias, cast, get_args

from ftrack_api.session import Session

from trackteroid.client.blocks import Block, innermost, opening
from trackteroid.client.not_set import guard_not_set
from trackteroid.errors import InvalidArgumentsError, suggest

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
