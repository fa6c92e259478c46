"""The unmodified JavaScript client sends files, whole and in parts, to a server that is killed at any step.

``TRACKTEROID_STRESS=1`` takes every step rather than every third.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from files.nursery import KEY, different_steps, is_alive, nursery
from files.sending import kept, new_id
from files.test_every_step import World
from selections import STRESS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal"),
]

NODE = shutil.which("node")
#: What is sent, and the size of its parts: in one, and in four.
ONE, MANY = {"size": 30_000, "chunk": 20_000}, {"size": 70_000, "chunk": 20_000}


class Browser:
    """A page in which somebody sends files."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.told, self.said = process.stdin, process.stdout

    def send(self, world: World, **what: int) -> tuple[str, str | None]:
        """Send a new file, while whichever server dies is started again; returns its component and why it failed."""
        component_id = new_id()
        self.told.write(json.dumps({"id": component_id, **what}) + "\n")
        self.told.flush()
        while not select.select([self.said], [], [], 0.01)[0]:
            if not is_alive(world.pid):
                world.revive()
        said: dict[str, Any] = json.loads(self.said.readline())
        assert said["id"] == component_id
        return component_id, said["error"]


@contextmanager
def browser(folder: Path, world: World) -> Iterator[Browser]:
    credentials = {"FTRACK_SERVER": world.client.url, "FTRACK_API_USER": "demo", "FTRACK_API_KEY": KEY}
    with subprocess.Popen(
        [str(NODE), "again.mjs"],
        cwd=folder,
        env=os.environ | credentials,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Browser(process)
        assert process.stdin is not None
        process.stdin.close()


def content(size: int) -> bytes:
    return bytes(place * 7919 % 251 for place in range(size))


def test_it_goes_on_by_itself_or_a_second_try_finishes(folder: Path, tmp_path: Path) -> None:
    with nursery() as cradle:
        world = World(cradle, f"sqlite:///{(tmp_path / 'show.db').as_posix()}", tmp_path / "files")
        world.start()
        try:
            with browser(folder, world) as page:
                send_all(world, page)
            world.stop()
            world.check()
            pieces = world.sweep()
            world.check()
            assert len(kept(world.files)) == pieces
        finally:
            world.stop()


def send_all(world: World, page: Browser) -> None:
    """Let the server die at each step of sending a file, until all is sent."""
    ended = {"by itself": 0, "by a second try": 0}
    for what in (ONE, MANY):
        world.start()
        assert page.send(world, **what)[1] is None
        for step in different_steps(world.client.url)[:: 1 if STRESS else 4]:
            world.start(dies_at=step)
            component_id, error = page.send(world, **what)
            ended["by itself" if error is None else "by a second try"] += 1
            if error is not None:
                # What it did not finish is complete or not there.
                answer = world.get(component_id)
                assert answer.status_code == 404 or answer.content == content(what["size"])
                component_id, error = page.send(world, **what)
                assert error is None
            assert world.get(component_id).content == content(what["size"])
            where = f'ComponentLocation where component_id is "{component_id}" and location.name is "ftrack.server"'
            assert len(world.call({"action": "query", "expression": where})[0]["data"]) == 1
    assert min(ended.values()) > 0, ended
