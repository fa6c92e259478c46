"""Sending the operations of files, each of them once in effect, whatever interrupts it."""

import contextlib
import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

import ftrack_api.exception
from ftrack_api.operation import Operations
from ftrack_api.session import Session

from trackteroid.client.commit.attempt import finish
from trackteroid.client.commit.commit import batch_of, settle
from trackteroid.client.commit.lists import Gone
from trackteroid.client.connection import LazySession
from trackteroid.client.creating import is_of_another
from trackteroid.client.sending import is_answer_to
from trackteroid.configuration import logger
from trackteroid.constants import AT_ONCE
from trackteroid.errors import (
    ConflictError,
    DeferredOperationsError,
    InvalidArgumentsError,
    OperationsFileError,
    RefusedError,
    UnexpectedAnswerError,
)
from trackteroid.operations import recognition
from trackteroid.operations.batches import Part, batches_of
from trackteroid.operations.format import container, file
from trackteroid.operations.format.container import AnyPath
from trackteroid.operations.format.file import OperationsFile, in_pieces
from trackteroid.operations.loading import (
    Conflict,
    Loader,
    current_values,
    find_conflicts,
    watched_attributes,
    without_conflicts,
)
from trackteroid.operations.recognition import find_claimed, with_assets_of_others
from trackteroid.operations.record import CreateRecord, OperationRecord
from trackteroid.operations.recording import is_deferring
from trackteroid.operations.values import EntityReference
from trackteroid.progress import OnProgress, following
from trackteroid.publishing.delivery import Delivery, ask_once, check_all
from trackteroid.publishing.transfers import Transfer
from trackteroid.values import frozen, replace


class Step(Enum):
    """What a replay has just done, in this order. The value says it in words.

    All but the first come once for each batch, of which files with many operations have several.
    """

    CLAIMED = "claimed the files"
    COMPARED = "compared them with the server"
    PREPARED = "prepared the operations"
    DELIVERED = "sent the files"
    MARKED_SENDING = "marked a file as being sent"  # once per file
    SENDING = "began to send the operations"
    ANSWERED = "sent the operations"
    REVIEWED = "asked for reviews"
    MARKED_ARRIVED = "marked how much of a file has arrived"  # once per file of which more is to be sent
    MARKED_COMMITTED = "marked a file as committed"  # once per file


#: Called with each step, after it; what it raises ends the replay as an interruption at that point would.
Observer: TypeAlias = Callable[[Step], None]


#: Called with how many operations have arrived, and how many there are.
Progress: TypeAlias = Callable[[int, int], None]


def ignore(*_: object) -> None:
    """Follow nothing."""


OnConflict: TypeAlias = Literal["overwrite", "raise", "skip"]


@frozen
class ReplayResult:
    """What a replay did.

    Attributes:
        committed: the files that are committed now and were not before.
        already_committed: the files that had been committed earlier; nothing of them was sent.
        sent: how many operations were sent.
        recognised: how many were not sent since an interrupted replay had brought them to the server.
        uploaded: how many files were sent.
        reviews: how many reviews were asked for.
        skipped: the changes that were left out because of ``on_conflict="skip"``.
        gone: what was not added to lists, because it does not exist any more. The log tells, too.
    """

    committed: tuple[Path, ...] = ()
    already_committed: tuple[Path, ...] = ()
    sent: int = 0
    recognised: int = 0
    uploaded: int = 0
    reviews: int = 0
    skipped: tuple[Conflict, ...] = ()
    gone: tuple[Gone, ...] = ()


def replay(
    session: Session,
    paths: AnyPath | Iterable[AnyPath],
    on_conflict: OnConflict = "overwrite",
    *,
    allow_other_server: bool = False,
    at_once: int = AT_ONCE,
    on_step: Observer = ignore,
    on_progress: Progress | None = None,
    on_upload: OnProgress | None = None,
) -> ReplayResult:
    """Send the operations in the files at *paths*, in that order and in one request, and mark the files as committed.

    More than *at_once* are sent in several requests, each of them one transaction, and the files say how much has
    arrived. A request that is refused, or a conflict that is raised, leaves what arrived before.

    Repeating a replay never repeats its effect: committed files are left alone, and what an interrupted replay had
    already brought to the server is recognised.

    Args:
        session: a connected session without pending operations.
        paths: one file or several.
        on_conflict: what to do with a change of a value that the server no longer holds as it was when recorded:
            ``"overwrite"`` it, ``"raise"`` before anything is sent, or ``"skip"`` the change.
        allow_other_server: replay on a server that is known to be another one than the files were recorded for.
        at_once: how many operations are sent in one transaction; fewer where the server takes no more in one call.
        on_step: called after each step.
        on_progress: called with how many operations have arrived and how many there are, after each request; without
            it, there is a bar on a terminal.
        on_upload: called with how far sending the files has come that belong to the operations; without it, there is a
            bar on a terminal.

    Raises:
        OperationsFileError: a file cannot be read or marked, or belongs to another server. Nothing was sent.
        ConflictError: with ``on_conflict="raise"``. Nothing was sent.
        DeferredOperationsError: the session has pending operations, or records deferred ones. Nothing was sent.
        TransferError: a file that is to be sent has changed, is missing, or cannot be sent. Nothing of it stays.
        Exception: what ``session.commit()`` raises. The session has no pending operations then, and the replay can be
            repeated.
    """
    if on_conflict not in get_args(OnConflict):
        known = ", ".join(repr(name) for name in get_args(OnConflict))
        raise InvalidArgumentsError(f"on_conflict is one of {known}, not {on_conflict!r}.")
    if len(session.recorded_operations) or is_deferring(session):
        raise DeferredOperationsError(
            "The session has pending operations, or is inside of deferred_operations(). Commit or roll back first, or "
            "call session.reconnect_and_commit(), which starts with a fresh connection."
        )
    listed = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    unique = {os.path.realpath(path): Path(path) for path in listed}.values()
    if isinstance(session, LazySession):
        session.find_out()
    with contextlib.ExitStack() as claims:
        files = [_ClaimedFile.claim(claims, path) for path in unique]
        waiting = [claimed for claimed in files if claimed.content.state.committed is None]
        for claimed in files if not allow_other_server else ():
            claimed.check_server(session)
        done = tuple(claimed.content for claimed in files if claimed not in waiting)
        for content in done:
            logger("operations").info("%s was already committed on %s.", content.path, content.state.committed)
        _remove_witnesses(session, [claimed for claimed in files if claimed not in waiting])
        on_step(Step.CLAIMED)
        result = ReplayResult()
        if waiting:
            with _told(on_progress, sum(len(claimed.content.operations) for claimed in waiting)) as tell:
                result = _Replay(session, waiting, on_conflict, at_once, (on_step, tell, on_upload)).run()
    return replace(result, already_committed=tuple(content.path for content in done))


@contextlib.contextmanager
def _told(on_progress: Progress | None, total: int) -> Generator[Progress]:
    """Tell how many operations have arrived: to who is called, or to who waits."""
    if on_progress is not None:
        yield on_progress
        return
    with following("Committing", total, unit="operations") as advance:
        before = 0

        def tell(done: int, _: int) -> None:
            nonlocal before
            advance(done - before)
            before = done

        yield tell


class _ClaimedFile:
    """An operations file that belongs to this process."""

    def __init__(self, claim: container.Claim, content: OperationsFile) -> None:
        self.content = content
        self._claim = claim
        self._state = content.state

    @classmethod
    def claim(cls, claims: contextlib.ExitStack, path: Path) -> "_ClaimedFile":
        claim = claims.enter_context(container.claim(path))
        return cls(claim, file.open_in(path, claim))

    def check_server(self, session: Session) -> None:
        """Refuse a server that is known to be another one than the file was recorded for."""
        here, header = session.server_information.get("server_id"), self.content.header
        if header is not None and None not in (here, header.server_id) and here != header.server_id:
            raise OperationsFileError(
                f"The operations in {self.content.path} were recorded for the server at {header.server_url}, which is "
                f"not the one at {session.server_url}. Connect to the right server, or pass allow_other_server=True."
            )

    def begin(self, start: int, stop: int, witness: EntityReference | None) -> None:
        """Mark the file as being sent, from one of its operations to before another."""
        self._mark(file.State(sending=file.now(), count=stop, witness=witness, arrived=start))

    def advance(self, arrived: int) -> None:
        """Mark how many operations have arrived; a witness that was made for them is still to be removed."""
        self._mark(file.State(sending=file.now(), count=arrived, witness=self.made_witness, arrived=arrived))

    def refuse(self) -> None:
        """Mark that what exists on the server now need not be from this request."""
        self._mark(replace(self._state, count=None, witness=None))

    def end(self) -> None:
        """Mark the file as committed; a witness that was made for it is still to be removed."""
        self._mark(file.State(committed=file.now(), witness=self.made_witness))

    def forget_witness(self) -> None:
        """Mark that the witness is removed."""
        self._mark(replace(self._state, witness=None))

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


class _Replay:
    """The replay of files that are claimed and not committed yet, batch by batch."""

    def __init__(
        self,
        session: Session,
        files: Sequence[_ClaimedFile],
        on_conflict: OnConflict,
        at_once: int,
        observers: tuple[Observer, Progress, OnProgress | None],
    ) -> None:
        self._session = session
        self._files = files
        self._on_conflict: OnConflict = on_conflict
        self._at_once = at_once
        self._on_step, self._on_progress, self._on_upload = observers
        self._done = ReplayResult()
        self._left: tuple[EntityReference, ...] = ()
        self._claimed = [each for claimed in files for each in find_claimed(in_pieces(claimed.content.operations, 0))]

    def run(self) -> ReplayResult:
        """Send everything, and return what was done."""
        contents = [claimed.content for claimed in self._files]
        arrived = recognition.find_arrived(self._session, contents)
        self._left = arrived.witnesses
        operations = [content.operations for content in contents]
        # As many as fit into one call beside the witnesses of the files.
        taken, most = self._session.server_information.get("call_operations"), self._at_once
        if isinstance(taken, int):
            most = max(1, min(most, taken - len(contents)))
        batches = batches_of(operations, arrived.counts, most)
        total, done = sum(map(len, operations)), sum(arrived.counts)
        self._done = replace(self._done, recognised=done)
        conflicts = None if len(batches) == 1 else self._all_conflicts(arrived.counts)
        if len(batches) > 1:  # before the first of them changes anything on the server
            for content, start in zip(contents, arrived.counts, strict=True):
                check_all(_transfers(content, in_pieces(content.operations, start)))
        self._on_progress(done, total)
        for number, batch in enumerate(batches):
            try:
                self._send_again_if_overtaken(batch, arrived.counts, conflicts)
            except Exception:
                if number:
                    logger("operations").warning(
                        "%d of %d operations have arrived, and the files say so. Replay them again to send the rest.",
                        done,
                        total,
                    )
                raise
            done += sum(part.stop - part.start for part in batch)
            self._on_progress(done, total)
        return self._done

    def _all_conflicts(self, counts: Sequence[int]) -> tuple[Conflict, ...]:
        """Return the conflicts of all batches, before the first of them changes anything on the server."""
        if self._on_conflict == "overwrite":
            return ()
        contents = (claimed.content.operations for claimed in self._files)
        rest = [record for each, start in zip(contents, counts, strict=True) for record in each[start:]]
        return self._conflicts(rest, counts)

    def _conflicts(self, operations: Sequence[OperationRecord], counts: Sequence[int]) -> tuple[Conflict, ...]:
        if self._on_conflict == "overwrite":
            return ()
        arrived = (
            record
            for claimed, count in zip(self._files, counts, strict=True)
            for record in islice(in_pieces(claimed.content.operations, 0), count)
        )
        conflicts = find_conflicts(operations, current_values(self._session, watched_attributes(operations)), arrived)
        if conflicts and self._on_conflict == "raise":
            listed = "\n".join(f"  {conflict}" for conflict in conflicts)
            raise ConflictError(
                f"Nothing was sent: {len(conflicts)} values changed on the server since they were recorded.\n{listed}\n"
                'Replay with on_conflict="overwrite" to change them anyway, or with on_conflict="skip" to leave them.',
                conflicts=conflicts,
            )
        return conflicts

    def _send_again_if_overtaken(
        self, batch: Sequence[Part], counts: Sequence[int], conflicts: tuple[Conflict, ...] | None
    ) -> None:
        """Send one batch; once more if somebody else has made one of its assets in that moment."""
        try:
            self._send(batch, counts, conflicts)
        except RefusedError as refusal:
            if not self._claimed or not is_of_another(refusal):
                raise
            self._send(batch, counts, conflicts)

    def _send(self, batch: Sequence[Part], counts: Sequence[int], conflicts: tuple[Conflict, ...] | None) -> None:
        """Send one batch; without *conflicts* it is the only one."""
        session, is_only = self._session, conflicts is None
        files = [self._files[part.file] for part in batch]
        waiting = [recognition.Waiting(self._files[part.file].content, part.start, part.stop) for part in batch]
        missing = with_assets_of_others(session, recognition.find_missing(session, waiting), self._claimed)
        found = self._conflicts(missing, counts) if conflicts is None else conflicts
        remaining = without_conflicts(missing, found)
        self._on_step(Step.COMPARED)
        transfers = [each for claimed in files for each in _transfers(claimed.content, remaining)]
        check_all(transfers)
        with self._loaded([claimed.content for claimed in files] if is_only else (), remaining) as loader:
            self._on_step(Step.PREPARED)
            with self._delivered(transfers):
                self._on_step(Step.DELIVERED)
                gone = self._commit_marked(files, batch, remaining)
            self._on_step(Step.ANSWERED)
        reviews = self._ask_for_reviews(files, batch)
        if not is_only:
            loader.forget()  # or the session would come to hold all of them
        ended: list[Path] = []
        for claimed, part in zip(files, batch, strict=True):
            if part.stop < len(claimed.content.operations):
                claimed.advance(part.stop)
                self._on_step(Step.MARKED_ARRIVED)
            else:
                claimed.end()
                ended.append(claimed.content.path)
                self._on_step(Step.MARKED_COMMITTED)
        _remove_witnesses(session, files, self._left)
        self._left = ()
        done = self._done
        self._done = replace(
            done,
            committed=(*done.committed, *ended),
            sent=done.sent + len(remaining),
            uploaded=done.uploaded + len(transfers),
            reviews=done.reviews + reviews,
            recognised=done.recognised + sum(part.stop - part.start for part in batch) - len(missing),
            skipped=found,
            gone=(*done.gone, *gone),
        )

    @contextlib.contextmanager
    def _loaded(self, files: Sequence[OperationsFile], operations: Sequence[OperationRecord]) -> Generator[Loader]:
        """Let the *operations* be the session's own for a block, and the recorded entities of *files* known to it."""
        session = self._session
        loader = Loader(session)
        session.recorded_operations = Operations()
        try:
            for content in files:
                loader.load(content.entities)
            for record in operations:
                session.recorded_operations.push(loader.operation(record))
            yield loader
        except BaseException:
            loader.forget()
            if isinstance(session, LazySession):
                session.attempts.forget()  # the file remembers what was sent
            raise
        finally:
            # A commit of operations that cancel each other out sends nothing, and then leaves them pending.
            session.recorded_operations.clear()

    @contextlib.contextmanager
    def _delivered(self, transfers: Sequence[Transfer]) -> Generator[None]:
        """Put files in place for a block that commits what they belong to.

        They are removed when it is certain that the server has nothing of it. Otherwise they stay: the replay is
        repeated.
        """
        delivery = Delivery(self._session, tuple(transfers))
        is_sent = False
        try:
            delivery.put(self._on_upload, again=True)
            is_sent = True
            yield
        except BaseException as error:
            if not is_sent or (isinstance(error, ftrack_api.exception.ServerError) and _is_refusal(error)):
                finish(delivery.take_back)
            raise

    def _commit_marked(
        self, files: Sequence[_ClaimedFile], batch: Sequence[Part], remaining: Sequence[OperationRecord]
    ) -> tuple[Gone, ...]:
        """Send what is pending, after the files tell how it will be known whether it arrived; return what is gone."""
        session = self._session
        own = recognition.witness_of(remaining)
        made: Mapping[Path, EntityReference] = {}
        if remaining and own is None:
            made = recognition.witnesses_for(session, [claimed.content.path for claimed in files])
        for path, reference in made.items():
            session.recorded_operations.push(recognition.witness_creation(reference, path))
        for claimed, part in zip(files, batch, strict=True):
            # Where nothing is sent any more, what told so goes on to do that.
            claimed.begin(part.start, part.stop, made.get(claimed.content.path, own) if remaining else claimed.witness)
            self._on_step(Step.MARKED_SENDING)
        self._on_step(Step.SENDING)
        try:
            return self._commit(files)
        except ftrack_api.exception.ServerError as error:
            if not (made and _is_refusal(error)):
                raise
        # What was refused is sent again, in case that was for the witnesses, which not everybody may make.
        for _ in made:
            session.recorded_operations.pop()
        gone = self._commit(files)
        logger("operations").warning(
            "%s may not add to their own metadata on %s, which is where a replay that changes but creates nothing "
            "leaves word of itself. Should such a replay be interrupted, repeating it also repeats its changes.",
            session.api_user,
            session.server_url,
        )
        return gone

    def _commit(self, files: Sequence[_ClaimedFile]) -> tuple[Gone, ...]:
        session = self._session
        try:
            if isinstance(session, LazySession):
                session.commit()
                return session.not_added
            # The commit of ftrack_api would send whole lists, of which a file says no more than what it adds and
            # removes.
            batch = batch_of(session)
            answer = session.call(cast("list[dict[str, Any]]", batch.payloads)) if batch.payloads else []
            if not is_answer_to(batch.payloads, answer):
                raise UnexpectedAnswerError(
                    f"What {session.server_url} has sent is no answer to a commit. Replay again."
                )
            return settle(session, batch, answer)
        except ftrack_api.exception.ServerError as error:
            if _is_refusal(error):
                for claimed in files:
                    claimed.refuse()
            raise

    def _ask_for_reviews(self, files: Sequence[_ClaimedFile], batch: Sequence[Part]) -> int:
        """Ask for the reviews of the files that have arrived in full; return how many nobody had asked for."""
        contents = [claimed.content for claimed in files]
        ended = [each for each, part in zip(contents, batch, strict=True) if part.stop == len(each.operations)]
        reviews = [review for content in ended for review in content.attached.reviews]
        jobs = 0
        for review in reviews:
            try:
                jobs += len(ask_once(self._session, [review]))
            except ftrack_api.exception.ServerError as error:  # noqa: PERF203  # each may be refused
                if not _is_refusal(error):
                    raise
                logger("operations").warning("Everything has arrived, but the server makes no review: %s", error)
        self._on_step(Step.REVIEWED)
        return jobs


def _transfers(content: OperationsFile, operations: Iterable[OperationRecord]) -> list[Transfer]:
    """Return the files that are sent before these operations: those of the components that they create."""
    if not content.attached.transfers:
        return []
    created = {dict(record.entity.key).get("id") for record in operations if isinstance(record, CreateRecord)}
    return [transfer for transfer in content.attached.transfers if transfer.component_id in created]


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
