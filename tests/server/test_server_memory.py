"""A server that answers page after page keeps nothing of them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
import sqlalchemy as sa

from trackteroid.server import EmbeddedServer
from trackteroid.server.model import standard_model

pytestmark = pytest.mark.slow

ROWS = 30_000
PAGE = 1_000


def test_memory_stays_flat_while_many_rows_are_paged(tmp_path: Path) -> None:
    server = EmbeddedServer(f"sqlite:///{(tmp_path / 'large.db').as_posix()}")
    model = standard_model()
    table = model.table("Scope")
    with server.database.begin(write=True) as connection:
        connection.execute(sa.insert(table), [{"id": f"{n:08}", "name": f"scope {n}"} for n in range(ROWS)])

    def page(offset: int) -> int:
        text = f"select name from Scope order by name limit {PAGE} offset {offset}"
        return len(server.call([{"action": "query", "expression": text}])[0]["data"])

    tracemalloc.start()
    try:
        assert page(0) == PAGE
        one_page = tracemalloc.get_traced_memory()[1]
        kept = tracemalloc.get_traced_memory()[0]
        assert sum(page(offset) for offset in range(0, ROWS, PAGE)) == ROWS
        now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        server.close()
    assert peak < 2 * one_page, "paging through everything takes about as much as one page"
    assert now - kept < one_page / 2, "little is kept once the pages are answered"
