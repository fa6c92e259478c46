"""The block whose changes are committed together at its end, or taken back together."""

import contextlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import cast

from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, Operation, Operations
from ftrack_api.session import Session

from trackteroid.client.commit.attempts import finish
from trackteroid.client.entities import keep_in_memory
from trackteroid.configuration import logger
from trackteroid.errors import TransactionError
from trackteroid.operations.recording import created_in_files, find_cached, is_deferring
from trackteroid.operations.snapshot import Snapshot
from trackteroid.operations.values import EntityReference


@dataclass(frozen=True, slots=True)
class Savepoint:
    """What was pending and changed in a session at one moment, to return to."""

    session: Session
    operations: Operations
    recorded: tuple[Operation, ...]
    created: tuple[tuple[EntityReference, Entity], ...]
    snapshot: Snapshot
    #: What deferred blocks create while the transaction is open, and how much of it there was at this moment.
    deferred: list[EntityReference]
    deferred_before: int

    @classmethod
    def take(cls, session: Session, deferred: list[EntityReference]) -> "Savepoint":
        """Remember what is pending and changed in *session* now; *deferred* grows with what files take."""
        operations = session.recorded_operations
        references = map(_created_by, operations)
        cached = ((each, find_cached(session, each)) for each in references if each is not None)
        created = tuple((reference, entity) for reference, entity in cached if entity is not None)
        return cls(session, operations, tuple(operations), created, Snapshot.take(session), deferred, len(deferred))

    @property
    def is_valid(self) -> bool:
        """Whether the session still has the connection, and with it the memory, of then."""
        # Looked up without the session's own attribute access, which may try to connect after a failed reconnect.
        return vars(self.session).get("recorded_operations") is self.operations and not self.session.closed

    def restoring(self) -> Callable[[], None]:
        """Return what brings the session back to what it was then, and can be called again when it is interrupted."""
        known = set(map(id, self.recorded))
        since = (_created_by(operation) for operation in self.operations if id(operation) not in known)
        created = [reference for reference in since if reference is not None]
        return partial(self._restore, created + self.deferred[self.deferred_before :])

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


@contextlib.contextmanager
def transaction(session: Session) -> Generator[None]:
    """Commit the changes of a block at its end, all or none; see `trackteroid.session.Session.transaction`.

    The state of the block lives in the session's own attributes ``_open_transactions`` (how many blocks are open),
    ``_created_in_files`` (see `deferred_operations`) and ``_takes_back`` (whether a failing commit will be taken back).
    """
    depth = _count(session, "_open_transactions")
    deferred = created_in_files(session) if depth else []
    savepoint = Savepoint.take(session, deferred)
    before = {name: vars(session).get(name) for name in ("_open_transactions", "_created_in_files", "_takes_back")}
    accepted: int | None = None
    try:
        with _attribute(session, "_open_transactions", depth + 1), _attribute(session, "_created_in_files", deferred):
            yield
        _check_unharmed(savepoint)
        # Inside of deferred_operations nothing is sent: its file takes what the block recorded.
        if depth == 0 and not is_deferring(session):
            accepted = _count(session, "_accepted_batches")
            with _attribute(session, "_takes_back", True):
                session.commit()
    except BaseException as error:
        # Ctrl-C may have come just when one of these was set or reset.
        finish(lambda: vars(session).update(before))
        # A commit can fail after the server has accepted it, while its answer is read: then it is no more to be undone.
        has_arrived = accepted is not None and _count(session, "_accepted_batches") > accepted
        if savepoint.is_valid and not has_arrived:
            finish(savepoint.restoring())
            logger("session").debug("Took back a transaction because of %s.", type(error).__name__)
        raise


@contextlib.contextmanager
def _attribute(session: Session, name: str, value: object) -> Generator[None]:
    before = vars(session).get(name)
    setattr(session, name, value)
    try:
        yield
    finally:
        setattr(session, name, before)


def _check_unharmed(savepoint: Savepoint) -> None:
    if not savepoint.is_valid:
        raise TransactionError(
            "The session was closed or reconnected inside of transaction(), so what the block had changed before is "
            "lost and was not sent. Do this outside of the block."
        )


def _count(session: Session, name: str) -> int:
    return cast("int", vars(session).get(name, 0))


def _created_by(operation: Operation) -> EntityReference | None:
    if not isinstance(operation, CreateEntityOperation):
        return None
    return EntityReference.from_key(operation.entity_type, operation.entity_key)
