"""The service and the container of the page about deployment start what there is."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from trackteroid.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "server" / "deployment.md").read_text(encoding="utf-8")
#: What a container file may say, as its reference has it.
INSTRUCTIONS = {"FROM", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "WORKDIR", "ENV", "ARG"}


def _block(language: str, holds: str) -> str:
    found = [block for block in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if holds in block]
    assert len(found) == 1
    return found[0].replace("\\\n", " ")


def _check_command(words: list[str], key: Path) -> None:
    assert Path(words[0]).name == "trackteroid"
    command = main.get_command(click.Context(main), words[1])
    assert command is not None
    told = [str(key) if before == "--key-file" else word for before, word in zip(["", *words], words, strict=False)]
    command.make_context(words[1], told[2:])


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text("a-key-that-is-long-enough-for-anybody", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_the_service_starts_a_server_with_options_that_exist(key: Path) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # pyright: ignore[reportAttributeAccessIssue] -- systemd distinguishes small letters
    unit.read_string(_block("ini", "[Service]"))
    assert unit.sections() == ["Unit", "Service", "Install"]
    name, _, value = unit["Service"]["Environment"].partition("=")
    _check_command(unit["Service"]["ExecStart"].replace(f"${{{name}}}", value).split(), key)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here to say what it reads")
def test_systemd_reads_the_service_without_a_word(tmp_path: Path) -> None:
    unit = tmp_path / "trackteroid.service"
    text = re.sub(r"^User=.*$", "User=root", _block("ini", "[Service]"), flags=re.MULTILINE)
    unit.write_text(text.replace("/opt/trackteroid/bin/trackteroid", "/bin/true"), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []
    assert done.returncode == 0, done.stderr


def test_the_container_file_is_one_and_starts_what_there_is(key: Path) -> None:
    lines = _block("dockerfile", "FROM python").splitlines()
    said = [(line.split()[0], line.partition(" ")[2]) for line in lines if line]
    names = [name for name, _ in said]
    assert set(names) <= INSTRUCTIONS
    assert names[0] == "FROM"
    assert re.fullmatch(r"[a-z0-9/-]+:[\w.-]+", said[0][1])
    assert all(names.count(name) <= 1 for name in ("ENTRYPOINT", "CMD", "HEALTHCHECK"))
    told = dict(said)
    assert told["USER"].isdecimal()
    assert names.index("USER") > names.index("RUN")
    _check_command([*json.loads(told["ENTRYPOINT"]), *json.loads(told["CMD"])], key)
    looks = json.loads(told["HEALTHCHECK"].removeprefix("CMD "))
    compile(looks[-1], "HEALTHCHECK", "exec")
    assert f":{told['EXPOSE']}/readyz" in looks[-1]
