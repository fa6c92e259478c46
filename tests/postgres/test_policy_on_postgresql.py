"""The tests of `server.test_policy_reading`, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postgres.cluster import Cluster
from server.guarded import guarded_server
from server.test_policy_reading import *  # noqa: F403
from server.test_policy_reading import crossed
from trackteroid.server import EmbeddedServer


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[EmbeddedServer]:
    server = crossed(guarded_server(cluster.new_database()))
    yield server
    server.close()
