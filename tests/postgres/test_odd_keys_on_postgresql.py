"""The tests of `server.test_odd_keys`, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postgres.cluster import Cluster
from server.test_odd_keys import *  # noqa: F403
from trackteroid.server import EmbeddedServer


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(cluster.new_database())
    yield server
    server.close()
