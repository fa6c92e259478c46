"""Several processes that use one operations file: no block is lost, none is sent twice, nothing is left behind."""

import os
import random
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from selections import STRESS
from trackteroid.errors import OperationsFileError
from trackteroid.operations import deferred_operations, replay
from trackteroid.operations.format import container, file, places
from trackteroid.operations.format.repair import repair
from trackteroid.operations.replaying import Step
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

PROGRAM = Path(__file__).parent / "appending.py"
PROCESSES, BLOCKS = (8, 20) if STRESS else (4, 5)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    database = f"sqlite:///{(tmp_path_factory.mktemp('server') / 'studio.db').as_posix()}"
    EmbeddedServer(database).close()
    return database


@pytest.fixture
def session(address):
    with Session(server_url=address, schema_cache_path=False, plugin_paths=[]) as session:
        yield session


@pytest.fixture
def other(address):
    with Session(server_url=address, schema_cache_path=False, plugin_paths=[]) as session:
        yield session


def start(address, path, name, count):
    command = [sys.executable, os.fspath(PROGRAM), address, os.fspath(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def recorded(path):
    return [operation.values["name"] for operation in file.read(path).operations]


def block(session, path, *names, clear=False):
    with deferred_operations(session, path, clear=clear):
        for name in names:
            session.create("Scope", {"name": name})


def on_server(session, beginning):
    return sorted(scope["name"] for scope in session.query(f'select name from Scope where name like "{beginning}%"'))


@pytest.mark.slow
@pytest.mark.promise("deferred-file-can-be-shared")
def test_processes_that_append_to_one_file_lose_no_block(address, tmp_path):
    path = tmp_path / "shared.dbm"
    running = [start(address, path, f"p{number}", BLOCKS) for number in range(PROCESSES)]
    for process in running:
        process.communicate()
        assert process.returncode == 0
    wanted = {
        f"p{process} {number}{more}"
        for process in range(PROCESSES)
        for number in range(BLOCKS)
        for more in ("", " too")
    }
    names = recorded(path)
    assert (len(names), set(names)) == (2 * PROCESSES * BLOCKS, wanted)
    for first, second in zip(names[::2], names[1::2], strict=True):
        assert second == f"{first} too", "a block was torn apart"
    assert os.listdir(tmp_path) == ["shared.dbm"]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")
@pytest.mark.promise("deferred-file-can-be-shared")
def test_processes_that_are_killed_while_they_append_lose_no_block_of_anybody(address, tmp_path):
    path = tmp_path / "shared.dbm"
    dice, told = random.Random(5), []

    def read(process):
        told.extend(line.strip() for line in process.stdout)

    for number in range(4 if STRESS else 2):
        running = [start(address, path, f"k{number}{letter}", 1000) for letter in "abc"]
        readers = [threading.Thread(target=read, args=(process,)) for process in running]
        before = len(told)
        for reader in readers:
            reader.start()
        while len(told) < before + 8:
            time.sleep(0.02)
        time.sleep(dice.uniform(0, 0.1))
        for process in running:
            process.send_signal(signal.SIGKILL)
        for process, reader in zip(running, readers, strict=True):
            process.wait()
            reader.join()
            process.stdout.close()
    names = recorded(path)
    assert set(told) <= set(names)
    assert len(set(names)) == len(names)
    for first, second in zip(names[::2], names[1::2], strict=True):
        assert second == f"{first} too", "a block was torn apart"
    with Session(server_url=address, schema_cache_path=False, plugin_paths=[]) as session:
        block(session, path, "at last")
    assert os.listdir(tmp_path) == ["shared.dbm"], "what the killed processes have left is gone"


@pytest.mark.promise("deferred-file-can-be-shared")
def test_what_is_appended_during_a_replay_waits_and_is_not_sent_with_it(session, other, tmp_path):
    path, steps, threads = tmp_path / "shared.dbm", [], []
    block(session, path, "during 1")
    session.rollback()

    def append(step):
        if step is Step.CLAIMED:
            threads.append(threading.Thread(target=block, args=(other, path, "during 2")))
            threads[0].start()
        if step is Step.ANSWERED:
            assert threads[0].is_alive(), "it has written while the file was sent"
        steps.append(step)

    assert replay(session, path, on_step=append).sent == 1
    threads[0].join()
    other.rollback()
    assert recorded(path) == ["during 2"]
    assert replay(session, path).sent == 1
    assert on_server(session, "during") == ["during 1", "during 2"]


@pytest.mark.promise("deferred-file-can-be-shared")
def test_an_append_that_waits_too_long_for_a_replay_says_what_to_do(session, other, tmp_path, monkeypatch):
    path = tmp_path / "shared.dbm"
    block(session, path, "patience 1")
    session.rollback()
    monkeypatch.setattr(container, "_SECONDS_TO_WAIT_FOR_WRITING", 0.0)
    messages = []

    def append(step):
        if step is Step.SENDING:
            with pytest.raises(OperationsFileError) as caught:
                block(other, path, "patience 2")
            messages.append(str(caught.value))

    replay(session, path, on_step=append)
    (message,) = messages
    assert f"in use by another process, process {os.getpid()} on {socket.gethostname()}, which" in message, message
    assert "Wait until that has finished, then try again, or name another file." in message
    assert file.read(path).state.committed is not None
    assert len(other.recorded_operations) == 0


@pytest.mark.promise("deferred-file-can-be-shared", "sending-again-duplicates-nothing")
def test_an_append_that_encloses_a_replay_does_not_send_old_operations_twice(session, other, tmp_path, monkeypatch):
    path = tmp_path / "shared.dbm"
    block(session, path, "enclosed 1")
    session.rollback()
    with deferred_operations(other, path, clear=False):
        other.create("Scope", {"name": "enclosed 2"})
        assert replay(session, path).sent == 1  # the block has begun, and does not keep others from it
    other.rollback()
    assert recorded(path) == ["enclosed 2"]
    assert replay(session, path).sent == 1

    # The same where the replay comes between reading the file and writing it.
    block(session, path, "enclosed 3")
    session.rollback()
    read, outcomes = file.read, []

    def reading(*arguments):
        content = read(*arguments)
        monkeypatch.undo()
        monkeypatch.setattr(container, "_SECONDS_TO_WAIT_FOR_A_CLAIM", 0.0)
        with pytest.raises(OperationsFileError, match="in use"):
            replay(session, path)
        outcomes.append("refused")
        return content

    with deferred_operations(other, path, clear=False):
        other.create("Scope", {"name": "enclosed 4"})
        monkeypatch.setattr(file, "read", reading)
    assert outcomes == ["refused"]
    assert replay(session, path).sent == 2
    assert on_server(session, "enclosed") == [f"enclosed {number}" for number in (1, 2, 3, 4)]


@pytest.mark.promise("deferred-work-is-one-file")
def test_what_killed_processes_have_left_is_removed_and_nothing_else(session, tmp_path):
    path = tmp_path / "work.dbm"
    left = [f".work.dbm.{number:032x}.tmp" for number in range(3)]
    kept = [".work.dbm.tmp", ".other.dbm.00000000000000000000000000000000.tmp", "work.dbm.bak.txt"]
    for name in (*left, *kept, ".work.dbm.lock"):
        (tmp_path / name).touch()
    block(session, path, "left behind")
    assert sorted(os.listdir(tmp_path)) == sorted([*kept, "work.dbm"])


@pytest.mark.promise("deferred-work-is-one-file")
def test_the_new_file_of_a_process_that_lives_is_not_removed(session, other, tmp_path, monkeypatch):
    path, build, waiting = tmp_path / "work.dbm", container._build, []

    def building(temporary, records):
        build(temporary, records)
        monkeypatch.undo()
        waiting.append(threading.Thread(target=block, args=(other, path, "alive 2")))
        waiting[0].start()
        time.sleep(0.2)
        assert temporary.exists()

    monkeypatch.setattr(container, "_build", building)
    block(session, path, "alive 1")
    waiting[0].join()
    assert recorded(path) == ["alive 1", "alive 2"]


def test_a_folder_without_locks_is_refused_in_words(session, tmp_path, monkeypatch):
    def refuse(_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(places, "_lock", refuse)
    with pytest.raises(OperationsFileError, match=r"has no locks .*Use a folder on a local disk"):
        block(session, tmp_path / "work.dbm", "no locks")
    assert len(session.recorded_operations) == 0


def special(folder, kind):
    path = folder / "special.dbm"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            before = os.getcwd()
            os.chdir(folder)  # the paths of sockets are short
            try:
                listener.bind(path.name)
            finally:
                os.chdir(before)
    else:
        path.symlink_to("/dev/zero")
    return path


@pytest.mark.promise("deferred-file-is-private")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_what_is_no_file_is_refused_before_anything_is_opened(session, tmp_path, kind):
    path = special(tmp_path, kind)
    before = path.lstat()
    for use in (
        lambda: block(session, path, "special"),
        lambda: block(session, path, "special", clear=True),
        lambda: replay(session, path),
        lambda: file.read(path),
        lambda: repair(path, tmp_path / "repaired.dbm"),
        lambda: repair(tmp_path / "missing.dbm", path),
    ):
        with pytest.raises(OperationsFileError, match=f"is a {kind} and no file. Name another file"):
            use()
    assert os.path.samestat(before, path.lstat())
    assert os.listdir(tmp_path) == ["special.dbm"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes with names")
def test_a_pipe_beside_a_file_is_refused_too(tmp_path):
    pipe = tmp_path / "work.dbm.db"  # where a container of another flavour has its content
    os.mkfifo(pipe)
    other_end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)  # without it, whoever opens the pipe waits
    try:
        with pytest.raises(OperationsFileError, match="is a pipe and no file"):
            file.read(tmp_path / "work.dbm")
    finally:
        os.close(other_end)


@pytest.mark.promise("deferred-file-is-private")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o666])
def test_an_existing_file_keeps_its_mode_and_a_new_one_is_private(session, tmp_path, mode):
    path = tmp_path / "work.dbm"
    before = os.umask(0)
    try:
        block(session, path, f"mode 1 {mode}")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(mode)
        block(session, path, f"mode 2 {mode}")
        assert stat.S_IMODE(path.stat().st_mode) == mode
        block(session, path, f"mode 3 {mode}", clear=True)
        assert stat.S_IMODE(path.stat().st_mode) == mode
        session.rollback()
        replay(session, path)
        assert stat.S_IMODE(path.stat().st_mode) == mode
    finally:
        os.umask(before)
