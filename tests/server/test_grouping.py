"""Threads that write to one file of SQLite share a transaction; each hears of its own success or failure only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from trackteroid.server import Database
from trackteroid.server.model import standard_model

SCOPES = standard_model().table("Scope")
LINKS = standard_model().table("ContextScope")

Work = Callable[[sa.Connection], Any]


class Crowd:
    """Threads that write while another one has the database, and come in the order in which they are named."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.results: dict[str, Any] = {}
        self.commits = 0
        event.listen(database.engine, "commit", self._count)

    def _count(self, _: Any) -> None:
        self.commits += 1

    def names(self) -> set[str]:
        """What is there."""
        with self.database.begin(write=False) as connection:
            return set(connection.execute(sa.select(SCOPES.c.id)).scalars())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Somebody has the database for the time of a block; then the others follow. Counts their commits."""
        has_begun, may_end = threading.Event(), threading.Event()

        def hold(_: sa.Connection) -> None:
            has_begun.set()
            may_end.wait()

        holder = threading.Thread(target=self.database.run, args=(hold,), kwargs={"write": True})
        holder.start()
        has_begun.wait()
        threads_before = set(threading.enumerate())
        try:
            yield
        finally:
            self.commits = 0
            may_end.set()
            for thread in [holder, *(set(threading.enumerate()) - threads_before)]:
                thread.join()

    def write(self, name: str, work: Work, **options: Any) -> None:
        """Let a thread come."""
        options = {"is_quick": True, **options}

        def run() -> None:
            try:
                self.results[name] = self.database.run(work, write=True, **options)
            except BaseException as error:  # noqa: BLE001 - it is looked at
                self.results[name] = error

        waiting = self.database._grouping._waiting  # pyright: ignore[reportPrivateUsage, reportOptionalMemberAccess] - nothing else tells who waits
        before = len(waiting)
        threading.Thread(target=run).start()
        while len(waiting) == before and name not in self.results:
            threading.Event().wait(0.001)


def making(name: str) -> Work:
    return lambda connection: connection.execute(sa.insert(SCOPES).values(id=name, name=name)).rowcount


def failing(name: str) -> Work:
    def work(connection: sa.Connection) -> None:
        making(name)(connection)
        raise ValueError(name)

    return work


def dangling(connection: sa.Connection) -> None:
    """What the database refuses only when it is committed."""
    connection.execute(sa.insert(LINKS).values(context_id="nowhere", scope_id="nothing"))


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    database = Database(f"sqlite:///{(tmp_path / 'studio.db').as_posix()}")
    yield Crowd(database)
    database.close()


def test_who_waits_at_the_same_time_is_committed_together(crowd: Crowd) -> None:
    with crowd.held():
        for name in "abcd":
            crowd.write(name, making(name))
    assert crowd.results == dict.fromkeys("abcd", 1)
    assert crowd.names() == set("abcd")
    assert crowd.commits < 1 + len("abcd")  # that of the holder is one


def test_who_fails_hears_of_it_and_nobody_else_does(crowd: Crowd) -> None:
    with crowd.held():
        crowd.write("a", making("a"))
        crowd.write("b", failing("b"))
        crowd.write("c", failing("c"))
        crowd.write("d", making("d"))
    assert [type(crowd.results[name]) for name in "abcd"] == [int, ValueError, ValueError, int]
    assert crowd.names() == {"a", "d"}


@pytest.mark.slow
def test_who_is_refused_because_of_others_hears_of_it_once_they_are_committed(crowd: Crowd) -> None:
    heard_early: list[bool] = []

    def look(_: sa.Connection) -> None:
        end = time.monotonic() + 0.5
        while "again" not in crowd.results and time.monotonic() < end:
            threading.Event().wait(0.001)
        heard_early.append("again" in crowd.results)

    with crowd.held():
        crowd.write("a", making("a"))
        crowd.write("again", making("a"))
        crowd.write("looking", look)
    assert isinstance(crowd.results["again"], sa.exc.IntegrityError)
    assert heard_early == [False], "it was refused because of an entity that nobody could find yet"


@pytest.mark.slow
@pytest.mark.parametrize("names", ["abx", "xab", "axb"])
def test_what_is_refused_at_the_end_is_refused_to_whoever_did_it(crowd: Crowd, names: str) -> None:
    with crowd.held():
        for name in names:
            crowd.write(name, dangling if name == "x" else making(name))
    assert isinstance(crowd.results.pop("x"), sa.exc.IntegrityError)
    assert crowd.results == {"a": 1, "b": 1}
    assert crowd.names() == {"a", "b"}


def test_what_the_database_undoes_as_a_whole_is_done_again(crowd: Crowd) -> None:
    def undo(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute("ROLLBACK")
        raise ValueError

    with crowd.held():
        crowd.write("a", making("a"))
        crowd.write("x", undo)
        crowd.write("b", making("b"))
    assert crowd.names() == {"a", "b"}
    assert isinstance(crowd.results["x"], Exception)


def test_nobody_waits_for_what_may_take_long(crowd: Crowd) -> None:
    with crowd.held():
        crowd.write("a", making("a"))
        crowd.write("b", making("b"), is_quick=False)
        crowd.write("c", making("c"), is_quick=False)
    assert crowd.names() == set("abc")
    assert crowd.commits == 1 + len("abc")


def test_an_interrupted_thread_leaves_the_others_their_turn(crowd: Crowd) -> None:
    def interrupted(connection: sa.Connection) -> None:
        making("x")(connection)
        raise KeyboardInterrupt

    with crowd.held():
        crowd.write("x", interrupted, is_quick=False)
        crowd.write("a", making("a"))
    assert isinstance(crowd.results["x"], KeyboardInterrupt)
    assert crowd.names() == {"a"}
    assert crowd.database.run(making("b"), write=True) == 1


def test_who_has_no_patience_leaves(crowd: Crowd) -> None:
    with crowd.held():
        crowd.write("a", making("a"), patience=0)
        crowd.write("b", making("b"))
        while "a" not in crowd.results:
            threading.Event().wait(0.001)
        assert isinstance(crowd.results["a"], OperationalError)
    assert crowd.names() == {"b"}
