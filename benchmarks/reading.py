"""Reading all of it: four times as many, by lists of ids, as rows, and counted; in process, against ftrack_api.

Processor time of client and server together, of one production. Then the memory that entities take, and how long a
fresh process needs.

    TRACKTEROID_BENCH=s python -m benchmarks reading
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import ftrack_api

from benchmarks._production import SCALE, databases, production
from trackteroid import AssetVersion, Query, Task
from trackteroid.server.embedded import EmbeddedServer
from trackteroid.session import Session

REFERENCES = ["name", "status.name", "type.name", "parent.name"]
SCALARS = ["id", "version", "comment", "is_published", "asset_id"]
_TIMED = "import time; began = time.perf_counter(); {}; print(time.perf_counter() - began)"


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """The median processor time of some work."""
    spent: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def reading(session: Session) -> Iterator[str]:
    """Yield how long it takes to read a quarter and all of the tasks, and all of the versions in several ways."""

    def ask(kind: Any) -> Any:
        return Query(kind, session=session)

    def fresh(query: Any) -> Callable[[], object]:
        def read() -> None:
            session.reset()
            query.get_all(REFERENCES)

        return read

    ids = ask(Task).ids()
    quarter = ids[: len(ids) // 4]
    few = seconds(fresh(ask(Task).where(Task.id <= quarter[-1])))
    many = seconds(fresh(ask(Task)))
    yield f"tasks with three references  {len(ids) / many:8,.0f} rows/s   four times as many: {many / few:4.1f} times"
    few, many = seconds(fresh(ask(Task).by_id(*quarter))), seconds(fresh(ask(Task).by_id(*ids)))
    yield f"the same by their ids         {len(ids) / many:8,.0f} rows/s   four times as many: {many / few:4.1f} times"
    versions = ask(AssetVersion).count()
    rows = seconds(lambda: ask(AssetVersion).rows(SCALARS))
    entities = seconds(lambda: (session.reset(), ask(AssetVersion).get_all(SCALARS)))
    yield f"five values of versions      {versions / rows:8,.0f} rows/s  entities {entities / rows:4.1f} times as long"
    began = time.perf_counter()
    ask(AssetVersion).count()
    yield f"count of {versions:,} versions: {(time.perf_counter() - began) * 1e3:.0f} ms"


def memory(server: EmbeddedServer, rows: int = 5000) -> Iterator[str]:
    """Yield the bytes that an entity with five values takes in a session of ours and in one of ftrack_api."""
    text = f"select {', '.join(SCALARS)} from AssetVersion limit {rows}"
    with server.listening() as url:
        for title, kind in (("trackteroid", Session), ("ftrack_api", ftrack_api.Session)):
            session: Any = kind(url, server.api_key, server.username, plugin_paths=[], schema_cache_path=False)
            session.query("AssetVersion limit 1").all()
            gc.collect()
            tracemalloc.start()
            found = session.query(text).all()
            gc.collect()
            held = tracemalloc.get_traced_memory()[0]
            tracemalloc.stop()
            yield f"an entity with five values, {title:11}: {held / len(found):6.0f} bytes"
            session.close()


def started(statements: str, rounds: int = 5) -> float:
    """The shortest time that a fresh process takes for statements."""
    command = [sys.executable, "-c", _TIMED.format(statements)]
    return min(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(rounds))


def run(scale: str = SCALE) -> Iterator[str]:
    """Yield the lines of the report."""
    least, ours = started("import ftrack_api"), started("from trackteroid import SESSION, Query")
    yield f"import: ftrack_api {least * 1e3:.0f} ms, trackteroid {(ours - least) * 1e3:+.0f} ms"
    for name in databases():
        yield f"{name}:"
        with production(name, scale) as made:
            server = EmbeddedServer(made.url)
            with Session(server, plugin_paths=[]) as session:
                yield from (f"  {line}" for line in reading(session))
            yield from (f"  {line}" for line in memory(server))
            server.close()
