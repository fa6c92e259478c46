"""Databases of the older schema on PostgreSQL learn what the newer one says more."""

from __future__ import annotations

import psycopg

from postgres.cluster import Cluster, without_newer_schema
from server.newer_schema import answers, fill
from trackteroid.server import EmbeddedServer
from trackteroid.server.storage.migrations import __main__ as new_revision


def test_an_older_database_becomes_what_it_would_have_been(cluster: Cluster) -> None:
    url = cluster.new_database()
    server = EmbeddedServer(url)
    fill(server)
    before = answers(server)
    server.close()
    with psycopg.connect(url, autocommit=True) as connection:
        without_newer_schema(connection)
    server = EmbeddedServer(url)
    assert answers(server) == before
    with server.database.begin(write=False) as connection:
        assert new_revision.differences(connection) == []
    server.close()
