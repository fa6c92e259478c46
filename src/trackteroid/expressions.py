"""Filters as trees, and their rendering to query text.

A tree is built first, negated or combined as often as needed, and turned into text once, at the end; the values a user
gave are escaped there and never changed in any other way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal, TypeGuard, cast

from ftrack_api.symbol import NOT_SET

from trackteroid.chains import Chain as Chain
from trackteroid.chains import steps_of as steps_of
from trackteroid.errors import InvalidArgumentsError
from trackteroid.schema.types import Schema
from trackteroid.spelling import quoted
from trackteroid.values import frozen, replace

Operator = Literal["is", "is_not", "like", "not_like", ">=", "<=", ">", "<"]

_OPPOSITES: dict[Operator, Operator] = {
    "is": "is_not",
    "is_not": "is",
    "like": "not_like",
    "not_like": "like",
    ">": "<=",
    "<=": ">",
    "<": ">=",
    ">=": "<",
}
"""What holds where a comparison does not, if there is a value."""


@frozen
class Comparison:
    """``path operator "value"``; the value None is the server's ``none``."""

    path: str
    operator: Operator
    value: str | None


@frozen
class Membership:
    """``path in ("a","b")``."""

    path: str
    values: tuple[str, ...]
    negated: bool = False


@frozen
class InSubquery:
    """``path in (select id from Shot where ...)``."""

    path: str
    query: str
    negated: bool = False


@frozen
class Related:
    """``path has (...)`` for one entity, ``path any (...)`` where there can be several."""

    path: str
    quantifier: Literal["has", "any"]
    condition: Expression


@frozen
class Raw:
    """Text as somebody wrote it."""

    text: str


@frozen
class Not:
    """The opposite, where it cannot be said more directly."""

    condition: Expression


@frozen
class And:
    """All of the parts; without parts, everything."""

    parts: tuple[Expression, ...]


@frozen
class Or:
    """At least one of the parts; without parts, nothing."""

    parts: tuple[Expression, ...]


Expression = Comparison | Membership | InSubquery | Related | Raw | Not | And | Or

EVERYTHING = And(())
NOTHING = Or(())


def one_of(path: str, values: Iterable[object]) -> Or:
    """Return the condition that *path* is one of *values*, where text with a ``%`` is a pattern.

    >>> render(one_of("name", ["a", "b", "c%"]))
    '(name in ("a","b") or name like "c%")'
    """
    given = tuple(values)
    if are_texts(given) and "%" not in "".join(given):  # the usual case, thousands of ids
        found: dict[str | None, None] = {}
        plain = tuple(dict.fromkeys(given))
    else:
        found = dict.fromkeys(map(text_of, given))
        plain = tuple(value for value in found if value is not None and "%" not in value)
    parts: list[Expression] = []
    if len(plain) > 1:
        parts.append(Membership(path, plain))
    elif plain:
        parts.append(Comparison(path, "is", *plain))
    if found:
        parts += [Comparison(path, "like", value) for value in found if value and "%" in value]
        parts += [Comparison(path, "is", None)] if None in found else []
    return Or(tuple(parts))


def matches(path: str, value: object) -> Comparison:
    """Return the condition that *path* is *value*, or like it if that is a pattern."""
    text = text_of(value)
    return Comparison(path, "like" if text and "%" in text else "is", text)


def is_nameless(value: object) -> bool:
    """Return whether the text of *value* only tells where it is in memory, as that of functions does.

    >>> is_nameless(print), is_nameless(object()), is_nameless(1)
    (True, True, False)
    """
    kind = type(value)
    return callable(value) or (kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__)


def are_texts(values: tuple[object, ...]) -> TypeGuard[tuple[str, ...]]:
    """Return whether all of the *values* are text, which for thousands of ids is found out sooner together."""
    try:
        "".join(cast("tuple[str, ...]", values))
    except TypeError:
        return False
    return True


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


def opposite(expression: Expression, schema: Schema, type_name: str) -> Expression:
    """Return what holds of exactly those entities of *type_name* of which *expression* does not.

    Nothing that is compared may lie behind a dot: what is asked of related entities is `Related`, and its opposite is
    that there are none such. A missing value meets no comparison, so it meets the opposite of each.
    """
    return _or_missing(*_opposed(expression, schema, type_name))


_Opposed = tuple["Expression", dict[str, None]]


def _opposed(expression: Expression, schema: Schema, type_name: str) -> _Opposed:
    """Return what holds instead where there are values, and of which attributes it also holds that there are none."""
    match expression:
        case Comparison(path, operator, None):
            return Comparison(path, _OPPOSITES[operator], None), {}
        case Comparison(path, operator, value):
            opposed: Expression = Comparison(path, _OPPOSITES[operator], value)
        case Membership(path, values, negated):
            opposed = Membership(path, values, not negated)
        case InSubquery(path, query, negated):
            opposed = InSubquery(path, query, not negated)
        case And(parts):
            several = [_opposed(part, schema, type_name) for part in parts]
            return Or(tuple(each for each, _ in several)), {path: None for _, gaps in several for path in gaps}
        case Or(parts):
            return _none_of([_opposed(part, schema, type_name) for part in parts])
        case Related():
            return _nowhere(expression, schema, type_name), {}
        case Not(condition):
            return condition, {}
        case Raw():
            return Not(expression), {}
    return opposed, {path: None} if schema.can_be_empty(type_name, path) else {}


def _nowhere(related: Related, schema: Schema, type_name: str) -> Expression:
    """Return that there is nothing at the end of a path, or nothing of the kind.

    References before the first step to many get brackets of their own: where one of them leads nowhere, servers do not
    agree on what is not among the members of nothing.
    """
    steps = related.path.split(".")
    many = [number for number, each in enumerate(schema.walk(type_name, related.path)) if each.is_many]
    if not many or not many[0]:
        return Not(related)
    head, rest = ".".join(steps[: many[0]]), ".".join(steps[many[0] :])
    return Not(Related(head, "has", replace(related, path=rest)))


def _none_of(opposed: list[_Opposed]) -> _Opposed:
    """Return that all of the opposites hold; what they have in common is said once, at the end."""
    there = [each for each, _ in opposed if isinstance(each, Comparison) and each.operator == "is_not"]
    present = {each.path for each in there if each.value is None}
    kept = [(each, {path: None for path in gaps if path not in present}) for each, gaps in opposed]
    first = kept[0][1] if kept else {}
    if all(gaps == first for _, gaps in kept):
        return And(tuple(each for each, _ in kept)), first
    return And(tuple(_or_missing(*each) for each in kept)), {}


def _or_missing(opposed: Expression, gaps: Iterable[str]) -> Expression:
    missing = tuple(Comparison(path, "is", None) for path in gaps)
    if not missing:
        return opposed
    match opposed:
        case Or(parts):
            return Or((*parts, *missing))
        case And((only,)):
            return Or((only, *missing))
        case _:
            return Or((opposed, *missing))


def meets_nothing(expression: Expression) -> bool:
    """Return whether *expression* holds where nothing that it compares has a value.

    >>> meets_nothing(one_of("name", ["a", None])), meets_nothing(one_of("name", ["a"]))
    (True, False)
    """
    match expression:
        case Comparison(_, operator, value):
            return operator == "is" and value is None
        case And(parts):
            return all(map(meets_nothing, parts))
        case Or(parts):
            return any(map(meets_nothing, parts))
        case Not(condition):
            return not meets_nothing(condition)
        case _:
            return False


def along(path: str, expression: Expression) -> Expression:
    """Return *expression* asked of what lies at the end of *path*, written with dots.

    >>> print(render(along("status", one_of("name", ["a"]))))
    (status.name is "a")
    """
    match expression:
        case Comparison() | Membership() | InSubquery() | Related():
            return replace(expression, path=f"{path}.{expression.path}")
        case And(parts):
            return And(tuple(along(path, part) for part in parts))
        case Or(parts):
            return Or(tuple(along(path, part) for part in parts))
        case Not(condition):
            return Not(along(path, condition))
        case Raw():
            return expression


def simplify(expression: Expression) -> Expression:
    """Return *expression* without parts that always or never hold; it may be EVERYTHING or NOTHING itself then."""
    match expression:
        case And(parts) | Or(parts):
            # What changes nothing, and what decides all.
            neutral, deciding = (EVERYTHING, NOTHING) if isinstance(expression, And) else (NOTHING, EVERYTHING)
            kept: list[Expression] = []
            for part in map(simplify, parts):
                if part is deciding:
                    return deciding
                if part is not neutral:
                    kept.append(part)
            return type(expression)(tuple(kept)) if kept else neutral
        case Related(path, quantifier, condition):
            inner = simplify(condition)
            return NOTHING if inner is NOTHING else Related(path, quantifier, inner)
        case Not(condition):
            inner = simplify(condition)
            return EVERYTHING if inner is NOTHING else NOTHING if inner is EVERYTHING else Not(inner)
        case _:
            return expression


def depth(expression: Expression) -> int:
    """Return how many relations lie between the queried entities and what is compared."""
    match expression:
        case Comparison(path, _, _) | Membership(path, _, _) | InSubquery(path, _, _):
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
            return f"{path} {operator} {'none' if value is None else quoted(value)}"
        case Membership(path, values, negated):
            # Lists of ids run into the thousands, and these need no escaping.
            text = "".join(values)
            is_plain = values and '"' not in text and "\\" not in text
            listed = '"' + '","'.join(values) + '"' if is_plain else ",".join(map(quoted, values))
            return f"{path} {'not_in' if negated else 'in'} ({listed})"
        case InSubquery(path, query, negated):
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
