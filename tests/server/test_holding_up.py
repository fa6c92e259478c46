"""What a batch asks before it changes something holds up nobody; what it asks later does so for some seconds only."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from trackteroid.server import EmbeddedServer
from trackteroid.server.core.options import Limits
from trackteroid.server.model import standard_model

Operation = dict[str, Any]

ASK: Operation = {"action": "query", "expression": "select name from Scope order by name"}


def create(name: str) -> Operation:
    return {"action": "create", "entity_type": "Scope", "entity_data": {"id": name, "name": name}}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(f"sqlite:///{(tmp_path / 'studio.db').as_posix()}")
    yield server
    server.close()


def names(answer: Any) -> list[str]:
    return [record["name"] for record in answer["data"]]


def test_what_a_batch_asks_first_is_asked_before_its_turn(server: EmbeddedServer) -> None:
    server.call([create("a")])
    has_begun, may_end = threading.Event(), threading.Event()

    def hold(_: sa.Connection) -> None:
        has_begun.set()
        may_end.wait()

    asked = threading.Event()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM scope" in statement:
            asked.set()

    event.listen(server.database.engine, "before_cursor_execute", note)
    holder = threading.Thread(target=server.database.run, args=(hold,), kwargs={"write": True})
    holder.start()
    has_begun.wait()
    answers: list[Any] = []
    caller = threading.Thread(target=lambda: answers.extend(server.call([ASK, create("b"), ASK])))
    caller.start()
    asked.wait()  # although somebody else has the database
    may_end.set()
    for thread in (holder, caller):
        thread.join()
    assert [names(answers[place]) for place in (0, 2)] == [["a"], ["a", "b"]]


def test_what_was_asked_first_is_asked_again_if_somebody_has_written_meanwhile(server: EmbeddedServer) -> None:
    server.call([create("a")])
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM scope" in statement and not seen:
            seen.append(statement)

            def write(connection: sa.Connection) -> None:
                connection.execute(sa.insert(standard_model().table("Scope")).values(id="other", name="other"))

            writer = threading.Thread(target=server.database.run, args=(write,), kwargs={"write": True})
            writer.start()
            writer.join()

    event.listen(server.database.engine, "before_cursor_execute", note)
    answers = server.call([ASK, create("b")])
    assert seen
    assert names(answers[0]) == ["a", "other"]


def test_costs_of_what_was_asked_first_are_told_once(server: EmbeddedServer) -> None:
    server.call([create("a")])
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
    reply = server.api.respond(headers, json.dumps([ASK, ASK, create("b"), ASK]).encode(), "")
    assert [action for action, _ in reply.actions] == ["query", "query", "create", "query"]
    assert reply.rows == 1 + 1 + 2


def test_queries_among_changes_have_a_limit_of_their_own(tmp_path: Path) -> None:
    limits = Limits(locked_seconds=1e-9)
    server = EmbeddedServer(f"sqlite:///{(tmp_path / 'studio.db').as_posix()}", limits=limits)
    try:
        assert names(server.call([ASK, create("a")])[0]) == []
        with pytest.raises(Exception, match=r"locked_seconds\. Send them before its changes"):
            server.call([create("b"), ASK])
        assert names(server.call([ASK])[0]) == ["a"]
    finally:
        server.close()
