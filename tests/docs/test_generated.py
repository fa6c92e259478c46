"""What follows from the code is on the pages as it follows: criteria, errors, names, commands."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

import trackteroid
from docs.pages import DOCS, PAGES, python_blocks
from trackteroid import Entity, Query, configuration, errors
from trackteroid.cli import main
from trackteroid.server.model import standard_model

sys.path.insert(0, str(DOCS))  # as when the generator is run as a program
GENERATOR: dict[str, Any] = runpy.run_path(str(DOCS / "generate.py"))


def _text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", GENERATOR["pages"](), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == GENERATOR["generated"](text), "Run: python docs/generate.py"


def test_notebooks_that_are_made_of_pages_are_up_to_date() -> None:
    made: Any = GENERATOR["taken_along"]
    for page, path in made.NOTEBOOKS.items():
        assert path.read_text(encoding="utf-8") == made.notebook(page), "Run: python docs/generate.py"
        assert path.name in page.read_text(encoding="utf-8"), "the page has it for download"


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


@pytest.mark.promise("reference-is-complete")
@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_every_command_and_its_options_are_documented(path: str, command: click.Command) -> None:
    _, found, part = _text("server/commands.md").partition(f"\n## {path}")
    assert found, f"{path} is missing"
    section = part.partition("\n## ")[0]
    options = [name for each in command.params if isinstance(each, click.Option) for name in each.opts]
    assert [name for name in options if name not in section] == []


@pytest.mark.promise("reference-is-complete")
def test_every_error_is_documented() -> None:
    known = [name for name, value in inspect.getmembers(errors, inspect.isclass) if value.__module__ == errors.__name__]
    page = _text("reference/errors.md")
    assert [name for name in known if f"| `{name}` |" not in page or name not in (errors.__doc__ or "")] == []


@pytest.mark.promise("reference-is-complete")
def test_every_public_name_is_documented() -> None:
    page = _text("reference/names.md")
    assert [name for name in trackteroid.__all__ if f"| `{name}` |" not in page] == []


@pytest.mark.promise("reference-is-complete")
def test_every_setting_is_documented() -> None:
    page = _text("configuration.md")
    settings = [name for name in configuration.__annotations__ if name.isupper() and not name.startswith("_")]
    assert settings
    assert [name for name in settings if f"| `{name}" not in page] == []


def _reference(folder: str) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in sorted((DOCS / "reference" / folder).glob("*.md")))


def _value(path: str) -> object:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _imported() -> set[str]:
    """Return the names that the pages import from the package: what is public in fact."""
    code = "".join(block.code for page in PAGES for block in python_blocks(page.read_text(encoding="utf-8")))
    statements = [each for each in ast.walk(ast.parse(code)) if isinstance(each, ast.ImportFrom)]
    names = {f"{each.module}.{alias.name}" for each in statements for alias in each.names}
    ours = {name for name in names if name.startswith("trackteroid.") and not name.endswith("*")}
    return {name for name in ours if not isinstance(_value(name), ModuleType) and not _is_made_when_asked_for(name)}


def _is_made_when_asked_for(path: str) -> bool:
    """Return whether this is an entity type of some servers only, or the class of the queries for one type."""
    value = _value(path)
    known = {*trackteroid.entities.__all__, "Query"}
    return isinstance(value, type) and issubclass(value, Entity | Query) and value.__name__ not in known


@pytest.mark.promise("reference-is-complete")
def test_the_api_has_every_public_name_and_every_name_that_the_pages_import() -> None:
    public = {f"trackteroid.{name}" for name in trackteroid.__all__} | _imported()
    for room in ("entities", "events", "operations", "plots", "server", "testing"):
        public |= {f"trackteroid.{room}.{name}" for name in importlib.import_module(f"trackteroid.{room}").__all__}
    documented = set(re.findall(r"^\.\. [\w:]+:: (\S+)$", _reference("api"), re.MULTILINE))
    known = {id(_value(path)) for path in documented}  # some have more than one address
    assert sorted(path for path in public - documented if id(_value(path)) not in known) == []


def test_every_role_that_names_something_of_the_package_finds_it_in_the_api() -> None:
    documented = set(re.findall(r"^\.\. [\w:]+:: (\S+)$", _reference("api"), re.MULTILINE))
    roles = {
        name
        for page in PAGES
        for name in re.findall(r"\{py:\w+\}`[^`]*?(trackteroid\.[\w.]+)>?`", page.read_text("utf-8"))
    }
    assert sorted(roles - documented) == []


@pytest.mark.promise("reference-is-complete")
def test_the_schema_has_every_entity_type_and_all_its_attributes() -> None:
    parts = re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", _reference("schema"), re.DOTALL | re.MULTILINE)
    sections = dict(parts)
    served = {each["id"]: each["properties"] for each in standard_model().served().schemas}
    assert sorted(name for name, _ in parts) == sorted(served)
    for name, properties in served.items():
        described = "".join(_with_bases(name, sections))
        assert [each for each in properties if f"| `{each}` |" not in described] == [], name


def _with_bases(name: str, sections: dict[str, str]) -> Iterator[str]:
    yield sections[name]
    if base := re.search(r"^A kind of \[(\w+)\]", sections[name], re.MULTILINE):
        yield from _with_bases(base[1], sections)


@pytest.mark.promise("reference-is-complete")
def test_every_criterion_is_in_the_table_of_criteria() -> None:
    page = _text("reference/criteria.md")
    every = {rule for name in trackteroid.entities.__all__ for rule in getattr(trackteroid, name).criteria}
    assert every
    assert [rule for rule in sorted(every) if f"`{rule}(" not in page] == []
