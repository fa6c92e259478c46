"""In process and over HTTP a client receives the same bytes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from trackteroid.client.inprocess.asgi import AsgiAdapter
from trackteroid.server import EmbeddedServer

BATCHES = [
    [{"action": "query_schemas"}],
    [{"action": "query_server_information"}],
    [{"action": "query", "expression": "select name, status.name, link, custom_attributes from TypedContext"}],
    [{"action": "query", "expression": "select nothing from Task"}],
    [{"action": "query", "expression": "Task where"}],
    [{"action": "permissions"}],
    [{"action": "compute_rollups", "ids": []}],
    [{"action": "_authorize_operation", "operation": {"action": "create", "entity_type": "StatusChange"}}],
    [{"action": "no such action"}],
    {"not": "a list"},
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    path: Path = tmp_path_factory.mktemp("transports") / "demo.db"
    server = EmbeddedServer(f"sqlite:///{path.as_posix()}", with_demo=True)
    yield server
    server.close()


@pytest.fixture(scope="module")
def http(server: EmbeddedServer) -> Iterator[str]:
    with server.listening() as url:
        yield url


@pytest.mark.parametrize("strict", ["false", "true"])
@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: str(batch)[:60])
def test_both_transports_give_the_same_answer(server: EmbeddedServer, http: str, batch: object, strict: str) -> None:
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key, "ftrack-strict-api": strict}
    answers = []
    for url, adapter in ((http, None), ("http://in.process", AsgiAdapter(server.app))):
        with requests.Session() as session:
            session.trust_env = False
            if adapter is not None:
                session.mount(url, adapter)
            answers.append(session.post(f"{url}/api", data=json.dumps(batch), headers=headers))
    over_http, in_process = answers
    assert in_process.content == over_http.content
    assert in_process.status_code == over_http.status_code
    assert in_process.headers["content-type"] == over_http.headers["content-type"]


@pytest.mark.parametrize(("path", "method"), [("/nowhere", "GET"), ("/api", "GET"), ("/api", "PUT")])
def test_every_wrong_address_is_answered_with_an_error_object(http: str, path: str, method: str) -> None:
    answer = requests.request(method, http + path, timeout=10)
    assert answer.status_code in (404, 405)
    assert {"exception", "content"} <= answer.json().keys()


def test_answers_of_a_listening_server_do_not_wait_for_their_second_half() -> None:
    """Systems hold back small packets for 40 ms unless they are told not to."""
    server = EmbeddedServer("sqlite://")
    with server.listening() as url, requests.Session() as browser:
        browser.trust_env = False
        times: list[float] = []
        for _ in range(21):
            started = time.perf_counter()
            browser.get(url)
            times.append(time.perf_counter() - started)
    server.close()
    assert min(times) < 0.03  # all of them would wait
