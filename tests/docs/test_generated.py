"""What follows from the code is on the pages as it follows: criteria, errors, names, commands."""

from __future__ import annotations

import inspect
import runpy
import sys
from pathlib import Path
from typing import Any

import click
import pytest

import trackteroid
from docs.pages import DOCS
from trackteroid import configuration, errors
from trackteroid.cli import main

sys.path.insert(0, str(DOCS))  # as when the generator is run as a program
GENERATOR: dict[str, Any] = runpy.run_path(str(DOCS / "generate.py"))


def _text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", GENERATOR["pages"](), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == GENERATOR["generated"](text), "Run: python docs/generate.py"


def test_every_part_is_on_a_page() -> None:
    everything = "".join(page.read_text(encoding="utf-8") for page in GENERATOR["pages"]())
    assert [name for name in GENERATOR["PARTS"] if f"<!-- generated: {name} -->" not in everything] == []


def _commands(path: str, command: click.Command) -> dict[str, click.Command]:
    found = {path: command}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            each = command.get_command(context, name)
            assert each is not None
            found |= _commands(f"{path} {name}", each)
    return found


COMMANDS = [pytest.param(path, command, id=path) for path, command in _commands("trackteroid", main).items()]


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_every_command_and_its_options_are_documented(path: str, command: click.Command) -> None:
    _, found, part = _text("server/commands.md").partition(f"\n## {path}")
    assert found, f"{path} is missing"
    section = part.partition("\n## ")[0]
    options = [name for each in command.params if isinstance(each, click.Option) for name in each.opts]
    assert [name for name in options if name not in section] == []


def test_every_error_is_documented() -> None:
    known = [name for name, value in inspect.getmembers(errors, inspect.isclass) if value.__module__ == errors.__name__]
    page = _text("reference/errors.md")
    assert [name for name in known if f"| `{name}` |" not in page or name not in (errors.__doc__ or "")] == []


def test_every_public_name_is_documented() -> None:
    page = _text("reference/names.md")
    assert [name for name in trackteroid.__all__ if f"| `{name}` |" not in page] == []


def test_every_setting_is_documented() -> None:
    page = _text("configuration.md")
    settings = [name for name in configuration.__annotations__ if name.isupper() and not name.startswith("_")]
    assert settings
    assert [name for name in settings if f"| `{name}" not in page] == []
