"""The state of a session: what modules remember of it and of its connection, and the blocks of code that it is in.

What is remembered is kept by the session itself, one object of each kind that a module declares:

>>> @dataclass
... class _Asked:
...     names: dict[str, str] = field(default_factory=dict)
>>> of_connection(session, _Asked).names  # doctest: +SKIP
{}

With another connection, which has other schemas, a session begins to remember anew what is of a connection.

A session declares its `Blocks` and asks them: may this be sent, is a failing commit taken back, who has to know what a
file has taken? The innermost block that has something to say decides. The kinds of blocks are where their work is:
`trackteroid.operations.transaction`, `trackteroid.operations.recording`, `trackteroid.client.missing`, and here the one
in which what a whole site shares may be changed: statuses, types, project schemas.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ContextDecorator
from contextvars import ContextVar
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, TypeVar, cast
from weakref import ref

from ftrack_api.session import Session

Remembered = TypeVar("Remembered")

#: Where a session has its state.
ATTRIBUTE = "trackteroid_state"


class HasSchemas(Protocol):
    """Anything that carries the schemas of a server: every ftrack_api session."""

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """The answer of the server to ``query_schemas``."""
        ...


class Memory(dict[type[Any], Any]):
    """One object of each kind, made from nothing when it is first asked for: ``memory[Kind]``."""

    def __missing__(self, kind: type[Any]) -> Any:
        return self.setdefault(kind, kind())  # threads get the same one


class SessionState:
    """What is remembered of one session, and of its connection."""

    def __init__(self) -> None:
        self.memory = Memory()
        #: The schemas of the connection, and what is remembered of it.
        self.connected: tuple[object, Memory] = (None, Memory())
        self._lock = threading.Lock()

    def connect(self, schemas: object) -> Memory:
        """Return what is remembered of the connection with these schemas; nothing is, if they are other ones."""
        with self._lock:
            if self.connected[0] is not schemas:
                self.connected = (schemas, Memory())
            return self.connected[1]

    def after_fork(self) -> None:
        """Get a lock of its own in a forked child, where the parent's may be held by a thread that is not there."""
        self._lock = threading.Lock()


def of_session(session: object, kind: type[Remembered]) -> Remembered:
    """Return the object of this kind that *session* keeps for as long as it lives."""
    return (vars(session).get(ATTRIBUTE) or state_of(session)).memory[kind]


def of_connection(
    session: HasSchemas, kind: type[Remembered], make: Callable[[], Remembered] | None = None
) -> Remembered:
    """Return the object of this kind that *session* keeps until it is connected anew, made if there is none.

    Nothing is asked of the server for it, but a session that has not connected yet does so.
    """
    state = vars(session).get(ATTRIBUTE) or state_of(session)
    schemas, (connected, memory) = session.schemas, state.connected
    if connected is not schemas:
        memory = state.connect(schemas)
    if make is None:
        return memory[kind]
    found = memory.get(kind)
    return memory.setdefault(kind, make()) if found is None else found


def state_of(session: object) -> SessionState:
    # Sessions of ours declare it, those of ftrack_api get it here.
    state = vars(session).get(ATTRIBUTE)
    return cast("SessionState", vars(session).setdefault(ATTRIBUTE, SessionState()) if state is None else state)


#: The methods of a session that a block may refuse.
Action: TypeAlias = Literal["commit", "confirm_commit", "reconnect_and_commit"]
Kind = TypeVar("Kind", bound="Block")


class Companion(Protocol):
    """What goes with the operations of a block and is no operation: files that were sent, or are yet to be."""

    def along(self) -> Iterable[dict[str, Any]]:
        """Return what is asked of the server in the same call as the operations, so that it does all or nothing."""
        ...

    def has_arrived(self) -> None:
        """Do what is left to do, now that the server has the operations."""
        ...

    def take_back(self) -> None:
        """Undo what was done: the server has nothing of the operations."""
        ...


class Block:
    """A block of code that a session is in. What is here is said by blocks that have nothing to say."""

    #: Whether only the thread (or task) that has opened the block is in it, rather than all of them.
    is_of_thread: ClassVar[bool] = False
    #: Whether a commit that fails now is taken back as a whole.
    rolls_back_on_failure: bool = False
    #: Whether what is recorded is kept to be sent later, from a file.
    defers: ClassVar[bool] = False

    def refusal(self, action: Action) -> Exception | None:
        """Return the error that *action* ends with inside of this block, or None if it may be done."""

    def note_created(self, created: Iterable[Any]) -> None:
        """Take note of what the file of an inner block creates: if this block fails, that is gone, too."""

    def take_along(self, companion: Companion) -> bool:  # noqa: ARG002 - others do
        """Return whether the block sees to what goes with its operations, from now on."""
        return False

    def along(self) -> Iterable[dict[str, Any]]:
        """Return what is asked of the server in the same call as the operations."""
        return ()


class Blocks:
    """The blocks that one session is in now."""

    def __init__(self) -> None:
        self._shared: tuple[Block, ...] = ()

    def __iter__(self) -> Iterator[Block]:
        """Iterate over the blocks, the innermost first."""
        yield from (block for known, block in reversed(_of_thread.get()) if known() is self)
        yield from reversed(self._shared)

    def enter(self, block: Block) -> None:
        """Let *block* be the innermost one."""
        if block.is_of_thread:
            _of_thread.set((*_of_thread.get(), (ref(self), block)))
        else:
            self._shared = (*self._shared, block)

    def leave(self, block: Block) -> None:
        """Leave *block* if it is open, however often this is called.

        Blocks of a thread may end in any order, as those of generators do: each takes away itself and no other. What
        is left over inside of another block, because Ctrl-C came while it ended, goes with that.
        """
        entries, shared = _of_thread.get(), self._shared
        for at in [at for at, (_, each) in enumerate(entries) if each is block][-1:]:
            _of_thread.set(entries[:at] + entries[at + 1 :])
        for at in [at for at, each in enumerate(shared) if each is block][-1:]:
            self._shared = shared[:at]

    def innermost(self, kind: type[Kind]) -> Kind | None:
        """Return the innermost block of this kind."""
        return next((block for block in self if isinstance(block, kind)), None)

    def refusal(self, action: Action) -> Exception | None:
        """Return the error that *action* ends with in these blocks, or None if it may be done."""
        return next((refusal for block in self if (refusal := block.refusal(action)) is not None), None)

    def check(self, action: Action) -> None:
        """Raise what a block has against *action*."""
        refusal = self.refusal(action)
        if refusal is not None:
            raise refusal

    @property
    def rolls_back_on_failure(self) -> bool:
        """Whether a commit that fails now is taken back as a whole."""
        return any(block.rolls_back_on_failure for block in self)

    @property
    def defers(self) -> bool:
        """Whether what is recorded now is kept to be sent later."""
        return any(block.defers for block in self)

    def take_along(self, companion: Companion) -> bool:
        """Return whether a block sees to what goes with the operations; the innermost one does that can."""
        return any(block.take_along(companion) for block in self)

    def along(self) -> list[dict[str, Any]]:
        """Return what is asked of the server in the same call as the operations that are committed now."""
        return [each for block in self for each in block.along()]

    def note_created(self, created: Iterable[Any]) -> None:
        """Tell all blocks what a file has taken that creates this."""
        references = list(created)
        for block in self:
            block.note_created(references)


#: What is open in this thread (or task) only; other threads are not in it.
_of_thread: ContextVar[tuple[tuple[ref[Blocks], Block], ...]] = ContextVar("blocks of this thread", default=())


def blocks_of(session: Session) -> Blocks:
    """Return the blocks of a session; one of ftrack_api's own gets some, and a ``commit`` that asks them."""
    known = find_blocks(session)
    if known is not None:
        return known
    blocks, commit = Blocks(), session.commit

    def asking() -> None:
        blocks.check("commit")
        commit()

    vars(session).update(blocks=blocks, commit=asking)
    return blocks


def find_blocks(session: Session) -> Blocks | None:
    """Return the blocks of a session; None for one of ftrack_api's own that was never in any."""
    return cast("Blocks | None", vars(session).get("blocks"))


def innermost(session: Session, kind: type[Kind]) -> Kind | None:
    """Return the innermost block of this kind that a session is in."""
    blocks = find_blocks(session)
    return None if blocks is None else blocks.innermost(kind)


class opening(ContextDecorator, AbstractContextManager[None]):  # noqa: N801  # it is called like a function
    """Let a session be in *block* for the time of a ``with`` block or of the function that this decorates."""

    def __init__(self, session: Session, block: Block) -> None:
        self._blocks = blocks_of(session)
        self._block = block

    def __enter__(self) -> None:
        self._blocks.enter(self._block)

    def __exit__(self, *_: object) -> None:
        self._blocks.leave(self._block)


class EditingVocabulary(Block):
    """A block in which what a whole site shares may be changed, by this thread."""

    is_of_thread = True


def editing(session: Session) -> AbstractContextManager[None]:
    """Allow changes of what a whole site shares, for the time of a block, in this thread."""
    return opening(session, EditingVocabulary())


def is_editing(session: Session) -> bool:
    """Return whether this thread is in a block that changes the vocabulary of the session's server."""
    return innermost(session, EditingVocabulary) is not None
