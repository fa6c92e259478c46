"""`trackteroid listen` and `trackteroid watch`, as service managers and people at a shell meet them."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from demo_servers import demo_database
from trackteroid.cli import main
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

LISTENERS = """
import os, time
from trackteroid import SESSION, Scope, Task

@SESSION.on("ftrack.update", Scope.name)
def note(change):
    with open("heard.txt", "a") as file:
        file.write(change.new + "\\n")
    time.sleep(float(os.environ.get("SLEEP", "0")))
    with open("done.txt", "a") as file:
        file.write(change.new + "\\n")

@SESSION.on("studio.*")
def fail(event):
    raise RuntimeError("never works")
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a file of listeners, and an environment that names a server."""
    (tmp_path / "my_listeners.py").write_text(LISTENERS)
    server = EmbeddedServer(f"sqlite:///{demo_database(tmp_path).as_posix()}")
    with server.listening() as url:
        for name, value in {"SERVER": url, "API_USER": server.username, "API_KEY": server.api_key}.items():
            monkeypatch.setenv(f"FTRACK_{name}", value)
        monkeypatch.chdir(tmp_path)
        yield tmp_path
    server.close()


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(place: Path) -> Iterator[Start]:
    """Something that starts listeners; whatever is left of them in the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "trackteroid.cli", "listen", "my_listeners.py", *options]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env={**os.environ, **environment})
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
            process.communicate()


def started(process: subprocess.Popen[str]) -> list[str]:
    """Wait until it listens, and return what it has said."""
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line.rstrip())
        if line.startswith(("Listening", '{"listening"')):
            return said
    raise AssertionError(process.communicate())


def ended(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    process.send_signal(how)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def wait_for(is_so: Any) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def name_scopes(session: Session, *names: str) -> None:
    for name in names:
        session.create("Scope", {"name": name})
        session.commit()


def group_exists(session: Session, name: str) -> bool:
    return name in {each["name"] for each in session.events.groups()}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_service_finishes_what_it_does_when_it_is_told_to_stop(
    place: Path, start: Start, how: signal.Signals
) -> None:
    heard, done = place / "heard.txt", place / "done.txt"
    with Session() as session:
        process = start("--group", "farm", SLEEP="1")
        said = started(process)
        assert said[0].startswith("note (")
        assert said[0].endswith("listens to ftrack.update Scope.name")
        assert said[-1].endswith("as one of the group farm, 1 at a time. Ctrl-C stops.")
        wait_for(lambda: group_exists(session, "farm"))
        name_scopes(session, "one", "two", "three")
        wait_for(lambda: lines(heard))
        code, output, errors = ended(process, how)
        assert (code, errors) == (0, "")
        assert lines(done) == lines(heard)
        assert "Stopped. Handled" in output
        # Who comes next goes on where it has stopped.
        process = start("--group", "farm")
        started(process)
        wait_for(lambda: len(lines(done)) == 3)
        ended(process)
    assert lines(done) == ["one", "two", "three"]


@pytest.mark.promise("listeners-lose-nothing-in-silence")
def test_listeners_that_are_killed_at_random_miss_nothing(place: Path, start: Start) -> None:
    chance = random.Random(5)
    names = [f"scope-{number}" for number in range(30)]
    options = ("--group", "farm", "--lease", "1.5")
    with Session() as session:
        process = start(*options, SLEEP="0.02")
        started(process)
        wait_for(lambda: group_exists(session, "farm"))
        for number, name in enumerate(names):
            name_scopes(session, name)
            if number % 10 == 9:
                time.sleep(chance.random() / 4)
                process.kill()
                process.communicate()
                process = start(*options, SLEEP="0.02")
                started(process)
        wait_for(lambda: set(lines(place / "done.txt")) == set(names))
        ended(process)
    # Each was handled in the order of its entity, some of them twice.
    assert len(lines(place / "heard.txt")) >= len(names)


def test_lines_of_json_are_for_programs_and_what_was_put_aside_shows_in_the_exit_code(
    place: Path, start: Start
) -> None:
    with Session() as session:
        process = start("--since", str(session.events.position()), "--json")
        (introduction,) = map(json.loads, started(process))
        assert len(introduction["listening"]) == 2
        name_scopes(session, "told")
        session.publish("studio.x", {"a": 1}, wait=0.2)
        assert process.stdout is not None
        told = [json.loads(process.stdout.readline())]
        while told[-1]["ok"] or not told[-1]["is_final"]:
            told.append(json.loads(process.stdout.readline()))
        code, output, errors = ended(process)
    assert code == 1
    assert {"attribute": "name", "ok": True, "type": "Scope"}.items() <= told[0].items()
    assert [each["is_final"] for each in told if not each["ok"]] == [False, False, True]
    told = [json.loads(line) for line in output.splitlines()]
    assert len(told[-1]["put_aside"]) == 1
    assert "RuntimeError: never works" in errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.py"], 'There is no file "nothing.py"'),
        (["nothing_at_all"], 'There is no Python file "nothing_at_all"'),
        (["empty.py"], "Nothing listens"),
        (["empty.py", "--since", "yesterday"], "neither the number of an event"),
        (["empty.py", "--at-most-once"], "give --group too"),
    ],
)
def test_wrong_usage_says_what_would_be_right(place: Path, arguments: list[str], words: str) -> None:
    (place / "empty.py").write_text("")
    result = CliRunner().invoke(main, ["listen", *arguments])
    assert result.exit_code == 2
    assert words in result.output


def test_watching_prints_changes_by_name_and_other_events(place: Path) -> None:
    with Session() as session:
        since = str(session.events.position())
        name_scopes(session, "seen")
        session.publish("studio.x", {"a": 1}, wait=0.2)
        readable = CliRunner().invoke(main, ["watch", "--since", since, "--most", "2"])
        programs = CliRunner().invoke(main, ["watch", "topic=studio.*", "--since", since, "--most", "1", "--json"])
    first, second = readable.output.splitlines()
    assert first.endswith(" demo add Scope seen")
    assert second.endswith(' demo studio.x {"a": 1}')
    (event,) = map(json.loads, programs.output.splitlines())
    assert (event["event"]["topic"], event["event"]["data"]) == ("studio.x", {"a": 1})
