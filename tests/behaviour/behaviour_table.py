"""What users are promised, entry by entry, and the tests that would fail without it.

Three tables: the numbered paragraphs of the behaviour contract (`CONTRACT`), the defects of older versions that are
fixed (`DEFECTS`, D1 to D70) and the decisions where both meet (`DECISIONS`). An entry is a line with its key and what
holds, and below it the tests that prove it, as ``file::test`` with the short names of `FILES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from behaviour_table_contract import CONTRACT
from behaviour_table_decisions import DECISIONS
from behaviour_table_defects import DEFECTS

TESTS = Path(__file__).resolve().parents[1]

_FOLDERS = (
    ("behaviour/test_behaviour_", "queries messages logs collections authoring linking"),
    ("behaviour/test_behaviour_", "sessions configuration types names"),
    ("library/test_query_", "criteria language projections terminators asking"),
    ("library/test_collections_", "container reading algebra empty querying speed"),
    ("library/test_authoring_", "assignment creation deletion links"),
    ("library/test_operations_", "file formats recording replay values"),
    ("library/test_", "relationships schema entities entities_schematypes expressions"),
    ("client/test_client_", "session contract results hydration import errors forks"),
    ("conformance/test_", "writing"),
    ("docs/test_", "pages"),
    ("cli/test_", "demo"),
)

#: Short names of files: the last part of the file's name, or with its folder where two files share that part.
FILES = {
    **{name: f"{start}{name}.py" for start, names in _FOLDERS for name in names.split()},
    "settings": "library/test_configuration.py",
    "connection": "client/test_client_session.py",
    "conformance": "conformance/library/test_collections_on_servers.py",
    "fast_queries": "client/test_client_queries.py",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One promise: its key, what holds, and the tests that prove it."""

    key: str
    statement: str
    tests: tuple[str, ...]


def entries(text: str) -> dict[str, Entry]:
    """Return the entries of a table by key."""
    found: dict[str, Entry] = {}
    for block in text.strip().split("\n\n"):
        head, *tests = block.splitlines()
        key, _, statement = head.partition(" | ")
        assert key not in found, f"{key} is in the table twice"
        found[key] = Entry(key, statement, tuple(_node_id(test.strip()) for test in tests))
    return found


def _node_id(short: str) -> str:
    name, _, test = short.partition("::")
    return f"{FILES[name]}::{test}"


TABLE = {**entries(CONTRACT), **entries(DEFECTS), **entries(DECISIONS)}
