"""PostgreSQL itself stops the statements of queries that take too long, and no others."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
import sqlalchemy as sa

from postgres.cluster import Cluster
from trackteroid.server import DatabaseError, EmbeddedServer, Limits
from trackteroid.server.api import Batch, Reply
from trackteroid.server.compiler import limits
from trackteroid.server.compiler.prepared import Fresh
from trackteroid.server.core.failures import LeftError
from trackteroid.server.core.request import Actor, Request, Stop
from trackteroid.server.model import standard_model

QUERY = {"action": "query", "expression": "select name from Scope"}
SETTING = sa.select(sa.func.current_setting("statement_timeout"))


@pytest.fixture(scope="module")
def url(cluster: Cluster) -> str:
    return cluster.new_database()


@pytest.mark.parametrize("seconds", [0.25, 0.00001])
def test_a_statement_that_takes_too_long_is_stopped(url: str, seconds: float) -> None:
    server = EmbeddedServer(url, limits=Limits(statement_seconds=seconds))
    message = f"LimitError: The query was stopped after {seconds:g} seconds, this server's limit statement_seconds\\."
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE scope IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DatabaseError, match=message):
            server.call([QUERY])
    server.close()


@pytest.mark.parametrize(("seconds", "expected"), [(90, "90s"), (2.5, "2500ms"), (1e12, "2000000s")])
def test_the_limit_ends_with_the_call(url: str, seconds: float, expected: str) -> None:
    server = EmbeddedServer(url, limits=Limits(statement_seconds=seconds, call_seconds=1e12))
    with server.database.begin(write=False) as connection:
        work = Request(standard_model(), connection, Actor("a", "a"), "2024-05-01T12:00:00", limits=server.api.limits)
        assert limits.execute(work, Fresh(SETTING)) == [(expected,)]
    with server.database.begin(write=True) as connection:
        assert connection.execute(SETTING).scalar_one() == "0"
    server.close()


def test_a_client_that_leaves_takes_its_statement_along(url: str) -> None:
    server = EmbeddedServer(url, limits=Limits(statement_seconds=600))
    stop = Stop()
    batch = Batch([QUERY], writes=False)
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
    with psycopg.connect(url, autocommit=True) as watcher, psycopg.connect(url) as other:
        other.execute("LOCK TABLE scope IN ACCESS EXCLUSIVE MODE")
        replies: list[Reply] = []
        asking = threading.Thread(target=lambda: replies.append(server.api.answer(headers, batch, "", stop)))
        asking.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        deadline = time.monotonic() + 30
        while not watcher.execute(waiting).fetchall()[0][0]:
            assert time.monotonic() < deadline
        stop.set()
        asking.join(30)
        assert isinstance(replies[0].error, LeftError)
    assert server.call([QUERY]) == [{"action": "query", "data": [], "metadata": {"next": {"offset": None}}}]
    server.close()
