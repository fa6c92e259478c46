"""What creating, changing and deleting cost the client, up to the commit and back: ours against ftrack_api's own.

Both send to a server that costs nothing, because its own processor time is not counted, and take the same answers.

    python -m benchmarks.writing
"""

import gc
import io
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias, cast

import ftrack_api
import requests

from benchmarks import deferred
from benchmarks.hydration import URL, CannedServer, connect
from trackteroid import SCHEMA, Task
from trackteroid.collections.collection import make_collection
from trackteroid.entities.base import entity_class
from trackteroid.operations import deferred_operations, replay
from trackteroid.schema.types import schema_of
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
        if batch[0]["action"].startswith("query_"):
            response.raw = io.BytesIO(self._answer(batch[0]))
        else:
            response.raw = io.BytesIO(json.dumps([self._done(operation) for operation in batch]).encode())
        self.seconds += time.process_time() - begin
        return response

    def _done(self, operation: dict[str, Any]) -> dict[str, Any]:
        if operation["action"] == "query":
            return {"action": "query", "data": [], "metadata": {"next": {"offset": None}}}
        if operation["action"] == "delete":
            return {"action": "delete", "data": True}
        data = operation["entity_data"] | {"id": operation["entity_key"][0]}
        keys = {f"{name}_id": value["id"] for name, value in data.items() if isinstance(value, dict)}
        more = ADDED if operation["action"] == "create" else {"project_id": ADDED["project_id"], "context_type": "task"}
        return {"action": operation["action"], "data": more | keys | data}


class Work:
    """A session of some kind, and the tasks that it creates, changes and deletes."""

    def __init__(self, kind: type[ftrack_api.Session] = Session) -> None:
        self._server = WritingServer()
        self._session = connect(kind, self._server)
        self._parent, self._type, *self._statuses = (
            self._session.create(name, {"id": str(uuid.uuid4()), "name": name}, reconstructing=True)
            for name in ("Shot", "Type", "Status", "Status")
        )
        self._tasks: list[Any] = []

    def create(self, count: int) -> None:
        """Create *count* tasks below one shot, of the type that collections want to know of tasks."""
        given = {"parent": self._parent, "type": self._type, "status": self._statuses[0]}
        for number in range(count):
            self._tasks.append(self._session.create("Task", {"name": f"task {number}", **given}))

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

    def seconds(self, change: str, count: int) -> "Seconds":
        """Return the client's processor time of a *change*, and of the commit of it."""
        gc.collect()
        begin = time.process_time()
        getattr(self, change)(count)
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


class CollectionWork(Work):
    """The same with collections."""

    def __init__(self) -> None:
        super().__init__()
        self._shot, self._kind, *self._choices = map(self._collection, (self._parent, self._type, *self._statuses))

    def _collection(self, *entities: Any) -> Any:
        kind = entity_class(entities[0].entity_type, schema_of(self._session))
        return make_collection(kind, entities, session=self._session, schema=SCHEMA.default)

    def create(self, count: int) -> None:
        """Create the same with collections."""
        rows = [{"name": f"task {number}", "type": self._kind, "status": self._choices[0]} for number in range(count)]
        self._made = self._shot.children[Task].create_batch(*rows)

    def update(self, count: int) -> None:
        """Change one value of *count* tasks: a text or a reference."""
        half = count // 2
        self._made[:half].name = [f"renamed {number}" for number in range(half)]
        self._made[half:count].status = [self._choices[1]] * (count - half)

    def delete(self, count: int) -> None:
        """Delete *count* tasks."""
        self._made[:count].delete()


CHANGES = ("create", "update", "delete")
Seconds: TypeAlias = tuple[float, float]


def measured(work: Work, count: int) -> list[Seconds]:
    """Return the seconds of each change and of its commit, in the new session of *work*."""
    found = [work.seconds(change, count) for change in CHANGES]
    work.close()
    return found


def ratios(count: int, rounds: int) -> Iterator[tuple[str, Seconds, Seconds, Seconds]]:
    """Yield each change with the median seconds of it and of its commit: ftrack_api, our session, collections."""
    kinds: list[list[list[Seconds]]] = [[], [], []]
    for _ in range(rounds):
        for found, work in zip(kinds, (Work(ftrack_api.Session), Work(), CollectionWork()), strict=True):
            found.append(measured(work, count))
    for number, change in enumerate(CHANGES):
        stock, ours, collected = (
            cast("Seconds", tuple(statistics.median(found[number][part] for found in kind) for part in (0, 1)))
            for kind in kinds
        )
        yield change, stock, ours, collected


def replaying(count: int) -> tuple[float, float]:
    """Return the seconds in which ftrack_api makes and commits *count* operations, and ours sends them from a file."""
    server = WritingServer()
    with closing(connect(ftrack_api.Session, server)) as session:
        stock = _without_server(server, lambda: (deferred.work(session, count), session.commit()))
    with tempfile.TemporaryDirectory() as folder, closing(connect(Session, server)) as session:
        path = Path(folder) / "operations.db"
        with deferred_operations(session, path):
            deferred.work(session, count)
        return stock, _without_server(server, lambda: replay(session, path))


def _without_server(server: WritingServer, work: Callable[[], object]) -> float:
    server.seconds = 0.0
    begin = time.process_time()
    work()
    return time.process_time() - begin - server.seconds


def run(count: int = 5_000, rounds: int = 3, operations: int = 10_000) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"{count:,} tasks, processor time of the client: the change + the commit; median of {rounds} rounds"
    for name, stock, ours, collected in ratios(count, rounds):
        yield f"  {name}   ftrack_api     {stock[0] * 1e3:6.0f} + {stock[1] * 1e3:6.0f} ms"
        for title, seconds in (("our session", ours), ("collections", collected)):
            yield (
                f"  {name}   {title}    {seconds[0] * 1e3:6.0f} + {seconds[1] * 1e3:6.0f} ms   "
                f"{sum(stock) / sum(seconds):5.1f} times faster"
            )
    stock, ours = replaying(operations)
    yield (
        f"  {operations:,} operations   made and committed by ftrack_api {stock * 1e3:6.0f} ms   "
        f"sent from a file {ours * 1e3:6.0f} ms   {stock / ours:5.1f} times faster"
    )


if __name__ == "__main__":
    for line in run():
        print(line)
