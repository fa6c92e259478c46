"""Sending what is pending in a session, in three steps with nothing but plain data between them.

    batch = batch_of(session)               what is pending, as payloads; the session is as it was
    answer = session.call(batch.payloads)   one request: the server applies all of it, or nothing
    settle(session, batch, answer)          what was pending is what the server has

Until the last step nothing in the session has changed, so whoever is interrupted before it, or does not know whether
the request has arrived, can settle the batch later or send it again.

ftrack_api forgets the local values and merges what the server answers, so that what a server does not repeat reads as
it was before. After the last step what was sent is what the server has, and what it answers counts more. References
agree with their ids, and lists have what was added to them and not what was removed. The answer is written into the
entities in one pass like the answers of queries; sessions that merge in a way of their own get entities to merge.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from functools import cache, cached_property
from itertools import zip_longest
from typing import Any, TypeAlias, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]
from ftrack_api.attribute import ReferenceAttribute, ScalarAttribute
from ftrack_api.entity.base import Entity
from ftrack_api.operation import Operation, UpdateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.batch import (
    Changes,
    ListEdit,
    Payload,
    Step,
    data_of,
    finished,
    key_of,
    key_of_payload,
    steps_of,
    update_payload,
)
from trackteroid.client.commit.lists import Gone, ignored_in, resolve, without_gone
from trackteroid.client.commit.recognition import changes_in
from trackteroid.client.entities import (
    Key,
    Storage,
    find_in_memory,
    forget_all_but_key,
    forget_key,
    key_of_operation,
    members,
    remote_in,
    storage_of,
)
from trackteroid.client.entities import key_of as key_of_entity
from trackteroid.client.hydration.answers import Hydration, Recipe, can_hydrate, collector_paused, is_record
from trackteroid.client.local_lists import note_added, store_members
from trackteroid.schema.membership import reference_keys
from trackteroid.schema.types import schema_of
from trackteroid.values import frozen

#: Which references follow which keys, and which keys follow which references.
_OneSided: TypeAlias = "tuple[list[tuple[str, str]], list[tuple[str, str]]]"
#: What was not sent, or not answered.
_NOTHING: dict[str, Any] = {}
#: Stands for every attribute of an entity.
_ALL = "*"


@frozen
class Batch:
    """What a commit sends.

    Attributes:
        operations: what was pending when the batch was made.
        payloads: the operations of the request; none when the pending ones cancel each other out. What goes along with
            them stands behind them.
        edits: the changes of lists among the pending operations.
        gone: what is not added to lists, because it does not exist any more.
    """

    operations: tuple[Operation, ...]
    payloads: Changes
    edits: tuple[ListEdit, ...] = ()
    gone: tuple[Gone, ...] = ()

    @property
    def changes(self) -> Sequence[Payload]:
        """The payloads of what was pending."""
        return changes_in(self.payloads)


def batch_of(session: Session, along: Iterable[Payload] = ()) -> Batch:
    """Return what has to be sent for what is pending in *session*, and what goes *along* with it in the same call.

    For some changes of lists this asks the server, see `trackteroid.client.commit.lists`.
    """
    with session._thread_lock, session.auto_populating(False), collector_paused():
        operations = tuple(session.recorded_operations)
        steps = _steps(session, operations)
    resolved = resolve(session, steps)
    payloads = finished(resolved.payloads)
    return Batch(operations, Changes([*payloads, *along] if payloads else ()), resolved.edits, resolved.gone)


def outlined(session: Session, operations: Iterable[Operation]) -> list[Payload]:
    """Return what *operations* do, with what is added to lists and removed in the place of their values.

    It says the same whenever it is asked; what a batch sends for a list depends on what the server has.
    """
    with session._thread_lock, session.auto_populating(False):
        steps = _steps(session, operations)
    payloads: list[Payload] = []
    for step in steps:
        if isinstance(step, ListEdit):
            added, removed = (list(side.values()) for side in (step.edit.added, step.edit.removed))
            payloads.append(update_payload(step.owner, {step.attribute: {"added": added, "removed": removed}}))
        else:
            payloads.append(step)
    return finished(payloads)


def _steps(session: Session, operations: Iterable[Operation]) -> list[Step]:
    schema = schema_of(session)

    @cache
    def is_list(type_name: str, name: str) -> bool:
        attribute = schema.find_attribute(type_name, name)
        return attribute is not None and attribute.is_many

    return steps_of(operations, is_list)


def settle(session: Session, batch: Batch, answer: Sequence[Mapping[str, Any]]) -> tuple[Gone, ...]:
    """Let *session* hold what the server has now, after it has accepted *batch* with this *answer*.

    Where nothing was left to send, everything pending is forgotten. Returns what could not be added to lists, of which
    the log tells, too.
    """
    changes = batch.changes
    gone = (*batch.gone, *ignored_in(changes, answer))
    for each in gone:
        session.logger.warning("%s.", each)
    if not batch.operations:
        return gone
    # What another thread has recorded while the request was under way stays pending.
    # What another thread has recorded while the request was under way stays pending.
    known = set(map(id, batch.operations))
    since = [operation for operation in session.recorded_operations if id(operation) not in known]
    if batch.payloads:
        session.recorded_operations.clear()
    else:
        session.rollback()
    for operation in since:
        session.recorded_operations.push(operation)
    edits = without_gone(batch.edits, gone)
    with session._thread_lock, session.auto_populating(False), session.operation_recording(False):
        Settling(session, changes, edits, since).settle(answer[: len(changes)])
    return gone


_arrow_of = cast("Callable[[datetime.date], arrow.Arrow]", arrow.get)


class Settling:
    """One accepted batch. The session must neither record operations nor populate attributes meanwhile."""

    def __init__(
        self,
        session: Session,
        payloads: Sequence[Payload],
        edits: Iterable[ListEdit],
        since: Iterable[Operation],
    ) -> None:
        """Make it for what was sent; what was recorded *since* stays local."""
        self._session = session
        self._payloads = payloads
        self._edits = list(edits)
        self._kept: dict[Key, set[str]] = {}
        for operation in cast("Iterable[Any]", since):
            name = operation.attribute_name if isinstance(operation, UpdateEntityOperation) else _ALL
            self._kept.setdefault(key_of_operation(operation), set()).add(name)
        self._answered: dict[Key, set[str]] = {}
        self._references = References(session)

    def settle(self, answer: Iterable[Mapping[str, Any]]) -> None:
        """Let the session hold what the server has, which has answered this."""
        with collector_paused():
            # References are merged without what was set here; keys stay, because new entities are found by them.
            changed = list(self._session._local_cache.values())
            new = [entity for entity in changed if self._forget_all_but_key(entity)]
            answers = list(zip_longest(self._payloads, answer, fillvalue=_NOTHING))
            for payload, result in answers:
                # An answer that has a value for every value that was sent says all there is to say.
                told: Any = result.get("data")
                repeats = told.__class__ is dict and told.keys() >= data_of(payload).keys()
                if payload and payload["action"] != "delete" and not repeats:
                    self._store(payload)
            for payload, result in answers:
                # Of what was recognised later, something may be gone again.
                if payload and result.get("action") in ("create", "update") and result["data"] is not None:
                    self._merge(payload, result["data"])
            for edit in self._edits:
                self._store_list(edit)
            for entity in new:
                self._forget_key(entity)

    @cached_property
    def _hydration(self) -> Hydration:
        recipes: dict[type[Entity], Recipe] = getattr(self._session, "_recipes")  # noqa: B009 - sessions of ours have it
        return Hydration(self._session, recipes)

    def _find(self, key: Key) -> Entity | None:
        return find_in_memory(self._session, *key)

    def _forget_all_but_key(self, entity: Entity) -> bool:
        """Forget the local values of *entity* except those of its key, and return whether there are such."""
        kept = self._kept.get(key_of_entity(entity), ()) if self._kept else ()
        if _ALL in kept:
            return False
        return forget_all_but_key(storage_of(entity), tuple(entity.primary_key_attributes), kept)

    def _forget_key(self, entity: Entity) -> None:
        kept = self._kept.get(key_of_entity(entity), ()) if self._kept else ()
        forget_key(storage_of(entity), [name for name in entity.primary_key_attributes if name not in kept])

    # What was sent, and what the server answered.

    def _store(self, payload: Payload) -> None:
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
                self._references.follow(entity, name, value)
        for name, value in given:
            if isinstance(entity.attributes.get(name), ReferenceAttribute):
                storage[name]["remote"] = None if value is None else self._find(key_of(value)) or NOT_SET
                entity._inflated.add(name)
                self._references.lead(entity, name, None if value is None else key_of(value)[1][0])

    def _merge(self, payload: Payload, told: Any) -> None:
        """Merge what the server has answered for one entity, as JSON has it or as an entity."""
        if isinstance(told, Entity):
            answered = {name for name, slot in storage_of(told).items() if slot["remote"] is not NOT_SET}
            entity = self._session.merge(told)
        else:
            answered = told.keys()
            (entity,) = self._hydration.rows([told])
        if self._edits:
            self._answered.setdefault(key_of_payload(payload), set()).update(answered)
        self._references.agree(entity, answered)

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

    @cached_property
    def _created(self) -> frozenset[Key]:
        return frozenset(key_of_payload(each) for each in self._payloads if each["action"] == "create")


class References:
    """Lets the references of entities and the attributes with their ids say the same."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._schema = schema_of(session)
        self._by_type: dict[str, dict[str, tuple[str, ...]]] = {}
        self._one_sided: dict[tuple[str, tuple[str, ...]], _OneSided] = {}
        # Nothing is taken out of the memory meanwhile, so what was found stays there, and what was not found is
        # looked for again only when something has come.
        self._memory = session._local_cache._cache if can_hydrate(session) else None
        self._known: dict[tuple[str, str], dict[str, tuple[Entity | None, int]]] = {}

    def agree(self, entity: Entity, told: Collection[str]) -> None:
        """Let references and ids of an entity agree with those of them that the server has *told*."""
        place = entity.entity_type, tuple(told)
        known = self._one_sided.get(place)
        if known is None:
            known = self._one_sided[place] = self._untold(entity, frozenset(told))
        storage = storage_of(entity)
        for key, reference in known[0]:
            self._let_lead(entity, storage, reference, remote_in(storage, key))
        for reference, key in known[1]:
            found = members(storage[reference]["remote"])
            value = storage[key]["remote"] = key_of_entity(found[0])[1][0] if found else None
            self.follow(entity, key, value, told)

    def _untold(self, entity: Entity, told: frozenset[str]) -> _OneSided:
        """Return the keys that were told, with references that were not, and the other way round."""
        pairs = [(key, each) for key, references in self._keys(entity).items() for each in references]
        return (
            [(key, reference) for key, reference in pairs if key in told and reference not in told],
            [(reference, key) for key, reference in pairs if reference in told and key not in told],
        )

    def follow(self, entity: Entity, key: str, value: Any, told: Container[str] = ()) -> None:
        """Let the references of an entity lead to the one with the id *value*; leave alone what was *told*."""
        for reference in self._keys(entity).get(key, ()):
            if reference not in told:
                self._let_lead(entity, storage_of(entity), reference, value)

    def _let_lead(self, entity: Entity, storage: Storage, reference: str, value: Any) -> None:
        found = None if value is None else self._with_id(entity, reference, value)
        pair = storage.get(reference)  # references are never told together with plain values
        current = NOT_SET if pair is None else pair["remote"]
        if current is not found and not (current and key_of_entity(members(current)[0])[1] == (value,)):
            storage[reference]["remote"] = found
            entity._inflated.add(reference)

    def lead(self, entity: Entity, reference: str, value: Any) -> None:
        """Let the id, and other references with the same, be that of what a *reference* leads to."""
        for key, references in self._keys(entity).items():
            if reference in references:
                storage_of(entity)[key]["remote"] = value
                self.follow(entity, key, value, {reference})

    def _keys(self, entity: Entity) -> dict[str, tuple[str, ...]]:
        """Return the references of an entity by the attributes with their ids."""
        name = entity.entity_type
        known = self._by_type.get(name)
        if known is None:
            known = self._by_type[name] = {}
            for reference, key in reference_keys(self._schema, name).items():
                if key not in entity.primary_key_attributes:  # these never change
                    known[key] = (*known.get(key, ()), reference)
        return known

    def _with_id(self, entity: Entity, reference: str, value: str) -> Any:
        """Return the entity that a reference with this id leads to; not set where the session does not know it."""
        if self._memory is None or value.__class__ is not str:
            return self._look_up(entity, reference, value) or NOT_SET
        known = self._known.setdefault((entity.entity_type, reference), {})
        found, size = known.get(value, (None, -1))
        if found is None and size != len(self._memory):
            found = self._look_up(entity, reference, value)
            known[value] = found, len(self._memory)
        return NOT_SET if found is None else found

    def _look_up(self, entity: Entity, reference: str, value: str) -> Entity | None:
        target = self._schema.attribute(entity.entity_type, reference).target or ""
        kinds = (target, *self._schema.subtypes(target))
        candidates = (find_in_memory(self._session, kind, (value,)) for kind in kinds)
        return next((each for each in candidates if each is not None), None)


def decoded(session: Session, text: str) -> Any:
    """Return the answer to changes: as JSON has it if that can be taken over in one pass, else with entities in it."""
    is_usual = type(session).decode is Session.decode and "decode" not in vars(session)
    if is_usual and can_hydrate(session):
        with collector_paused():
            answer = json.loads(text)
            if isinstance(answer, list) and all(_is_plain(session, each) for each in cast("list[object]", answer)):
                return cast("object", answer)
    return session.decode(text)


def _is_plain(session: Session, result: object) -> bool:
    """Return whether one operation was answered with the record of an entity, or needs none."""
    if result.__class__ is not dict:
        return False
    fields = cast("dict[str, Any]", result)
    if fields.get("action") not in ("create", "update"):
        return fields.get("data") is True
    told: Any = fields.get("data")
    kind = session.types.get(told["__entity_type__"]) if is_record(told) else None
    return kind is not None and all(name in told for name in kind.primary_key_attributes)
