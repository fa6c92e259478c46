"""Ids find what they name in whatever spelling, and no entity is in the memory of a session twice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import ftrack_api
import pytest

from demo_servers import demo_server
from trackteroid import Note, Query, Session, Shot, Task
from trackteroid.server import EmbeddedServer


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


@pytest.fixture
def session(server: EmbeddedServer) -> Iterator[Session]:
    with Session(server_url=server) as session:
        yield session


SPELLINGS = {
    "capitals": lambda text: text.upper(),
    "blanks": lambda text: f" {text}\n",
    "no dashes": lambda text: text.replace("-", ""),
    "some capitals": lambda text: text[:9].upper() + text[9:],
    "blanks of web pages": lambda text: f"\u00a0{text}\u3000",
}


@pytest.fixture(params=SPELLINGS.values(), ids=SPELLINGS)
def spelt(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_get_finds_what_is_in_memory_and_what_is_not(server: EmbeddedServer, session: Session, spelt: Any) -> None:
    shot = session.query("Shot").first()
    assert session.get("Shot", spelt(shot["id"])) is session.get("Shot", [spelt(shot["id"])]) is shot
    with Session(server_url=server) as fresh:
        assert fresh.get("Shot", spelt(shot["id"])) is fresh.query("Shot").first()


def test_an_entity_that_is_made_with_an_id_of_its_own_is_one_entity(session: Session, spelt: Any) -> None:
    parent, key = session.query("Sequence").first(), str(uuid.uuid4())
    shot = session.create("Shot", {"id": spelt(key), "name": key, "parent": parent, "project": parent["project"]})
    assert shot["id"] == key
    assert session.get("Shot", spelt(key)) is shot
    session.commit()
    assert session.get("Shot", spelt(key)) is session.get("Shot", key) is shot
    assert session.query(f'Shot where id is "{spelt(key)}"').one() is shot
    again = session.create("Shot", {"id": spelt(key)}, reconstructing=True)
    assert again["id"] == key
    session.delete(shot)
    session.commit()
    assert Query(Shot, session=session).by_id(spelt(key)).get_all() == Query(Shot, session=session).by_id(key).get_all()


def test_queries_and_collections_take_any_spelling(session: Session, spelt: Any) -> None:
    shots = Query(Shot, session=session).get_all(projections=["name"], limit=3)
    keys = shots.id
    found = Query(Shot, session=session).by_id(*map(spelt, keys)).get_all(projections=["name"])
    assert sorted(found.id) == sorted(keys)
    assert found[spelt(keys[0])].name == shots[keys[0]].name
    assert spelt(keys[0]) in found
    assert spelt(str(uuid.uuid4())) not in found
    with pytest.raises(KeyError):
        found[spelt(str(uuid.uuid4()))]
    tasks = Query(Task, session=session).where(Task.parent_id.in_([spelt(key) for key in keys])).get_all()
    assert tasks == Query(Task, session=session).where(Task.parent_id.in_(keys)).get_all()
    assert str(Query(Note, session=session).by_id(Shot, spelt(keys[0]))) == str(
        Query(Note, session=session).by_id(Shot, keys[0])
    )


def test_an_object_of_uuid_finds_what_its_text_finds(session: Session) -> None:
    shots = Query(Shot, session=session).get_all(limit=3)
    key = uuid.UUID(shots.id[1])
    assert key in shots
    assert shots[key] == shots[1]
    assert uuid.uuid4() not in shots
    with pytest.raises(KeyError, match="no element with the id"):
        shots[uuid.uuid4()]


def test_texts_are_left_alone(session: Session, spelt: Any) -> None:
    text = spelt(str(uuid.uuid4()))
    assert text.strip() in str(Query(Shot, session=session).by_name(text))
    assert text.strip() in str(Query(Shot, session=session).where(Shot.name == text))


def test_the_official_client_has_each_entity_once(server: EmbeddedServer, spelt: Any) -> None:
    with server.listening() as url:
        stock = ftrack_api.Session(url, server.api_key, server.username, auto_connect_event_hub=False)
        shot = stock.query("Shot").first()
        assert stock.get("Shot", spelt(shot["id"])) is shot
        assert (
            stock.query(f'Task where parent_id is "{spelt(shot["id"])}"').all()
            == stock.query(f"Task where parent_id is {shot['id']}").all()
        )
        stock.close()
