"""Eight processes that commit small changes without end, against how often the disk can make a write durable.

A commit is durable when it is acknowledged, so the disk is the limit of one writer; several who wait at the same time
have one wait together. The disk is asked in the folder of the database: a page is written and made durable, again and
again. On PostgreSQL, once with one worker of the server and once with as many as there are processors.

    TRACKTEROID_BENCH=s python -m benchmarks writers     # a shorter look
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks._production import SCALE, databases, empty
from benchmarks._worker import Worker, worker

PROCESSES = 8
SECONDS = {"s": 2.0, "m": 8.0}.get(SCALE, 8.0)
#: What concurrent writers reach of what the disk can do, at least.
GOAL = 0.7


def durable_writes(folder: Path, seconds: float = SECONDS / 4) -> float:
    """How many pages a second the disk makes durable, one after the other."""
    page, count = os.urandom(4096), 0
    descriptor = os.open(folder / "page", os.O_CREAT | os.O_WRONLY)
    try:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            os.pwrite(descriptor, page, 0)
            os.fsync(descriptor)
            count += 1
    finally:
        os.close(descriptor)
    return count / seconds


def _commit(url: str, headers: dict[str, str], task: str, seconds: float, counts: Any) -> None:
    """Change one task again and again, and tell how long each commit took."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        change = {"__entity_type__": "Task", "description": f"change {len(taken)}"}
        body = [{"action": "update", "entity_type": "Task", "entity_key": [task], "entity_data": change}]
        connection.request("POST", "/api", json.dumps(body), headers)
        answer = json.loads(connection.getresponse().read())
        if isinstance(answer, dict):
            raise SystemExit(f"A commit was refused: {answer}")
        taken.append(time.perf_counter() - began)
    connection.close()
    counts.put(taken)


def commits(server: Worker, processes: int) -> tuple[float, float]:
    """How many commits a second so many processes reach together, and the median milliseconds of one."""
    project, shots = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in range(processes)]
    made = [_create("Project", id=project, name=f"writers {project}", full_name="writers")]
    made += [_create("Task", id=shot, name=shot, parent_id=project) for shot in shots]
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    connection.request("POST", "/api", json.dumps(made), server.headers)
    connection.getresponse().read()
    connection.close()
    context = multiprocessing.get_context("spawn")
    counts = context.Queue()
    writers = [
        context.Process(target=_commit, args=(server.url, server.headers, shot, SECONDS, counts)) for shot in shots
    ]
    for writer in writers:
        writer.start()
    taken = [counts.get(timeout=SECONDS + 60) for _ in writers]
    for writer in writers:
        writer.join()
    return sum(map(len, taken)) / SECONDS, statistics.median(chain.from_iterable(taken)) * 1e3


def _create(entity_type: str, **data: Any) -> dict[str, Any]:
    content = {"__entity_type__": entity_type, **data}
    return {"action": "create", "entity_type": entity_type, "entity_data": content}


def run() -> Iterator[str]:
    """Yield the lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        disk = durable_writes(Path(folder))
    yield f"the disk makes {disk:,.0f} pages a second durable"
    for name in databases():
        numbers = (1,) if name == "SQLite" else (1, max(2, os.cpu_count() or 2))
        for workers in numbers:
            with empty(name) as url, worker(url, "--workers", str(workers)) as server:
                alone, _ = commits(server, 1)
                together, median = commits(server, PROCESSES)
                share = together / disk
                verdict = (
                    "" if name != "SQLite" else f"  (at least {GOAL:.0%}: {'met' if share >= GOAL else 'NOT MET'})"
                )
                yield (
                    f"{name}, {workers} worker{'s' if workers > 1 else ''}: one process {alone:5,.0f} commits/s, "
                    f"{PROCESSES} processes {together:5,.0f}, each {median:5.1f} ms   {share:6.1%} of the disk{verdict}"
                )


if __name__ == "__main__":
    for line in run():
        print(line)
