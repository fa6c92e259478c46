"""Publishing by people who may not do everything: it is done, or refused in words and nothing of it is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from postgres.cluster import cluster  # noqa: F401 - a fixture
from publishing.kept import kept
from server.guarded import Person, guarded_server, role
from trackteroid import AssetVersion, Query, Session, Shot
from trackteroid.errors import RefusedError, TransferError
from trackteroid.operations import replay
from trackteroid.server import EmbeddedServer

Open = Callable[[str], Session]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    if request.param == "postgresql":
        server = guarded_server(request.getfixturevalue("cluster").new_database())
    else:
        server = guarded_server(f"sqlite:///{(tmp_path_factory.mktemp('guarded') / 'show.db').as_posix()}")
    yield server
    server.close()


@pytest.fixture(scope="module")
def people(server: EmbeddedServer) -> dict[str, Person]:
    """An artist of the project p, one who only looks there, and one who may make what is new, and change nothing."""
    found = {"artist": "User", "visitor": "Assigned"}
    people = {name: Person(server, name).holds(kind, "p") for name, kind in found.items()}
    people["artist"].holds("Assigned", "q")
    people["adder"] = Person(server, "adder").holds("Project Manager", "p")
    change = {"action": "update_security_role_permissions", "role_id": role("Project Manager")}
    server.call([{**change, "revoke": {"assets": ["update", "delete"]}}])
    return people


@pytest.fixture
def opened(server: EmbeddedServer, people: dict[str, Person]) -> Iterator[Open]:
    sessions: list[Session] = []
    with server.listening() as url:

        def open_as(name: str) -> Session:
            sessions.append(Session(url, people[name].key, name, plugin_paths=[], schema_cache_path=False))
            return sessions[-1]

        yield open_as
        for session in sessions:
            session.close()


def counts(server: EmbeddedServer) -> list[int]:
    """How many there are of what publishing makes, without what the server makes by itself meanwhile."""
    kinds = ["Asset", "AssetVersion", "Job", 'Component where name in ("main", "mine", "comp", "scene")']
    answers = server.call([{"action": "query", "expression": f"select id from {kind}"} for kind in kinds])
    return [len(answer["data"]) for answer in answers]


def contents(files: Path) -> list[bytes]:
    return list(kept(files).values())


def shot_of(session: Session) -> Any:
    return Query(Shot, session=session).by_id("p-shot").get_one()


@pytest.mark.parametrize("name", ["artist", "adder"])
def test_who_may_make_assets_publishes_with_thumbnail_and_review(opened: Open, files: Path, name: str) -> None:
    session = opened(name)
    done = shot_of(session).publish(files / "comp.png", asset=f"of {name}", type="Render", location="ftrack.server")
    assert (done.version.version, len(done.thumbnails), len(done.jobs)) == ([1], 1, 1)
    with done.components.open() as data:
        assert data.read() == (files / "comp.png").read_bytes()


@pytest.mark.parametrize("where", ["ftrack.server", "ftrack.unmanaged", None])
def test_who_only_looks_is_refused_in_words_and_nothing_is_left(
    server: EmbeddedServer, opened: Open, files: Path, where: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    session, before = opened("visitor"), counts(server)
    sent = [each for each in kept(Path(server.files.store.name)).values() if each in contents(files)]
    with pytest.raises((RefusedError, TransferError), match=r"visitor may not .* It takes a role with the permission"):
        shot_of(session).publish(files / "comp.png", asset="mine", type="Render", location=where)
    version = Query(AssetVersion, session=session).by_id("p-version").get_one()
    with pytest.raises((RefusedError, TransferError), match="visitor may not"):
        version.publish(files / "scene.ma", name="mine", location=where)
    assert counts(server) == before
    assert not session.recorded_operations
    assert not caplog.records, "what was never sent need not be removed"
    assert [each for each in kept(Path(server.files.store.name)).values() if each in contents(files)] == sent


def test_a_file_that_somebody_else_may_not_replay_stays_for_who_may(
    server: EmbeddedServer, opened: Open, files: Path, tmp_path: Path
) -> None:
    artist, visitor, before = opened("artist"), opened("visitor"), counts(server)
    with artist.deferred_operations(tmp_path / "later.dbm"):
        shot_of(artist).publish(files / "comp.png", asset="later", type="Render", location="ftrack.server")
    with pytest.raises((RefusedError, TransferError), match="visitor may not"):
        replay(visitor, tmp_path / "later.dbm")
    assert counts(server) == before
    done = replay(artist, tmp_path / "later.dbm")
    assert (done.uploaded, done.reviews) == (1, 1)


def test_files_that_may_be_sent_and_not_published_are_removed(
    server: EmbeddedServer, opened: Open, files: Path
) -> None:
    """The artist may make components in one project, and only look at the other."""
    session, before = opened("artist"), counts(server)
    shot = Query(Shot, session=session).by_id("q-shot").get_one()
    with session.profile() as profile, pytest.raises(RefusedError, match="artist may not create AssetVersion"):
        shot.publish(files / "scene.ma", asset="hero", location="ftrack.server")
    assert "get_upload_metadata" in str(profile.exchanges)
    assert counts(server) == before
    assert not session.recorded_operations
    server.files.clear()
    assert b"requires maya;" not in kept(Path(server.files.store.name)).values()
