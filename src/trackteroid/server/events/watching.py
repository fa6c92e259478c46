"""How whoever follows the log learns that there is more: from this process at once, from others through the database.

PostgreSQL tells those who listen. SQLite tells nobody, but says cheaply whether another connection has changed
something: that is asked fifty times a second, which takes a thousandth of a processor. A database in memory has no
others.
"""

from __future__ import annotations

import logging
import threading
from typing import Any, Final, Protocol, cast

from sqlalchemy.exc import DBAPIError

from trackteroid.server.events.log import CHANNEL
from trackteroid.server.storage.database import Database

_LOG: Final = logging.getLogger("trackteroid.server.events")

#: The seconds between two looks at a file.
LOOK_SECONDS: Final = 0.02
#: The seconds after which is looked all the same, and between two attempts to listen.
_PATIENCE: Final = 1.0


class Watch(Protocol):
    """Waits for more."""

    def wait(self, woken: threading.Event) -> None:
        """Return when there may be more, because somebody of this process says so or another one has written."""
        ...

    def close(self) -> None:
        """Stop watching."""
        ...


def watch(database: Database, woken: threading.Event) -> Watch:
    """Return what watches a database. What it learns while nobody waits sets `woken`."""
    if database.engine.dialect.name == "postgresql":
        return _Listening(database, woken)
    return _Memory() if database.is_memory else _Looking(database)


class _Memory:
    """Nobody else writes."""

    def wait(self, woken: threading.Event) -> None:
        woken.wait()

    def close(self) -> None:
        """There is nothing to stop."""


class _Looking:
    """Looks at a file again and again."""

    def __init__(self, database: Database) -> None:
        self._connection = _own_connection(database)
        self._version = self._look()

    def wait(self, woken: threading.Event) -> None:
        while not woken.wait(LOOK_SECONDS):
            version = self._look()
            if version != self._version:
                self._version = version
                return

    def close(self) -> None:
        self._connection.close()

    def _look(self) -> int:
        return self._connection.execute("PRAGMA data_version").fetchone()[0]


class _Listening:
    """Listens in a thread of its own, on a connection of its own."""

    def __init__(self, database: Database, woken: threading.Event) -> None:
        self._database = database
        self._woken = woken
        self._closing = threading.Event()
        self._connection = self._listen()
        self._thread = threading.Thread(target=self._run, name="trackteroid-listening", daemon=True)
        self._thread.start()

    def wait(self, woken: threading.Event) -> None:
        woken.wait()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _listen(self) -> Any:
        connection = _own_connection(self._database)
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        return connection

    def _run(self) -> None:
        connection = self._connection
        while not self._closing.is_set():
            try:
                connection = connection or self._listen()
                for _ in connection.notifies(timeout=_PATIENCE / 4, stop_after=1):
                    self._woken.set()
            except (DBAPIError, _driver_error(self._database)) as error:  # noqa: PERF203 - the loop is for that
                _LOG.warning("Cannot hear from the database what happens elsewhere (%s); trying again.", error)
                connection = None
                self._closing.wait(_PATIENCE)
                self._woken.set()  # there may have been something
        if connection is not None:
            connection.close()


def _own_connection(database: Database) -> Any:
    """Return a connection of the driver that no transaction will ever have; whoever has it closes it."""
    connection = database.engine.raw_connection()
    driver = connection.driver_connection
    connection.detach()
    return driver


def _driver_error(database: Database) -> type[Exception]:
    return cast("type[Exception]", cast("Any", database.engine.dialect).loaded_dbapi.Error)
