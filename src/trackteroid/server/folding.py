"""Text without regard to case, beyond ASCII.

Columns of text compare without regard to the case of ASCII letters by themselves (``COLLATE NOCASE`` and ``LIKE`` of
SQLite), which indexes serve. Only a value that holds other letters has to be met by `Folded` columns, which none does.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

#: What databases call `fold`. SQLite connections learn it (`register`), PostgreSQL databases keep a function.
FUNCTION = "trackteroid_fold"


def fold(text: Any) -> Any:
    """The same text for all spellings that differ in case only; anything but text is left alone.

    >>> fold("ÄRGER")
    'ärger'
    """
    return text.lower() if isinstance(text, str) else text


class Folded(GenericFunction[str]):
    """The text of a column, folded by the database."""

    type = sa.Text()
    name = "folded"
    inherit_cache = True


@compiles(Folded)
def _lower(element: Folded, compiler: SQLCompiler, **options: Any) -> str:  # pyright: ignore[reportUnusedFunction] -- registered
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(Folded, "sqlite", "postgresql")
def _fold(element: Folded, compiler: SQLCompiler, **options: Any) -> str:  # pyright: ignore[reportUnusedFunction] -- registered
    return f"{FUNCTION}({compiler.process(element.clauses, **options)})"


def register(connection: Any) -> None:
    """Teach a SQLite connection, as the driver makes it, to fold text."""
    connection.create_function(FUNCTION, 1, fold, deterministic=True)
