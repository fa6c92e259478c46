"""The demo production as operations: they follow the schema, refer only backwards, and are always the same."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from datetime import datetime

import pytest

from server.demo_world import ACTOR, OPERATIONS, SCHEMAS, SUBTYPES, Record, references, world
from trackteroid.server.demo import operations, write
from trackteroid.server.demo.contexts import UNASSIGNED
from trackteroid.server.demo.pictures import FILMED
from trackteroid.server.demo.publishing import WITHOUT_TASK
from trackteroid.server.demo.script import Script, known, moment
from trackteroid.server.storage import builtin

SCRIPT = write(ACTOR)


def test_two_calls_give_the_same_operations() -> None:
    assert list(operations(ACTOR)) == OPERATIONS


def test_another_actor_changes_nothing_but_the_references_to_the_actor() -> None:
    other = "00000000-0000-4000-8000-000000000002"
    assert json.loads(json.dumps(OPERATIONS).replace(ACTOR, other)) == list(operations(other))


def test_size_is_a_few_thousand_at_most() -> None:
    assert 2000 <= len(OPERATIONS) <= 3000


def test_operations_are_plain_json() -> None:
    assert json.loads(json.dumps(OPERATIONS)) == OPERATIONS


def test_ids_are_unique_uuids_in_the_order_of_creation() -> None:
    ids = [op["entity_data"]["id"] for op in OPERATIONS if op["action"] == "create" and "id" in op["entity_data"]]
    assert [id_ for id_ in ids if str(uuid.UUID(id_)) != id_ or uuid.UUID(id_).version != 5] == []
    assert ids == sorted(set(ids))


def test_ids_do_not_collide_with_built_in_ones() -> None:
    built_in = {values["id"] for _, values in builtin.rows() if "id" in values}
    assert built_in.isdisjoint(op["entity_data"].get("id") for op in OPERATIONS)


@pytest.mark.parametrize("entity_type", sorted({operation["entity_type"] for operation in OPERATIONS}))
def test_every_attribute_is_in_the_recorded_schema(entity_type: str) -> None:
    used = {name for op in OPERATIONS if op["entity_type"] == entity_type for name in op["entity_data"]}
    assert used - {"__entity_type__"} <= set(SCHEMAS[entity_type]["properties"])


@pytest.mark.parametrize("entity_type", sorted({operation["entity_type"] for operation in OPERATIONS}))
def test_updates_leave_immutable_attributes_alone(entity_type: str) -> None:
    updates = [op for op in OPERATIONS if (op["action"], op["entity_type"]) == ("update", entity_type)]
    assert {name for op in updates for name in op["entity_data"]}.isdisjoint(SCHEMAS[entity_type]["immutable"])


@pytest.mark.parametrize("operation", OPERATIONS[::40], ids=lambda operation: operation["entity_type"])
def test_operations_have_the_shape_the_client_sends(operation: Record) -> None:
    assert list(operation) == ["action", "entity_type", "entity_key", "entity_data"]
    assert operation["entity_data"]["__entity_type__"] == operation["entity_type"]
    primary_key = SCHEMAS[operation["entity_type"]]["primary_key"]
    assert len(operation["entity_key"]) == len(primary_key)
    if operation["action"] == "create":
        assert operation["entity_key"] == [operation["entity_data"][name] for name in primary_key]


def test_every_reference_is_to_something_that_is_already_there() -> None:
    there = {(kind, values["id"]) for kind, values in builtin.rows() if "id" in values} | {("User", ACTOR)}
    labels = {("NoteCategory", id_) for kind, id_ in there if kind == "NoteLabel"}
    there |= labels
    for operation in OPERATIONS:
        for name, kind, id_ in references(operation):
            assert (kind, id_) in there, f"{operation['entity_type']}.{name} refers to {kind} {id_} too early"
        if operation["action"] == "create" and "id" in operation["entity_data"]:
            there.add((operation["entity_type"], operation["entity_data"]["id"]))


def test_every_key_without_reference_is_of_something_that_is_already_there() -> None:
    there = {values["id"] for _, values in builtin.rows() if "id" in values} | {ACTOR}
    for operation in OPERATIONS:
        data = operation["entity_data"]
        keys = [*operation["entity_key"]] if operation["action"] == "update" else []
        keys += [value for name, value in data.items() if name.endswith("_id")]
        assert there.issuperset(keys), f"{operation['entity_type']} refers to {keys}"
        if "id" in data:
            there.add(data["id"])


def test_every_reference_is_of_the_type_that_the_schema_asks_for() -> None:
    for operation in OPERATIONS:
        properties = SCHEMAS[operation["entity_type"]]["properties"]
        for name, kind, _ in references(operation):
            wanted = properties[name].get("$ref") or properties[name]["items"]["$ref"]
            assert kind == wanted or kind in SUBTYPES.get(wanted, ()), f"{operation['entity_type']}.{name} is a {kind}"


def test_siblings_have_different_names() -> None:
    contexts = world().of(*SUBTYPES["TypedContext"])
    names = Counter((context["parent"], context["name"].lower()) for context in contexts)
    assert [name for name, count in names.items() if count > 1] == []


def test_nothing_hangs_below_a_task_or_a_milestone() -> None:
    parents = {world().get(context["parent"])["__entity_type__"] for context in world().of(*SUBTYPES["TypedContext"])}
    assert parents.isdisjoint({"Task", "Milestone"})


def test_contexts_are_allowed_by_their_project_schema() -> None:
    w = world()
    schemas = {project["name"]: project["project_schema"] for project in w.of("Project")}
    allowed = {(row["project_schema_id"], row["object_type_id"]) for row in w.of("ProjectSchemaObjectType")}
    used = {(schemas[w.project(context)], context["object_type_id"]) for context in w.of(*SUBTYPES["TypedContext"])}
    assert used <= allowed


def test_types_and_statuses_are_allowed_by_the_project_schema() -> None:
    w = world()
    schemas = {project["name"]: w.get(project["project_schema"]) for project in w.of("Project")}
    task_types = {(row["task_type_schema_id"], row["type_id"]) for row in w.of("TaskTypeSchemaType")}
    statuses = {(row["workflow_schema_id"], row["status_id"]) for row in w.of("WorkflowSchemaStatus")}
    for task in w.of("Task"):
        schema = schemas[w.project(task)]
        assert (schema["task_type_schema_id"], task["type"]) in task_types, task["name"]
        assert (schema["task_workflow_schema_id"], task["status"]) in statuses, task["name"]
    for version in w.of("AssetVersion"):
        schema = schemas[w.project(w.get(version["asset"]))]
        assert (schema["asset_version_workflow_schema_id"], version["status"]) in statuses, version["comment"]
    for context in w.of("Shot", "AssetBuild", "Episode", "Milestone"):
        schema = schemas[w.project(context)]["id"], context["object_type_id"]
        (id_,) = [row["id"] for row in w.of("Schema") if (row["project_schema_id"], row["object_type_id"]) == schema]
        assert ("SchemaStatus", (context["status"], id_)) in w.records, context["name"]
        assert "type" not in context or ("SchemaType", (context["type"], id_)) in w.records, context["name"]


def test_every_task_but_a_few_is_assigned_to_one_artist() -> None:
    w = world()
    unassigned = [SCRIPT[path].id for path in UNASSIGNED]
    assigned = Counter(row["context"] for row in w.of("Appointment"))
    assert assigned + Counter(unassigned) == Counter(task["id"] for task in w.of("Task"))


def test_versions_belong_to_a_task_beside_their_asset_or_to_none() -> None:
    w = world()
    without = [version for version in w.of("AssetVersion") if "task" not in version]
    assert {version["asset"] for version in without} == {SCRIPT[path].id for path in WITHOUT_TASK}
    for version in w.of("AssetVersion"):
        task = w.get(version["task"]) if "task" in version else w.get(version["asset"])
        assert task["parent"] == w.get(version["asset"])["parent"], version["comment"]


def test_every_component_but_one_is_somewhere() -> None:
    w = world()
    places: dict[str, set[str]] = {}
    for row in w.of("ComponentLocation"):
        places.setdefault(row["component"], set()).add(row["location"])
    components = {component["id"]: component["name"] for component in w.of("FileComponent", "SequenceComponent")}
    assert [name for id_, name in components.items() if id_ not in places] == ["plates"]
    assert Counter(len(where) for where in places.values()) == {1: len(places) - len(FILMED), 2: len(FILMED)}
    paths = Counter((row["location"], row["resource_identifier"]) for row in w.of("ComponentLocation"))
    assert [path for (_, path), count in paths.items() if count > 1 or " " in path] == []
    drawn = {component_id for component_id, _, _ in SCRIPT.drawings}
    server = builtin.find_id("Location", "ftrack.server")
    assert {row["component"] for row in w.of("ComponentLocation") if row["location"] == server} == drawn


def test_the_newest_versions_shots_builds_projects_and_people_have_a_picture() -> None:
    w = world()
    shown = {key[0] for (_, key), record in w.records.items() if "thumbnail" in record}
    latest = {version["asset"]: version["id"] for version in w.of("AssetVersion")}
    assert set(latest.values()) <= shown
    pictured = {build["id"] for build in w.of("Shot", "AssetBuild", "Project")} | set(latest.values())
    assert pictured - shown == set()
    people = {user["id"] for user in w.of("User")} - {ACTOR}
    assert people <= shown


def test_there_are_custom_attributes_of_every_kind_and_some_are_set_at_several_levels() -> None:
    w = world()
    attributes = {row["id"]: row for row in w.of("CustomAttributeConfiguration")}
    kinds = {row["id"] for row in w.of("CustomAttributeType")}
    assert {row.get("type") or row["type_id"] for row in attributes.values()} == kinds
    levels: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        if operation["entity_type"] == "ContextCustomAttributeValue":
            attribute, entity = operation["entity_key"]
            if attributes[attribute]["is_hierarchical"]:
                levels.setdefault(attributes[attribute]["key"], set()).add(w.get(entity)["__entity_type__"])
    assert levels["resolution"] == {"Project", "Sequence", "Shot"}
    assert min(map(len, levels.values())) >= 2


def test_several_people_say_different_things_of_one_shot() -> None:
    w = world()
    notes = [note for note in w.of("Note") if note.get("parent_id") == SCRIPT["sync/st/st0010"].id]
    assert len({note["author"] for note in notes}) == 3
    assert {note.get("completed_by") is None for note in notes} == {True, False}


def test_sequences_have_the_size_of_their_files() -> None:
    w = world()
    sizes: Counter[str] = Counter()
    for file in w.of("FileComponent"):
        sizes[file.get("container", "")] += file["size"]
    for sequence in w.of("SequenceComponent"):
        assert sizes.get(sequence["id"], sequence["size"]) == sequence["size"]


def test_notes_come_after_what_they_are_about() -> None:
    w = world()
    for note in w.of("Note"):
        about = w.by_id.get(note.get("parent_id", ""), {})
        assert about.get("date", "") <= note["date"], note["content"]


def test_nobody_receives_their_own_note_and_replies_have_no_parent_of_their_own() -> None:
    w = world()
    assert [row for row in w.of("Recipient") if w.get(row["note_id"])["author"] in (row["resource_id"],)] == []
    replies = {reply for note in w.of("Note") for reply in note.get("replies", [])}
    assert replies == {note["id"] for note in w.of("Note") if "parent_id" not in note}


def test_user_names_and_addresses_are_unique() -> None:
    for attribute in ("username", "email"):
        values = [user[attribute] for user in world().of("User")]
        assert len(values) == len(set(values)) == 8


@pytest.mark.parametrize(
    "kind",
    [
        *("Scope", "Milestone", "Metadata", "TypedContextList", "AssetVersionList", "ReviewSession"),
        *("ReviewSessionObject", "ReviewSessionInvitee", "TypedContextLink", "AssetVersionLink", "Timelog"),
        *("TaskTemplate", "TaskTemplateItem"),
        *("Recipient", "Episode", "Manager", "Group", "Membership", "CalendarEvent", "UserSecurityRole"),
        "CustomAttributeConfiguration",
    ],
)
def test_there_is_something_of_every_kind(kind: str) -> None:
    assert [operation for operation in OPERATIONS if operation["entity_type"] == kind] != []


def test_a_path_is_given_once() -> None:
    script = Script(ACTOR)
    script.create("Scope", "scopes/Trailer", name="Trailer")
    with pytest.raises(ValueError, match=r"scopes/Trailer is created twice"):
        script.create("Scope", "scopes/Trailer", name="Trailer")


def test_values_are_encoded_as_the_clients_do() -> None:
    script = Script(ACTOR)
    scope = script.create("Scope", "scopes/Trailer", name="Trailer")
    script.update(scope, owner=script.actor, items=[scope], date=moment(1, hours=2), state=known("State", "Done"))
    assert script.operations[1]["entity_data"] == {
        "__entity_type__": "Scope",
        "owner": {"__entity_type__": "User", "id": ACTOR},
        "items": [{"__entity_type__": "Scope", "id": scope.id}],
        "date": {"__type__": "datetime", "value": "2026-01-06T11:00:00"},
        "state": {"__entity_type__": "State", "id": builtin.find_id("State", "Done")},
    }


def test_moments_are_whole_seconds_in_order() -> None:
    assert moment(0) < moment(0, hours=1) < moment(1)
    assert datetime.fromisoformat(moment(1.5).isoformat()).microsecond == 0
