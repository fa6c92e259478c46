"""What SQLite and PostgreSQL say differently. Everything else of a statement is the same for both."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ..model.column_types import CaselessText, caseless, lower_ascii

Column = sa.ColumnElement[Any]


def like(column: Column, pattern: str) -> sa.ColumnElement[bool]:
    """SQL's own pattern match, without regard to case; a backslash takes the meaning from ``%`` and ``_``."""
    is_number = isinstance(column.type, sa.Integer | sa.Float | sa.Boolean)
    return caseless(number_text(column) if is_number else column).like(pattern, escape="\\")


def as_compared(column: Column) -> Column:
    """The form of a column that is compared with values: without regard to case, where its text is kept so."""
    return caseless(column) if isinstance(column.type, CaselessText) else column


def as_listed(column: Column, *, without_case: bool) -> Column:
    """The form of a column among whose values one is looked for that compares with or without regard to case."""
    return caseless(column) if without_case and isinstance(column.type, sa.Text) else column


def in_order(column: Column, *, descending: bool) -> Column:
    """A column to order by; missing values count as the smallest."""
    shown = as_compared(column)
    return ordered(shown, sa.literal_column("DESC" if descending else "ASC"))


def one_of_rows(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> sa.ColumnElement[bool]:
    """Whether `columns` together are one of `rows`, of which there may be any number: they are one bound value."""
    places = [place for place, column in enumerate(columns) if isinstance(column.type, CaselessText)]
    elements = json_elements(sa.literal(list(rows), _Rows(tuple(places)))).table_valued("value")
    values = [item(elements.c.value, sa.literal_column(str(n)), column) for n, column in enumerate(columns)]
    wanted = sa.select(*values)
    if len(columns) == 1:
        return as_compared(columns[0]).in_(wanted)
    return sa.tuple_(*(as_compared(column) for column in columns)).in_(wanted)


class _Rows(sa.TypeDecorator[Any]):
    """Rows of values as one JSON text; the text at `places` is caseless."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, places: tuple[int, ...]) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        """The JSON text, as the database compares it."""
        if not self.places or dialect.name != "postgresql":
            return json.dumps(value)
        return json.dumps([[_folded(v) if n in self.places else v for n, v in enumerate(row)] for row in value])


def _folded(value: Any) -> Any:
    return lower_ascii(value) if isinstance(value, str) else value


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
    """The smallest or largest value of a group; of spellings that differ in case only always the same one."""
    if not isinstance(column.type, CaselessText):
        return function(column)
    found = function(spelling(column))
    # Folded text is as long as the text itself, and one sign parts them.
    return as_caseless(sa.func.substr(found, (sa.func.length(found) + 3) // 2))


class spelling(FunctionElement[str]):  # noqa: N801
    """What orders text without regard to case, and then by how it is spelt."""

    inherit_cache = True
    type = sa.Text()


@compiles(spelling)
def _spelling(element: spelling, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"(lower({text}) || char(1) || {text}) COLLATE BINARY"


@compiles(spelling, "postgresql")
def _spelling_postgresql(element: spelling, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"(lower({text}) || chr(1) || {text})"


class json_elements(FunctionElement[Any]):  # noqa: N801
    """The elements of a JSON array, as rows with the column ``value``."""

    inherit_cache = True


@compiles(json_elements)
def _json_elements(element: json_elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(json_elements, "postgresql")
def _json_elements_postgresql(element: json_elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **options)} AS JSON))"


class item(FunctionElement[Any]):  # noqa: N801
    """What a JSON array holds at a place, to be compared with a column."""

    inherit_cache = True

    def __init__(self, array: Column, place: Column, column: Column) -> None:
        # The column is here for its type only; it is part of the element so that statements are cached by it.
        super().__init__(array, place, sa.null().cast(column.type))


@compiles(item)
def _item(element: item, compiler: SQLCompiler, **options: Any) -> str:
    array, place, _ = element.clauses
    return f"json_extract({compiler.process(array, **options)}, '$[{compiler.process(place, **options)}]')"


@compiles(item, "postgresql")
def _item_postgresql(element: item, compiler: SQLCompiler, **options: Any) -> str:
    array, place, column = element.clauses
    kind = compiler.dialect.type_compiler_instance.process(_plain(column.type))
    return f"CAST({compiler.process(array, **options)} ->> {compiler.process(place, **options)} AS {kind})"


def _plain(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    if isinstance(kind, sa.Boolean):
        return sa.Boolean()
    if isinstance(kind, sa.Integer | sa.Float):
        # Values may have a fraction even where a column has none.
        return sa.Double()
    return sa.Text()


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
