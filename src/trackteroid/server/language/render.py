"""Writing query text: `render`, the inverse of `parse`."""

from __future__ import annotations

from collections.abc import Iterable

from trackteroid.server.language import tree
from trackteroid.server.language.tree import write_literal


def render(query: tree.Query) -> str:
    """Write a query in its canonical form: one blank between words, double quotes, no parentheses to spare.

    >>> from trackteroid.server.language import parse
    >>> render(parse("Task   where (name='a')and bid>10 limit 5"))
    'Task where name is "a" and bid > 10 limit 5'
    """
    clauses: list[str] = []
    if query.projections:
        projections = (
            f"{each.function}({each.path})" if each.function else str(each.path) for each in query.projections
        )
        clauses.append(f"select {_listed(projections)} from")
    clauses.append(query.entity_type)
    if query.criteria is not None:
        clauses.append(f"where {render_criteria(query.criteria)}")
    if query.group:
        clauses.append(f"group by {_listed(map(str, query.group))}")
    if query.order:
        order = (f"{each.path} descending" if each.descending else str(each.path) for each in query.order)
        clauses.append(f"order by {_listed(order)}")
    if query.offset is not None:
        clauses.append(f"offset {query.offset}")
    if query.limit is not None:
        clauses.append(f"limit {query.limit}")
    return " ".join(clauses)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def render_criteria(criteria: tree.Criteria) -> str:
    """Write criteria as they stand behind ``where``."""
    match criteria:
        case tree.Comparison(path, operator, value):
            return f"{path} {operator.value} {write_literal(value)}"
        case tree.Membership(path, values, negated):
            members = render(values) if isinstance(values, tree.Query) else _listed(map(write_literal, values))
            return f"{path} {'not_in' if negated else 'in'} ({members})"
        case tree.Quantifier(path, inner):
            return f"{path} any ({render_criteria(inner) if inner is not None else ''})"
        case tree.Not(inner):
            return f"not {_inside(inner, tree.And, tree.Or)}"
        case tree.And(parts):
            return " and ".join(_inside(part, tree.And, tree.Or) for part in parts)
        case tree.Or(parts):
            return " or ".join(_inside(part, tree.Or) for part in parts)


def _inside(criteria: tree.Criteria, *in_parentheses: type[tree.And | tree.Or]) -> str:
    text = render_criteria(criteria)
    return f"({text})" if isinstance(criteria, in_parentheses) else text
