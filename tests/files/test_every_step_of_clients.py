"""Unmodified clients, and servers, that are killed at any step of an upload: a second try finishes, nothing is half."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import ftrack_api
import ftrack_api.exception
import pytest
import requests

from files import uploading
from files.nursery import KEY, Nursery, nursery
from files.sending import DIED, kept
from files.test_every_step import World
from postgres.cluster import cluster  # noqa: F401 - a fixture
from selections import STRESS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal"),
]


@pytest.fixture(scope="module")
def cradle() -> Iterator[Nursery]:
    with nursery() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, cradle: Nursery, tmp_path: Path) -> Iterator[World]:
    if request.param == "sqlite":
        database = f"sqlite:///{(tmp_path / 'show.db').as_posix()}"
    else:
        database = request.getfixturevalue("cluster").new_database()
    made = World(cradle, database, tmp_path / "files")
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "plate.exr"
    file.write_bytes(random.Random(12).randbytes(40_000))
    return file


def stride(world: World) -> int:
    """One of how many moments is taken."""
    return 1 if STRESS else 5 if world.database.startswith("sqlite") else 10


def connected(world: World) -> ftrack_api.Session:
    """The Python client, which knows nothing of all this."""
    options = {"plugin_paths": [], "schema_cache_path": False, "auto_connect_event_hub": False}
    return ftrack_api.Session(world.client.url, KEY, "demo", **options)


def has_survived(world: World) -> bool:
    """Whether the server has not come to the step at which it dies."""
    try:
        return requests.get(f"{world.client.url}/steps", timeout=60).ok
    except DIED:
        return False


def has_all(world: World, session: ftrack_api.Session, name: str, path: Path) -> bool:
    """Whether a component is in the location of the server, which has all of its data if it is."""
    places = session.query(f'ComponentLocation where component.name is "{name}" and location.name is "ftrack.server"')
    for place in places:
        assert world.get(place["component_id"]).content == path.read_bytes()
    return len(places) == 1


def all_is_well(world: World, names: list[str]) -> None:
    """Nothing is amiss, also once what nobody has finished is cleared away."""
    world.check()
    assert world.sweep() == len(names)
    world.check()
    assert len(kept(world.files)) == len(names)


# A client that fails leaves the file that it was sending open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("nothing_left_open")
def test_a_second_try_finishes_what_a_killed_server_has_not(world: World, path: Path) -> None:
    world.start()
    session = connected(world)
    names: list[str] = []
    for step in count(1, stride(world)):
        names.append(f"component{step}")
        world.start(dies_at=step)
        try:
            uploading.upload(session, str(path), names[-1])
        except (*DIED, ftrack_api.exception.Error):
            session.rollback()
        if has_survived(world):
            break
        world.revive()
        uploading.upload(session, str(path), names[-1])
        assert has_all(world, session, names[-1], path)
    session.close()
    world.stop()
    assert len(names) * stride(world) > 10
    all_is_well(world, names)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks")
def test_a_second_try_finishes_what_a_killed_client_has_not(world: World, path: Path) -> None:
    world.start()
    told = {"server": world.client.url, "key": KEY, "path": str(path), "name": "component", "stride": stride(world)}
    program = [sys.executable, str(Path(uploading.__file__))]
    ran = subprocess.run(program, input=json.dumps(told), capture_output=True, text=True, timeout=300, check=False)
    answer = json.loads(ran.stdout)
    assert answer["ended"] == 0, ran.stderr
    assert answer["moments"] > 10
    names = [f"component{moment}" for moment in range(0, answer["moments"] + 1, stride(world))]
    world.check()
    session = connected(world)
    before = [has_all(world, session, name, path) for name in names]
    assert before == sorted(before), "it is there from some moment on"
    assert not all(before)
    for name in names:
        uploading.upload(session, str(path), name)
        assert has_all(world, session, name, path)
    session.close()
    world.stop()
    all_is_well(world, names)
