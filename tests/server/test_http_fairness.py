"""Many users of one server: nobody waits for somebody else's heavy work, and nobody is worked for who has left."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from trackteroid.server import EmbeddedServer, Limits, api
from trackteroid.server.compiler.limits import execute
from trackteroid.server.compiler.prepared import Fresh
from trackteroid.server.core.failures import BusyError
from trackteroid.server.core.request import Request
from trackteroid.server.http.turns import Turn, Turns
from trackteroid.server.storage import engines

QUERY = [{"action": "query", "expression": "select name from Status limit 1"}]
SCOPE: list[dict[str, Any]] = [{"action": "create", "entity_type": "Scope", "entity_data": {"name": "London"}}]
FOREVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"


@contextmanager
def serving(folder: Path, options: str = "", **limits: Any) -> Generator[tuple[str, EmbeddedServer, Path]]:
    path = folder / "fair.db"
    server = EmbeddedServer(f"sqlite:///{path.as_posix()}{options}", limits=Limits(**limits), is_open=True)
    with server.listening() as url:
        yield url, server, path
    server.close()


def key_of(server: EmbeddedServer, name: str) -> dict[str, str]:
    """The headers of a new user."""
    user = {"action": "create", "entity_type": "User", "entity_data": {"username": name, "is_active": True}}
    user_id = server.call([user])[0]["data"]["id"]
    reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": user_id}
    key = json.dumps(server.call([reset])).split('"api_key": "')[1].split('"')[0]
    return {"ftrack-user": name, "ftrack-api-key": key}


def post(url: str, batch: list[Any], headers: Mapping[str, str]) -> requests.Response:
    return requests.post(f"{url}/api", json=batch, headers=headers, timeout=60)


def until(condition: Any) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_users_take_turns_and_not_calls() -> None:
    order: list[str] = []

    async def one(turns: Turns, user: str) -> None:
        turn = await turns.take(user, Limits())
        order.append(user)
        await asyncio.sleep(0)
        turn.give_back()

    async def all_of_them() -> None:
        turns = Turns(1, 4)
        first: Turn = await turns.take("ann", Limits())
        waiting = [asyncio.ensure_future(one(turns, user)) for user in ("ann", "ann", "ann", "bob", "eve", "bob")]
        await asyncio.sleep(0)
        first.give_back()
        await asyncio.gather(*waiting)
        assert (turns.busy, turns.waiting) == (0, 0)

    asyncio.run(all_of_them())
    assert order == ["ann", "bob", "eve", "ann", "bob", "ann"]


def test_whoever_waits_too_long_is_told_to_come_back() -> None:
    async def conversation() -> None:
        turns = Turns(1, 1)
        turn = await turns.take("ann", Limits())
        with pytest.raises(BusyError, match="limit wait_seconds"):
            await turns.take("bob", Limits(wait_seconds=0.01))
        waiting = asyncio.ensure_future(turns.take("bob", Limits()))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        turn.give_back()
        assert (turns.busy, turns.waiting) == (0, 0)

    asyncio.run(conversation())


def test_sixty_heavy_queries_of_one_user_do_not_keep_another_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy, done = threading.Event(), threading.Event()
    answer = api.ACTIONS["query"]

    def query(request: Request, operation: Mapping[str, Any]) -> Any:
        if request.actor.username == "ann":
            heavy.set()
            done.wait(30)
        return answer(request, operation)

    monkeypatch.setitem(api.ACTIONS, "query", query)
    with serving(tmp_path) as (url, server, _):
        ann, bob = key_of(server, "ann"), key_of(server, "bob")
        heard: list[int] = []
        crowd = [threading.Thread(target=lambda: heard.append(post(url, QUERY, ann).status_code)) for _ in range(60)]
        for each in crowd:
            each.start()
        heavy.wait(30)
        for number in range(5):
            assert post(url, QUERY, bob).json()[0]["data"]
            scope = {**SCOPE[0], "entity_data": {"name": f"London {number}"}}
            assert post(url, [scope], bob).json()[0]["data"]
        assert heard == []
        done.set()
        for each in crowd:
            each.join()
        assert heard == [200] * 60


def leave(url: str, batch: list[Any], headers: Mapping[str, str]) -> socket.socket:
    """Ask, and do not wait."""
    host, _, port = url.removeprefix("http://").partition(":")
    body = json.dumps(batch).encode()
    lines = [f"{name}: {value}" for name, value in headers.items()]
    connection = socket.create_connection((host, int(port)))
    connection.sendall(
        "\r\n".join(["POST /api HTTP/1.1", "host: x", *lines, f"content-length: {len(body)}", "", ""]).encode()
    )
    connection.sendall(body)
    return connection


def test_a_client_that_leaves_takes_its_statement_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str]
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def query(request: Request, _: Mapping[str, Any]) -> Any:
        begun.set()
        try:
            return execute(request, Fresh(sa.text(FOREVER)))
        finally:
            ended.set()

    monkeypatch.setitem(api.ACTIONS, "query", query)
    with serving(tmp_path, statement_seconds=600) as (url, server, _):
        headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
        connection = leave(url, QUERY, headers)
        assert begun.wait(30)
        connection.close()
        assert ended.wait(30)
        monkeypatch.undo()
        assert post(url, QUERY, headers).json()[0]["data"]
    assert logged() == ""


def test_a_change_is_finished_although_its_client_has_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_go_on = threading.Event(), threading.Event()
    create = api.ACTIONS["create"]

    def slowly(request: Request, operation: Mapping[str, Any]) -> Any:
        begun.set()
        may_go_on.wait(30)
        return create(request, operation)

    monkeypatch.setitem(api.ACTIONS, "create", slowly)
    with serving(tmp_path) as (url, server, _):
        connection = leave(url, SCOPE, {"ftrack-user": server.username, "ftrack-api-key": server.api_key})
        assert begun.wait(30)
        connection.close()
        may_go_on.set()
        until(lambda: server.call([{"action": "query", "expression": 'Scope where name is "London"'}])[0]["data"])


def test_writers_wait_for_a_long_batch_of_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    has_given_up, is_busy = threading.Event(), engines.is_busy

    def note(error: DBAPIError) -> bool:
        has_given_up.set()
        return is_busy(error)

    monkeypatch.setattr(engines, "is_busy", note)
    with serving(tmp_path, "?timeout=0.01") as (url, server, path):
        headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            heard: list[Any] = []
            writer = threading.Thread(target=lambda: heard.append(post(url, SCOPE, headers).json()))
            writer.start()
            assert has_given_up.wait(30), "nobody looks why SQLite waits no longer"
            assert post(url, QUERY, headers).json()[0]["data"], "readers do not wait"
            other.execute("COMMIT")
        writer.join()
    (answer,) = heard
    assert "exception" not in answer, answer
    assert answer[0]["data"]["name"] == "London"


def test_a_writer_that_waited_too_long_did_nothing_and_may_come_back(tmp_path: Path) -> None:
    path = tmp_path / "busy.db"
    server = EmbeddedServer(f"sqlite:///{path.as_posix()}?timeout=0.01", limits=Limits(wait_seconds=0.1))
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
    with server.listening() as url, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = post(url, SCOPE, headers)
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "1"
        assert "Nothing of this call was done" in refused.json()["content"]
        other.execute("COMMIT")
        assert post(url, SCOPE, headers).json()[0]["data"]["name"] == "London"
    server.close()


def test_a_slow_statement_is_logged_with_its_plan(caplog: pytest.LogCaptureFixture) -> None:
    from trackteroid.server.core.options import Options

    server = EmbeddedServer("sqlite://", options=Options(slow_query=1e-9))
    server.call([{"action": "query", "expression": 'select name from Status where name in ("a", "b")'}])
    server.close()
    logged = caplog.text
    assert 'select name from Status where name in ("a", "b")' in logged
    assert "SCAN" in logged or "SEARCH" in logged
    assert server.api_key not in logged
