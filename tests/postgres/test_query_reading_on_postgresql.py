"""The properties of `library.test_query_reading`, on PostgreSQL, which orders text as it is spelt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.test_query_reading import (  # noqa: F401
    TestLists,
    fill,
    small_pages,
    test_keys_of_several_parts_of_which_some_are_no_ids,
    test_queries_find_what_paging_by_offset_finds,
    texts,
)
from postgres.cluster import Cluster
from trackteroid import Session


@pytest.fixture(scope="module")
def world(cluster: Cluster) -> Iterator[Session]:
    with Session(server_url=cluster.new_database(), plugin_paths=[]) as session:
        fill(session)
        yield session
