"""What a moment means where it is compared, said once for ranges of criteria and for conditions.

A day without a time is all of that day: ``<= day`` includes what happens during it, ``> day`` begins after it. Moments
are kept in UTC; a time without a zone is one in UTC, one with a zone is converted, and a day is one in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Literal

from trackteroid.expressions import And, Comparison, Expression

Order = Literal["is", "<", "<=", ">", ">="]

KINDS = 'a date, a datetime, or text such as "2026-01-31" or "2026-01-31T12:00:00"'
"""What can be given for a moment, for messages."""

_TEXT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d+))?\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
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


def is_day(value: object) -> bool:
    """Return whether *value* is a date of Python, and no text that looks like one."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _day(day: date) -> Moment:
    # Nothing follows the last day of the calendar, which people give for "no end".
    following = f"{day}T23:59:59.999999" if day == date.max else (day + timedelta(days=1)).isoformat()
    return Moment(day.isoformat(), following)


def _read(value: object) -> date | None:
    if isinstance(value, str):
        return _read_text(value.strip())
    # Moments of arrow are no subclass of datetime, but have one inside.
    has_one = not isinstance(value, (date, type)) and hasattr(type(value), "datetime")
    found: Any = getattr(value, "datetime") if has_one else value  # noqa: B009  # of an object that is not known here
    return found if isinstance(found, date) else None


def _read_text(text: str) -> date | None:
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
        if match["time"] is None:
            return day
        fraction = timedelta(microseconds=int((match["fraction"] or "0").ljust(6, "0")[:6]))
        return datetime.combine(day, time.fromisoformat(match["time"]), _zone(match["zone"])) + fraction
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone | None:
    if text is None or text in "Zz":
        return None if text is None else timezone.utc
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _in_utc(moment: datetime, *, days: int = 0) -> str | None:
    """Return a moment as text, in UTC if it has a time zone; None if it lies outside of the calendar then."""
    try:
        later = moment + timedelta(days=days)
        return (later if later.utcoffset() is None else later.astimezone(timezone.utc)).isoformat()
    except OverflowError:
        return None
