"""Whole lists, as clients send them: as they saw them last, plus or minus what they have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.writing import ADA, BOB, LATER, NOW, Server, builtin_id, create, delete, fresh_server, new_id, ref, update
from trackteroid.server.actions.members import change_members, members_of
from trackteroid.server.actions.payload import read_payload
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import Collection, EntityType, standard_model


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


def test_listed_components_get_their_version_and_others_keep_it(server: Server, project: str) -> None:
    _, (version,) = server.asset(project, versions=1)
    first, second = new_id(), new_id()
    server.apply(create("FileComponent", first, version_id=version), create("FileComponent", second))
    answer = server.one(update("AssetVersion", version, components=[ref("Component", second)]))
    assert {item["id"] for item in answer["components"]} == {first, second}
    assert {row["version_id"] for row in server.rows("Component")} == {version}


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


def test_notes_get_the_parent_that_lists_them_and_keep_it(server: Server, project: str) -> None:
    shot, other = server.context("Shot", project), server.context("Shot", project)
    answers = server.apply(
        create("Note", "n", author=ref("User", BOB), content="hello"), update("Shot", shot, notes=[ref("Note", "n")])
    )
    assert answers[1]["notes"] == [ref("Note", "n")]
    row = server.row("Note", "n")
    assert (row["parent_id"], row["parent_type"]) == (shot, "Shot")
    assert server.one(update("Shot", shot, notes=[]))["notes"] == [ref("Note", "n")]
    assert server.row("Note", "n") == row
    assert server.one(update("Shot", other, notes=[ref("Note", "n")]))["notes"] == [ref("Note", "n")]
    assert server.row("Note", "n")["parent_id"] == other


def _without_settled(collection: Collection, target: EntityType) -> bool:
    """Whether members get their owner by a key that can be changed."""
    by = collection.by
    return by is not None and by not in target.primary_key and not target.attributes[by].immutable


MODEL = standard_model()

#: Every array attribute whose members hold the key of their owner, by the type that declares it.
OWNED: list[tuple[str, str, Collection]] = sorted(
    [
        (kind.name, name, attribute)
        for kind in MODEL
        if kind.served and kind.view is None and kind.primary_key == ("id",) and kind.stored()["id"].type == "string"
        for name, attribute in kind.attributes.items()
        if isinstance(attribute, Collection) and not attribute.read_only and not attribute.mapped
        if _without_settled(attribute, MODEL.type(attribute.target))
    ],
    key=lambda found: found[:2],
)


def test_most_lists_are_of_members_with_a_key() -> None:
    names = {name for _, name, _ in OWNED}
    assert names > {"notes", "replies", "components", "members", "timelogs", "component_locations", "versions"}


@pytest.mark.parametrize(
    ("kind", "name", "collection"), OWNED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_nothing_leaves_its_owner_by_being_left_out(
    server: Server, kind: str, name: str, collection: Collection
) -> None:
    """Written to the tables as they are, so that no rule of a type keeps any from being tried."""
    owner, target = server.model.type(kind), server.model.type(collection.target)
    by = str(collection.by)
    constant = {column: value for column, value in collection.where.items() if value is not None}
    own = {by: "owner"} | constant
    if target.discriminator:
        own[target.discriminator] = target.name
    with server.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        uow = UnitOfWork(Request(server.model, connection, Actor(ADA, "ada"), NOW))
        discriminated = {owner.discriminator: owner.name} if owner.discriminator else {}
        holder = uow.insert(owner, {"id": "owner"} | discriminated)
        kept = uow.insert(target, {"id": "kept"} | own)
        change_members(uow, holder, name, read_payload(uow, owner, {name: []}).lists[name], {})
        uow.end()
        assert kept.values[by] == "owner"
        assert [row.key for row in members_of(uow, holder, collection)] == [("kept",)]
        connection.rollback()


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


#: Lists of something that is gone, for each way to be a member.
STALE: list[tuple[str, dict[str, Any]]] = [
    ("Project", {"notes": [ref("Note", "gone")]}),
    ("Project", {"scopes": [ref("Scope", "gone")]}),
    ("Project", {"children": [ref("Task", "gone")]}),
    ("Project", {"metadata": [{"__entity_type__": "Metadata", "parent_id": "PROJECT", "key": "gone"}]}),
    ("Project", {"assets": [ref("Asset", "gone")], "timelogs": [ref("Timelog", "gone")]}),
]


@pytest.mark.parametrize(("kind", "data"), STALE, ids=lambda value: " ".join(value) if isinstance(value, dict) else "")
def test_members_that_are_gone_are_ignored_with_a_line_in_the_log(
    server: Server, project: str, caplog: pytest.LogCaptureFixture, kind: str, data: dict[str, Any]
) -> None:
    answer = server.one(update(kind, project, name="renamed", **data))
    assert {name: answer[name] for name in data} == {name: [] for name in data}
    assert server.row("Context", project)["name"] == "renamed"
    assert len(caplog.records) == len(data)
    for record, (name, (member, *_)) in zip(caplog.records, data.items(), strict=True):
        assert record.name == "trackteroid.server"
        assert f"was sent as {name} names entities that do not exist, which were ignored" in record.getMessage()
        assert f"{member['__entity_type__']} " in record.getMessage()
        assert record.getMessage().endswith("gone")


def test_what_is_made_with_members_that_are_gone_gets_the_others(
    server: Server, project: str, caplog: pytest.LogCaptureFixture
) -> None:
    asset, _ = server.asset(project)
    server.apply(create("FileComponent", "left"), create("FileComponent", "lost"))
    both = [ref("FileComponent", name) for name in ("left", "lost")]
    answers = server.apply(
        delete("FileComponent", "lost"), create("AssetVersion", "v", asset_id=asset, components=both)
    )
    assert answers[1]["components"] == [ref("FileComponent", "left")]
    assert len(caplog.records) == 1


def test_members_may_be_made_after_the_list_that_names_them(
    server: Server, project: str, playlist: str, caplog: pytest.LogCaptureFixture
) -> None:
    shot, other = server.context("Shot", project), server.context("Shot", project)
    server.apply(
        update("TypedContextList", playlist, items=[ref("Task", "t"), ref("Shot", shot)]),
        update("Shot", shot, notes=[ref("Note", "n"), ref("Note", "m")]),
        create("Task", "t", name="t", parent_id=shot),
        create("Note", "n", content="n"),
        create("Note", "m", content="m", parent_id=other, parent_type="Shot"),
    )
    assert {row["entity_id"] for row in server.rows("ListObject")} == {"t", shot}
    assert {row["id"]: row["parent_id"] for row in server.rows("Note")} == {"n": shot, "m": other}
    assert caplog.records == []


def test_the_last_list_of_a_batch_decides(server: Server, project: str, playlist: str) -> None:
    shot = server.context("Shot", project)
    server.apply(
        update("TypedContextList", playlist, items=[ref("Task", "t")]),
        update("TypedContextList", playlist, items=[ref("Task", shot)]),
        create("Task", "t", name="t", parent_id=shot),
    )
    assert [row["entity_id"] for row in server.rows("ListObject")] == [shot]


def test_what_is_linked_twice_is_left_out_twice(server: Server, project: str, playlist: str) -> None:
    shot = server.context("Shot", project)
    server.apply(*(create("ListObject", name, list_id=playlist, entity_id=shot) for name in "ab"))
    server.apply(update("TypedContextList", playlist, items=[]))
    assert server.rows("ListObject") == []


def test_pairs_of_another_entity_stay_there(server: Server, project: str) -> None:
    shot = server.context("Shot", project)
    server.apply(create("Metadata", parent_id=project, key="k", parent_type="Project", value="v"))
    pair = {"__entity_type__": "Metadata", "parent_id": project, "key": "k"}
    with pytest.raises(ValidationError, match=r"Metadata .* cannot become one of Shot .* its parent_id cannot be chan"):
        server.apply(update("Shot", shot, metadata=[pair]))


def test_a_member_of_two_owners_belongs_to_the_last(server: Server, project: str) -> None:
    one, two = server.context("Shot", project), server.context("Shot", project)
    server.apply(
        create("Note", "n", content="n"),
        update("Shot", one, notes=[ref("Note", "n")]),
        update("Shot", two, notes=[ref("Note", "n")]),
    )
    assert server.row("Note", "n")["parent_id"] == two
