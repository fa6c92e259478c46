"""Filters as trees, and their rendering to query text.

A tree is built first, negated or combined as often as needed, and turned into text once, at the end; the values a user
gave are escaped there and never changed in any other way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ftrack_api.symbol import NOT_SET

from trackteroid.chains import Chain as Chain
from trackteroid.chains import steps_of as steps_of
from trackteroid.errors import InvalidArgumentsError

Operator = Literal["is", "is_not", "like", "not_like", ">=", "<=", ">", "<"]

_OPPOSITES: dict[Operator, Operator] = {"is": "is_not", "is_not": "is", "like": "not_like", "not_like": "like"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """``path operator "value"``; the value None is the server's ``none``."""

    path: str
    operator: Operator
    value: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """``path in ("a","b")``."""

    path: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """``path in (select id from Shot where ...)``."""

    path: str
    query: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """``path has (...)`` for one entity, ``path any (...)`` where there can be several."""

    path: str
    quantifier: Literal["has", "any"]
    condition: Expression


@dataclass(frozen=True, slots=True)
class Raw:
    """Text as somebody wrote it."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite, where it cannot be said more directly."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts; without parts, everything."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts; without parts, nothing."""

    parts: tuple[Expression, ...]


Expression = Comparison | Membership | Selected | Related | Raw | Not | And | Or

EVERYTHING = And(())
NOTHING = Or(())


def one_of(path: str, values: Iterable[object]) -> Or:
    """Return the condition that *path* is one of *values*, where text with a ``%`` is a pattern.

    >>> render(one_of("name", ["a", "b", "c%"]))
    '(name in ("a","b") or name like "c%")'
    """
    found = dict.fromkeys(map(text_of, values))
    plain = tuple(value for value in found if value is not None and "%" not in value)
    parts: list[Expression] = [Membership(path, plain)] if len(plain) > 1 else []
    parts += [Comparison(path, "is", value) for value in plain] if len(plain) == 1 else []
    parts += [Comparison(path, "like", value) for value in found if value and "%" in value]
    parts += [Comparison(path, "is", None)] if None in found else []
    return Or(tuple(parts))


def matches(path: str, value: object) -> Comparison:
    """Return the condition that *path* is *value*, or like it if that is a pattern."""
    text = text_of(value)
    return Comparison(path, "like" if text and "%" in text else "is", text)


def text_of(value: object) -> str | None:
    """Return *value* as it is compared; dates in ISO format."""
    if value is None or isinstance(value, str):
        return value
    if value is NOT_SET:
        raise InvalidArgumentsError(
            "NOT_SET cannot be compared with anything: it was read from an attribute that was not loaded. Project it."
        )
    # Arrow dates are no subclass of datetime, but have one inside.
    moment = value if isinstance(value, date) else getattr(value, "datetime", None)
    return moment.isoformat() if isinstance(moment, date) else str(value)


def negate(expression: Expression) -> Expression:
    """Return the opposite of *expression*; the opposite of that is *expression* again."""
    match expression:
        case Comparison(path, operator, value) if operator in _OPPOSITES:
            return Comparison(path, _OPPOSITES[operator], value)
        case Membership(path, values, negated):
            return Membership(path, values, not negated)
        case Selected(path, query, negated):
            return Selected(path, query, not negated)
        case Related(path, "has", condition):
            return Related(path, "has", negate(condition))
        case And(parts) if all(map(_has_opposite, parts)):
            return Or(tuple(map(negate, parts)))
        case Or(parts) if all(map(_has_opposite, parts)):
            return And(tuple(map(negate, parts)))
        case Not(condition):
            return condition
        case _:
            return Not(expression)


def _has_opposite(expression: Expression) -> bool:
    match expression:
        case Comparison(_, operator, _):
            return operator in _OPPOSITES
        case And(parts) | Or(parts):
            return all(map(_has_opposite, parts))
        case _:
            return not isinstance(expression, Raw)


def simplify(expression: Expression) -> Expression:
    """Return *expression* without parts that always or never hold; it may be EVERYTHING or NOTHING then."""
    match expression:
        case And(parts):
            kept = tuple(part for part in map(simplify, parts) if part != EVERYTHING)
            return NOTHING if NOTHING in kept else And(kept)
        case Or(parts):
            kept = tuple(part for part in map(simplify, parts) if part != NOTHING)
            return EVERYTHING if EVERYTHING in kept else Or(kept)
        case Related(path, quantifier, condition):
            inner = simplify(condition)
            return NOTHING if inner == NOTHING else Related(path, quantifier, inner)
        case Not(condition):
            inner = simplify(condition)
            return EVERYTHING if inner == NOTHING else NOTHING if inner == EVERYTHING else Not(inner)
        case _:
            return expression


def depth(expression: Expression) -> int:
    """Return how many relations lie between the queried entities and what is compared."""
    match expression:
        case Comparison(path, _, _) | Membership(path, _, _) | Selected(path, _, _):
            return path.count(".")
        case Related(path, _, condition):
            return path.count(".") + 1 + depth(condition)
        case And(parts) | Or(parts):
            return max(map(depth, parts), default=0)
        case Not(condition):
            return depth(condition)
        case Raw(text):
            return max(word.count(".") for word in [*_QUOTED.sub("", text).split(), ""])


_QUOTED = re.compile(r""""(\\.|[^"\\])*"|'(\\.|[^'\\])*'""")


def render(expression: Expression) -> str:
    """Return the query text of *expression*. Groups are always in parentheses, also those of one part."""
    match expression:
        case Comparison(path, operator, value):
            return f"{path} {operator} {quote(value)}"
        case Membership(path, values, negated):
            return f"{path} {'not_in' if negated else 'in'} ({_listed(values)})"
        case Selected(path, query, negated):
            return f"{path} {'not_in' if negated else 'in'} ({query})"
        case Related(path, quantifier, condition):
            return f"{path} {quantifier} {_grouped(condition)}"
        case Not(Related() as condition):
            return f"not {render(condition)}"
        case Not(condition):
            return f"not {_grouped(condition)}"
        case Raw(text):
            return f"({text})"
        case And(parts):
            return f"({' and '.join(map(render, parts))})"
        case Or(parts):
            return f"({' or '.join(map(render, parts))})"


def _grouped(expression: Expression) -> str:
    text = render(expression)
    return text if isinstance(expression, And | Or | Raw) else f"({text})"


def _listed(values: tuple[str, ...]) -> str:
    """Return *values* as a list of literals. Lists of ids run into the thousands, and these need no escaping."""
    text = "".join(values)
    if not values or '"' in text or "\\" in text:
        return ",".join(map(quote, values))
    return '"' + '","'.join(values) + '"'


def quote(value: str | None) -> str:
    r"""Return *value* as a literal of the query language.

    >>> print(quote('5" disk'))
    "5\" disk"
    """
    if value is None:
        return "none"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
