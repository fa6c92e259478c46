"""Lists of values in statements, as one parameter or one value: a statement is the same for any number of them."""

from __future__ import annotations

import json
import operator
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.model.column_types import OwnFunction

_Column = sa.ColumnElement[Any]


def among(column: _Column, values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a column, of ids or whole numbers, has one of some values."""
    if "\0" in "".join([value for value in values if isinstance(value, str)]):
        return column.in_(values)  # SQLite ends a text of JSON there
    return _among(column, sa.bindparam(None, list(values), type_=_kind(column), unique=True))


def among_keys(columns: Sequence[_Column], keys: Sequence[Sequence[Any]]) -> sa.ColumnElement[bool]:
    """Return the condition that columns together are one of some keys: ids, whole numbers, names."""
    if len(columns) == 1:
        return among(columns[0], [key[0] for key in keys])
    if any(isinstance(part, str) and "\0" in part for key in keys for part in key):
        return sa.or_(*(sa.and_(*map(operator.eq, columns, key)) for key in keys))
    return among_rows(columns, keys)


def among_given(column: _Column, name: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column, of ids or whole numbers, has one of the values of a parameter."""
    return _among(column, sa.bindparam(name, type_=_kind(column)))


def among_rows(
    columns: Sequence[_Column],
    rows: Sequence[Sequence[Any]],
    kinds: Sequence[sa.types.TypeEngine[Any] | None] = (),
) -> sa.ColumnElement[bool]:
    """Return the condition that columns together have the values of one of some rows.

    SQLite would look at all rows of the table for values that are written out.

    Args:
        columns: The columns.
        rows: Their values.
        kinds: For each column the type that its values are bound as, if it is another one than they have.
    """
    elements = _elements(sa.literal(list(rows), _Rows(tuple(kinds) or (None,) * len(columns)))).table_valued("value")
    values = [_item(elements.c.value, sa.literal_column(str(n)), column) for n, column in enumerate(columns)]
    wanted = sa.select(*values)
    return columns[0].in_(wanted) if len(columns) == 1 else sa.tuple_(*columns).in_(wanted)


class gathered(OwnFunction[str]):  # noqa: N801 - used as a function, like those of SQLAlchemy
    """The values of columns in all rows, as the text of one JSON array, which has an array for each row."""

    type = sa.Text()
    inherit_cache = True

    def sql(self, dialect: sa.Dialect, *clauses: str) -> str:
        """Return the aggregate that the database has for it."""
        columns = ", ".join(clauses)
        if dialect.name == "postgresql":
            return f"coalesce(CAST(json_agg(json_build_array({columns})) AS TEXT), '[]')"
        return f"json_group_array(json_array({columns}))"


class as_array(OwnFunction[str]):  # noqa: N801
    """Texts of JSON as the text of one array."""

    type = sa.Text()
    inherit_cache = True

    def sql(self, dialect: sa.Dialect, *clauses: str) -> str:  # noqa: ARG002 - as it is called for others
        """Return the text, which is written in the same way everywhere."""
        return "'[' || " + " || ',' || ".join(clauses) + " || ']'"


def _kind(column: _Column) -> _Texts:
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


class _among(OwnFunction[bool]):  # noqa: N801 - used as a function, like those of SQLAlchemy
    """Whether a column has one of the values in a parameter."""

    type = sa.Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> _among:  # noqa: ARG002 - as SQLAlchemy calls it
        """Return the condition as it is; compared with 1, as in a database without truth values, no index finds it."""
        return self

    def sql(self, dialect: sa.Dialect, *clauses: str) -> str:
        """Return the condition, for an array of PostgreSQL or the text of a JSON array."""
        column, values = clauses
        if dialect.name == "postgresql":
            return f"{column} = ANY({values})"
        return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - a column and a parameter, compiled


class _Rows(sa.TypeDecorator[Any]):
    """Rows of values as one JSON text, each in the form in which values of one of `kinds` are compared."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kinds: tuple[Any, ...]) -> None:
        super().__init__()
        self.kinds = kinds

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        """Return the JSON text, as the database compares it."""
        return json.dumps(
            [
                [kind.process_bind_param(v, dialect) if kind else v for kind, v in zip(self.kinds, row, strict=True)]
                for row in value
            ]
        )


class _elements(OwnFunction[Any]):  # noqa: N801
    """The elements of a JSON array, as rows with the column ``value``."""

    inherit_cache = True

    def sql(self, dialect: sa.Dialect, *clauses: str) -> str:
        """Return the function that the database has for it."""
        [array] = clauses
        return f"json_array_elements(CAST({array} AS JSON))" if dialect.name == "postgresql" else f"json_each({array})"


class _item(OwnFunction[Any]):  # noqa: N801
    """What a JSON array holds at a place, to be compared with a column."""

    inherit_cache = True

    def __init__(self, array: _Column, place: _Column, column: _Column) -> None:
        # The column is here for its type only; it is part of the element so that statements are cached by it.
        super().__init__(array, place, sa.null().cast(column.type))
        self._column = column.type

    def sql(self, dialect: sa.Dialect, *clauses: str) -> str:
        """Return the value; PostgreSQL has to be told of what type it is."""
        array, place, _ = clauses
        if dialect.name != "postgresql":
            return f"json_extract({array}, '$[{place}]')"
        plain: sa.types.TypeEngine[Any] = sa.Text()
        if isinstance(self._column, sa.Boolean):
            plain = sa.Boolean()
        elif isinstance(self._column, sa.Integer | sa.Float):
            plain = sa.Double()  # values may have a fraction even where a column has none
        return f"CAST({array} ->> {place} AS {plain.compile(dialect)})"
