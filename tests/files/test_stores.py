"""Where files are kept: complete or not there, and never where somebody's name says."""

from __future__ import annotations

import hashlib
import os
import signal
import stat
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from trackteroid.server import EmbeddedServer
from trackteroid.server.core.failures import Failure
from trackteroid.server.files import folder as folders
from trackteroid.server.files.folder import FolderStore, TemporaryStore
from trackteroid.server.files.opening import open_store, usual_folder
from trackteroid.server.files.stores import Joined, Piece, StoreError
from trackteroid.server.storage.database import Database, DatabaseError


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


def put(store: FolderStore, file_id: str, number: int, data: bytes) -> Piece:
    writer = store.write(file_id, number)
    writer.write(data)
    return writer.finish()


def new_file() -> str:
    return uuid.uuid4().hex


def test_what_is_finished_is_there(store: FolderStore) -> None:
    file_id = new_file()
    piece = put(store, file_id, 1, b"some data")
    assert piece == Piece(1, 9, hashlib.md5(b"some data").hexdigest())
    assert store.pieces(file_id) == [piece]
    with store.open(file_id, piece) as data:
        assert data.read() == b"some data"
    assert list(store.file_ids()) == [file_id]


def test_what_is_not_finished_is_not_there(store: FolderStore) -> None:
    file_id = new_file()
    writer = store.write(file_id, 1)
    writer.write(b"half of it")
    assert store.pieces(file_id) == []
    writer.discard()
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_to_discard_what_is_finished_changes_nothing(store: FolderStore) -> None:
    file_id = new_file()
    writer = store.write(file_id, 1)
    writer.finish()
    writer.discard()
    assert len(store.pieces(file_id)) == 1


def test_pieces_are_told_by_number(store: FolderStore) -> None:
    file_id = new_file()
    for number in (10, 2, 1):
        put(store, file_id, number, b"x" * number)
    assert [(piece.number, piece.size) for piece in store.pieces(file_id)] == [(1, 1), (2, 2), (10, 10)]


def test_a_removed_file_leaves_nothing_not_even_what_was_unfinished(store: FolderStore) -> None:
    file_id = new_file()
    put(store, file_id, 1, b"x")
    unfinished = store.write(file_id, 2)
    unfinished.write(b"half")
    store.remove(file_id)
    store.remove(file_id)
    assert store.pieces(file_id) == []
    assert list(store.file_ids()) == []
    unfinished.discard()


def test_the_folder_is_made_when_there_is_something_to_keep(store: FolderStore) -> None:
    assert not store.folder.exists()
    put(store, new_file(), 1, b"")
    assert store.folder.is_dir()


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_only_the_owner_may_read_it(store: FolderStore) -> None:
    put(store, new_file(), 1, b"")
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [store.folder, *store.folder.rglob("*")]}
    assert modes == {0}


@pytest.mark.parametrize("file_id", ["../../etc/passwd", "..", "", "ABCDEF", "a/b", "0" * 31])
def test_nothing_but_an_id_of_the_server_becomes_a_path(store: FolderStore, file_id: str) -> None:
    for use in (store.pieces, store.remove, lambda name: store.write(name, 1)):
        with pytest.raises(ValueError, match="no id of a file"):
            use(file_id)


def test_a_full_disk_is_told_without_its_path(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device", "/secret/path")

    writer = store.write(new_file(), 1)
    monkeypatch.setattr(folders.os, "fsync", fail)
    with pytest.raises(Failure, match=r"it is full\. Nothing was kept") as caught:
        writer.finish()
    assert "secret" not in str(caught.value)
    assert caught.value.status == 507, "so that nobody sends all of it again and again"
    writer.discard()


def test_pieces_are_read_as_one(store: FolderStore) -> None:
    file_id = new_file()
    parts = [b"abc", b"", b"defgh", b"i"]
    pieces = [put(store, file_id, number, part) for number, part in enumerate(parts, start=1)]
    with Joined(store, file_id, pieces) as data:
        whole = b"".join(parts)
        assert data.readall() == whole
        for start in range(len(whole) + 2):
            for length in range(1, len(whole) + 1):
                data.seek(start)
                buffer = bytearray()
                while len(buffer) < length and (found := data.read(length - len(buffer))):
                    buffer += found
                assert bytes(buffer) == whole[start : start + length]
        assert data.seek(-2, os.SEEK_END) == 7
        assert data.read(5) == b"h"


def test_what_is_gone_is_told_when_it_is_opened(store: FolderStore) -> None:
    with pytest.raises(FileNotFoundError):
        Joined(store, new_file(), [Piece(1, 5, "0" * 32)])


KILLED = """
import os, signal, sys
from pathlib import Path
from trackteroid.server.files import folder
step, path, file_id = sys.argv[1:]
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
store = folder.FolderStore(Path(path))
writer = store.write(file_id, 1)
writer.write(b"x" * 100_000)
if step == "write":
    die()
setattr(folder.os, step, die)
writer.finish()
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal")
@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_killed_writer_leaves_nothing_that_counts(store: FolderStore, step: str) -> None:
    file_id = new_file()
    killed = subprocess.run([sys.executable, "-c", KILLED, step, str(store.folder), file_id], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert store.pieces(file_id) == []
    store.remove(file_id)
    assert list(store.file_ids()) == []


def test_a_database_in_a_file_has_its_files_beside_it(tmp_path: Path) -> None:
    server = EmbeddedServer(f"sqlite:///{(tmp_path / 'show.db').as_posix()}")
    assert Path(server.files.store.name) == tmp_path / "show.files"
    server.close()


def test_a_database_in_memory_has_them_for_as_long_as_itself() -> None:
    server = EmbeddedServer("sqlite://")
    store = server.files.store
    assert isinstance(store, TemporaryStore)
    put(store, new_file(), 1, b"x")
    folder = store.folder
    assert folder.is_dir()
    server.close()
    assert not folder.exists()


def test_a_folder_can_be_named(tmp_path: Path) -> None:
    server = EmbeddedServer("sqlite://", files=tmp_path / "elsewhere")
    assert Path(server.files.store.name) == tmp_path / "elsewhere"
    put(FolderStore(tmp_path / "elsewhere"), new_file(), 1, b"x")
    server.close()
    assert list(server.files.store.file_ids()), "what was named is not the server's to remove"


def test_what_is_no_folder_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(DatabaseError, match="is not a folder"):
        EmbeddedServer("sqlite://", files=tmp_path / "taken")


def test_an_address_that_means_nothing_is_refused_in_words() -> None:
    database = Database("sqlite://")
    with pytest.raises(StoreError, match="is no place for files"):
        open_store("gopher://x", database)
    database.close()


def test_the_files_of_postgresql_are_with_the_data_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Elsewhere:
        is_memory = False

        class engine:  # noqa: N801
            class dialect:  # noqa: N801
                name = "postgresql"

        def information(self) -> dict[str, str]:
            return {"server_id": "11c137c0"}

    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert usual_folder(Elsewhere()) == tmp_path / "trackteroid" / "files" / "11c137c0"  # type: ignore[arg-type]
