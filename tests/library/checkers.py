"""Type checkers, and what they say of a program."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
PROGRAMS = Path(__file__).with_name("programs")

_LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+)(?::\d+)?: (?P<kind>error|note): (?P<text>.*)")


def pyright(program: Path, folder: Path, *stubs: Path) -> Mapping[int, list[str]]:
    """What pyright says of a program, as messages by line; basedpyright in its standard mode stands for it."""
    settings = {
        "include": [str(program)],
        # The source is found where the interpreter looks, as an installed package, whose imports are not its names.
        "extraPaths": [str(each) for each in stubs],
        "typeCheckingMode": "standard",
        "reportUnusedExpression": "none",
    }
    configuration = folder / "pyrightconfig.json"
    configuration.write_text(json.dumps(settings), encoding="utf-8")
    command = [_beside("basedpyright"), "--project", str(configuration), "--pythonpath", sys.executable, "--outputjson"]
    found = json.loads(_run(command, folder, ()))["generalDiagnostics"]
    errors = (each for each in found if each["severity"] == "error")
    return _by_line((each["range"]["start"]["line"] + 1, each["message"]) for each in errors)


def mypy(program: Path, folder: Path, *stubs: Path) -> Mapping[int, list[str]]:
    """What mypy says of a program, as messages by line, with the notes that belong to them."""
    cache = folder.parent / "mypy"  # of all tests of a process: what a program imports is looked at once
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), str(program)]
    command += ["--python-executable", sys.executable, "--disable-error-code", "type-arg"]
    matches = map(_LINE.match, _run(command, folder, stubs).splitlines())
    found = [match for match in matches if match and Path(match["file"]).name == program.name]
    return _by_line((int(each["line"]), each["text"]) for each in found)


def _by_line(messages: Iterable[tuple[int, str]]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for line, message in messages:
        found.setdefault(line, []).append(message)
    return found


def _beside(command: str) -> str:
    return str(Path(sys.executable).with_name(command))


def _run(command: list[str], folder: Path, stubs: Iterable[Path]) -> str:
    paths = os.pathsep.join(map(str, (*stubs, SOURCE)))  # mypy looks for stubs where the interpreter looks for modules
    environment = {**os.environ, "PYTHONPATH": paths}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    return ran.stdout
