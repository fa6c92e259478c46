"""The rows of a fresh server: complete, consistent, and with the ids the clients know by heart."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from trackteroid.server.model import standard_model
from trackteroid.server.storage.builtin import Row, find_id, named_id, named_table, rows, table

RECORDED = Path(__file__).parents[1] / "recorded" / "4.13.8" / "schemas.json"
SCHEMAS: dict[str, dict[str, Any]] = {
    schema["id"]: schema for schema in json.loads(RECORDED.read_text(encoding="utf-8"))
}
ROWS: list[Row] = list(rows())

#: Object types of which there is nothing to plan.
EMPTY = ("Image", "Information")

#: Keys the server keeps although the schema does not show them.
HIDDEN = {("Status", "state_id")}

#: What keys refer to; None for those whose name says it.
TARGETS = {
    "type_id": {"CustomAttributeConfiguration": "CustomAttributeType"},
    "task_workflow_schema_id": {"ProjectSchema": "WorkflowSchema"},
    "asset_version_workflow_schema_id": {"ProjectSchema": "WorkflowSchema"},
    "group_id": {"CustomAttributeConfiguration": "CustomAttributeGroup"},
}


def of(entity_type: str) -> list[dict[str, Any]]:
    return [values for kind, values in ROWS if kind == entity_type]


def target(entity_type: str, key: str) -> str:
    """The type a key refers to: an exception above, or what its own name says."""
    said = "".join(word.capitalize() for word in key.removesuffix("_id").split("_"))
    return TARGETS.get(key, {}).get(entity_type, said)


def test_two_calls_give_the_same_rows() -> None:
    assert list(rows()) == ROWS


SERVED = sorted({kind for kind, _ in ROWS if kind in SCHEMAS})


@pytest.mark.parametrize("entity_type", SERVED)
def test_every_attribute_is_in_the_recorded_schema(entity_type: str) -> None:
    known = set(SCHEMAS[entity_type]["properties"])
    used = {name for values in of(entity_type) for name in values}
    hidden = {name for kind, name in HIDDEN if kind == entity_type}
    assert used - hidden <= known, f"{entity_type} has no attributes {used - hidden - known}"


@pytest.mark.parametrize("entity_type", sorted({kind for kind, _ in ROWS}))
def test_every_row_has_a_primary_key_of_its_own(entity_type: str) -> None:
    names = standard_model().type(entity_type).primary_key
    keys = [tuple(values[name] for name in names) for values in of(entity_type)]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_ids_are_unique_lower_case_uuids() -> None:
    ids = [values["id"] for _, values in ROWS if "id" in values]
    assert len(ids) == len(set(ids))
    assert [id_ for id_ in ids if str(uuid.UUID(id_)) != id_] == []


def test_every_key_refers_to_an_earlier_row() -> None:
    seen: set[tuple[str, str]] = set()
    for kind, values in ROWS:
        for name, value in values.items():
            if name.endswith("_id") and value is not None:
                assert (target(kind, name), value) in seen, f"{kind}.{name} refers to {value}, which is not there yet"
        seen.add((kind, values.get("id", "")))


@pytest.mark.parametrize(
    ("entity_type", "names"),
    [
        ("Location", ["ftrack.origin", "ftrack.unmanaged", "ftrack.review", "ftrack.server", "ftrack.connect"]),
        ("ObjectType", ["Folder", "Asset Build", "Episode", "Sequence", "Shot", "Milestone", "Task", *EMPTY]),
        ("Priority", ["Urgent", "High", "Medium", "Low", "None"]),
        ("State", ["Done", "Blocked", "In Progress", "Not Started"]),
        ("ProjectSchema", ["VFX", "Animation", "Model production", "Media production"]),
        ("SecurityRole", ["Administrator", "Project Manager", "User", "API", "Assigned"]),
    ],
)
def test_built_in_names_are_in_their_order(entity_type: str, names: list[str]) -> None:
    assert [values["name"] for values in of(entity_type)] == names


@pytest.mark.parametrize(
    ("entity_type", "name", "id_"),
    [
        ("Location", "ftrack.unmanaged", "cb268ecc-8809-11e3-a7e2-20c9d081909b"),
        ("Location", "ftrack.server", "3a372bde-05bc-11e4-8908-20c9d081909b"),
        ("ObjectType", "Task", "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c"),
        ("Priority", "None", "9661b320-3a0c-11e2-81c1-0800200c9a66"),
        ("Status", "Not started", "44dd9fb2-4164-11df-9218-0019bb4983d8"),
        ("UserType", "User", "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8"),
    ],
)
def test_fixed_ids_are_kept(entity_type: str, name: str, id_: str) -> None:
    assert find_id(entity_type, name) == id_


def test_object_types_match_the_defaults_of_the_recorded_schema() -> None:
    """A Shot is created with the object type id that its schema gives as default."""
    defaults = {
        name: schema["properties"]["object_type_id"]["default"]
        for name, schema in SCHEMAS.items()
        if "default" in schema["properties"].get("object_type_id", {}) and name != "Scene"
    }
    assert {values["name"].replace(" ", ""): values["id"] for values in of("ObjectType")} == defaults


@pytest.mark.parametrize(
    ("flag", "names"),
    [
        ("is_leaf", {"Milestone", "Task"}),
        ("is_time_reportable", {"Task"}),
        ("is_schedulable", {"Milestone", "Task"}),
        ("is_typeable", {"Asset Build", "Milestone", "Task"}),
        ("is_statusable", {"Asset Build", "Episode", "Shot", "Milestone", "Task"}),
        ("is_prioritizable", {"Folder", "Asset Build", "Episode", "Sequence", "Shot", "Milestone", "Task"}),
        ("is_taskable", {"Folder", "Asset Build", "Episode", "Sequence", "Shot", *EMPTY}),
    ],
)
def test_flags_of_object_types(flag: str, names: set[str]) -> None:
    assert {values["name"] for values in of("ObjectType") if values[flag]} == names


def test_statuses_know_their_states() -> None:
    shorts = {values["id"]: values["short"] for values in of("State")}
    states = {values["name"]: shorts[values["state_id"]] for values in of("Status")}
    assert Counter(states.values()) == {"DONE": 3, "BLOCKED": 2, "IN_PROGRESS": 3, "NOT_STARTED": 3}
    assert states["Pending Review"] == "IN_PROGRESS"
    assert [values["sort"] for values in of("Status")] == list(range(11))


def test_template_has_its_custom_attributes_and_no_test_ones() -> None:
    object_types = {values["id"]: values["name"] for values in of("ObjectType")}
    found = {
        (values["key"], values["entity_type"], object_types.get(values["object_type_id"]))
        for values in of("CustomAttributeConfiguration")
    }
    on_shots = {(key, "task", "Shot") for key in ("fstart", "fend", "handles", "duration", "fps")}
    assert found == on_shots | {("fps", "show", None), ("fps", "task", "Sequence")}


def test_configurations_of_custom_attributes_are_json_objects() -> None:
    assert all(isinstance(json.loads(values["config"]), dict) for values in of("CustomAttributeConfiguration"))


def test_eight_types_of_custom_attributes() -> None:
    names = {"text", "boolean", "date", "enumerator", "dynamic enumerator", "number", "expression", "url"}
    assert {values["name"] for values in of("CustomAttributeType")} == names


@pytest.mark.parametrize(
    ("schema", "object_type", "statuses", "types"),
    [
        ("VFX", "Shot", 5, 0),
        ("VFX", "Milestone", 3, 18),
        ("VFX", "Asset Build", 3, 5),
        ("Animation", "Milestone", 3, 13),
        ("Animation", "Asset Build", 3, 3),
        ("Model production", "Asset Build", 5, 2),
        ("Media production", "Milestone", 3, 6),
    ],
)
def test_object_types_of_a_project_schema_have_statuses_and_types(
    schema: str, object_type: str, statuses: int, types: int
) -> None:
    keys = find_id("ProjectSchema", schema), find_id("ObjectType", object_type)
    (id_,) = [row["id"] for row in of("Schema") if (row["project_schema_id"], row["object_type_id"]) == keys]
    found = [len([row for row in of(kind) if row["schema_id"] == id_]) for kind in ("SchemaStatus", "SchemaType")]
    assert found == [statuses, types]


@pytest.mark.parametrize("schema", of("ProjectSchema"), ids=lambda schema: schema["name"])
def test_every_project_schema_can_be_worked_with(schema: dict[str, Any]) -> None:
    """It has tasks and milestones, types for tasks, and statuses for tasks and versions to begin and to end with."""
    members = {
        row["object_type_id"] for row in of("ProjectSchemaObjectType") if row["project_schema_id"] == schema["id"]
    }
    assert {find_id("ObjectType", name) for name in ("Milestone", "Task")} <= members
    types = [row for row in of("TaskTypeSchemaType") if row["task_type_schema_id"] == schema["task_type_schema_id"]]
    assert len(types) >= 6
    for workflow in (schema["task_workflow_schema_id"], schema["asset_version_workflow_schema_id"]):
        statuses = {row["status_id"] for row in of("WorkflowSchemaStatus") if row["workflow_schema_id"] == workflow}
        assert {find_id("Status", name) for name in ("In progress", "Completed")} <= statuses


def test_schemas_are_for_object_types_of_their_project_schema() -> None:
    members = {(row["project_schema_id"], row["object_type_id"]) for row in of("ProjectSchemaObjectType")}
    assert [row for row in of("Schema") if (row["project_schema_id"], row["object_type_id"]) not in members] == []


def test_every_value_has_a_column_of_its_own() -> None:
    """Attributes that are computed, or another name for one that is stored, have none."""
    model = standard_model()
    columns = {kind: {column.key for column in model.table(kind).c} for kind, _ in ROWS}
    assert {(kind, name) for kind, values in ROWS for name in values if name not in columns[kind]} == set()


@pytest.mark.parametrize(
    ("name", "short"),
    [
        *(("Geometry", "geo"), ("Rig", "rig"), ("Animation", "anim"), ("Upload", "upload")),
        *(("Image Sequence", "img"), ("Render", "render"), ("Nuke Script", "comp"), ("Camera", "cam")),
    ],
)
def test_asset_types_have_short_names(name: str, short: str) -> None:
    assert [values["short"] for values in of("AssetType") if values["name"] == name] == [short]


def test_storage_scenario_is_the_automatic_one() -> None:
    (setting,) = of("Setting")
    assert (setting["group"], setting["name"]) == ("STORAGE", "storage_scenario")
    assert json.loads(setting["value"]) == {"scenario": "ftrack.automatic", "data": {}}


def test_names_of_each_type_are_unique_where_people_look_by_name() -> None:
    shared = {"CustomAttributeConfiguration"}
    names = Counter((kind, values["name"]) for kind, values in ROWS if "name" in values and kind not in shared)
    assert [name for name, count in names.items() if count > 1] == []


def test_an_unknown_name_is_an_error_that_says_so() -> None:
    with pytest.raises(LookupError, match=r"no built-in Status called 'Nearly done'. There are: Completed, "):
        find_id("Status", "Nearly done")


def test_a_table_refuses_a_row_of_the_wrong_length() -> None:
    with pytest.raises(ValueError, match="zip"):
        table("Scope", "id name", ("only one",))


def test_ids_made_from_names_differ_by_type_and_name() -> None:
    assert named_table("Scope", "name", ("Trailer",)) == [
        ("Scope", {"id": named_id("Scope", "Trailer"), "name": "Trailer"}),
    ]
    assert len({named_id(kind, name) for kind in ("Scope", "Disk") for name in ("a", "b")}) == 4
