"""Which values attributes take, and what ftrack_api stores for them: one table for all attributes that hold values.

Attributes of the schema and custom attributes of the same type take the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import arrow  # pyright: ignore[reportMissingTypeStubs]  # ships annotations in part only

from trackteroid.moments import moment_of
from trackteroid.schema import AttributeSchema


@dataclass(frozen=True, slots=True)
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


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    return None


#: Beyond it, no server holds a number.
_LARGEST = math.nextafter(math.inf, 0)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _anything(value: object) -> object:
    return value


TEXT = Accepted("a text", _text)
NUMBER = Accepted("a number", _number)
WHOLE_NUMBER = Accepted("a whole number", _whole)
FLAG = Accepted("True or False", _flag)
MOMENT = Accepted("a datetime, a date, an arrow object or an ISO 8601 text", arrow_of)
ANYTHING = Accepted("any value", _anything)
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


def accepted_by(attribute: AttributeSchema) -> Accepted:
    """Return what an attribute of the schema takes."""
    if attribute.format in ("date-time", "date"):
        return MOMENT
    return _BY_SCHEMA.get(attribute.type, ANYTHING)


def accepted_by_configuration(type_name: str) -> Accepted:
    """Return what a custom attribute of this type takes; for enumerators, see `trackteroid.collections.change.choices`."""
    return _BY_CONFIGURATION.get(type_name, ANYTHING)
