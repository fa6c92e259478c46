"""What reading something that was not loaded does: a setting of a session, and of blocks of code."""

from __future__ import annotations

from contextlib import AbstractContextManager, ContextDecorator
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


class reading(ContextDecorator, AbstractContextManager[None]):  # noqa: N801  # it is called like a function
    """Let reading do *mode* in this session, for the time of a block and in this thread.

    Blocks of generators may end in any order, and in another thread: each takes away itself and no other.
    """

    def __init__(self, session: Session, mode: Missing) -> None:
        self._block = (ref(session), checked(mode))

    def __enter__(self) -> None:
        _blocks.set((*_blocks.get(), self._block))

    def __exit__(self, *_: object) -> None:
        open_blocks = list(_blocks.get())
        last = next((at for at in reversed(range(len(open_blocks))) if open_blocks[at] is self._block), None)
        if last is not None:
            del open_blocks[last]
            _blocks.set(tuple(open_blocks))
