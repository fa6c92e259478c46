"""Values of deferred operations as JSON, so that no value can be mistaken for another.

Text, numbers, truth values and ``None`` are what they are in JSON, lists and tuples are lists. Everything else is an
object whose ``"is"`` says what it stands for::

    {"is": "not set"}
    {"is": "datetime", "value": "2024-05-06T07:08:09+02:00"}      also "date" and "arrow"
    {"is": "entity", "type": "Task", "key": {"id": "9f2c..."}}
    {"is": "collection", "items": [<entity>, ...]}                also "mapped": metadata and custom attributes
    {"is": "object", "value": {"any": "JSON object"}}

Reading gives the same values back; entities come as `EntityReference` and collections as `References`, which a session
turns into its own entities.
"""

import datetime
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]  (the arrow that ftrack_api pins has no types)
import ftrack_api.inspection
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import NOT_SET

from trackteroid.spelling import to_datetime as to_datetime

_arrow_of = cast("Callable[[datetime.datetime], arrow.Arrow]", arrow.Arrow.fromdatetime)  # pyright: ignore[reportUnknownMemberType]  (as above)

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class EntityReference:
    """An entity by its type and primary key, independent of any session.

    Attributes:
        entity_type: name of the entity type, such as ``"Task"``.
        key: the names and texts of the primary key, in the order of the schema.
    """

    entity_type: str
    key: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, entity: Entity) -> "EntityReference":
        """Return the reference to *entity*, without a request."""
        with entity.session.auto_populating(False):
            return cls.from_key(entity.entity_type, ftrack_api.inspection.primary_key(entity))

    @classmethod
    def from_key(cls, entity_type: str, key: Mapping[str, str]) -> "EntityReference":
        """Return the reference to the entity of this type and primary key."""
        return cls(str(entity_type), tuple((str(name), str(value)) for name, value in key.items()))

    @property
    def text(self) -> str:
        """The key of the entity in an operations file and in a session's cache: ``"('Task', ['9f2c...'])"``."""
        return str((self.entity_type, [value for _, value in self.key]))


@dataclass(frozen=True, slots=True)
class References:
    """The content of a collection attribute; *mapped* when it is read by keys, as metadata is."""

    items: tuple[EntityReference, ...]
    mapped: bool = False


class UnsupportedValueError(TypeError):
    """A value that JSON records cannot hold; the text says which and why."""


def encode_value(value: object) -> Json:
    """Return *value* as JSON; raise `UnsupportedValueError` for what a server could not be sent either."""
    if value is NOT_SET:
        return {"is": "not set"}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise UnsupportedValueError(f"{value!r} is not a number that JSON knows")
        return value
    if isinstance(value, arrow.Arrow):
        return {"is": "arrow", "value": value.isoformat()}
    if isinstance(value, datetime.datetime):
        return {"is": "datetime", "value": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"is": "date", "value": value.isoformat()}
    if isinstance(value, Entity):
        return _encode_reference(EntityReference.of(value))
    if isinstance(value, EntityReference):
        return _encode_reference(value)
    if isinstance(value, MappedCollectionProxy):
        return _encode_references(_references(value.collection, mapped=True))
    if isinstance(value, Collection):
        return _encode_references(_references(value, mapped=False))
    if isinstance(value, References):
        return _encode_references(value)
    if isinstance(value, list | tuple):
        return [encode_value(item) for item in cast("list[object]", value)]
    if isinstance(value, Mapping):
        content: dict[str, Json] = {}
        for name, item in cast("Mapping[object, object]", value).items():
            if not isinstance(name, str):
                raise UnsupportedValueError(f"the key {name!r} of a JSON object must be a text")
            content[name] = encode_value(item)
        return {"is": "object", "value": content}
    raise UnsupportedValueError(f"values of the type {type(value).__name__} cannot be sent to a server")


def decode_value(value: Json) -> object:
    """Return what `encode_value` wrote; raise ValueError for JSON that it never writes."""
    if not isinstance(value, dict | list):  # the usual case
        return value
    if isinstance(value, list):
        return [decode_value(item) for item in value]
    match value:
        case {"is": "not set"}:
            return NOT_SET
        case {"is": "date", "value": str(text)}:
            return datetime.date.fromisoformat(text)
        case {"is": "datetime" | "arrow" as kind, "value": str(text)}:
            moment = datetime.datetime.fromisoformat(text)
            return moment if kind == "datetime" else _arrow_of(moment)
        case {"is": "entity"}:
            return _decode_reference(value)
        case {"is": "collection" | "mapped" as kind, "items": list(items)}:
            return References(tuple(_decode_reference(item) for item in items), mapped=kind == "mapped")
        case {"is": "object", "value": dict(content)}:
            return {name: decode_value(item) for name, item in content.items()}
        case _:
            raise ValueError(f"{value!r} is no value of an operations file")


def _references(collection: Collection, *, mapped: bool) -> References:
    entities = cast("list[Entity]", collection[:])
    return References(tuple(EntityReference.of(entity) for entity in entities), mapped=mapped)


def _encode_reference(reference: EntityReference) -> dict[str, Json]:
    return {"is": "entity", "type": reference.entity_type, "key": dict(reference.key)}


def _encode_references(references: References) -> Json:
    items: list[Json] = [_encode_reference(item) for item in references.items]
    return {"is": "mapped" if references.mapped else "collection", "items": items}


def _decode_reference(value: Json) -> EntityReference:
    match value:
        case {"is": "entity", "type": str(entity_type), "key": dict(key)} if key:
            return EntityReference(entity_type, tuple((name, str(part)) for name, part in key.items()))
        case _:
            raise ValueError(f"{value!r} is no reference to an entity")
