"""What becomes of a batch when the database refuses rows that were written together."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from trackteroid.server.core.failures import Failure, LeftError, LimitError
from trackteroid.server.core.request import Request
from trackteroid.server.storage import engines


class RefusedTogetherError(Exception):
    """The database has refused rows that were written together. Which of them it is shows when they come one by one."""


@contextmanager
def refused_together(request: Request) -> Generator[None]:
    """Raise `RefusedTogetherError` for what the database refuses in a block that carries out a batch.

    What waits to be written when an operation fails belongs to operations before it, so it is tried first.
    """
    try:
        try:
            yield
        except (LeftError, LimitError):
            raise
        except Failure:
            request.pending.flush(request.transaction)
            raise
    except (DBAPIError, OverflowError) as error:
        has_others = isinstance(error, DBAPIError) and (engines.must_start_again(error) or engines.is_busy(error))
        if request.pending.one_by_one or has_others:
            raise
        raise RefusedTogetherError from error
