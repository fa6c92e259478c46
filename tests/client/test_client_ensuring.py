"""`session.ensure`: one entity, however many look for it at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import ftrack_api
import pytest
from ftrack_api.operation import CreateEntityOperation

from trackteroid.server import EmbeddedServer
from trackteroid.session import Session


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    yield server
    server.close()


@pytest.fixture
def session(server: EmbeddedServer) -> Iterator[Session]:
    with Session(server_url=server) as session:
        yield session


def make_first(monkeypatch: pytest.MonkeyPatch, server: EmbeddedServer, kind: str, **data: Any) -> None:
    """Let somebody else make an entity when the session has looked for it and is about to make it."""
    create = Session.create

    def too_late(session: Session, *arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(Session, "create", create)
        server.call([{"action": "create", "entity_type": kind, "entity_data": data}])
        return create(session, *arguments, **options)

    monkeypatch.setattr(Session, "create", too_late)


def test_what_somebody_else_made_first_is_returned(
    server: EmbeddedServer, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_first(monkeypatch, server, "Location", id="theirs", name="disk")
    location = session.ensure("Location", {"name": "disk"})
    assert (location["id"], len(session.recorded_operations)) == ("theirs", 0)
    assert [found["id"] for found in session.query('Location where name is "disk"')] == ["theirs"]
    assert [entity for entity in session.cache.caches[0].values() if entity.get("name") == "disk"] == [location]


def test_what_was_pending_survives(server: EmbeddedServer, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    scope = session.create("Scope", {"name": "pending"})
    (pending,) = session.recorded_operations
    make_first(monkeypatch, server, "Location", id="theirs", name="disk")
    assert session.ensure("Location", {"name": "disk"})["id"] == "theirs"
    assert list(session.recorded_operations) == [pending]
    session.commit()
    assert [found["id"] for found in session.query('Scope where name is "pending"')] == [scope["id"]]


def test_finding_it_sends_nothing(session: Session) -> None:
    session.ensure("Location", {"name": "disk", "label": "here"})
    session.reconnect()
    session.create("Scope", {"name": "pending"})
    assert session.ensure("Location", {"name": "disk", "label": "here"})["label"] == "here"
    assert len(session.recorded_operations) == 1


def test_what_differs_is_changed_in_what_somebody_else_made(
    server: EmbeddedServer, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_first(monkeypatch, server, "Location", id="theirs", name="disk", label="theirs")
    location = session.ensure("Location", {"name": "disk", "label": "mine"}, ["name"])
    assert (location["id"], location["label"]) == ("theirs", "mine")
    (record,) = server.call([{"action": "query", "expression": "select label from Location where id is theirs"}])
    assert record["data"][0]["label"] == "mine"


def test_an_entity_of_that_name_that_was_not_looked_for_is_told_and_leaves_nothing(
    server: EmbeddedServer, session: Session
) -> None:
    session.ensure("Location", {"name": "disk", "label": "theirs"})
    session.create("Scope", {"name": "pending"})
    with pytest.raises(
        ftrack_api.exception.ServerError, match=r'There is a Location with name "disk" already\. It is Loc'
    ):
        session.ensure("Location", {"name": "disk", "label": "mine"})
    (pending,) = session.recorded_operations
    assert isinstance(pending, CreateEntityOperation)
    assert pending.entity_type == "Scope"
    session.commit()


def test_what_is_refused_for_another_reason_is_as_with_the_official_client(session: Session) -> None:
    session.create("Scope", {"name": "a"})
    with pytest.raises(ftrack_api.exception.ServerError, match="lacks a value"):
        session.ensure("AssetType", {"name": "disk"})
    assert [operation.entity_type for operation in session.recorded_operations] == ["Scope", "AssetType"]


def test_a_change_that_is_refused_stays_pending(session: Session) -> None:
    for name in ("a", "b"):
        session.ensure("User", {"username": name, "email": f"{name}@example.com"})
    with pytest.raises(ftrack_api.exception.ServerError, match=r"There is a User with email .* already"):
        session.ensure("User", {"username": "a", "email": "b@example.com"}, ["username"])
    assert len(session.recorded_operations) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("Location", {"name": "disk"}),
        ("Scope", {"name": "london"}),
        ("Group", {"name": "animation"}),
        ("User", {"username": "ada"}),
        ("Project", {"name": "p"}),
    ],
)
def test_many_at_once_get_one(tmp_path: Any, kind: str, data: dict[str, str]) -> None:
    server, count = EmbeddedServer(f"sqlite:///{tmp_path.as_posix()}/one.db"), 4
    start = Barrier(count)

    def ensure() -> str:
        with Session(server_url=server) as session:
            session.query("User").first()
            start.wait()
            return session.ensure(kind, data)["id"]

    with ThreadPoolExecutor(count) as pool:
        made = [each.result() for each in [pool.submit(ensure) for _ in range(count)]]
    (stored,) = server.call([{"action": "query", "expression": f"{kind} where id in ({', '.join(map(repr, made))})"}])
    assert (len(set(made)), len(stored["data"])) == (1, 1)
    server.close()


@pytest.mark.parametrize(
    "name", ['5" disk', "C:\\shows\\", "a' or name like '%", "\n", "100%", 'x" or name is "y', "{0}", "Größe"]
)
def test_any_text_is_a_name_and_no_part_of_the_query(session: Session, name: str) -> None:
    session.ensure("Location", {"name": "y"})
    made = session.ensure("Location", {"name": name})
    session.reset()
    assert session.ensure("Location", {"name": name})["id"] == made["id"]
    assert made["name"] == name
    assert len(session.query("Location where name is y").all()) == 1


def test_it_is_found_by_what_it_refers_to_and_by_what_it_lacks(session: Session) -> None:
    schema = session.query("ProjectSchema").first()
    data = {"name": "show", "full_name": "show", "project_schema": schema}
    project = session.ensure("Project", data)
    data = {"name": "seq", "project": project, "parent": project, "description": None}
    assert session.ensure("Sequence", data) is session.ensure("Sequence", data)


def test_finding_it_takes_one_request_however_much_is_compared(session: Session) -> None:
    data = {"username": "ada", "first_name": "Ada", "last_name": "L", "is_active": True, "email": "ada@example.com"}
    made = session.ensure("User", data)
    session.reset()
    with session.profile() as profile:
        assert session.ensure("User", data)["id"] == made["id"]
    assert profile.requests == 1


def test_nothing_to_look_for_it_by_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="nothing to look for a Location by"):
        session.ensure("Location", {})
    with pytest.raises(KeyError, match="label"):
        session.ensure("Location", {"name": "disk"}, ["label"])
