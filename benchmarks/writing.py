"""What creating, changing and deleting cost the client, up to the commit and back: ours against ftrack_api's own.

Both send to a server that costs nothing, because its own processor time is not counted, and take the same answers.

    python -m benchmarks.writing
"""

import gc
import io
import json
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, cast

import ftrack_api
import requests

from benchmarks.hydration import URL, CannedServer, connect
from trackteroid.session import Session

#: What a server of ours adds to a new task.
ADDED: dict[str, Any] = {
    "project_id": "6f35bcd9-24bb-48ba-a40a-164920133b46",
    "context_type": "task",
    "created_at": {"__type__": "datetime", "value": "2026-11-30T04:52:08"},
    "created_by_id": "041754b8-b262-4535-9122-ebb558cd6462",
    "bid": 0.0,
    "description": "",
    "sort": 0.0,
    "type_id": "56807358-a0f4-11e9-9843-d27cf242b68b",
}


class WritingServer(CannedServer):
    """Answers changes as a server of ours does, and knows how long that took."""

    def __init__(self) -> None:
        super().__init__(0)
        self.seconds = 0.0

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        begin = time.process_time()
        batch = json.loads(cast("bytes", request.body))
        response = requests.Response()
        response.status_code, response.encoding, response.url = 200, "utf-8", URL
        if batch[0]["action"] in ("create", "update", "delete"):
            response.raw = io.BytesIO(json.dumps([self._done(operation) for operation in batch]).encode())
        else:
            response.raw = io.BytesIO(self._answer(batch[0]))
        self.seconds += time.process_time() - begin
        return response

    def _done(self, operation: dict[str, Any]) -> dict[str, Any]:
        if operation["action"] == "delete":
            return {"action": "delete", "data": True}
        data = operation["entity_data"] | {"id": operation["entity_key"][0]}
        keys = {f"{name}_id": value["id"] for name, value in data.items() if isinstance(value, dict)}
        more = ADDED if operation["action"] == "create" else {"project_id": ADDED["project_id"], "context_type": "task"}
        return {"action": operation["action"], "data": more | keys | data}


class Work:
    """A session of some kind, and the tasks that it creates, changes and deletes."""

    def __init__(self, kind: type[ftrack_api.Session]) -> None:
        self._server = WritingServer()
        self._session = connect(kind, self._server)
        self._parent, *self._statuses = (
            self._session.create(name, {"id": str(uuid.uuid4()), "name": name}, reconstructing=True)
            for name in ("Shot", "Status", "Status")
        )
        self._tasks: list[Any] = []

    def create(self, count: int) -> None:
        """Create *count* tasks."""
        for number in range(count):
            data = {"name": f"task {number}", "parent": self._parent, "status": self._statuses[0]}
            self._tasks.append(self._session.create("Task", data))

    def update(self, count: int) -> None:
        """Change one value of *count* tasks: a text or a reference."""
        for number, task in enumerate(self._tasks[:count]):
            if number % 2:
                task["name"] = f"renamed {number}"
            else:
                task["status"] = self._statuses[1]

    def delete(self, count: int) -> None:
        """Delete *count* tasks."""
        for task in self._tasks[:count]:
            self._session.delete(task)

    def seconds(self, change: Callable[["Work", int], None], count: int) -> tuple[float, float]:
        """Return the client's processor time of a *change*, and of the commit of it."""
        gc.collect()
        begin = time.process_time()
        change(self, count)
        changed = time.process_time()
        self._server.seconds = 0.0
        self.commit()
        return changed - begin, time.process_time() - changed - self._server.seconds

    def commit(self) -> None:
        """Commit what is pending."""
        self._session.commit()

    def close(self) -> None:
        """Close the session."""
        self._session.close()


CHANGES = (Work.create, Work.update, Work.delete)


def measured(kind: type[ftrack_api.Session], count: int) -> list[tuple[float, float]]:
    """Return the seconds of each change and of its commit, with a new session of this kind."""
    work = Work(kind)
    found = [work.seconds(change, count) for change in CHANGES]
    work.close()
    return found


def ratios(count: int, rounds: int) -> Iterator[tuple[str, tuple[float, float], tuple[float, float]]]:
    """Yield the name of each change, and the median seconds of it and of its commit: of ftrack_api and of ours."""
    pairs = [(measured(ftrack_api.Session, count), measured(Session, count)) for _ in range(rounds)]
    for number, change in enumerate(CHANGES):
        stock, ours = (
            tuple(statistics.median(pair[side][number][part] for pair in pairs) for part in (0, 1)) for side in (0, 1)
        )
        yield change.__name__, cast("tuple[float, float]", stock), cast("tuple[float, float]", ours)


def run(count: int = 5_000, rounds: int = 3) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"{count:,} tasks, processor time of the client: the change + the commit"
    for name, stock, ours in ratios(count, rounds):
        yield (
            f"  {name}   ftrack_api {stock[0] * 1e3:6.0f} + {stock[1] * 1e3:6.0f} ms   "
            f"trackteroid {ours[0] * 1e3:6.0f} + {ours[1] * 1e3:6.0f} ms   "
            f"{sum(stock) / sum(ours):5.1f} times faster"
        )


if __name__ == "__main__":
    for line in run():
        print(line)
