"""A server made of canned answers, below both a stock ``ftrack_api`` session and ours."""

import json
import threading
from collections.abc import Callable
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

import ftrack_api
import requests
from requests.adapters import BaseAdapter

from trackteroid.session import Session

RECORDED = Path(__file__).parent.parent / "recorded"
URL = "http://ftrack.test"
KEY = "s3cret-0123456789"
#: Not random ids, which tests replace.
_schemas = count()
CREDENTIALS = {"server_url": URL, "api_key": KEY, "api_user": "ada"}


@cache
def recorded(name: str) -> Any:
    """Return the recorded answer of this file name."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def schemas() -> list[dict[str, Any]]:
    answer = recorded("schemas")
    return answer["result"] if isinstance(answer, dict) else answer


def information() -> dict[str, Any]:
    answer = recorded("query_server_information")
    return answer[0] if isinstance(answer, list) else answer


def start_up(operation: dict[str, Any], **more: Any) -> Any:
    return information() | more if operation["action"] == "query_server_information" else schemas()


class FakeServer(BaseAdapter):
    """Answers every operation: the start-up ones with recordings, the others with what `answer` returns."""

    def __init__(self, answer: Callable[[dict[str, Any]], Any] | None = None) -> None:
        super().__init__()
        self.answer = answer or (lambda operation: {"action": operation["action"], "data": [], "metadata": {}})
        # Nobody in this process knows its schema yet.
        self.starting: Callable[[dict[str, Any]], Any] = partial(start_up, schema_hash=f"schema {next(_schemas)}")
        self.requests: list[list[dict[str, Any]]] = []
        self.closed = 0
        self.headers: list[Any] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        batch = json.loads(request.body or b"[]")
        self.requests.append(batch)
        self.headers.append(request.headers)
        answers = [self._answer(operation) for operation in batch]
        raw = next((answer for answer in answers if isinstance(answer, bytes)), None)
        return respond(request, raw if raw is not None else json.dumps(answers).encode())

    def _answer(self, operation: dict[str, Any]) -> Any:
        starting = operation["action"] in ("query_server_information", "query_schemas")
        return (self.starting if starting else self.answer)(operation)

    def close(self) -> None:
        self.closed += 1


def respond(
    request: requests.PreparedRequest, content: bytes, status: int = 200, kind: str = "application/json"
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = content
    response.headers["content-type"] = kind
    response.encoding = "utf-8"
    response.url = str(request.url)
    response.request = request
    return response


class Mounting:
    """Makes sessions whose ``requests.Session`` sends to *adapter*; for the stock class and for ours alike."""

    def __init__(self, adapter: BaseAdapter) -> None:
        self._adapter = adapter

    def stock(self, **arguments: Any) -> ftrack_api.Session:
        return mounted(ftrack_api.Session, self._adapter)(
            **CREDENTIALS | {"plugin_paths": [], "schema_cache_path": False, "auto_populate": False} | arguments
        )

    def ours(self, **arguments: Any) -> Session:
        return mounted(Session, self._adapter)(
            **CREDENTIALS | {"plugin_paths": [], "schema_cache_path": False} | arguments
        )


def mounted(base: type[Any], adapter: BaseAdapter) -> type[Any]:
    """Return a class like *base* whose sessions send to *adapter*."""

    class Mounted(base):
        @property
        def _request(self) -> requests.Session:
            return base._request.fget(self)

        @_request.setter
        def _request(self, value: requests.Session | None) -> None:
            if value is not None:
                value.mount(URL, adapter)
            base._request.fset(self, value)

    Mounted.__name__ = base.__name__
    return Mounted


def in_threads(count: int, task: Callable[[], Any]) -> list[Any]:
    """Run *task* in several threads that start together, and return their results or exceptions."""
    barrier = threading.Barrier(count)
    results: list[Any] = []

    def run() -> None:
        barrier.wait()
        try:
            results.append(task())
        except Exception as error:  # noqa: BLE001 - the caller looks at it
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
