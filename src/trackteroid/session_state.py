"""What modules remember of a session, and what only holds for the connection that it has now.

Both are kept by the session itself, one object of each kind that a module declares:

>>> @dataclass
... class _Asked:
...     names: dict[str, str] = field(default_factory=dict)
>>> of_connection(session, _Asked).names  # doctest: +SKIP
{}

With another connection, which has other schemas, a session begins to remember anew what is of a connection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

Kind = TypeVar("Kind")

#: Where a session has its state.
ATTRIBUTE = "trackteroid_state"


class HasSchemas(Protocol):
    """Anything that carries the schemas of a server: every ftrack_api session."""

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """The answer of the server to ``query_schemas``."""
        ...


class Memory:
    """One object of each kind, made when it is first asked for."""

    def __init__(self) -> None:
        self._objects: dict[type[Any], Any] = {}

    def get(self, kind: type[Kind], make: Callable[[], Kind] | None = None) -> Kind:
        """Return the object of this kind; *make* makes it, by default from nothing. Threads get the same one."""
        found = self._objects.get(kind)
        if found is None:
            found = self._objects.setdefault(kind, (make or kind)())
        return cast("Kind", found)


class SessionState:
    """What is remembered of one session, and of its connection."""

    def __init__(self) -> None:
        self.memory = Memory()
        self._connection: tuple[object, Memory] = (None, Memory())
        self._lock = threading.Lock()

    def connection(self, schemas: object) -> Memory:
        """Return what is remembered of the connection with these schemas; nothing is, if they are other ones."""
        known = self._connection
        if known[0] is not schemas:
            with self._lock:
                known = self._connection
                if known[0] is not schemas:
                    known = self._connection = (schemas, Memory())
        return known[1]

    def after_fork(self) -> None:
        """Get a lock of its own in a forked child, where the parent's may be held by a thread that is not there."""
        self._lock = threading.Lock()


def of_session(session: object, kind: type[Kind]) -> Kind:
    """Return the object of this kind that *session* keeps for as long as it lives."""
    return state_of(session).memory.get(kind)


def of_connection(session: HasSchemas, kind: type[Kind], make: Callable[[], Kind] | None = None) -> Kind:
    """Return the object of this kind that *session* keeps until it is connected anew, made if there is none.

    Nothing is asked of the server for it, but a session that has not connected yet does so.
    """
    return state_of(session).connection(session.schemas).get(kind, make)


def state_of(session: object) -> SessionState:
    # Sessions of ours declare it, those of ftrack_api get it here.
    state = vars(session).get(ATTRIBUTE)
    return cast("SessionState", vars(session).setdefault(ATTRIBUTE, SessionState()) if state is None else state)
