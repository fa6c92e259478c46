"""Lists that are told as what to add and what to remove, which nobody's old view of them can contradict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.writing import ADA, BOB, Server, create, delete, fresh_server, ref, update
from trackteroid.server import EmbeddedServer
from trackteroid.server.core.failures import IntegrityError, ValidationError


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


@pytest.fixture
def project(server: Server) -> str:
    return server.project()


@pytest.fixture
def playlist(server: Server, project: str) -> str:
    category = server.one(create("ListCategory", name="dailies"))["id"]
    return server.one(create("TypedContextList", name="L", project_id=project, category_id=category))["id"]


def changes(*, add: Any = (), remove: Any = ()) -> dict[str, Any]:
    return {"__type__": "list_changes", "add": list(add), "remove": list(remove)}


def adding(*members: Any) -> dict[str, Any]:
    return {"__type__": "list_changes", "add": list(members)}


def removing(*members: Any) -> dict[str, Any]:
    return {"__type__": "list_changes", "remove": list(members)}


def items(server: Server) -> list[str]:
    return sorted(row["entity_id"] for row in server.rows("ListObject"))


def parents(server: Server) -> dict[str, Any]:
    return {row["id"]: row["parent_id"] for row in server.rows("Note")}


def test_items_are_added_and_removed_beside_what_others_do(server: Server, project: str, playlist: str) -> None:
    a, b, c = (server.context("Task", project, name=name) for name in "abc")
    server.apply(update("TypedContextList", playlist, items=[ref("Task", a)]))
    answer = server.one(update("TypedContextList", playlist, items=adding(ref("Task", b))))
    assert {item["id"] for item in answer["items"]} == {a, b}
    server.apply(update("TypedContextList", playlist, items=changes(add=[ref("Task", c)], remove=[ref("Task", a)])))
    assert items(server) == sorted([b, c])


def test_saying_it_twice_makes_no_difference(server: Server, project: str, playlist: str) -> None:
    a, b = (server.context("Task", project, name=name) for name in "ab")
    for _ in range(2):
        answer = server.answers(
            update("TypedContextList", playlist, items=changes(add=[ref("Task", a)], remove=[ref("Task", b)]))
        )[0]
        assert (items(server), "ignored" in answer) == ([a], False)


def test_new_entities_are_made_with_additions(server: Server, project: str) -> None:
    asset, _ = server.asset(project)
    server.apply(
        create("FileComponent", "c"),
        create("AssetVersion", "v", asset_id=asset, components=changes(add=[ref("Component", "c")])),
    )
    assert server.row("Component", "c")["version_id"] == "v"


def test_members_with_a_key_get_and_lose_their_owner(server: Server, project: str) -> None:
    shot = server.context("Shot", project)
    server.apply(create("Note", "n", content="n"), create("Note", "m", content="m"))
    answer = server.one(update("Shot", shot, notes=adding(ref("Note", "n"), ref("Note", "m"))))
    assert answer["notes"] == [ref("Note", "m"), ref("Note", "n")]
    answer = server.one(update("Shot", shot, notes=removing(ref("Note", "n"))))
    assert answer["notes"] == [ref("Note", "m")]
    row = server.row("Note", "n")
    assert (row["parent_id"], row["parent_type"]) == (None, None)


def test_what_somebody_has_moved_meanwhile_is_not_taken_from_its_new_owner(server: Server, project: str) -> None:
    one, two = server.context("Shot", project), server.context("Shot", project)
    server.apply(create("Note", "n", content="n", parent_id=two, parent_type="Shot"))
    server.apply(update("Shot", one, notes=removing(ref("Note", "n"))))
    assert parents(server) == {"n": two}


def test_an_allocation_is_none_of_the_assignments(server: Server, project: str) -> None:
    task = server.context("Task", project)
    server.apply(create("Appointment", "a", context_id=task, resource_id=ADA, type="allocation"))
    server.apply(update("Task", task, assignments=removing(ref("Appointment", "a"))))
    assert len(server.rows("Appointment")) == 1


def test_what_does_not_exist_is_ignored_and_told(
    server: Server, project: str, playlist: str, caplog: pytest.LogCaptureFixture
) -> None:
    task = server.context("Task", project)
    sent = changes(add=[ref("Task", task), ref("Task", "gone")], remove=[ref("Shot", "lost")])
    (answer,) = server.answers(update("TypedContextList", playlist, items=sent))
    assert answer["ignored"] == [ref("Task", "gone"), ref("Shot", "lost")]
    assert [item["id"] for item in answer["data"]["items"]] == [task]
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == ["Task gone, Shot lost"]


def test_what_the_same_batch_deletes_is_ignored_and_told(server: Server, project: str) -> None:
    server.apply(create("Note", "n", content="n", parent_id=project, parent_type="Project"))
    for sent in (adding(ref("Note", "n")), removing(ref("Note", "n"))):
        with server.trying(delete("Note", "n"), update("Project", project, notes=sent)) as answers:
            assert answers[1]["ignored"] == [ref("Note", "n")]


def test_what_the_same_batch_makes_later_is_not_ignored(server: Server, project: str, playlist: str) -> None:
    answers = server.answers(
        update("TypedContextList", playlist, items=adding(ref("Task", "t"), ref("Task", "u"))),
        update("TypedContextList", playlist, items=removing(ref("Task", "u"))),
        *(create("Task", name, name=name, parent_id=project) for name in "tu"),
    )
    assert (items(server), [answer.keys() for answer in answers[:2]]) == (["t"], [{"action", "data"}] * 2)


#: Members that cannot be without their owner.
NEEDED = [
    ("Task", "assignments", "Appointment", {"resource_id": ADA, "type": "assignment"}, "context_id"),
    ("Asset", "versions", "AssetVersion", {}, "asset_id"),
    ("Shot", "children", "Task", {"name": "t"}, "parent_id"),
]


@pytest.mark.parametrize(("kind", "name", "member", "values", "by"), NEEDED, ids=[case[1] for case in NEEDED])
def test_what_cannot_be_without_an_owner_is_not_taken_away_but_moved_or_deleted(
    server: Server, project: str, kind: str, name: str, member: str, values: dict[str, Any], by: str
) -> None:
    owners = ["one", "two"]
    place = {"context_id" if kind == "Asset" else "parent_id": project}
    server.apply(
        *(create(kind, owner, name=owner, **place) for owner in owners),
        create(member, "m", **values, **{by: "one"}),
    )
    out = update(kind, "one", **{name: removing(ref(member, "m"))})
    into = update(kind, "two", **{name: adding(ref(member, "m"))})
    with pytest.raises(ValidationError) as caught:
        server.apply(out)
    assert f'cannot be taken away from {kind} "one" (id one), because it cannot be without {by}.' in str(caught.value)
    assert str(caught.value).endswith("Delete it, or move it to another.")
    for batch in ([out, into], [into, out]):
        with server.trying(*batch):
            assert server.row(member, "m")[by] == "two"
    with server.trying(out, delete(member, "m")):
        assert server.rows(member, id="m") == []
    with server.trying(out, update(kind, "one", **{name: adding(ref(member, "m"))})):
        assert server.row(member, "m")[by] == "one"


def test_what_is_made_of_the_key_of_its_owner_is_deleted_not_taken_away(server: Server, project: str) -> None:
    server.apply(
        *(create("Note", name, content=name) for name in "nm"), create("Recipient", note_id="n", resource_id=BOB)
    )
    recipient = {"__entity_type__": "Recipient", "note_id": "n", "resource_id": BOB}
    with pytest.raises(ValidationError, match=r"Recipient .* cannot be without note_id\. Delete it\.$"):
        server.apply(update("Note", "n", recipients=removing(recipient)))
    with pytest.raises(ValidationError, match=r"Recipient .* cannot become one of Note .* Create another Recipient"):
        server.apply(update("Note", "m", recipients=adding(recipient)))
    with server.trying(
        update("Note", "n", recipients=adding(recipient)), update("Note", "m", recipients=removing(recipient))
    ):
        assert len(server.rows("Recipient")) == 3


#: What is no list of entities, and what is said about it.
WRONG: list[tuple[str, str, Any, str]] = [
    ("Project", "notes", None, "Project.notes must be the list of all its entities, or an object"),
    ("Project", "notes", "n", "Project.notes must be the list of all its entities, or an object"),
    ("Project", "notes", {"add": []}, "Project.notes must be the list of all its entities, or an object"),
    ("Project", "notes", {"__type__": "datetime", "add": []}, "Project.notes must be the list of all its entities"),
    ("Project", "notes", {"__type__": ["list_changes"]}, "Project.notes must be the list of all its entities"),
    ("Project", "notes", adding("n") | {"set": []}, "lists to add and remove, and nothing else; got set"),
    ("Project", "notes", adding("n") | {"remove": None}, "must have lists of entities to add and remove; got null"),
    ("Project", "notes", adding("n") | {"remove": {}}, "must have lists of entities to add and remove"),
    ("Project", "notes", adding(adding("n")), "Project.notes refers to a Note without id"),
    ("Project", "notes", adding(["n"]), "Project.notes must refer to a Note"),
    ("Project", "notes", adding(7), "Project.notes must refer to a Note; got 7"),
    ("Project", "notes", adding(None), "Project.notes must refer to a Note; got null"),
    ("Project", "notes", adding(ref("Task", "n")), "Project.notes must refer to a Note; got a Task"),
    ("Project", "notes", adding(ref("Nota", "n")), "There is no entity type Nota. Did you mean Note"),
    ("Project", "notes", removing({"id": {"id": "n"}}), "entity_key of Note must be a list of 1"),
    ("Project", "notes", changes(add=["n"], remove=[ref("Note", "n")]), "must add or remove Note n; got both"),
    ("Project", "metadata", adding({"parent_id": "p", "key": "k"}), "Create, update and delete Metadata instead"),
    ("Project", "custom_attributes", removing(), "Create, update and delete ContextCustomAttributeValue instead"),
    ("Project", "descendants", adding("t"), "Project.descendants is calculated by the server and cannot be set"),
    ("Project", "thumbnail", adding("c"), "Project.thumbnail refers to a Component without id"),
    ("Project", "name", adding("c"), "Project.name must be text"),
]


@pytest.mark.parametrize(("kind", "name", "value", "message"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_no_list_is_told(server: Server, project: str, kind: str, name: str, value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        server.apply(update(kind, project, **{name: value}))
    assert message in str(caught.value)


def test_a_context_does_not_get_below_itself(server: Server, project: str) -> None:
    top = server.context("Sequence", project)
    below = server.context("Shot", top)
    for owner, member in ((top, top), (below, top)):
        with pytest.raises(IntegrityError, match="cannot be below"):
            server.apply(update("TypedContext", owner, children=adding(ref("TypedContext", member))))


#: Types whose entities are part of others of their own kind: the key, the list, and a text of theirs.
TREES = [
    ("Group", "parent_id", "children", "name"),
    ("Note", "in_reply_to_id", "replies", "content"),
    ("ContainerComponent", "container_id", "members", "name"),
]


@pytest.mark.parametrize(("kind", "by", "name", "text"), TREES, ids=[case[0] for case in TREES])
def test_nothing_is_part_of_itself(server: Server, kind: str, by: str, name: str, text: str) -> None:
    server.apply(create(kind, "a", **{text: "a"}), create(kind, "b", **{text: "b", by: "a"}))
    batches = [
        [update(kind, "a", **{by: "a"})],
        [update(kind, "a", **{by: "b"})],
        [update(kind, "b", **{name: adding(ref(kind, "a"))})],
        [update(kind, "b", **{name: [ref(kind, "a")]})],
        [create(kind, "c", **{text: "c", by: "d"}), create(kind, "d", **{text: "d", by: "c"})],
    ]
    for batch in batches:
        with pytest.raises(IntegrityError, match=r"cannot be below .*, which is below it or itself\.$"):
            server.apply(*batch)
    server.apply(update(kind, "a", **{by: "b"}), update(kind, "b", **{by: None}))
    assert server.row(kind, "a")[by] == "b"


def test_what_can_have_no_such_owner_is_refused(server: Server, project: str) -> None:
    server.apply(create("Group", "g", name="g"))
    for sent in (adding(ref("User", BOB)), [ref("User", BOB)]):
        with pytest.raises(
            ValidationError, match=r'User "bob" .* cannot become one of Group "g" .* has no parent_id\.'
        ):
            server.apply(update("Group", "g", children=sent))
    server.apply(update("Group", "g", children=removing(ref("User", BOB))))


def test_servers_say_that_they_understand_it() -> None:
    server = EmbeddedServer("sqlite://")
    (information,) = server.call([{"action": "query_server_information"}])
    assert information["supports_list_changes"] is True
    server.close()
