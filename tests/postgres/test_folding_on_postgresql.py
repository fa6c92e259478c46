"""Databases of older versions on PostgreSQL get the foldings of their texts and ids in one spelling."""

from __future__ import annotations

import psycopg

from postgres.cluster import Cluster, without_permissions
from trackteroid.server import Database
from trackteroid.server.storage.migrations import __main__ as new_revision

ROWS = (
    "insert into scope (id, name) select 'i' || n, case when n % 3 = 0 then 'Ärger' else 'plain' end || n "
    "from generate_series(1, 6003) n",
    "insert into setting (name, \"group\", value) values ('a', 'b', 'Ü')",
    "insert into event (id, action) values (5, 'Ö'), (6, 'x')",
    "insert into asset (id, name) values ('11C137C0EE7E4F9C91C58C77CEC22B2C', 'x')",
    "insert into asset_version (id, asset_id) values ('v', '11C137C0EE7E4F9C91C58C77CEC22B2C')",
    "update alembic_version set version_num = '0006'",
)
COLUMNS = "select table_name, column_name from information_schema.columns where column_name like '%\\_folded'"


def test_an_older_database_gets_foldings_and_ids(cluster: Cluster) -> None:
    url = cluster.new_database()
    Database(url).close()
    with psycopg.connect(url, autocommit=True) as connection:
        without_permissions(connection)
        for table, column in connection.execute(COLUMNS).fetchall():
            connection.execute(f'alter table "{table}" drop column "{column}" cascade')
        for statement in ROWS:
            connection.execute(statement)
    database = Database(url)
    with database.begin(write=False) as connection:
        assert new_revision.differences(connection) == []
    database.close()
    with psycopg.connect(url) as connection:
        found = connection.execute("select count(name_folded), min(name_folded) from scope").fetchall()
        assert found == [(2001, "ärger1002")]
        assert connection.execute("select value_folded from setting where name = 'a'").fetchall() == [("ü",)]
        assert connection.execute("select action_folded from event order by id").fetchall() == [("ö",), (None,)]
        ids = connection.execute("select asset.id from asset join asset_version v on v.asset_id = asset.id").fetchall()
        assert ids == [("11c137c0-ee7e-4f9c-91c5-8c77cec22b2c",)]
