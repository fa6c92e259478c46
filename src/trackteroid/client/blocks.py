"""The blocks of code that a session is in, and what they have to say to what is done inside of them.

A session declares its `Blocks` and asks them: may this be sent, is a failing commit taken back, who has to know what a
file has taken? The innermost block that has something to say decides. The kinds of blocks are where their work is:
`trackteroid.operations.transaction`, `trackteroid.operations.recording`, `trackteroid.client.missing`, and here the one
in which what a whole site shares may be changed: statuses, types, project schemas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ContextDecorator
from contextvars import ContextVar
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, cast
from weakref import ref

from ftrack_api.session import Session

#: The methods of a session that a block may refuse.
Action: TypeAlias = Literal["commit", "confirm_commit", "reconnect_and_commit"]
Kind = TypeVar("Kind", bound="Block")


class Block:
    """A block of code that a session is in. What is here is said by blocks that have nothing to say."""

    #: Whether only the thread (or task) that has opened the block is in it, rather than all of them.
    is_of_thread: ClassVar[bool] = False
    #: Whether a commit that fails now is taken back as a whole.
    rolls_back_on_failure: bool = False

    def refusal(self, action: Action) -> Exception | None:
        """Return the error that *action* ends with inside of this block, or None if it may be done."""

    def note_created(self, created: Iterable[Any]) -> None:
        """Take note of what the file of an inner block creates: if this block fails, that is gone, too."""


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
