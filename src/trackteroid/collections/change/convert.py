"""From what users give to what ftrack_api stores: every value is checked against the server's schema first.

One table says what attributes take that hold values: custom attributes of a type take the same as those of the schema.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]  # ships annotations in part only
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.collections.change.names import Subject, find_by_name, named_kinds
from trackteroid.collections.context import Selection, check_same_world, check_session, context_of, entities_in, unique
from trackteroid.collections.missing import EmptyValues, refusal
from trackteroid.errors import AssignmentError
from trackteroid.schema.types import AttributeSchema, Schema
from trackteroid.spelling import moment_of
from trackteroid.values import frozen


def convert(attribute: AttributeSchema, value: object, owner: Selection, types: Schema, subject: Subject) -> Any:
    """Return what ftrack_api stores for *value*: a scalar, an entity, a list of entities, or a dictionary.

    Entities that have names may be given by these.

    Raises:
        AssignmentError: the value does not fit the attribute.
        EntityCollectionOperationError: the value belongs to another session or schema.
        UnloadedAttributeError: the value would be another one if all that it was read from was loaded.
    """
    check_is_there(attribute.name, value)
    if attribute.kind == "scalar":
        if value is None:
            return None
        accepted = MOMENT if attribute.format in ("date-time", "date") else _BY_SCHEMA.get(attribute.type, ANYTHING)
        converted = accepted.convert(value)
        if converted is None:
            raise AssignmentError(
                f'"{attribute.name}" takes {accepted.expected} (or None), but {value!r} ({type(value).__name__}) was '
                "given."
            )
        return converted
    if attribute.kind == "mapped":
        return _mapping(attribute, value)
    entities = _entities(attribute, value, owner, subject)
    for entity in entities:
        if not types.is_a(entity.entity_type, attribute.accepts):
            raise AssignmentError(f'"{attribute.name}" takes {attribute.accepts}, but {entity.entity_type} was given.')
    if attribute.kind == "collection":
        return entities
    if value is None:
        return None
    if len(entities) != 1:
        raise AssignmentError(
            f'"{attribute.name}" takes one {attribute.target}, but {value!r} has {len(entities)}. '
            f"Select one, or pass None to clear the attribute."
        )
    return entities[0]


def check_is_there(name: str, value: object) -> None:
    """Refuse what stands for no value, because there is nothing or it was not loaded.

    Raises:
        AssignmentError: *value* is such.
    """
    if value is NOT_SET:
        raise AssignmentError(f'"{name}" was given NOT_SET, which was read from something that was not loaded.')
    if isinstance(value, EmptyValues):
        raise AssignmentError(f'"{name}": {value.refusal("be assigned")}')


def _entities(attribute: AttributeSchema, value: object, owner: Selection, subject: Subject) -> list[FtrackEntity]:
    """Return the entities in a collection, an entity of ftrack_api, a name, None, or a list of these."""
    if value is None:
        return []
    if isinstance(value, Selection):
        check_same_world(owner, value)
        _check_is_all(attribute, value)
        return list(entities_in(value))
    if isinstance(value, FtrackEntity):
        check_session(owner, value)
        return [value]
    if isinstance(value, list | tuple):
        parts = cast("list[object]", value)
        return unique(each for part in parts for each in _entities(attribute, part, owner, subject))
    target, context = attribute.accepts, context_of(owner)
    if isinstance(value, str) and named_kinds(context.types, target):
        return [find_by_name(context.session, context.types, target, value, subject)]
    raise AssignmentError(
        f'"{attribute.name}" takes a collection of {attribute.target}, but {value!r} was given. '
        f"Query it first, for example with `Query({attribute.target}).by_name(...).get_one()`."
    )


def _check_is_all(attribute: AttributeSchema, value: Selection) -> None:
    """Refuse a collection that would be another one if all was loaded; one entity is what it is.

    Raises:
        UnloadedAttributeError: it would be.
        AssignmentError: it is of another type anyway.
    """
    unloaded = context_of(value).unloaded
    if unloaded is None or (attribute.kind == "reference" and entities_in(value)):
        return
    types, target, given = context_of(value).types, attribute.accepts, value.entity_type.__name__
    if not (types.is_a(given, target) or types.is_a(target, given)):
        raise AssignmentError(f'"{attribute.name}" takes {target}, but {given} was given.')
    raise refusal(unloaded, f'Cannot set "{attribute.name}" to {value!r}, which is not all of it')


def _mapping(attribute: AttributeSchema, value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise AssignmentError(f'"{attribute.name}" takes a dictionary, but {value!r} was given.')
    entries = cast("Mapping[object, object]", value)
    if wrong := [key for key in entries if not isinstance(key, str)]:
        raise AssignmentError(f'The keys of "{attribute.name}" are texts, but {wrong[0]!r} was given.')
    is_metadata = attribute.target == "Metadata"
    for key, entry in entries.items():
        check_is_there(f"{attribute.name}[{key!r}]", entry)
        if is_metadata and entry is not None and not isinstance(entry, str):
            raise AssignmentError(
                f'The values of "{attribute.name}" are texts, but {key!r} was given {entry!r} '
                f"({type(entry).__name__}). Say how it is written, for example with str(...)."
            )
    # In metadata a key without a value is no key.
    return {str(key): entry for key, entry in entries.items() if entry is not None or not is_metadata}


@frozen
class Accepted:
    """What is taken.

    Attributes:
        expected: this in words: ``"a number"``.
        convert: returns what is stored for a value, or None for a value that is refused.
    """

    expected: str
    convert: Callable[[object], Any]


def arrow_of(value: object) -> arrow.Arrow | None:
    """Return a point in time as the arrow object ftrack_api uses, or None if *value* is no point in time.

    Accepts arrow objects, datetimes, dates (their midnight) and ISO 8601 texts. Without a time zone, it is UTC.
    """
    if isinstance(value, arrow.Arrow):
        return value
    found = moment_of(value, text=True)
    if found is None:
        return None
    return arrow.Arrow.fromdatetime(found, found.tzinfo)  # pyright: ignore[reportUnknownMemberType]  # see the import


#: Beyond it, no server holds a number.
_LARGEST = math.nextafter(math.inf, 0)


TEXT = Accepted("a text", lambda value: value if isinstance(value, str) else None)
NUMBER = Accepted(
    "a number",
    lambda value: (
        value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST else None
    ),
)
WHOLE_NUMBER = Accepted(
    "a whole number", lambda value: value if isinstance(value, int) and not isinstance(value, bool) else None
)
FLAG = Accepted("True or False", lambda value: value if isinstance(value, bool) else None)
MOMENT = Accepted("a datetime, a date, an arrow object or an ISO 8601 text", arrow_of)
ANYTHING = Accepted("any value", lambda value: value)
NOTHING = Accepted("no value, because the server computes it,", lambda _: None)

_BY_SCHEMA: Mapping[str | None, Accepted] = {
    "string": TEXT,
    "number": NUMBER,
    "integer": WHOLE_NUMBER,
    "boolean": FLAG,
}
_BY_CONFIGURATION: Mapping[str, Accepted] = {
    "text": TEXT,
    "url": TEXT,
    "number": NUMBER,
    "boolean": FLAG,
    "date": MOMENT,
    "expression": NOTHING,
}


def accepted_by_configuration(type_name: str) -> Accepted:
    """Return what a custom attribute of this type takes; for enumerators, see `Choices` of the custom attributes."""
    return _BY_CONFIGURATION.get(type_name, ANYTHING)
