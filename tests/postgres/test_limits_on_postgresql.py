"""PostgreSQL itself stops the statements of queries that take too long, and no others."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from postgres.cluster import Cluster
from trackteroid.server import DatabaseError, EmbeddedServer, Limits
from trackteroid.server.compiler import limits
from trackteroid.server.core.request import Actor, Request
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
    server = EmbeddedServer(url, limits=Limits(statement_seconds=seconds))
    with server.database.begin(write=False) as connection:
        work = Request(standard_model(), connection, Actor("a", "a"), "2024-05-01T12:00:00", limits=server.api.limits)
        assert limits.execute(work, SETTING) == [(expected,)]
    with server.database.begin(write=True) as connection:
        assert connection.execute(SETTING).scalar_one() == "0"
    server.close()
