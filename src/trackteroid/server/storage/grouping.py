"""Transactions of several threads that are committed together, so that they wait for the disk only once.

SQLite has one writer. While one thread waits for its turn or for the disk, others arrive; whoever is next carries out
their work too, each in a savepoint of its own, and commits for all of them. Nobody hears of success before that.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

T = TypeVar("T")

#: The seconds after which those that are done wait for no others: about as long as a disk takes.
_LONGEST: Final = 0.01

Work = Callable[[sa.Connection], Any]
Begin = Callable[[], AbstractContextManager[sa.Connection]]


@dataclass(slots=True, eq=False)
class _Member:
    """The work of one thread.

    Attributes:
        work: What it wants to do in a transaction.
        is_quick: Whether others may wait until it is done as well.
        result: What came of it.
        error: What went wrong, if something did.
        is_done: Whether it is committed, or will not be.
        turn: Set once it is done, or its thread is to lead.
    """

    work: Work
    is_quick: bool
    result: Any = None
    error: Exception | None = None
    is_done: bool = False
    turn: threading.Event = field(default_factory=threading.Event)

    def end(self, error: Exception | None = None) -> None:
        """Let its thread go on."""
        self.error = error
        self.is_done = True
        self.turn.set()

    def join(self, connection: sa.Connection) -> None:
        """Carry it out so that, if it fails, only this is undone.

        Its thread hears of neither before all is committed: what it failed because of may be what others have just
        written.
        """
        try:
            with connection.begin_nested():
                self.result = self.work(connection)
        except Exception as error:
            driver: Any = connection.connection.driver_connection
            if not driver.in_transaction:
                raise  # the database has undone everything
            self.error = error

    def run_alone(self, begin: Begin) -> None:
        """Carry it out in a transaction of its own, unless it is done."""
        if not self.is_done:
            try:
                with begin() as connection:
                    self.result = self.work(connection)
            except Exception as error:  # noqa: BLE001 - its thread raises it
                self.end(error)
            else:
                self.end()


class Grouping:
    """Runs transactions of all threads of a process, in the order in which they come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[_Member] = deque()
        self._has_leader = False

    def run(
        self, work: Callable[[sa.Connection], T], begin: Begin, *, is_quick: bool = False, patience: float | None = None
    ) -> T:
        """Return the result of `work`, once it is committed.

        Args:
            work: What to do; all that it does, a rollback has to undo.
            begin: Returns a transaction that may write: committed at the end of its block, rolled back if that raises.
            is_quick: Whether others may wait until it is done as well; else it is first in its transaction.
            patience: The seconds after which it is given up, if it has not begun by then.

        Raises:
            sqlalchemy.exc.OperationalError: Others kept the database for so long.
        """
        member = _Member(work, is_quick)
        with self._lock:
            self._waiting.append(member)
            leads, self._has_leader = not self._has_leader, True
        if not leads:
            if not member.turn.wait(patience) and self._leaves(member):
                raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
            member.turn.wait()
        if not member.is_done:
            try:
                self._lead(member, begin)
            finally:
                self._hand_over()
        if member.error is not None:
            raise member.error
        return member.result

    def _lead(self, own: _Member, begin: Begin) -> None:
        """Carry out one's own work, which waits longest, and in the same transaction that of others."""
        others: list[_Member] = []
        has_begun = False
        try:
            with begin() as connection:
                has_begun = True
                own.result = own.work(connection)
                end = time.monotonic() + _LONGEST
                while time.monotonic() < end and (member := self._next_after(own)) is not None:
                    others.append(member)
                    member.join(connection)
        except Exception as error:  # noqa: BLE001 - it is for the threads whose work it was
            if others:  # what has been done for some must not fail because of the others
                for member in (own, *others):
                    member.run_alone(begin)
            else:
                own.end(error)
            if not has_begun:
                self._end_all(error)
        except BaseException:
            with self._lock:
                self._waiting.extend(member for member in others if not member.is_done)
            raise
        finally:
            with self._lock:
                if own in self._waiting:
                    self._waiting.remove(own)
        for member in (own, *others):
            if not member.is_done:
                member.end(member.error)

    def _leaves(self, member: _Member) -> bool:
        """Give up waiting; returns whether the work has not begun."""
        with self._lock:
            if member.turn.is_set() or member not in self._waiting:
                return False
            self._waiting.remove(member)
            return True

    def _next_after(self, own: _Member) -> _Member | None:
        """Return who comes next, and does not wait any more, unless others should not wait for it."""
        with self._lock:
            if len(self._waiting) == 1 or not self._waiting[1].is_quick or self._waiting[0] is not own:
                return None
            member = self._waiting[1]
            del self._waiting[1]
            return member

    def _end_all(self, error: Exception) -> None:
        """Tell everybody that no transaction could begin."""
        with self._lock:
            for member in self._waiting:
                member.end(error)
            self._waiting = deque(member for member in self._waiting if not member.is_done)

    def _hand_over(self) -> None:
        """Let the next thread lead, if another one waits."""
        with self._lock:
            if self._waiting:
                self._waiting[0].turn.set()
            else:
                self._has_leader = False
