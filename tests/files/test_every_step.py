"""A server that is killed before any of the things that it writes, commits or answers leaves nothing half."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from PIL import Image

from files.films import film
from files.nursery import KEY, Nursery, different_steps, end, is_alive, nursery
from files.sending import DIED, Client, component, kept, metadata, new_id
from postgres.cluster import cluster  # noqa: F401 - a fixture
from selections import STRESS
from trackteroid.server import Database
from trackteroid.server.core.options import STANDARD
from trackteroid.server.files import rows
from trackteroid.server.files.checking import check_files
from trackteroid.server.files.folder import FolderStore
from trackteroid.server.files.scratch import Scratch
from trackteroid.server.files.service import Files
from trackteroid.server.model import standard_model
from trackteroid.server.storage.builtin import find_id

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal"),
]


@pytest.fixture(scope="module")
def cradle() -> Iterator[Nursery]:
    with nursery() as made:
        yield made


class World:
    """A database, its files, and whichever server of it lives. Who hears nothing of it asks the next one again."""

    def __init__(self, cradle: Nursery, database: str, files: Path) -> None:
        self.cradle, self.database, self.files = cradle, database, files
        self.pid, self.deaths, self.port = 0, 0, 0
        self.client = Client.__new__(Client)
        self.client.username, self.client.key, self.client.http = "demo", KEY, requests.Session()

    def start(self, dies_at: int = 0) -> None:
        self.stop()
        self.pid, self.client.url = self.cradle.server(self.database, self.files, dies_at=dies_at, port=self.port)
        self.port = urlsplit(self.client.url).port or 0  # clients find the next one where the last one was

    def stop(self) -> None:
        if self.pid:
            end(self.pid)
        self.pid = 0

    def again(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except DIED:
            self.revive()
            return ask()

    def revive(self) -> None:
        """Look at what was left, and let another server go on."""
        self.deaths += 1
        self.stop()
        self.check()
        self.free()
        self.start()

    def free(self) -> None:
        """Nobody waits for the time that the dead had for their jobs to pass."""
        if self.database.startswith("sqlite"):
            with closing(sqlite3.connect(self.database.removeprefix("sqlite:///"))) as connection, connection:
                connection.execute("update encoding set claimed_until = '2020-01-01'")

    def jobs(self) -> list[dict[str, Any]]:
        """What has become of what was to be encoded, once all of it is decided."""
        while True:
            with closing(sqlite3.connect(self.database.removeprefix("sqlite:///"))) as connection:
                found = connection.execute("select status, data from job").fetchall()
            if all(status in ("done", "failed") for status, _ in found):
                return [json.loads(data) | {"status": status} for status, data in found]
            if not is_alive(self.pid):
                self.revive()
            time.sleep(0.01)

    def call(self, *operations: Any) -> Any:
        answer = self.again(lambda: self.client.call(*operations))
        # Whoever has not heard that it was done is told so when they ask again.
        repeated = self.deaths and not isinstance(answer, list)
        assert not repeated or any(text in answer["content"] for text in ("exists already", "Could not find")), answer
        assert repeated or isinstance(answer, list), answer
        return answer

    def put(self, address: str, data: bytes) -> requests.Response:
        place = address[address.index("/component/") :]
        answer = self.again(lambda: self.client.http.put(f"{self.client.url}{place}", data=data))
        assert answer.status_code == 200, answer.text
        return answer

    def get(self, component_id: str, what: str = "get") -> requests.Response:
        return self.again(lambda: self.client.get(component_id, what))

    def check(self) -> None:
        """Nobody finds anything amiss."""
        database = Database(self.database)
        try:
            found = list(check_files(database, FolderStore(self.files), read_all=True))
        finally:
            database.close()
        assert found == []

    def sweep(self) -> int:
        """Clear away what nobody has finished, as if its time were up; returns how many pieces there should be."""
        database, store, model = Database(self.database), FolderStore(self.files), standard_model()
        try:
            database.run(lambda one: rows.mark_removed(one, model, rows.find_abandoned(one, model, "9999")), write=True)
            Files(store, database, STANDARD).clear()
            store.tidy(seconds=0)
            stored = database.run(lambda one: list(rows.every_stored(one, model)), write=False)
            assert set(store.file_ids()) == {file.id for file in stored}
            return sum(len(file.pieces) for file in stored)
        finally:
            database.close()


def located(component_id: str) -> dict[str, Any]:
    values = {"component_id": component_id, "location_id": find_id("Location", "ftrack.server")}
    data = {"id": new_id(), "resource_identifier": component_id, **values}
    return {"action": "create", "entity_type": "ComponentLocation", "entity_data": data}


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


def upload(world: World) -> None:
    """All that is done with files: sent in one part and in several, shown, replaced, removed and deleted."""
    one, many = new_id(), new_id()
    told = world.call(metadata(one, picture()))[0]
    world.put(told["url"], picture())
    world.call(component(one, file_type=".png"), located(one))
    assert world.get(one, "thumbnail").status_code == 200
    told = world.call(metadata(many, b"", file_size=8, checksum=None, parts=2))[0]
    tags = [
        {"part_number": number, "e_tag": world.put(place["signed_url"], data).headers["ETag"].strip('"')}
        for number, (place, data) in enumerate(zip(told["urls"], (b"abcd", b"efgh"), strict=True), 1)
    ]
    done = {"action": "complete_multipart_upload", "component_id": many, "upload_id": told["upload_id"], "parts": tags}
    world.call(done)
    world.call(component(many), located(many))
    assert world.get(many).content == b"abcdefgh"
    world.put(world.call(metadata(many, b"another"))[0]["url"], b"another")
    assert world.get(many).content == b"another"
    world.call({"action": "delete", "entity_type": "FileComponent", "entity_key": [one]})
    assert world.get(one).status_code == 404
    assert world.get(many).content == b"another"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_server_that_is_killed_at_any_step_of_an_upload_leaves_nothing_half(
    cradle: Nursery,
    tmp_path: Path,
    kind: str,
    request: pytest.FixtureRequest,
) -> None:
    if kind == "sqlite":
        database = f"sqlite:///{(tmp_path / 'show.db').as_posix()}"
    else:
        database = request.getfixturevalue("cluster").new_database()
    world = World(cradle, database, tmp_path / "files")
    try:
        world.start()
        upload(world)
        steps = different_steps(world.client.url)
        assert len(steps) > 20
        for step in steps if STRESS else steps[:: 4 if kind == "sqlite" else 8]:
            world.deaths = 0
            world.start(dies_at=step)
            upload(world)
        world.stop()
        world.check()
        pieces = world.sweep()
        world.check()
        assert len(kept(world.files)) == pieces
    finally:
        world.stop()


def encoded(world: World) -> None:
    """A picture is sent and encoded; whoever has not heard that it will be asks again."""
    source = new_id()
    world.put(world.call(metadata(source, picture()))[0]["url"], picture())
    world.call(component(source, file_type=".png"), located(source))
    world.call({"action": "encode_media", "component_id": source})
    jobs = [job for job in world.jobs() if job["source_component_id"] == source]
    assert 1 <= len(jobs) <= 1 + world.deaths
    for job in jobs:
        assert job["status"] == "done", job
        (output,) = job["output"]
        assert Image.open(io.BytesIO(world.get(output["component_id"]).content)).size == (40, 20)


def test_a_server_that_is_killed_at_any_step_of_encoding_leaves_nothing_half(cradle: Nursery, tmp_path: Path) -> None:
    world = World(cradle, f"sqlite:///{(tmp_path / 'show.db').as_posix()}", tmp_path / "files")
    try:
        world.start()
        encoded(world)
        steps = different_steps(world.client.url)
        for step in steps if STRESS else steps[::3]:
            world.deaths = 0
            world.start(dies_at=step)
            encoded(world)
        world.stop()
        with closing(sqlite3.connect(tmp_path / "show.db")) as connection:
            (components,) = connection.execute("select count(*) from component").fetchone()
            (sources, jobs) = connection.execute(
                "select count(distinct json_extract(data, '$.source_component_id')), count(*) from job"
            ).fetchone()
            assert components == sources + jobs, "what was given up has no component"
            assert connection.execute("select count(*) from encoding").fetchone() == (0,)
        world.check()
        assert world.sweep() == components
        assert len(kept(world.files)) == components
    finally:
        world.stop()


def test_what_encodes_may_be_killed_a_few_times(cradle: Nursery, tmp_path: Path) -> None:
    world = World(cradle, f"sqlite:///{(tmp_path / 'show.db').as_posix()}", tmp_path / "files")
    data = film(tmp_path / "film.mov", frames=250, size=(1280, 720)).read_bytes()
    try:
        world.start()
        server = psutil.Process(world.pid)
        for times, status in ((1, "done"), (3, "failed")):
            source = new_id()
            world.put(world.call(metadata(source, data))[0]["url"], data)
            world.call(component(source, file_type=".mov"), located(source))
            world.call({"action": "encode_media", "component_id": source})
            killed: set[int] = set()
            while len(killed) < times:
                for child in server.children():
                    if child.pid not in killed:
                        child.kill()
                        killed.add(child.pid)
            (job,) = [job for job in world.jobs() if job["source_component_id"] == source]
            assert job["status"] == status, job
            assert (status == "failed") == ("It was tried 3 times" in job.get("description", ""))
        assert world.sweep() == 2 + 3, "the films as they were sent, and what was made of one"
        world.check()
    finally:
        world.stop()


OWNER = """
import sys
from trackteroid.server.files.scratch import Scratch
with Scratch("testing") as folder:
    (folder / "half").write_text("x")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_folders_of_the_killed_are_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackteroid.server.files.scratch.gettempdir", lambda: str(tmp_path))
    owners = [
        subprocess.Popen(
            [sys.executable, "-c", OWNER],
            env=os.environ | {"TMPDIR": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    folders = [Path(str(each.stdout and each.stdout.readline()).strip()) for each in owners]
    owners[0].kill()
    owners[0].wait()
    (tmp_path / "trackteroid-files-of-somebody").mkdir()
    assert [folder.exists() for folder in folders] == [True, True]
    with Scratch("testing") as own:
        assert [folder.exists() for folder in (*folders, own)] == [False, True, True]
    owners[1].communicate("")
    owners[0].communicate()
    assert [each.name for each in tmp_path.iterdir()] == ["trackteroid-files-of-somebody"]
