"""Copies of databases, made and put back while somebody writes."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from demo_servers import demo_database
from postgres.cluster import binaries, cluster  # noqa: F401 - a fixture
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.storage import backups, migrations


def url_of(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def pair(name: str) -> list[dict[str, Any]]:
    """Two entities that are there together or not at all."""
    made = []
    for each in ("one", "other"):
        key = str(uuid4())
        data = {"__entity_type__": "Scope", "id": key, "name": f"{name} {each}"}
        made.append({"action": "create", "entity_type": "Scope", "entity_key": [key], "entity_data": data})
    return made


def scopes(server: EmbeddedServer) -> set[str]:
    found = server.call([{"action": "query", "expression": "select name from Scope"}])[0]["data"]
    return {row["name"] for row in found}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return demo_database(tmp_path)


@pytest.fixture
def server(database: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(url_of(database))
    yield server
    server.close()


@pytest.fixture
def writing(server: EmbeddedServer) -> Iterator[list[str]]:
    """Somebody who writes all the time; what has been acknowledged."""
    done: list[str] = []
    end = threading.Event()

    def write() -> None:
        while not end.is_set():
            name = f"written {len(done)}"
            server.call(pair(name))
            done.append(name)

    thread = threading.Thread(target=write)
    thread.start()
    yield done
    end.set()
    thread.join()


@pytest.mark.slow
def test_a_backup_is_the_database_as_of_one_moment(
    server: EmbeddedServer, writing: list[str], database: Path, tmp_path: Path
) -> None:
    for number in range(5):
        before = list(writing)
        file = tmp_path / f"{number}.backup"
        copied = backups.backup(url_of(database), file)
        assert copied.rows > 100
        after = [*writing, f"written {len(writing)}"]
        with closing(EmbeddedServer(url_of(file))) as copy:
            names = {name for name in scopes(copy) if name.startswith("written")}
        ones = {name.removesuffix(" one") for name in names if name.endswith(" one")}
        assert ones == {name.removesuffix(" other") for name in names if name.endswith(" other")}
        assert set(before) <= ones <= {*after, f"written {len(after)}"}


def test_a_backup_is_one_private_file_and_complete_or_not_there(
    server: EmbeddedServer, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    server.call(pair("kept"))
    backups.backup(url_of(database), folder / "show.backup")
    assert os.listdir(folder) == ["show.backup"]
    if os.name != "nt":
        assert stat.S_IMODE((folder / "show.backup").stat().st_mode) == 0o600
    before = (folder / "show.backup").read_bytes()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "synchronise", fail)
    with pytest.raises(DatabaseError, match="No space left on device"):
        backups.backup(url_of(database), folder / "show.backup", force=True)
    assert os.listdir(folder) == ["show.backup"]
    assert (folder / "show.backup").read_bytes() == before


def test_nothing_is_overwritten_unless_it_is_forced(server: EmbeddedServer, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "show.backup"
    file.write_text("precious")
    with pytest.raises(DatabaseError, match=r"exists already.*--force"):
        backups.backup(url_of(database), file)
    assert file.read_text() == "precious"
    with pytest.raises(DatabaseError, match="is the database itself"):
        backups.backup(url_of(database), database, force=True)
    backups.backup(url_of(database), file, force=True)
    with pytest.raises(DatabaseError, match=r"holds a database already.*--force"):
        backups.restore(file, url_of(database))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "A database in memory belongs to its server"),
        ("sqlite:///{folder}/missing.db", "There is no database .*missing.db"),
        ("sqlite:///{folder}/other.db", "is a database of another program"),
        ("sqlite:///{folder}/text.db", "cannot be copied: file is not a database"),
    ],
)
def test_what_cannot_be_copied_is_said_in_words(tmp_path: Path, url: str, message: str) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE other (x)")
    (tmp_path / "text.db").write_text("no database at all, but a text that is long enough to be one")
    with pytest.raises(DatabaseError, match=message):
        backups.backup(url.format(folder=tmp_path.as_posix()), tmp_path / "copy")
    assert not (tmp_path / "missing.db").exists()
    assert not (tmp_path / "copy").exists()


def test_a_database_is_restored_below_a_running_server(
    server: EmbeddedServer, writing: list[str], database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "show.backup"
    server.call(pair("kept"))
    backups.backup(url_of(database), file)
    server.call(pair("later"))
    backups.restore(file, url_of(database), force=True)
    server.call(pair("after"))
    names = scopes(server)
    assert {"kept one", "after one"} <= names
    assert "later one" not in names


def test_a_database_is_restored_where_there_was_none(server: EmbeddedServer, database: Path, tmp_path: Path) -> None:
    server.call(pair("kept"))
    copied = backups.backup(url_of(database), tmp_path / "show.backup")
    assert backups.restore(tmp_path / "show.backup", url_of(tmp_path / "new.db")) == copied
    with closing(EmbeddedServer(url_of(tmp_path / "new.db"))) as restored:
        assert scopes(restored) == scopes(server)


def test_a_backup_that_is_damaged_or_newer_changes_nothing(
    server: EmbeddedServer, database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "show.backup"
    backups.backup(url_of(database), file)
    whole = file.read_bytes()
    before = scopes(server)
    for content, message in (
        (whole[: len(whole) // 2], "cannot be copied|damaged"),
        (b"PGDMP and more", "is a backup of PostgreSQL"),
        (b"no backup", "is no backup of a database"),
    ):
        file.write_bytes(content)
        with pytest.raises(DatabaseError, match=message):
            backups.restore(file, url_of(database), force=True)
    file.write_bytes(whole)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"UPDATE {migrations.MARKS.name} SET version_num = '9999'")
        connection.commit()
    with pytest.raises(DatabaseError, match="newer version"):
        backups.restore(file, url_of(database), force=True)
    assert scopes(server) == before
    assert sorted(each for each in os.listdir(tmp_path) if each.startswith(".")) == []
    with pytest.raises(DatabaseError, match="No such file"):
        backups.restore(tmp_path / "missing", url_of(database))


def test_postgresql_without_its_programs_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        DatabaseError, match=r"pg_dump is not installed here.*run where they are: pg_dump --format=custom"
    ):
        backups.backup("postgresql://ann:sesame@localhost/show", tmp_path / "copy")
    assert os.listdir(tmp_path) == []


@pytest.mark.slow
def test_postgresql_is_backed_up_and_restored(
    cluster: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{binaries()}{os.pathsep}{os.environ['PATH']}")
    url, other, file = cluster.new_database(), cluster.new_database(), tmp_path / "show.backup"
    with closing(EmbeddedServer(url)) as server:
        server.call(pair("kept"))
        try:
            copied = backups.backup(url, file)
        except DatabaseError as error:
            if "not installed" in str(error) or "version mismatch" in str(error):
                pytest.skip(str(error))
            raise
        server.call(pair("later"))
        assert backups.restore(file, other) == copied
        with closing(EmbeddedServer(other)) as restored:
            assert {name for name in scopes(restored) if name.startswith(("kept", "later"))} == {
                "kept one",
                "kept other",
            }
        with pytest.raises(DatabaseError, match=r"holds tables already.*--force"):
            backups.restore(file, url)
        assert backups.restore(file, url, force=True) == copied
        assert "later one" not in scopes(server)
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
        with pytest.raises(DatabaseError, match=r"damaged|instead of"):
            backups.restore(file, other, force=True)
        assert "kept one" in scopes(server)
        with pytest.raises(DatabaseError, match="is a backup of PostgreSQL"):
            backups.restore(file, url_of(tmp_path / "x.db"))
