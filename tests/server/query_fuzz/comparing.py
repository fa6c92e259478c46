"""Three-valued logic and comparisons of single values, for the naive evaluator."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from trackteroid.server.language import Literal, Operator
from trackteroid.server.model import Scalar

Row = dict[str, Any]
Truth = bool | None
NEGATIVE = {Operator.IS_NOT: Operator.IS, Operator.NOT_LIKE: Operator.LIKE}
TEXT = Scalar(type="string")
NUMBER = Scalar(type="number")


class Refused(Exception):  # noqa: N818 - an answer like any other
    """The query makes no sense."""


class Meaningless(Exception):  # noqa: N818 - as above
    """A literal that no value of a column can equal."""


def negation(truth: Truth) -> Truth:
    return None if truth is None else not truth


def every(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    return False if False in found else None if None in found else True


def some(truths: Iterable[Truth]) -> Truth:
    return negation(every([negation(truth) for truth in truths]))


def compare(attribute: Scalar, value: Any, operator: Operator, literal: Literal) -> Truth:
    if operator in NEGATIVE:
        return negation(compare(attribute, value, NEGATIVE[operator], literal))
    if literal.is_null:
        if operator is not Operator.IS:
            raise Refused("nothing is not ordered")
        return value is None
    if operator is Operator.LIKE:
        return None if value is None else matches(as_text(value), literal.text, is_folded=attribute.folds)
    try:
        wanted = meaning(attribute, literal.text)
    except Meaningless:
        if operator is not Operator.IS:
            raise Refused("not ordered") from None
        return None if value is None else False
    if value is None:
        return None
    if operator is Operator.IS:
        return sort_key(attribute, value) == sort_key(attribute, wanted)
    order = (sort_key(attribute, value) > sort_key(attribute, wanted)) - (
        sort_key(attribute, value) < sort_key(attribute, wanted)
    )
    return {
        Operator.GREATER: order > 0,
        Operator.LESS: order < 0,
        Operator.GREATER_EQUAL: order >= 0,
        Operator.LESS_EQUAL: order <= 0,
    }[operator]


def is_empty(row: Row | None, name: str) -> bool:
    """Whether a value of any type has no text, such as an empty list: it is none."""
    return row is None or row["text" if name == "value" else "default_text"] is None


def compare_variable(row: Row | None, name: str, operator: Operator, literal: Literal) -> Truth:
    """Numbers as numbers, dates as dates, everything else as its text."""
    prefix = "" if name == "value" else "default_"
    text = row and row[f"{prefix}text"]
    number = row and row[f"{prefix}number"]
    as_text = compare(TEXT, text, operator, literal)
    if literal.is_null or operator in (Operator.LIKE, Operator.NOT_LIKE):
        return as_text
    try:
        meaning(NUMBER, literal.text)
    except Meaningless:
        pass
    else:
        return as_text if number is None else compare(NUMBER, number, operator, literal)
    try:
        moment = meaning(Scalar(type="string", format="date-time"), literal.text)
    except Meaningless:
        return as_text
    if text is not None and re.fullmatch(r"....-..-..T..:..:..", text, re.DOTALL) and len(literal.text) >= 10:
        return compare(TEXT, text, operator, Literal(moment, quoted=True))
    return as_text


def meaning(attribute: Scalar, text: str) -> Any:
    """What a literal means for a column."""
    if attribute.type == "boolean":
        if text.lower() in ("true", "1", "false", "0"):
            return text.lower() in ("true", "1")
        raise Meaningless
    if attribute.type in ("integer", "number"):
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?", text.strip()):
            raise Meaningless
        whole = re.fullmatch(r"[+-]?[0-9]+", text.strip())
        return int(text) if whole and abs(float(text)) < 2**63 else float(text)
    if attribute.is_datetime:
        return moment(text)
    return in_small_letters(text) if attribute.is_id else text


def in_small_letters(text: str) -> str:
    """An id in the one way in which it is kept, however it is written; the key of something else as it is."""
    try:
        return str(uuid.UUID(text.strip())) if re.fullmatch(r"[-\w]{32,36}", text.strip(), re.ASCII) else text
    except ValueError:
        return text


def moment(text: str) -> str:
    pattern = (
        r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*"
        r"(?:Z|([+-])(\d\d)(?::?(\d\d))?)?)?)?)?"
    )
    found = re.fullmatch(pattern, text.strip().upper(), re.ASCII)
    if found is None:
        raise Meaningless
    year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        local = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return (local - (-offset if sign == "-" else offset)).isoformat()
    except (ValueError, OverflowError):
        raise Meaningless from None


def matches(text: str, pattern: str, *, is_folded: bool = True) -> bool:
    r"""``like``: ``%`` and ``_`` are wildcards unless there is a backslash in front of them.

    Texts meet a pattern as they are folded, or as they were written.
    """
    if is_folded and _fits(folding(text), pattern, folding):
        return True
    if not is_folded:
        return _fits(ascii_lower(text), pattern, ascii_lower)
    if not re.search(r"(?<!\\)(\\\\)*_", pattern) or not folding(text).startswith(_start(pattern)):
        return False
    return not text.isascii() and _fits(ascii_lower(text), pattern, ascii_lower)


def _start(pattern: str) -> str:
    """What is in front of the first wildcard of a pattern, folded."""
    found = re.match(r"(?:\\[%_\\]|[^%_])*", pattern, re.DOTALL)
    return folding(re.sub(r"\\([%_\\])", r"\1", found[0] if found else ""))


def _fits(text: str, pattern: str, fold: Callable[[str], str]) -> bool:
    expression, literal = "", ""
    for token in [*re.findall(r"\\[%_\\]|.", pattern, re.DOTALL), ""]:
        if token in ("%", "_", ""):
            expression += re.escape(fold(literal)) + {"%": ".*", "_": ".", "": ""}[token]
            literal = ""
        else:
            literal += token[-1]
    return re.fullmatch(expression, text, re.DOTALL) is not None


def as_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def folding(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def ascii_lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def kind_of(attribute: Scalar) -> str:
    """What values of an attribute can be the same as."""
    return {"integer": "number", "object": "variable"}.get(attribute.type or "", attribute.type or "string")


def sort_key(attribute: Scalar, value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if attribute.type == "variable":
        return 1, json.dumps(value)
    if isinstance(value, str):
        return 1, (folding(value) if attribute.folds else value if attribute.exact else ascii_lower(value)).encode()
    return 1, value
