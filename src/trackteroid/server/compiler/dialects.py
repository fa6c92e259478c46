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


class within(FunctionElement[bool]):  # noqa: N801 - the elements are used as functions, like those of SQLAlchemy
    """Where texts with a common beginning are. It leads SQLite to an index; PostgreSQL sees it from the pattern."""

    inherit_cache = True
    type = sa.Boolean()

    def __init__(self, column: Column, first: str, end: str) -> None:
        super().__init__(column, sa.literal(first, sa.Text()), sa.literal(end, sa.Text()))


@compiles(within)
def _within(element: within, compiler: SQLCompiler, **options: Any) -> str:
    column, first, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} >= {first} AND {column} < {end})"


@compiles(within, "postgresql")
def _within_postgresql(*_: Any, **__: Any) -> str:
    return "true"


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
    shown = as_compared(column)
    return ordered(shown, sa.literal_column("DESC" if descending else "ASC"))


def one_of_rows(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> sa.ColumnElement[bool]:
    """Return whether `columns` together are one of `rows`, of any number: these are one bound value."""
    compared = [as_compared(column) for column in columns]
    kinds = [column.value_type if isinstance(column, caseless) else None for column in compared]
    return among_rows(compared, rows, kinds)


class found_in(FunctionElement[Any]):  # noqa: N801
    """Whether a column has one of the values that a subquery finds, as one of several alternatives.

    PostgreSQL would look at all rows for those: of ``IN`` with a subquery it makes a join, unless there is an ``OR``
    around it. An array of the values leads it to an index all the same.
    """

    inherit_cache = True
    # SQLite has no flags: something called one would be compared with 1, and then no index would serve.
    type = sa.types.NullType()

    def __init__(self, column: Column, values: sa.Select[Any]) -> None:
        super().__init__(as_compared(column), values.scalar_subquery())


@compiles(found_in)
def _found_in(element: found_in, compiler: SQLCompiler, **options: Any) -> str:
    return " IN ".join(compiler.process(clause, **options) for clause in element.clauses)


@compiles(found_in, "postgresql")
def _found_in_postgresql(element: found_in, compiler: SQLCompiler, **options: Any) -> str:
    return " = ANY (ARRAY".join(compiler.process(clause, **options) for clause in element.clauses) + ")"


class unindexed(FunctionElement[Any]):  # noqa: N801
    """A column to be compared without an index of it. PostgreSQL knows from its statistics which index to use."""

    inherit_cache = True

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed)
def _unindexed(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(unindexed, "postgresql")
def _unindexed_postgresql(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


class number_text(FunctionElement[str]):  # noqa: N801 - the elements are used as functions, like SQLAlchemy's
    """A number as SQLite writes it: flags as 1 and 0, fractional types with a point."""

    inherit_cache = True
    type = sa.Text()

    def __init__(self, column: Column) -> None:
        super().__init__(column)


@compiles(number_text)
def _number_text(element: number_text, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"


@compiles(number_text, "postgresql")
def _number_text_postgresql(element: number_text, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    text = f"({compiler.process(column, **options)})"
    if isinstance(column.type, sa.Boolean):
        return f"CAST(CAST({text} AS INTEGER) AS TEXT)"
    if isinstance(column.type, sa.Float):
        return f"CASE WHEN {text} = trunc({text}) THEN {text}::TEXT || '.0' ELSE {text}::TEXT END"
    return f"CAST({text} AS TEXT)"


class ordered(FunctionElement[Any]):  # noqa: N801
    """A column and its direction in ORDER BY."""

    inherit_cache = True


@compiles(ordered)
def _ordered(element: ordered, compiler: SQLCompiler, **options: Any) -> str:
    return " ".join(compiler.process(clause, **options) for clause in element.clauses)


@compiles(ordered, "postgresql")
def _ordered_postgresql(element: ordered, compiler: SQLCompiler, **options: Any) -> str:
    column, direction = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} {direction} NULLS {'FIRST' if direction == 'ASC' else 'LAST'}"


def extreme(column: Column, function: Callable[[Column], Column]) -> Column:
    """Return the smallest or largest value of a group; of spellings that compare as equal always the same one."""
    return shown_spelling(function(spelling(column))) if isinstance(column.type, CaselessText) else function(column)


class spelling(FunctionElement[str]):  # noqa: N801
    """What orders text without regard to case, and then by how it is spelt: its folding, itself, and how long the
    folding is."""

    inherit_cache = True
    type = sa.Text()

    def __init__(self, column: Column) -> None:
        super().__init__(caseless(column), column)


@compiles(spelling)
def _spelling(element: spelling, compiler: SQLCompiler, **options: Any) -> str:
    found, text = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(lower({found}) || char(1) || {text} || printf('%09d', length({found}))) COLLATE BINARY"


@compiles(spelling, "postgresql")
def _spelling_postgresql(element: spelling, compiler: SQLCompiler, **options: Any) -> str:
    found, text = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({found} || chr(1) || {text} || lpad(length({found})::TEXT, 9, '0'))"


class shown_spelling(FunctionElement[str]):  # noqa: N801
    """The text of a `spelling`."""

    inherit_cache = True
    type = CaselessText()

    def __init__(self, spelling: Column) -> None:
        super().__init__(spelling)
        self.spelling = spelling


@compiles(shown_spelling)
def _shown_spelling(element: shown_spelling, compiler: SQLCompiler, **options: Any) -> str:
    found = compiler.process(element.clauses, **options)
    folding = f"CAST(substr({found}, length({found}) - 8) AS INTEGER)"
    return f"substr({found}, {folding} + 2, length({found}) - {folding} - 10)"


class as_caseless(FunctionElement[str]):  # noqa: N801
    """Text that is computed from caseless columns and compares like them; the expression alone would not."""

    inherit_cache = True
    type = CaselessText()


@compiles(as_caseless)
def _as_caseless(element: as_caseless, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(as_caseless, "sqlite")
def _as_caseless_sqlite(element: as_caseless, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} COLLATE NOCASE)"
