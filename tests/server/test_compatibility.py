"""The page about compatibility tells the truth: what it shows works, and what it calls refused is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from demo_servers import demo_server
from trackteroid.server import DatabaseError, EmbeddedServer

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
from compatibility import LANGUAGE, PARTLY, REFUSED  # noqa: E402 - lives with the pages

sys.path.remove(str(DOCS))


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


def answer_of(server: EmbeddedServer, operation: dict[str, Any]) -> Any:
    """The answer to one operation of a strict client."""
    credentials = {"ftrack-user": server.username, "ftrack-api-key": server.api_key, "ftrack-strict-api": "true"}
    answer = json.loads(server.api.respond(credentials, json.dumps([operation]).encode(), "").body)
    if isinstance(answer, dict):
        raise DatabaseError(str(cast("dict[str, Any]", answer)["content"]))
    return answer[0]


@pytest.mark.parametrize("example", LANGUAGE.values(), ids=LANGUAGE)
def test_examples_of_queries_are_answered(server: EmbeddedServer, example: str) -> None:
    assert isinstance(answer_of(server, {"action": "query", "expression": example})["data"], list)


@pytest.mark.parametrize("case", PARTLY.values(), ids=PARTLY)
def test_what_works_so_far_does(server: EmbeddedServer, case: tuple[str, dict[str, Any], str]) -> None:
    _, operation, found = case
    assert found in json.dumps(answer_of(server, operation), separators=(",", ":"))


@pytest.mark.parametrize(
    "case", [case for case in REFUSED.values() if case], ids=[name for name, case in REFUSED.items() if case]
)
def test_what_is_refused_says_so(server: EmbeddedServer, case: tuple[dict[str, Any], str]) -> None:
    operation, message = case
    with pytest.raises(DatabaseError, match=message):
        answer_of(server, operation)
