"""What a session holds after the server has accepted a batch.

ftrack_api forgets the local values and merges what the server answers, so that what a server does not repeat reads as
it was before. Here what was sent is what the server has, and what it answers counts more. References agree with their
ids, and lists have what was added to them and not what was removed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from typing import Any, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]  # the arrow that ftrack_api pins has no types
from ftrack_api.attribute import ReferenceAttribute, ScalarAttribute
from ftrack_api.entity.base import Entity
from ftrack_api.operation import Operation, UpdateEntityOperation
from ftrack_api.session import OperationPayload, Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.batch import ListEdit, data_of, key_of, key_of_payload
from trackteroid.client.entities import Key, find_in_memory, key_of_operation, members, storage_of
from trackteroid.client.entities import key_of as key_of_entity
from trackteroid.client.local_lists import note_added, store_members
from trackteroid.schema.membership import reference_keys
from trackteroid.schema.types import schema_of

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
