"""`trackteroid publish` and `trackteroid download`, as somebody at a shell, or a farm, meets them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trackteroid.cli import main
from trackteroid.server import EmbeddedServer

PLACE = ("--context", "showroom/ep01/sq010/sh010")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    database = f"sqlite:///{(tmp_path_factory.mktemp('server') / 'studio.db').as_posix()}"
    EmbeddedServer(database, with_demo=True).close()
    return database


@pytest.fixture(autouse=True)
def here(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FTRACK_SERVER", address)
    monkeypatch.chdir(tmp_path)
    for frame in (1, 2, 3):
        (tmp_path / f"plate.{frame:04d}.exr").write_bytes(bytes(frame))
    (tmp_path / "scene.ma").write_bytes(b"requires maya;")
    return tmp_path


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(map(os.fspath, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), "a traceback reached the shell"
    return result.exit_code, result.output


def told(*arguments: str | Path) -> Any:
    code, output = run(*arguments, "--json")
    assert code == 0, output
    return json.loads(output)


def test_a_dry_run_says_what_would_be_made_and_makes_nothing() -> None:
    where = (*PLACE, "--asset", "dry", "--type", "Render")
    code, output = run(
        "publish", "plate.%04d.exr [1-3]", "scene.ma", *where, "--location", "ftrack.server", "--dry-run"
    )
    assert code == 0
    assert output.splitlines()[0] == "Would publish: dry (the next version) (new asset)"
    assert "plate: plate.%04d.exr [1-3], 3 files, 6 bytes, in ftrack.server" in output
    code, output = run("publish", "scene.ma", *PLACE, "--asset", "dry")
    assert (code, "There is no asset" in output) == (1, True)


def test_files_are_published_and_come_back(here: Path) -> None:
    options = (*PLACE, "--asset", "cli", "--comment", "by hand", "--location", "ftrack.server")
    done = told("publish", "scene.ma", "plate.0001.exr", "plate.0002.exr", *options, "--type", "Render")
    assert done["committed"]
    assert [each["version"] for each in done["versions"]] == [1]
    assert sorted(each["name"] for each in done["components"]) == ["plate", "scene"]
    more = told(
        "publish", "scene.ma", "--version", done["versions"][0]["id"], "--name", "more", "--location", "ftrack.server"
    )
    assert more["versions"] == done["versions"]
    back = told("download", "back", *PLACE, "--asset", "cli")
    assert len(back["paths"]) == 3
    assert (here / "back" / "cli_v001_scene.ma").read_bytes() == b"requires maya;"
    again = told("download", "back", "--id", more["components"][0]["id"])
    assert (again["paths"], len(again["skipped"])) == ([], 1)
    code, output = run("download", "other", *PLACE, "--asset", "cli", "--name", "more", "--dry-run")
    assert (code, output.splitlines()) == (0, ["Would write:", str(Path("other/cli_v001_more.ma"))])
    assert not (here / "other").exists()


def test_it_is_published_later_from_a_file(here: Path) -> None:
    options = (*PLACE, "--asset", "later", "--type", "Render", "--location", "ftrack.server", "--defer", "later.dbm")
    code, output = run("publish", "scene.ma", *options)
    assert (code, "operations commit later.dbm" in output) == (0, True)
    code, output = run("download", "back", *PLACE, "--asset", "later")
    assert (code, "There is no version" in output) == (1, True)
    assert "Sent 1 file." in run("operations", "commit", "later.dbm")[1]
    assert told("download", "back", *PLACE, "--asset", "later")["size"] == 14


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("publish", "scene.ma"), 2, "Say where"),
        (("publish", "scene.ma", *PLACE), 2, "Say where: with --context and --asset"),
        (("publish", "scene.ma", *PLACE, "--python"), 2, "Say where: with --context and --asset"),
        (("publish", "scene.ma", "--context", "showrom/ep01", "--asset", "x"), 1, 'Did you mean "showroom"'),
        (("publish", "scene.ma", "--context", "showroom/ep1", "--asset", "x"), 1, 'no "ep1" in showroom'),
        (("publish", "scene.ma", *PLACE, "--asset", "x", "--task", "nobody's"), 1, 'There is no "nobody\'s" in'),
        (("publish", "scene.mb", *PLACE, "--asset", "x", "--type", "Render"), 1, 'Did you mean "scene.ma"'),
        (("publish", "scene.ma", "--version", "nothing"), 2, "have no name. Give an id"),
        (("publish", "scene.ma", "--version", "11c137c0ee7e4f9c91c58c77cec22b2c"), 1, "There is no AssetVersion"),
        (("download", "back"), 2, "Say which"),
        (("download", "back", *PLACE, "--asset", "nothing"), 1, "There is no version of an asset"),
        (("download", "back", "--id", "nothing"), 1, "There is no component with the id"),
    ],
)
def test_what_is_wrong_is_said_with_the_code_that_belongs_to_it(
    arguments: tuple[str, ...], code: int, message: str
) -> None:
    found, output = run(*arguments)
    assert message in output
    assert found == code


def test_a_server_that_cannot_be_reached_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTRACK_SERVER", "http://127.0.0.1:9")
    monkeypatch.setenv("FTRACK_API_USER", "demo")
    monkeypatch.setenv("FTRACK_API_KEY", "key")
    assert run("publish", "scene.ma", *PLACE, "--asset", "x")[0] == 3
