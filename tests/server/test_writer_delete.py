"""The action `delete`: what goes along, what lets go, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.writing import ADA, BOB, Server, builtin_id, create, delete, fresh_server, ref, update
from trackteroid.server.core.failures import IntegrityError, PermissionError_, ValueError_


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


@pytest.fixture
def project(server: Server) -> str:
    return server.project()


#: What holds on to a shot S, or to something below it.
DEPENDENTS: dict[str, list[dict[str, Any]]] = {
    "children": [create("Task", "x", name="t", parent_id="S")],
    "assets": [create("Asset", "x", name="a", context_id="S"), create("AssetVersion", "y", asset_id="x")],
    "notes": [
        create("Note", "x", content="a", parent_id="S", parent_type="Shot"),
        create("Note", "y", content="b", in_reply_to_id="x"),
    ],
    "appointments": [create("Appointment", "x", context_id="S", resource_id=ADA, type="assignment")],
    "timelogs": [create("Timelog", "x", context_id="S")],
    "timers": [create("Timer", "x", context_id="S", user_id=ADA)],
    "metadata": [create("Metadata", parent_id="S", key="k", parent_type="Shot", value="v")],
    "links": [create("Shot", "x", name="o", parent_id="P"), create("TypedContextLink", "y", from_id="S", to_id="x")],
    "custom attributes": [
        create("CustomAttributeConfiguration", "x", key="x", type_id=builtin_id("CustomAttributeType", "number")),
        update("ContextCustomAttributeValue", ["x", "S"], value=5),
    ],
    "scopes": [create("Scope", "x", name="L"), update("Shot", "S", scopes=[ref("Scope", "x")])],
    "managers": [create("Manager", "x", context_id="S", user_id=ADA)],
    "lists": [
        create("ListCategory", "c", name="c"),
        create("TypedContextList", "x", name="l", project_id="P", category_id="c", items=[ref("Shot", "S")]),
    ],
}

_TABLES = [
    *("Asset", "AssetVersion", "Note", "Recipient", "Appointment", "Timelog", "Timer", "Metadata", "TypedContextLink"),
    *("ContextScope", "Manager", "ListObject", "CustomAttributeValue", "StatusChange", "ContextAncestor"),
]


@pytest.mark.parametrize("kind", DEPENDENTS)
def test_everything_that_belongs_to_a_context_goes_with_it(server: Server, kind: str) -> None:
    schema = ref("ProjectSchema", builtin_id("ProjectSchema", "VFX"))
    server.apply(create("Project", "P", name="p", project_schema=schema), create("Shot", "S", name="s", parent_id="P"))
    server.apply(*DEPENDENTS[kind])
    assert server.one(delete("Shot", "S")) is True
    assert "S" not in {row["id"] for row in server.rows("Context")}
    assert server.dangling() == []
    server.apply(delete("Project", "P"))
    assert server.rows("Context") == []
    assert {name: server.rows(name) for name in _TABLES} == {name: [] for name in _TABLES}
    assert server.dangling() == []


def test_a_deep_project_goes_with_one_statement_per_table_and_level(server: Server, project: str) -> None:
    def build(parent: str, depth: int) -> list[dict[str, Any]]:
        if depth == 0:
            return [create("Task", f"{parent}t{n}", name=f"t{n}", parent_id=parent) for n in range(3)]
        below = [f"{parent}{n}" for n in range(3)]
        made = [create("Folder", name, name=name[-1], parent_id=parent) for name in below]
        return made + [operation for name in below for operation in build(name, depth - 1)]

    operations = build(project, 3)
    server.apply(*operations)
    assert len(server.rows("Context")) == len(operations) + 1 > 100
    assert server.count_statements(delete("Project", project)) < 300
    assert server.rows("Context") == []


def test_a_user_goes_and_what_they_wrote_stays(server: Server, project: str) -> None:
    asset, (version,) = server.asset(project, versions=1)
    server.apply(
        update("AssetVersion", version, user_id=BOB),
        create("Note", "n", content="a", parent_id=project, parent_type="Project", author=ref("User", BOB)),
        create("Timer", "t", user_id=BOB),
        create("Timelog", "l", user_id=BOB),
        create("Appointment", "a", context_id=project, resource_id=BOB, type="assignment"),
    )
    server.apply(delete("User", BOB))
    assert server.row("AssetVersion", version)["user_id"] is None
    assert server.row("Note", "n")["user_id"] is None
    assert server.rows("Timer") == server.rows("Timelog") == server.rows("Appointment") == []
    assert server.dangling() == []
    assert server.row("Asset", asset)["latest_version_id"] == version


def test_components_go_with_their_members_and_locations_and_thumbnails_let_go(server: Server, project: str) -> None:
    location = builtin_id("Location", "ftrack.unmanaged")
    server.apply(
        create("SequenceComponent", "s", padding=4),
        create("FileComponent", "m", name="0001", container=ref("SequenceComponent", "s")),
        create("ComponentLocation", "l", component_id="m", location_id=location, resource_identifier="x"),
        update("Project", project, thumbnail_id="s"),
    )
    server.apply(delete("SequenceComponent", "s"))
    assert server.rows("Component") == server.rows("ComponentLocation") == []
    assert server.row("Context", project)["thumbnail_id"] is None


def test_what_is_in_use_is_refused_in_words(server: Server, project: str) -> None:
    task = server.context("Task", project, name="comp")
    status = server.row("Context", task)["status_id"]
    with pytest.raises(IntegrityError) as caught:
        server.apply(delete("Status", status))
    assert str(caught.value) == (
        f'Status "Not started" (id {status}) cannot be deleted, because Task "comp" (id {task}) refers to it '
        "(status_id). Change or delete that first."
    )
    assert server.row("Status", status)


def test_what_stands_in_the_way_may_go_first_in_the_same_batch(server: Server, project: str) -> None:
    schema = server.row("Context", project)["project_schema_id"]
    with pytest.raises(IntegrityError, match="cannot be deleted, because Project"):
        server.apply(delete("ProjectSchema", schema))
    server.apply(delete("Project", project), delete("ProjectSchema", schema))
    assert server.rows("ProjectSchema", id=schema) == []
    assert server.dangling() == []


def test_parents_and_children_go_in_either_order(server: Server, project: str) -> None:
    for reverse in (False, True):
        sequence = server.context("Sequence", project)
        shot = server.context("Shot", sequence)
        operations = [delete("Sequence", sequence), delete("Shot", shot)]
        assert server.apply(*(reversed(operations) if reverse else operations)) == [True, True]


def test_deleting_what_never_existed_is_an_error(server: Server) -> None:
    with pytest.raises(ValueError_, match="Could not find entity Shot with entity_key"):
        server.apply(delete("Shot", "none"))


def test_deleting_again_in_a_later_batch_is_an_error(server: Server, project: str) -> None:
    server.apply(delete("Project", project), delete("Project", project))
    with pytest.raises(ValueError_):
        server.apply(delete("Project", project))


def test_status_changes_cannot_be_deleted(server: Server, project: str) -> None:
    server.context("Task", project)
    (change,) = server.rows("StatusChange")
    with pytest.raises(PermissionError_):
        server.apply(delete("StatusChange", change["id"]))


def test_keys_of_several_parts(server: Server, project: str) -> None:
    server.apply(create("Metadata", parent_id=project, key="k", parent_type="Project", value="v"))
    server.apply(delete("Metadata", project, "k"))
    assert server.rows("Metadata") == []


def test_deleted_rows_are_told_with_what_they_were(server: Server, project: str) -> None:
    shot = server.context("Shot", project, name="sh010")
    server.apply(delete("Shot", shot))
    gone = {change.row.type.name: change for change in server.changes}
    assert set(gone) == {"Shot", "TypedContextStatusChange"}
    assert {change.kind for change in gone.values()} == {"delete"}
    assert gone["Shot"].old["name"] == "sh010"
    assert gone["Shot"].row.key == (shot,)


def test_what_a_batch_makes_and_deletes_leaves_no_trace(server: Server, project: str) -> None:
    server.apply(create("Shot", "s", name="s", parent_id=project), delete("Shot", "s"))
    assert server.changes == []
    assert [row["id"] for row in server.rows("Context")] == [project]


def test_an_id_can_be_used_again_after_its_deletion(server: Server, project: str) -> None:
    server.apply(create("Scope", "s", name="a"))
    server.apply(delete("Scope", "s"), create("Scope", "s", name="b"))
    (change,) = server.changes
    assert (change.kind, change.old, change.new) == ("update", {"name": "a"}, {"name": "b"})


def test_object_types_take_their_schemas_along(server: Server) -> None:
    scene = builtin_id("ObjectType", "Episode")
    server.apply(delete("ObjectType", scene))
    assert server.rows("Schema", object_type_id=scene) == []
    assert server.dangling() == []


def test_what_a_batch_has_just_linked_goes_too(server: Server, project: str) -> None:
    server.apply(
        create("Scope", "x", name="L"), update("Project", project, scopes=[ref("Scope", "x")]), delete("Scope", "x")
    )
    assert server.rows("ContextScope") == []
    assert server.row("Context", project)


def test_components_of_a_setting_go_with_it(server: Server) -> None:
    kept, gone = {"name": "logo", "group": "kept"}, {"name": "logo", "group": "gone"}
    server.apply(create("FileComponent", "c"), create("Setting", **kept), create("Setting", **gone))
    server.apply(*(create("SettingComponent", component_id="c", **setting) for setting in (kept, gone)))
    server.apply(delete("Setting", "logo", "gone"))
    assert [row["group"] for row in server.rows("SettingComponent")] == ["kept"]
