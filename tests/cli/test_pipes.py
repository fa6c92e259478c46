"""Commands in pipes that somebody closes, and with signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo_servers import demo_database


def _started(tmp_path: Path, *arguments: str, stdin: int | None = None) -> subprocess.Popen[bytes]:
    database = demo_database(tmp_path)
    variables = os.environ | {"FTRACK_SERVER": f"sqlite:///{database.as_posix()}"}
    variables.pop("PYTHONUNBUFFERED", None)  # with which nothing is kept for the end
    command = [sys.executable, "-m", "trackteroid", *arguments]
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables)


def test_who_has_seen_enough_is_told_nothing(tmp_path: Path) -> None:
    with _started(tmp_path, "query", "AssetVersion", "--csv") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell that a pipe was closed")
def test_what_waits_for_events_ends_with_whoever_reads_them(tmp_path: Path) -> None:
    with _started(tmp_path, "watch", "--since", "0") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


@pytest.mark.slow
def test_a_program_that_comes_through_a_pipe_is_run(tmp_path: Path) -> None:
    with _started(tmp_path, "console", stdin=subprocess.PIPE) as process:
        printed, said = process.communicate(b"for number in (1, 2):\n    print(number)\nprint(Query(Shot).count())\n")
    assert (printed.split(), said, process.returncode) == ([b"1", b"2", b"25"], b"", 0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other interrupts")
def test_ctrl_c_while_a_program_runs_ends_with_130(tmp_path: Path) -> None:
    program = "import sys, time; print('ready', flush=True); time.sleep(60)"
    with _started(tmp_path, "console", "-c", program) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert b"Traceback" not in process.stderr.read()
        assert process.wait() == 130


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell that a pipe was closed")
@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "AssetVersion", "--csv"],
        ["query", "AssetVersion", "--json"],
        ["query", "AssetVersion", "--table"],
        ["query", "Project", "--table"],
        ["schema", "Shot"],
        ["tree", "sync"],
        ["whoami"],
        ["completion", "bash"],
        ["--help"],
    ],
    ids=" ".join,
)
def test_a_closed_pipe_ends_a_command_as_it_ends_other_tools(tmp_path: Path, arguments: list[str]) -> None:
    """As if SIGPIPE had ended it: 128 and its number, for shells with `pipefail`."""
    with _started(tmp_path, *arguments) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell that a pipe was closed")
def test_a_change_that_nobody_is_told_of_is_not_called_done(tmp_path: Path) -> None:
    with _started(tmp_path, "set", 'Project where name is "sync"', "full_name=Else", "--yes") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no file here that is always full")
def test_what_cannot_be_printed_is_said_in_words(tmp_path: Path) -> None:
    variables = os.environ | {"FTRACK_SERVER": f"sqlite:///{demo_database(tmp_path).as_posix()}"}
    variables.pop("PYTHONUNBUFFERED", None)
    command = [sys.executable, "-m", "trackteroid", "query", "Project", "--table"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=variables, check=False)
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "Error: What is to be printed cannot be written: No space left on device.\n",
    )
