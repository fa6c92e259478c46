"""The tiny production of the query tests on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import pytest

from postgres.cluster import Cluster

#: Modules whose tests run on PostgreSQL as well, in the modules here that take them over.
SUITES = (
    "server.test_compiler",
    "server.test_compiler_aggregates",
    "server.test_compiler_pages",
    "server.test_compiler_relations",
    "server.test_compiler_semantics",
    "server.test_compiler_client_queries",
)

pytest.register_assert_rewrite(*SUITES)

from server.tiny_production import TinyProduction, fill  # noqa: E402
from trackteroid.server.model import standard_model  # noqa: E402
from trackteroid.server.model.tables import build_tables  # noqa: E402
from trackteroid.server.storage import engines  # noqa: E402

#: The server to make it on, once the tests have started.
clusters: list[Cluster] = []


@contextmanager
def tiny_production() -> Iterator[TinyProduction]:
    """As the one of the same name on SQLite."""
    engine = engines.make_engine(clusters[0].new_database())
    model = standard_model()
    with engine.begin() as connection:
        build_tables(model).create_all(connection)
        fill(model, connection)
    # A statement that fails would take the others of its transaction along.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield TinyProduction(model, connection)
    engine.dispose()


for suite in SUITES:
    import_module(suite).tiny_production = tiny_production  # type: ignore[attr-defined]
