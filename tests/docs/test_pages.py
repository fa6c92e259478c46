"""Every code block of the documentation runs against the demo production and prints what the page shows."""

from __future__ import annotations

import re
import shlex
import shutil
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from demo_servers import demo_database
from docs.pages import PAGES, ROOT, python_blocks, sections, shell_blocks, shell_lines
from docs.run_page import run_page
from docs.serving import serving
from selections import slow
from trackteroid.cli import main
from trackteroid.cli.asking import AskingCommand
from trackteroid.session import SESSION

_LINK = re.compile(r"\]\((?P<page>[^)#:\s]*)(?:#(?P<anchor>[^)]+))?\)")


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo production, to be copied."""
    return demo_database(tmp_path_factory.mktemp("docs"))


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _with_code() -> list[Any]:
    """Return the pages with code: those that a newcomer reads first, and as slow ones all others."""
    pages = [page for page in PAGES if any(python_blocks(_text(page)))]
    return [page if _name(page) in ("README.md", "docs/quickstart.md") else slow(page) for page in pages]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.promise("documentation-runs")
@pytest.mark.parametrize("page", _with_code(), ids=_name)
def test_code_runs_and_prints_what_the_page_shows(page: Path, production: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(production, tmp_path / "show.db"))
    with serving(database) as environment:
        outputs = run_page(page, environment, tmp_path)
    assert isinstance(outputs, list), f"{_name(page)} does not run:\n{outputs}"
    for block, printed in zip(python_blocks(_text(page)), outputs, strict=True):
        if block.shown is not None:
            assert printed.strip() == block.shown.strip(), f"{_name(page)}, line {block.line}"


@pytest.mark.parametrize("page", [page for page in PAGES if any(shell_lines(_text(page)))], ids=_name)
def test_shell_commands_exist(page: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in shell_lines(_text(page)):
        words = line.split()
        if words[:1] == ["make"]:
            assert words[1] in targets, f"{page.name} names {line!r}; the Makefile has {sorted(targets)}"
        if words[:1] == ["trackteroid"]:
            command, rest = _command(words[1:])
            assert command is not main, (
                f"{page.name} names {line!r}; there are {main.list_commands(click.Context(main))}"
            )
            if command.context_settings.get("allow_interspersed_args") is False:  # what follows is for somebody else
                rest = list(takewhile(lambda word: word.startswith("-") and word != "--", rest))
            _check_options(line, command, [word for word in rest if word.startswith("-")])


@pytest.mark.promise("documentation-runs")
@pytest.mark.parametrize("page", [page for page in PAGES if shell_blocks(_text(page))], ids=_name)
@pytest.mark.slow
def test_shell_commands_print_what_the_page_shows(
    page: Path, production: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(production, tmp_path / "show.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FTRACK_SERVER", "sqlite:///show.db")
    monkeypatch.setenv("FTRACK_API_USER", "demo")
    for block in shell_blocks(_text(page)):
        with SESSION.elsewhere():
            printed = "".join(_printed(line) for line in block.code.splitlines())
        assert printed.strip() == (block.shown or "").strip(), f"{_name(page)}, line {block.line}"


def _printed(line: str) -> str:
    """Return what a command prints on standard output."""
    program, *words = shlex.split(line)
    assert program == "trackteroid", f"{line!r} is no command of ours, so it cannot show its output"
    done = CliRunner().invoke(main, words, prog_name=program)
    assert done.exit_code == 0, done.output
    return done.stdout


def _command(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words name, and its arguments."""
    command: click.Command = main
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            break
        command, words = found, words[1:]
    return command, words


def _check_options(line: str, command: click.Command, used: list[str]) -> None:
    known = {option for parameter in command.params for option in parameter.opts}
    if isinstance(command, AskingCommand):
        used = [option for option in used if not command.takes_option(option.split("=")[0])]
    assert {option.split("=")[0] for option in used} <= known, f"{line!r} has options other than {sorted(known)}"


@pytest.mark.parametrize("page", [page for page in PAGES if _LINK.search(_text(page))], ids=_name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in _LINK.finditer(_text(page)):
        target = page.parent / link["page"] if link["page"] else page
        assert target.exists(), f"{_name(page)} links to {link['page']}"
        if link["anchor"]:
            known = sections(_text(target))
            assert link["anchor"] in known, f"{_name(page)} links to {link[0]}; that page has {sorted(known)}"


def _is_listed(page: Path) -> bool:
    return page.parent != ROOT and page != ROOT / "docs" / "index.md" and page.parent.name != "decisions"


def test_no_page_is_forgotten_in_the_contents() -> None:
    listed = {
        index.parent / f"{entry}.md"
        for index in PAGES
        if index.parent != ROOT
        for contents in re.findall(r"^```\{toctree\}\n(.*?)^```$", _text(index), re.DOTALL | re.MULTILINE)
        for entry in contents.splitlines()
        if entry and not entry.startswith(":")
    }
    assert [_name(page) for page in PAGES if _is_listed(page) and page not in listed] == [], "these are in no toctree"
