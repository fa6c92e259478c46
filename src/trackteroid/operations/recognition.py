"""What of an interrupted replay has reached the server already, told by what it created or by a witness."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast

import ftrack_api.exception
import requests
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.recognition import WITNESS, is_witness
from trackteroid.client.entities import forget
from trackteroid.configuration import logger
from trackteroid.operations.format.file import OperationsFile, now
from trackteroid.operations.loading import current_values
from trackteroid.operations.record import CreateRecord, DeleteRecord, ListRecord, OperationRecord, UpdateRecord
from trackteroid.operations.values import EntityReference
from trackteroid.spelling import is_claim, quoted
from trackteroid.values import frozen, replace


@frozen
class Arrived:
    """What is known to have arrived of files.

    Attributes:
        counts: per file, how many of its operations have arrived for certain.
        witnesses: the witnesses that exist, of those that were made for nothing else.
    """

    counts: tuple[int, ...]
    witnesses: tuple[EntityReference, ...]


@frozen
class Waiting:
    """Operations of one file that are to be sent, unless they are there already.

    Attributes:
        content: the file.
        start: the number of the first.
        stop: the number of the one behind the last.
    """

    content: OperationsFile
    start: int
    stop: int

    @property
    def doubtful(self) -> int:
        """The number behind the last of which nobody knows whether it has arrived; what follows was never sent."""
        state = self.content.state
        if state.sending is None:
            return self.start
        return self.stop if state.count is None else min(max(state.count, self.start), self.stop)


def find_arrived(session: Session, files: Sequence[OperationsFile]) -> Arrived:
    """Return what of the *files* has arrived for certain; they may have got more since."""
    witnesses = {content.state.witness for content in files} - {None}
    present = current_values(session, {witness: () for witness in witnesses if witness is not None})
    counts = tuple(
        content.state.count or content.state.arrived if content.state.witness in present else content.state.arrived
        for content in files
    )
    return Arrived(counts, tuple(filter(is_made_here, present)))


def find_missing(session: Session, waiting: Sequence[Waiting]) -> tuple[OperationRecord, ...]:
    """Return what of the *waiting* operations has to be sent, in the order of the files."""
    doubtful = [record for part in waiting for record in part.content.operations[part.start : part.doubtful]]
    lacking = iter(_lacking(session, doubtful) if doubtful else ())
    missing: list[OperationRecord] = []
    for part in waiting:
        for _ in range(part.start, part.doubtful):
            missing += next(lacking)
        missing += part.content.operations[part.doubtful : part.stop]
    return tuple(missing)


def witness_of(operations: Iterable[OperationRecord]) -> EntityReference | None:
    """Return an entity that exists on the server when, and only when, these operations have been applied.

    What is claimed by its id may have been made by others.
    """
    found: dict[EntityReference, None] = {}
    for operation in operations:
        key = operation.entity.key
        if isinstance(operation, CreateRecord) and [name for name, _ in key] == ["id"] and not is_claim(key[0][1]):
            found[operation.entity] = None
        elif isinstance(operation, DeleteRecord):
            found.pop(operation.entity, None)
    return next(iter(found), None)


def _lacking(session: Session, operations: Sequence[OperationRecord]) -> Iterator[tuple[OperationRecord, ...]]:
    """Iterate over what of each operation has to be sent, looking at each by itself.

    Created entities that exist are ours, entities to delete that do not exist have been deleted and need no more
    changes. Other changes may be repeated, without what has been deleted since.
    """
    created = {operation.entity for operation in operations if isinstance(operation, CreateRecord)}
    deleted = {operation.entity for operation in operations if isinstance(operation, DeleteRecord)}
    # What is created and deleted again never reaches the server, so its absence tells nothing.
    existing = current_values(session, dict.fromkeys(created ^ deleted, ())).keys()
    finished = (deleted - created) - existing
    for operation in operations:
        if operation.entity in finished:
            yield ()
        elif isinstance(operation, CreateRecord) and operation.entity in existing:
            yield tuple(_as_updates(operation))
        elif isinstance(operation, ListRecord):
            yield (_without(operation, finished),)
        else:
            yield (operation,)


def _as_updates(operation: CreateRecord) -> Iterator[UpdateRecord]:
    """Iterate over what brings an entity that exists to the values it was to be created with.

    One with an id of ours has them. A key that means something, like that of metadata, may be somebody else's.
    """
    keys = dict(operation.entity.key)
    if list(keys) != ["id"]:
        for name, value in operation.values.items():
            if name not in keys:
                yield UpdateRecord(operation.entity, name, NOT_SET, value)


def _without(operation: ListRecord, gone: set[EntityReference]) -> ListRecord:
    """Return the change of a list without what has been deleted since."""
    sides = (operation.added, operation.removed)
    added, removed = (replace(side, items=tuple(item for item in side.items if item not in gone)) for side in sides)
    return replace(operation, added=added, removed=removed)


_TYPE = "Metadata"


def witnesses_for(session: Session, paths: Iterable[Path]) -> dict[Path, EntityReference]:
    """Return a new witness for each of the files at *paths*; none when the server does not know the user."""
    user = _user_id(session)
    if user is None or _TYPE not in session.types:
        return {}
    return {path: _reference(user) for path in paths}


def witness_creation(witness: EntityReference, path: Path) -> CreateEntityOperation:
    """Return the operation that lets the *witness* of the file at *path* arrive."""
    value = f"{path.name} was sent on {now()}. This can be removed once the file has been replayed to its end."
    values = {**dict(witness.key), "parent_type": "User", "value": value}
    return CreateEntityOperation(_TYPE, dict(witness.key), values)


def is_made_here(witness: EntityReference | None) -> bool:
    """Return whether a witness is one of `witnesses_for`, and not something that a file creates."""
    return witness is not None and is_witness(witness.entity_type, [value for _, value in witness.key])


def remove_witnesses(session: Session, witnesses: Iterable[EntityReference]) -> bool:
    """Remove *witnesses* from the server and return whether it was reached; what stays there does no harm."""
    keys = [[value for _, value in witness.key] for witness in witnesses]
    for key in keys:
        forget(session, _TYPE, key)
    try:
        # The server removes all or none, so one that is gone already keeps the others from going.
        if keys and not _remove(session, keys) and len(keys) > 1:
            for key in keys:
                _remove(session, [key])
    except requests.exceptions.RequestException as error:
        logger("operations").debug("The server was not reached to remove what told of replays: %s", error)
        return False
    return True


def _remove(session: Session, keys: Iterable[list[str]]) -> bool:
    try:
        session.call([{"action": "delete", "entity_type": _TYPE, "entity_key": key} for key in keys])
    except ftrack_api.exception.ServerError as error:
        logger("operations").debug("What told of a replay stays in the metadata of the user: %s", error)
        return False
    return True


def _reference(user: str) -> EntityReference:
    return EntityReference(_TYPE, (("parent_id", user), ("key", f"{WITNESS}{uuid.uuid4()}")))


def _user_id(session: Session) -> str | None:
    expression = f"select id from User where username is {quoted(session.api_user)}"  # noqa: S608 - ftrack's, no SQL
    found = cast("list[Entity]", session.call([{"action": "query", "expression": expression}])[0]["data"])
    with session.auto_populating(False):
        return str(found[0]["id"]) if len(found) == 1 else None
