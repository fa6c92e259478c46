"""What answering a query may cost: time for each statement, rows in all."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from ..failures import LimitError
from ..work import Work

MAX_ROWS = 1_000_000
"""The most rows one statement may bring. Queries without ``limit`` are answered in one piece, up to this."""

#: How many steps SQLite takes between two looks at the clock: about a millisecond.
_STEPS = 50_000

#: How databases say that a statement took too long, and that they cannot hold an expression.
_TOO_LONG = ("interrupted", "statement timeout")
_TOO_DEEP = (
    "parser stack overflow",
    "Expression tree is too large",
    "too many",
    "at most 64 tables",
    "stack depth limit",
)


def execute(work: Work, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """All rows of a statement.

    Raises:
        LimitError: It takes too long, brings too many rows or is more than the database can hold.
    """
    try:
        with _timed(work):
            rows = work.connection.execute(statement).fetchmany(MAX_ROWS + 1)
    except RecursionError:
        raise LimitError("The query nests too deep. Split it into several.") from None
    except OperationalError as error:
        reason = str(error.orig)
        if any(sign in reason for sign in _TOO_DEEP):
            raise LimitError("The query is more than the database can hold at once. Split it into several.") from None
        if any(sign in reason for sign in _TOO_LONG):
            raise LimitError(
                f"The query was stopped after {work.statement_seconds:g} seconds. Ask for less at once, with limit and "
                "offset, or for what an index can find: ids, references, names."
            ) from None
        raise
    check_rows(len(rows))
    return rows


def check_rows(count: int) -> None:
    """Refuse an answer of more than `MAX_ROWS` rows."""
    if count > MAX_ROWS:
        raise LimitError(f"The answer has more than {MAX_ROWS} rows. Ask for pages, with limit and offset.")


@contextmanager
def _timed(work: Work) -> Generator[None]:
    """Have the database stop statements of the block that take longer than `Work.statement_seconds`."""
    connection, seconds = work.connection, work.statement_seconds
    if connection.dialect.name != "sqlite":
        if "statement_timeout" not in work.notes:
            work.notes["statement_timeout"] = seconds
            connection.execute(sa.select(sa.func.set_config("statement_timeout", f"{seconds * 1000:.0f}ms", True)))
        yield
        return
    driver: Any = connection.connection.driver_connection
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
