"""Workers are killed while many clients write: no batch is ever lost, done twice or done by half.

Each batch makes, changes, deletes and publishes, and carries a mark. Afterwards the database tells what became of it.
``TRACKTEROID_STRESS=20`` makes it twenty times as long.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from postgres.cluster import cluster  # noqa: F401 - a fixture
from trackteroid.server import EmbeddedServer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")

WRITERS = 3
BATCHES = 8 * int(os.environ.get("TRACKTEROID_STRESS", "1"))
#: A worker dies each time that so many batches are through.
KILL_EVERY = 8
COMMAND = [sys.executable, "-m", "trackteroid.cli", "serve", "--port", "0", "--workers", "2", "--key", "secret"]

Operation = dict[str, Any]


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The server has answered that it did nothing."""


@dataclass
class Serving:
    """A running server, and which of its workers live."""

    url: str = ""
    workers: list[int] = field(default_factory=list)

    def call(self, operations: list[Operation]) -> list[Any]:
        """Send one batch; anything but `Refused` leaves open what became of it."""
        headers = {"ftrack-user": "demo", "ftrack-api-key": "secret", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api", json.dumps(operations).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.loads(response.read())
        if isinstance(answer, dict):
            raise Refused(answer["content"])
        return answer

    def read(self, line: str) -> bool:
        """Learn from a line of output; returns whether the server is ready."""
        words = line.split()
        if line.startswith("# Workers: "):
            self.workers = [int(word) for word in words[2:]]
        elif line.startswith("# Worker "):
            self.workers.append(int(words[-4]))
        elif line.startswith("# Serving"):
            self.url = words[2].rstrip(";")
        return bool(self.url)

    def kill_one(self) -> None:
        """End the worker that has lived longest, with no warning."""
        if len(self.workers) > 1:
            os.kill(self.workers.pop(0), signal.SIGKILL)


@contextmanager
def serving(database: str) -> Generator[Serving]:
    found = Serving()
    with subprocess.Popen([*COMMAND, "--database", database], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while not found.read(process.stdout.readline()):
            pass
        reader = threading.Thread(target=lambda: [found.read(line) for line in process.stdout or ()])
        reader.start()
        try:
            yield found
        finally:
            process.send_signal(signal.SIGINT)
            reader.join()
    assert process.returncode == 0


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return request.getfixturevalue("cluster").new_database()
    return f"sqlite:///{(tmp_path / 'x.db').as_posix()}"


def create(entity_type: str, **values: Any) -> Operation:
    return {"action": "create", "entity_type": entity_type, "entity_data": values}


@dataclass
class Batch:
    """What one batch does, and what the server said to it."""

    asset: str
    removes: str | None
    mark: str = field(default_factory=lambda: str(uuid.uuid4()))
    kept: str = field(default_factory=lambda: str(uuid.uuid4()))
    spare: str = field(default_factory=lambda: str(uuid.uuid4()))
    outcome: str = "unknown"

    def operations(self) -> Iterator[Operation]:
        yield create("Scope", id=self.kept, name=f"{self.mark} new")
        yield create("Scope", id=self.spare, name=f"{self.mark} spare")
        yield create("AssetVersion", asset_id=self.asset, comment=self.mark)
        key = {"entity_type": "Scope", "entity_key": [self.kept]}
        yield {"action": "update", **key, "entity_data": {"name": f"{self.mark} changed"}}
        if self.removes:
            yield {"action": "delete", "entity_type": "Scope", "entity_key": [self.removes]}


def write(server: Serving, asset: str, done: Queue[Batch | None]) -> None:
    """Send batches, each of which deletes something of the last one that is known to be through."""
    removes: str | None = None
    for _ in range(BATCHES):
        batch = Batch(asset, removes)
        try:
            server.call(list(batch.operations()))
            batch.outcome, removes = "done", batch.spare
        except Refused as error:
            batch.outcome = f"refused: {error}"
        except (urllib.error.URLError, HTTPException, ConnectionError):
            removes = None
        done.put(batch)
    done.put(None)


def write_and_kill(server: Serving, asset: str) -> list[Batch]:
    """All batches, sent while workers die."""
    done: Queue[Batch | None] = Queue()
    writers = [threading.Thread(target=write, args=(server, asset, done)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    batches: list[Batch] = []
    running = WRITERS
    while running:
        batch = done.get(timeout=120)
        if batch is None:
            running -= 1
            continue
        batches.append(batch)
        if len(batches) % KILL_EVERY == 0:
            server.kill_one()
    for writer in writers:
        writer.join()
    return batches


def rows(server: EmbeddedServer, expression: str) -> list[dict[str, Any]]:
    return server.call([{"action": "query", "expression": expression}])[0]["data"]


def test_no_batch_is_lost_done_twice_or_done_by_half(database: str) -> None:
    server = EmbeddedServer(database, key="secret")
    schema = rows(server, "ProjectSchema limit 1")[0]["id"]
    project, asset = str(uuid.uuid4()), str(uuid.uuid4())
    server.call([create("Project", id=project, name="p", full_name="p", project_schema_id=schema)])
    server.call([create("Asset", id=asset, name="plate", context_id=project)])
    server.close()

    with serving(database) as running:
        batches = write_and_kill(running, asset)
    assert len(batches) == WRITERS * BATCHES
    assert [batch.outcome for batch in batches if batch.outcome.startswith("refused")] == []
    assert sum(batch.outcome == "done" for batch in batches) > len(batches) / 3

    server = EmbeddedServer(database)
    scopes = {row["id"]: row["name"] for row in rows(server, "select name from Scope")}
    versions = rows(server, f'select version, comment from AssetVersion where asset_id is "{asset}"')
    marks = [row["comment"] for row in versions]
    through = {batch.mark for batch in batches if batch.kept in scopes}
    removed = {batch.removes for batch in batches if batch.mark in through}
    for batch in batches:
        expected = 1 if batch.outcome == "done" or batch.mark in through else 0
        found = (marks.count(batch.mark), scopes.get(batch.kept), batch.spare in scopes)
        whole = (1, f"{batch.mark} changed", batch.spare not in removed)
        assert found == (whole if expected else (0, None, False)), batch
    assert sorted(row["version"] for row in versions) == list(range(1, len(versions) + 1))
    latest = rows(server, f'select latest_version.version from Asset where id is "{asset}"')[0]["latest_version"]
    assert latest["version"] == len(versions)
    server.close()
