"""The races of `library.test_list_races`, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.test_list_races import *  # noqa: F403
from postgres.cluster import Cluster
from trackteroid.server import EmbeddedServer


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(cluster.new_database(), with_demo=True)
    yield server
    server.close()
