"""What somebody sees on a server that asks for permissions, however they look at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest

from server.guarded import Operation, Person, create, delete, guarded_server, update
from trackteroid.server import EmbeddedServer
from trackteroid.server.storage.builtin import find_id


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = crossed(guarded_server())
    yield server
    server.close()


def crossed(server: EmbeddedServer) -> EmbeddedServer:
    """A server on which entities refer to each other across projects."""
    link = create("TypedContextLink", "across", from_id="p-task", to_id="q-task")
    item = create("ListObject", "foreign-item", list_id="p-list", entity_id="q-task")
    uses = create("AssetVersionLink", "uses", from_id="q-version", to_id="p-version")
    server.call([link, item, uses, update("AssetVersion", "p-version", task_id="q-task")])
    return server


@pytest.fixture(scope="module")
def artist(server: EmbeddedServer) -> Person:
    return Person(server, "artist").holds("User", "p")


@pytest.fixture(scope="module")
def everywhere(server: EmbeddedServer) -> Person:
    return Person(server, "everywhere").holds("User")


TYPES = ["Project", "Shot", "Task", "Asset", "AssetVersion", "FileComponent", "Note", "TypedContextList", "ListObject",
         "ReviewSession", "ReviewSessionObject", "Timelog", "TypedContext", "Context"]  # fmt: skip


@pytest.mark.parametrize("entity_type", TYPES)
def test_only_rows_of_their_projects_are_there(artist: Person, everywhere: Person, entity_type: str) -> None:
    seen = artist.ids(f"select id from {entity_type}")
    assert seen
    assert {identity[0] for identity in seen} == {"p"}
    whole = everywhere.ids(f"select id from {entity_type}")
    assert {identity[0] for identity in whole} >= {"p", "q"}
    assert "secret" not in whole


@pytest.mark.parametrize("odd", ['"', "'", "\\", '"]],"', "\n", "\x01", "\u2028", "😀", "\0"])
def test_a_role_is_for_projects_of_exactly_that_id(odd: str) -> None:
    server = guarded_server()
    try:
        ids = [f"{before}{odd}{after}" for before in ("o", "") for after in ("", "p")] + ["o", "op"]
        server.call([create("Project", each, name=f"n{number}", full_name="o") for number, each in enumerate(ids)])
        for number, identity in enumerate(ids):
            assert Person(server, f"one-{number}").holds("User", identity).ids("select id from Project") == [identity]
    finally:
        server.close()


def test_somebody_without_a_role_sees_themselves(server: EmbeddedServer) -> None:
    nobody = Person(server, "nobody")
    for entity_type in (*TYPES, "Status", "Setting", "Metadata", "SecurityRole", "ContextCustomAttributeValue"):
        assert nobody.query(entity_type) == []
    assert nobody.ids("User") == [nobody.id]


#: Queries of which the answer must not tell of what is elsewhere: text, and the ids to find.
PATHS = {
    "a reference": ('Task where outgoing_links.to.name is "comp"', []),
    "a collection": ('Project where descendants any (name is "comp")', ["p"]),
    "has": ('AssetVersion where task has (name is "comp")', []),
    "has at all": ("AssetVersion where task has ()", []),
    "a negation": ('AssetVersion where not task has (name is "x")', ["p-version"]),
    "a link": ("AssetVersion where uses_versions any (version is 1)", []),
    "a subquery": ("Task where id in (select entity_id from ListObject)", ["p-task"]),
    "metadata": ('Task where metadata any (key is "k" and value is "v")', ["p-task"]),
    "the items of a list": ('TypedContextList where items any (name is "comp")', ["p-list"]),
    "an order": ("select id from AssetVersion order by task.name", ["p-version"]),
    "a private project": ('Project where name is "secret"', []),
    "one by id": ('Task where id is "q-task"', []),
    "time": ("Task where time_logged > 0", ["p-task"]),
}


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_elsewhere(artist: Person, path: str) -> None:
    text, expected = PATHS[path]
    assert artist.ids(text) == expected


def test_references_and_collections_end_where_sight_does(artist: Person) -> None:
    (version,) = artist.query("select task.name, uses_versions.id, asset.parent.project.name from AssetVersion")
    assert version["task"] is None
    assert version["uses_versions"] == []
    (task,) = artist.query("select outgoing_links.to.name, metadata, notes.content from Task")
    assert task["outgoing_links"] == []
    assert len(task["metadata"]) == len(task["notes"]) == 1
    (found,) = artist.query("select items.id from TypedContextList")
    assert [item["id"] for item in found["items"]] == ["p-task"]


def test_counts_are_of_what_is_seen(server: EmbeddedServer, artist: Person) -> None:
    text = {"action": "query", "expression": "select count(id), sum(bid) from Task"}
    assert artist.call(text)[0]["data"] == [{"count_id": 1, "sum_bid": 10.0}]


@pytest.mark.parametrize(
    ("kind", "values"), [("Asset", {}), ("Note", {"content": "x"}), ("FileComponent", {"name": "x"})]
)
def test_what_is_in_no_project_counts_as_soon_as_it_is_there(kind: str, values: dict[str, str]) -> None:
    server = guarded_server()
    artist = Person(server, "artist").holds("User", "p")
    count = {"action": "query", "expression": f"select count(id) from {kind}"}

    def counted() -> int:
        return artist.call(count)[0]["data"][0]["count_id"]

    before = counted()
    assert before == len(artist.ids(kind)) == sum(one.startswith("p-") for one in artist.ids(kind))
    server.call([create(kind, "loose", **values)])
    assert counted() == len(artist.ids(kind)) == before + 1
    server.close()


def ask(person: Person, **operation: object) -> Operation:
    answer = person.call(operation)
    return answer if isinstance(answer, dict) else answer[0]


def test_searches_and_rollups_are_of_what_is_seen(artist: Person, everywhere: Person) -> None:
    search = {"action": "search", "expression": "select id from Task", "terms": ["comp"]}
    assert [one["id"] for one in ask(artist, **search)["data"]] == ["p-task"]
    assert [one["id"] for one in ask(everywhere, **search)["data"]] == ["p-task", "q-task"]
    rollup = {"action": "compute_rollups", "attributes": ["bid", "time_logged"]}
    assert ask(artist, **rollup, ids=["p"])["data"] == [{"id": "p", "bid": 10.0, "time_logged": 3600.0}]
    assert ask(artist, **rollup, ids=["q"])["exception"] == "ValueError"


def test_pages_show_what_is_seen(server: EmbeddedServer, artist: Person) -> None:
    def page(**about: object) -> tuple[int, str]:
        answer = ask(artist, action="get_widget_url", **about)
        if "widget_url" not in answer:
            return 0, answer["exception"]
        reply = server.api.page(parse_qs(urlparse(answer["widget_url"]).query)["token"][0], "")
        return reply.status, reply.body.decode()

    status, tasks = page(name="tasks_browser")
    assert status == 200
    assert ">p / sh010<" in tasks
    assert ">q / sh010<" not in tasks
    assert "comp" in page(name="info", entity_type="Task", entity_key=["p-task"])[1]
    assert page(name="info", entity_type="Task", entity_key=["q-task"]) == (0, "ValueError")


def test_an_answer_to_a_change_tells_nothing_more(artist: Person) -> None:
    answer = artist.call(update("Task", "q-task", notes=[]))
    assert answer["exception"] == "ValueError"
    answer = artist.call(update("TypedContextList", "p-list", items={"__type__": "list_changes", "add": []}))
    assert [one["id"] for one in answer[0]["data"]["items"]] == ["p-task"]


def test_sending_nothing_for_a_value_does_not_read_it(server: EmbeddedServer, artist: Person) -> None:
    about = {"key": "client", "label": "c", "entity_type": "task", "config": "{}"}
    about |= {"type_id": find_id("CustomAttributeType", "text"), "object_type_id": find_id("ObjectType", "Task")}
    told = update("ContextCustomAttributeValue", "client", "q-task", value="a name under embargo")
    server.call([create("CustomAttributeConfiguration", "client", **about), told])
    for attempt in (
        update("ContextCustomAttributeValue", "client", "q-task"),
        create("ContextCustomAttributeValue", configuration_id="client", entity_id="q-task"),
        update("ContextCustomAttributeValue", "client", "q-task", value="mine"),
    ):
        answer = artist.call(attempt)
        assert answer["exception"] == "ValueError"
        assert "Could not find" in answer["content"]
    assert artist.call(update("ContextCustomAttributeValue", "client", "p-task", value="mine"))[0]["data"]["value"]


def test_nobody_is_told_which_entries_there_are_elsewhere(artist: Person) -> None:
    def same(there: Operation, missing: Operation) -> None:
        told, of_nothing = (artist.call(operation) for operation in (there, missing))
        assert json.dumps(told).replace("k0", "k") == json.dumps(of_nothing).replace("k0", "k")

    same(delete("Metadata", "q-task", "k"), delete("Metadata", "q-task", "k0"))
    same(update("Metadata", "q-task", "k", value="x"), update("Metadata", "q-task", "k0", value="x"))
    entry = {"parent_id": "q-task", "parent_type": "Task", "value": "x"}
    same(create("Metadata", **entry, key="k"), create("Metadata", **entry, key="k0"))


def test_whoever_sends_a_whole_list_keeps_what_they_do_not_see(server: EmbeddedServer, artist: Person) -> None:
    artist.call(update("TypedContextList", "p-list", items=[]))
    answer = artist.call(update("TypedContextList", "p-list", items=["p-task"]))
    assert [one["id"] for one in answer[0]["data"]["items"]] == ["p-task"]
    text = {"action": "query", "expression": 'select entity_id from ListObject where list_id is "p-list"'}
    assert {one["entity_id"] for one in server.call([text])[0]["data"]} == {"p-task", "q-task"}


def test_notes_of_others_can_be_hidden(server: EmbeddedServer) -> None:
    writer = Person(server, "writer").holds("Assigned", "p")
    writer.call(create("Note", "mine", content="m", parent_id="p-task", parent_type="Task"))
    role = writer.query('select security_role_id from UserSecurityRole where user.username is "writer"')[0]
    change = {"action": "update_security_role_permissions", "role_id": role["security_role_id"]}
    assert writer.call({**change, "grant": {"contexts": ["create"]}})["exception"] == "PermissionError"
    server.call([{**change, "revoke": {"notes": ["read"]}}])
    assert writer.ids("Note") == ["mine"]
    assert [note["id"] for note in writer.query("select notes.id from Task")[0]["notes"]] == ["mine"]
    server.call([{**change, "grant": {"notes": ["read"]}}])
    assert set(writer.ids("Note")) == {"mine", "p-note", "p-version-note"}


def test_a_private_project_is_for_those_who_were_given_it(server: EmbeddedServer, everywhere: Person) -> None:
    assert "secret" not in everywhere.ids("Project")
    insider = Person(server, "insider").holds("User", "secret")
    assert insider.ids("Project") == ["secret"]
    server.call([create("Project", "opening", name="opening", full_name="o", is_private=True)])
    assert "opening" not in everywhere.ids("Project")
    server.call([update("Project", "opening", is_private=False)])
    assert "opening" in everywhere.ids("Project")
    server.call([delete("Project", "opening")])


def test_an_administrator_sees_everything(server: EmbeddedServer) -> None:
    boss = Person(server, "boss").holds("Administrator")
    assert "secret" in boss.ids("Project")
    in_one = Person(server, "in-one").holds("Administrator", "p")
    assert in_one.ids("Project") == ["p"]
    told = in_one.call({"action": "permissions", "entity_types": ["Task", "Status"]})[0]["data"]
    assert told["is_administrator"] is False
    assert told["entity_types"]["Task"] == {"create": True, "update": True, "delete": True}
    assert told["entity_types"]["Status"] == {"create": False, "update": False, "delete": False}


def test_permissions_tell_what_is_enforced(artist: Person) -> None:
    types = ["Task", "AssetVersion", "Note", "Timelog", "Metadata", "Setting", "StatusChange"]
    told = artist.call({"action": "permissions", "entity_types": types})[0]["data"]["entity_types"]
    allowed = {name: [verb for verb, may in verbs.items() if may] for name, verbs in told.items()}
    assert allowed == {
        "Task": ["update"],
        "AssetVersion": ["create", "update"],
        "Note": ["create", "update", "delete"],
        "Timelog": ["create", "update", "delete"],
        "Metadata": ["create", "update", "delete"],
        "Setting": [],
        "StatusChange": [],
    }


def test_keys_for_others_take_a_permission(server: EmbeddedServer, artist: Person) -> None:
    other = Person(server, "other")
    reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": other.id}
    assert "Only administrators may make API keys for others" in artist.refused(reset)
    assert "api_key" in ask(artist, action="reset_remote", reset_type="api_key")["data"]
