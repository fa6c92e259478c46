"""How fast the server answers queries: against SQL written by hand, and against a call that asks for nothing.

python -m benchmarks.server_queries
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from trackteroid.server.access import add_user, store_key
from trackteroid.server.api import Api
from trackteroid.server.database import Database
from trackteroid.server.generate import Scale, generate
from trackteroid.server.model import standard_model

#: Four projects with about 20,000 versions and 200,000 rows in all.
SCALE = Scale(projects=4, artists=30, sequences=10, shots=200, builds=0, tasks=3, assets=5, versions=5, components=1)
NOW = "2024-05-01T12:00:00"

PAGE = """
    select id, version, asset.name, status.name, task.name from AssetVersion
    where asset.parent.project.name is "{project}" order by date descending limit 500
"""
PAGE_BY_HAND = """
    SELECT v.id, v.version, v.asset_id, a.id, a.name, a.context_id, s.id, s.name, t.id, t.name, t.concrete_type,
           t.context_type, t.object_type_id, t.project_id
    FROM asset_version v JOIN asset a ON a.id = v.asset_id JOIN context c ON c.id = a.context_id
    JOIN context p ON p.id = c.project_id LEFT JOIN status s ON s.id = v.status_id
    LEFT JOIN context t ON t.id = v.task_id
    WHERE p.name = ? AND p.concrete_type = 'Project' ORDER BY v.date DESC, v.id LIMIT 501
"""


class Server:
    """A generated production, asked without any transport."""

    def __init__(self, folder: Path, scale: Scale = SCALE) -> None:
        self.database = Database(f"sqlite:///{folder / 'queries.db'}")
        generate(self.database, scale)
        model = standard_model()
        with self.database.begin(write=True) as connection:
            user = add_user(connection, model, "bench", now=NOW)
            key = store_key(connection, model, user.id, now=NOW, label="benchmark")
            connection.exec_driver_sql("ANALYZE")
            versions = model.table(model.type("AssetVersion"))
            self.version = connection.execute(sa.select(versions.c.id).limit(1)).scalar_one()
            contexts = model.table(model.type("Project"))
            projects = sa.select(contexts.c.name).where(contexts.c.concrete_type == "Project")
            self.project = connection.execute(projects.order_by(contexts.c.name)).scalars().first()
            self.versions = connection.execute(sa.select(sa.func.count()).select_from(versions)).scalar_one()
        self.api = Api(self.database)
        self.headers = {"ftrack-user": "bench", "ftrack-api-key": key}

    def call(self, **operation: Any) -> bytes:
        """The answer to a batch of one operation."""
        reply = self.api.respond(self.headers, json.dumps([operation]).encode(), "http://benchmark.invalid")
        if b'"exception"' in reply.body[:20]:
            raise RuntimeError(reply.body.decode())
        return reply.body

    def query(self, text: str) -> bytes:
        """The answer to one query."""
        return self.call(action="query", expression=text)

    def nothing(self) -> bytes:
        """The answer to a call that authenticates and does nothing else."""
        return self.api.respond(self.headers, b"[]", "http://benchmark.invalid").body

    def page_by_hand(self) -> bytes:
        """What `PAGE` asks for, from SQL written by hand straight to JSON."""
        with self.database.begin(write=False) as connection:
            rows = connection.exec_driver_sql(PAGE_BY_HAND, (self.project,)).all()
        return orjson.dumps([list(row) for row in rows])

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median time `work` takes, after a first try that nobody counts."""
    work()
    times: list[float] = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def measure(server: Server, rounds: int) -> dict[str, float]:
    """Milliseconds of the page, the page by hand, the point query and the call that asks for nothing."""
    page = PAGE.format(project=server.project)
    point = f"select id, version, comment from AssetVersion where id is {server.version}"
    return {
        "page": milliseconds(lambda: server.query(page), rounds),
        "by hand": milliseconds(server.page_by_hand, rounds),
        "point": milliseconds(lambda: server.query(point), rounds * 10),
        "nothing": milliseconds(server.nothing, rounds * 10),
    }


def run(rounds: int = 15) -> Iterator[str]:
    """Yield the lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            yield f"SQLite, {server.versions} versions; median of {rounds} rounds"
            times = measure(server, rounds)
        finally:
            server.close()
    for title, asked, other, least in (
        ("500 versions with references", "page", "SQL by hand and orjson", "by hand"),
        ("one version by its id", "point", "a call for nothing", "nothing"),
    ):
        factor = times[asked] / times[least]
        yield f"  {title:28} {times[asked]:7.2f} ms   {other:22} {times[least]:7.2f} ms   {factor:5.2f} times as long"


if __name__ == "__main__":
    for line in run():
        print(line)
