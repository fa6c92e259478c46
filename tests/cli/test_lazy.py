"""Commands are imported when they are run, and nobody notices."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from trackteroid.cli import main

NAMES = main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", NAMES)
def test_what_the_list_says_of_a_command_is_what_the_command_says(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    listed = CliRunner().invoke(main, ["--help"], terminal_width=300).output
    assert f"  {name}" in listed
    assert command.get_short_help_str(300) in listed


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_its_help(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert f"Usage: main {name}" in result.output


def test_a_command_that_there_is_not_is_refused() -> None:
    result = CliRunner().invoke(main, ["srve"])
    assert result.exit_code == 2
    assert "No such command 'srve'" in result.output


@pytest.mark.parametrize(("name", "missing"), [("serve", "uvicorn"), ("generate", "sqlalchemy")])
def test_a_command_without_its_packages_says_what_to_install(name: str, missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; from trackteroid.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program, name], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f'Error: `{name}` needs packages that are not installed ({missing}). Run: pip install "trackteroid[server]"'
    ]


@pytest.mark.parametrize(
    ("words", "missing", "completed"),
    [
        ("trackteroid serve --work", "", "plain\t--workers"),
        ("trackteroid operations re", "", "plain\trepair"),
        ("trackteroid operations show --ch", "", "plain\t--check"),
        ("trackteroid serve --work", "uvicorn", "plain\t--workers"),
        ("trackteroid generate --sc", "sqlalchemy", ""),
    ],
)
def test_shells_complete_commands_and_options(words: str, missing: str, completed: str) -> None:
    program = (
        f"import sys; {missing!r} and sys.modules.update({{{missing!r}: None}}); "
        "from trackteroid.cli import main; main(prog_name='trackteroid')"
    )
    variables = {"_TRACKTEROID_COMPLETE": "bash_complete", "COMP_LINE": words}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=os.environ | variables
    )
    assert [line.rpartition("\t")[0] for line in done.stdout.split("\n") if line] == ([completed] if completed else [])
    assert done.stderr == ""
