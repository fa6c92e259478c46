"""Recorded entities and operations, brought back to life in a session, and what the server knows of them now.

A change of a value that somebody else has changed on the server in the meantime is a conflict.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from ftrack_api.collection import Collection
from ftrack_api.entity.base import Entity
from ftrack_api.operation import DeleteEntityOperation, Operation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.creating import held
from trackteroid.client.entities import cache_key, key_of, with_keys
from trackteroid.client.local_changes import assignment, creation
from trackteroid.errors import UnknownAttributeError, UnknownEntityTypeError, suggest
from trackteroid.operations.record import CreateRecord, EntityRecord, ListRecord, OperationRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References, decode_value, encode_value, to_datetime
from trackteroid.values import frozen

Values = Mapping[str, object]


def current_values(session: Session, wanted: Mapping[EntityReference, Iterable[str]]) -> dict[EntityReference, Values]:
    """Return the values that the server holds for the *wanted* attributes, per entity that exists.

    One request with one query per entity type. Nothing of the answer is kept in the session, so that entities in use
    do not change.
    """
    by_type: dict[str, dict[EntityReference, set[str]]] = {}
    for reference, attributes in wanted.items():
        by_type.setdefault(reference.entity_type, {})[reference] = set(attributes)
    if not by_type:
        return {}
    queries: list[dict[str, str]] = []
    for entity_type, references in by_type.items():
        names = entity_class_of(session, next(iter(references))).primary_key_attributes
        projections = [*names, *sorted({name for wanted in references.values() for name in wanted} - set(names))]
        keys = ([value for _, value in reference.key] for reference in references)
        queries.append({"action": "query", "expression": with_keys(entity_type, names, keys, projections)})
    found: dict[EntityReference, Values] = {}
    for (_, references), result in zip(by_type.items(), session.call(queries), strict=True):
        answered = {key_of(entity)[1]: entity for entity in cast("list[Entity]", result["data"])}
        for reference, attributes in references.items():
            entity = answered.get(tuple(value for _, value in reference.key))
            if entity is not None:
                values: dict[str, object] = {}
                for name in attributes:
                    attribute = entity.attributes.get(name)
                    value = NOT_SET if attribute is None else cast("object", attribute.get_remote_value(entity))
                    values[name] = decode_value(encode_value(value))
                found[reference] = values
    return found


def entity_class_of(session: Session, reference: EntityReference) -> type[Entity]:
    """Return the class of the referenced entity in *session*; raise UnknownEntityTypeError where there is none."""
    entity_class = session.types.get(reference.entity_type)
    if entity_class is None:
        name = reference.entity_type
        raise UnknownEntityTypeError(
            f"The operations name the entity type {name}, which this server does not have."
            f"{suggest(name, session.types)} Replay them on the server they were recorded for.",
            name=name,
        )
    return entity_class


class Loader:
    """Puts recorded entities into the cache of a session and rebuilds operations on them, without a request."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known_before = set(session.cache.keys())
        self._entities: dict[EntityReference, Entity] = {}

    def load(self, records: Iterable[EntityRecord]) -> None:
        """Put the recorded entities into the session's cache.

        What the session knows already is fresher than the file and stays. Of entities that the file creates only the
        key is taken: their values become known when the server answers.
        """
        for record in records:
            if self._cache_key(record.entity) in self._known_before:
                continue
            entity = self._entity(record.entity)
            if not record.created:
                values = {name: self._value(entity, name, value) for name, value in record.values.items()}
                self._session.merge(self._reconstruct(record.entity, values))

    def forget(self) -> None:
        """Remove what was loaded from the session's cache."""
        for key in set(self._session.cache.keys()) - self._known_before:
            self._session.cache.remove(key)

    def operation(self, record: OperationRecord) -> Operation:
        """Return the ftrack operation of *record*."""
        entity = self._entity(record.entity)
        key = dict(record.entity.key)
        if isinstance(record, CreateRecord):
            values = {name: self._value(entity, name, value) for name, value in record.values.items()}
            return creation(record.entity.entity_type, key, values)
        if isinstance(record, UpdateRecord):
            old = self._value(entity, record.attribute, record.old_value)
            new = self._value(entity, record.attribute, record.new_value)
            return assignment(record.entity.entity_type, key, record.attribute, old, new)
        if isinstance(record, ListRecord):
            # What the list is and was besides does not matter to a commit.
            old, new = (self._value(entity, record.attribute, value) for value in (record.removed, record.added))
            return assignment(record.entity.entity_type, key, record.attribute, old, new)
        return DeleteEntityOperation(record.entity.entity_type, key)

    def _entity(self, reference: EntityReference) -> Entity:
        found = self._entities.get(reference)
        if found is None:
            entity_class = entity_class_of(self._session, reference)
            found = self._entities[reference] = held(self._session, entity_class, _key(entity_class, reference))
        return found

    def _reconstruct(self, reference: EntityReference, values: Mapping[str, object]) -> Entity:
        entity_class = entity_class_of(self._session, reference)
        data = {**_key(entity_class, reference), **values}
        return entity_class(self._session, data=data, reconstructing=True)

    def _value(self, entity: Entity, attribute: str, value: object) -> object:
        if isinstance(value, EntityReference):
            return self._entity(value)
        if not isinstance(value, References):
            return value
        owner = entity.attributes.get(attribute)
        if owner is None:
            raise UnknownAttributeError(
                f"The operations set {entity.entity_type}.{attribute}, which this server does not have."
                f"{suggest(attribute, entity.attributes.keys())} Replay them on the server they were recorded for.",
                name=attribute,
            )
        # Mapped collections are sent as the collection of their rows, so that is all they need to be here.
        return Collection(entity, owner, data=[self._entity(item) for item in value.items])

    def _cache_key(self, reference: EntityReference) -> str:
        return cache_key(self._session, reference.entity_type, (value for _, value in reference.key))


def _key(entity_class: type[Entity], reference: EntityReference) -> dict[str, str]:
    # Keys are matched by position: their order is the schema's, and older files do not name them reliably.
    return dict(zip(entity_class.primary_key_attributes, (value for _, value in reference.key), strict=True))


Target: TypeAlias = tuple[EntityReference, str]


@frozen
class Conflict:
    """One value that the server and the file disagree about.

    Attributes:
        entity: the changed entity.
        attribute: the name of the changed attribute.
        recorded: what the server held when the change was recorded.
        current: what it holds now; not set when the entity no longer exists.
        new: the value that the file assigns.
    """

    entity: EntityReference
    attribute: str
    recorded: object
    current: object
    new: object

    def __str__(self) -> str:
        target = f"{self.entity.entity_type}({', '.join(value for _, value in self.entity.key)}).{self.attribute}"
        if self.current is NOT_SET:
            return f"{target} was {self.recorded!r} when recorded, but the entity no longer exists on the server"
        return f"{target} was {self.recorded!r} when recorded, is {self.current!r} now, and would become {self.new!r}"


def watched_attributes(operations: Sequence[OperationRecord]) -> dict[EntityReference, set[str]]:
    """Return the attributes, per entity, whose current values decide about conflicts."""
    watched: dict[EntityReference, set[str]] = {}
    for entity, attribute in _changes(operations):
        watched.setdefault(entity, set()).add(attribute)
    for operation in _lists(operations):
        watched.setdefault(operation.entity, set())
    return watched


def find_conflicts(
    operations: Sequence[OperationRecord],
    current: Mapping[EntityReference, Values],
    arrived: Iterable[OperationRecord] = (),
) -> tuple[Conflict, ...]:
    """Return what *operations* would overwrite unseen, given the *current* values of the server.

    What operations of the same files that have *arrived* before have set is no news.
    """
    conflicts: list[Conflict] = []
    changes = _changes(operations)
    ours: dict[Target, object] = {}
    for each in arrived:
        if isinstance(each, UpdateRecord) and (each.entity, each.attribute) in changes:
            ours[each.entity, each.attribute] = each.new_value
    for (entity, attribute), (first, last) in changes.items():
        now = current[entity][attribute] if entity in current else NOT_SET
        unchanged = entity in current and is_same(now, ours.get((entity, attribute), first.server_value))
        if not unchanged and not is_same(now, last.new_value):
            conflicts.append(Conflict(entity, attribute, first.server_value, now, last.new_value))
    # Others may change a list as they like, but there has to be somebody whose list it is.
    conflicts += (
        Conflict(each.entity, each.attribute, each.removed, NOT_SET, each.added)
        for each in _lists(operations)
        if each.entity not in current
    )
    return tuple(conflicts)


def without_conflicts(
    operations: Sequence[OperationRecord], conflicts: Sequence[Conflict]
) -> tuple[OperationRecord, ...]:
    """Return the *operations* that touch none of the *conflicts*."""
    skipped = {(conflict.entity, conflict.attribute) for conflict in conflicts}
    return tuple(
        operation
        for operation in operations
        if not (isinstance(operation, UpdateRecord | ListRecord) and (operation.entity, operation.attribute) in skipped)
    )


def is_same(one: object, other: object) -> bool:
    """Return whether two values are the same to a server: to the second for times, in any order for collections."""
    if isinstance(one, References) and isinstance(other, References):
        return set(one.items) == set(other.items)
    if isinstance(one, EntityReference) and isinstance(other, EntityReference):
        # One entity may be known by its own type and by a base type; the key says which it is.
        return [value for _, value in one.key] == [value for _, value in other.key]
    return _plain(one) == _plain(other)


def _lists(operations: Sequence[OperationRecord]) -> list[ListRecord]:
    """Return the changes of the lists of entities that the operations do not create themselves."""
    created = {operation.entity for operation in operations if isinstance(operation, CreateRecord)}
    return [each for each in operations if isinstance(each, ListRecord) and each.entity not in created]


def _changes(operations: Sequence[OperationRecord]) -> dict[Target, tuple[UpdateRecord, UpdateRecord]]:
    """Return the first and the last change of every attribute whose value on the server was known."""
    created = {operation.entity for operation in operations if isinstance(operation, CreateRecord)}
    changes: dict[Target, tuple[UpdateRecord, UpdateRecord]] = {}
    for operation in operations:
        if isinstance(operation, UpdateRecord) and operation.entity not in created:
            target = (operation.entity, operation.attribute)
            changes[target] = (changes[target][0] if target in changes else operation, operation)
    return {target: change for target, change in changes.items() if change[0].server_value is not NOT_SET}


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return ("bool", value)
    moment = to_datetime(value)
    if moment is not None:
        return moment.replace(microsecond=0)
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in cast("dict[str, object]", value).items()}
    return value
