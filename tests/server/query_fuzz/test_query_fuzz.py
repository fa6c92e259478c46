"""SQLite through the compiler and a naive evaluator agree about any query, or both refuse it.

``TRACKTEROID_FUZZ=5000`` (``make fuzz``) makes it that many queries; the default run tries a few.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from server.query_fuzz.comparing import Refused
from server.query_fuzz.queries import queries
from server.query_fuzz.worlds import World, world
from trackteroid.server.compiler import run
from trackteroid.server.failures import LimitError, QueryError
from trackteroid.server.language import Query, parse, render

BUDGET = int(os.environ.get("TRACKTEROID_FUZZ", "0"))
WORLDS = 100 if BUDGET else 4
fuzzing = settings(
    max_examples=BUDGET or 150,
    deadline=None,
    derandomize=not BUDGET,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def keys(world: World, query: Query, rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in world.model.type(query.entity_type).primary_key) for row in rows]


def compiled(world: World, text: str) -> list[tuple[Any, ...]] | None:
    query = parse(text)
    try:
        return keys(world, query, run(world.work, query).records)
    except QueryError as error:
        note(f"refused: {error}")
        return None


def naive(world: World, text: str) -> list[tuple[Any, ...]] | None:
    query = parse(text)
    try:
        return keys(world, query, world.naive.rows(query))
    except Refused as error:
        note(f"naive refused: {error}")
        return None


@fuzzing
@given(st.integers(0, WORLDS - 1), st.data())
def test_the_compiler_and_the_naive_evaluator_agree(seed: int, data: DataObject) -> None:
    tried = world(seed)
    text = render(data.draw(queries(tried)))
    note(text)
    try:
        found = compiled(tried, text)
    except LimitError:  # too deep for the database, not for dictionaries
        return
    event("refused" if found is None else "some rows" if found else "no rows")
    assert found == naive(tried, text)
