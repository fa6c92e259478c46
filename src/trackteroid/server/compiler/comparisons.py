"""Comparing a column with a value as the client wrote it. Values are always bound, never part of the statement.

Nothing (null) meets no comparison but those with ``none``; conditions need not tell "no" from "unknown", because
negations are taken to the comparisons themselves (`criteria`).

Long chains of ``(k1 is a and k2 is b) or (k1 is c and k2 is d) or ...`` become one list of values. Clients populate
entities with several keys that way, thousands of them at once; databases limit how many conditions a chain may have,
and would try one after the other.

Of some values the type is a matter of data: those of custom attributes, and their defaults. Each is kept in three
forms: the JSON as given (`value`), its text (`text`) and, where it is one, its number (`number`). A number that is
asked for meets numbers as a number and everything else as text.
"""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from trackteroid.server.compiler import dialects
from trackteroid.server.compiler.values import (
    Incomparable,
    beginning,
    folded_pattern,
    stands_for_letters,
    to_moment,
    to_pattern,
    to_value,
)
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import And, Comparison, Criteria, Literal, Operator, Path
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
        if operator not in (Operator.IS, Operator.IS_NOT):
            raise QueryError('"none" can only be compared with is and is_not.')
        return column.is_(None) if operator is Operator.IS else column.is_not(None)
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


#: Shorter chains are left to the database as they are.
SHORTEST = 20


def key_paths(parts: Sequence[Criteria]) -> tuple[Path, ...] | None:
    """Return the attributes that every one of `parts` compares with one value each; None if they are anything else."""
    if len(parts) < SHORTEST:
        return None
    first = _values(parts[0])
    if first is None or any(len(path.steps) > 1 for path in first):
        return None
    paths = tuple(first)
    same = all((values := _values(part)) is not None and tuple(values) == paths for part in parts)
    return paths if same else None


def one_of_keys(
    columns: Sequence[tuple[sa.ColumnElement[Any], Any]], paths: Sequence[Path], parts: Sequence[Criteria]
) -> Condition:
    """Return whether `columns`, each with its attribute, hold one of the combinations of values in `parts`."""
    rows: list[list[Any]] = []
    for part in parts:
        values = _values(part) or {}
        try:
            rows.append(
                [to_value(attribute, values[path]) for path, (_, attribute) in zip(paths, columns, strict=True)]
            )
        except Incomparable:
            continue
    return dialects.one_of_rows([column for column, _ in columns], rows)


def _values(criteria: Criteria) -> dict[Path, Literal] | None:
    """Return values by path, if `criteria` is a conjunction of plain equalities."""
    parts = criteria.parts if isinstance(criteria, And) else (criteria,)
    values: dict[Path, Literal] = {}
    for part in parts:
        if not isinstance(part, Comparison) or part.operator is not Operator.IS or part.value.is_null:
            return None
        values[part.path] = part.value
    return values


_TEXT = Scalar(type="string")
_NUMBER = Scalar(type="number")
_FORMS = {"value": ("text", "number"), "default": ("default_text", "default_number")}

#: How the text of a date looks.
_MOMENT = "____-__-__T__:__:__"


class HasColumns(Protocol):
    """Anything that gives the column of a stored attribute."""

    def column(self, name: str, /) -> Column:
        """Return the column called `name`."""
        ...


def compare_variable(source: HasColumns, name: str, operator: Operator, literal: Literal) -> Condition:
    """Return the condition ``value operator literal`` for a variable attribute."""
    text, number = _forms(source, name)
    as_text = compare(text, _TEXT, operator, literal)
    if literal.is_null or operator in (Operator.LIKE, Operator.NOT_LIKE):
        return as_text
    if _is_number(literal):
        return sa.case((number.is_not(None), compare(number, _NUMBER, operator, literal)), else_=as_text)
    if (moment := _as_moment(literal)) is not None:
        return sa.case((text.like(_MOMENT), compare(text, _TEXT, operator, moment)), else_=as_text)
    return as_text


def is_variable_member(source: HasColumns, name: str, literals: Sequence[Literal]) -> Condition:
    """Return the condition ``value in (literals)`` for a variable attribute."""
    text, number = _forms(source, name)
    numbers = [literal for literal in literals if _is_number(literal)]
    moments = [moment for literal in literals if (moment := _as_moment(literal)) is not None]
    others = [literal for literal in literals if not _is_number(literal)]
    values = [to_value(_NUMBER, literal) for literal in numbers]
    return sa.or_(
        sa.and_(number.is_not(None), one_of(number, values)),
        sa.and_(number.is_(None), is_member(text, _TEXT, numbers)),
        is_member(text, _TEXT, [*others, *moments]),
    )


def is_no_variable_member(source: HasColumns, name: str, literals: Sequence[Literal]) -> Condition:
    """Return the condition ``value not_in (literals)`` for a variable attribute."""
    text, _ = _forms(source, name)
    return sa.and_(text.is_not(None), sa.not_(is_variable_member(source, name, literals)))


def _is_number(literal: Literal) -> bool:
    try:
        return to_value(_NUMBER, literal) is not None
    except Incomparable:
        return False


def _as_moment(literal: Literal) -> Literal | None:
    """Return the date that `literal` spells, as dates are kept; a year or month alone is not meant as one."""
    if len(literal.text) < len("2024-05-01"):
        return None
    try:
        return Literal(to_moment(literal.text), quoted=True)
    except Incomparable:
        return None


def _forms(source: HasColumns, name: str) -> tuple[Column, Column]:
    text, number = _FORMS[name]
    return source.column(text), source.column(number)
