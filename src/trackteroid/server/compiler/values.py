"""What a value means as it is written in a query, for an attribute of a given type."""

from __future__ import annotations

import re
from typing import Any

from ..failures import ValidationError
from ..language import Literal
from ..model import Scalar
from ..values import moment, whole_seconds

_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_NUMBER = re.compile(r"[+-]?(?:\d+(?P<fraction>\.\d*)?)(?P<exponent>[eE][+-]?\d+)?", re.ASCII)
_YEAR_OR_MONTH = re.compile(r"\d{4}(-\d\d)?", re.ASCII)
_BACKSLASH = re.compile(r"\\[%_\\]?")

#: Beyond these, databases hold no whole number and no number at all.
_WHOLE, _LARGEST = 2**63, 1.7976931348623157e308


class Incomparable(Exception):  # noqa: N818 - not an error: a comparison with a known outcome
    """The value can never equal a value of the attribute."""


def kind_of(attribute: Scalar) -> str:
    """What values of an attribute may be equal to: whole numbers to fractions, but no text to a number."""
    kind = attribute.type or "string"
    return {"integer": "number", "object": "variable"}.get(kind, kind)


def to_value(attribute: Scalar, literal: Literal) -> Any:
    """What `literal` means for `attribute`; raises `Incomparable` when it can mean nothing."""
    text = literal.text
    if attribute.type == "boolean":
        return _to_flag(text)
    if attribute.type in ("integer", "number"):
        return to_number(text)
    if attribute.is_datetime:
        return to_moment(text)
    return text


def _to_flag(text: str) -> bool:
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise Incomparable from None


def to_number(text: str) -> int | float:
    """A decimal number. What is too large for a database is larger than all it holds."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise Incomparable
    number = max(-_LARGEST, min(_LARGEST, float(text)))
    is_whole = not match["exponent"] and not match["fraction"]
    return int(text) if is_whole and abs(number) < _WHOLE else number


def to_moment(text: str) -> str:
    """ISO 8601 text in any of the forms clients write -> UTC with whole seconds, as it is stored.

    No offset means UTC. A day, a month or a year means its beginning.

    >>> to_moment("2024-05-01 12:00:00.75+02:00")
    '2024-05-01T10:00:00'
    >>> to_moment("2024-05")
    '2024-05-01T00:00:00'
    """
    cleaned = text.strip()
    if _YEAR_OR_MONTH.fullmatch(cleaned):
        cleaned += "-01" if "-" in cleaned else "-01-01"
    try:
        return whole_seconds(moment("", cleaned.upper()))
    except ValidationError:
        raise Incomparable from None


def to_pattern(text: str) -> str:
    r"""The pattern of a ``like``, in which a backslash escapes ``%``, ``_`` and itself and is itself anywhere else.

    >>> print(to_pattern(r"C:\shows\50\%\\%"))
    C:\\shows\\50\%\\%
    """
    return _BACKSLASH.sub(lambda match: match[0] if len(match[0]) > 1 else "\\\\", text)
