"""What reading something that was not loaded does: a setting of a session, and of blocks of code."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TypeAlias, cast, get_args
from weakref import ref

from ftrack_api.session import Session

from trackteroid.errors import InvalidArgumentsError, suggest

Missing: TypeAlias = Literal["warn", "raise", "fetch", "not_set"]

MODES: tuple[str, ...] = get_args(Missing)

#: The blocks that this thread (or task) is in, the innermost last. Other threads read by their own blocks.
_blocks: ContextVar[tuple[tuple[ref[Session], Missing], ...]] = ContextVar("reading missing", default=())


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
    for known, mode in reversed(_blocks.get()):
        if known() is session:
            return mode
    return chosen or ("fetch" if session.auto_populate else "warn")


@contextmanager
def reading(session: Session, mode: Missing) -> Generator[None]:
    """Let reading do *mode* in this session, for the time of a block and in this thread."""
    token = _blocks.set((*_blocks.get(), (ref(session), checked(mode))))
    try:
        yield
    finally:
        _blocks.reset(token)
