"""The tests of `server.query_fuzz.test_query_fuzz`, on PostgreSQL; its production is the one that SQLite holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache

import pytest
import sqlalchemy as sa

from postgres.cluster import Cluster
from server.query_fuzz import test_query_fuzz as fuzz
from server.query_fuzz import worlds
from server.query_fuzz.test_query_fuzz import *  # noqa: F403
from server.query_fuzz.worlds import MODEL, World
from trackteroid.server.model.tables import build_tables
from trackteroid.server.storage import engines

#: Each has a database of its own.
MOST_WORLDS = 12


@pytest.fixture(autouse=True, scope="module")
def _on_postgresql(cluster: Cluster) -> Iterator[None]:
    with ExitStack() as opened, pytest.MonkeyPatch.context() as patch:
        patch.setattr(fuzz, "world", cache(lambda seed: copied(opened, cluster, seed % MOST_WORLDS)))
        yield


def copied(opened: ExitStack, cluster: Cluster, seed: int) -> World:
    """A world with its rows on PostgreSQL."""
    world = worlds.world(seed)
    engine = engines.make_engine(cluster.new_database())
    opened.callback(engine.dispose)
    with engine.begin() as connection:
        build_tables(MODEL).create_all(connection)
        # Rows come in any order, so references are not checked.
        connection.execute(sa.text("set local session_replication_role = replica"))
        for name, rows in world.naive.tables.items():
            if rows:
                connection.execute(sa.insert(MODEL.metadata.tables[name]), rows)
    # A statement that fails would take the others of its transaction along.
    connection = opened.enter_context(engine.connect().execution_options(isolation_level="AUTOCOMMIT"))
    return World(replace(world.work, transaction=connection), world.naive)
