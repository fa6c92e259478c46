"""`trackteroid run`: tools for the official client run as they do without it, on sessions of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = """
import sys
from ftrack_api.session import Session

def main(words):
    with Session("https://studio.example", "key", "ada", True, [], schema_cache_path=False) as session:
        print(type(session).__module__, session.query("User").first()["username"], *words)
    if words == ["fail"]:
        raise ValueError("the tool is wrong")
    sys.exit(int(words[0]))

if __name__ == "__main__":
    main(sys.argv[1:])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tool.py").write_text(TOOL, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "trackteroid.cli", "run", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("tool", [("tool.py",), ("--", "-m", "tool")], ids=str)
def test_arguments_and_exit_codes_are_those_of_the_tool(tool: tuple[str, ...], folder: Path) -> None:
    done = run(folder, "--server", "sqlite:///show.db", *tool, "7", "--server", "-m")
    assert done.stdout == "trackteroid.session demo 7 --server -m\n", done.stderr
    assert done.returncode == 7


def test_output_and_code_are_printed_as_json(folder: Path) -> None:
    done = run(folder, "--server", "sqlite:///show.db", "--json", "tool.py", "3")
    assert json.loads(done.stdout) == {"output": "trackteroid.session demo 3\n", "code": 3}
    assert done.returncode == 3


def test_an_error_is_shown_from_the_tool_on(folder: Path) -> None:
    done = run(folder, "--server", "sqlite:///show.db", "tool.py", "fail")
    traceback = done.stderr[done.stderr.index("Traceback") :]
    files = [line for line in traceback.splitlines() if line.startswith("  File")]
    assert len(files) == 2
    assert all('tool.py", line' in line for line in files)
    assert traceback.endswith("ValueError: the tool is wrong\n")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Name the file to run"),
        (("nothing.py",), 2, "There is no file"),
        (("-m", "nothing"), 1, "No module named nothing"),
        (("--stock", "--server", "sqlite://", "tool.py"), 2, "trackteroid serve"),
    ],
)
def test_what_cannot_run_says_why(words: tuple[str, ...], code: int, said: str, folder: Path) -> None:
    done = run(folder, *words)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_what_the_server_answers_is_recorded_and_replayed(folder: Path) -> None:
    recorded = folder / "recorded" / "tool.json"
    before = run(folder, "--server", "sqlite:///show.db", "--record", str(recorded), "tool.py", "7")
    assert (before.returncode, before.stdout) == (7, "trackteroid.session demo 7\n"), before.stderr
    assert "query" in recorded.read_text(encoding="utf-8")
    for words, module in (((), "trackteroid.session"), (("--stock",), "ftrack_api.session")):
        after = run(folder, *words, "--replay", str(recorded), "tool.py", "7")
        assert (after.returncode, after.stdout) == (7, f"{module} demo 7\n"), after.stderr
    tool = (folder / "tool.py").read_text(encoding="utf-8")
    (folder / "tool.py").write_text(tool.replace('"User"', '"Shot"'), encoding="utf-8")
    other = run(folder, "--replay", str(recorded), "tool.py", "7")
    assert other.returncode == 1
    assert "This is not what was asked when" in other.stderr
    both = run(folder, "--replay", str(recorded), "--server", "sqlite://", "tool.py")
    assert (both.returncode, "leave out --server" in both.stderr) == (2, True)


def test_an_error_of_a_tool_that_is_recorded_is_its_own(folder: Path) -> None:
    done = run(folder, "--server", "sqlite:///show.db", "--record", "tool.json", "tool.py", "fail")
    assert "Traceback" in done.stderr
    assert done.stderr.endswith("ValueError: the tool is wrong\n")


@pytest.mark.parametrize("words", [("--record", "new.json"), ("--replay", "tool.py")])
def test_recording_and_replaying_have_programs(words: tuple[str, str], folder: Path) -> None:
    done = run(folder, *words, "--python", "tool.py")
    compile(done.stdout, "program", "exec")
    assert f"{words[0].removeprefix('--')}({words[1]!r})" in done.stdout
