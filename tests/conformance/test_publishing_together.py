"""Several who publish at once: each gets a version of its own, of one asset, on both databases."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import ftrack_api.accessor.disk
import ftrack_api.exception
import ftrack_api.structure.standard
import pytest

from conformance.conftest import Running
from publishing.kept import kept
from trackteroid import Query, Session, Shot
from trackteroid.errors import PublishingError, RefusedError
from trackteroid.operations import replay
from trackteroid.spelling import claims

TOGETHER = 4


@pytest.fixture
def client(running: Running) -> str:
    if running.adapter is None:
        pytest.skip("the transport makes no difference, the database may")
    return "ours"


@pytest.fixture
def sessions(running: Running, monkeypatch: pytest.MonkeyPatch, session: Any) -> Iterator[list[Session]]:
    """Sessions of several people."""
    opened: list[Any] = [running.connect("ours", monkeypatch) for _ in range(TOGETHER)]
    assert all(each.types for each in opened)
    yield opened
    for each in opened:
        each.close()


def at_once(sessions: list[Session], do: Callable[[Session, int], Any]) -> list[Any]:
    """What several do at the same moment, each in a thread; what one is ended by comes in the place of its result."""
    gate = threading.Barrier(len(sessions))

    def one(session: Session, number: int) -> Any:
        gate.wait()
        return do(session, number)

    with ThreadPoolExecutor(len(sessions)) as pool:
        return list(pool.map(one, sessions, range(len(sessions))))


def shot_in(session: Session, shot: Any) -> Any:
    return Query(Shot, session=session).by_id(shot["id"]).get_one()


def published(session: Any, shot: Any) -> tuple[list[str], list[int]]:
    """The names of the assets below a shot, and the numbers of their versions."""
    assets = session.query(f"select name from Asset where context_id is {shot['id']}").all()
    versions = session.query(f"select version from AssetVersion where asset.context_id is {shot['id']}").all()
    return sorted(each["name"] for each in assets), sorted(each["version"] for each in versions)


def scene(folder: Path, number: int) -> Path:
    path = folder / f"scene{number}.ma"
    path.write_bytes(random.Random(number).randbytes(1000))
    return path


@pytest.mark.promise("first-publishers-share-the-asset")
def test_first_publishers_make_one_asset_and_a_version_each(
    sessions: list[Session], session: Any, shot: Any, tmp_path: Path
) -> None:
    def publish(own: Session, number: int) -> Any:
        return shot_in(own, shot).publish(
            scene(tmp_path, number), asset="Comp" if number % 2 else "comp", type="Scene", location="ftrack.server"
        )

    done = at_once(sessions, publish)
    names, numbers = published(session, shot)
    assert len(names) == 1
    assert numbers == sorted(each.version.version[0] for each in done) == [1, 2, 3, 4]
    for number, each in enumerate(done):
        with each.components.open() as data:
            assert data.read() == scene(tmp_path, number).read_bytes()


#: Publishes once it is told to.
PROGRAM = """
import sys
from trackteroid import Query, Session, Shot

url, key, shot, path = sys.argv[1:]
with Session(url, key, "demo", plugin_paths=[], schema_cache_path=False) as session:
    found = Query(Shot, session=session).by_id(shot).get_one()
    print("ready", flush=True)
    sys.stdin.readline()
    print(found.publish(path, asset="first", type="Scene", location="ftrack.server").version.version[0], flush=True)
"""


@pytest.mark.slow
@pytest.mark.promise("first-publishers-share-the-asset")
def test_first_publishers_in_processes_of_their_own_do_so_as_well(
    running: Running, session: Any, shot: Any, tmp_path: Path
) -> None:
    with running.server.listening() as url, ExitStack() as stack:
        told = [url, running.server.api_key, shot["id"]]
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", PROGRAM, *told, str(scene(tmp_path, number))],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(TOGETHER)
        ]
        assert [each.stdout.readline() for each in processes if each.stdout] == ["ready\n"] * TOGETHER
        numbers = [each.communicate()[0] for each in _all_told(processes)]
    assert sorted(map(int, numbers)) == [1, 2, 3, 4]
    assert published(session, shot) == (["first"], [1, 2, 3, 4])


def _all_told(processes: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """The processes, each of which was told to go before any is waited for."""
    for each in processes:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    return processes


@contextmanager
def disk_in(session: Any, folder: Path) -> Iterator[str]:
    """A location whose folders are named by the number of the version."""
    location: Any = session.ensure("Location", {"name": "studio.disk"})
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(prefix=str(folder))
    location.structure = ftrack_api.structure.standard.StandardStructure()
    yield location["name"]


@pytest.mark.promise("first-publishers-share-the-asset")
@pytest.mark.parametrize("name", ["the same", "different"])
def test_numbers_that_name_folders_are_given_once(
    sessions: list[Session], session: Any, shot: Any, tmp_path: Path, name: str
) -> None:
    def publish(own: Session, number: int) -> Any:
        with disk_in(own, tmp_path / "disk") as where:
            called = "main" if name == "the same" else f"part{number}"
            path = scene(tmp_path, number)
            return shot_in(own, shot).publish(path, asset="disk", type="Scene", location=where, name=called)

    session.ensure("Location", {"name": "studio.disk"})
    done = at_once(sessions, publish)
    names, numbers = published(session, shot)
    assert names == ["disk"]
    assert len(set(numbers)) == len(done) == len(numbers)
    there = kept(tmp_path / "disk")
    for number, each in enumerate(done):
        version = f"v{each.version.version[0]:03d}"
        (path,) = (path for path, content in there.items() if content == scene(tmp_path, number).read_bytes())
        assert f"/{version}/" in path
    assert len(there) == len(done)


def test_one_who_numbers_versions_and_one_who_leaves_it_to_the_server_meet_at_no_number(
    sessions: list[Session], session: Any, shot: Any, tmp_path: Path
) -> None:
    def publish(own: Session, number: int) -> Any:
        with disk_in(own, tmp_path / "disk") as disk:
            where = disk if number % 2 else "ftrack.server"
            return shot_in(own, shot).publish(scene(tmp_path, number), asset="mixed", type="Scene", location=where)

    session.ensure("Location", {"name": "studio.disk"})
    at_once(sessions, publish)
    names, numbers = published(session, shot)
    assert names == ["mixed"]
    assert len(set(numbers)) == TOGETHER


def test_what_is_deferred_goes_to_the_asset_that_there_is_by_then(
    sessions: list[Session], session: Any, shot: Any, tmp_path: Path
) -> None:
    def defer(own: Session, number: int) -> None:
        with own.deferred_operations(tmp_path / f"{number}.dbm"):
            for _ in range(2):
                shot_in(own, shot).publish(
                    scene(tmp_path, number), asset="later", type="Scene", location="ftrack.server"
                )

    at_once(sessions, defer)
    if shot["name"]:
        kind = session.query("AssetType where name is Scene").one()
        session.create("Asset", {"name": "Later", "parent": shot, "type": kind})  # by a tool that claims nothing
        session.commit()
    done = at_once(sessions, lambda own, number: replay(own, tmp_path / f"{number}.dbm"))
    assert [each.uploaded for each in done] == [2] * TOGETHER
    assert published(session, shot) == (["Later"], list(range(1, 2 * TOGETHER + 1)))
    again = [replay(own, tmp_path / f"{number}.dbm") for number, own in enumerate(sessions)]
    assert [each.uploaded for each in again] == [0] * TOGETHER


def test_files_of_first_publishers_that_are_replayed_at_once_make_one_asset(
    sessions: list[Session], session: Any, shot: Any, tmp_path: Path
) -> None:
    for number, own in enumerate(sessions):
        with own.deferred_operations(tmp_path / f"{number}.dbm"):
            shot_in(own, shot).publish(scene(tmp_path, number), asset="late", type="Scene", location="ftrack.server")
    at_once(sessions, lambda own, number: replay(own, tmp_path / f"{number}.dbm"))
    assert published(session, shot) == (["late"], [1, 2, 3, 4])
    session.query(f"Asset where context_id is {shot['id']}").one()["name"] = "renamed"
    session.commit()
    with sessions[0].deferred_operations(tmp_path / "more.dbm"):
        shot_in(sessions[0], shot).publish(scene(tmp_path, 9), asset="late", type="Scene")
    sessions[1].reset()
    shot_in(sessions[1], shot).publish(scene(tmp_path, 8), asset="late", type="Scene")
    session.query(f"Asset where context_id is {shot['id']} and name is late").one()["name"] = "renamed, too"
    session.commit()
    replay(sessions[0], tmp_path / "more.dbm")
    assert published(session, shot)[0] == ["late", "renamed", "renamed, too"]


def test_who_asks_for_another_type_is_told_of_the_asset_that_was_first(
    sessions: list[Session], session: Any, shot: Any, tmp_path: Path
) -> None:
    def publish(own: Session, number: int) -> Any:
        try:
            kind = "Scene" if number % 2 else "Render"
            return shot_in(own, shot).publish(scene(tmp_path, number), asset="both", type=kind).version.version[0]
        except PublishingError as error:
            return str(error)

    results = at_once(sessions, publish)
    names, numbers = published(session, shot)
    assert (names, numbers) == (["both"], [1, 2])
    assert sum("is of the type" in str(each) for each in results) == 2


def test_only_who_claims_a_name_is_refused_it(session: Any, shot: Any) -> None:
    """Tools make several assets of one name and depend on it; an id that claims the name is refused, and says why."""
    kind = session.query("AssetType").first()
    for _ in range(2):
        session.create("Asset", {"name": "twice", "parent": shot, "type": kind})
    session.commit()
    claim = claims("Asset", shot["id"], "twice")[0]
    with session.operation_recording(True):
        session.create("Asset", {"id": claim, "name": "Twice", "parent": shot, "type": kind})
    with pytest.raises(RefusedError, match=r'There is a Asset with name "Twice" .* already'):
        session.commit()
    session.rollback()
    session.create("Asset", {"id": claim, "name": "once", "parent": shot, "type": kind})
    session.commit()
