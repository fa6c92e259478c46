"""Ever new hostile requests to the whole application, without a socket: it must answer all, and tell nobody anything.

    PYTHONPATH=tests python -m attacks.fuzz --count 100000 --seed 1
    PYTHONPATH=tests python -m attacks.fuzz --database postgresql --first 70000 --count 30000 --seed 1

A run that was ended goes on with ``--first``; one input is done again with ``--first N --count 1``. Found are answers
with a status of 500, exceptions, entries of errors in the log, text of SQL or of Python in an answer, what a member may
not see, and connections or memory that are not given back.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import psutil

from attacks.inputs import Inputs, Sent
from server.guarded import Person, create, guarded_server, production
from trackteroid.server.app import create_app
from trackteroid.server.core.options import Limits

#: What nobody but an administrator may see: it is in a private project.
CANARY = "canary-5c1e"
#: What the inside of a server looks like.
INSIDE = re.compile(
    rb"Traceback|sqlalchemy|psycopg|sqlite3\.|SELECT .{0,80} FROM|File \"/|The server failed on this request"
)
#: After how many inputs everything is as it was in the beginning.
ROUND = 5_000
#: How many are sent at once.
TOGETHER = 4
#: How long a thread may take to give back its connection once all calls are answered.
GIVEN_BACK_SECONDS = 10
LIMITS = Limits(statement_seconds=5, call_seconds=20, wrong_keys=10**9, user_calls=TOGETHER, event_wait_seconds=0.01)


class World:
    """A guarded server with people of three kinds, as an application."""

    def __init__(self, url: str) -> None:
        self.server = guarded_server(url, limits=LIMITS, durability="relaxed")
        self.server.call(
            [*production("secret")[1:], create("Note", content=CANARY, parent_id="secret-task", parent_type="Task")]
        )
        self.server.call(
            [
                {
                    "action": "update",
                    "entity_type": "Task",
                    "entity_key": ["secret-task"],
                    "entity_data": {"name": CANARY},
                }
            ]
        )
        roles = {"member": "User", "manager": "Project Manager", "boss": "Administrator"}
        people = [
            Person(self.server, name).holds(role, *(("p",) if name != "boss" else ())) for name, role in roles.items()
        ]
        self.keys = {person.name: person.key for person in people}
        self.tokens = [self.link(person) for person in people]
        self.app = create_app(self.server.api)
        self.uploads = [self.upload(people[0], "p-component"), self.upload(people[-1], "secret-component")]

    def upload(self, person: Person, component: str) -> str:
        """The signed part of an address to send a file to, which has been sent once."""
        asked = {"action": "get_upload_metadata", "component_id": component, "file_name": "x", "file_size": len(CANARY)}
        (answer,) = person.call(asked)
        parts = urlparse(answer["url"])
        token = parse_qs(parts.query)["token"][0]
        headers = tuple((name.lower().encode(), value.encode()) for name, value in answer["headers"].items())
        sent = Sent("PUT", parts.path, parts.query.encode(), headers, CANARY.encode())
        status, body, _ = asyncio.run(send(self, sent))
        if status != 200:
            raise RuntimeError(f"The file was not taken: {status} {body!r}")
        return token

    def link(self, person: Person) -> str:
        """The signed part of a link to a page."""
        (answer,) = person.call(
            {"action": "get_widget_url", "name": "info", "entity_type": "Task", "entity_key": ["p-task"]}
        )
        return parse_qs(urlparse(answer["data"]["widget_url"] if "data" in answer else answer["widget_url"]).query)[
            "token"
        ][0]

    def close(self) -> None:
        """End it."""
        self.server.close()


async def send(world: World, sent: Sent) -> tuple[int, bytes, dict[bytes, bytes]]:
    """The status, the body and the headers of an answer."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": sent.method, "path": sent.path,
        "raw_path": sent.path.encode(errors="replace"), "query_string": sent.query, "headers": list(sent.headers),
        "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    messages: list[dict[str, Any]] = []
    arrived, done = iter([sent.body]), asyncio.Event()

    async def receive() -> dict[str, Any]:
        body = next(arrived, None)
        if body is None:
            await done.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def answer(message: dict[str, Any]) -> None:
        messages.append(message)

    try:
        await world.app(scope, receive, answer)
    finally:
        done.set()
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return messages[0]["status"], body, dict(messages[0]["headers"])


class Errors(logging.Handler):
    """What the server has written to its log as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.found.append(self.format(record))


class Run:
    """One run: its findings, and how often each status was answered."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.inputs = Inputs(seed, world.keys, world.tokens, world.uploads)
        self.statuses: Counter[int] = Counter()
        self.refusals: Counter[str] = Counter()
        self.findings: list[str] = []
        self.errors = Errors()

    async def try_one(self, number: int) -> None:
        """Send the input of a number and look at the answer."""
        sent = self.inputs.make(number)
        user = dict(sent.headers).get(b"ftrack-user")
        is_boss = user == b"boss" or b"username=boss" in sent.query or b"token=" in sent.query or b"id=p-" in sent.query
        self.errors.found.clear()
        try:
            status, body, headers = await send(self.world, sent)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            self.findings.append(f"{number}: {type(error).__name__}: {error} at {sent.path}")
            return
        self.statuses[status] += 1
        if body.startswith(b'{"exception"'):
            self.refusals[json.loads(body)["exception"]] += 1
        if status >= 500 and sent.path != "/readyz":
            self.findings.append(f"{number}: status {status}: {body[:300]!r}")
        asked = sent.body + sent.query
        if (found := INSIDE.search(body)) and found.group() not in asked:
            self.findings.append(f"{number}: tells {found.group()!r}: {body[:300]!r}")
        if CANARY.encode() in body and not is_boss:
            self.findings.append(f"{number}: shows what {user!r} may not see: {body[:300]!r}")
        if self.errors.found:
            self.findings.append(f"{number}: logs {self.errors.found[0][-1500:]}")
        del headers

    async def try_all(self, numbers: Iterator[int]) -> None:
        """Send the inputs of some numbers, a few at a time."""

        async def some() -> None:
            for number in numbers:
                await self.try_one(number)

        await asyncio.gather(*(some() for _ in range(TOGETHER)))
        if not self.world.server.database.is_memory:
            await self.see_connections_given_back()

    async def see_connections_given_back(self) -> None:
        """Notice a connection that stays out; the thread of a call that is over may be about to give its own back."""
        pool: Any = self.world.server.database.engine.pool
        deadline = time.monotonic() + GIVEN_BACK_SECONDS
        while (out := getattr(pool, "checkedout", int)()) and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        if out:
            self.findings.append(f"{out} connections were not given back within {GIVEN_BACK_SECONDS} seconds")


@contextmanager
def databases(name: str) -> Generator[Iterator[str]]:
    """Addresses of fresh databases, for the time of a block."""
    if name == "sqlite":
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield (f"sqlite:///{(Path(folder) / f'{number}.db').as_posix()}" for number in range(10**9))
    else:
        from postgres.cluster import running_cluster  # only who asks for it needs it

        with running_cluster() as cluster:
            yield iter(cluster.new_database, "")


def run(*, database: str, first: int, count: int, seed: int, progress: bool = True) -> tuple[list[str], dict[int, int]]:
    """Try inputs; returns what was found, and how often each status was answered."""
    logging.getLogger("trackteroid.server").propagate = False
    findings: list[str] = []
    statuses: Counter[int] = Counter()
    refusals: Counter[str] = Counter()
    memory: list[float] = []
    began = time.monotonic()
    with databases(database) as urls:
        for start in range(first, first + count, ROUND):
            world = World(next(urls))
            with closing(world):
                tried = Run(world, seed)
                logger = logging.getLogger("trackteroid.server")
                logger.addHandler(tried.errors)
                asyncio.run(tried.try_all(iter(range(start, min(start + ROUND, first + count)))))
                logger.removeHandler(tried.errors)
            findings += tried.findings
            statuses += tried.statuses
            refusals += tried.refusals
            gc.collect()
            memory.append(psutil.Process().memory_info().rss / 1e6)
            if progress:
                done = min(start + ROUND, first + count) - first
                rate = done / (time.monotonic() - began)
                print(
                    f"{done:,} inputs, {len(findings)} findings, {rate:.0f} a second, {memory[-1]:.0f} MB", flush=True
                )
                for finding in tried.findings:
                    print(f"  FOUND {finding}", flush=True)
    if progress:
        print(f"statuses {dict(sorted(statuses.items()))}; refusals {dict(refusals.most_common(12))}")
        print(f"memory after each round: {' '.join(f'{each:.0f}' for each in memory)} MB")
    early = memory[len(memory) // 2]  # until then caches fill
    if len(memory) > 8 and memory[-1] > 1.15 * early:
        findings.append(f"memory grew from {early:.0f} to {memory[-1]:.0f} MB")
    return findings, dict(statuses)


def main() -> int:
    """Read the command line; returns 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    # Being told to end is no different from Ctrl-C: no database and no folder may be left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    findings, _ = run(database=options.database, first=options.first, count=options.count, seed=options.seed)
    print(f"{options.count:,} inputs of seed {options.seed} on {options.database}: {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
