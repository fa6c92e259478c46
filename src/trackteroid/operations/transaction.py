"""The block whose changes are committed together at its end, or taken back together."""

import contextlib
from collections.abc import Callable, Generator, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, Operation, Operations
from ftrack_api.session import Session
from requests.exceptions import RequestException

from trackteroid.client.commit.attempt import finish
from trackteroid.client.connection import LazySession
from trackteroid.client.creating import is_of_another
from trackteroid.client.entities import keep_in_memory
from trackteroid.configuration import logger
from trackteroid.errors import NotConnectedError, RefusedError, TransactionError
from trackteroid.operations.recording import Snapshot, find_cached
from trackteroid.operations.values import EntityReference
from trackteroid.session_state import Action, Block, Companion, blocks_of
from trackteroid.values import frozen

Made = TypeVar("Made")


@frozen
class Savepoint:
    """What was pending and changed in a session at one moment, to return to."""

    session: Session
    operations: Operations
    recorded: tuple[Operation, ...]
    created: tuple[tuple[EntityReference, Entity], ...]
    snapshot: Snapshot

    @classmethod
    def take(cls, session: Session) -> "Savepoint":
        """Remember what is pending and changed in *session* now."""
        operations = session.recorded_operations
        references = map(_created_by, operations)
        cached = ((each, find_cached(session, each)) for each in references if each is not None)
        created = tuple((reference, entity) for reference, entity in cached if entity is not None)
        return cls(session, operations, tuple(operations), created, Snapshot.take(session))

    @property
    def is_valid(self) -> bool:
        """Whether the session still has the connection, and with it the memory, of then."""
        # Looked up without the session's own attribute access, which may try to connect after a failed reconnect.
        return vars(self.session).get("recorded_operations") is self.operations and not self.session.closed

    def restoring(self, created_in_files: Iterable[EntityReference]) -> Callable[[], None]:
        """Return what brings the session back to what it was then, and can be called again when it is interrupted."""
        known = set(map(id, self.recorded))
        since = (_created_by(operation) for operation in self.operations if id(operation) not in known)
        created = [reference for reference in since if reference is not None]
        return partial(self._restore, [*created, *created_in_files])

    def _restore(self, created: list[EntityReference]) -> None:
        self._restore_operations()
        self.snapshot.restore(created)
        for reference, entity in self.created:  # a rollback inside of the block has removed them
            keep_in_memory(self.session, reference.entity_type, (value for _, value in reference.key), entity)

    def _restore_operations(self) -> None:
        now = tuple(self.operations)
        pairs = zip(now, self.recorded, strict=False)
        common = next((index for index, (one, other) in enumerate(pairs) if one is not other), None)
        kept = min(len(now), len(self.recorded)) if common is None else common
        while len(self.operations) > kept:
            self.operations.pop()
        for operation in self.recorded[kept:]:
            self.operations.push(operation)


#: Why nothing is sent inside of a transaction.
_REFUSALS: Mapping[Action, str] = {
    "commit": "A transaction() is open: it commits at its end, all or nothing, so commit() cannot be called inside. "
    "Leave the block first.",
    "confirm_commit": "A transaction() is open. Leave the block first, then ask for its commit.",
    "reconnect_and_commit": "Operations of a file cannot be committed inside of transaction(): reconnecting would lose "
    "what the block has changed. Leave the block first.",
}


class Transaction(Block):
    """An open transaction."""

    def __init__(self) -> None:
        #: What the files of deferred blocks inside of it create.
        self.created_in_files: list[EntityReference] = []
        #: What goes with the changes.
        self.companions: list[Companion] = []

    def refusal(self, action: Action) -> Exception | None:
        """Return the error that *action* ends with, until the transaction itself commits at its end."""
        return None if self.rolls_back_on_failure else TransactionError(_REFUSALS[action])

    def note_created(self, created: Iterable[EntityReference]) -> None:
        """Take note of what the file of an inner block creates."""
        self.created_in_files += created

    def take_along(self, companion: Companion) -> bool:
        """See to what goes with the changes of the block, and return True."""
        self.companions.append(companion)
        return True

    def along(self) -> Iterable[dict[str, Any]]:
        """Return what is asked of the server in the call that commits the block."""
        return [each for companion in self.companions for each in companion.along()]

    def take_back(self, session: Session, *, was_sent: bool) -> None:
        """Take back what went with changes that the server has not got; what it may have got stays."""
        try:
            arrived = was_sent and self.companions and isinstance(session, LazySession) and session.confirm_commit()
        except (NotConnectedError, RequestException) as error:
            logger("session").warning("Files that were sent stay, since the commit may have arrived: %s", error)
            return
        for companion in () if arrived else reversed(self.companions):
            companion.take_back()


#: What is said besides, if others have made what a block publishes.
_OVERTAKEN = (
    " Somebody else has made it meanwhile, so nothing of the block was kept. Run the block again: it finds theirs."
)

#: How often a commit is repeated at most because others have created the same meanwhile; each time they are further.
_ATTEMPTS = 20


def repeated_while_others_create(session: Session, make: Callable[[], Made]) -> Made:
    """Return what *make* returns, in a transaction of its own; once more while others create the same meanwhile.

    Raises:
        RefusedError: the server refuses the commit, for another reason or again and again.
    """
    left = _ATTEMPTS
    while True:
        left -= 1
        try:
            with transaction(session):
                return make()
        except RefusedError as refusal:
            if not left or not is_of_another(refusal):
                raise


@contextlib.contextmanager
def transaction(session: Session) -> Generator[None]:
    """Commit the changes of a block at its end, all or none; see `trackteroid.session.Session.transaction`."""
    blocks, block = blocks_of(session), Transaction()
    savepoint = Savepoint.take(session)
    accepted: int | None = None
    try:
        blocks.enter(block)
        yield
        if not savepoint.is_valid:
            raise TransactionError(
                "The session was closed or reconnected inside of transaction(), so what the block had changed before "
                "is lost and was not sent. Do this outside of the block."
            )
        block.rolls_back_on_failure = True
        # A transaction around this one commits it, and of deferred_operations the file takes what the block recorded.
        if blocks.refusal("commit") is None:
            accepted = _accepted_batches(session)
            session.commit()
        blocks.leave(block)
        if accepted is None:
            for companion in block.companions:
                blocks.take_along(companion)
    except BaseException as error:
        # Ctrl-C may have come just when the block was entered or left.
        finish(lambda: blocks.leave(block))
        # A commit can fail after the server has accepted it, while its answer is read: then it is no more to be undone.
        has_arrived = accepted is not None and _accepted_batches(session) > accepted
        if savepoint.is_valid and not has_arrived:
            finish(savepoint.restoring(block.created_in_files))
            logger("session").debug("Took back a transaction because of %s.", type(error).__name__)
        if not has_arrived:
            finish(partial(block.take_back, session, was_sent=accepted is not None))
        if block.companions and isinstance(error, RefusedError) and is_of_another(error):
            error.args, error.message = (f"{error}{_OVERTAKEN}",), f"{error.message}{_OVERTAKEN}"
        raise
    for companion in block.companions if accepted is not None else ():
        companion.has_arrived()


def _accepted_batches(session: Session) -> int:
    return cast("int", vars(session).get("accepted_batches", 0))


def _created_by(operation: Operation) -> EntityReference | None:
    if not isinstance(operation, CreateEntityOperation):
        return None
    return EntityReference.from_key(operation.entity_type, operation.entity_key)
