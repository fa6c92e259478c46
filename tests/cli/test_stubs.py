"""`trackteroid stubs`: what editors and checkers know of a studio's own server."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from trackteroid.cli import main

sys.path.insert(0, str(Path(__file__).parents[1] / "library"))
from checkers import mypy, pyright

Checker = Callable[..., Mapping[int, list[str]]]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FTRACK_SERVER", f"sqlite:///{tmp_path / 'studio.db'}?demo")
    monkeypatch.setenv("FTRACK_API_USER", "demo")
    monkeypatch.setenv("FTRACK_API_KEY", "a-key-of-the-demo")


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["stubs", *arguments])
    return result.exit_code, result.output


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_second_run_writes_the_same(tmp_path: Path) -> None:
    code, output = run(str(tmp_path / "typings"), "--json")
    assert code == 0
    assert json.loads(output)["custom_attributes"] > 0
    first = contents(tmp_path / "typings")
    assert "trackteroid-stubs/py.typed" in first
    assert run(str(tmp_path / "typings"))[0] == 0
    assert contents(tmp_path / "typings") == first


def test_a_wheel_has_stubs_only_and_is_the_same_each_time(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert run(str(tmp_path / folder), "--wheel")[0] == 0
    (wheel,) = (tmp_path / "one").glob("*.whl")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info" not in name]
    assert {Path(name).suffix for name in names} == {".pyi", ".typed"}


def test_what_somebody_else_has_written_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "typings" / "trackteroid-stubs" / "notes.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    code, output = run(str(tmp_path / "typings"))
    assert code == 1
    assert "not written by this command" in output
    assert list(contents(tmp_path / "typings")) == ["trackteroid-stubs/notes.txt"]


def test_a_server_that_is_down_leaves_nothing(tmp_path: Path) -> None:
    code, output = run(str(tmp_path / "typings"), "--server", "http://127.0.0.1:9")
    assert (code, (tmp_path / "typings").exists()) == (3, False)
    assert "cannot be reached" in output


@pytest.mark.parametrize("check", [pytest.param(pyright, id="pyright"), pytest.param(mypy, id="mypy")])
def test_checkers_know_what_only_this_server_has(check: Checker, tmp_path: Path) -> None:
    assert run(str(tmp_path / "studio"))[0] == 0
    program = tmp_path / "program.py"
    program.write_text(
        "from trackteroid import Query, Shot\n"
        "shot = Query(Shot).by_status('Approved', 'Pend%').where(Shot.custom_fstart > 1000).get_one()\n"
        "shot.custom_fstart = shot.custom_fstart[0] + 1\n"
        "shot.custom_fstrat\n"
        "shot.custom_fstart = 'x'\n",
        encoding="utf-8",
    )
    assert check(program, tmp_path, tmp_path / "studio").keys() == {4, 5}
    assert check(program, tmp_path).keys() >= {2, 3, 4}
