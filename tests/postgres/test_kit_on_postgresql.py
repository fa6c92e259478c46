"""Servers of tests on PostgreSQL: each on a database of its own, of which nothing is left."""

from __future__ import annotations

from pathlib import Path

import psycopg

from postgres.cluster import Cluster
from trackteroid.testing import FreshServer, Make, PostgresTemplate


def test_every_test_has_a_database_of_its_own(cluster: Cluster, tmp_path: Path) -> None:
    before = databases(cluster)
    template = PostgresTemplate(cluster.url, tmp_path)
    with FreshServer(template) as one, FreshServer(template) as other:
        assert len(Make(one.session()).shots(2)) == 2
        assert len(databases(cluster) - before) == 3
        with one.faults.restart():
            pass
        assert len(one.stock_session().query("Shot").all()) == 2
        assert not other.stock_session().query("Shot").all()
    template.close()
    assert databases(cluster) == before
    assert not list(tmp_path.iterdir())


def databases(cluster: Cluster) -> set[str]:
    with psycopg.connect(cluster.url) as connection:
        return {name for (name,) in connection.execute("select datname from pg_database")}
