"""Blocks in which what a whole site shares may be changed: statuses, types, project schemas."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from weakref import ref

from ftrack_api.session import Session

#: The sessions whose blocks this thread (or task) is in. Other threads are not in them.
_editing: ContextVar[tuple[ref[Session], ...]] = ContextVar("editing vocabulary", default=())


def is_editing(session: Session) -> bool:
    """Return whether this thread is in a block that changes the vocabulary of the session's server."""
    return any(known() is session for known in _editing.get())


@contextmanager
def editing(session: Session) -> Generator[None]:
    """Allow changes of what a whole site shares, for the time of a block, in this thread."""
    token = _editing.set((*_editing.get(), ref(session)))
    try:
        yield
    finally:
        _editing.reset(token)
