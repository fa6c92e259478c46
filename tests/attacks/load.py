"""Many clients at once with mixed traffic over HTTP, and the same traffic to a bare application with the same SQL.

    PYTHONPATH=tests python -m attacks.load --clients 200 --seconds 300
    PYTHONPATH=tests python -m attacks.load --database postgresql --workers 2 --seconds 300

Each client has a connection of its own and asks again as soon as it is answered: seven of ten calls read 50 versions
with what they refer to, three change a task or write a note. Every answer must be right. Reported are the times that
reads and writes took, and the memory of the workers at the beginning and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import signal
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import sqlalchemy as sa

from attacks.fuzz import databases
from trackteroid.server.auth.access import store_key
from trackteroid.server.demo.generate import SCALES, generate
from trackteroid.server.model import standard_model
from trackteroid.server.people import People
from trackteroid.server.storage.database import Database

READ = (
    "select version, asset.name, status.name, task.name, user.username from AssetVersion"
    ' where asset.parent.id is "{shot}" order by date descending limit 50'
)
NOW = "2024-05-01T12:00:00"
USERS = 40


@dataclass
class Studio:
    """What clients know of a production: who they are, and what to ask for."""

    keys: list[tuple[str, str]]
    shots: list[str]
    tasks: list[str]


@dataclass
class Result:
    """What one kind of calls took, in seconds, and what went wrong."""

    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def line(self, title: str) -> str:
        """The figures as a line."""
        both = f"{len(self.reads) + len(self.writes):,} calls, {len(self.errors)} errors"
        return f"{title:14} {both:28} reads {_spread(self.reads)}   writes {_spread(self.writes)}"


def _spread(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "none"
    cuts = statistics.quantiles(seconds, n=100)
    return f"median {cuts[49] * 1000:6.0f} ms, p95 {cuts[94] * 1000:6.0f} ms, p99 {cuts[98] * 1000:6.0f} ms"


def furnish(url: str) -> Studio:
    """Fill a database with a production and users, half of whom are administrators."""
    database = Database(url)
    try:
        generate(database, SCALES["s"])
        people, names = People(database), [f"client-{number}" for number in range(USERS)]
        for number, name in enumerate(names):
            people.add(name, "User" if number % 2 else "Administrator")
        model = standard_model()
        users, contexts = model.table("User"), model.table("Context")
        with database.begin(write=True) as connection:
            ids = {row.username: row.id for row in connection.execute(sa.select(users.c.username, users.c.id))}
            keys = [(name, store_key(connection, model, ids[name], now=NOW, label="load")) for name in names]
            found = {
                kind: list(
                    connection.execute(sa.select(contexts.c.id).where(contexts.c.concrete_type == kind)).scalars()
                )
                for kind in ("Shot", "Task")
            }
        return Studio(keys, found["Shot"], found["Task"])
    finally:
        database.close()


@contextmanager
def serving(command: list[str], **environment: str) -> Generator[tuple[str, psutil.Process]]:
    """A server as a process of its own, for the time of a block; it prints its address."""
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    environment |= {"PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"}
    options: Any = {
        "stdout": subprocess.PIPE,
        "text": True,
        "env": os.environ | environment,
    }
    with subprocess.Popen([sys.executable, "-m", *command], **options) as process:
        try:
            address = ""
            for line in process.stdout or ():
                if "FTRACK_SERVER" in line:
                    address = line.partition("=")[2].strip()
                if address and line.startswith(("# Serving", "ready")):
                    break
            yield address, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(60)


def memory(process: psutil.Process) -> float:
    """The megabytes that a server holds, with all its workers."""
    return sum(each.memory_info().rss for each in (process, *process.children(recursive=True))) / 1e6


class Client:
    """Somebody with a connection of their own."""

    def __init__(self, address: str, studio: Studio, number: int) -> None:
        self.parts = urlsplit(address)
        self.studio = studio
        self.chance = random.Random(number)
        self.user, self.key = studio.keys[number % len(studio.keys)]
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def operation(self) -> dict[str, Any]:
        """What to ask for next."""
        chance = self.chance.random()
        if chance < 0.7:
            return {"action": "query", "expression": READ.format(shot=self.chance.choice(self.studio.shots))}
        task = self.chance.choice(self.studio.tasks)
        if chance < 0.85:
            data = {"__entity_type__": "Task", "description": f"said {chance}"}
            return {"action": "update", "entity_type": "Task", "entity_key": [task], "entity_data": data}
        note = {"id": str(uuid.uuid4()), "content": "well", "parent_id": task}
        data = {"__entity_type__": "Note", **note, "parent_type": "Task"}
        return {"action": "create", "entity_type": "Note", "entity_key": [note["id"]], "entity_data": data}

    async def ask(self, operation: dict[str, Any]) -> Any:
        """The answer to one operation."""
        body = json.dumps([operation]).encode()
        headers = {
            "host": self.parts.netloc,
            "ftrack-user": self.user,
            "ftrack-api-key": self.key,
            "content-type": "application/json",
            "content-length": str(len(body)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.parts.hostname, self.parts.port)
        reader, writer = self.streams
        writer.write(f"POST /api HTTP/1.1\r\n{head}\r\n".encode() + body)
        await writer.drain()
        said = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(said.partition("content-length: ")[2].partition("\r\n")[0])
        answer = json.loads(await reader.readexactly(length))
        if not said.startswith("http/1.1 200") or not isinstance(answer, list):
            raise RuntimeError(f"{said[:40]!r}: {answer}")
        return answer

    async def work(self, end: float, result: Result) -> None:
        """Ask until a moment."""
        while (began := time.monotonic()) < end:
            operation = self.operation()
            try:
                await self.ask(operation)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                result.errors.append(f"{type(error).__name__}: {error}"[:300])
                self.streams = None
                await asyncio.sleep(0.1)
            else:
                taken = result.reads if operation["action"] == "query" else result.writes
                taken.append(time.monotonic() - began)
        if self.streams is not None:
            self.streams[1].close()


async def press(address: str, studio: Studio, clients: int, seconds: float) -> Result:
    """Let clients ask for some seconds."""
    result, end = Result(), time.monotonic() + seconds
    await asyncio.gather(*(Client(address, studio, number).work(end, result) for number in range(clients)))
    return result


def measured(
    command: list[str], studio: Studio, clients: int, seconds: float, **environment: str
) -> tuple[Result, str]:
    """What clients met at a server, and how its memory went."""
    with serving(command, **environment) as (address, process):
        first = asyncio.run(press(address, studio, clients, min(10, seconds / 4)))
        before = memory(process)
        result = asyncio.run(press(address, studio, clients, seconds))
        result.errors[:0] = first.errors  # what only happens in the beginning is a finding too
        return result, f"memory {before:.0f} MB after the beginning, {memory(process):.0f} MB in the end"


def run(options: argparse.Namespace) -> list[str]:
    """Measure both; returns what went wrong."""
    with databases(options.database) as urls:
        url, bare = next(urls), next(urls)
        studio, other = furnish(url), furnish(bare)
        command = ["trackteroid.cli", "serve", "--port", "0", "--database", url, "--workers", str(options.workers)]
        key = {"TRACKTEROID_SERVE_KEY": secrets.token_hex(16)}
        result, held = measured([*command, "--user", "client-0"], studio, options.clients, options.seconds, **key)
        print(
            f"{options.clients} clients, {options.seconds:g} s, {options.database}, {options.workers} workers",
            flush=True,
        )
        print(f"  {result.line('this server')}\n  {held}", flush=True)
        least, held = measured(["attacks.bare", bare], other, options.clients, options.seconds / 5)
        print(f"  {least.line('a bare one')}\n  {held}", flush=True)
        if result.reads and least.reads and result.writes and least.writes:
            ratios = (_p95(result.reads) / _p95(least.reads), _p95(result.writes) / _p95(least.writes))
            print(f"  p95 beside the bare one: reads {ratios[0]:.2f}, writes {ratios[1]:.2f}")
    return [*result.errors, *(f"the bare one: {error}" for error in least.errors)]


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def main() -> int:
    """Read the command line; returns 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    errors = run(parser.parse_args())
    for error in sorted(set(errors))[:20]:
        print(f"  FAILED {error}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
