"""The property of `library.test_custom_attributes_agree`, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Generator

import ftrack_api
import pytest

from library.test_custom_attributes_agree import *  # noqa: F403
from library.test_custom_attributes_agree import clients
from postgres.cluster import Cluster
from trackteroid import Session


@pytest.fixture(scope="module")
def both(cluster: Cluster) -> Generator[tuple[ftrack_api.Session, Session]]:
    with clients(cluster.new_database()) as both:
        yield both
