"""How whoever follows the log learns that there is more: from this process at once, from others through the database.

PostgreSQL tells those who listen. SQLite tells nobody, but says cheaply whether another connection has changed
something: that is asked fifty times a second, which takes a thousandth of a processor. A database in memory has no
others.
"""

from __future__ import annotations

import threading
from typing import Any, Final, Protocol, cast

from sqlalchemy.exc import DBAPIError

from trackteroid.server.events.following import Follower
from trackteroid.server.events.log import CHANNEL
from trackteroid.server.storage.database import Database
from trackteroid.server.storage.engines import Outages

#: The seconds between two looks at a file.
LOOK_SECONDS: Final = 0.02
#: The seconds between two attempts to listen, and after which a thread that listens looks whether it is to end.
_PATIENCE: Final = 1.0
_CLOSING_SECONDS: Final = 0.25
#: The seconds after which is looked all the same: a connection may be dead without either side knowing.
LONGEST_SECONDS: Final = 5.0


class Watch(Protocol):
    """Waits for more, and tells a follower of it."""

    def wait(self) -> None:
        """Return when there may be more, because somebody of this process says so or another one has written."""
        ...

    def close(self) -> None:
        """Stop watching."""
        ...


def watch(database: Database, follower: Follower, outages: Outages) -> Watch:
    """Return what watches a database, and tells a follower that there is more."""
    if database.engine.dialect.name == "postgresql":
        return _Listening(database, follower, outages)
    return _Memory(follower) if database.is_memory else _Looking(database, follower)


class _Memory:
    """Nobody else writes."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def wait(self) -> None:
        self._follower.woken.wait()

    def close(self) -> None:
        """There is nothing to stop."""


class _Looking:
    """Looks at a file again and again."""

    def __init__(self, database: Database, follower: Follower) -> None:
        self._follower = follower
        self._connection = _own_connection(database)
        self._version = self._look()

    def wait(self) -> None:
        while not self._follower.woken.wait(LOOK_SECONDS):
            version = self._look()
            if version != self._version:
                self._version = version
                self._follower.look()

    def close(self) -> None:
        self._connection.close()

    def _look(self) -> int:
        return self._connection.execute("PRAGMA data_version").fetchone()[0]


class _Listening:
    """Listens in a thread of its own, on a connection of its own."""

    def __init__(self, database: Database, follower: Follower, outages: Outages) -> None:
        self._database = database
        self._follower = follower
        self._outages = outages
        self._closing = threading.Event()
        self._connection = self._listen()
        self._thread = threading.Thread(target=self._run, name="trackteroid-listening", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        if not self._follower.woken.wait(LONGEST_SECONDS):
            self._follower.look()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _listen(self) -> Any:
        connection = _own_connection(self._database)
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        return connection

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._connection = self._connection or self._listen_again()
                for notice in connection.notifies(timeout=_CLOSING_SECONDS, stop_after=1):
                    # Versions before this one tell no number.
                    self._follower.look(*[int(notice.payload)] if notice.payload else ())
            except (DBAPIError, _driver_error(self._database)) as error:  # noqa: PERF203 - the loop is for that
                self._outages.failed(error)
                self._hang_up()
                self._closing.wait(_PATIENCE)
        self._hang_up()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _listen_again(self) -> Any:
        with self._outages.reaching():
            connection = self._listen()
        self._follower.doubt()
        return connection


def _own_connection(database: Database) -> Any:
    """Return a connection of the driver that no transaction will ever have; whoever has it closes it."""
    connection = database.engine.raw_connection()
    driver = connection.driver_connection
    connection.detach()
    return driver


def _driver_error(database: Database) -> type[Exception]:
    return cast("type[Exception]", cast("Any", database.engine.dialect).loaded_dbapi.Error)
