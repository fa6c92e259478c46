"""The syntax tree of the query language, frozen values without behaviour; and `render`, the inverse of `parse`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum

from trackteroid.values import frozen

QUOTED = r"""(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*')"""
"""The pattern of a quoted value, STRING in the grammar."""

_ITEM = re.compile(QUOTED + r"""|[^\s"'(),]+""")
_ESCAPED = re.compile(r"""\\([\\"'])""")
_TO_ESCAPE = re.compile(r"""([\\"])""")


class Operator(Enum):
    """How a value is compared. Aliases of the language (``=``, ``after``, ...) are gone at this point."""

    IS = "is"
    IS_NOT = "is_not"
    LIKE = "like"
    NOT_LIKE = "not_like"
    GREATER = ">"
    LESS = "<"
    GREATER_EQUAL = ">="
    LESS_EQUAL = "<="


@frozen
class Step:
    """One attribute of a path, with the entity type it is cast to: ``parent[Shot]``."""

    name: str
    cast: str | None = None


@frozen
class Path:
    """``asset.parent[Shot].name``."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return ".".join(f"{step.name}[{step.cast}]" if step.cast else step.name for step in self.steps)


@frozen
class Literal:
    """A value as written. What an unquoted word means (a number, a flag, nothing, text) is for the column to say."""

    text: str
    quoted: bool

    @property
    def is_null(self) -> bool:
        """Whether this is the unquoted word for "no value"."""
        return not self.quoted and self.text.lower() in ("none", "null")


@frozen
class Comparison:
    """``path operator value``."""

    path: Path
    operator: Operator
    value: Literal


@frozen
class Membership:
    """``path in (...)`` or ``path not_in (...)``, over values or the results of another query."""

    path: Path
    values: tuple[Literal, ...] | Query
    negated: bool = False


@frozen
class Quantifier:
    """``path any (...)`` or ``path has (...)``; without criteria: there is one."""

    path: Path
    criteria: Criteria | None


@frozen
class Not:
    """``not criteria``."""

    criteria: Criteria


@frozen
class And:
    """All of them."""

    parts: tuple[Criteria, ...]


@frozen
class Or:
    """At least one of them."""

    parts: tuple[Criteria, ...]


Criteria = Comparison | Membership | Quantifier | Not | And | Or


@frozen
class Projection:
    """An attribute that is asked for, possibly aggregated: ``count(id)``."""

    path: Path
    function: str | None = None


@frozen
class Order:
    """One key of the order."""

    path: Path
    descending: bool = False


@frozen
class Query:
    """A whole query."""

    entity_type: str
    projections: tuple[Projection, ...] = ()
    criteria: Criteria | None = None
    group: tuple[Path, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None


def read_literal(written: str) -> Literal:
    r"""Take one value out of its quotes.

    A backslash escapes itself and both quotes. In front of anything else it is an ordinary character: Windows paths
    survive, and ``\%`` and ``\_`` reach the pattern matching of ``like`` untouched.

    >>> read_literal(r'"say \"hi\" to 100\%"').text
    'say "hi" to 100\\%'
    >>> read_literal("2017-12-11")
    Literal(text='2017-12-11', quoted=False)
    """
    if written[0] in "\"'":
        return Literal(_ESCAPED.sub(r"\1", written[1:-1]), quoted=True)
    return Literal(written, quoted=False)


def iter_literals(written: str) -> Iterator[Literal]:
    """Return the values of a list as written between its parentheses, in order."""
    return (read_literal(match.group()) for match in _ITEM.finditer(written))


def write_literal(literal: Literal) -> str:
    """Return the text that `read_literal` reads as this literal."""
    if not literal.quoted:
        return literal.text
    return '"' + _TO_ESCAPE.sub(r"\\\1", literal.text) + '"'


def render(query: Query) -> str:
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


def render_criteria(criteria: Criteria) -> str:
    """Write criteria as they stand behind ``where``."""
    match criteria:
        case Comparison(path, operator, value):
            return f"{path} {operator.value} {write_literal(value)}"
        case Membership(path, values, negated):
            members = render(values) if isinstance(values, Query) else _listed(map(write_literal, values))
            return f"{path} {'not_in' if negated else 'in'} ({members})"
        case Quantifier(path, inner):
            return f"{path} any ({render_criteria(inner) if inner is not None else ''})"
        case Not(inner):
            return f"not {_inside(inner, And, Or)}"
        case And(parts):
            return " and ".join(_inside(part, And, Or) for part in parts)
        case Or(parts):
            return " or ".join(_inside(part, Or) for part in parts)


def _inside(criteria: Criteria, *in_parentheses: type[And | Or]) -> str:
    text = render_criteria(criteria)
    return f"({text})" if isinstance(criteria, in_parentheses) else text
