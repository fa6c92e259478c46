"""A listener, an action and a widget of unmodified clients talk through two workers, and go on when one is killed."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from postgres.cluster import cluster  # noqa: F401  # pyright: ignore[reportUnusedImport] - a fixture
from server.test_crash_recovery import Serving, serving

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")]

HERE = Path(__file__).parent
NODE = shutil.which("node")
HEADERS = {"ftrack-user": "demo", "ftrack-api-key": "secret"}
#: The seconds in which all have to have found each other again.
PATIENCE = 90.0


class Widget:
    """The widget, as a process that is told lines and says some."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self.all: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._said.put(json.loads(line))

    def hear(self, seconds: float) -> dict[str, Any]:
        """The next thing that it says; nothing if it says nothing for so long."""
        try:
            said = self._said.get(timeout=seconds)
        except queue.Empty:
            said = {}
        self.all.append(said)
        return said

    def describe(self, task: str, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"task": task, "text": text}) + "\n")
        self._process.stdin.flush()


@contextmanager
def running(command: list[str], server: Serving, **options: Any) -> Generator[subprocess.Popen[str]]:
    credentials = {"FTRACK_SERVER": server.url, "FTRACK_API_USER": "demo", "FTRACK_API_KEY": "secret"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen(command, env=os.environ | credentials, **pipes, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def task_of(server: Serving) -> str:
    asked = [{"action": "query", "expression": "select id from Task limit 1"}]
    return requests.post(f"{server.url}/api", json=asked, headers=HEADERS, timeout=60).json()[0]["data"][0]["id"]


def talk(widget: Widget, task: str, text: str) -> int:
    """Let a task be described until the widget has heard of it; returns how often that had to be tried."""
    attempts, end = 1, time.monotonic() + PATIENCE
    while not is_answered(widget, task, f"{text}, attempt {attempts}"):
        assert time.monotonic() < end, f"{text} {attempts} times; the widget said {widget.all[-20:]}"
        attempts += 1
    return attempts


def is_answered(widget: Widget, task: str, text: str) -> bool:
    """Start the action once; returns whether it has answered, and the listener as well."""
    widget.describe(task, text)
    needed, end = {"reply", "described"}, time.monotonic() + 10
    while needed and (left := end - time.monotonic()) > 0:
        said = widget.hear(left)
        if said.get("text") != text:
            continue  # of an earlier attempt
        if "error" in said:
            return False
        if "reply" in said:
            assert (said["offered"], said["reply"]) == ("Describe", {"success": True, "message": "described"})
        needed -= said.keys()
    return not needed


def test_a_listener_an_action_and_a_widget_go_on_when_a_worker_is_killed(
    request: pytest.FixtureRequest, folder: Path
) -> None:
    database = request.getfixturevalue("cluster").new_database()
    with serving(database, 2, "--demo") as server, ExitStack() as stack:
        for script in ("describing_action.py", "describing_listener.py"):
            stack.enter_context(running([sys.executable, str(HERE / script)], server))
        widget = Widget(stack.enter_context(running([str(NODE), "widget.mjs"], server, cwd=folder)))
        assert widget.hear(PATIENCE) == {"ready": True}
        task = task_of(server)
        talk(widget, task, "first")
        assert talk(widget, task, "steady") == 1
        for number in range(2):
            await_two_workers(server)
            server.kill()
            talk(widget, task, f"killed {number}")
            settle(lambda number=number: talk(widget, task, f"again {number}") == 1)


def await_two_workers(server: Serving) -> None:
    end = time.monotonic() + PATIENCE
    while len(server.workers) < 2:
        assert time.monotonic() < end, "no worker has taken the place of the one that was killed"
        time.sleep(0.05)


def settle(is_so: Callable[[], bool]) -> None:
    """Wait until all have connected again: then nothing has to be said twice."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "they have to be told everything twice"
