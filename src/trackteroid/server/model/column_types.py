"""The database types that values are kept in, the same in meaning on SQLite and PostgreSQL.

PostgreSQL compares bytes (collation "C") wherever text is kept, so that neither results nor indexes depend on the
locale of the machine. Text that compares without regard to case is compared in lower case there; in SQLite its columns
have a collation of their own for that. Both fold the letters A to Z only, so text with other letters has its folding
stored beside it (`folding`), and that is compared instead.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from trackteroid.server.model.folding import folded

T = TypeVar("T")

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_COMPARING = {
    operators.eq,
    operators.ne,
    operators.lt,
    operators.le,
    operators.gt,
    operators.ge,
    operators.in_op,
    operators.not_in_op,
    operators.like_op,
    operators.not_like_op,
    operators.asc_op,
    operators.desc_op,
}


def lower_ascii(text: str) -> str:
    """Return `text` as it is compared when case does not matter: ASCII letters in lower case."""
    return text.translate(_LOWER)


class PlainValue(sa.TypeDecorator[str]):
    """A value that is compared with text of which databases fold the letters A to Z, and nothing else is folded."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Return the value as the database compares it; SQLite's collation does the folding itself."""
        return lower_ascii(value) if dialect.name == "postgresql" and isinstance(value, str) else value


class FoldedValue(sa.TypeDecorator[str]):
    """A value that is compared with text beside which its folding is stored."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002 - as SQLAlchemy calls it
        """Return the folding of the value."""
        return folded(value) if isinstance(value, str) else value


class OwnFunction(FunctionElement[T]):
    """A function that each of the databases has its own words for."""

    inherit_cache = True

    def sql(self, dialect: sa.Dialect, *clauses: str) -> str:
        """Return its SQL around that of its clauses."""
        raise NotImplementedError


@compiles(OwnFunction)
def compile_own_function(element: OwnFunction[Any], compiler: SQLCompiler, **options: Any) -> str:
    """Return the SQL of a function."""
    return element.sql(compiler.dialect, *(compiler.process(clause, **options) for clause in element.clauses))


class caseless(OwnFunction[str]):  # noqa: N801 - used as a function, like those of SQLAlchemy
    """Text as it is compared when case does not matter: its folding where one is stored beside it.

    Args:
        column: The text.
        plain: Fold the letters A to Z only, to compare it with text beside which nothing is stored.
    """

    name = "caseless"
    inherit_cache = True

    def __init__(self, column: sa.ColumnElement[Any], *, plain: bool = False) -> None:
        beside = None if plain else companion(column)
        super().__init__(*([column] if beside is None else [beside, column]))
        self.value_type = _PLAIN if beside is None else _FOLDED
        self.type = self.value_type

    @property
    def is_folded(self) -> bool:
        """Whether it is all of our folding, and not only that of the database."""
        return self.value_type is _FOLDED

    def sql(self, dialect: sa.Dialect, *clauses: str) -> str:
        """Return the folding where there is one, else the text, which the database folds."""
        if dialect.name == "postgresql":
            *beside, text = clauses
            return f"coalesce({beside[0]}, lower({text}))" if beside else f"lower({text})"
        return f"(coalesce({', '.join(clauses)}) COLLATE NOCASE)" if self.is_folded else clauses[0]


#: One of each, because making one takes longer than all the rest of an element.
_PLAIN, _FOLDED = PlainValue(), FoldedValue()


def companion(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any] | None:
    """Return the column with the folding of what `column` holds, if there is one."""
    table = getattr(column, "table", None)
    return None if table is None else table.c.get(f"{getattr(column, 'name', '')}_folded")


class CaselessText(sa.Text):
    """Text that compares, matches and sorts without regard to case."""

    class Comparator(sa.Text.Comparator[str]):
        """Compares the caseless text."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Return the comparison, of caseless operands: columns fold too, values do when they are bound."""
            if op not in _COMPARING:
                return super().operate(op, *other, **kwargs)
            columns = [self.expr, *(value for value in other if _is_caseless(value))]
            plain = any(companion(column) is None for column in columns)
            operands = (caseless(value, plain=plain) if _is_caseless(value) else value for value in other)
            return op(caseless(self.expr, plain=plain), *operands, **kwargs)

    comparator_factory: Callable[..., Any] = Comparator  # pyright: ignore[reportIncompatibleMethodOverride] -- SQLAlchemy's own way to replace it


def _is_caseless(value: Any) -> bool:
    return isinstance(getattr(value, "type", None), CaselessText)


class WholeNumber(sa.Integer):
    """An integer, which may be compared with a fraction."""

    def coerce_compared_value(self, op: Any, value: Any) -> sa.types.TypeEngine[Any]:
        """Return a fraction as it is; PostgreSQL would round it before comparing."""
        return sa.Float() if isinstance(value, float) else super().coerce_compared_value(op, value)


class JsonText(sa.TypeDecorator[Any]):
    """JSON kept as text. SQLite would take a column of its own JSON type for a number and store ``1009.0`` as 1009."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return text that compares byte by byte."""
        return dialect.type_descriptor(sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - as SQLAlchemy calls it
        """Return the text of a value."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:  # noqa: ARG002 - as SQLAlchemy calls it
        """Return the value of a text."""
        return None if value is None else json.loads(value)


BOOLEAN = sa.Boolean(create_constraint=False)
WHOLE = WholeNumber().with_variant(sa.BigInteger(), "postgresql")
NUMBER = sa.Float()
JSON = JsonText()
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
CASELESS = (
    CaselessText()
    .with_variant(CaselessText(collation="NOCASE"), "sqlite")
    .with_variant(CaselessText(collation="C"), "postgresql")
)
