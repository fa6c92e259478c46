"""How fast the answers of queries become entities: ours against ftrack_api's own way.

Both read the same bytes through the same fake transport, in turns, so what counts is the ratio.

    python -m benchmarks.hydration
"""

import io
import json
import statistics
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import ftrack_api
import requests
from requests.adapters import BaseAdapter

from trackteroid.session import Session

RECORDED = Path(__file__).parent.parent / "tests" / "recorded"
URL = "http://benchmark.invalid"
PAGE = 500


class CannedServer(BaseAdapter):
    """Answers the start-up requests with recordings and queries with pages made beforehand."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._schemas = _read("schemas")
        self._information = _read("query_server_information")
        self._pages = [_page(versions, rows) for versions in _batches(_versions(rows))]

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        operation = json.loads(cast("bytes", request.body))[0]
        response = requests.Response()
        response.status_code = 200
        response.encoding = "utf-8"
        response.url = URL
        response.raw = io.BytesIO(self._answer(operation))
        return response

    def close(self) -> None:
        pass

    def _answer(self, operation: dict[str, Any]) -> bytes:
        if operation["action"] == "query":
            offset = int(operation["expression"].partition("offset ")[2].split()[0])
            return self._pages[offset // PAGE]
        known = {"query_server_information": self._information, "query_schemas": self._schemas}
        return json.dumps([known[operation["action"]]]).encode()


def _read(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def _versions(count: int) -> Iterator[dict[str, Any]]:
    statuses = [str(uuid.uuid4()) for _ in range(10)]
    for number in range(count):
        asset, task, project = (str(uuid.uuid4()) for _ in range(3))
        yield {
            "__entity_type__": "AssetVersion",
            "id": str(uuid.uuid4()),
            "version": number,
            "comment": f"version number {number}",
            "asset_id": asset,
            "asset": {"__entity_type__": "Asset", "id": asset, "name": f"asset {number}", "context_id": task},
            "status": {"__entity_type__": "Status", "id": statuses[number % 10], "name": "Pending Review"},
            "task": {
                "__entity_type__": "Task",
                "id": task,
                "name": "comp",
                "context_type": "task",
                "project_id": project,
            },
        }


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == PAGE:
            yield batch
            batch = []
    if batch:
        yield batch


def _page(versions: list[dict[str, Any]], total: int) -> bytes:
    end = versions[-1]["version"] + 1
    metadata = {"next": {"offset": end if end < total else None}}
    return json.dumps([{"action": "query", "data": versions, "metadata": metadata}]).encode()


def connect(base: type[Any], server: BaseAdapter) -> Any:
    """Return a session of class *base* whose requests go to *server*."""

    class Mounted(base):
        @property
        def _request(self) -> requests.Session:
            return base._request.fget(self)

        @_request.setter
        def _request(self, value: requests.Session | None) -> None:
            if value is not None:
                value.mount(URL, server)
            base._request.fset(self, value)

    return Mounted(URL, "key", "user", auto_populate=False, plugin_paths=[], schema_cache_path=False)


def _seconds(base: type[Any], server: BaseAdapter, work: Callable[[list[Any]], object]) -> float:
    """Return how long a fresh session takes to fetch everything and do *work* with it."""
    with connect(base, server) as session:
        query = session.query("select id from AssetVersion")
        assert session.types
        begin = time.perf_counter()
        work(query.all())
        return time.perf_counter() - begin


def ratio(rows: int, rounds: int, work: Callable[[list[Any]], object] = len) -> tuple[float, float, float]:
    """Return the median seconds of ftrack_api and of ours, and how many times faster ours is."""
    server = CannedServer(rows)
    stock: list[float] = []
    ours: list[float] = []
    for _ in range(rounds):
        stock.append(_seconds(ftrack_api.Session, server, work))
        ours.append(_seconds(Session, server, work))
    return statistics.median(stock), statistics.median(ours), statistics.median(stock) / statistics.median(ours)


def read(versions: list[Any]) -> object:
    """Read what was fetched, as a table of versions would."""
    return [(version["asset"]["name"], version["task"]["name"], version["status"]["name"]) for version in versions]


def run(rows: int = 10_000, rounds: int = 3) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"{rows} AssetVersions with asset, status and task; median of {rounds} rounds"
    for title, work in (("fetch", len), ("fetch and read", read)):
        stock, ours, factor = ratio(rows, rounds, work)
        yield (
            f"  {title:15} ftrack_api {stock / rows * 1e6:7.1f} us/row   trackteroid {ours / rows * 1e6:6.1f} us/row   "
            f"{factor:5.1f} times faster"
        )


if __name__ == "__main__":
    for line in run():
        print(line)
