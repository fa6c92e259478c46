"""The store of query results."""

import gc
from typing import Any

import pytest
from client_support import in_threads

from trackteroid.client.results import ResultStore


class Result:
    """Stands in for a collection."""


pytestmark = pytest.mark.usefixtures("old_objects_aside")


@pytest.fixture
def keeping() -> ResultStore:
    store = ResultStore(limit=3)
    store.keeping = True
    return store


def alive(store: ResultStore, texts: str) -> str:
    gc.collect()
    return "".join(text for text in texts if store.get(text) is not None)


def test_an_unknown_text_has_no_result() -> None:
    assert ResultStore().get("a") is None


def test_without_keeping_a_result_lives_as_long_as_somebody_holds_it() -> None:
    store = ResultStore()
    held: Any = Result()
    store.put("a", held)
    assert store.get("a") is held
    del held
    assert alive(store, "a") == ""
    assert len(store) == 0


@pytest.mark.promise("results-are-not-kept-alive")
def test_the_one_not_asked_for_the_longest_goes_first(keeping: ResultStore) -> None:
    for text in "abc":
        keeping.put(text, Result())
    keeping.get("a")
    keeping.put("d", Result())
    assert alive(keeping, "abcd") == "acd"


def test_a_newer_result_replaces_the_older(keeping: ResultStore) -> None:
    newer = Result()
    keeping.put("a", Result())
    keeping.put("a", newer)
    assert keeping.get("a") is newer


@pytest.mark.promise("reused-results-are-the-same-object")
def test_an_earlier_result_that_is_still_held_is_reused_and_kept_from_then_on() -> None:
    store = ResultStore()
    held: Any = Result()
    store.put("a", held)
    store.keeping = True
    assert store.get("a") is held
    del held
    assert alive(store, "a") == "a"


@pytest.mark.promise("results-are-not-kept-alive")
def test_nothing_is_kept_once_keeping_ends(keeping: ResultStore) -> None:
    keeping.put("a", Result())
    keeping.keeping = False
    assert alive(keeping, "a") == ""


def test_clearing_forgets_what_others_hold_too(keeping: ResultStore) -> None:
    held = Result()
    keeping.put("a", held)
    keeping.clear()
    assert keeping.get("a") is None


@pytest.mark.promise("threads-can-share-a-session")
def test_it_can_be_used_from_several_threads(keeping: ResultStore) -> None:
    def use() -> None:
        for number in range(300):
            keeping.put(str(number % 7), Result())
            keeping.get(str(number % 5))
            if number % 50 == 0:
                keeping.clear()

    assert in_threads(6, use) == [None] * 6
    gc.collect()
    assert len(keeping) <= 3


def test_hits_and_misses_are_counted(keeping: ResultStore) -> None:
    held = Result()
    assert keeping.get("a") is None
    keeping.put("a", held)
    assert keeping.get("a") is keeping.get("a") is held
    assert (keeping.hits, keeping.misses) == (2, 1)
    keeping.clear()
    assert (keeping.hits, keeping.misses) == (2, 1)
    keeping.forget_statistics()
    assert (keeping.hits, keeping.misses) == (0, 0)
