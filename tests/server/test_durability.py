"""What an acknowledged commit survives: a power cut takes whatever has not been forced to the disk, and nothing else.

SQLite appends what is committed to its write-ahead log and forces that to the disk before it answers. So what a power
cut leaves is the database with some beginning of the log. Here it is cut off at the end of every page and in the middle
of it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from postgres.cluster import cluster  # noqa: F401 - a fixture
from trackteroid.server import Database, EmbeddedServer

#: Entities that each batch makes.
SIZE = 3
_HEADER, _FRAME_HEADER = 32, 24


def create(name: str) -> dict[str, Any]:
    key = str(uuid4())
    data = {"__entity_type__": "Scope", "id": key, "name": name}
    return {"action": "create", "entity_type": "Scope", "entity_key": [key], "entity_data": data}


def batch(number: int) -> list[dict[str, Any]]:
    return [create(f"{number} {each}") for each in range(SIZE)]


def names(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM scope")}


def wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def frame_size(log: bytes) -> int:
    return _FRAME_HEADER + int.from_bytes(log[8:12], "big")


def length(log: bytes) -> int:
    """Return where the log ends; what was written before it began anew may stand behind."""
    end, size = _HEADER, frame_size(log)
    while log[end + 8 : end + 16] == log[16:24]:
        end += size
    return end


def cuts(log: bytes) -> Iterator[int]:
    """Iterate over where the log is cut off: everywhere in its header, and in and after each page."""
    yield from (0, 1, _HEADER - 1)
    size = frame_size(log)
    for start in range(_HEADER, length(log), size):
        yield from (start, start + 1, start + _FRAME_HEADER, start + size // 2, start + size - 1)
    yield length(log)


@pytest.mark.slow
@pytest.mark.parametrize("begins_anew", [False, True], ids=["first log", "log that began anew"])
def test_a_power_cut_leaves_every_acknowledged_batch_and_none_by_half(tmp_path: Path, begins_anew: bool) -> None:
    path = tmp_path / "studio.db"
    server = EmbeddedServer(f"sqlite:///{path.as_posix()}")
    before = 0
    if begins_anew:
        for before in range(1, 6):
            server.call(batch(-before))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
        ends = []
        for number in range(5):
            server.call(batch(number))
            ends.append(length(wal_of(path).read_bytes()))
        shutil.copyfile(path, tmp_path / "as it was.db")
        log = wal_of(path).read_bytes()
    server.close()
    assert sorted(set(ends)) == ends, "each batch is in the log before it is acknowledged"

    first = {f"{-number} {each}" for number in range(1, before + 1) for each in range(SIZE)}
    for cut in cuts(log):
        left = tmp_path / f"{cut}.db"
        shutil.copyfile(tmp_path / "as it was.db", left)
        wal_of(left).write_bytes(log[:cut])
        survived = sum(end <= cut for end in ends)
        wanted = first | {f"{number} {each}" for number in range(survived) for each in range(SIZE)}
        assert names(left) == wanted, f"cut at {cut}, where {survived} batches had been acknowledged"
        left.unlink()


def test_a_database_goes_on_after_a_power_cut(tmp_path: Path) -> None:
    path = tmp_path / "studio.db"
    server = EmbeddedServer(f"sqlite:///{path.as_posix()}")
    for number in range(3):
        server.call(batch(number))
    left = tmp_path / "left.db"
    shutil.copyfile(path, left)
    wal_of(left).write_bytes(wal_of(path).read_bytes()[:-100])
    server.close()
    again = EmbeddedServer(f"sqlite:///{left.as_posix()}")
    again.call(batch(7))
    again.close()
    assert names(left) == {f"{number} {each}" for number in (0, 1, 7) for each in range(SIZE)}


def settings(database: Database) -> set[tuple[int, ...]]:
    """Return how long the connections of a database wait for the disk."""
    found = set()
    with database.engine.connect() as one, database.engine.connect() as other:
        for connection in (one, other):
            values = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("synchronous", "fullfsync", "checkpoint_fullfsync")
            )
            found.add(tuple(map(int, values)))
    return found


def test_every_connection_waits_for_the_disk_unless_told_otherwise(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    with closing(Database(url)) as database:
        assert settings(database) == {(2, 1, 1)}
    with closing(Database(url, durability="relaxed")) as database:
        assert settings(database) == {(1, 0, 0)}
    with closing(EmbeddedServer(url)) as server:
        assert settings(server.database) == {(2, 1, 1)}
    with closing(EmbeddedServer(url, durability="relaxed")) as server:
        assert settings(server.database) == {(1, 0, 0)}


@pytest.mark.slow
def test_on_postgresql_only_relaxed_changes_what_it_is_configured_for(cluster: Any) -> None:  # noqa: F811
    url = cluster.new_database()
    source = "SELECT source, setting FROM pg_settings WHERE name = 'synchronous_commit'"
    with closing(Database(url)) as database, database.begin(write=False) as connection:
        assert connection.exec_driver_sql(source).one()[0] != "client"
    with closing(Database(url, durability="relaxed")) as database, database.begin(write=False) as connection:
        assert tuple(connection.exec_driver_sql(source).one()) == ("client", "off")
