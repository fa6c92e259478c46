"""Figures of a server, in the text format of Prometheus.

Workers keep theirs in files of one folder, so that whichever of them is asked tells of all. Those of workers that have
ended still count.
"""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy.pool import QueuePool

from trackteroid.server.api import Reply
from trackteroid.server.http.turns import Turns
from trackteroid.server.storage.database import Database

#: The upper bounds of the classes of time, in seconds.
_BOUNDS: Final = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)
#: The seconds between two looks at whether there is something to write, and those after which a worker has ended.
_PAUSE: Final = 1.0
_SILENCE: Final = 10.0

_HELP: Final[Mapping[str, str]] = {
    "trackteroid_requests_total": "counter Calls of the API, by outcome: ok, or the name of the error.",
    "trackteroid_request_seconds": "histogram Time from the headers of a call to its answer.",
    "trackteroid_rows_total": "counter Rows that queries have brought.",
    "trackteroid_actions_total": "counter Operations, by action.",
    "trackteroid_action_seconds_total": "counter Time that operations took, by action.",
    "trackteroid_calls_busy": "gauge Calls that are being answered, by what they do.",
    "trackteroid_calls_waiting": "gauge Calls that wait for their turn, by what they do.",
    "trackteroid_connections_in_use": "gauge Connections to the database that are in use.",
    "trackteroid_workers": "gauge Processes that answer calls.",
}


class Metrics:
    """The figures of one worker, and of those that share its folder.

    Args:
        folder: Where they are kept; None if nobody asks for them.
    """

    def __init__(self, folder: str | None) -> None:
        self._folder = Path(folder) if folder else None
        self._lock = threading.Lock()
        self._counts: defaultdict[str, float] = defaultdict(float)
        self._sources: tuple[Turns, Turns, Database] | None = None
        self._file = f"{os.getpid()}-{id(self):x}.json"

    def watch(self, reading: Turns, writing: Turns, database: Database) -> None:
        """Tell of these, too, from now on and every second."""
        self._sources = (reading, writing, database)
        if self._folder is not None:
            threading.Thread(target=self._write_often, name="trackteroid-metrics", daemon=True).start()

    def count(self, reply: Reply, seconds: float) -> None:
        """Count one call."""
        if self._folder is None:
            return
        outcome = reply.error.name if reply.error else "ok"
        with self._lock:
            self._counts[f'trackteroid_requests_total{{outcome="{outcome}"}}'] += 1
            self._counts["trackteroid_rows_total"] += reply.rows
            for action, took in reply.actions:
                self._counts[f'trackteroid_actions_total{{action="{action}"}}'] += 1
                self._counts[f'trackteroid_action_seconds_total{{action="{action}"}}'] += took
            for bound in _BOUNDS:
                self._counts[f'trackteroid_request_seconds_bucket{{le="{bound}"}}'] += seconds <= bound
            self._counts['trackteroid_request_seconds_bucket{le="+Inf"}'] += 1
            self._counts["trackteroid_request_seconds_sum"] += seconds
            self._counts["trackteroid_request_seconds_count"] += 1

    def text(self) -> str:
        """Return the figures of all workers."""
        if self._folder is None:
            return ""
        self._write()
        totals: defaultdict[str, float] = defaultdict(float)
        for path in sorted(self._folder.glob("*.json")):
            worker: dict[str, Any] = orjson.loads(path.read_bytes())
            is_alive = time.time() - worker["time"] < _SILENCE
            for figures in (worker["counts"], worker["gauges"])[: 1 + is_alive]:
                for name, value in figures.items():
                    totals[name] += value
        lines: list[str] = []
        for family, meaning in _HELP.items():
            kind, _, text = meaning.partition(" ")
            lines += [f"# HELP {family} {text}", f"# TYPE {family} {kind}"]
            for key, value in totals.items():
                name = key.partition("{")[0]
                if name == family or (kind == "histogram" and name.startswith(f"{family}_")):
                    lines.append(f"{key} {round(value, 6):.15g}")
        return "\n".join(lines) + "\n"

    def _write_often(self) -> None:
        while True:
            self._write()
            time.sleep(_PAUSE)

    def _write(self) -> None:
        """Keep the own figures where other workers read them, all at once."""
        if self._folder is None:
            return
        with self._lock:
            content = {"counts": dict(self._counts), "gauges": self._gauges(), "time": time.time()}
            part = self._folder / f"{self._file}.part"
            part.write_bytes(orjson.dumps(content))
            part.replace(self._folder / self._file)

    def _gauges(self) -> dict[str, int]:
        if self._sources is None:
            return {}
        reading, writing, database = self._sources
        pool = database.engine.pool
        gauges = {
            "trackteroid_connections_in_use": pool.checkedout() if isinstance(pool, QueuePool) else 0,
            "trackteroid_workers": 1,
        }
        for kind, turns in (("read", reading), ("write", writing)):
            gauges[f'trackteroid_calls_busy{{kind="{kind}"}}'] = turns.busy
            gauges[f'trackteroid_calls_waiting{{kind="{kind}"}}'] = turns.waiting
        return gauges
