"""How records of one entity type become entities: worked out once per type, and once per set of keys.

JSON values become Python values exactly as ftrack_api reads them, only sooner: see `decode`.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]  # the arrow that ftrack_api pins has no types
import ftrack_api.attribute
import ftrack_api.entity.base
import ftrack_api.entity.job
import ftrack_api.entity.location
from dateutil import tz
from ftrack_api.attribute import Attribute
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

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
            return _tagged(items)
        if "__entity_type__" in items:
            raise UnusualError
        return {key: decode(item) for key, item in items.items()}
    if isinstance(value, list):
        return [decode(item) for item in cast("list[Any]", value)]
    return value


def _tagged(value: dict[str, Any]) -> Any:
    if value["__type__"] not in ("datetime", "date"):
        return {key: decode(item) for key, item in value.items()}
    text = value.get("value")
    if not isinstance(text, str):
        raise UnusualError
    return date_time(text)


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
INITIALISERS = (*EMPTY_INITIALISERS, ftrack_api.entity.location.Location.__init__)


def is_plain(entity_class: type[Entity]) -> bool:
    """Return whether entities of this class hold their values the way ftrack_api's own classes do."""
    return entity_class.__init__ in INITIALISERS and all(
        getattr(entity_class, name) is getattr(Entity, name) for name in ENTITY_METHODS
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """The attributes of records that have the same keys."""

    scalars: tuple[str, ...]
    references: tuple[tuple[str, Attribute], ...]
    collections: tuple[tuple[str, Attribute], ...]
    has_relations: bool


@dataclass(frozen=True, slots=True)
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
    def of(cls, entity_class: type[Entity]) -> "Recipe":
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
        return Shape(
            scalars=tuple(name for name, attribute in present if type(attribute) is SCALAR),
            references=references,
            collections=collections,
            has_relations=bool(references or collections),
        )

    def new(self, session: Session, storage: dict[str, dict[str, Any]]) -> Entity:
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
