"""Collections that clients send: always the complete new content."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.writing import ADA, BOB, LATER, Server, builtin_id, create, delete, fresh_server, new_id, ref, update
from trackteroid.server.failures import IntegrityError


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


def test_items_of_a_list_are_replaced_and_rows_of_what_stays_are_kept(
    server: Server, project: str, playlist: str
) -> None:
    a, b = server.context("Task", project), server.context("Shot", project)
    server.apply(update("TypedContextList", playlist, items=[ref("Task", a)]))
    (kept,) = server.rows("ListObject")
    answer = server.one(update("TypedContextList", playlist, items=[ref("Task", a), ref("Shot", b)]))
    assert {item["id"]: item["__entity_type__"] for item in answer["items"]} == {a: "Task", b: "Shot"}
    assert kept in server.rows("ListObject")
    server.apply(update("TypedContextList", playlist, items=[ref("Shot", b)]))
    assert [row["entity_id"] for row in server.rows("ListObject")] == [b]
    server.apply(update("TypedContextList", playlist, items=[]))
    assert server.rows("ListObject") == []


def test_lists_can_be_set_from_the_side_of_the_items(server: Server, project: str, playlist: str) -> None:
    task = server.context("Task", project)
    server.apply(update("Task", task, lists=[ref("TypedContextList", playlist)]))
    assert [(row["list_id"], row["entity_id"]) for row in server.rows("ListObject")] == [(playlist, task)]


def test_scopes_are_kept_in_a_hidden_table(server: Server, project: str) -> None:
    server.apply(create("Scope", "london", name="London"), create("Scope", "paris", name="Paris"))
    both = [ref("Scope", "london"), ref("Scope", "paris"), ref("Scope", "paris")]
    answer = server.one(update("Project", project, scopes=both))
    assert answer["scopes"] == both[:2]
    server.apply(update("Project", project, scopes=[ref("Scope", "paris")]))
    assert server.rows("ContextScope") == [{"context_id": project, "scope_id": "paris"}]


def test_versions_use_versions(server: Server, project: str) -> None:
    _, (used, also) = server.asset(project, versions=2)
    asset = server.asset(project)[0]
    user = server.one(create("AssetVersion", asset_id=asset, uses_versions=[ref("AssetVersion", used)]))
    assert user["uses_versions"] == [ref("AssetVersion", used)]
    (link,) = server.rows("AssetVersionLink")
    assert (link["from_id"], link["to_id"]) == (used, user["id"])
    server.apply(update("AssetVersion", used, used_in_versions=[ref("AssetVersion", also)]))
    (link,) = server.rows("AssetVersionLink")
    assert (link["from_id"], link["to_id"]) == (used, also)


def test_listed_components_get_their_version_and_others_lose_it(server: Server, project: str) -> None:
    _, (version,) = server.asset(project, versions=1)
    first, second = new_id(), new_id()
    server.apply(create("FileComponent", first, version_id=version), create("FileComponent", second))
    answer = server.one(update("AssetVersion", version, components=[ref("Component", second)]))
    assert answer["components"] == [ref("FileComponent", second)]
    assert server.row("Component", second)["version_id"] == version
    assert server.row("Component", first)["version_id"] is None


def test_what_cannot_be_without_an_owner_stays_although_it_is_not_listed(server: Server, project: str) -> None:
    asset, versions = server.asset(project, versions=2)
    answer = server.one(update("Asset", asset, versions=[ref("AssetVersion", versions[1])]))
    assert {item["id"] for item in answer["versions"]} == set(versions)


def test_children_move_to_the_context_that_lists_them(server: Server, project: str) -> None:
    sequence, shot = server.context("Sequence", project), server.context("Shot", project)
    answer = server.one(update("Sequence", sequence, children=[ref("Shot", shot)]))
    assert answer["children"] == [ref("Shot", shot)]
    assert server.ancestors(shot) == [sequence, project]


def test_assignments_get_the_type_that_the_collection_is_about(server: Server, project: str) -> None:
    other, task = server.context("Task", project), server.context("Task", project)
    server.apply(
        create("Appointment", "a", context_id=other, resource_id=ADA, type="allocation"),
        update("Task", task, assignments=[ref("Appointment", "a")]),
    )
    row = server.row("Appointment", "a")
    assert (row["context_id"], row["type"]) == (task, "assignment")
    server.apply(update("Task", task, allocations=[]))
    assert server.row("Appointment", "a") == row


def test_metadata_lists_only_confirm(server: Server, project: str) -> None:
    pairs = [create("Metadata", parent_id=project, key=key, parent_type="Project", value="1") for key in "ab"]
    server.apply(*pairs)
    pair = {"__entity_type__": "Metadata", "parent_id": project, "key": "b"}
    answer = server.apply(delete("Metadata", project, "a"), update("Project", project, metadata=[pair]))[1]
    assert answer["metadata"] == [{**pair, "parent_type": "Project", "value": "1"}]
    stale = server.one(update("Project", project, metadata=[]))
    assert stale["metadata"] == []
    assert [row["key"] for row in server.rows("Metadata")] == ["b"]


def test_a_metadata_list_without_a_row_that_is_deleted_next_does_not_show_it(server: Server, project: str) -> None:
    """Clients send the list first; what the answer showed they would keep, and try to delete again."""
    server.apply(*(create("Metadata", parent_id=project, key=key, parent_type="Project", value="1") for key in "ab"))
    pair = {"__entity_type__": "Metadata", "parent_id": project, "key": "b"}
    answer = server.apply(update("Project", project, metadata=[pair]), delete("Metadata", project, "a"))[0]
    assert [found["key"] for found in answer["metadata"]] == ["b"]


def test_notes_get_the_parent_that_lists_them(server: Server, project: str) -> None:
    shot = server.context("Shot", project)
    answers = server.apply(
        create("Note", "n", author=ref("User", BOB), content="hello"), update("Shot", shot, notes=[ref("Note", "n")])
    )
    assert answers[1]["notes"] == [ref("Note", "n")]
    row = server.row("Note", "n")
    assert (row["parent_id"], row["parent_type"]) == (shot, "Shot")
    server.apply(update("Shot", shot, notes=[]))
    row = server.row("Note", "n")
    assert (row["parent_id"], row["parent_type"]) == (None, None)


def test_recipients_keep_the_caller(server: Server, project: str) -> None:
    server.apply(create("Note", "n", content="hello", parent_id=project, parent_type="Project"))
    recipient = {"__entity_type__": "Recipient", "note_id": "n", "resource_id": BOB}
    answer = server.apply(
        create("Recipient", note_id="n", resource_id=BOB), update("Note", "n", recipients=[recipient])
    )[1]
    assert {found["resource_id"] for found in answer["recipients"]} == {ADA, BOB}


def test_replies_join_the_thread(server: Server, project: str) -> None:
    server.apply(create("Note", "n", content="a", parent_id=project, parent_type="Project"))
    server.apply(create("Note", "r", content="b"), update("Note", "n", replies=[ref("Note", "r")]), now=LATER)
    reply = server.row("Note", "r")
    assert (reply["in_reply_to_id"], reply["parent_id"], reply["parent_type"]) == ("n", project, "Project")
    assert server.row("Note", "n")["thread_activity"] == LATER


def test_workflows_list_statuses(server: Server) -> None:
    statuses = [ref("Status", builtin_id("Status", name)) for name in ("Approved", "Completed")]
    answer = server.one(create("WorkflowSchema", statuses=statuses))
    assert answer["name"] == "Workflow Name"
    assert {row["status_id"] for row in server.rows("WorkflowSchemaStatus", workflow_schema_id=answer["id"])} == {
        status["id"] for status in statuses
    }


def test_a_member_that_does_not_exist_is_told(server: Server, playlist: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        server.apply(update("TypedContextList", playlist, items=[ref("Task", "gone")]))
    assert str(caught.value).endswith("lists Task gone in items, which does not exist.")
