"""Comparing a column with a value as the client wrote it. Values are always bound, never part of the statement.

Nothing (null) meets no comparison but those with ``none``; conditions need not tell "no" from "unknown", because
negations are taken to the comparisons themselves (`criteria`).
"""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.compiler import dialects
from trackteroid.server.compiler.values import (
    Incomparable,
    beginning,
    folded_pattern,
    stands_for_letters,
    to_pattern,
    to_value,
)
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import Literal, Operator
from trackteroid.server.model import Scalar
from trackteroid.server.model.column_types import caseless, companion

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]

#: Longer lists travel as one bound JSON array: databases limit the number of bound values.
LONGEST_BOUND_LIST = 200

#: The operator that holds where another does not, for values that are not null.
OPPOSITES: Mapping[Operator, Operator] = {
    Operator.IS: Operator.IS_NOT,
    Operator.IS_NOT: Operator.IS,
    Operator.LIKE: Operator.NOT_LIKE,
    Operator.NOT_LIKE: Operator.LIKE,
    Operator.GREATER: Operator.LESS_EQUAL,
    Operator.LESS_EQUAL: Operator.GREATER,
    Operator.LESS: Operator.GREATER_EQUAL,
    Operator.GREATER_EQUAL: Operator.LESS,
}

_ORDERINGS: dict[Operator, Callable[[Any, Any], Condition]] = {
    Operator.GREATER: operators.gt,
    Operator.LESS: operators.lt,
    Operator.GREATER_EQUAL: operators.ge,
    Operator.LESS_EQUAL: operators.le,
}


def compare(column: Column, attribute: Scalar, operator: Operator, literal: Literal) -> Condition:
    """Return the condition ``column operator literal``, by the rules of the column's type."""
    if literal.is_null:
        return _compare_null(column, operator)
    if operator in (Operator.LIKE, Operator.NOT_LIKE):
        matches = like(column, literal.text)
        return matches if operator is Operator.LIKE else sa.not_(matches)
    try:
        value = to_value(attribute, literal)
    except Incomparable:
        if operator is Operator.IS:
            return sa.false()
        if operator is Operator.IS_NOT:
            return column.is_not(None)
        kind = attribute.format or attribute.type
        raise QueryError(f'"{literal.text}" cannot be ordered against a value of type {kind}.') from None
    if operator in _ORDERINGS:
        return _ORDERINGS[operator](column, sa.literal(value) if isinstance(value, bool) else value)
    if isinstance(column, sa.Exists) and isinstance(value, bool):
        # Of the condition itself, and not of its being equal to "true", databases know what it is worth.
        return column if value is (operator is Operator.IS) else sa.not_(column)
    return column == value if operator is Operator.IS else column != value


def is_member(column: Column, attribute: Scalar, literals: Sequence[Literal]) -> Condition:
    """Return whether the column's value is one of `literals`; an unquoted ``none`` among them means "or no value"."""
    values: list[Any] = []
    for literal in literals:
        if not literal.is_null:
            try:
                values.append(to_value(attribute, literal))
            except Incomparable:
                continue
    found = [one_of(column, values)]
    if any(literal.is_null for literal in literals):
        found.append(column.is_(None))
    return sa.or_(*found)


def is_no_member(column: Column, attribute: Scalar, literals: Sequence[Literal]) -> Condition:
    """Return whether there is a value and it is none of `literals`."""
    return sa.and_(column.is_not(None), sa.not_(is_member(column, attribute, literals)))


def one_of(column: Column, values: Sequence[Any]) -> Condition:
    """Return the condition ``column in (values)`` for any number of values."""
    if not values:
        return sa.false()
    if len(values) <= LONGEST_BOUND_LIST:
        return column.in_(values)
    return dialects.one_of_rows([column], [[value] for value in values])


def like(column: Column, pattern: str) -> Condition:
    """Return SQL's own pattern match, without regard to case; a backslash takes the meaning from ``%`` and ``_``.

    ``_`` is a letter as it is folded or as it was written: ``stra_e`` and ``stra__e`` both meet "Straße".
    """
    beside = companion(column)
    if beside is None:
        return dialects.like(column, to_pattern(pattern))
    found = dialects.like_folded(column, folded_pattern(pattern))
    if stands_for_letters(pattern):
        found = sa.or_(found, sa.and_(beside.is_not(None), dialects.like(column, to_pattern(pattern))))
    begins = beginning(pattern)
    return found if begins is None else sa.and_(dialects.within(caseless(column), *begins), found)


def _compare_null(column: Column, operator: Operator) -> Condition:
    if operator is Operator.IS:
        return column.is_(None)
    if operator is Operator.IS_NOT:
        return column.is_not(None)
    raise QueryError('"none" can only be compared with is and is_not.')
