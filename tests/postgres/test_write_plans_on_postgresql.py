"""The tests of `server.test_write_plans`, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postgres.cluster import Cluster
from server.planned import fill
from server.test_write_plans import *  # noqa: F403
from trackteroid.server import EmbeddedServer


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(cluster.new_database())
    fill(server.database)
    yield server
    server.close()
