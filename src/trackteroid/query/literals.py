"""Values of conditions: checked against what they are compared with, and as the text that the server compares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.errors import InvalidArgumentsError
from trackteroid.expressions import text_of
from trackteroid.schema import AttributeSchema, Schema

_FLAGS = ("true", "false")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?")


@dataclass(frozen=True, slots=True)
class Subject:
    """What values are compared with: an attribute, as it is called in code.

    ``target`` is the type of the entities whose ids it holds, if it holds ids.
    """

    shown: str
    attribute: AttributeSchema
    target: str | None
    schema: Schema

    def texts(self, values: Iterable[object]) -> tuple[str, ...]:
        """Return *values* as text, collections and entities as their ids, without duplicates.

        Raises:
            InvalidArgumentsError: a value does not fit.
        """
        given = tuple(values)
        if self.attribute.type == "string" and self.attribute.format != "date-time" and all(map(_is_text, given)):
            return cast("tuple[str, ...]", tuple(dict.fromkeys(given)))  # the usual case, thousands of ids
        return tuple(dict.fromkeys(text for value in given for text in self._iter_texts(value)))

    def bound(self, value: object, *, is_end: bool = False) -> str:
        """Return *value* as text that something can be larger or smaller than; the *end* of a range may be a day.

        Raises:
            InvalidArgumentsError: there is no larger or smaller here, or the value does not fit.
        """
        if self.attribute.type == "boolean":
            raise InvalidArgumentsError(f"{self.shown} has no order. Compare it with == or !=.")
        if value is None:
            raise InvalidArgumentsError(f"{self.shown} cannot be larger or smaller than None. Use is_none().")
        is_moment = self.attribute.format == "date-time" or isinstance(value, date)
        if is_end and is_moment and (day := _day(value)):
            value = datetime(day.year, day.month, day.day, 23, 59, 59)  # moments are kept in whole seconds
        return self._text(value)

    def pattern(self, value: object) -> str:
        """Return *value* as a pattern.

        Raises:
            InvalidArgumentsError: it is no text, or there is no text to match.
        """
        if self.attribute.type == "boolean" or self.attribute.format == "date-time":
            raise InvalidArgumentsError(f"{self.shown} is no text, so it has no patterns. Use ==, <, > or between.")
        if not isinstance(value, str):
            raise InvalidArgumentsError(f"{self.shown}.like takes text such as 'bc%', not {value!r}.")
        return value

    def selected(self, type_name: str, text: str) -> str:
        """Return the *text* of a query for entities of *type_name*, whose ids are what is compared.

        Raises:
            InvalidArgumentsError: these are other entities.
        """
        if self.target and not self._may_be(type_name):
            raise InvalidArgumentsError(f"{self.shown} is never one of the {type_name} entities that a query finds.")
        return text

    def _may_be(self, type_name: str) -> bool:
        target = self.target or type_name
        return self.schema.is_a(type_name, target) or self.schema.is_a(target, type_name)

    def _iter_texts(self, value: object) -> Iterator[str]:
        found = _entities(value)
        if found is None:
            yield self._text(value)
            return
        if self.target is None:
            raise self._unfit(value, "is no entity and holds no ids; use an attribute of the collection")
        type_name, ids = found
        if ids and not self._may_be(type_name):
            raise self._unfit(value, f"is of type {self.target}")
        yield from ids

    def _text(self, value: object) -> str:
        if _is_no_value(value):
            raise self._unfit(value, "is compared with single values. For several use in_([...]), for none is_none()")
        declared, is_flag = self.attribute.type, isinstance(value, bool)
        if declared == "boolean":
            if is_flag or str(value).lower() in _FLAGS:
                return str(value)
            raise self._unfit(value, "is True or False")
        if declared in ("integer", "number"):
            return self._number(value)
        if self.attribute.format == "date-time":
            return self._moment(value)
        if declared == "string" and is_flag:
            raise self._unfit(value, "is text")
        moment = _moment_of(value)
        # What a custom attribute holds is compared as text, in which moments have no time zone.
        return str(value) if moment is None else _utc(moment).removesuffix("+00:00")

    def _number(self, value: object) -> str:
        try:
            if not isinstance(value, bool) and float(cast("Any", value)) == float(cast("Any", value)):
                return str(value)
        except (TypeError, ValueError):
            pass
        raise self._unfit(value, "is a number")

    def _moment(self, value: object) -> str:
        moment = _moment_of(value)
        if moment is not None:
            return _utc(moment)
        if isinstance(value, str) and _MOMENT.fullmatch(value.strip()) and _day(value.strip()[:10]):
            return value
        raise self._unfit(value, 'is a moment: give a datetime, a date or text such as "2026-01-31T12:00:00"')

    def _unfit(self, value: object, meaning: str) -> InvalidArgumentsError:
        return InvalidArgumentsError(f"{self.shown} cannot be compared with {value!r}: it {meaning}.")


def _entities(value: object) -> tuple[str, tuple[str, ...]] | None:
    """Return the type and the ids of an entity or a collection; None if *value* is something else."""
    if isinstance(value, FtrackEntity):
        return str(value.entity_type), (str(value[next(iter(value.primary_key_attributes))]),)
    if isinstance(value, (EntityCollection, EmptyCollection)):
        return value.entity_type.__name__, tuple(map(str, value.keys()))
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_no_value(value: object) -> bool:
    if isinstance(value, str):
        return False
    return (
        value is None
        or value is NOT_SET
        or isinstance(value, (bytes, type, Iterable))
        or hasattr(type(value), "as_subquery")
    )


def _moment_of(value: object) -> date | None:
    # Arrow dates are no subclass of datetime, but have one inside.
    moment = value if isinstance(value, date) else getattr(value, "datetime", None)
    return moment if isinstance(moment, date) else None


def _day(value: object) -> date | None:
    """Return the day that *value* is, if it has no time."""
    if isinstance(value, str) and len(value.strip()) == len("2026-01-31"):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _utc(moment: date) -> str:
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        moment = moment.astimezone(timezone.utc)
    return text_of(moment) or ""
