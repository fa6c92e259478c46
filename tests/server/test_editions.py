"""The schema of an older server, from the same database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.guarded import create, production, update
from trackteroid.server import DatabaseError, EmbeddedServer


@pytest.fixture
def old(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server of the older schema, on a database with what that does not have."""
    url = f"sqlite:///{(tmp_path / 'show.db').as_posix()}"
    server = EmbeddedServer(url)
    server.call(
        [
            *production("p"),
            create("Collaborator", "eve", first_name="Eve", email="eve@client.example"),
            create("Note", "eves-note", content="x", user_id="eve", parent_id="p-task", parent_type="Task"),
            create("NoteAnnotationComponent", note_id="eves-note", component_id="p-component", data={}),
            create("Image", "plate", name="plate", parent_id="p"),
        ]
    )
    server.close()
    server = EmbeddedServer(url, schema="4.13.0")
    yield server
    server.close()


def query(server: EmbeddedServer, text: str) -> list[dict[str, Any]]:
    return server.call([{"action": "query", "expression": text}])[0]["data"]


def information(server: EmbeddedServer) -> dict[str, Any]:
    return server.call([{"action": "query_server_information"}])[0]


def schemas(server: EmbeddedServer) -> dict[str, dict[str, Any]]:
    return {schema["id"]: schema for schema in server.call([{"action": "query_schemas"}])[0]}


def test_it_says_what_it_is(old: EmbeddedServer) -> None:
    new = EmbeddedServer("sqlite://")
    assert (information(old)["version"], information(new)["version"]) == ("4.13.0", "4.13.8")
    assert information(old)["schema_hash"] != information(new)["schema_hash"]
    new.close()


def test_it_has_the_types_of_then_and_the_object_types_of_the_database(old: EmbeddedServer) -> None:
    found = schemas(old)
    assert len(found) == 116 + len({"Image", "Information"})
    assert "StatusRule" not in found
    assert "project_id" not in found["Asset"]["properties"]
    assert "$mixin" not in found["Image"]


def test_entities_of_newer_types_are_told_as_what_the_schema_knows(old: EmbeddedServer) -> None:
    known = schemas(old)
    texts = (
        "Resource",
        "NoteComponent",
        "select author.id from Note",
        "Context",
        "select note_components.url from Note",
    )
    for text in texts:
        for record in query(old, text):
            assert record["__entity_type__"] in known, text
    (author,) = [note["author"] for note in query(old, "select author.id from Note") if note["id"] == "eves-note"]
    assert author["__entity_type__"] == "Resource"
    assert {each["__entity_type__"] for each in query(old, "NoteComponent")} == {"NoteComponent"}


def test_it_goes_on_knowing_what_the_schema_does_not_say(old: EmbeddedServer) -> None:
    assert query(old, "select project_id from Asset where id is p-asset")[0]["project_id"] == "p"


def test_authors_are_found_by_what_users_have_with_either_schema(old: EmbeddedServer) -> None:
    (user,) = query(old, f'User where username is "{old.username}"')
    old.call([create("Note", "mine", content="x", user_id=user["id"], parent_id="p-task", parent_type="Task")])
    new = EmbeddedServer(f"sqlite:///{old.database.engine.url.database}")
    for author in ("author", "author[User]"):
        for condition in (f'{author} has (username is "{old.username}")', f'{author}.username is "{old.username}"'):
            found = {record["id"] for record in query(old, f"Note where {condition}")}
            assert "mine" in found
            assert "eves-note" not in found
            assert {record["id"] for record in query(new, f"Note where {condition}")} == found
    new.close()


def test_what_is_changed_through_it_is_changed_for_all(old: EmbeddedServer) -> None:
    old.call([update("Task", "p-task", name="renamed"), create("Asset", "more", name="x", context_id="p-shot")])
    assert query(old, "select project_id from Asset where id is more")[0]["project_id"] == "p"


@pytest.mark.parametrize("address", ["sqlite://?schema=4.13.0", "sqlite:///{}/x.db?schema=4.13.0&timeout=3"])
def test_the_address_of_a_database_may_ask_for_it(address: str, tmp_path: Path) -> None:
    server = EmbeddedServer(address.format(tmp_path.as_posix()))
    assert information(server)["version"] == "4.13.0"
    server.close()


@pytest.mark.parametrize(("address", "options"), [("sqlite://?schema=4.9", {}), ("sqlite://", {"schema": "4.9"})])
def test_a_version_that_nobody_knows_is_refused(address: str, options: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError, match=r'no schema of the version "4\.9"\. There are 4\.13\.0 and 4\.13\.8\.'):
        EmbeddedServer(address, **options)
