"""What deferring costs: operations recorded into a file and sent from there, against the same without.

All of it in one process and against a server that costs nothing, so what counts is the ratio.

    python -m benchmarks.deferred
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import requests
from requests.adapters import BaseAdapter

from trackteroid.operations import (deferred_operations, replay)
from trackteroid.operations.format import file
from trackteroid.operations.values import encode_value
from trackteroid.session import Session

RECORDED = Path(__file__).parent.parent / "tests" / "recorded"
URL = "http://benchmark.invalid"


class AgreeingServer(BaseAdapter):
    """Answers every operation as if it had been done; queries find nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._known = {name: _read(name) for name in ("query_server_information",)}
        self._known["query_schemas"] = _read("schemas")

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.encoding, response.url = 200, "utf-8", URL
        answers = [self._answer(operation) for operation in json.loads(cast("bytes", request.body))]
        response.raw = io.BytesIO(json.dumps(answers).encode())
        return response

    def close(self) -> None:
        pass

    def _answer(self, operation: dict[str, Any]) -> Any:
        action = operation["action"]
        if action in self._known:
            return self._known[action]
        if action == "query":
            return {"action": action, "data": [], "metadata": {"next": {"offset": None}}}
        identity = {"__entity_type__": operation["entity_type"], "id": operation["entity_key"][0]}
        return {"action": action, "data": {**operation.get("entity_data", {}), **identity}}


def _read(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def connected(server: BaseAdapter) -> Session:
    """Return a new session of *server*."""

    class Mounted(Session):
        @property
        def _request(self) -> Any:
            return vars(self).get("_mounted")

        @_request.setter
        def _request(self, value: requests.Session | None) -> None:
            if value is not None:
                value.mount(URL, server)
            vars(self)["_mounted"] = value

    session = Mounted(URL, "key", "user", plugin_paths=[], schema_cache_path=False)
    assert session.types
    return session


def work(session: Session, count: int) -> None:
    """Make *count* operations: versions with a task, and changes of them."""
    task = session.create("Task", {"id": str(uuid.uuid4())}, reconstructing=True)
    for number in range(count // 4):
        version = session.create("AssetVersion", {"comment": f"version {number}", "task": task})
        version["is_published"] = True
        version["comment"] = f"version {number}, improved"


def seconds(action: Callable[[], object]) -> float:
    """Return how long *action* takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def recording(count: int, path: Path) -> tuple[float, float, float]:
    """Return the seconds of the operations without a block, with one, and of encoding and storing them once."""
    server = AgreeingServer()
    with closing(connected(server)) as session:
        plain = seconds(lambda: work(session, count))
        session.recorded_operations.clear()
    with closing(connected(server)) as session:

        def block() -> None:
            with deferred_operations(session, path):
                work(session, count)

        deferred = seconds(block)
    operations = file.read(path).operations
    values = [vars_of(operation) for operation in operations]

    def store() -> None:
        with path.with_suffix(".json").open("wb") as stream:
            stream.write(json.dumps([{name: encode_value(value) for name, value in item} for item in values]).encode())
            os.fsync(stream.fileno())

    return plain, deferred, seconds(store)


def vars_of(operation: Any) -> list[tuple[str, Any]]:
    """Return the names and values of a record."""
    return [(name, getattr(operation, name)) for name in operation.__slots__]


def replaying(count: int, path: Path) -> tuple[float, float]:
    """Return the seconds of committing the operations directly, and from the file that `recording` left."""
    server = AgreeingServer()
    with closing(connected(server)) as session:
        work(session, count)
        direct = seconds(session.commit)
    with closing(connected(server)) as session:
        from_file = seconds(lambda: replay(session, path))
    return direct, from_file


def run(count: int = 10_000) -> Iterator[str]:
    """Yield the lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "operations.dbm"
        plain, deferred, stored = recording(count, path)
        yield f"{len(file.read(path).operations)} operations; {path.stat().st_size / 1e6:.1f} MB"
        ratio = deferred / (plain + stored)
        yield (
            f"  record  without a block {plain:6.3f} s   one encoding and fsync {stored:6.3f} s   "
            f"with a block {deferred:6.3f} s   {ratio:4.1f} times as long"
        )
        direct, from_file = replaying(count, path)
        sent = from_file / direct
        yield f"  send    by commit {direct:6.3f} s   from the file {from_file:6.3f} s   {sent:4.1f} times as long"


if __name__ == "__main__":
    for line in run():
        print(line)
