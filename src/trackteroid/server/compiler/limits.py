"""What answering a query may cost: time for each statement and for the call, rows in all. What is slow is logged."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from trackteroid.server.compiler.prepared import Rows, Statement
from trackteroid.server.core.failures import LimitError, QueryError
from trackteroid.server.core.request import Request

_SLOW = logging.getLogger("trackteroid.server.slow")

#: How many steps SQLite takes between two looks at the clock: about a millisecond.
_STEPS = 50_000

#: The seconds that PostgreSQL's setting can hold; there, 0 would mean no limit.
_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 0.001, 2_000_000.0

#: The seconds that PostgreSQL has to hear that a statement is to be stopped.
_PATIENCE = 5.0

#: From where on SQLite has no whole numbers, how it says so, and what clients are told on any database.
LARGEST, _OVERFLOW = 2**63, "integer overflow"
TOO_LARGE = "A sum has more than 63 bits. Sum fewer entities at once, or ask for the values and sum these."

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


def execute(request: Request, statement: Statement, *, wanted: int | None = None) -> Rows:
    """Return all rows of a statement. Those after the `wanted` ones only tell that there are more, and do not count.

    Raises:
        LimitError: It takes too long, brings too many rows or is more than the database can hold.
        QueryError: A sum is too large for it.
        LeftError: Whoever asked has left.
    """
    began = time.monotonic()
    try:
        with _timed(request):
            rows = statement.rows(request.connection, request.limits.answer_rows + 2)
    except RecursionError:
        raise LimitError("The query nests too deep. Split it into several.") from None
    except OperationalError as error:
        reason = str(error.orig)
        if reason == _OVERFLOW:
            raise QueryError(TOO_LARGE) from None
        if any(sign in reason for sign in _TOO_DEEP):
            raise LimitError("The query is more than the database can hold at once. Split it into several.") from None
        if reason == _INTERRUPTED or getattr(error.orig, "sqlstate", None) == _CANCELLED:
            request.spending.stop.check()
            request.spending.seconds_left(request.limits)
            raise LimitError(
                f"The query was stopped after {request.limits.statement_seconds:g} seconds, this server's limit "
                "statement_seconds. Ask for less at once, with limit and offset, or for what an index can find: ids, "
                "references, names."
            ) from None
        raise
    if request.slow_query is not None and (seconds := time.monotonic() - began) >= request.slow_query:
        _SLOW.warning(
            "A statement took %.3f seconds, for %s, who asked %r. Its plan:\n%s",
            seconds,
            request.actor.username,
            request.text,
            statement.explained(request.connection),
        )
    brought = len(rows[:wanted])
    check_rows(request, brought)
    request.spending.add_rows(brought, request.limits)
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
    connection, spending = request.connection, request.spending
    seconds = min(request.limits.statement_seconds, spending.seconds_left(request.limits))
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        timeout = min(max(_SHORTEST_TIMEOUT, seconds), _LONGEST_TIMEOUT)
        if not request.timeouts or timeout < request.timeouts[-1]:
            request.timeouts.append(timeout)
            connection.execute(sa.select(sa.func.set_config("statement_timeout", f"{timeout * 1000:.0f}ms", True)))
        try:
            with spending.stop.interrupting(lambda: driver.cancel_safe(timeout=_PATIENCE)):
                yield
        finally:
            if spending.stop.is_set:
                # The message to stop may arrive late, so nobody uses this connection again.
                connection.invalidate()
                spending.stop.check()
        return
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: spending.stop.is_set or time.monotonic() > end, _STEPS)
    try:
        spending.stop.check()
        yield
    finally:
        driver.set_progress_handler(None, 0)
