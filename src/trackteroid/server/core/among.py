"""Lists of values in statements, as one parameter: a statement is the same for any number of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def among(column: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a column, of ids or whole numbers, has one of some values."""
    if any(isinstance(value, str) and "\0" in value for value in values):
        return column.in_(values)  # SQLite ends a text of JSON there
    return _among(column, sa.bindparam(None, list(values), type_=_kind(column), unique=True))


def among_given(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column, of ids or whole numbers, has one of the values of a parameter."""
    return _among(column, sa.bindparam(name, type_=_kind(column)))


def _kind(column: sa.ColumnElement[Any]) -> _Texts:
    return _Numbers() if isinstance(column.type, sa.Integer) else _Texts()


class _Texts(sa.TypeDecorator[Any]):
    """Texts in one parameter: an array of PostgreSQL, a text of JSON in SQLite."""

    impl = sa.Text
    cache_ok = True
    of: sa.types.TypeEngine[Any] = sa.Text()

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the type of the parameter."""
        return dialect.type_descriptor(sa.ARRAY(self.of) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Return the parameter."""
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Numbers(_Texts):
    """Whole numbers in one parameter."""

    cache_ok = True
    of = sa.BigInteger()


class _among(FunctionElement[bool]):  # noqa: N801 - used as a function, like those of SQLAlchemy
    """Whether a column has one of the values in a parameter."""

    type = sa.Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> _among:  # noqa: ARG002 - as SQLAlchemy calls it
        """Return the condition as it is; compared with 1, as in a database without truth values, no index finds it."""
        return self


@compiles(_among)
def _among_sqlite(element: _among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - a column and a parameter, compiled


@compiles(_among, "postgresql")
def _among_postgresql(element: _among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY({values})"
