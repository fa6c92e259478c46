"""The official client, as it is, in the hands of somebody who may do little: it gets nothing else, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ftrack_api
import ftrack_api.exception
import pytest

from server.guarded import Person, create, guarded_server, update
from trackteroid.server import EmbeddedServer
from trackteroid.server.model import standard_model

SECRET = "a name under embargo"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = guarded_server()
    server.call(
        [
            update("Task", "q-task", name=SECRET, description=SECRET),
            create("Metadata", parent_id="q-task", parent_type="Task", key="secret", value=SECRET),
            update("AssetVersion", "p-version", task_id="q-task"),
            create("TypedContextLink", "across", from_id="p-task", to_id="q-task"),
        ]
    )
    yield server
    server.close()


@pytest.fixture(scope="module")
def session(server: EmbeddedServer) -> Iterator[ftrack_api.Session]:
    person = Person(server, "artist").holds("User", "p")
    with (
        server.listening() as url,
        ftrack_api.Session(
            url, person.key, person.name, auto_connect_event_hub=False, plugin_paths=[], schema_cache_path=False
        ) as session,
    ):
        yield session


def test_reading_on_all_paths(session: ftrack_api.Session) -> None:
    assert session.query('Task where name like "%embargo%"').all() == []
    assert session.get("Task", "q-task") is None
    version = session.query("select task, task.name, asset.parent.project.name from AssetVersion").one()
    assert version["task"] is None
    assert version["asset"]["parent"]["project"]["name"] == "p"
    task = session.get("Task", "p-task")
    assert [link["to"] for link in task["outgoing_links"] if link is not None] == []
    assert {project["id"] for project in session.query("Project")} == {"p"}
    kinds = ("Shot", "Task", "Asset", "AssetVersion", "Note")
    assert {entity["id"][0] for kind in kinds for entity in session.query(kind)} == {"p"}
    assert session.query('Metadata where key is "secret"').all() == []


def test_an_entity_made_up_from_an_id_stays_empty(session: ftrack_api.Session) -> None:
    """Clients make entities of ids that they hold, and ask for their values later."""
    made_up: Any = session.types["Task"](session, data={"id": "q-task"}, reconstructing=True)
    session.populate([made_up], "name, description, metadata, notes.content")
    for name in ("name", "description"):
        assert SECRET not in str(made_up[name])
    assert dict(made_up["metadata"]) == {}
    session.reset()


@pytest.mark.parametrize(
    "deed",
    [
        lambda session: session.create("Note", {"content": "x", "parent_id": "q-task", "parent_type": "Task"}),
        lambda session: session.create("Task", {"name": "x", "parent_id": "q-shot"}),
        lambda session: session.create("Task", {"name": "x", "parent_id": "p-shot"}),
        lambda session: session.create("AssetVersion", {"asset_id": "q-asset"}),
        lambda session: session.create("User", {"username": "eve"}),
        lambda session: session.get("Task", "p-task").update({"parent_id": "q-shot"}),
        lambda session: session.get("AssetVersion", "p-version").update({"asset_id": "q-asset"}),
        lambda session: session.get("Note", "p-note").update({"content": "forged"}),
        lambda session: session.delete(session.get("Task", "p-task")),
        lambda session: session.delete(session.get("Project", "p")),
        lambda session: session.get("Status", session.query("Status").first()["id"]).update({"name": "x"}),
        lambda session: _change_unseen(session),
        lambda session: _delete_unseen(session),
    ],
)
def test_writing_what_is_not_theirs_is_refused_and_changes_nothing(
    server: EmbeddedServer, session: ftrack_api.Session, deed: Any
) -> None:
    before = rows(server)
    deed(session)
    with pytest.raises(ftrack_api.exception.ServerError) as refusal:
        session.commit()
    assert SECRET not in str(refusal.value)
    session.rollback()
    session.reset()
    assert rows(server) == before


def test_writing_what_is_theirs_works(session: ftrack_api.Session) -> None:
    task = session.get("Task", "p-task")
    note = task.create_note("mine", session.query('User where username is "artist"').one())
    task["metadata"]["key"] = "value"
    task["name"] = "renamed"
    session.commit()
    session.reset()
    assert session.get("Note", note["id"])["content"] == "mine"
    assert session.get("Task", "p-task")["metadata"]["key"] == "value"


def _change_unseen(session: Any) -> None:
    made_up = session.types["Task"](session, data={"id": "q-task", "name": "?"}, reconstructing=True)
    made_up["name"] = "renamed"


def _delete_unseen(session: Any) -> None:
    session.delete(session.types["Task"](session, data={"id": "q-task"}, reconstructing=True))


def rows(server: EmbeddedServer) -> dict[str, list[str]]:
    """All that is kept, but for when keys were used."""
    with server.database.begin(write=False) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in standard_model().metadata.tables.values()
            if table.name != "api_key"
        }
