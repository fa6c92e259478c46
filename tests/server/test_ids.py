"""Ids find what they name in whatever spelling: in capitals, with blanks around, without dashes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from demo_servers import demo_server
from trackteroid.server import DatabaseError, EmbeddedServer

SPELLINGS = {
    "capitals": str.upper,
    "blanks": lambda text: f"  {text}\t",
    "no dashes": lambda text: text.replace("-", ""),
    "all": lambda text: f" {text.replace('-', '').upper()}\n",
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


@pytest.fixture(params=SPELLINGS.values(), ids=SPELLINGS)
def spelt(request: pytest.FixtureRequest) -> Any:
    return request.param


def asked(server: EmbeddedServer, text: str) -> list[str]:
    return [each["id"] for each in server.call([{"action": "query", "expression": text}])[0]["data"]]


def create(kind: str, **data: Any) -> dict[str, Any]:
    return {"action": "create", "entity_type": kind, "entity_data": {"__entity_type__": kind, **data}}


def update(kind: str, key: Any, **data: Any) -> dict[str, Any]:
    return {"action": "update", "entity_type": kind, "entity_key": key, "entity_data": data}


def delete(kind: str, key: Any) -> dict[str, Any]:
    return {"action": "delete", "entity_type": kind, "entity_key": key}


QUERIES = [
    'select id from Shot where id is "{shot}"',
    'select id from Shot where id = "{shot}"',
    'select id from Shot where id in ("{shot}", "x")',
    'select id from Shot where id in ("{shot}", ' + ", ".join(f'"x{n}"' for n in range(300)) + ")",
    "select id from Shot where " + " or ".join([f'(id is "x{n}")' for n in range(30)] + ['(id is "{shot}")']),
    'select id from TypedContext where id is "{shot}"',
    'select parent.id, id from Task where parent_id is "{shot}"',
    'select id from Task where parent is "{shot}"',
    'select id from Task where parent.id in ("{shot}")',
    'select id from Task where ancestors any (id is "{shot}")',
    'select id from Shot where children any (parent_id is "{shot}")',
    'select id from AssetVersion where asset.parent.id is "{shot}"',
    'select id from Asset where parent has (id is "{shot}")',
    'select id from Shot where id is_not "{shot}" limit 3',
    'select id from Shot where id not_in ("{shot}") limit 3',
    'select id from Shot where id >= "{shot}" limit 3',
]


@pytest.mark.parametrize("text", QUERIES)
def test_an_id_is_found_in_every_place_of_a_query(server: EmbeddedServer, spelt: Any, text: str) -> None:
    (shot,) = asked(
        server, 'select id from Shot where name is "bc0040" and project.name is "showroom" limit 1'
    ) or asked(server, "select id from Shot where children any () limit 1")
    expected = asked(server, text.replace("{shot}", shot))
    assert expected or "asset" in text.lower()
    assert asked(server, text.replace("{shot}", spelt(shot))) == expected


def test_an_id_is_found_in_every_place_of_an_operation(server: EmbeddedServer, spelt: Any) -> None:
    (shot,) = asked(server, "select id from Shot limit 1")
    (project,) = asked(server, f'select id from Project where descendants any (id is "{shot}")')
    fresh, note = str(uuid.uuid4()), str(uuid.uuid4())
    reference = {"__entity_type__": "Project", "id": spelt(project)}
    made = create("Task", id=spelt(fresh), name=fresh, parent_id=spelt(shot), project=reference)
    (answer,) = server.call([made])
    assert (answer["data"]["id"], answer["data"]["parent_id"]) == (fresh, shot)
    (answer,) = server.call([update("Task", [spelt(fresh)], name=f"{fresh} again")])
    assert answer["data"]["id"] == fresh
    server.call([update("Task", spelt(fresh), parent=spelt(shot))])
    server.call([create("Note", id=note, content=spelt(fresh), parent_id=spelt(fresh), parent_type="Task")])
    assert asked(server, f'select id from Note where parent_id is "{fresh}"') == [note]
    (record,) = server.call([{"action": "query", "expression": f'select content from Note where id is "{note}"'}])[0][
        "data"
    ]
    assert record["content"] == spelt(fresh)
    with pytest.raises(DatabaseError, match="exists already"):
        server.call([create("Note", id=spelt(note), content="x", parent_id=fresh, parent_type="Task")])
    assert server.call([delete("Note", [spelt(note)]), delete("Task", [spelt(fresh)])])
    assert asked(server, f'select id from Task where id is "{fresh}"') == []


def test_the_members_of_a_list(server: EmbeddedServer, spelt: Any) -> None:
    (user, *_), (project, *_) = asked(server, "select id from User"), asked(server, "select id from Project")
    group = str(uuid.uuid4())
    server.call([create("Group", id=group, name=group)])
    server.call([create("Membership", user_id=spelt(user), group_id=spelt(group))])
    assert asked(server, f'select id from User where memberships any (group_id is "{spelt(group)}")') == [user]
    search = {"action": "search", "expression": "select id from Task limit 3", "entity_type": "Task", "terms": []}
    (answer,) = server.call([{**search, "context_id": spelt(project)}])
    assert answer["data"] == server.call([{**search, "context_id": project}])[0]["data"]


def test_texts_and_keys_that_are_words_stay_as_they_are(server: EmbeddedServer, spelt: Any) -> None:
    (shot,) = asked(server, "select id from Shot limit 1")
    name = spelt(str(uuid.uuid4()))
    server.call([update("Metadata", [shot, name], value=name)])
    found = 'select key, value from Metadata where parent_id is "{}" and key is "{}"'
    (record,) = server.call([{"action": "query", "expression": found.format(spelt(shot), name)}])[0]["data"]
    assert (record["key"], record["value"]) == (name, name)
    server.call([create("Setting", name=name, group=f" {name}", value=name)])
    text = f'select value from Setting where name is "{name}" and group is " {name}"'
    assert [each["value"] for each in server.call([{"action": "query", "expression": text}])[0]["data"]] == [name]
    server.call([delete("Setting", [name, f" {name}"]), delete("Metadata", [shot, name])])


@pytest.mark.parametrize(
    "key", ["", "  ", "x", "11c137c0-ee7e-4f9c-91c5-8c77cec22b2", "1" * 33, "\u0661" * 32, "%", "NULL"]
)
def test_what_is_no_id_finds_nothing(server: EmbeddedServer, key: str) -> None:
    assert asked(server, f'select id from Shot where id is "{key}"') == []
