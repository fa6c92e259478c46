"""What a session does in a working day, on whatever release of ftrack-python-api is first on the path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ftrack_api
import pytest

from trackteroid import Asset, AssetVersion, Note, Query, Shot, Status, Task
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session, replace_ftrack_api_sessions


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://", with_demo=True)
    yield server
    server.close()


@pytest.fixture
def session(server: EmbeddedServer) -> Iterator[Session]:
    with Session(server_url=server, plugin_paths=[], schema_cache_path=False) as session:
        yield session


@pytest.fixture
def fresh(server: EmbeddedServer) -> Iterator[Session]:
    """What another program sees."""
    with Session(server_url=server, plugin_paths=[], schema_cache_path=False) as session:
        yield session


def shot(session: Session, *projections: str) -> Any:
    return Query(Shot, session=session).by_name("bc0040").get_one(projections=projections)


def test_this_is_the_release_that_was_asked_for() -> None:
    assert ftrack_api.__version__ == os.environ.get("TRACKTEROID_RELEASE", ftrack_api.__version__)


def test_connect_query_and_close(session: Session) -> None:
    assert not session.connected
    assert shot(session).name == ["bc0040"]
    assert session.connected
    assert session.query('Shot where name is "bc0040"').one()["name"] == "bc0040"


def test_populate(session: Session) -> None:
    entity = session.query('Shot where name is "bc0040"').one()
    session.populate([entity], "parent.name")
    assert entity["parent"]["name"]
    session.auto_populate = True
    assert entity["project"]["name"]


def test_create_update_and_delete(session: Session, fresh: Session) -> None:
    new = shot(session).Task.create(name="of a release", type="Compositing")
    new.description = "made"
    session.commit()
    stored = Query(Task, session=fresh).by_id(*new.keys()).get_one(projections=["description"])
    assert stored.description == ["made"]
    new.delete()
    session.commit()
    assert not Query(Task, session=fresh).by_id(*new.keys()).get_all()


def test_rollback(session: Session) -> None:
    found = shot(session, "description")
    before = found.description
    found.description = "never"
    session.create("Task", {"name": "never"})
    session.rollback()
    assert found.description == before
    assert len(session.recorded_operations) == 0


def test_metadata(session: Session, fresh: Session) -> None:
    entity = session.query('select metadata from Shot where name is "bc0040"').one()
    entity["metadata"]["release"] = "new"
    session.commit()
    entity["metadata"]["release"] = "newer"
    session.commit()
    assert fresh.query('select metadata from Shot where name is "bc0040"').one()["metadata"]["release"] == "newer"


def test_custom_attributes(session: Session, fresh: Session) -> None:
    entity = session.query('select custom_attributes from Shot where name is "bc0040"').one()
    entity["custom_attributes"]["fstart"] = 1234
    session.commit()
    stored = fresh.query('select custom_attributes from Shot where name is "bc0040"').one()
    assert stored["custom_attributes"]["fstart"] == 1234


def test_lists(session: Session, fresh: Session) -> None:
    project = session.query('Project where name is "sync"').one()
    category = session.query("ListCategory").first()
    shots = session.query('Shot where name like "bc00%"').all()
    made = session.create("TypedContextList", {"name": "release", "project": project, "category": category})
    session.commit()
    made["items"].append(shots[0])
    made["items"].append(shots[1])
    session.commit()
    stored = fresh.query('select items.name from TypedContextList where name is "release"').one()
    assert {each["name"] for each in stored["items"]} == {shots[0]["name"], shots[1]["name"]}


def test_notes(session: Session, fresh: Session) -> None:
    found = shot(session)
    author = session.query("User").first()
    entity = session.query(f'Shot where id is "{found.id[0]}"').one()
    written = entity.create_note("of the official client", author=author)
    session.commit()
    stored = Query(Note, session=fresh).by_id(written["id"]).get_one(projections=["content", "parent_id"])
    assert (stored.content, stored.parent_id) == (["of the official client"], found.id)


def test_deferred_operations_and_their_replay(session: Session, fresh: Session, tmp_path: Path) -> None:
    path = tmp_path / "later.dbm"
    with session.deferred_operations(path):
        asset = Query(Asset, session=session).by_name("bc0040_comp").get_one(projections=[AssetVersion.Task])
        version = asset.AssetVersion.create(task=asset.AssetVersion.Task)
        version.comment = "later"
    assert session.reconnect_and_commit(path).sent
    assert session.reconnect_and_commit(path).sent == 0
    stored = Query(AssetVersion, session=fresh).by_id(*version.keys()).get_one(projections=["comment"])
    assert stored.comment == ["later"]


def test_a_transaction_that_fails_leaves_no_trace(session: Session) -> None:
    found = shot(session, "status.name")
    before = found.Status.name
    approved = Query(Status, session=session).by_name("Approved").get_one()
    with pytest.raises(ZeroDivisionError), session.transaction():  # noqa: PT012  # the block is what is tested
        found.Status = approved
        _ = 1 / 0
    assert found.Status.name == before
    assert len(session.recorded_operations) == 0


def test_reconnect(session: Session) -> None:
    found = shot(session)
    session.reconnect(auto_populate=True)
    assert shot(session).name == found.name == ["bc0040"]


def test_refusals_can_be_read(session: Session) -> None:
    with pytest.raises(ftrack_api.exception.ServerError, match="nme"):
        session.call([{"action": "create", "entity_type": "Shot", "entity_data": {"nme": "x"}}])


def test_existing_programs_get_our_session(server: EmbeddedServer) -> None:
    with server.listening() as url, replace_ftrack_api_sessions():
        session = ftrack_api.Session(url, server.api_key, server.username, True, [], schema_cache_path=False)
        assert isinstance(session, Session)
        assert session.query('Shot where name is "bc0040"').one()["parent"]["name"]
        session.close()
