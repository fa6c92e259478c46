"""Everything here needs a PostgreSQL."""

import pytest

from postgres import tiny
from postgres.cluster import Cluster, cluster  # noqa: F401 - a fixture


@pytest.fixture(scope="session", autouse=True)
def _cluster(cluster: Cluster) -> None:  # noqa: F811 - the fixture
    tiny.clusters.append(cluster)
