"""What a value means as it is written in a query, for an attribute of a given type."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.values import moment, whole_seconds
from trackteroid.server.language import Literal
from trackteroid.server.model import Scalar
from trackteroid.server.model.folding import folded
from trackteroid.spelling import written_id

_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_NUMBER = re.compile(r"[+-]?(?:\d+(?P<fraction>\.\d*)?)(?P<exponent>[eE][+-]?\d+)?", re.ASCII)
_YEAR_OR_MONTH = re.compile(r"\d{4}(-\d\d)?", re.ASCII)
_BACKSLASH = re.compile(r"\\[%_\\]?")
_PIECE = re.compile(r"(?:\\[%_\\]|[^%_])+|[%_]", re.DOTALL)
_ESCAPED = re.compile(r"\\([%_\\])")
_SPECIAL = re.compile(r"[%_\\]")

#: These are no letters, and no text that a database holds has them.
_FIRST_SURROGATE, _AFTER_SURROGATES = 0xD800, 0xE000

#: Beyond these, databases hold no whole number and no number at all.
_WHOLE, _LARGEST = 2**63, 1.7976931348623157e308


class Incomparable(Exception):  # noqa: N818 - not an error: a comparison with a known outcome
    """The value can never equal a value of the attribute."""


def kind_of(attribute: Scalar) -> str:
    """Return what values of an attribute may be equal to: whole numbers to fractions, but no text to a number."""
    kind = attribute.type or "string"
    return {"integer": "number", "object": "variable"}.get(kind, kind)


def to_value(attribute: Scalar, literal: Literal) -> Any:
    """Return what `literal` means for `attribute`; raises `Incomparable` when it can mean nothing."""
    text = literal.text
    if attribute.type == "boolean":
        if (flag := _FLAGS.get(text.lower())) is None:
            raise Incomparable
        return flag
    if attribute.type in ("integer", "number"):
        return to_number(text)
    if attribute.is_datetime:
        return to_moment(text)
    return written_id(text) if attribute.is_id else text


def to_number(text: str) -> int | float:
    """Return a decimal number. What is too large for a database is larger than all it holds."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise Incomparable
    number = max(-_LARGEST, min(_LARGEST, float(text)))
    is_whole = not match["exponent"] and not match["fraction"]
    return int(text) if is_whole and abs(number) < _WHOLE else number


def to_moment(text: str) -> str:
    """Return ISO 8601 text in any of the forms clients write -> UTC with whole seconds, as it is stored.

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
    r"""Return the pattern of a ``like``, in which a backslash escapes ``%``, ``_`` and itself, and else is itself.

    >>> print(to_pattern(r"C:\shows\50\%\\%"))
    C:\\shows\\50\%\\%
    """
    return _BACKSLASH.sub(lambda match: match[0] if len(match[0]) > 1 else "\\\\", text)


def folded_pattern(text: str) -> str:
    r"""Return the same pattern for folded text: what is between its wildcards is folded, piece by piece.

    >>> print(folded_pattern(r"STRASSE\_%_\É"))
    strasse\_%_\\é
    """
    pieces = _pieces(text)
    return "".join(piece if is_wild else _SPECIAL.sub(r"\\\g<0>", folded(piece)) for piece, is_wild in pieces)


def stands_for_letters(text: str) -> bool:
    """Return whether a pattern has a wildcard for a single letter."""
    return any(is_wild and piece == "_" for piece, is_wild in _pieces(text))


def beginning(text: str) -> tuple[str, str] | None:
    """Return what all folded texts that meet a pattern begin with, and what is sorted after all of them."""
    piece, is_wild = next(_pieces(text), ("", True))
    if is_wild or ord((start := folded(piece))[-1]) == sys.maxunicode:
        return None
    after = ord(start[-1]) + 1
    return start, start[:-1] + chr(_AFTER_SURROGATES if after == _FIRST_SURROGATE else after)


def _pieces(pattern: str) -> Iterator[tuple[str, bool]]:
    """Yield the texts of a pattern and the wildcards between them, and which of both each is."""
    for piece in _PIECE.findall(pattern):
        yield (piece, True) if piece in ("%", "_") else (_ESCAPED.sub(r"\1", piece), False)
