"""Values of conditions: checked against what they are compared with, and as the text that the server compares.

A day without a time is all of that day: ``<= day`` includes what happens during it, ``> day`` begins after it. Moments
are kept in UTC; a time without a zone is one in UTC, one with a zone is converted, and a day is one in UTC.

Entities, collections and queries are values, too, of the session and the entry of ``SCHEMA`` that the query has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Literal, Protocol, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.collections.context import Selection, context_of
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError
from trackteroid.expressions import (
    NOTHING,
    And,
    Comparison,
    Expression,
    InSubquery,
    Membership,
    Or,
    are_texts,
    is_nameless,
)
from trackteroid.schema.relations import SchemaEntry
from trackteroid.schema.types import AttributeSchema, Schema
from trackteroid.session_state import HasSchemas
from trackteroid.spelling import written_id, written_ids
from trackteroid.values import frozen


class HasSubquery(Protocol):
    """A query that can stand in the brackets of ``in (...)``."""

    def as_subquery(self) -> tuple[str, str] | None:
        """Return the type of the entities and the text that selects their ids; None if there cannot be any."""
        ...

    @property
    def session(self) -> HasSchemas:
        """The session that is asked."""
        ...

    @property
    def schema(self) -> SchemaEntry:
        """The entry of ``SCHEMA`` that decides which paths lead to other types."""
        ...


def as_query(value: object) -> HasSubquery | None:
    """Return *value* if it is a query. Paths seem to have every attribute, so only its class is asked."""
    return cast("HasSubquery", value) if hasattr(type(value), "as_subquery") else None


@frozen
class World:
    """Where a query is asked. Ids of another server mean nothing here, or something else.

    A query of the past also takes what its session of the *present* has.
    """

    session: HasSchemas
    entry: SchemaEntry
    present: HasSchemas | None = None

    def admit_all(self, values: Collection[object]) -> None:
        """Refuse what belongs elsewhere among *values*, and in lists and dictionaries of such; see `admit`."""
        for value in values if not are_texts(tuple(values)) else ():
            self.admit(value)
            if isinstance(value, Mapping) and not isinstance(value, FtrackEntity):
                self.admit_all(cast("Mapping[object, object]", value).values())
            elif isinstance(value, list | tuple | set | frozenset):
                self.admit_all(cast("Collection[object]", value))

    def admit(self, value: object) -> None:
        """Refuse a collection, an entity or a query that belongs elsewhere; accept everything else.

        Raises:
            EntityCollectionOperationError: it has another session, or another entry of ``SCHEMA``.
        """
        entry = self.entry
        if isinstance(value, EntityCollection | EmptyCollection):
            context = context_of(cast("Selection", value))
            shown, session, entry = f"{value!r}", context.session, context.schema
        elif isinstance(value, FtrackEntity):
            shown, session = f"A {value.entity_type}", value.session
        elif query := as_query(value):
            shown, session, entry = repr(value), query.session, query.schema
        else:
            return
        if session is not self.session and session is not self.present:
            raise EntityCollectionOperationError(
                f"{shown} comes from another session than the query it is given to. Query both with the same session."
            )
        if entry != self.entry:
            raise EntityCollectionOperationError(
                f'{shown} was asked with the schema "{entry.name}", the query it is given to with "{self.entry.name}". '
                f"Query both with the same one."
            )


_FLAGS = ("true", "false")
_NUMBERS = ("integer", "number")


@frozen
class Subject:
    """What values are compared with: an attribute, as it is called in code.

    ``target`` is the type of the entities whose ids it holds, if it holds ids.
    """

    shown: str
    attribute: AttributeSchema
    target: str | None
    schema: Schema
    world: World

    def texts(self, values: Iterable[object]) -> tuple[str, ...]:
        """Return *values* as text, collections and entities as their ids, without duplicates.

        Raises:
            InvalidArgumentsError: a value does not fit.
        """
        given = tuple(values)
        if self.attribute.type == "string" and not self._is_moment and are_texts(given):
            found = given  # the usual case, thousands of ids
            return tuple(dict.fromkeys(written_ids(found) if self.attribute.is_id else found))
        return tuple(dict.fromkeys(text for value in given for text in self._iter_texts(value)))

    def equal(self, name: str, values: Iterable[object]) -> Expression:
        """Return the condition that the attribute *name* is one of *values*; a day is any moment of it.

        Raises:
            InvalidArgumentsError: a value does not fit.
        """
        given = tuple(values)
        days = tuple(day for value in given if (day := self._day(value)) is not None) if self._has_days else ()
        if not days:
            return _one_of(name, self.texts(given))
        others = self.texts(value for value in given if self._day(value) is None)
        plain = (_one_of(name, others),) if others else ()
        parts = (*plain, *dict.fromkeys(day.compared(name, "is") for day in days))
        return parts[0] if len(parts) == 1 else Or(parts)

    def compared(self, name: str, operator: Order, value: object) -> Expression:
        """Return the condition that the attribute *name* is larger or smaller than *value*.

        Raises:
            InvalidArgumentsError: there is no larger or smaller here, or the value does not fit.
        """
        if self.attribute.type == "boolean":
            raise InvalidArgumentsError(f"{self.shown} has no order. Compare it with == or !=.")
        if value is None:
            raise InvalidArgumentsError(f"{self.shown} cannot be larger or smaller than None. Use is_none().")
        # Custom attributes may hold dates; as text, these come in the same order.
        looks_like_one = self.attribute.type == "variable" or is_day(value)
        if self._is_moment or (looks_like_one and self.attribute.type not in _NUMBERS):
            moment = moment_of(value)
            if moment is not None and moment.following is not None:
                return moment.compared(name, operator)
        return Comparison(name, operator, self._text(value))

    def pattern(self, value: object) -> str:
        """Return *value* as a pattern.

        Raises:
            InvalidArgumentsError: it is no text, or there is no text to match.
        """
        if self.attribute.type == "boolean" or self._is_moment:
            raise InvalidArgumentsError(f"{self.shown} is no text, so it has no patterns. Use ==, <, > or between.")
        if not isinstance(value, str):
            raise InvalidArgumentsError(f"{self.shown}.like takes text such as 'bc%', not {value!r}.")
        return value

    def chosen(self, name: str, query: HasSubquery) -> Expression:
        """Return the condition that the attribute *name* is the id of one of the entities that *query* finds.

        Raises:
            InvalidArgumentsError: these are other entities.
        """
        selected = query.as_subquery()
        if selected and self.target and not self._may_be(selected[0]):
            raise InvalidArgumentsError(f"{self.shown} is never one of the {selected[0]} entities that a query finds.")
        return InSubquery(name, selected[1]) if selected else NOTHING

    @property
    def _is_moment(self) -> bool:
        return self.attribute.format == "date-time"

    @property
    def _has_days(self) -> bool:
        """Whether a value may be a day: that of a custom attribute may be one, too."""
        return self._is_moment or self.attribute.type == "variable"

    def _day(self, value: object) -> Moment | None:
        """Return the day that *value* is. Text that looks like one may be meant as text in a custom attribute."""
        if not self._is_moment and not is_day(value):
            return None
        found = moment_of(value)
        return found if found is not None and found.following is not None else None

    def _may_be(self, type_name: str) -> bool:
        target = self.target or type_name
        return self.schema.is_a(type_name, target) or self.schema.is_a(target, type_name)

    def _iter_texts(self, value: object) -> Iterator[str]:
        if isinstance(value, FtrackEntity):
            type_name, ids = str(value.entity_type), (str(value[next(iter(value.primary_key_attributes))]),)
        elif isinstance(value, EntityCollection | EmptyCollection):
            type_name, ids = value.entity_type.__name__, tuple(map(str, value.keys()))
        else:
            yield self._text(value)
            return
        if self.target is None:
            raise self._unfit(
                cast("object", value), "is no entity and holds no ids; use an attribute of the collection"
            )
        if ids and not self._may_be(type_name):
            raise self._unfit(cast("object", value), f"is of type {self.target}")
        yield from ids

    def _text(self, value: object) -> str:
        if _is_no_value(value):
            raise self._unfit(value, "is compared with single values. For several use in_([...]), for none is_none()")
        declared, is_flag = self.attribute.type, isinstance(value, bool)
        if declared == "boolean":
            if is_flag or str(value).lower() in _FLAGS:
                return str(value)
            raise self._unfit(value, "is True or False")
        if declared in _NUMBERS:
            return self._number(value)
        moment = moment_of(value) if self._is_moment or not isinstance(value, str) else None
        if self._is_moment:
            return self._moment(moment, value)
        if declared == "string" and is_flag:
            raise self._unfit(value, "is text")
        if self.attribute.is_id:
            return written_id(str(value))
        # What a custom attribute holds is compared as text, in which moments have no time zone.
        return str(value) if moment is None else moment.first.removesuffix("+00:00")

    def _number(self, value: object) -> str:
        if not is_number(value):
            raise self._unfit(value, "is a number")
        return str(value)

    def _moment(self, moment: Moment | None, value: object) -> str:
        if moment is None:
            raise self._unfit(value, f"is a moment: give {KINDS}")
        return moment.first

    def _unfit(self, value: object, meaning: str) -> InvalidArgumentsError:
        return InvalidArgumentsError(f"{self.shown} cannot be compared with {value!r}: it {meaning}.")


def _is_no_value(value: object) -> bool:
    if isinstance(value, str):
        return False
    return (
        value is None
        or value is NOT_SET
        or isinstance(value, (bytes, type, Iterable))
        or as_query(value) is not None
        or is_nameless(value)
    )


def is_number(value: object) -> bool:
    """Return whether *value* is a number, or text that says one."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    try:
        number = float(cast("Any", value))
    except (TypeError, ValueError):
        return False
    return number == number


def _one_of(name: str, texts: tuple[str, ...]) -> Expression:
    if not texts:
        return NOTHING
    first, *more = texts
    return Membership(name, texts) if more else Comparison(name, "is", first)


Order = Literal["is", "<", "<=", ">", ">="]

KINDS = 'a date, a datetime, or text such as "2026-01-31" or "2026-01-31T12:00:00"'
"""What can be given for a moment, for messages."""

_TEXT = (  # compiled when it is first used
    r"(?ai)(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d+))?\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?"
)


@frozen
class Moment:
    """A moment, or a day: its ``first`` moment, and the one right after it, as text.

    >>> from trackteroid.expressions import render
    >>> print(render(moment_of("2026-01-31").compared("date", "<=")))
    date < "2026-02-01"
    >>> print(render(moment_of("2026-01-31T12:00").compared("date", "<=")))
    date <= "2026-01-31T12:00"
    """

    first: str
    following: str | None = None

    def compared(self, name: str, operator: Order) -> Expression:
        """Return the condition that the attribute *name* lies before, in or after this."""
        if self.following is None:
            return Comparison(name, operator, self.first)
        match operator:
            case "is":
                return And((Comparison(name, ">=", self.first), Comparison(name, "<", self.following)))
            case "<=":
                return Comparison(name, "<", self.following)
            case ">":
                return Comparison(name, ">=", self.following)
            case _:
                return Comparison(name, operator, self.first)


def moment_of(value: object) -> Moment | None:
    """Return what *value* stands for: a date, a datetime (also of arrow) or ISO text; None if it is none of these."""
    found = _read(value)
    if not isinstance(found, datetime):
        return found and _day(found)
    if isinstance(value, str):
        return Moment(value.strip())
    text = _in_utc(found)
    return None if text is None else Moment(text)


def day_of(value: object) -> Moment | None:
    """Return the day that *value* is or lies in, which is a day of its time zone; None if it is no moment."""
    found = _read(value)
    if not isinstance(found, datetime):
        return found and _day(found)
    if not found.utcoffset():
        return _day(found.date())
    first = datetime.combine(found.date(), time(), found.tzinfo)
    text, following = _in_utc(first), _in_utc(first, days=1)
    return None if text is None or following is None else Moment(text, following)


def end_of(value: object) -> datetime | None:
    """Return the moment that *value* is, or the last one of the day that it is, in UTC; None if it is none of these."""
    found = _read(value)
    if found is None:
        return None
    if not isinstance(found, datetime):
        return datetime.combine(found, time.max)
    try:
        return found if found.utcoffset() is None else found.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        return None


def is_day(value: object) -> bool:
    """Return whether *value* is a date of Python, and no text that looks like one."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _day(day: date) -> Moment:
    # Nothing follows the last day of the calendar, which people give for "no end".
    following = f"{day}T23:59:59.999999" if day == date.max else (day + timedelta(days=1)).isoformat()
    return Moment(day.isoformat(), following)


def _read(value: object) -> date | None:
    if isinstance(value, str):
        match = re.fullmatch(_TEXT, value.strip())
        try:
            return None if match is None else _read_text(match)
        except (ValueError, OverflowError):
            return None
    # Moments of arrow are no subclass of datetime, but have one inside.
    has_one = not isinstance(value, (date, type)) and hasattr(type(value), "datetime")
    found: Any = getattr(value, "datetime") if has_one else value  # noqa: B009  # of an object that is not known here
    return found if isinstance(found, date) else None


def _read_text(match: re.Match[str]) -> date:
    day, zone = date.fromisoformat(match["day"]), match["zone"]
    if match["time"] is None:
        return day
    fraction = timedelta(microseconds=int((match["fraction"] or "0").ljust(6, "0")[:6]))
    known = None if zone is None else timezone.utc
    if zone is not None and zone not in "Zz":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        known = timezone(-offset if zone[0] == "-" else offset)
    return datetime.combine(day, time.fromisoformat(match["time"]), known) + fraction


def _in_utc(moment: datetime, *, days: int = 0) -> str | None:
    """Return a moment as text, in UTC if it has a time zone; None if it lies outside of the calendar then."""
    try:
        later = moment + timedelta(days=days)
        return (later if later.utcoffset() is None else later.astimezone(timezone.utc)).isoformat()
    except OverflowError:
        return None
