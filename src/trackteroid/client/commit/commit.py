"""Sending what is pending in a session, in three steps with nothing but plain data between them.

    batch = batch_of(session)               what is pending, as payloads; the session is as it was
    answer = session.call(batch.payloads)   one request: the server applies all of it, or nothing
    settle(session, batch, answer)          what was pending is what the server has

Until the last step nothing in the session has changed, so whoever is interrupted before it, or does not know whether
the request has arrived, can settle the batch later or send it again.

ftrack_api forgets the local values and merges what the server answers, so that what a server does not repeat reads as
it was before. After the last step what was sent is what the server has, and what it answers counts more. References
agree with their ids, and lists have what was added to them and not what was removed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]
from ftrack_api.attribute import ReferenceAttribute, ScalarAttribute
from ftrack_api.entity.base import Entity
from ftrack_api.operation import Operation, UpdateEntityOperation
from ftrack_api.session import OperationPayload, Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.batch import (
    ListEdit,
    Step,
    data_of,
    finished,
    key_of,
    key_of_payload,
    steps_of,
    update_payload,
)
from trackteroid.client.commit.lists import Gone, ignored_in, resolve, without_gone
from trackteroid.client.entities import Key, find_in_memory, key_of_operation, members, storage_of
from trackteroid.client.entities import key_of as key_of_entity
from trackteroid.client.local_lists import note_added, store_members
from trackteroid.schema.membership import reference_keys
from trackteroid.schema.types import schema_of


@dataclass(frozen=True, slots=True)
class Batch:
    """What a commit sends.

    Attributes:
        operations: what was pending when the batch was made.
        payloads: the operations of the request; none when the pending ones cancel each other out.
        edits: the changes of lists among the pending operations.
        gone: what is not added to lists, because it does not exist any more.
    """

    operations: tuple[Operation, ...]
    payloads: list[OperationPayload]
    edits: tuple[ListEdit, ...] = ()
    gone: tuple[Gone, ...] = ()


def batch_of(session: Session) -> Batch:
    """Return what has to be sent for what is pending in *session*.

    For some changes of lists this asks the server, see `trackteroid.client.commit.lists`.
    """
    with session._thread_lock, session.auto_populating(False):
        operations = tuple(session.recorded_operations)
        steps = _steps(session, operations)
    resolved = resolve(session, steps)
    return Batch(operations, finished(resolved.payloads), resolved.edits, resolved.gone)


def outlined(session: Session, operations: Iterable[Operation]) -> list[OperationPayload]:
    """Return what *operations* do, with what is added to lists and removed in the place of their values.

    It says the same whenever it is asked; what a batch sends for a list depends on what the server has.
    """
    with session._thread_lock, session.auto_populating(False):
        steps = _steps(session, operations)
    return finished(_outlined(step) if isinstance(step, ListEdit) else step for step in steps)


def _outlined(change: ListEdit) -> OperationPayload:
    added, removed = (list(side.values()) for side in (change.edit.added, change.edit.removed))
    return update_payload(change.owner, {change.attribute: {"added": added, "removed": removed}})


def _steps(session: Session, operations: Iterable[Operation]) -> list[Step]:
    schema = schema_of(session)

    def is_list(type_name: str, name: str) -> bool:
        attribute = schema.find_attribute(type_name, name)
        return attribute is not None and attribute.is_many

    return steps_of(operations, is_list)


def settle(session: Session, batch: Batch, answer: Sequence[Mapping[str, Any]]) -> tuple[Gone, ...]:
    """Let *session* hold what the server has now, after it has accepted *batch* with this *answer*.

    Where nothing was left to send, everything pending is forgotten. Returns what could not be added to lists, of which
    the log tells, too.
    """
    gone = (*batch.gone, *ignored_in(batch.payloads, answer))
    for each in gone:
        session.logger.warning("%s.", each)
    if not batch.operations:
        return gone
    since = _recorded_since(session, batch.operations)
    if batch.payloads:
        session.recorded_operations.clear()
    else:
        session.rollback()
    for operation in since:
        session.recorded_operations.push(operation)
    edits = without_gone(batch.edits, gone)
    with session._thread_lock, session.auto_populating(False), session.operation_recording(False):
        Settling(session, batch.payloads, edits, since).settle(answer)
    return gone


def _recorded_since(session: Session, sent: Iterable[Operation]) -> list[Operation]:
    """Return what another thread has recorded while the request was under way."""
    known = set(map(id, sent))
    return [operation for operation in session.recorded_operations if id(operation) not in known]


_arrow_of = cast("Callable[[datetime.date], arrow.Arrow]", arrow.get)


class Settling:
    """One accepted batch. The session must neither record operations nor populate attributes meanwhile."""

    def __init__(
        self,
        session: Session,
        payloads: Sequence[OperationPayload],
        edits: Iterable[ListEdit],
        since: Iterable[Operation],
    ) -> None:
        """Make it for what was sent; what was recorded *since* stays local."""
        self._session = session
        self._schema = schema_of(session)
        self._payloads = payloads
        self._edits = edits
        self._kept = _changed_by(since)
        self._created = {key_of_payload(each) for each in payloads if each["action"] == "create"}
        self._answered: dict[Key, set[str]] = {}
        self._references: dict[str, dict[str, list[str]]] = {}

    def settle(self, answer: Iterable[Mapping[str, Any]]) -> None:
        """Let the session hold what the server has, which has answered this."""
        # References are merged without what was set here; keys stay, because new entities are found by them.
        for entity in self._changed():
            self._forget(entity, but=entity.primary_key_attributes)
        for payload in self._payloads:
            self._store(payload)
        for payload, result in zip(self._payloads, answer, strict=False):
            if result["action"] in ("create", "update"):
                self._merge(key_of_payload(payload), cast("Entity", result["data"]))
        for edit in self._edits:
            self._store_list(edit)
        for entity in self._changed():
            self._forget(entity)

    def _changed(self) -> list[Entity]:
        return list(self._session._local_cache.values())

    def _find(self, key: Key) -> Entity | None:
        return find_in_memory(self._session, *key)

    def _forget(self, entity: Entity, but: Iterable[str] = ()) -> None:
        """Forget the local values of *entity*."""
        kept = set(but)
        if self._kept:
            kept |= self._kept.get(key_of_entity(entity), set())
        if _ALL not in kept:
            for name, slot in storage_of(entity).items():
                if name not in kept:
                    slot["local"] = NOT_SET

    # What was sent, and what the server answered.

    def _store(self, payload: OperationPayload) -> None:
        """Store what was sent as what the server has; of an id and a reference the reference counts."""
        entity = self._find(key_of_payload(payload))
        if entity is None:
            return
        # A value that a new entity was not given may have got one from the server.
        given = [each for each in data_of(payload).items() if each[1] is not None or payload["action"] == "update"]
        storage = storage_of(entity)
        for name, value in given:
            if isinstance(entity.attributes.get(name), ScalarAttribute):
                storage[name]["remote"] = _arrow_of(value) if isinstance(value, datetime.date) else value
                self._refer(entity, name, value)
        for name, value in given:
            if isinstance(entity.attributes.get(name), ReferenceAttribute):
                storage[name]["remote"] = None if value is None else self._find(key_of(value)) or NOT_SET
                entity._inflated.add(name)
                self._identify(entity, name, None if value is None else key_of(value)[1][0])

    def _merge(self, key: Key, told: Entity) -> None:
        """Merge what the server has answered for one entity."""
        answered = {name for name, slot in storage_of(told).items() if slot["remote"] is not NOT_SET}
        self._answered.setdefault(key, set()).update(answered)
        entity = self._session.merge(told)
        for name, references in self._keys(entity).items():
            if name in answered:
                self._refer(entity, name, storage_of(entity)[name]["remote"], answered)
            for reference in answered.intersection(references if name not in answered else ()):
                found = members(storage_of(entity)[reference]["remote"])
                self._identify(entity, reference, key_of_entity(found[0])[1][0] if found else None, answered)

    # References and their ids say the same.

    def _keys(self, entity: Entity) -> dict[str, list[str]]:
        """Return the references of an entity by the attributes with their ids."""
        name = entity.entity_type
        if name not in self._references:
            self._references[name] = {}
            for reference, key in reference_keys(self._schema, name).items():
                if key not in entity.primary_key_attributes:  # these never change
                    self._references[name].setdefault(key, []).append(reference)
        return self._references[name]

    def _refer(self, entity: Entity, key: str, value: Any, told: Container[str] = ()) -> None:
        """Let the references of an entity lead to the one with the id *value*; leave alone what was *told*."""
        for reference in self._keys(entity).get(key, ()):
            slot = storage_of(entity)[reference]
            current = members(slot["remote"])
            if reference not in told and not (current and key_of_entity(current[0])[1] == (value,)):
                slot["remote"] = None if value is None else self._with_id(entity, reference, value)
                entity._inflated.add(reference)

    def _identify(self, entity: Entity, reference: str, value: Any, told: Collection[str] = ()) -> None:
        """Let the id, and other references with the same, be that of what a *reference* leads to."""
        for key, references in self._keys(entity).items():
            if reference in references:
                storage_of(entity)[key]["remote"] = value
                self._refer(entity, key, value, {reference, *told})

    def _with_id(self, entity: Entity, reference: str, value: str) -> Any:
        """Return the entity that a reference with this id leads to; not set where the session does not know it."""
        target = self._schema.attribute(entity.entity_type, reference).target or ""
        kinds = (target, *self._schema.subtypes(target))
        return next((found for kind in kinds if (found := self._find((kind, (value,)))) is not None), NOT_SET)

    # Lists.

    def _store_list(self, change: ListEdit) -> None:
        """Let a list have what was added to it, and not what was removed."""
        entity = self._find(change.key)
        attribute = None if entity is None else entity.attributes.get(change.attribute)
        if entity is None or attribute is None or change.attribute in self._answered.get(change.key, ()):
            return
        found = (self._find(key_of(each)) for each in change.edit.added.values())
        added = {key_of_entity(each)[1]: each for each in found if each is not None}
        before = storage_of(entity)[change.attribute]["remote"]
        if before is NOT_SET and change.key not in self._created:
            note_added(attribute, entity, list(added.values()))
            return
        known = {key: each for each in members(before) if (key := key_of_entity(each)[1]) not in change.edit.removed}
        store_members(attribute, entity, [*(known | added).values()])


#: Stands for every attribute of an entity.
_ALL = "*"


def _changed_by(operations: Iterable[Operation]) -> dict[Key, set[str]]:
    """Return which attributes the *operations* have set."""
    changed: dict[Key, set[str]] = {}
    for operation in cast("Iterable[Any]", operations):
        name = operation.attribute_name if isinstance(operation, UpdateEntityOperation) else _ALL
        changed.setdefault(key_of_operation(operation), set()).add(name)
    return changed
