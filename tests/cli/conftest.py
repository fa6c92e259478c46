"""Commands that run in the process of their test leave nothing behind in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trackteroid import SESSION


@pytest.fixture(autouse=True)
def _shared_session() -> Iterator[None]:
    """What commands do with SESSION, which they close, ends with the test."""
    with SESSION.elsewhere():
        yield
