"""Answers of a query, written straight into the session's entities in one pass, and the session that does so.

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

Small questions ride along with the next query.
"""

from __future__ import annotations

import gc
import logging
import re
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime, tzinfo
from functools import lru_cache, partial
from operator import attrgetter, is_
from typing import Any, Final, TypeAlias, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]  # the arrow that ftrack_api pins has no types
import ftrack_api
import ftrack_api.attribute
import ftrack_api.cache
import ftrack_api.entity.base
import ftrack_api.entity.job
import ftrack_api.entity.location
import ftrack_api.exception
from dateutil import tz
from ftrack_api.attribute import Attribute, KeyValueMappedCollectionAttribute
from ftrack_api.collection import Collection, CustomAttributeCollectionProxy, KeyValueMappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.exception import UnrecognisedEntityTypeError
from ftrack_api.inspection import identity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.batch import PlainBatch
from trackteroid.client.entities import Places, Storage, Values, is_bare, is_new, memory_of, storage_of, take
from trackteroid.client.failures import outermost
from trackteroid.client.local_lists import follow, rows_of
from trackteroid.errors import UnexpectedAnswerError
from trackteroid.session_state import HasSchemas, of_connection
from trackteroid.values import frozen

#: The classes of JSON values that can hold something to decode.
CONTAINERS: Final = frozenset({dict, list})

_UTC: Final = tz.tzutc()
_PLAIN_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)


class UnusualError(Exception):
    """A record holds something that only ftrack_api's own code can judge."""


def is_record(value: Any) -> bool:
    """Return whether *value* is the JSON object of an entity."""
    return value.__class__ is dict and "__entity_type__" in value and "__type__" not in value


def decode(value: Any) -> Any:
    """Return the JSON *value* of an attribute with the dates in it made; raise UnusualError for entities in it."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        if "__type__" in items:
            if items["__type__"] in ("datetime", "date"):
                text = items.get("value")
                if not isinstance(text, str):
                    raise UnusualError
                return date_time(text)
        elif "__entity_type__" in items:
            raise UnusualError
        return {key: decode(item) for key, item in items.items()}
    if isinstance(value, list):
        return [decode(item) for item in cast("list[Any]", value)]
    return value


_from_datetime = cast("Callable[[datetime, tzinfo], arrow.Arrow]", arrow.Arrow.fromdatetime)
_get = cast("Callable[[str], arrow.Arrow]", arrow.get)


@lru_cache(maxsize=4096)
def date_time(text: str) -> arrow.Arrow:
    """Return what ``arrow.get`` returns for *text*; the form that servers send is read without its slow parser."""
    if _PLAIN_DATE_TIME.fullmatch(text):
        try:
            return _from_datetime(datetime.fromisoformat(text), _UTC)
        except ValueError:
            pass  # 24:00:00 and the like, which arrow's own parser knows how to read or refuse
    return _get(text)


Record: TypeAlias = "dict[str, Any]"

SCALAR = ftrack_api.attribute.ScalarAttribute
REFERENCE = ftrack_api.attribute.ReferenceAttribute
COLLECTION = ftrack_api.attribute.CollectionAttribute
KEY_VALUE = ftrack_api.attribute.KeyValueMappedCollectionAttribute
CUSTOM = ftrack_api.attribute.CustomAttributeCollectionAttribute
KINDS = (SCALAR, REFERENCE, COLLECTION, KEY_VALUE, CUSTOM)

UNKNOWN = object()

#: The methods that decide what an entity holds. A class with its own version of one of them is left to ftrack_api.
ENTITY_METHODS = ("_reconstruct", "merge", "__getitem__", "__setitem__", "__eq__", "__setattr__", "__new__")
#: The initialisers that do nothing for an entity that comes from the server, so they need not run.
EMPTY_INITIALISERS = (ftrack_api.entity.base.Entity.__init__, ftrack_api.entity.job.Job.__init__)
_methods = attrgetter(*ENTITY_METHODS)
INITIALISERS = (*EMPTY_INITIALISERS, ftrack_api.entity.location.Location.__init__)


def is_plain(entity_class: type[Entity]) -> bool:
    """Return whether entities of this class hold their values the way ftrack_api's own classes do."""
    return entity_class.__init__ in INITIALISERS and _methods(entity_class) == _methods(Entity)


@frozen
class Shape:
    """The attributes of records that have the same keys."""

    scalars: tuple[str, ...]
    places: Places
    ids: tuple[int, ...]
    references: tuple[tuple[str, Attribute], ...]
    collections: tuple[tuple[str, Attribute], ...]
    has_relations: bool


@frozen
class Recipe:
    """How records of one entity type become entities.

    A record with no more items than `bare_size` is a bare one, that only says which entity is meant.
    """

    entity_class: type[Entity]
    key_names: tuple[str, ...]
    bare_size: int
    prefix: str
    attributes: dict[str, Attribute]
    logger: logging.Logger
    is_plain: bool
    shapes: dict[tuple[str, ...], Shape] = field(default_factory=dict[tuple[str, ...], Shape])

    @classmethod
    def of(cls, entity_class: type[Entity]) -> Recipe:
        """Return the recipe for the records of *entity_class*."""
        attributes = {attribute.name: attribute for attribute in entity_class.attributes}
        key_names = tuple(entity_class.primary_key_attributes)
        return cls(
            entity_class=entity_class,
            key_names=key_names,
            bare_size=len(key_names) + 1,
            prefix=f"({str(entity_class.entity_type)!r}, [",
            attributes=attributes,
            logger=logging.getLogger(f"{ftrack_api.entity.base.__name__}.{entity_class.__name__}"),
            is_plain=is_plain(entity_class)
            and all(type(attribute) in KINDS for attribute in attributes.values())
            and all(type(attributes.get(name)) is SCALAR for name in key_names),
        )

    def key(self, record: Record) -> str:
        """Return the text under which ftrack_api's cache keeps the entity of *record*.

        Raises UnusualError when the record lacks a part of its primary key.
        """
        if len(self.key_names) == 1:
            value = record.get(self.key_names[0], UNKNOWN)
            if value.__class__ is str:
                return f"{self.prefix}{value!r}])"
        values = [record.get(name, UNKNOWN) for name in self.key_names]
        if UNKNOWN in values:
            raise UnusualError
        return f"{self.prefix}{', '.join(repr(str(decode(value))) for value in values)}])"

    def shape(self, record: Record) -> Shape:
        """Return which keys of *record* are attributes, and of what kind."""
        names = tuple(record)
        shape = self.shapes.get(names)
        if shape is None:
            shape = self.shapes[names] = self._shape(names)
        return shape

    def _shape(self, names: Iterable[str]) -> Shape:
        asked = set(names) - {"__entity_type__"}
        present = [(name, attribute) for name, attribute in self.attributes.items() if name in asked]
        references = tuple((name, attribute) for name, attribute in present if type(attribute) is REFERENCE)
        collections = tuple(
            (name, attribute) for name, attribute in present if type(attribute) not in (SCALAR, REFERENCE)
        )
        scalars = tuple(name for name, attribute in present if type(attribute) is SCALAR)
        return Shape(
            scalars=scalars,
            places=Places(scalars),
            ids=tuple(place for place, name in enumerate(scalars) if name.endswith("_id")),
            references=references,
            collections=collections,
            has_relations=bool(references or collections),
        )

    def new(self, session: Session, storage: Storage) -> Entity:
        """Return a fresh entity around the *storage* of its values, as ftrack_api's constructor would leave it."""
        if self.entity_class.__init__ in EMPTY_INITIALISERS:
            entity = self.entity_class.__new__(self.entity_class)
            entity.logger = self.logger
            entity.session = session
            entity._inflated = set()
            entity._ignore_data_keys = ["__entity_type__"]
        else:
            entity = self.entity_class(session, data={}, reconstructing=True)
        entity._ftrack_attribute_storage = storage
        return entity


Slot: TypeAlias = "dict[str, Any]"


#: From so many objects on, what has piled up is looked at once, and not once more for each generation of objects.
_PILE = 10_000


@contextmanager
def collector_paused() -> Generator[Callable[[], object]]:
    """Keep the garbage collector from walking a growing pile of objects that are all still needed.

    Yields what lets go of the garbage since it was called last. That looks at nothing twice, so what is read in many
    pieces takes time that grows as it does, and no memory for what the pieces were made of.
    """
    if not gc.isenabled():
        yield lambda: None
        return
    gc.disable()
    try:
        yield partial(gc.collect, 0)
    finally:
        gc.enable()
        if gc.get_count()[0] > _PILE:
            gc.collect(1)


class Hydration:
    """Writes the records of one answer into the entities of *session*.

    *recipes* is kept by the caller from one answer to the next. While it works, the session must neither record
    operations nor populate attributes, and its lock must be held.
    """

    def __init__(self, session: Session, recipes: dict[type[Entity], Recipe]) -> None:
        self._session = session
        self._known_recipes = recipes
        self._recipes: dict[str, Recipe] = {}
        self._cache = memory_of(session)._cache
        self._met: dict[str, tuple[Entity, Record]] = {}
        #: Many lead to the same few entities; their ids are kept once.
        self._ids: dict[str, str] = {}

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
            for place in shape.ids:
                if (value := values[place]).__class__ is str:
                    values[place] = self._ids.setdefault(value, value)
            if shape.has_relations:
                _check_relations(shape, record)
            entity = self._cache.get(key)
            # A mixin may have replaced the class of an entity that is known.
            kind = recipe.entity_class if entity is None else entity.__class__
            if kind is not recipe.entity_class and not is_plain(kind):
                raise UnusualError
        except UnusualError:
            return self._merge_unusual(record)
        if entity is None:
            return self._create(recipe, key, record, Values(shape.places, values))
        self._met[key] = entity, record
        storage = storage_of(entity)
        take(storage, shape.places, values)
        for name, _ in shape.references:
            slot = storage[name]
            slot["remote"] = None if record[name] is None else self._merge(record[name])
            if slot["local"] is NOT_SET:
                # What was just merged need not be merged again when it is read for the first time.
                entity._inflated.add(name)
        for name, attribute in shape.collections:
            self._fill(entity, attribute, storage[name], record[name] or ())
        return entity

    def _create(self, recipe: Recipe, key: str, record: Record, storage: Values) -> Entity:
        """Make an entity of the session with these values, and merge what the *record* holds in its relations."""
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
        rows = rows_of(slot["remote"])
        if rows is not None and len(rows._data) == len(members) and all(map(is_, rows._data, members)):
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
        """Return the recipe for records such as this one, which is the first of its type in an answer."""
        name = record["__entity_type__"]
        try:
            entity_class = self._session.types[name]
        except KeyError:
            raise UnrecognisedEntityTypeError(name) from None
        recipe = self._known_recipes.get(entity_class)
        if recipe is None or len(recipe.attributes) != len(entity_class.attributes):
            recipe = self._known_recipes[entity_class] = Recipe.of(entity_class)
        if not recipe.is_plain:
            raise UnusualError
        self._recipes[name] = recipe
        return recipe

    def _detached(self, value: Any) -> Any:
        """Return *value* as ftrack_api decodes it: every record an entity of its own, from the inside out."""
        if isinstance(value, list):
            return [self._detached(item) for item in cast("list[Any]", value)]
        if isinstance(value, dict):
            items = cast("dict[str, Any]", value)
            return self._session._decode({key: self._detached(item) for key, item in items.items()})
        return value


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


# The session that takes answers.


#: How many records come in one page where only ids are wanted. A server that sends fewer says that there are more.
ID_PAGE_SIZE = 5000

#: Takes the records that a query finds, as the server sent them.
Take: TypeAlias = Callable[[list[Any]], None]


class _Riders(dict[str, Take]):
    """The queries that go along with the next one of a connection, in its request."""


def ride_along(session: HasSchemas, text: str, take: Take) -> None:
    """Let the query *text* be asked along with the next one. *take* is not called if there is more than one page.

    Whoever will need what a server knows by name, and will not need it before that query is answered, has it asked so:
    whoever loads custom attributes may set them, for instance, and then their configurations are known already.
    """
    of_connection(session, _Riders)[text] = take


#: Where the mapping of what was merged keeps the copies met so far, by object; they must live for that long.
_COPIES = "copies that were met"

#: The methods of a session through which entities are merged. A session with its own version merges by itself.
SESSION_METHODS = ("merge", "_merge", "_merge_recursive", "_merge_entity", "_create", "_decode")


class HydratingSession(ftrack_api.Session):
    """An ``ftrack_api.Session`` that writes the answers of queries in one pass, and merges every copy of an entity.

    ftrack_api remembers which entities it has met in an answer and merges the first copy of each only, so a fuller one
    that comes later is lost. Here it remembers which copies it has met: each is merged once.
    """

    #: How records become entities, by the class of these.
    _recipes: dict[type[Entity], Recipe]

    def _merge_entity(self, entity: Entity, merged: dict[str, Any] | None = None) -> Entity:
        """Merge *entity* and what it refers to into the session, and return the session's own object of it.

        *merged* is one mapping for all that belongs together, such as the records of one answer.
        """
        merged = {} if merged is None else merged
        copies = cast("dict[int, Entity]", merged.setdefault(_COPIES, {}))
        with self.auto_populating(False):
            key = self.cache_key_maker.key(identity(entity))
            try:
                attached = cast("Entity", merged[key] if key in merged else self.cache.get(key))
            except KeyError:
                attached = None
            # What is created takes the place of what had the same key before, which was deleted: an entry of metadata
            # that is removed and set again, say.
            if attached is None or (is_new(entity) and not is_new(attached)):
                attached = self._create(entity.entity_type, {}, reconstructing=True)
            merged[key] = attached
            if id(entity) in copies or entity is attached or (is_bare(entity) and not is_new(attached)):
                return attached
            copies[id(entity)] = entity
            if attached.merge(entity, merged=merged):
                self.cache.set(key, attached)
            return attached

    @outermost
    def _query(self, expression: str) -> tuple[list[Entity], dict[str, Any]]:
        self._wait_for_connection()
        if not can_hydrate(self):
            return super()._query(expression)
        question = {"action": "query", "expression": expression}
        riders = of_connection(self, _Riders)
        answer = self._answer_with_riders(question, riders) if riders else self._plain_call([question])[0]
        return self._hydrate(answer["data"]), answer.get("metadata") or {}

    def _answer_with_riders(self, question: dict[str, Any], waiting: dict[str, Take]) -> dict[str, Any]:
        riders = waiting.copy()
        waiting.clear()
        along = [{"action": "query", "expression": f"{text} limit {ID_PAGE_SIZE}"} for text in riders]
        try:
            answer, *others = self._plain_call([question, *along])
        except ftrack_api.exception.ServerError:
            pass  # which of them it refused, and why, is said when each is asked by itself
        else:
            for take, other in zip(riders.values(), others, strict=True):
                metadata: dict[str, Any] = other.get("metadata") or {}
                if metadata.get("next", {}).get("offset") is None:
                    take(other["data"])
            return answer
        return self._plain_call([question])[0]

    def _hydrate(self, rows: list[Any]) -> list[Entity]:
        with collector_paused(), self._thread_lock, self.operation_recording(False), self.auto_populating(False):
            try:
                return Hydration(self, self._recipes).rows(rows)
            except ValueError as error:  # a broken date, which ftrack_api takes for an answer that is no JSON
                raise UnexpectedAnswerError(
                    f"The ftrack server at {self.address} sent what cannot be read: {error}. Only whoever runs the "
                    "server can repair that; other projections may leave it out."
                ) from None

    def _plain_call(self, batch: list[dict[str, Any]], *, strict: bool = False) -> list[dict[str, Any]]:
        """Return the answer to a *batch* of queries as JSON has it; *strict* asks in the server's strict mode."""
        plain = PlainBatch(batch)
        plain.strict = strict
        return self.call(plain)

    # What derived classes know better.

    @property
    def address(self) -> str:
        """The server as it may be shown to people."""
        return self.server_url

    def _wait_for_connection(self) -> None:
        """Connect, where that was not done yet."""


def can_hydrate(session: Session) -> bool:
    """Return whether *session* keeps its entities the way this module writes them."""
    cache = session.cache
    return (
        type(cache) is ftrack_api.cache.LayeredCache
        and len(cache.caches) == 1
        and type(cache.caches[0]) is ftrack_api.cache.MemoryCache
        and type(session.cache_key_maker) is ftrack_api.cache.StringKeyMaker
        and merges_copies(session)
    )


def merges_copies(session: Session) -> bool:
    """Return whether *session* merges every copy of an entity in an answer, rather than in some way of its own."""
    return vars(session).keys().isdisjoint(SESSION_METHODS) and _session_methods(type(session)) == _session_methods(
        HydratingSession
    )


_session_methods = attrgetter(*SESSION_METHODS)
