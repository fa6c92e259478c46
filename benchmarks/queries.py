"""How long it takes to write a query with 5,000 ids.

Compared with joining the same quoted ids, the least that anybody has to do: what counts is the ratio within one run.

    python benchmarks/queries.py
"""

from __future__ import annotations

import gc
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from trackteroid.entities import Shot
from trackteroid.query import Query
from trackteroid.schema.relations import SchemaEntry

RECORDED = Path(__file__).parent.parent / "tests" / "recorded"
SIZE = 5_000
ROUNDS = 20


class OfflineSession:
    """Knows the schemas of a server, and is never asked for more."""

    def __init__(self) -> None:
        self.schemas: list[dict[str, Any]] = json.loads((RECORDED / "schemas.json").read_text(encoding="utf-8"))


def best_of(candidate: Callable[[], object]) -> float:
    """Return the shortest time of some runs in milliseconds."""
    times: list[float] = []
    gc.disable()
    try:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            candidate()
            times.append((time.perf_counter() - start) * 1000)
    finally:
        gc.enable()
    return min(times)


def run() -> Iterator[str]:
    """Yield one line per way to write the query."""
    session: Any = OfflineSession()
    ids = [str(uuid.UUID(int=number)) for number in range(SIZE)]

    def query() -> Any:
        return Query(Shot, session, SchemaEntry())

    joined = best_of(lambda: 'select id, name from Shot where (id in ("' + '","'.join(ids) + '"))')
    yield f"'\",\"'.join of {SIZE:,} ids: {joined:.2f} ms"
    known = query().by_id(*ids)
    condition = Shot.id.in_(ids)
    ways: list[tuple[str, Callable[[], object]]] = [
        ("str of a query that is there", lambda: str(known)),
        ("by_id(*ids) and str", lambda: str(query().by_id(*ids))),
        ("not_by_id(*ids) and str", lambda: str(query().not_by_id(*ids))),
        ("where(Shot.id.in_(ids)) and str", lambda: str(query().where(Shot.id.in_(ids)))),
        ("where of a condition that is there, and str", lambda: str(query().where(condition))),
        ("where(Shot.Task.id.in_(ids)) and str", lambda: str(query().where(Shot.Task.id.in_(ids)))),
    ]
    for name, write in ways:
        own = best_of(write)
        yield f"{name}: {own:.2f} ms, ratio {own / joined:.0f}"


if __name__ == "__main__":
    for line in run():
        print(line)
