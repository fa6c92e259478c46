"""The property of `library.test_warm_sessions`, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.test_warm_sessions import *  # noqa: F403
from library.warm_servers import small_production
from postgres.cluster import Cluster
from trackteroid.server import EmbeddedServer


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[EmbeddedServer]:
    server = small_production(cluster.new_database())
    yield server
    server.close()
