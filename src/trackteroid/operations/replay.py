"""Sending the operations of files, each of them once in effect, whatever interrupts it."""

import contextlib
import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

import ftrack_api.exception
from ftrack_api.operation import Operations
from ftrack_api.session import Session

from trackteroid.client.commit.commit import batch_of, settle
from trackteroid.client.commit.lists import Gone
from trackteroid.client.connection import LazySession
from trackteroid.client.sending import is_answer_to
from trackteroid.configuration import logger
from trackteroid.errors import (
    ConflictError,
    DeferredOperationsError,
    InvalidArgumentsError,
    OperationsFileError,
    UnexpectedAnswerError,
)
from trackteroid.operations import recognition
from trackteroid.operations.conflicts import Conflict, find_conflicts, watched_attributes, without_conflicts
from trackteroid.operations.format import container, file
from trackteroid.operations.format.container import AnyPath
from trackteroid.operations.format.file import OperationsFile
from trackteroid.operations.loading import Loader, current_values
from trackteroid.operations.record import OperationRecord
from trackteroid.operations.recording import is_deferring
from trackteroid.operations.values import EntityReference


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


OnConflict: TypeAlias = Literal["overwrite", "raise", "skip"]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay did.

    Attributes:
        committed: the files that are committed now and were not before.
        already_committed: the files that had been committed earlier; nothing of them was sent.
        sent: how many operations were sent.
        recognised: how many were not sent since an interrupted replay had brought them to the server.
        skipped: the changes that were left out because of ``on_conflict="skip"``.
        gone: what was not added to lists, because it does not exist any more. The log tells, too.
    """

    committed: tuple[Path, ...] = ()
    already_committed: tuple[Path, ...] = ()
    sent: int = 0
    recognised: int = 0
    skipped: tuple[Conflict, ...] = ()
    gone: tuple[Gone, ...] = ()


def replay(
    session: Session,
    paths: AnyPath | Iterable[AnyPath],
    on_conflict: OnConflict = "overwrite",
    *,
    allow_other_server: bool = False,
    on_step: Observer = ignore,
) -> ReplayResult:
    """Send the operations in the files at *paths*, in that order and in one request, and mark the files as committed.

    Repeating a replay never repeats its effect: committed files are left alone, and what an interrupted replay had
    already brought to the server is recognised.

    Args:
        session: a connected session without pending operations.
        paths: one file or several.
        on_conflict: what to do with a change of a value that the server no longer holds as it was when recorded:
            ``"overwrite"`` it, ``"raise"`` before anything is sent, or ``"skip"`` the change.
        allow_other_server: replay on a server that is known to be another one than the files were recorded for.
        on_step: called after each step.

    Raises:
        OperationsFileError: a file cannot be read or marked, or belongs to another server. Nothing was sent.
        ConflictError: with ``on_conflict="raise"``. Nothing was sent.
        DeferredOperationsError: the session has pending operations, or records deferred ones. Nothing was sent.
        Exception: what ``session.commit()`` raises. The session has no pending operations then, and the replay can be
            repeated.
    """
    _check_arguments(session, on_conflict)
    if isinstance(session, LazySession):
        session.find_out()
    with contextlib.ExitStack() as claims:
        files = [_ClaimedFile.claim(claims, path) for path in _unique(paths)]
        waiting = [claimed for claimed in files if claimed.content.state.committed is None]
        for claimed in files:
            _check_server(session, claimed.content, allow_other_server)
        done = tuple(claimed.content for claimed in files if claimed not in waiting)
        for content in done:
            logger("operations").info("%s was already committed on %s.", content.path, content.state.committed)
        _remove_witnesses(session, [claimed for claimed in files if claimed not in waiting])
        on_step(Step.CLAIMED)
        result = _replay(session, waiting, on_conflict, on_step)
    return replace(result, already_committed=tuple(content.path for content in done))


class _ClaimedFile:
    """An operations file that belongs to this process."""

    def __init__(self, claim: container.Claim, content: OperationsFile) -> None:
        self.content = content
        self._claim = claim
        self._state = content.state

    @classmethod
    def claim(cls, claims: contextlib.ExitStack, path: Path) -> "_ClaimedFile":
        claim = claims.enter_context(container.claim(path))
        return cls(claim, file.parse(path, claim.read()))

    def begin(self, arrived: int, witness: EntityReference | None) -> None:
        """Mark the file as being sent."""
        count = len(self.content.operations)
        self._mark(file.State(sending=file.now(), count=count, witness=witness, arrived=arrived))

    def refuse(self) -> None:
        """Mark that what exists on the server now need not be from this request."""
        self._mark(replace(self._state, count=None, witness=None))

    def end(self) -> None:
        """Mark the file as committed; a witness that was made for it is still to be removed."""
        self._mark(file.State(committed=file.now(), witness=self.made_witness))

    def forget_witness(self) -> None:
        """Mark that the witness is removed."""
        self._mark(replace(self._state, witness=None))

    def knew(self, arrived: int) -> bool:
        """Return whether the file's witness told that this many of its operations have arrived."""
        return arrived > self.content.state.arrived

    @property
    def witness(self) -> EntityReference | None:
        """What tells that the file has arrived."""
        return self._state.witness

    @property
    def made_witness(self) -> EntityReference | None:
        """The witness if it was made for nothing else."""
        return self._state.witness if recognition.is_made_here(self._state.witness) else None

    def _mark(self, state: file.State) -> None:
        file.store_state(self._claim, state)
        self._state = state


def _replay(
    session: Session, files: Sequence[_ClaimedFile], on_conflict: OnConflict, on_step: Observer
) -> ReplayResult:
    recorded = tuple(operation for claimed in files for operation in claimed.content.operations)
    missing = recognition.find_missing(session, [claimed.content for claimed in files])
    conflicts = _conflicts(session, missing.operations, on_conflict)
    remaining = without_conflicts(missing.operations, conflicts)
    found = [claimed.made_witness for claimed, count in zip(files, missing.arrived, strict=True) if claimed.knew(count)]
    on_step(Step.COMPARED)
    with _loaded(session, [claimed.content for claimed in files], remaining):
        on_step(Step.PREPARED)
        gone = _send(session, files, missing.arrived, remaining, on_step)
        on_step(Step.ANSWERED)
    for claimed in files:
        claimed.end()
        on_step(Step.MARKED_COMMITTED)
    _remove_witnesses(session, files, found)
    return ReplayResult(
        committed=tuple(claimed.content.path for claimed in files),
        sent=len(remaining),
        recognised=len(recorded) - len(missing.operations),
        skipped=conflicts,
        gone=gone,
    )


def _conflicts(
    session: Session, operations: Sequence[OperationRecord], on_conflict: OnConflict
) -> tuple[Conflict, ...]:
    if on_conflict == "overwrite":
        return ()
    conflicts = find_conflicts(operations, current_values(session, watched_attributes(operations)))
    if conflicts and on_conflict == "raise":
        listed = "\n".join(f"  {conflict}" for conflict in conflicts)
        raise ConflictError(
            f"Nothing was sent: {len(conflicts)} values changed on the server since they were recorded.\n{listed}\n"
            'Replay with on_conflict="overwrite" to change them anyway, or with on_conflict="skip" to leave them.',
            conflicts=conflicts,
        )
    return conflicts


def _send(
    session: Session,
    files: Sequence[_ClaimedFile],
    arrived: Sequence[int],
    remaining: Sequence[OperationRecord],
    on_step: Observer,
) -> tuple[Gone, ...]:
    """Send what is pending, after the files tell how it will be known whether it has arrived; return what is gone."""
    own = recognition.witness_of(remaining)
    made: Mapping[Path, EntityReference] = {}
    if remaining and own is None:
        made = recognition.witnesses_for(session, [claimed.content.path for claimed in files])
    for path, reference in made.items():
        session.recorded_operations.push(recognition.witness_creation(reference, path))
    for claimed, count in zip(files, arrived, strict=True):
        # Where nothing is sent any more, what told so goes on to do that.
        claimed.begin(count, made.get(claimed.content.path, own) if remaining else claimed.witness)
        on_step(Step.MARKED_SENDING)
    on_step(Step.SENDING)
    try:
        return _commit(session, files)
    except ftrack_api.exception.ServerError as error:
        if not (made and _is_refusal(error)):
            raise
        return _commit_without_witnesses(session, files, len(made))


def _commit_without_witnesses(session: Session, files: Sequence[_ClaimedFile], count: int) -> tuple[Gone, ...]:
    """Send again what was refused, in case that was for the witnesses, which not everybody may make."""
    for _ in range(count):
        session.recorded_operations.pop()
    gone = _commit(session, files)
    logger("operations").warning(
        "%s may not add to their own metadata on %s, which is where a replay that changes but creates nothing leaves "
        "word of itself. Should such a replay be interrupted, repeating it also repeats its changes.",
        session.api_user,
        session.server_url,
    )
    return gone


def _commit(session: Session, files: Sequence[_ClaimedFile]) -> tuple[Gone, ...]:
    try:
        if isinstance(session, LazySession):
            session.commit()
            return session.not_added
        # The commit of ftrack_api would send whole lists, of which a file says no more than what it adds and removes.
        batch = batch_of(session)
        answer = session.call(cast("list[dict[str, Any]]", batch.payloads)) if batch.payloads else []
        if not is_answer_to(batch.payloads, answer):
            raise UnexpectedAnswerError(f"What {session.server_url} has sent is no answer to a commit. Replay again.")
        return settle(session, batch, answer)
    except ftrack_api.exception.ServerError as error:
        if _is_refusal(error):
            for claimed in files:
                claimed.refuse()
        raise


def _is_refusal(error: ftrack_api.exception.ServerError) -> bool:
    """Return whether the server itself has said no; ftrack_api raises the same for an answer that it cannot read."""
    return not isinstance(error, UnexpectedAnswerError) and "unexpected format" not in str(error)


def _remove_witnesses(
    session: Session, files: Iterable[_ClaimedFile], others: Iterable[EntityReference | None] = ()
) -> None:
    """Remove the witnesses of files that are committed; where that fails, the next replay of the file does it."""
    marked = [claimed for claimed in files if claimed.made_witness is not None]
    references = dict.fromkeys((*(claimed.made_witness for claimed in marked), *others))
    if recognition.remove_witnesses(session, [reference for reference in references if reference is not None]):
        for claimed in marked:
            claimed.forget_witness()


@contextlib.contextmanager
def _loaded(
    session: Session, files: Sequence[OperationsFile], operations: Sequence[OperationRecord]
) -> Generator[None]:
    """Let the *operations* be the session's own for a block, and the recorded entities known to it."""
    loader = Loader(session)
    session.recorded_operations = Operations()
    try:
        for content in files:
            loader.load(content.entities)
        for record in operations:
            session.recorded_operations.push(loader.operation(record))
        yield
    except BaseException:
        loader.forget()
        if isinstance(session, LazySession):
            session.attempts.forget()  # the file remembers what was sent
        raise
    finally:
        # A commit of operations that cancel each other out sends nothing, and then leaves them pending.
        session.recorded_operations.clear()


def _check_arguments(session: Session, on_conflict: str) -> None:
    if on_conflict not in get_args(OnConflict):
        known = ", ".join(repr(name) for name in get_args(OnConflict))
        raise InvalidArgumentsError(f"on_conflict is one of {known}, not {on_conflict!r}.")
    if len(session.recorded_operations) or is_deferring(session):
        raise DeferredOperationsError(
            "The session has pending operations, or is inside of deferred_operations(). Commit or roll back first, or "
            "call session.reconnect_and_commit(), which starts with a fresh connection."
        )


def _check_server(session: Session, content: OperationsFile, allow_other_server: bool) -> None:
    here = session.server_information.get("server_id")
    recorded = content.header.server_id if content.header is not None else None
    if allow_other_server or here is None or recorded is None or here == recorded:
        return
    where = content.header.server_url if content.header is not None else "another server"
    raise OperationsFileError(
        f"The operations in {content.path} were recorded for the server at {where}, which is not the one at "
        f"{session.server_url}. Connect to the right server, or pass allow_other_server=True."
    )


def _unique(paths: AnyPath | Iterable[AnyPath]) -> list[Path]:
    listed = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    return list({os.path.realpath(path): Path(path) for path in listed}.values())
