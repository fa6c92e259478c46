"""What SQLite and PostgreSQL say differently. Everything else of a statement is the same for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from trackteroid.server.core.among import among_rows
from trackteroid.server.model.column_types import CaselessText, caseless, companion

Column = sa.ColumnElement[Any]


def like(column: Column, pattern: str) -> sa.ColumnElement[bool]:
    """Return SQL's own pattern match, without regard to case; a backslash takes the meaning from ``%`` and ``_``."""
    is_number = isinstance(column.type, sa.Integer | sa.Float | sa.Boolean)
    return caseless(number_text(column) if is_number else column, plain=True).like(pattern, escape="\\")


def like_folded(column: Column, pattern: str) -> sa.ColumnElement[bool]:
    """As `like`, of the folding of a column and a folded pattern."""
    return caseless(column).like(sa.literal(pattern, sa.Text()), escape="\\")


class _Said(FunctionElement[Any]):
    """What the databases say differently: in texts of SQL, with the places of its clauses in braces."""

    sqlite: str
    postgresql: str

    def __init_subclass__(cls, **options: Any) -> None:
        cls.inherit_cache = True  # which SQLAlchemy wants each class to say
        super().__init_subclass__(**options)


@compiles(_Said)
def say(element: _Said, compiler: SQLCompiler, **options: Any) -> str:
    """Return the SQL of an element."""
    text = element.postgresql if compiler.dialect.name == "postgresql" else element.sqlite
    if "{" not in text:  # a clause that is written has its values sent along
        return text
    return text.format(*(compiler.process(clause, **options) for clause in element.clauses))


class within(_Said):  # noqa: N801 - the elements are used as functions, like those of SQLAlchemy
    """Where texts with a common beginning are. It leads SQLite to an index; PostgreSQL sees it from the pattern."""

    type = sa.Boolean()
    sqlite, postgresql = "({0} >= {1} AND {0} < {2})", "true"

    def __init__(self, column: Column, first: str, end: str) -> None:
        super().__init__(column, sa.literal(first, sa.Text()), sa.literal(end, sa.Text()))


def as_compared(column: Column) -> Column:
    """Return the form of a column that is compared with values: without regard to case, where its text is kept so."""
    if isinstance(column, shown_spelling):
        return column.spelling
    return caseless(column) if isinstance(column.type, CaselessText) else column


def matching(column: Column, listed: Column) -> tuple[Column, Column]:
    """Return two columns of texts in the form in which they are compared with each other."""
    if not isinstance(column.type, CaselessText):
        return column, listed
    plain = companion(column) is None or companion(listed) is None
    is_text = isinstance(listed.type, sa.Text)
    return caseless(column, plain=plain), caseless(listed, plain=plain) if is_text else listed


def in_order(column: Column, *, descending: bool) -> Column:
    """Return a column to order by; missing values count as the smallest."""
    return (falling if descending else rising)(as_compared(column))


def one_of_rows(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> sa.ColumnElement[bool]:
    """Return whether `columns` together are one of `rows`, of any number: these are one bound value."""
    compared = [as_compared(column) for column in columns]
    kinds = [column.value_type if isinstance(column, caseless) else None for column in compared]
    return among_rows(compared, rows, kinds)


class found_in(_Said):  # noqa: N801
    """Whether a column has one of the values that a subquery finds, as one of several alternatives.

    PostgreSQL would look at all rows for those: of ``IN`` with a subquery it makes a join, unless there is an ``OR``
    around it. An array of the values leads it to an index all the same.
    """

    # SQLite has no flags: something called one would be compared with 1, and then no index would serve.
    type = sa.types.NullType()
    sqlite, postgresql = "{0} IN {1}", "{0} = ANY (ARRAY{1})"

    def __init__(self, column: Column, values: sa.Select[Any]) -> None:
        super().__init__(as_compared(column), values.scalar_subquery())


class unindexed(_Said):  # noqa: N801
    """A column to be compared without an index of it. PostgreSQL knows from its statistics which index to use."""

    sqlite, postgresql = "+{0}", "{0}"

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self.type = column.type


class shared(_Said):  # noqa: N801
    """A condition that about half of the rows meet.

    SQLite takes most conditions for ones that all rows meet. Then it goes to each row, although the index that it reads
    tells which of them it has to.
    """

    type = sa.types.NullType()  # or it would be compared with 1, as of `found_in`
    sqlite, postgresql = "likelihood({0}, 0.5)", "({0})"


class seldom(_Said):  # noqa: N801
    """A condition that few of many rows meet. Without being told, SQLite would take it for ten rows, whatever it is."""

    type = sa.types.NullType()  # or it would be compared with 1, as of `found_in`
    sqlite, postgresql = "likelihood({0}, 0.04)", "{0}"


class led_to(_Said):  # noqa: N801
    """Whether a key leads to a row, of which an index has all that is asked.

    SQLite takes the index of the primary key for a row with one key, and then reads the row. Of a range it takes the
    index that has everything.
    """

    type = sa.types.NullType()  # or it would be compared with 1, as of `found_in`
    sqlite, postgresql = "({0} >= {1} AND {0} <= {1})", "{0} = {1}"


class number_text(_Said):  # noqa: N801
    """A number as SQLite writes it: flags as 1 and 0, fractional types with a point."""

    type = sa.Text()
    sqlite, postgresql = "CAST({0} AS TEXT)", "CAST(({0}) AS TEXT)"

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        if isinstance(column.type, sa.Boolean):
            self.postgresql = "CAST(CAST(({0}) AS INTEGER) AS TEXT)"
        elif isinstance(column.type, sa.Float):
            self.postgresql = "CASE WHEN ({0}) = trunc(({0})) THEN ({0})::TEXT || '.0' ELSE ({0})::TEXT END"


class rising(_Said):  # noqa: N801
    """A column to order by, with the smallest first. Missing values are smaller."""

    sqlite, postgresql = "{0} ASC", "{0} ASC NULLS FIRST"


class falling(_Said):  # noqa: N801
    """A column to order by, with the largest first."""

    sqlite, postgresql = "{0} DESC", "{0} DESC NULLS LAST"


def extreme(column: Column, function: Callable[[Column], Column]) -> Column:
    """Return the smallest or largest value of a group; of spellings that compare as equal always the same one."""
    return shown_spelling(function(spelling(column))) if isinstance(column.type, CaselessText) else function(column)


class spelling(_Said):  # noqa: N801
    """What orders text without regard to case, and then by how it is spelt: its folding, itself, and how long the
    folding is."""

    type = sa.Text()
    sqlite = "(lower({0}) || char(1) || {1} || printf('%09d', length({0}))) COLLATE BINARY"
    postgresql = "({0} || chr(1) || {1} || lpad(length({0})::TEXT, 9, '0'))"

    def __init__(self, column: Column) -> None:
        super().__init__(caseless(column), column)


class shown_spelling(_Said):  # noqa: N801
    """The text of a `spelling`."""

    type = CaselessText()
    sqlite = postgresql = (
        "substr({0}, CAST(substr({0}, length({0}) - 8) AS INTEGER) + 2,"
        " length({0}) - CAST(substr({0}, length({0}) - 8) AS INTEGER) - 10)"
    )

    def __init__(self, spelling: Column) -> None:
        super().__init__(spelling)
        self.spelling = spelling


class as_caseless(_Said):  # noqa: N801
    """Text that is computed from caseless columns and compares like them; the expression alone would not."""

    type = CaselessText()
    sqlite, postgresql = "({0} COLLATE NOCASE)", "({0})"
