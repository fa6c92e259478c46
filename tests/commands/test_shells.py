"""Completion where it is used: the scripts run in the shells themselves, and somebody presses the Tab key.

PowerShell is not among them, for neither PyPI nor the packages of Debian have it; what it is answered is tested in
`test_every_command`.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trackteroid.cli.completion import words_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these shells are not those of Windows")

#: What is typed before the Tab key, and the words that the program gets then.
LINES = [
    ("query AssetVersi", ["query", "AssetVersion"]),
    ("query Shot --by-seque", ["query", "Shot", "--by-sequence"]),
    ("query Shot --select=na", ["query", "Shot", "--select=name"]),
    ("query Shot --select id,na", ["query", "Shot", "--select", "id,name"]),
    ("set Shot na", ["set", "Shot", "name="]),
    ("query 'Shot where sta", ["query", "Shot where sta"]),
    ("operations show recor", ["operations", "show", "recorded.dbm"]),
]

#: Completes, and otherwise says which words it got.
PROGRAM = """#!/bin/sh
if [ -n "$_TRACKTEROID_COMPLETE" ]; then exec {python} -m trackteroid "$@"; fi
printf '<'; printf '{{%s}}' "$@"; echo '>'
"""

#: How a shell is started, and what it reads first.
SHELLS = {
    "bash": (["--norc", "-i"], 'eval "$(trackteroid completion bash)"'),
    "zsh": (["-f", "-i"], 'autoload -Uz compinit; compinit -u; eval "$(trackteroid completion zsh)"'),
}


def installed(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install {name}")
    return found


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The program on the path, a file to be completed, and no server."""
    program = tmp_path / "bin" / "trackteroid"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=shlex.quote(sys.executable)))
    program.chmod(0o755)
    (tmp_path / "recorded.dbm").touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FTRACK_")}
    path = os.pathsep.join([str(program.parent), kept["PATH"]])
    search = os.pathsep.join(filter(None, sys.path))
    return {**kept, "PATH": path, "HOME": str(tmp_path), "TERM": "dumb", "PYTHONPATH": search}


def script_of(shell: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "trackteroid", "completion", shell], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_the_tab_key_completes_the_line(shell: str, environment: dict[str, str]) -> None:
    pexpect = pytest.importorskip("pexpect")
    options, setup = SHELLS[shell]
    (Path(environment["HOME"]) / "script").write_text(script_of(shell))
    setup = setup.replace(f"trackteroid completion {shell}", "cat script")
    prompt = pexpect.spawn(
        installed(shell),
        options,
        env=environment,
        cwd=environment["HOME"],
        encoding="utf-8",
        dimensions=(24, 200),
        timeout=60,
    )
    try:
        prompt.sendline(f"{setup}; echo rea''dy")
        prompt.expect("ready\r\n")
        for typed, words in LINES:
            prompt.send(f"trackteroid {typed}\t")
            prompt.sendline("'" if typed.count("'") % 2 else "")
            prompt.expect("<({.*})>\r\n")
            assert prompt.match[1] == "".join(f"{{{word}}}" for word in words), typed
    finally:
        prompt.close(force=True)


@pytest.mark.slow
def test_fish_offers_what_the_line_becomes(environment: dict[str, str]) -> None:
    fish = installed("fish")
    asked = "\n".join(f"complete -C {shlex.quote(f'trackteroid {typed}')}; echo -" for typed, _ in LINES)
    program = f"{script_of('fish')}\n{asked}\n"
    done = subprocess.run(
        [fish, "--private", "-c", program],
        env=environment,
        cwd=environment["HOME"],
        capture_output=True,
        text=True,
        check=True,
    )
    offered = [block.split() for block in done.stdout.split("-\n")[:-1]]
    for (typed, words), lines in zip(LINES, offered, strict=True):
        assert words[-1] in lines or words[-1].endswith(typed.rpartition("'")[2]), (typed, lines)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ([], "")),
        ("trackteroid", ([], "trackteroid")),
        ("trackteroid ", (["trackteroid"], "")),
        ("trackteroid query 'a b'", (["trackteroid", "query"], "a b")),
        ('trackteroid query "a b', (["trackteroid", "query"], "a b")),
        ("trackteroid query 'a b ", (["trackteroid", "query"], "a b ")),
        ("trackteroid query # Sh", (["trackteroid", "query", "#"], "Sh")),
    ],
)
def test_lines_are_split_as_shells_do(line: str, words: tuple[list[str], str]) -> None:
    assert words_of(line) == words
