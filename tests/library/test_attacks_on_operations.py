"""Short runs of the programs in `attacks` that kill, cut off and damage; `make attack` and `make stress` run more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attacks import damaged, lossy, pythons
from trackteroid.operations.format import file


def test_damaged_files_are_read_as_recorded_or_not_at_all() -> None:
    found = damaged.run(range(120), 0)
    assert found.findings == []
    assert found.counts.keys() == {
        f"{way} {outcome}"
        for way in ("read", "claim", "repair")
        for outcome in ("as recorded", "with an error in words")
    }


def test_what_is_read_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "parse_state", lambda text: file.State())
    assert "82 operations, 41 entities, State(sending=None" in str(damaged.run(range(40), 0).findings)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes to kill are forks")
@pytest.mark.promise("sending-again-duplicates-nothing")
@pytest.mark.parametrize("options", [[], ["--http"]], ids=["in process", "http"])
def test_whatever_is_killed_is_there_once(options: list[str]) -> None:
    command = [sys.executable, "-m", "attacks.kills", "--trials", "3", *options]
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" kills, 0 findings\n")


@pytest.mark.slow
@pytest.mark.promise("sending-again-duplicates-nothing")
def test_whatever_goes_wrong_with_calls_is_there_once() -> None:
    found = lossy.run(range(8), 0)
    assert found.findings == []
    assert found.counts.total() > 4


@pytest.mark.slow
@pytest.mark.promise("files-of-older-tools-are-read")
def test_pythons_replay_each_others_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert pythons.run([sys.executable]) == []
    assert "recorded by" in capsys.readouterr().out
