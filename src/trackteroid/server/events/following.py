"""Following the log: what comes into it is handed on in the order of its numbers, each once.

What this process has written itself is not read again. Numbers are given to one transaction after the other, so that
nothing is missing where the first number of what was written is the next one.

That there is more is told by this process at once, by others through the database. PostgreSQL tells those who listen.
SQLite tells nobody, but says cheaply whether another connection has changed something: that is asked fifty times a
second, which takes a thousandth of a processor. A database in memory has no others.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol, cast

from sqlalchemy.exc import DBAPIError

from trackteroid.server.events.log import CHANNEL, Logged, Page
from trackteroid.server.model import Model
from trackteroid.server.storage.database import Database
from trackteroid.server.storage.engines import Outages
from trackteroid.values import frozen

_LOG: Final = logging.getLogger("trackteroid.server.events")

#: How many events are kept that were written here and are not handed on yet. What is more is read.
KEPT: Final = 4_000
#: How many events are remembered that were handed on, in case the log goes back.
_REMEMBERED: Final = 1_000
#: No number is higher.
_ALL: Final = sys.maxsize
#: The seconds between two looks at a file.
LOOK_SECONDS: Final = 0.02
#: The seconds between two attempts to listen, and after which a thread that listens looks whether it is to end.
_PATIENCE: Final = 1.0
_CLOSING_SECONDS: Final = 0.25
#: The seconds after which is looked all the same: a connection may be dead without either side knowing.
LONGEST_SECONDS: Final = 5.0


@frozen
class Own:
    """An event that a client of this process has published.

    Attributes:
        topic: Its topic.
        event: The event.
        content: The event as JSON.
    """

    topic: str
    event: Mapping[str, Any]
    content: str


class Hands(Protocol):
    """Where the log is read, and what hands on what is in it."""

    def read(self, position: int, until: int) -> tuple[Page, Model]:
        """Return some events after a position, and none after another one."""
        ...

    def find(self, sequences: Sequence[int]) -> tuple[Mapping[int, Logged], int]:
        """Return those events with these numbers that are in the log, and its last number."""
        ...

    def deliver(self, logged: Logged, model: Model) -> None:
        """Hand on an event that was read; if that raises, nobody has it."""
        ...

    def deliver_own(self, events: Sequence[Own]) -> None:
        """Hand on events that were published here."""
        ...


@frozen
class _Written:
    """Events that were written together, and the number of the first one."""

    first: int
    events: Sequence[Own]

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


class Follower:
    """Follows the log from a position. One thread hands on, or whoever has written; any thread may tell of more.

    Args:
        hands: What it reads with, and hands on to.
        kept: How many events it keeps that were written here.

    Attributes:
        position: The number up to which everything was handed on.
        woken: Set when there may be more.
    """

    def __init__(self, hands: Hands, *, kept: int = KEPT) -> None:
        self.position = 0
        self.woken = threading.Event()
        self._hands = hands
        self._lock = threading.Lock()
        #: Held by whoever hands on.
        self._handing = threading.Lock()
        self._written: deque[_Written] = deque()
        self._most, self._kept = kept, 0
        self._newest = 0
        self._is_writing = False
        self._is_doubted = False
        #: The numbers of what was handed on last, with what tells it from other events.
        self._handed: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)

    def doubt(self) -> None:
        """Say that the database was away: it may be another one now, or have lost what it had just committed."""
        self._is_doubted = True
        self.look()

    def look(self, newest: int = _ALL) -> None:
        """Say that there may be more in the log, up to a number where that is known."""
        if newest <= self.position:
            return
        with self._lock:
            self._newest = max(self._newest, newest)
        # What is being written here is told here, too, perhaps before whoever writes it hears that it is done.
        if newest == _ALL or not self._is_writing:
            self.woken.set()

    @contextmanager
    def writing(self) -> Generator[None]:
        """A block in which events are written to the log here, at the end of which they are told of by `wrote`."""
        self._is_writing = True
        try:
            yield
        finally:
            self._is_writing = False
            if self._newest > self.position:
                self.woken.set()

    def wrote(self, last: int, events: Sequence[Own]) -> None:
        """Say that events were written to the log here, one after the other, and what number the last one has.

        If it is their turn, they are handed on at once: waking a thread takes longer.
        """
        with self._lock:
            is_kept = self._kept + len(events) <= self._most
            if is_kept:
                self._written.append(_Written(last - len(events) + 1, events))
                self._kept += len(events)
            else:
                self._newest = max(self._newest, last)
        if not self._hand_on_at_once():
            self.woken.set()

    def hand_on(self) -> None:
        """Hand on what is in the log by now. What fails is tried again the next time."""
        with self._handing:
            self._hand_on()

    def _hand_on_at_once(self) -> bool:
        """Hand on what was written here, if nobody else does and nothing has to be read; return whether that is all."""
        if self._is_doubted or not self._handing.acquire(blocking=False):
            return False
        try:
            while (written := self._next_written()) is not None and written.first <= self.position + 1:
                self._hand_on_own(written)
            return written is None and self._newest <= self.position
        finally:
            self._handing.release()

    def _hand_on(self) -> None:
        if self._is_doubted:
            self._is_doubted = False
            try:
                self._go_back()
            except Exception:
                self._is_doubted = True
                raise
        while True:
            written = self._next_written()
            if written is None:
                newest = self._take_newest()
                if newest <= self.position:
                    return
                self._read_all(newest)
            elif written.first > self.position + 1:
                self._read(until=written.first - 1)
            else:
                self._hand_on_own(written)

    def _next_written(self) -> _Written | None:
        """Return what was written here and comes next."""
        with self._lock:
            while self._written and self._written[0].last <= self.position:
                self._kept -= len(self._written.popleft().events)
            return self._written[0] if self._written else None

    def _take_newest(self) -> int:
        """Return the number up to which is to be read."""
        with self._lock:
            newest, self._newest = self._newest, 0
            return newest

    def _hand_on_own(self, written: _Written) -> None:
        events = written.events[self.position + 1 - written.first :]
        self._hands.deliver_own(events)
        self._handed.extend((self.position + place, hash(each.content)) for place, each in enumerate(events, 1))
        self.position = written.last

    def _go_back(self) -> None:
        """Begin again after the last event that was handed on and is in the log still, if numbers were given twice."""
        kept, newest = self._hands.find([number for number, _ in self._handed])
        same = [number for number, mark in self._handed if number in kept and hash(kept[number].content) == mark]
        last = self._handed[-1][0] if self._handed else None
        is_same = (same and same[-1] == last) or (last is None and newest >= self.position)
        if is_same:
            return
        position = same[-1] if same else min(newest, self.position)
        _LOG.warning("The log of events has gone back: of those up to %d it knows %d.", self.position, position)
        self.position = position
        while self._handed and self._handed[-1][0] > position:
            self._handed.pop()

    def _read_all(self, newest: int) -> None:
        try:
            self._read(until=_ALL)
        except Exception:
            with self._lock:
                self._newest = max(self._newest, newest)
            raise

    def _read(self, until: int) -> None:
        """Hand on what is read up to a number."""
        is_last = False
        while not is_last:
            page, model = self._hands.read(self.position, until)
            for logged in page.rows:
                self._hands.deliver(logged, model)
                self._handed.append((logged.sequence, hash(logged.content)))
                self.position = logged.sequence
            is_last = page.is_last
        if until != _ALL:
            self.position = until  # what is missing was never committed


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
        driver: Any = cast("Any", self._database.engine.dialect).loaded_dbapi
        while not self._closing.is_set():
            try:
                connection = self._connection = self._connection or self._listen_again()
                for notice in connection.notifies(timeout=_CLOSING_SECONDS, stop_after=1):
                    # Versions before this one tell no number.
                    self._follower.look(*[int(notice.payload)] if notice.payload else ())
            except (DBAPIError, driver.Error) as error:  # noqa: PERF203 - the loop is for that
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
