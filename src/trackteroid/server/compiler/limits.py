"""What answering a query may cost: time for each statement, rows in all."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from ..core.failures import LimitError
from ..core.request import Request

#: How many steps SQLite takes between two looks at the clock: about a millisecond.
_STEPS = 50_000

#: The seconds that PostgreSQL's setting can hold; there, 0 would mean no limit.
_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 0.001, 2_000_000.0

#: How SQLite and PostgreSQL say that a statement took too long, and both that they cannot hold an expression.
_INTERRUPTED, _CANCELLED = "interrupted", "57014"
_TOO_DEEP = (
    "parser stack overflow",
    "Expression tree is too large",
    "too many",
    "at most 64 tables",
    "stack depth limit",
    "pattern too complex",
)


def execute(request: Request, statement: sa.Select[Any], *, wanted: int | None = None) -> Sequence[sa.Row[Any]]:
    """All rows of a statement. Those after the `wanted` ones only tell that there are more, and do not count.

    Raises:
        LimitError: It takes too long, brings too many rows or is more than the database can hold.
    """
    try:
        with _timed(request):
            rows = request.connection.execute(statement).fetchmany(request.limits.answer_rows + 2)
    except RecursionError:
        raise LimitError("The query nests too deep. Split it into several.") from None
    except OperationalError as error:
        reason = str(error.orig)
        if any(sign in reason for sign in _TOO_DEEP):
            raise LimitError("The query is more than the database can hold at once. Split it into several.") from None
        if reason == _INTERRUPTED or getattr(error.orig, "sqlstate", None) == _CANCELLED:
            raise LimitError(
                f"The query was stopped after {request.limits.statement_seconds:g} seconds, this server's limit "
                "statement_seconds. Ask for less at once, with limit and offset, or for what an index can find: ids, "
                "references, names."
            ) from None
        raise
    check_rows(request, len(rows[:wanted]))
    return rows


def check_rows(request: Request, count: int) -> None:
    """Refuse an answer of more than `Limits.answer_rows` rows."""
    if count > request.limits.answer_rows:
        raise LimitError(
            f"The answer has more than {request.limits.answer_rows} rows, this server's limit answer_rows. Ask for "
            "pages, with limit and offset."
        )


@contextmanager
def _timed(request: Request) -> Generator[None]:
    """Have the database stop statements of the block that take longer than `Limits.statement_seconds`."""
    connection, seconds = request.connection, request.limits.statement_seconds
    if connection.dialect.name != "sqlite":
        if not request.timeouts:
            request.timeouts.append(seconds)
            timeout = min(max(_SHORTEST_TIMEOUT, seconds), _LONGEST_TIMEOUT)
            connection.execute(sa.select(sa.func.set_config("statement_timeout", f"{timeout * 1000:.0f}ms", True)))
        yield
        return
    driver: Any = connection.connection.driver_connection
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
