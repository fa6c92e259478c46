"""What somebody may not see shows on no path: not in the past, in the log, in counts, columns, searches or files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from server.guarded import Operation, Person, create, delete, guarded_server, production, update
from trackteroid.server import EmbeddedServer

CANARY = "canary-5c1e"
#: Stands for the number of the event after which some of it was deleted.
BEFORE = "before"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = guarded_server()
    server.call(production("secret")[1:])
    server.call(
        [
            update("Task", "secret-task", name=CANARY),
            update("FileComponent", "secret-component", name=CANARY),
            create("Note", "secret-canary", content=CANARY, parent_id="secret-task", parent_type="Task"),
            create("Metadata", parent_id="secret-task", parent_type="Task", key="k2", value=CANARY),
        ]
    )
    metadata = create("Metadata", parent_id="secret-gone", parent_type="Task", key="k", value=CANARY)
    server.call([create("Task", "secret-gone", name=f"{CANARY}-gone", parent_id="secret-shot"), metadata])
    yield server
    server.close()


@pytest.fixture(scope="module")
def before(server: EmbeddedServer) -> int:
    """The number of an event, after which something was deleted and changed."""
    (answer,) = server.call([{"action": "events", "after": None}])
    server.call([delete("Task", "secret-gone"), update("Note", "secret-canary", content=f"{CANARY} again")])
    return answer["newest"]


@pytest.fixture(scope="module")
def member(server: EmbeddedServer) -> Person:
    return Person(server, "member").holds("User", "p")


@pytest.fixture(scope="module")
def boss(server: EmbeddedServer) -> Person:
    return Person(server, "boss").holds("Administrator")


def asks(text: str, **values: Any) -> Operation:
    return {"action": "query", "expression": text, **values}


#: What shows a canary to somebody who may see it.
SHOWN: dict[str, Operation] = {
    "names": asks("select name from Task"),
    "columns": asks("select name from Task", answer="columns"),
    "names of the past": asks("select name from Task", as_of=BEFORE),
    "columns of the past": asks("select name from Task", as_of=BEFORE, answer="columns"),
    "through a project": asks("select children.children.name, children.name from Project", as_of=BEFORE),
    "through a user": asks("select name, notes.content from Task"),
    "groups": asks("select count(id) from Task group by name"),
    "groups of the past": asks("select count(id) from Task group by name", as_of=BEFORE),
    "the least": asks('select max(name) from Task where name like "c%y%"'),
    "groups over references": asks("select count(id) from Note group by content"),
    "metadata": asks("select metadata from Task"),
    "entries": asks("select value from Metadata"),
    "entries of the past": asks("select value from Metadata", as_of=BEFORE),
    "groups of entries": asks("select count(key) from Metadata group by value"),
    "links": asks("select link from Task"),
    "components": asks("select name from Component"),
    "where components are": asks("select name, version.components.name from FileComponent"),
    "a search": {"action": "search", "expression": "select name from Task", "terms": [CANARY]},
    "a history": {"action": "history", "entity_type": "Task", "ids": ["secret-task"], "attributes": ["name"]},
    "a history of what is gone": {
        "action": "history", "entity_type": "Task", "ids": ["secret-gone"], "attributes": ["name"],
    },
    "a history of notes": {
        "action": "history", "entity_type": "Note", "ids": ["secret-canary"], "attributes": ["content"],
    },
    "the log": {"action": "events", "after": 0, "where": "topic=*", "most": 1000},
    "events that are taken": {"action": "take_events", "group": "g", "consumer": "c", "after": 0, "most": 1000},
}  # fmt: skip


@pytest.mark.parametrize("path", SHOWN)
def test_no_path_shows_what_somebody_may_not_see(member: Person, boss: Person, before: int, path: str) -> None:
    operation = dict(SHOWN[path])
    if "as_of" in operation:
        operation["as_of"] = before
    assert CANARY in json.dumps(boss.call(operation))
    if "group" in operation:
        operation["group"] = "h"
    answer = json.dumps(member.call(operation))
    assert CANARY not in answer.replace(json.dumps([CANARY]), "")
    assert "ServerError" not in answer


@pytest.mark.parametrize(
    "operation",
    [
        {"action": "generate_signed_url", "component_id": "secret-component"},
        {"action": "encode_media", "component_id": "secret-component"},
        {"action": "encode_media", "component_id": "p-component", "version_id": "secret-version"},
        {"action": "get_upload_metadata", "component_id": "secret-component", "file_name": "x", "file_size": 1},
        {"action": "webhooks"},
        {"action": "webhook_failures", "webhook": "x"},
        {"action": "add_webhook", "url": "https://example.com"},
    ],
)
def test_nothing_is_handed_out_of_what_somebody_may_not_see(member: Person, operation: Operation) -> None:
    answer = member.call(operation)
    assert answer["exception"] in ("PermissionError", "ValueError", "ValidationError"), answer
    assert CANARY not in json.dumps(answer)


def test_how_much_there_is_of_it_does_not_show(member: Person, boss: Person, before: int) -> None:
    for text in ("Task", "Note", "Asset", "AssetVersion", "FileComponent", "Metadata", "TypedContextList", "Project"):
        key = "key" if text == "Metadata" else "id"
        for values in ({}, {"as_of": before}):
            count = asks(f"select count({key}) from {text}", **values)
            counts = [person.call(count)[0]["data"][0][f"count_{key}"] for person in (member, boss)]
            assert counts[0] == len(member.call(asks(text, **values))[0]["data"]), (text, values)
            assert counts[0] < counts[1], (text, values)


@pytest.mark.parametrize("is_known_of_old", [True, False])
def test_parts_were_where_they_were_before_they_were_moved(*, is_known_of_old: bool) -> None:
    server = guarded_server()
    people = {project: Person(server, f"of-{project}").holds("User", project) for project in "pq"}
    parts = [
        create("Metadata", parent_id="p-version", parent_type="AssetVersion", key="k", value="v"),
        create("Location", "disk", name="disk"),
        create("ComponentLocation", "place", component_id="p-component", location_id="disk"),
    ]
    server.call(parts)
    (answer,) = server.call([{"action": "events", "after": None}])
    then = {"as_of": answer["newest"]}
    server.call([update("Asset", "p-asset", context_id="q-shot")])
    if not is_known_of_old:  # as of databases that were older then: rows have learned since where they are
        with server.database.begin(write=True) as connection:
            for table in ("metadata", "component_location"):
                connection.exec_driver_sql(f"DELETE FROM row_history WHERE name = '{table}'")
    for about in ("Metadata where key is k and parent_type is AssetVersion", "ComponentLocation"):
        for values, sees in (({}, "q"), (then, "p")):
            found = {project: len(person.call(asks(about, **values))[0]["data"]) for project, person in people.items()}
            assert found == {project: int(project == sees) for project in "pq"}, (about, values)
    server.close()
