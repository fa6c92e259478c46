"""The server on SQLite and a naive evaluator agree about any query, or both refuse it.

``TRACKTEROID_FUZZ=5000`` (``make fuzz``) makes it that many queries; the default run tries a few. The same runs on
PostgreSQL in `postgres.test_query_fuzz_on_postgresql`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from selections import FUZZ
from server.query_fuzz import agreement
from server.query_fuzz.queries import groupings, queries, searches
from server.query_fuzz.worlds import world
from server.query_fuzz.writing import written
from trackteroid.server.core.failures import LimitError
from trackteroid.server.language import render

pytestmark = pytest.mark.slow

WORLDS = 100 if FUZZ else 4


def fuzzing(examples: int) -> settings:
    return settings(
        max_examples=FUZZ or examples,
        derandomize=not FUZZ,
    )


def agreed(agree: Callable[[], None]) -> None:
    """What is too deep for the database is not too deep for dictionaries."""
    try:
        agree()
    except LimitError:
        return


@fuzzing(100)
@given(st.integers(0, WORLDS - 1), st.data())
def test_the_same_rows_in_the_same_order(seed: int, data: DataObject) -> None:
    tried = world(seed)
    query = data.draw(queries(tried, plain=True))
    text = data.draw(written(query))
    agreed(lambda: agreement.agree_on_query(tried.work, tried, query, text))


@fuzzing(100)
@given(st.integers(0, WORLDS - 1), st.data())
def test_the_same_values_in_them(seed: int, data: DataObject) -> None:
    tried = world(seed)
    query = data.draw(queries(tried))
    agreed(lambda: agreement.agree_on_query(tried.work, tried, query, render(query)))


@fuzzing(60)
@given(st.integers(0, WORLDS - 1), st.data())
def test_both_form_the_same_groups(seed: int, data: DataObject) -> None:
    tried = world(seed)
    query = data.draw(groupings(tried))
    agreed(lambda: agreement.agree_on_groups(tried.work, tried, query, render(query)))


@fuzzing(40)
@given(st.integers(0, WORLDS - 1), st.data())
def test_the_same_found_by_searching(seed: int, data: DataObject) -> None:
    tried = world(seed)
    query = data.draw(queries(tried))
    more = data.draw(searches(tried))
    agreed(lambda: agreement.agree_on_search(tried.work, tried, query, more))
