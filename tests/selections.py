"""Which cases of a test belong to `make test`, and which to `make test-slow`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def few_fast(cases: Iterable[Any], fast: int = 5) -> list[Any]:
    """Return the cases of a test, the first of them as they are and the others marked as slow."""
    return [case if number < fast else slow(case) for number, case in enumerate(cases)]


def slow(*values: Any, id: str | None = None) -> Any:  # as pytest.param calls it
    """Return a case of a test that is marked as slow."""
    return pytest.param(*values, id=id, marks=pytest.mark.slow)
