"""Servers are killed while many processes write: no batch is ever lost, done twice or done by half.

Each batch makes, changes, deletes and publishes, and carries a mark (`crash_writer`). Afterwards the database
tells what became of it. On PostgreSQL workers are killed, on SQLite the only server, which is started again.
``TRACKTEROID_STRESS=20`` makes it twenty times as long, and kills workers on SQLite as well.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from postgres.cluster import cluster  # noqa: F401 - a fixture
from selections import STRESS
from server import crash_writer
from server.crash_writer import DONE, REFUSED, Batch, create, new_id
from trackteroid.server import EmbeddedServer

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")]

WRITERS = 8
BATCHES = 4 * max(STRESS, 1)
#: Something is killed each time that so many batches have been answered.
KILL_EVERY = 6

#: Databases and how many workers share them.
SETUPS = [("sqlite", 1), ("postgresql", 2), *([("sqlite", 2)] if STRESS else [])]


@dataclass
class Serving:
    """A running server: its processes, and which of its workers live."""

    database: str
    count: int
    port: int
    extra: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None
    workers: list[int] = field(default_factory=list)
    kills: int = 0
    reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens."""
        options = ["--port", str(self.port), "--workers", str(self.count), "--key", "secret", *self.extra]
        command = [sys.executable, "-m", "trackteroid.cli", "serve", "--database", self.database, *options]
        self.process = process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in iter(process.stdout.readline, ""):
            if self.read(line):
                break
        else:
            raise RuntimeError(f"the server ended with {process.wait()}")
        self.reader = threading.Thread(target=lambda: [self.read(line) for line in process.stdout or ()])
        self.reader.start()

    def read(self, line: str) -> bool:
        """Learn from a line of output; returns whether the server is ready."""
        words = line.split()
        if line.startswith("# Workers: "):
            self.workers = [int(word) for word in words[2:]]
        elif line.startswith("# Worker "):
            self.workers.append(int(words[-4]))
        return line.startswith("# Serving")

    def kill(self) -> None:
        """End the worker that has lived longest, with no warning; or the server itself, and start it again."""
        assert self.process is not None
        if self.count == 1:
            self.process.kill()
            self.kills += 1
            self.ended()
            self.start()
        elif len(self.workers) > 1:
            os.kill(self.workers.pop(0), signal.SIGKILL)
            self.kills += 1

    def ended(self) -> int:
        """Wait for the end of the server."""
        assert self.process is not None
        assert self.process.stdout is not None
        code = self.process.wait()
        if self.reader is not None:
            self.reader.join()
        self.process.stdout.close()
        return code


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def serving(database: str, count: int, *extra: str) -> Generator[Serving]:
    found = Serving(database, count, free_port(), extra)
    found.start()
    try:
        yield found
    finally:
        assert found.process is not None
        found.process.send_signal(signal.SIGINT)
        code = found.ended()
    assert code == 0


@dataclass
class Writer:
    """A process that writes, and what it has told of its batches."""

    asset: str
    counter: str
    batches: list[Batch] = field(default_factory=list)

    def follow(self, url: str, done: Queue[str | None]) -> None:
        """Run it to its end; says what became of each batch, and at last nothing."""
        command = [sys.executable, str(Path(crash_writer.__file__)), url, self.asset, self.counter, str(BATCHES)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                self.batches.append(Batch(**json.loads(line)))
                done.put(self.batches[-1].outcome)
        done.put(None)


def write_and_kill(server: Serving, writers: Sequence[Writer]) -> None:
    """Run all writers while servers die."""
    done: Queue[str | None] = Queue()
    threads = [threading.Thread(target=writer.follow, args=(server.url, done)) for writer in writers]
    for thread in threads:
        thread.start()
    running, answered = len(writers), 0
    while running:
        outcome = done.get(timeout=120)
        running -= outcome is None
        if outcome in (DONE, REFUSED):
            answered += 1
            if answered % KILL_EVERY == 0:
                server.kill()
    for thread in threads:
        thread.join()


@pytest.fixture(params=SETUPS, ids=[f"{name} with {count}" for name, count in SETUPS])
def setup(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, int]:
    name, count = request.param
    if name == "postgresql":
        return request.getfixturevalue("cluster").new_database(), count
    return f"sqlite:///{(tmp_path / 'x.db').as_posix()}", count


def rows(server: EmbeddedServer, expression: str) -> list[dict[str, Any]]:
    return server.call([{"action": "query", "expression": expression}])[0]["data"]


def prepared(database: str) -> list[Writer]:
    """Two assets that the writers share, and a scope for each of them."""
    server = EmbeddedServer(database, key="secret")
    schema = rows(server, "ProjectSchema limit 1")[0]["id"]
    project, assets = new_id(), [new_id(), new_id()]
    server.call([create("Project", id=project, name="p", full_name="p", project_schema_id=schema)])
    server.call([create("Asset", id=asset, name="plate", context_id=project) for asset in assets])
    writers = [Writer(assets[number % 2], new_id()) for number in range(WRITERS)]
    server.call([create("Scope", id=writer.counter, name=writer.counter) for writer in writers])
    server.close()
    return writers


def check_batches(server: EmbeddedServer, writers: Sequence[Writer]) -> None:
    """Each batch is there as a whole, or nothing of it; and it is where the server said so."""
    found = rows(server, "select name from Scope")
    scopes = {row["id"]: row["name"] for row in found}
    marks = [row["comment"] for row in rows(server, "select comment from AssetVersion")]
    expected = {writer.counter for writer in writers}
    for writer in writers:
        through = [batch for batch in writer.batches if batch.kept in scopes]
        removed = {batch.removes for batch in through}
        for batch in writer.batches:
            is_there = batch in through
            assert is_there == (batch.outcome == DONE) or batch.outcome not in (DONE, REFUSED), batch
            assert marks.count(batch.mark) == is_there, batch
            assert scopes.get(batch.kept) == (f"{batch.mark} changed" if is_there else None), batch
            assert (batch.spare in scopes) == (is_there and batch.spare not in removed), batch
            expected |= {batch.kept, *({batch.spare} - removed)} if is_there else set()
        last = f"{through[-1].mark} was here" if through else writer.counter
        assert scopes[writer.counter] == last
    assert len(found) == len(scopes)
    assert set(scopes) == expected, "and nothing else is there"
    assert len(marks) == sum(batch.kept in scopes for writer in writers for batch in writer.batches)


def check_versions(server: EmbeddedServer, asset: str) -> None:
    """Versions are numbered without gaps or repetitions, and the asset knows the latest."""
    versions = rows(server, f'select version from AssetVersion where asset_id is "{asset}"')
    assert sorted(row["version"] for row in versions) == list(range(1, len(versions) + 1))
    assert len({row["id"] for row in versions}) == len(versions)
    latest = rows(server, f'select latest_version.version from Asset where id is "{asset}"')[0]["latest_version"]
    assert latest["version"] == len(versions)
    marked = rows(server, f'AssetVersion where asset_id is "{asset}" and is_latest_version is true')
    assert [row["id"] for row in marked] == [latest["id"]]


def test_no_batch_is_lost_done_twice_or_done_by_half(setup: tuple[str, int]) -> None:
    database, count = setup
    writers = prepared(database)
    with serving(database, count) as running:
        write_and_kill(running, writers)

    batches = [batch for writer in writers for batch in writer.batches]
    assert len(batches) == WRITERS * BATCHES
    answered = [batch for batch in batches if batch.outcome in (DONE, REFUSED)]
    assert len(answered) > len(batches) / 3
    print(
        f"{running.kills} kills under {len(writers)} writers, {len(answered)} of {len(batches)} batches were answered"
    )
    assert [batch.answer for batch in answered if (batch.outcome == REFUSED) != batch.is_mistaken] == []

    server = EmbeddedServer(database)
    check_batches(server, writers)
    for asset in {writer.asset for writer in writers}:
        check_versions(server, asset)
    server.close()
