"""Commands in pipes that somebody closes, and with signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo_servers import demo_database


def _started(tmp_path: Path, *arguments: str) -> subprocess.Popen[bytes]:
    database = demo_database(tmp_path)
    variables = os.environ | {"FTRACK_SERVER": f"sqlite:///{database.as_posix()}"}
    command = [sys.executable, "-m", "trackteroid", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables)


def test_who_has_seen_enough_is_told_nothing(tmp_path: Path) -> None:
    with _started(tmp_path, "query", "AssetVersion", "--csv") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


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
