"""Answers of a query, written straight into the session's entities in one pass.

ftrack_api makes an entity out of every record, makes a second, attached one, and merges the first into the second
attribute by attribute. Here a record stays the plain dictionary JSON made of it: its entity is looked up once in the
session's cache (or made), and the values are stored in it directly.

What comes out is what ftrack_api would have produced, but for one rule of it. In one answer ftrack_api merges only the
copy of an entity that it meets first, which need not be the one that holds what was asked for: when a relation of an
entity that it knows did not change, it looks into it last. Here every copy counts, in whatever order they come: what
a copy holds is stored, and what it does not hold is left as it is.

Values set locally stay; the local list of a collection follows the server, see `trackteroid.client.local_lists`.

Whatever is unusual (an entity class with its own reconstruction, a value that does not fit its attribute) goes
through ftrack_api's own code, record by record, which then also raises its own errors.
"""

import gc
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from operator import is_
from typing import Any, TypeAlias, cast

from ftrack_api.attribute import Attribute, KeyValueMappedCollectionAttribute
from ftrack_api.collection import Collection, CustomAttributeCollectionProxy, KeyValueMappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.exception import UnrecognisedEntityTypeError
from ftrack_api.inspection import identity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.hydration.recipes import (
    CONTAINERS,
    CUSTOM,
    Recipe,
    Record,
    Shape,
    UnusualError,
    decode,
    is_plain,
    is_record,
)
from trackteroid.client.local_lists import follow, rows_of

Slot: TypeAlias = "dict[str, Any]"
Storage: TypeAlias = "dict[str, Slot]"


class PlainBatch(list[dict[str, Any]]):
    """A batch whose answer is wanted as JSON has it, with nothing made of the records in it."""


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


class Hydration:
    """Writes the records of one answer into the entities of *session*.

    *recipes* is kept by the caller from one answer to the next. While it works, the session must neither record
    operations nor populate attributes, and its lock must be held.
    """

    def __init__(self, session: Session, recipes: dict[type[Entity], Recipe]) -> None:
        self._session = session
        self._known_recipes = recipes
        self._recipes: dict[str, Recipe] = {}
        self._cache = session._local_cache._cache
        self._met: dict[str, tuple[Entity, Record]] = {}
        self._plain_classes: dict[type[Entity], bool] = {}

    def rows(self, rows: Iterable[Any]) -> list[Entity]:
        """Store all values of the *rows* of an answer and return the entity of each."""
        return [self._merge(row) if is_record(row) else self._merge_unusual(row) for row in rows]

    def _merge(self, record: Record) -> Entity:
        """Store the values of *record* and of all that is nested in it, and return its entity."""
        try:
            recipe = self._recipes.get(record["__entity_type__"]) or self._recipe(record)
            key = recipe.key(record)
            met = self._met.get(key)
            if met is not None and (len(record) <= recipe.bare_size or record == met[1]):
                return met[0]
            shape = recipe.shape(record)
            values = [record[name] for name in shape.scalars]
            for index, value in enumerate(values):
                if value.__class__ in CONTAINERS:
                    values[index] = decode(value)
            if shape.has_relations:
                _check_relations(shape, record)
            entity = self._cache.get(key)
            if entity is not None and not self._is_plain(entity.__class__):
                raise UnusualError
        except UnusualError:
            return self._merge_unusual(record)
        if entity is None:
            return self._create(recipe, key, record, zip(shape.scalars, values, strict=True))
        self._met[key] = entity, record
        storage = recipe.attributes[recipe.key_names[0]].get_entity_storage(entity)
        for name, value in zip(shape.scalars, values, strict=True):
            slot = storage[name]
            if slot["remote"] != value:
                slot["remote"] = value
        for name, _ in shape.references:
            slot = storage[name]
            slot["remote"] = None if record[name] is None else self._merge(record[name])
            if slot["local"] is NOT_SET:
                # What was just merged need not be merged again when it is read for the first time.
                entity._inflated.add(name)
        for name, attribute in shape.collections:
            self._fill(entity, attribute, storage[name], record[name] or ())
        return entity

    def _create(self, recipe: Recipe, key: str, record: Record, scalars: Iterable[tuple[str, Any]]) -> Entity:
        """Make an entity of the session with these values, and merge what the *record* holds in its relations."""
        storage: Storage = defaultdict(_unset)
        for name, value in scalars:
            storage[name] = {"local": NOT_SET, "remote": value}
        entity = self._cache[key] = recipe.new(self._session, storage)
        # Known from here on, so that what is nested finds it.
        self._met[key] = entity, record
        shape = recipe.shape(record)
        for name, _ in shape.references:
            value = None if record[name] is None else self._merge(record[name])
            storage[name] = {"local": NOT_SET, "remote": value}
            entity._inflated.add(name)
        for name, attribute in shape.collections:
            self._fill(entity, attribute, storage[name], record[name] or ())
        return entity

    def _merge_unusual(self, value: Any) -> Entity:
        return self._session._merge_recursive(self._detached(value), {})

    def _fill(self, entity: Entity, attribute: Attribute, slot: Slot, children: Sequence[Record]) -> None:
        """Merge the members of a collection, and store the list of them unless it is the same as before."""
        members = [self._merge(child) for child in children]
        if _holds(slot["remote"], members):
            return
        collection = self._collection(entity, attribute, children, members)
        if slot["local"] is NOT_SET:
            slot["remote"] = collection
            entity._inflated.add(attribute.name)
        else:
            follow(attribute, entity, collection)

    def _collection(
        self, entity: Entity, attribute: Attribute, children: Iterable[Record], members: list[Entity]
    ) -> Any:
        """Return the remote value that a collection *attribute* of *entity* gets from its *members*."""
        collection = Collection.__new__(Collection)
        collection.entity = entity
        collection.attribute = attribute
        collection._data = members
        collection._identities = {
            self._identity(child, member) for child, member in zip(children, members, strict=True)
        }
        collection.mutable = False
        if len(collection._identities) != len(members):
            Collection(entity, attribute, data=members)  # refuses what comes twice, as it does for ftrack_api
        if isinstance(attribute, KeyValueMappedCollectionAttribute):
            return KeyValueMappedCollectionProxy(
                collection, attribute.creator, attribute.key_attribute, attribute.value_attribute
            )
        return CustomAttributeCollectionProxy(collection) if type(attribute) is CUSTOM else collection

    def _identity(self, record: Record, entity: Entity) -> str:
        recipe = self._recipes.get(record["__entity_type__"])
        return str(identity(entity)) if recipe is None else recipe.key(record)

    def _recipe(self, record: Record) -> Recipe:
        name = record["__entity_type__"]
        recipe = self._recipes.get(name)
        if recipe is None:
            recipe = self._find_recipe(name)
            if not recipe.is_plain:
                raise UnusualError
            self._recipes[name] = recipe
        return recipe

    def _find_recipe(self, name: str) -> Recipe:
        entity_class = self._session.types.get(name)
        if entity_class is None:
            raise UnrecognisedEntityTypeError(name)
        recipe = self._known_recipes.get(entity_class)
        if recipe is None or len(recipe.attributes) != len(entity_class.attributes):
            recipe = self._known_recipes[entity_class] = Recipe.of(entity_class)
        return recipe

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


def _unset() -> Slot:
    return {"local": NOT_SET, "remote": NOT_SET}


def _check_relations(shape: Shape, record: Record) -> None:
    """Raise UnusualError if there is anything but records where the record's relations should be."""
    for name, _ in shape.references:
        value = record[name]
        if value is not None and not is_record(value):
            raise UnusualError
    for name, _ in shape.collections:
        value = record[name]
        if value is not None and not (value.__class__ is list and all(map(is_record, value))):
            raise UnusualError


def _holds(value: Any, members: list[Entity]) -> bool:
    """Return whether the *value* of a collection attribute is a list of exactly these entities, in this order."""
    rows = rows_of(value)
    return rows is not None and len(rows._data) == len(members) and all(map(is_, rows._data, members))
