"""Whoever reads, writes, filters or projects a custom attribute means the same configuration.

``TRACKTEROID_FUZZ=5000`` (``make fuzz``) tries a tenth as many worlds, each of which is asked a hundred times. The same
runs on PostgreSQL in `postgres.test_custom_attributes_on_postgresql`.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import ftrack_api
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.custom_attribute_worlds import KINDS, VALUES, WRONG, World, configured
from selections import FUZZ
from trackteroid import Session
from trackteroid.server import EmbeddedServer

pytestmark = pytest.mark.slow

BUDGET = FUZZ // 25


@contextmanager
def clients(database: str) -> Generator[tuple[ftrack_api.Session, Session]]:
    """A stock session over HTTP and one of ours in process, on one server."""
    server = EmbeddedServer(database)
    try:
        with (
            server.listening() as url,
            ftrack_api.Session(url, server.api_key, server.username, plugin_paths=[], schema_cache_path=False) as stock,
            Session(server, plugin_paths=[], schema_cache_path=False) as ours,
        ):
            yield stock, ours
    finally:
        server.close()


@pytest.fixture(scope="module")
def both() -> Generator[tuple[ftrack_api.Session, Session]]:
    with clients("sqlite://") as both:
        yield both


def agree(both: tuple[ftrack_api.Session, Session], data: st.DataObject) -> None:
    """Make a world, write at random, and look at everything after each step."""
    world = World(*both)
    kinds = st.sampled_from(sorted(KINDS))
    for one in data.draw(st.lists(configured(), min_size=1, max_size=4)):
        world.configure(one)
    for _ in range(data.draw(st.integers(1, 5))):
        kind = data.draw(kinds)
        counting = world.model.counting(kind)
        values = VALUES[counting.type] + [None, *WRONG[counting.type]] if counting else [1]
        value = data.draw(st.sampled_from(values))
        match data.draw(st.sampled_from(["library", "stock", "row", "delete", "make", "configure"])):
            case "library":
                world.write_by_library(kind, value)
            case "stock":
                world.write_by_stock(kind, value)
            case "row":
                one = data.draw(st.sampled_from(world.model.configurations))
                world.write_row(kind, one, data.draw(st.sampled_from(VALUES[one.type])))
            case "delete":
                world.delete_row(kind)
            case "make":
                kind, counting = "Shot", world.model.counting("Shot")
                right = data.draw(st.sampled_from(VALUES[counting.type if counting else "number"]))
                world.make_shot(right, by_library=data.draw(st.booleans()))
            case _:
                world.configure(data.draw(configured()))
        world.check(kind)
    for kind in KINDS:
        world.check(kind)


@settings(
    max_examples=BUDGET or 2,
    derandomize=not BUDGET,
)
@given(st.data())
def test_all_clients_mean_the_same_configuration(both: tuple[ftrack_api.Session, Session], data: st.DataObject) -> None:
    agree(both, data)
