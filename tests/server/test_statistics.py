"""Statistics that somebody lets SQLite gather take nothing away from answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trackteroid.server import EmbeddedServer
from trackteroid.server.demo.generate import Scale, generate
from trackteroid.server.storage import engines
from trackteroid.server.storage.database import Database
from trackteroid.server.storage.engines import DatabaseError

#: Versions that are found by the name of their project, for which SQLite joins what is large to what is small.
QUESTION = 'select id from AssetVersion where asset.parent.project.name is "s0p000"'
SCALE = Scale(projects=4, artists=5, sequences=2, shots=20, builds=0, tasks=1, assets=4, versions=4, components=0)


@pytest.fixture
def analyzed(tmp_path: Path) -> Path:
    """The file of a production with the statistics of ANALYZE."""
    path = tmp_path / "analyzed.db"
    database = Database(f"sqlite:///{path.as_posix()}", durability="relaxed")
    generate(database, SCALE)
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        for other in ("ix_context_project", "ix_context_pages"):  # or it depends on little which one SQLite takes
            connection.execute(f"DROP INDEX {other}")
        connection.execute("ANALYZE")
    return path


def versions(server: EmbeddedServer) -> int:
    return len(server.call([{"action": "query", "expression": QUESTION}])[0]["data"])


def test_all_versions_of_a_project_are_found_by_its_name(analyzed: Path) -> None:
    server = EmbeddedServer(f"sqlite:///{analyzed.as_posix()}")
    try:
        assert versions(server) == 20 * 4 * 4
    finally:
        server.close()


@pytest.mark.skipif(not engines._MISREADS_STATISTICS, reason="this SQLite reads them well")
def test_what_cannot_be_removed_is_refused_in_words(analyzed: Path) -> None:
    with pytest.raises(DatabaseError, match=r"leaves rows out of answers.*Open it once without mode=ro"):
        EmbeddedServer(f"sqlite:///{analyzed.as_posix()}?mode=ro")


@pytest.mark.skipif(not engines._MISREADS_STATISTICS, reason="this SQLite reads them well")
def test_their_removal_is_told_once(analyzed: Path, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        EmbeddedServer(f"sqlite:///{analyzed.as_posix()}").close()
    assert caplog.text.count("They were removed") == 1
    EmbeddedServer(f"sqlite:///{analyzed.as_posix()}?mode=ro").close()
