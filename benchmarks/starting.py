"""What a process costs before it does anything, in processor time: importing, the first question, the command line.

Each program runs as a process of its own, several times, in turns with the others; the fastest counts.

    python -m benchmarks starting
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks._worker import worker

ROUNDS = 5
IMPORTS = {
    "python": "pass",
    "import ftrack_api": "import ftrack_api",
    "from trackteroid import Query": "import ftrack_api; from trackteroid import Query",
    "a server in this process": "import trackteroid.server.embedded",
    "trackteroid --help": "from trackteroid.cli import main; main(['--help'], standalone_mode=False)",
    "trackteroid serve --help": "from trackteroid.cli import main; main(['serve', '--help'], standalone_mode=False)",
}
#: The first question of a process that has imported all it names, whose server's schema is in a file.
FIRST = """
import sys, time
from trackteroid import Project, Query, Session
begun = time.process_time()
with Session(*sys.argv[1:4], schema_cache_path=sys.argv[4]) as session:
    Query(Project, session=session).get_all(limit=1)
print(time.process_time() - begun)
"""
#: The same with ftrack_api alone.
STOCK = """
import sys, time
import ftrack_api
begun = time.process_time()
session = ftrack_api.Session(*sys.argv[1:4], schema_cache_path=sys.argv[4], auto_connect_event_hub=False)
session.query("select id, name from Project limit 1").all()
print(time.process_time() - begun)
"""


def run() -> Iterator[str]:
    """Yield one line for each measurement."""
    spent = dict.fromkeys(IMPORTS, float("inf"))
    for _ in range(ROUNDS):
        for name, program in IMPORTS.items():
            spent[name] = min(spent[name], _processor_time(program))
    for name, seconds in spent.items():
        yield f"{name}: {seconds * 1e3:.0f} ms of processor"
    beyond = spent["from trackteroid import Query"] - spent["import ftrack_api"]
    yield f"Trackteroid beyond ftrack_api: {beyond * 1e3:.0f} ms"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with worker(f"sqlite:///{(Path(folder) / 'empty.db').as_posix()}") as server:
            given = (server.url, server.headers["ftrack-api-key"], server.headers["ftrack-user"], folder)
            ours, theirs = (min(_first_answer(each, given) for _ in range(ROUNDS)) for each in (FIRST, STOCK))
        yield f"first question, with the schema in a file: {ours * 1e3:.0f} ms; of ftrack_api {theirs * 1e3:.0f} ms"


def _processor_time(program: str) -> float:
    """Return the processor time of a program, with the interpreter's own."""
    before = os.times()
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def _first_answer(program: str, given: tuple[str, ...]) -> float:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *given], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])
