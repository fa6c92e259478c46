"""Comparing values whose type is a matter of data: custom attribute values and defaults.

Each is kept in three forms: the JSON as given (`value`), its text (`text`) and, where it is one, its number
(`number`). A number that is asked for meets numbers as a number and everything else as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from trackteroid.server.compiler.comparisons import Column, Condition, compare, is_member, one_of
from trackteroid.server.compiler.values import Incomparable, to_moment, to_value
from trackteroid.server.language import Literal, Operator
from trackteroid.server.model import Scalar

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
