"""Values as the clients send and read them, and as the database keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.model import Scalar
from trackteroid.spelling import written_id

_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d+))?\s*(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?)?"
)
_LONGEST_SHOWN = 60

#: The types whose values are kept as they come: what they are here, and in messages.
_KINDS: dict[str, tuple[type, str]] = {
    "string": (str, "text"),
    "boolean": (bool, "true or false"),
    "object": (Mapping, "an object"),
}


def to_wire(attribute: Scalar, stored: Any) -> Any:
    """Return the JSON form of a stored value."""
    if stored is not None and attribute.is_datetime:
        return {"__type__": "datetime", "value": stored}
    return stored


def to_storage(where: str, attribute: Scalar, value: Any) -> Any:
    """Return the stored form of a value that a client sent.

    Args:
        where: Entity type and attribute (``Task.bid``), for the message.
        attribute: What is set.
        value: Its JSON value; None clears it.

    Raises:
        ValidationError: The value is of another type; the message tells what is expected and what came.
    """
    if value is None:
        return None
    if attribute.is_datetime:
        return whole_seconds(moment(where, value))
    kind = attribute.type or "string"
    if kind in _KINDS:
        python_type, expected = _KINDS[kind]
        if not isinstance(value, python_type):
            raise _mismatch(where, expected, value)
    elif kind == "number":
        value = float(_number(where, value, "a number"))
    elif kind == "integer":
        number = _number(where, value, "a whole number")
        if number != int(number):
            raise _mismatch(where, "a whole number", value)
        value = int(number)
    if attribute.is_id and isinstance(value, str):
        return written_id(value)
    if attribute.enum and value not in attribute.enum:
        raise _mismatch(where, "one of " + ", ".join(attribute.enum), value)
    return value


def echo(where: str, attribute: Scalar, value: Any, stored: Any) -> Any:
    """Return what an answer shows of a value that a client just sent: the value itself, moments with their fractions.

    Clients compare what comes back with what they sent, and the database keeps whole seconds only.
    """
    if value is not None and attribute.is_datetime:
        return {"__type__": "datetime", "value": moment(where, value).replace(tzinfo=None).isoformat()}
    return to_wire(attribute, stored)


def moment(where: str, value: Any) -> datetime:
    """Return a moment in UTC from its tagged form or ISO 8601 text. No offset means UTC, a date alone its midnight."""
    text = value
    if is_object(value) and value.get("__type__") in ("datetime", "date"):
        text = value.get("value")
    match = _MOMENT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise _mismatch(where, "a date-time", value)
    try:
        local = datetime.fromisoformat(f"{match['date']}T{match['time'] or '00:00'}")
        fraction = timedelta(microseconds=int((match["fraction"] or "0").ljust(6, "0")[:6]))
        digits = (match["offset"] or "").strip("Z+-").replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        is_west = match["offset"] is not None and match["offset"].startswith("-")
        return (local + fraction + (offset if is_west else -offset)).replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        raise _mismatch(where, "a date-time", value) from None


def whole_seconds(at: datetime) -> str:
    """Return a moment in UTC as the database keeps it."""
    return at.replace(tzinfo=None).isoformat(timespec="seconds")


def is_object(value: Any) -> bool:
    """Return whether a JSON value is an object."""
    # Nearly all are dictionaries, of which that is known ten times as fast.
    return isinstance(value, dict) or isinstance(value, Mapping)  # noqa: SIM101


def shown(value: Any) -> str:
    """Return a value for a message: its JSON text, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _mismatch(where: str, expected: str, value: Any) -> ValidationError:
    return ValidationError(f"{where} must be {expected}; got {shown(value)}.")


def _number(where: str, value: Any, expected: str) -> float:
    """Return a finite number; text that spells one will do."""
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = int(value) if isinstance(value, int) else float(value)
        except ValueError:
            raise _mismatch(where, expected, value) from None
        if number == number and abs(number) != float("inf"):
            return number
    raise _mismatch(where, expected, value)
