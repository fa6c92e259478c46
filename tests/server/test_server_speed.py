"""Queries take about as long as SQL written by hand; the benchmark measures it at scale, this only guards it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

LIMIT = 2
"""How many times the limit of the benchmark may be passed on a busy machine."""


def test_queries_are_about_as_fast_as_sql_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    benchmark: Any = importlib.import_module("benchmarks.server_queries")
    with benchmark.production("SQLite", "s") as made:
        server = benchmark.Server(made.url)
        try:
            benchmark.check(server)
            for case in benchmark.CASES:
                assert lowest(benchmark, server, case) < LIMIT * case.limit, case.title
        finally:
            server.close()


def lowest(benchmark: Any, server: Any, case: Any) -> float:
    """The lowest of three ratios; other work on the machine must not matter."""
    ratios = [asked / least for asked, least in (benchmark.measure(server, case, 5) for _ in range(3))]
    return min(ratios)
