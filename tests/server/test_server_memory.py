"""A server that answers page after page keeps nothing of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

#: Run by a process of its own: threads of other tests would be measured, too. The first pages warm up.
PROGRAM = """
import json, sys, tracemalloc
import sqlalchemy as sa
from trackteroid.server import EmbeddedServer
from trackteroid.server.model import standard_model

ROWS, PAGE = 30_000, 1_000
server = EmbeddedServer(sys.argv[1])
table = standard_model().table("Scope")
with server.database.begin(write=True) as connection:
    connection.execute(sa.insert(table), [{"id": f"{n:08}", "name": f"scope {n}"} for n in range(ROWS)])

def page(offset):
    text = f"select name from Scope order by name limit {PAGE} offset {offset}"
    rows = len(server.call([{"action": "query", "expression": text}])[0]["data"])
    assert rows == PAGE, rows

page(0), page(PAGE)
tracemalloc.start()
page(0)
kept, one_page = tracemalloc.get_traced_memory()
for offset in range(0, ROWS, PAGE):
    page(offset)
now, peak = tracemalloc.get_traced_memory()
print(json.dumps({"one page": one_page, "all pages": peak, "kept": now - kept}))
"""


def test_memory_stays_flat_while_many_rows_are_paged(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'large.db').as_posix()}"
    done = subprocess.run([sys.executable, "-c", PROGRAM, database], capture_output=True, text=True, check=True)
    used = json.loads(done.stdout)
    assert used["all pages"] < 2 * used["one page"], "paging through everything takes about as much as one page"
    assert used["kept"] < used["one page"] / 2, "little is kept once the pages are answered"
