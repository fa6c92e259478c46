"""Records or replays an operations file with whatever Python runs it: `attacks.pythons` starts it with several.

Run as ``python -m attacks.one_python record|replay FILE NAME``, with the server in the environment. It prints what it
reads in the file: the operations, and behind a line of dashes the entities.
"""

from __future__ import annotations

import sys
from pathlib import Path

from library.one_of_each import prepare, work
from trackteroid.operations import deferred_operations, replay
from trackteroid.operations.format import file
from trackteroid.session import Session


def main(what: str, path: Path, name: str) -> None:
    """Record or replay."""
    sys.stdout.reconfigure(encoding="utf-8")
    with Session(schema_cache_path=False, plugin_paths=[]) as session:
        if what == "record":
            things = prepare(session, name)
            with deferred_operations(session, path):
                work(session, name, *things)
            session.rollback()
        content = file.read(path)
        print(*content.operations, "---", *sorted(map(repr, content.entities)), sep="\n")
        if what == "replay":
            replay(session, path)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
