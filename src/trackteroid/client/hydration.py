"""Answers of a query, written straight into the session's entities in one pass.

ftrack_api makes an entity out of every record, makes a second, attached one, and merges the first into the second
attribute by attribute. Here a record stays the plain dictionary JSON made of it: its entity is looked up once in the
session's cache (or made), and the values are stored in it directly.

What comes out is what ftrack_api would have produced, so its rules are kept:

* Within one answer only the first copy of an entity is merged; what is nested in later copies still counts.
* The order of that: a record's own changed relations first, depth first, then the unchanged ones.
* A relation that did not change keeps its old object. Values set locally stay; a local copy of a collection that
  nobody modified follows the server.

Whatever is unusual (an entity class with its own reconstruction, a value that does not fit its attribute) goes
through ftrack_api's own code, record by record, which then also raises its own errors.
"""

import gc
from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias, cast

import ftrack_api.cache
from ftrack_api.attribute import Attribute, KeyValueMappedCollectionAttribute
from ftrack_api.collection import Collection, CustomAttributeCollectionProxy, KeyValueMappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.exception import UnrecognisedEntityTypeError
from ftrack_api.inspection import identity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.plans import CUSTOM, REFERENCE, Plan, Record, Shape, is_plain
from trackteroid.client.values import CONTAINERS, UnusualError, decode, is_record

Slot: TypeAlias = "dict[str, Any]"
Scalars: TypeAlias = "Iterable[tuple[str, Any]]"
Relations: TypeAlias = "Sequence[tuple[Attribute, list[Record]]]"

#: The methods of a session through which ftrack_api merges. A session with its own version merges by itself.
SESSION_METHODS = ("merge", "_merge", "_merge_recursive", "_merge_entity", "_create", "_decode")


def can_hydrate(session: Session) -> bool:
    """Return whether *session* keeps its entities the way this module writes them."""
    cache = session.cache
    return (
        type(cache) is ftrack_api.cache.LayeredCache
        and [type(layer) for layer in cache.caches] == [ftrack_api.cache.MemoryCache]
        and type(session.cache_key_maker) is ftrack_api.cache.StringKeyMaker
        and all(
            getattr(type(session), name) is getattr(Session, name) and name not in vars(session)
            for name in SESSION_METHODS
        )
    )


@contextmanager
def collector_paused() -> Generator[None]:
    """Keep the garbage collector from walking a growing pile of objects that are all still needed."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _unset() -> Slot:
    return {"local": NOT_SET, "remote": NOT_SET}


class Hydration:
    """Writes the records of one answer into the entities of *session*.

    *plans* is kept by the caller from one answer to the next. While it works, the session must neither record
    operations nor populate attributes, and its lock must be held.
    """

    def __init__(self, session: Session, plans: dict[type[Entity], Plan]) -> None:
        self._session = session
        self._known_plans = plans
        self._plans: dict[str, Plan] = {}
        self._cache = session._local_cache._cache
        self._merged: dict[str, Entity] = {}
        self._plain_classes: dict[type[Entity], bool] = {}
        self._unfinished = False

    def rows(self, rows: Iterable[Any]) -> list[Entity]:
        """Store all values of the *rows* of an answer and return the entity of each."""
        return [self._row(row) for row in rows]

    def _row(self, row: Any) -> Entity:
        if not is_record(row):
            return self._session._merge_recursive(self._detached(row), self._merged)
        self._unfinished = False
        entity = self._merge(row)
        if self._unfinished:
            self._visit(row)
        return entity

    def _visit(self, record: Record) -> None:
        """Merge what is nested in *record* and was not merged together with it."""
        try:
            plan = self._plan(record)
            key = plan.key(record)
            relations = self._relations(plan.shape(record), record)
        except UnusualError:
            self._session._merge_recursive(self._detached(record), self._merged)
            return
        if key not in self._merged:
            self._merge(record)
        for _, children in relations:
            for child in children:
                self._visit(child)

    def _merge(self, record: Record) -> Entity:
        """Store the values of *record*, unless its entity was met before, and return the entity."""
        try:
            plan = self._plans.get(record["__entity_type__"]) or self._plan(record)
            key = plan.key(record)
            entity = self._merged.get(key)
            if entity is not None:
                self._unfinished = self._unfinished or plan.has_relations(record)
                return entity
            shape = plan.shape(record)
            values = [record[name] for name in shape.scalars]
            for index, value in enumerate(values):
                if value.__class__ in CONTAINERS:
                    values[index] = decode(value)
            relations = self._relations(shape, record) if shape.relations else ()
            entity = self._cache.get(key)
            if entity is not None and not self._is_plain(entity.__class__):
                raise UnusualError
        except UnusualError:
            self._unfinished = True
            return self._session._merge_entity(self._detached(record), self._merged)
        scalars = zip(shape.scalars, values, strict=True)
        if entity is None:
            return self._create(plan, key, scalars, relations)
        self._merged[key] = entity
        self._update(plan, entity, scalars, relations)
        return entity

    def _relations(self, shape: Shape, record: Record) -> Relations:
        """Return the record's relations with the records in them, after a look whether they are as they should be."""
        relations: list[tuple[Attribute, list[Record]]] = []
        for name, attribute in shape.relations:
            value = record[name]
            if value is None:
                relations.append((attribute, []))
            elif type(attribute) is REFERENCE and is_record(value):
                relations.append((attribute, [value]))
            elif type(attribute) is not REFERENCE and value.__class__ is list and all(map(is_record, value)):
                if len(self._keys(value)) != len(value):
                    raise UnusualError
                relations.append((attribute, value))
            else:
                raise UnusualError
        return relations

    def _keys(self, records: list[Record]) -> set[str]:
        return {self._plan(record).key(record) for record in records}

    def _create(self, plan: Plan, key: str, scalars: Scalars, relations: Relations) -> Entity:
        storage: dict[str, Slot] = defaultdict(_unset)
        for name, value in scalars:
            storage[name] = {"local": NOT_SET, "remote": value}
        entity = self._merged[key] = plan.new(self._session, storage)
        for attribute, children in relations:
            name = attribute.name
            storage[name] = {"local": NOT_SET, "remote": self._remote(entity, attribute, children)}
            # What was just merged need not be merged again when it is read for the first time.
            entity._inflated.add(name)
        self._cache[key] = entity
        return entity

    def _update(self, plan: Plan, entity: Entity, scalars: Scalars, relations: Relations) -> None:
        storage = plan.attributes[plan.key_names[0]].get_entity_storage(entity)
        for name, value in scalars:
            slot = storage[name]
            if slot["remote"] != value:
                slot["remote"] = value
        for attribute, children in relations:
            slot = storage[attribute.name]
            if self._is_unchanged(attribute, slot["remote"], children):
                self._unfinished = self._unfinished or bool(children)
            else:
                self._replace(entity, attribute, slot, children)

    def _replace(self, entity: Entity, attribute: Attribute, slot: Slot, children: list[Record]) -> None:
        """Store the changed relation, also in the local copy that reading it made and nobody modified."""
        before, local = slot["remote"], slot["local"]
        slot["remote"] = self._remote(entity, attribute, children)
        if local is NOT_SET:
            entity._inflated.add(attribute.name)
        elif type(attribute) is not REFERENCE and local == before:
            attribute.set_local_value(entity, [self._merge(child) for child in children])

    def _remote(self, entity: Entity, attribute: Attribute, children: list[Record]) -> Any:
        """Return the remote value that *attribute* of *entity* gets from the records in it."""
        if type(attribute) is REFERENCE:
            return self._merge(children[0]) if children else None
        collection = Collection.__new__(Collection)
        collection.entity = entity
        collection.attribute = attribute
        collection._data = [self._merge(child) for child in children]
        collection._identities = self._keys(children)
        collection.mutable = False
        if isinstance(attribute, KeyValueMappedCollectionAttribute):
            return KeyValueMappedCollectionProxy(
                collection, attribute.creator, attribute.key_attribute, attribute.value_attribute
            )
        return CustomAttributeCollectionProxy(collection) if type(attribute) is CUSTOM else collection

    def _is_unchanged(self, attribute: Attribute, current: Any, children: list[Record]) -> bool:
        """Return whether ftrack_api would find the *current* remote value equal to the records in *children*."""
        if type(attribute) is REFERENCE:
            if not children:
                return current is None
            return isinstance(current, Entity) and self._is_entity_of(current, children[0])
        if isinstance(attribute, KeyValueMappedCollectionAttribute):
            return isinstance(current, Mapping) and dict(cast("Mapping[Any, Any]", current).items()) == self._mapped(
                attribute, children
            )
        if isinstance(current, CustomAttributeCollectionProxy):
            current = current.collection
        return isinstance(current, Collection) and current._identities == self._keys(children)

    def _is_entity_of(self, entity: Entity, record: Record) -> bool:
        try:
            return str(identity(entity)) == self._plan(record).key(record)
        except UnusualError:
            return entity == self._detached(record)
        except KeyError:
            return False

    def _mapped(self, attribute: KeyValueMappedCollectionAttribute, records: list[Record]) -> dict[Any, Any]:
        """Return the mapping that a key-value collection of these records shows: the first one of a key counts."""
        mapped: dict[Any, Any] = {}
        for record in records:
            key = self._detached(record.get(attribute.key_attribute, NOT_SET))
            mapped.setdefault(key, self._detached(record.get(attribute.value_attribute, NOT_SET)))
        return mapped

    def _plan(self, record: Record) -> Plan:
        name = record["__entity_type__"]
        plan = self._plans.get(name)
        if plan is None:
            plan = self._find_plan(name)
            if not plan.is_plain:
                raise UnusualError
            self._plans[name] = plan
        return plan

    def _find_plan(self, name: str) -> Plan:
        entity_class = self._session.types.get(name)
        if entity_class is None:
            raise UnrecognisedEntityTypeError(name)
        plan = self._known_plans.get(entity_class)
        if plan is None or len(plan.attributes) != len(entity_class.attributes):
            plan = self._known_plans[entity_class] = Plan.of(entity_class)
        return plan

    def _is_plain(self, entity_class: type[Entity]) -> bool:
        """Return whether cached entities of this class, which a mixin may have replaced, can be written to."""
        known = self._plain_classes.get(entity_class)
        if known is None:
            known = self._plain_classes[entity_class] = is_plain(entity_class)
        return known

    def _detached(self, value: Any) -> Any:
        """Return *value* as ftrack_api decodes it: every record an entity of its own, from the inside out."""
        if isinstance(value, list):
            return [self._detached(item) for item in cast("list[Any]", value)]
        if isinstance(value, dict):
            items = cast("dict[str, Any]", value)
            return self._session._decode({key: self._detached(item) for key, item in items.items()})
        return value
