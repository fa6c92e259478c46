"""Backups and restores that are interrupted, and those that have no room: everything is as it was, or done."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from demo_servers import demo_database

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows knows neither these signals nor limits of files"),
]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that takes a while to copy."""
    path = demo_database(tmp_path_factory.mktemp("large"))
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(
            "INSERT INTO scope (id, name) VALUES (?, ?)", ((f"s{n}", f"{n} " * 300) for n in range(8_000))
        )
        connection.commit()
        connection.execute("PRAGMA journal_mode=DELETE")  # so that all of it is in one file
    return path


@pytest.fixture(scope="module")
def file(large: Path) -> Path:
    """A backup of it."""
    file = large.with_name("show.backup")
    command = [sys.executable, "-m", "trackteroid.cli", "backup", str(file), "--database", url(large)]
    subprocess.run(command, check=True)
    return file


@pytest.fixture
def database(large: Path, tmp_path: Path) -> Path:
    """A copy of the database that takes a while to copy."""
    return Path(shutil.copy(large, tmp_path / "show.db"))


def url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def start(*arguments: str, limit: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "trackteroid.cli", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=limit)


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [name for (name,) in connection.execute("SELECT name FROM scope ORDER BY id LIMIT 3")]


def wait_until(is_there: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while process.poll() is None and not is_there():
        time.sleep(0.0005)  # rather than take the processor from it


@pytest.mark.parametrize(
    ("number", "size"),
    [(signal.SIGTERM, 0), *itertools.product((signal.SIGINT, signal.SIGKILL), (0, 1_000_000, 4_000_000))],
)
def test_a_backup_that_is_interrupted_is_not_there(database: Path, tmp_path: Path, number: int, size: int) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    process = start("backup", str(folder / "show.backup"), "--database", url(database))

    def is_there() -> bool:
        try:
            return any(each.stat().st_size >= size for each in folder.glob(".show*"))
        except FileNotFoundError:  # it has got its name meanwhile
            return True

    wait_until(is_there, process)
    process.send_signal(number)
    process.communicate(timeout=60)
    if process.returncode == 0:
        assert os.listdir(folder) == ["show.backup"]
    else:
        assert not (folder / "show.backup").exists()
        assert number == signal.SIGKILL or os.listdir(folder) == [], "only who is killed leaves something behind"
    assert len(names(database)) == 3


@pytest.mark.parametrize(
    ("number", "stage"),
    [
        (signal.SIGTERM, ".restoring-*"),
        *itertools.product(
            (signal.SIGINT, signal.SIGKILL), (".restoring-*", ".restoring-*/staged.db", "target.db-wal")
        ),
    ],
)
def test_a_restore_that_is_interrupted_leaves_one_or_the_other(
    file: Path, tmp_path: Path, number: int, stage: str
) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    target = demo_database(folder).rename(folder / "target.db")
    before = names(target)
    process = start("restore", str(file), "--database", url(target), "--force")
    wait_until(lambda: any(folder.glob(stage)), process)
    process.send_signal(number)
    process.communicate(timeout=60)
    after = names(target)
    assert after in (before, names(file))
    assert process.returncode or after == names(file)
    if number != signal.SIGKILL:
        assert list(folder.glob(".restoring-*")) == []


def limited() -> None:
    """Let no file of this process become larger than a megabyte, as if there were no more room."""
    import resource  # only Unix has it

    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def test_a_backup_for_which_there_is_no_room_says_so(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    process = start("backup", str(folder / "show.backup"), "--database", url(database), limit=limited)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Error: " in said
    assert "Traceback" not in said
    assert os.listdir(folder) == []


def test_a_restore_for_which_there_is_no_room_changes_nothing(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    target = demo_database(folder)
    before = target.read_bytes()
    process = start("restore", str(file), "--database", url(target), "--force", limit=limited)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert target.read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_nobody_may_write_to_is_said_in_words(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o500)
    process = start("backup", str(folder / "show.backup"), "--database", url(database))
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "cannot be used: Permission denied" in said


def test_another_programs_database_is_not_replaced(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE precious (x)")
        connection.commit()
    before = other.read_bytes()
    process = start("restore", str(file), "--database", url(other), "--force")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "is a database of another program; nothing was changed" in said
    assert other.read_bytes() == before
