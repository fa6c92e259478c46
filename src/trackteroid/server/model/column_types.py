"""The database types that values are kept in, the same in meaning on SQLite and PostgreSQL.

PostgreSQL compares bytes (collation "C") wherever text is kept, so that neither results nor indexes depend on the
locale of the machine. Text that compares without regard to case is compared in lower case there, by expressions that
SQLite does not see: its columns have a collation of their own for that. Both fold the letters A to Z only.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

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
    """`text` as it is compared when case does not matter: ASCII letters in lower case."""
    return text.translate(_LOWER)


class CaselessValue(sa.TypeDecorator[str]):
    """A value that is compared with caseless text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """The value as the database compares it; SQLite's collation does the folding itself."""
        return lower_ascii(value) if dialect.name == "postgresql" and isinstance(value, str) else value


class caseless(FunctionElement[str]):  # noqa: N801 - used as a function, like those of SQLAlchemy
    """Text as it is compared when case does not matter."""

    name = "caseless"
    inherit_cache = True
    type = CaselessValue()


@compiles(caseless)
def _leave(element: caseless, compiler: SQLCompiler, **options: Any) -> str:
    return ", ".join(compiler.process(clause, **options) for clause in element.clauses)


@compiles(caseless, "postgresql")
def _fold(element: caseless, compiler: SQLCompiler, **options: Any) -> str:
    return f"lower({_leave(element, compiler, **options)})"


class CaselessText(sa.Text):
    """Text that compares, matches and sorts without regard to case."""

    class Comparator(sa.Text.Comparator[str]):
        """Compares the caseless text."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """The comparison, of caseless operands."""
            if op in _COMPARING:
                return op(caseless(self.expr), *(_operand(value) for value in other), **kwargs)
            return super().operate(op, *other, **kwargs)

    comparator_factory: Callable[..., Any] = Comparator  # pyright: ignore[reportIncompatibleMethodOverride] -- SQLAlchemy's own way to replace it


def _operand(value: Any) -> Any:
    """The other side of a comparison: columns fold too, values do when they are bound."""
    return caseless(value) if isinstance(getattr(value, "type", None), CaselessText) else value


class WholeNumber(sa.Integer):
    """An integer, which may be compared with a fraction."""

    def coerce_compared_value(self, op: Any, value: Any) -> sa.types.TypeEngine[Any]:
        """A fraction is compared as it is; PostgreSQL would round it first."""
        return sa.Float() if isinstance(value, float) else super().coerce_compared_value(op, value)


class JsonText(sa.TypeDecorator[Any]):
    """JSON kept as text. SQLite would take a column of its own JSON type for a number and store ``1009.0`` as 1009."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Text that compares byte by byte."""
        return dialect.type_descriptor(sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        """The text of a value."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        """The value of a text."""
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
