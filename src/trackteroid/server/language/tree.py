"""The syntax tree of the query language: frozen values, no behaviour."""

from __future__ import annotations

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
