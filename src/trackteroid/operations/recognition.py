"""What of an interrupted replay has reached the server already.

A request is applied completely or not at all, so one thing that it created tells about all of it. This *witness* is
named in the file before anything is sent. Only entities with an id made by this client are witnesses: nobody else
makes them. Without one, and after the server has refused a request, each operation is looked at by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.operations.file import OperationsFile
from trackteroid.operations.record import CreateRecord, DeleteRecord, ListRecord, OperationRecord, UpdateRecord
from trackteroid.operations.server import current_values
from trackteroid.operations.values import EntityReference


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not on the server yet.

    Attributes:
        operations: what has to be sent, in the order of the files.
        arrived: per file, how many of its operations have arrived for certain.
    """

    operations: tuple[OperationRecord, ...]
    arrived: tuple[int, ...]


def find_missing(session: Session, files: Sequence[OperationsFile]) -> Missing:
    """Return what of the *files* has not reached the server yet."""
    witnesses = {content.state.witness for content in files} - {None}
    present = current_values(session, {witness: () for witness in witnesses if witness is not None})
    arrived = tuple(_arrived(content, content.state.witness in present) for content in files)
    waiting = [content.operations[count:] for content, count in zip(files, arrived, strict=True)]
    doubtful = [
        operation
        for content, operations in zip(files, waiting, strict=True)
        if content.state.sending is not None
        for operation in operations
    ]
    lacking = _lacking(session, doubtful) if doubtful else {}
    remaining = chain.from_iterable(lacking.get(id(item), (item,)) for item in chain.from_iterable(waiting))
    return Missing(tuple(remaining), arrived)


def witness_of(operations: Iterable[OperationRecord]) -> EntityReference | None:
    """Return an entity that exists on the server when, and only when, these operations have been applied."""
    found: dict[EntityReference, None] = {}
    for operation in operations:
        if isinstance(operation, CreateRecord) and [name for name, _ in operation.entity.key] == ["id"]:
            found[operation.entity] = None
        elif isinstance(operation, DeleteRecord):
            found.pop(operation.entity, None)
    return next(iter(found), None)


def _arrived(content: OperationsFile, has_witness: bool) -> int:
    """Return how many operations have arrived for certain; the file may have got more since."""
    return content.state.count or content.state.arrived if has_witness else content.state.arrived


def _lacking(session: Session, operations: Sequence[OperationRecord]) -> dict[int, tuple[OperationRecord, ...]]:
    """Return, per operation, what of it has to be sent, looking at each by itself.

    Created entities that exist are ours, entities to delete that do not exist have been deleted and need no more
    changes. Other changes may be repeated, without what has been deleted since.
    """
    created = {operation.entity for operation in operations if isinstance(operation, CreateRecord)}
    deleted = {operation.entity for operation in operations if isinstance(operation, DeleteRecord)}
    # What is created and deleted again never reaches the server, so its absence tells nothing.
    existing = current_values(session, dict.fromkeys(created ^ deleted, ())).keys()
    finished = (deleted - created) - existing
    lacking: dict[int, tuple[OperationRecord, ...]] = {}
    for operation in operations:
        if operation.entity in finished:
            lacking[id(operation)] = ()
        elif isinstance(operation, CreateRecord) and operation.entity in existing:
            lacking[id(operation)] = tuple(_as_updates(operation))
        elif isinstance(operation, ListRecord):
            lacking[id(operation)] = (_without(operation, finished),)
    return lacking


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
