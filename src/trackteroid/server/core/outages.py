"""Telling that the database is away: once when that begins, and once when it is over."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import InterfaceError, OperationalError


class Outages:
    """What somebody who needs the database again and again tells of it. Any thread may.

    Args:
        log: Where they tell it.
        who: Who they are.
    """

    def __init__(self, log: logging.Logger, who: str) -> None:
        self._log = log
        self._who = who
        self._lock = threading.Lock()
        self._since: float | None = None

    @property
    def is_on(self) -> bool:
        """Whether the database is away."""
        return self._since is not None

    def tell(self, error: Exception, what: str) -> None:
        """Tell of an error and *what* has failed with it; of a database that is away, only that, and only once."""
        if isinstance(error, (OperationalError, InterfaceError)):
            self.failed(error)
        else:
            self._log.error("%s", what, exc_info=error)

    def failed(self, error: Exception) -> None:
        """Tell that the database is away, unless it was already."""
        with self._lock:
            if self._since is not None:
                return
            self._since = time.monotonic()
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        self._log.warning("%s cannot reach the database (%s), and tries again until it can.", self._who, reason)

    @contextmanager
    def reaching(self) -> Generator[None]:
        """A block that uses the database: if it succeeds, and has begun since, that is no longer away."""
        began = time.monotonic()
        yield
        if self._since is not None and began >= self._since:
            self._over()

    def _over(self) -> None:
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            self._log.warning("%s reaches the database again, after %.0f s.", self._who, time.monotonic() - since)
