"""Which cases of a test belong to `make test`, which to `make test-slow`, and which to the long runs of a night."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

#: How many made-up cases of each sort are tried, as `make fuzz` says; 0 stands for the few of `make test-slow`.
FUZZ = int(os.environ.get("TRACKTEROID_FUZZ", "0"))
#: How many times as long things are stopped at random, as `make stress` says; 0 stands for `make test-slow` as well.
STRESS = int(os.environ.get("TRACKTEROID_STRESS", "0"))


def few_fast(cases: Iterable[Any], fast: int = 5) -> list[Any]:
    """Return the cases of a test, the first of them as they are and the others marked as slow."""
    return [case if number < fast else slow(case) for number, case in enumerate(cases)]


def some(cases: Iterable[Any], one_in: int) -> list[Any]:
    """Return one in so many of the cases of a test; all of them where it is `make fuzz` that asks."""
    return list(cases)[:: 1 if FUZZ else one_in]


def slow(*values: Any, id: str | None = None) -> Any:  # as pytest.param calls it
    """Return a case of a test that is marked as slow."""
    return pytest.param(*values, id=id, marks=pytest.mark.slow)
