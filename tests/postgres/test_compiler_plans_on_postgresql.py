"""The tests of `server.test_compiler_plans`, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postgres.cluster import Cluster
from server.planned import Planned, fill
from server.test_compiler_plans import *  # noqa: F403
from trackteroid.server.storage.database import Database

# How deep pages are found is told in words of SQLite; PostgreSQL has the same indexes, and decides by its statistics.
del test_the_rows_before_a_page_are_stepped_over_in_an_index  # noqa: F821


@pytest.fixture(scope="module")
def planned(cluster: Cluster) -> Iterator[Planned]:
    database = Database(cluster.new_database())
    fill(database)
    with database.begin(write=False) as connection:
        yield Planned(connection)
    database.close()
