"""From what the grammar recognised to the syntax tree. One method for each rule of the grammar, named like it."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from lark import Token, Transformer

from trackteroid.server.core.limits import Limits
from trackteroid.server.language import tree
from trackteroid.server.language.limits import check_values
from trackteroid.server.language.literals import iter_literals, read_literal
from trackteroid.server.language.tree import Operator

OPERATORS = {
    "is": Operator.IS,
    "=": Operator.IS,
    "is_not": Operator.IS_NOT,
    "!=": Operator.IS_NOT,
    "like": Operator.LIKE,
    "not_like": Operator.NOT_LIKE,
    ">": Operator.GREATER,
    "after": Operator.GREATER,
    "greater_than": Operator.GREATER,
    "<": Operator.LESS,
    "before": Operator.LESS,
    "less_than": Operator.LESS,
    ">=": Operator.GREATER_EQUAL,
    "<=": Operator.LESS_EQUAL,
}


class RepeatedClauseError(Exception):
    """A clause that may be there once is there again."""


class Clause(NamedTuple):
    """A part of a query on the way into it: the field of the tree, and its value."""

    field: str
    value: Any


def _build_query(clauses: list[Clause]) -> tree.Query:
    fields: dict[str, Any] = {}
    for field, value in clauses:
        if field in fields:
            raise RepeatedClauseError(field)
        fields[field] = value
    return tree.Query(**fields)


def _clause(field: str, read: Callable[[list[Any]], Any]) -> Callable[[Builder, list[Any]], Clause]:
    def build(_self: Builder, children: list[Any]) -> Clause:
        return Clause(field, read(children))

    return build


def _text(children: list[Token]) -> str:
    return str(children[0])


def _number(children: list[Token]) -> int:
    return int(children[0])


class Builder(Transformer[Token, tree.Query]):
    """Builds the tree bottom-up while the parser runs, within limits; holds nothing of what it has built."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits

    entity_type = _clause("entity_type", _text)
    entity_type_of_subquery = _clause("entity_type", _text)
    projections = _clause("projections", tuple)
    where = _clause("criteria", itemgetter(0))
    group = _clause("group", tuple)
    order = _clause("order", tuple)
    limit = _clause("limit", _number)
    offset = _clause("offset", _number)

    def start(self, children: list[tree.Query]) -> tree.Query:
        return children[0]

    def query(self, clauses: list[Clause]) -> tree.Query:
        return _build_query(clauses)

    def subquery(self, clauses: list[Clause]) -> tree.Query:
        return _build_query(clauses)

    def projection(self, children: list[Any]) -> tree.Projection:
        *function, path = children
        return tree.Projection(path, function[0].lower() if function else None)

    def ascending(self, children: list[tree.Path]) -> tree.Order:
        return tree.Order(children[0])

    def descending(self, children: list[tree.Path]) -> tree.Order:
        return tree.Order(children[0], descending=True)

    def disjunction(self, parts: list[tree.Criteria]) -> tree.Criteria:
        return parts[0] if len(parts) == 1 else tree.Or(tuple(parts))

    def conjunction(self, parts: list[tree.Criteria]) -> tree.Criteria:
        return parts[0] if len(parts) == 1 else tree.And(tuple(parts))

    def negation(self, children: list[tree.Criteria]) -> tree.Not:
        return tree.Not(children[0])

    def comparison(self, children: list[Any]) -> tree.Comparison:
        path, operator, value = children
        return tree.Comparison(path, OPERATORS[operator.lower()], read_literal(str(value)))

    def membership(self, children: list[Any]) -> tree.Membership:
        path, word, *inside = children
        values = inside[0] if inside else ""
        if not isinstance(values, tree.Query):
            values = tuple(iter_literals(values))
            check_values(len(values), self._limits)
        return tree.Membership(path, values, negated=word.lower() == "not_in")

    def quantifier(self, children: list[Any]) -> tree.Quantifier:
        path, *criteria = children
        return tree.Quantifier(path, criteria[0] if criteria else None)

    def path(self, steps: list[tree.Step]) -> tree.Path:
        return tree.Path(tuple(steps))

    def step(self, children: list[Token]) -> tree.Step:
        return tree.Step(*map(str, children))
