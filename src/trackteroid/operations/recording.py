"""The block that records operations into a file instead of leaving them pending in the session.

A snapshot keeps the local changes of a session's entities at one moment, to return to.
"""

import contextlib
import copy
import os
from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import cast

from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.operation import Operation, Operations, UpdateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import find_in_memory, forget
from trackteroid.client.local_changes import changed_entities
from trackteroid.configuration import logger
from trackteroid.constants import AT_ONCE
from trackteroid.errors import DeferredOperationsError
from trackteroid.operations.format import container, file
from trackteroid.operations.format.container import AnyPath
from trackteroid.operations.record import (
    CreateRecord,
    EntityRecord,
    ListRecord,
    OperationRecord,
    UpdateRecord,
    record_entity,
    record_operation,
    stored_attributes,
)
from trackteroid.operations.values import EntityReference, References
from trackteroid.publishing.delivery import Delivery
from trackteroid.session_state import Action, Block, Companion, blocks_of, innermost, opening
from trackteroid.values import frozen

#: Why nothing is sent inside of a block: it would be what was meant for the file.
_REFUSALS: Mapping[Action, str] = {
    "commit": "Nothing leaves the session inside of deferred_operations(), so commit() cannot be called there. "
    "Leave the block first, then send its file with reconnect_and_commit().",
    "confirm_commit": "A block of deferred_operations is open. Leave the block first.",
    "reconnect_and_commit": "Operations cannot be committed inside of deferred_operations: reconnecting would lose "
    "what the block has recorded. Leave the block first.",
}


class DeferredOperations(Operations, Block):
    """The operations of one deferred block.

    Each operation becomes a record at the moment it happens: a value that cannot be recorded raises at the line that
    assigns it, and later changes of the entities cannot alter what was recorded.
    """

    defers = True

    def __init__(self, session: Session, path: Path) -> None:
        super().__init__()
        self.path = path
        self.records: list[OperationRecord] = []
        self.deliveries: list[Delivery] = []
        self._session = session

    @property
    def created(self) -> list[EntityReference]:
        """The entities that the file will create."""
        return [record.entity for record in self.records if isinstance(record, CreateRecord)]

    @property
    def is_open(self) -> bool:
        """Whether the session still records into this block."""
        # Looked up without the session's own attribute access, which may try to connect after a failed reconnect.
        return vars(self._session).get("recorded_operations") is self

    def push(self, operation: Operation) -> None:
        """Add *operation*; raise AssignmentError when it cannot be recorded."""
        record = record_operation(operation, self._server_value(operation))
        super().push(operation)
        self.records.append(record)

    def pop(self) -> Operation:
        """Remove and return the last operation."""
        self.records.pop()
        return super().pop()

    def clear(self) -> None:
        """Remove all operations, as a rollback does."""
        self.records.clear()
        super().clear()

    def refusal(self, action: Action) -> Exception:
        """Return the error that *action* ends with: it would send what was meant for the file."""
        return DeferredOperationsError(_REFUSALS[action])

    def take_along(self, companion: Companion) -> bool:
        """Return whether the file tells what goes with the operations: files to send, and reviews."""
        if isinstance(companion, Delivery):
            self.deliveries.append(companion)
        return isinstance(companion, Delivery)

    def save(self, *, clear: bool) -> None:
        """Write the file, or add to it unless it is to be cleared."""
        operations, entities, state = list(self.records), self._entities(), file.State()
        attached = file.Attached.of(self.deliveries)
        with container.held(self.path):
            existing = file.read(self.path) if container.exists(self.path) else None
            if existing is not None and existing.state.committed is None:
                if not clear:
                    operations, state = [*existing.operations, *operations], existing.state
                    attached = existing.attached.and_of(attached)
                    # The record of an entity that the file creates says more than a later one of the same entity.
                    merged = {record.entity: record for record in [*existing.entities, *entities]}
                    entities = list((merged | {new.entity: new for new in existing.entities if new.created}).values())
                elif existing.operations:
                    logger("operations").warning(
                        "Replacing %d operations in %s that were never sent.", len(existing.operations), self.path
                    )
            origin = file.Origin.of(self._session)
            file.write(self.path, origin, operations, entities, state=state, attached=attached)
        if len(operations) > AT_ONCE:
            logger("operations").warning(
                "%s holds %d operations, which is more than the %d that are sent in one transaction. They will be sent "
                "in several, in this order: if one is refused, those before it stay. To have one, record fewer, or "
                "replay with at_once=%d.",
                self.path,
                len(operations),
                AT_ONCE,
                len(operations),
            )
        logger("operations").info("Recorded %d operations in %s.", len(self.records), self.path)

    def give_identity(self) -> None:
        """Let created entities keep their key when a later commit of the session clears all local values."""
        for reference in self.created:
            entity = find_cached(self._session, reference)
            if entity is None:
                continue
            for attribute in entity.attributes:
                if attribute.name in entity.primary_key_attributes:
                    attribute.set_remote_value(entity, attribute.get_local_value(entity))

    def _server_value(self, operation: Operation) -> object:
        if not isinstance(operation, UpdateEntityOperation):
            return NOT_SET
        entity = find_cached(self._session, EntityReference.from_key(operation.entity_type, operation.entity_key))
        attribute = entity.attributes.get(operation.attribute_name) if entity is not None else None
        if entity is None or attribute is None:
            return NOT_SET
        return cast("object", attribute.get_remote_value(entity))

    def _entities(self) -> list[EntityRecord]:
        """Return records of all entities that the operations touch and of those they refer to, one step further."""
        created = set(self.created)
        found: dict[EntityReference, EntityRecord] = {}

        def collect(references: Iterable[EntityReference]) -> None:
            for reference in references:
                if reference not in found:
                    entity, is_new = find_cached(self._session, reference), reference in created
                    found[reference] = (
                        EntityRecord(reference, {}, is_new) if entity is None else record_entity(entity, created=is_new)
                    )

        collect(chain.from_iterable(map(_mentioned, self.records)))
        for record in list(found.values()):
            for value in record.values.values():
                # Of collections only the rows of mapped ones: others can hold any number of entities, which are known
                # by the keys in the record.
                if isinstance(value, EntityReference) or (isinstance(value, References) and value.mapped):
                    collect(_references(value))
        return list(found.values())


@contextlib.contextmanager
def deferred_operations(session: Session, path: AnyPath, clear: bool = True) -> Generator[None]:
    """Record the operations of a block into the file at *path* instead of leaving them pending in *session*.

    Nothing is sent. When the block is left, the file is complete and on disk, and the operations that were pending
    before are pending again; the changed values stay visible in this session until its next commit. Send them with
    ``session.reconnect_and_commit(path)``, in this or in another process.

    After an exception in the block, or when the file cannot be written, the session is exactly as it was before and a
    file at *path* is untouched. Blocks can be nested, with different files.

    Args:
        session: a connected session.
        path: the file to write; its folder must exist.
        clear: replace an existing file; otherwise add to the operations it holds.

    Raises:
        OperationsFileError: the file cannot be written, or what is there is no readable operations file. Such a file
            is never replaced.
        AssignmentError: at the assignment of a value that no file can hold.
        DeferredOperationsError: ``commit()``, closing or reconnecting the session inside the block.
    """
    target = Path(os.fspath(path))
    _check_target(session, target)
    outer = session.recorded_operations
    snapshot = Snapshot.take(session)
    block = DeferredOperations(session, target)
    session.recorded_operations = block
    try:
        with opening(session, block):
            yield
        if session.closed or not block.is_open:
            raise DeferredOperationsError(
                "The session was closed or reconnected inside of deferred_operations(), so the operations recorded "
                f"before are lost and {block.path} was not written. Do this outside of the block."
            )
        block.save(clear=clear)
    except BaseException:
        if block.is_open:
            session.recorded_operations = outer
            snapshot.restore(block.created)
        raise
    blocks_of(session).note_created(block.created)
    block.give_identity()
    session.recorded_operations = outer


def is_deferring(session: Session) -> bool:
    """Return whether a block of `deferred_operations` is open for *session*, also after it was reconnected."""
    return innermost(session, DeferredOperations) is not None


def find_cached(session: Session, reference: EntityReference) -> Entity | None:
    """Return the entity that *session* holds for *reference*, without a request."""
    return find_in_memory(session, reference.entity_type, (value for _, value in reference.key))


def _check_target(session: Session, path: Path) -> None:
    container.check_writable(path)
    around = (block for block in blocks_of(session) if isinstance(block, DeferredOperations))
    if any(os.path.realpath(block.path) == os.path.realpath(path) for block in around):
        raise DeferredOperationsError(
            f"An enclosing block already records into {path}. Name another file for the inner block, or leave it out: "
            "the outer block records everything inside of it."
        )
    with container.held(path):  # whoever would have to wait for a replay at the end of the block does so now
        if container.exists(path):
            # Also when it is going to be replaced: a file of another kind was named by mistake.
            file.read(path)


def _mentioned(record: OperationRecord) -> Iterator[EntityReference]:
    yield record.entity
    if isinstance(record, CreateRecord):
        for value in record.values.values():
            yield from _references(value)
    elif isinstance(record, UpdateRecord):
        yield from _references(record.new_value)
    elif isinstance(record, ListRecord):
        yield from (*record.added.items, *record.removed.items)


def _references(value: object) -> tuple[EntityReference, ...]:
    if isinstance(value, EntityReference):
        return (value,)
    return value.items if isinstance(value, References) else ()


@frozen
class Snapshot:
    """What differed from the server, per entity, when the snapshot was taken; *seen* keeps those entities alive."""

    session: Session
    seen: dict[int, tuple[Entity, dict[str, object]]]

    @classmethod
    def take(cls, session: Session) -> "Snapshot":
        """Remember the local changes of the entities in the memory of *session*."""
        return cls(session, {id(entity): (entity, _changes(entity)) for entity in changed_entities(session)})

    def restore(self, created: Iterable[EntityReference]) -> None:
        """Undo all local changes made since, and remove the entities *created* since from the session's cache."""
        session = self.session
        with session.auto_populating(False), session.operation_recording(False):
            for reference in created:
                forget(session, reference.entity_type, (value for _, value in reference.key))
            fresh = {id(entity): (entity, dict[str, object]()) for entity in changed_entities(session)}
            for entity, changes in (fresh | self.seen).values():
                present = _changes(entity)
                for attribute in stored_attributes(entity):
                    before, now = changes.get(attribute.name, NOT_SET), present.get(attribute.name, NOT_SET)
                    if before is now or (_rows(before) is not None and _rows(before) == _rows(now)):
                        continue
                    # In two steps: an immutable attribute accepts a value only when it has none.
                    attribute.set_local_value(entity, NOT_SET)
                    if before is not NOT_SET:
                        attribute.set_local_value(entity, before)


def _changes(entity: Entity) -> dict[str, object]:
    """Return the local values that are not mere copies of the server's; collections are copied locally when read."""
    changes: dict[str, object] = {}
    for attribute in stored_attributes(entity):
        local = cast("object", attribute.get_local_value(entity))
        if local is NOT_SET:
            continue
        rows = _rows(local)
        if rows is None or rows != _rows(cast("object", attribute.get_remote_value(entity))):
            changes[attribute.name] = copy.copy(local) if rows is not None else local
    return changes


def _rows(value: object) -> list[Entity] | None:
    """Return the entities of a collection in their order, None for any other value."""
    if isinstance(value, MappedCollectionProxy):
        value = value.collection
    return cast("list[Entity]", value[:]) if isinstance(value, Collection) else None
