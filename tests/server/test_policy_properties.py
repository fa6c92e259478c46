"""For anybody, the answer to a query is the answer about what they may see, on whatever path the query goes."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache

from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from server.policy_judge import Judge, policies
from server.query_fuzz import agreement
from server.query_fuzz.queries import groupings, queries, searches
from server.query_fuzz.worlds import MODEL, World, world
from trackteroid.server.auth.policy import Policy
from trackteroid.server.core.failures import LimitError
from trackteroid.server.language import Query, render

BUDGET = int(os.environ.get("TRACKTEROID_FUZZ", "0"))


def fuzzing(examples: int) -> settings:
    return settings(max_examples=BUDGET or examples, derandomize=not BUDGET, deadline=None)


@lru_cache(maxsize=4)
def seen(number: int, policy: Policy) -> World:
    """A world as somebody sees it."""
    whole = world(number)
    judge = Judge(MODEL, policy, whole.naive.tables)
    return World(replace(whole.work, policy=policy), judge.naive())


@fuzzing(60)
@given(st.integers(0, 3), policies(), st.data())
def test_an_answer_tells_what_somebody_may_see(number: int, policy: Policy, data: DataObject) -> None:
    tried = seen(number, policy)
    query = data.draw(queries(world(number)))
    try:
        agreement.agree_on_query(tried.work, tried, query, render(query))
    except LimitError:
        # What is too much for the database is too much for it without a policy, or nearly so.
        event("too deep")


@fuzzing(30)
@given(st.integers(0, 3), policies(), st.data())
def test_groups_and_counts_are_of_what_somebody_may_see(number: int, policy: Policy, data: DataObject) -> None:
    tried = seen(number, policy)
    query = data.draw(groupings(world(number)))
    agreement.agree_on_groups(tried.work, tried, query, render(query))


@fuzzing(20)
@given(st.integers(0, 3), policies(), st.data())
def test_searches_find_what_somebody_may_see(number: int, policy: Policy, data: DataObject) -> None:
    tried = seen(number, policy)
    query = data.draw(queries(world(number)))
    agreement.agree_on_search(tried.work, tried, query, data.draw(searches(world(number))))


@fuzzing(40)
@given(st.integers(0, 3), policies())
def test_every_type_is_seen_as_far_as_it_may_be(number: int, policy: Policy) -> None:
    tried = seen(number, policy)
    for entity_type in MODEL:
        if entity_type.served:
            query = Query(entity_type.name)
            agreement.agree_on_query(tried.work, tried, query, render(query))
