"""The action `create`: its answers, the ids and types it settles, and what it refuses."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from server.writing import ADA, NOW, Server, builtin_id, create, new_id, ref, update
from trackteroid.server.core.failures import Failure, IntegrityError, PermissionError_, ValidationError


def test_a_user_is_answered_with_everything_that_is_set(server: Server) -> None:
    answer = server.one(create("User", first_name="first", last_name="last", username="someone"))
    assert uuid.UUID(answer.pop("id"))
    assert answer == {
        "__entity_type__": "User",
        "username": "someone",
        "first_name": "first",
        "last_name": "last",
        "is_active": False,
        "is_otp_enabled": False,
        "is_totp_enabled": False,
        "require_details_update": False,
        "user_type_id": "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8",
        "resource_type": "user",
    }


def test_what_is_neither_set_nor_given_is_left_for_the_client_to_ask(server: Server) -> None:
    answer = server.one(create("User"))
    assert "email" not in answer
    assert uuid.UUID(answer["username"])


def test_an_explicit_null_comes_back(server: Server) -> None:
    answer = server.one(create("Timer", name=None, comment="", context=None, user=ref("User", ADA)))
    assert answer["name"] is None
    assert answer["context_id"] is None
    assert answer["context"] is None
    assert answer["start"] == {"__type__": "datetime", "value": NOW}


def test_a_component_comes_back_as_recorded(server: Server) -> None:
    answer = server.one(create("FileComponent", "c", name="data", file_type=".json", size=13))
    assert answer == {
        "__entity_type__": "FileComponent",
        "id": "c",
        "name": "data",
        "file_type": ".json",
        "size": 13,
        "system_type": "file",
    }


def test_a_given_reference_comes_back_with_its_key_and_concrete_type(server: Server) -> None:
    shot = server.context("Shot", server.project())
    answer = server.one(create("Task", name="t", parent=ref("Context", shot)))
    assert answer["parent"] == ref("Shot", shot)
    assert answer["parent_id"] == shot
    by_key = server.one(create("Task", name="u", parent_id=shot))
    assert by_key["parent"] == ref("Shot", shot)


def test_a_reference_wins_over_its_key(server: Server) -> None:
    shot = server.context("Shot", server.project())
    done, begun = builtin_id("Status", "Completed"), builtin_id("Status", "In progress")
    answer = server.one(create("Task", name="t", parent_id=shot, status=ref("Status", done), status_id=begun))
    assert answer["status_id"] == done
    assert answer["status"] == ref("Status", done)


def test_given_moments_come_back_with_fractions_and_are_kept_without(server: Server) -> None:
    start = {"__type__": "datetime", "value": "2020-01-02T03:04:05.000006"}
    answer = server.one(create("Timelog", "l", start=start, duration=60, user_id=ADA))
    assert answer["start"] == start
    assert server.row("Timelog", "l")["start"] == "2020-01-02T03:04:05"


def test_the_client_may_leave_the_id_to_the_server(server: Server) -> None:
    answer = server.one(create("Scope", name="a"))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer["id"])
    assert server.row("Scope", answer["id"])["name"] == "a"


def test_numbered_entities_get_the_next_number(server: Server) -> None:
    assert [server.one(create("Event", action="x"))["id"] for _ in range(2)] == [1, 2]


def test_the_type_of_the_operation_counts(server: Server) -> None:
    operation = create("Scope", name="a")
    operation["entity_data"]["__entity_type__"] = "Task"
    assert server.one(operation)["__entity_type__"] == "Scope"


SUBTYPES: list[tuple[str, dict[str, str], str]] = [
    ("TypedContext", {"object_type_id": builtin_id("ObjectType", "Shot")}, "Shot"),
    ("TypedContext", {"object_type_id": builtin_id("ObjectType", "Asset Build")}, "AssetBuild"),
    ("Context", {"object_type_id": builtin_id("ObjectType", "Task")}, "Task"),
    ("Folder", {}, "Folder"),
]


@pytest.mark.parametrize(("asked", "data", "made"), SUBTYPES)
def test_the_object_type_settles_the_type_of_a_context(
    server: Server, asked: str, data: dict[str, Any], made: str
) -> None:
    answer = server.one(create(asked, name="x", parent_id=server.project(), **data))
    assert answer["__entity_type__"] == made
    row = server.row("Context", answer["id"])
    assert row["concrete_type"] == made
    assert row["object_type_id"] == server.model.object_type_ids[made]


@pytest.mark.parametrize(
    ("asked", "system_type", "made"),
    [
        ("List", "assetversion", "AssetVersionList"),
        ("List", "task", "TypedContextList"),
        ("AssetVersionList", None, "AssetVersionList"),
    ],
)
def test_lists_are_of_contexts_or_of_versions(server: Server, asked: str, system_type: str | None, made: str) -> None:
    category = server.one(create("ListCategory", name="dailies"))["id"]
    data = {} if system_type is None else {"system_type": system_type}
    answer = server.one(create(asked, name="l", project_id=server.project(), category_id=category, **data))
    assert answer["__entity_type__"] == made
    assert server.row("List", answer["id"])["concrete_type"] == made


COMPONENTS = [
    ("Component", "component"),
    ("FileComponent", "file"),
    ("SequenceComponent", "sequence"),
    ("ContainerComponent", "container"),
]


@pytest.mark.parametrize(("kind", "system_type"), COMPONENTS)
def test_components_say_what_they_are(server: Server, kind: str, system_type: str) -> None:
    answer = server.one(create(kind))
    assert (answer["__entity_type__"], answer["system_type"]) == (kind, system_type)
    assert (answer["name"], answer["size"]) == ("main", 0)


REFUSED: list[tuple[dict[str, Any], type[Failure], str]] = [
    (create("Scope", nmae="a"), ValidationError, "Scope has no attribute nmae. Did you mean name?"),
    (create("Asset", latest_version_id="x"), ValidationError, "Asset has no attribute latest_version_id"),
    (create("Skope", name="a"), ValidationError, "There is no entity type Skope. Did you mean Scope?"),
    (create("ContextAncestor"), ValidationError, "There is no entity type ContextAncestor."),
    (create("Scope", name=5), ValidationError, "Scope.name must be text; got 5."),
    (create("Task", link="x"), ValidationError, "Task.link is calculated by the server and cannot be set."),
    (create("Asset", latest_version=ref("AssetVersion", "v")), ValidationError, "Asset.latest_version is calculated"),
    (create("Project", descendants=[ref("Task", "t")]), ValidationError, "Project.descendants is calculated"),
    (create("Task", status=ref("User", "u")), ValidationError, "Task.status must refer to a Status; got a User."),
    (create("Task", status=7), ValidationError, "Task.status must refer to a Status; got 7."),
    (create("Task", status={"name": "x"}), ValidationError, "Task.status refers to a Status without id."),
    (create("Task", status=ref("Stat", "u")), ValidationError, "There is no entity type Stat."),
    (create("Note", parent_type="Shoot"), ValidationError, "There is no entity type Shoot. Did you mean Shot?"),
    (create("Asset", versions=ref("AssetVersion", "v")), ValidationError, "Asset.versions must be the list of all"),
    (create("Context", name="x"), ValidationError, "A Context cannot be made as such; make a Project"),
    (create("TypedContext", name="x"), ValidationError, "A TypedContext needs an object_type_id"),
    (create("Resource"), ValidationError, "A Resource cannot be made as such; make a User, a Collaborator or a Group."),
    (
        create("Task", object_type_id=builtin_id("ObjectType", "Shot")),
        ValidationError,
        "object_type_id of a Task is 11c137c0-ee7e-4f9c-91c5-8c77cec22b2c; it cannot be",
    ),
    (create("TypedContextStatusChange", "c"), PermissionError_, "A TypedContextStatusChange cannot be made"),
    (
        {"action": "create", "entity_type": "Scope"},
        ValidationError,
        "entity_data must be an object of attributes and values; got null.",
    ),
    ({"action": "create", "entity_data": {}}, ValidationError, "entity_type must be the name of an entity type"),
    (create("User", "u", username="ADA"), IntegrityError, 'There is a User with username "ADA" already.'),
]


@pytest.mark.parametrize(("operation", "failure", "message"), REFUSED)
def test_refused_entities_leave_nothing_behind(
    server: Server, operation: dict[str, Any], failure: type[Failure], message: str
) -> None:
    with pytest.raises(failure) as caught:
        server.apply(create("Scope", "before", name="before"), operation)
    assert str(caught.value).startswith(message)
    assert server.rows("Scope") == []


def test_an_id_that_exists_is_an_error_that_names_the_entity(server: Server) -> None:
    server.apply(create("Scope", "s", name="a"))
    with pytest.raises(IntegrityError, match=re.escape('Scope "b" (id s) exists already.')):
        server.apply(create("Scope", "s", name="b"))
    assert server.row("Scope", "s")["name"] == "a"


def test_ids_of_a_failed_batch_can_be_used_again(server: Server) -> None:
    with pytest.raises(ValidationError):
        server.apply(create("Scope", "s", name="a"), create("Scope", "t"))
    assert len(server.apply(create("Scope", "s", name="a"), create("Scope", "t", name="b"))) == 2


def test_siblings_with_one_name_are_refused_in_words(server: Server) -> None:
    project = server.project()
    server.context("Shot", project, name="sh010")
    with pytest.raises(IntegrityError) as caught:
        server.context("Shot", project, name="SH010")
    assert "There is a Shot with " in str(caught.value)
    assert 'name "SH010"' in str(caught.value)
    assert "UNIQUE" not in str(caught.value)


def test_users_without_email_do_not_collide(server: Server) -> None:
    server.apply(create("User"), create("User"), create("User", email=""), create("User", email=""))
    assert len(server.rows("Resource")) == 6


def test_project_names_stand_in_for_each_other(server: Server) -> None:
    schema = ref("ProjectSchema", builtin_id("ProjectSchema", "VFX"))
    short, full, both = server.apply(
        create("Project", name="a", project_schema=schema),
        create("Project", name="", full_name="B", project_schema=schema),
        create("Project", name="c", full_name="C", project_schema=schema),
    )
    assert [(found["name"], found["full_name"]) for found in (short, full, both)] == [
        ("a", "a"),
        ("B", "B"),
        ("c", "C"),
    ]


def test_collections_in_a_new_entity_are_filled(server: Server) -> None:
    project = server.project()
    task = server.context("Task", project)
    category = server.one(create("ListCategory", name="dailies"))["id"]
    answer = server.one(
        create(
            "TypedContextList",
            name="L",
            owner=ref("User", ADA),
            project=ref("Project", project),
            category=ref("ListCategory", category),
            items=[ref("Task", task)],
        )
    )
    assert answer["items"] == [ref("Task", task)]
    assert answer["is_open"] is True
    assert [row["entity_id"] for row in server.rows("ListObject", list_id=answer["id"])] == [task]


def test_creating_metadata_again_changes_its_value(server: Server) -> None:
    shot = server.context("Shot", server.project())
    pair = {"parent_id": shot, "key": "k", "parent_type": "Shot"}
    server.apply(create("Metadata", **pair, value="a"))
    answer = server.one(create("Metadata", **pair, value="b"))
    assert answer == {"__entity_type__": "Metadata", **pair, "value": "b"}
    assert [row["value"] for row in server.rows("Metadata")] == ["b"]


def test_a_second_name_of_an_attribute_sets_the_same_column(server: Server) -> None:
    role = server.one(create("UserSecurityRole", user_id=ADA, is_all_projects=True))
    assert role["is_all_projects"] is role["is_all_open_projects"] is True
    changed = server.one(update("UserSecurityRole", role["id"], is_all_open_projects=False))
    assert changed["is_all_projects"] is changed["is_all_open_projects"] is False


def test_a_thousand_creates_take_few_statements_each(server: Server) -> None:
    shot = server.context("Shot", server.project())
    counted = server.count_statements(*(create("Task", new_id(), name=f"t{n}", parent_id=shot) for n in range(200)))
    assert counted < 200 * 3 + 40
