"""The page about compatibility tells the truth: what it shows works, and what it calls refused is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trackteroid.server import DatabaseError, EmbeddedServer

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
from compatibility import LANGUAGE, REFUSED  # noqa: E402 - lives with the pages

sys.path.remove(str(DOCS))


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://", with_demo=True)
    yield server
    server.close()


@pytest.mark.parametrize("example", LANGUAGE.values(), ids=LANGUAGE)
def test_examples_of_queries_are_answered(server: EmbeddedServer, example: str) -> None:
    assert isinstance(server.call([{"action": "query", "expression": example}])[0]["data"], list)


@pytest.mark.parametrize(
    "case", [case for case in REFUSED.values() if case], ids=[name for name, case in REFUSED.items() if case]
)
def test_what_is_refused_says_so(server: EmbeddedServer, case: tuple[dict[str, Any], str]) -> None:
    operation, message = case
    with pytest.raises(DatabaseError, match=message):
        server.call([operation])
