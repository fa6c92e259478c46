"""The syntax tree of the query language, frozen values without behaviour; and how its literals are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from trackteroid.values import frozen


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


QUOTED = r"""(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*')"""
"""The pattern of a quoted value, STRING in the grammar."""

_ITEM = re.compile(QUOTED + r"""|[^\s"'(),]+""")
_ESCAPED = re.compile(r"""\\([\\"'])""")
_TO_ESCAPE = re.compile(r"""([\\"])""")


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
