"""The whole query language through the clients: every feature of the page about compatibility, and the limits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ftrack_api.exception import ServerError

from demo_servers import demo_server
from trackteroid.server import EmbeddedServer

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
from compatibility import LANGUAGE  # noqa: E402 - lives with the pages

sys.path.remove(str(DOCS))

ENTITIES = {feature: text for feature, text in LANGUAGE.items() if "group by" not in text}
(AGGREGATE,) = (text for text in LANGUAGE.values() if "group by" in text)

#: What is refused, and how the answer begins.
TOO_MUCH = {
    "deep": ("Task where " + "(" * 40 + "name is x" + ")" * 40, "query_depth"),
    "wordy": ("Task where " + "name is x or " * 40_000 + "name is x", "query_words"),
    "long": (f'Task where name is "{"x" * 5_000_000}"', "query_characters"),
    "many values": (f"Task where id in ({','.join(map(str, range(100_001)))})", "list_values"),
}


@pytest.fixture(scope="module")
def untouched() -> Iterator[EmbeddedServer]:
    """The demo production as it was, which no test writes to."""
    server = demo_server()
    yield server
    server.close()


@pytest.mark.parametrize("text", ENTITIES.values(), ids=ENTITIES)
def test_a_feature_works_for_clients(session: Any, untouched: EmbeddedServer, text: str) -> None:
    found = [entity["id"] for entity in session.query(text).all()]
    assert len(found) == len(set(found))
    if "limit" not in text:  # what other tests make is found besides
        expected = untouched.call([{"action": "query", "expression": text}])[0]["data"]
        assert {row["id"] for row in expected} <= set(found)


def test_strict_clients_can_count(running: Any, client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with running.connect(client, monkeypatch, strict_api=True) as session:
        rows = session.call([{"action": "query", "expression": AGGREGATE}])[0]["data"]
        projects = {row["project_id"]: row["count_id"] for row in rows}
        sync = session.query('Project where name is "sync"').one()
        tasks = session.query(f'select id from Task where project_id is "{sync["id"]}"').all()
    assert projects[sync["id"]] == len(tasks) > 0


@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much_is_refused_by_the_name_of_the_limit(session: Any, what: str) -> None:
    text, limit = TOO_MUCH[what]
    with pytest.raises(ServerError, match=f"this server's limit {limit}"):
        session.query(text).all()
