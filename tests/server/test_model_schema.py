"""What clients see of the model, held against the recorded answers of a real server."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any, cast

import pytest

from trackteroid.server.model import Model, Scalar, standard_model
from trackteroid.server.model.attributes import boolean, identifier, key, mapped, object_, text
from trackteroid.server.model.schema import served_schema
from trackteroid.server.model.types import EntityType, entity_type

RECORDED = Path(__file__).parent.parent / "recorded"
SCHEMAS: list[dict[str, Any]] = json.loads((RECORDED / "schemas.json").read_text(encoding="utf-8"))
AS_SETS = ("required", "immutable", "computed", "system_projections")

# Query answers, with what was asked for besides what every record carries.
QUERIES = {
    "query_task_name": {"name"},
    "query_task_name_created_at": {"name", "created_at"},
    "query_task_status_state_limit_1": {"status"},
    "query_task_status_state_limit_2": {"status"},
    "query_assetversion_asset_versions": {"version", "asset"},
}


def comparable(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without what may differ: free text, and the order of members that are sets."""
    schema = copy.deepcopy(schema)
    for fragment in schema["properties"].values():
        fragment.pop("description", None)
    return schema | {name: sorted(schema.get(name, [])) for name in AS_SETS}


def records_of(answer: Any) -> list[dict[str, Any]]:
    """All entities in an answer, at any depth."""
    if isinstance(answer, list):
        return [record for part in cast("list[Any]", answer) for record in records_of(part)]
    if not isinstance(answer, dict):
        return []
    found = cast("dict[str, Any]", answer)
    own = [found] if "__entity_type__" in found else []
    return own + records_of(list(found.values()))


def recorded(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def served() -> dict[str, dict[str, Any]]:
    return {schema["id"]: comparable(schema) for schema in standard_model().schemas}


def test_the_served_types_are_the_recorded_ones(served: dict[str, dict[str, Any]]) -> None:
    assert set(served) == {schema["id"] for schema in SCHEMAS}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema["id"])
def test_a_served_schema_equals_the_recorded_one(schema: dict[str, Any], served: dict[str, dict[str, Any]]) -> None:
    expected, found = comparable(schema), served[schema["id"]]
    for name, fragment in expected["properties"].items():
        assert found["properties"].get(name) == fragment, f"{schema['id']}.{name} differs from the recorded attribute"
    assert set(found["properties"]) == set(expected["properties"])
    assert found == expected


def test_keys_say_where_they_point_to(served: dict[str, dict[str, Any]]) -> None:
    task = next(schema for schema in standard_model().schemas if schema["id"] == "Task")
    assert task["properties"]["status_id"]["description"] == "Foreign key(s): Status.id"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Task", {"id", "project_id", "context_type", "object_type_id"}),
        ("Shot", {"id", "project_id", "context_type", "object_type_id"}),
        ("Project", {"id", "context_type"}),
        ("User", {"id", "resource_type"}),
        ("AssetVersion", {"id", "asset_id"}),
        ("Asset", {"id", "context_id"}),
        ("FileComponent", {"id", "system_type", "version_id"}),
        ("ComponentLocation", {"id", "component_id", "location_id"}),
        ("Status", {"id"}),
        ("Dashboard", {"id"}),
        ("Metadata", {"parent_id", "key", "value", "parent_type"}),
        ("ContextCustomAttributeValue", {"configuration_id", "entity_id", "key", "value"}),
    ],
)
def test_every_record_of_a_type_carries(name: str, expected: set[str]) -> None:
    assert set(standard_model().type(name).always_returned) == expected


@pytest.mark.parametrize(("name", "asked"), list(QUERIES.items()))
def test_recorded_records_carry_what_the_model_says(name: str, asked: set[str]) -> None:
    for record in recorded(name)["data"]:
        always = standard_model().type(record["__entity_type__"]).always_returned
        assert set(record) == {"__entity_type__", *always, *asked}


@pytest.mark.parametrize("name", [*QUERIES, "create_user", "update_user", "create_file_component"])
def test_recorded_records_use_known_types_and_attributes(name: str) -> None:
    records = records_of(recorded(name)["data"])
    assert records
    for record in records:
        entity_type = standard_model().type(record["__entity_type__"])
        assert set(record) - {"__entity_type__"} <= set(entity_type.attributes)


def test_a_new_user_gets_the_recorded_values() -> None:
    given = {"username", "first_name", "last_name", "id", "__entity_type__"}
    user = standard_model().type("User")
    for name, value in recorded("create_user")["data"].items():
        attribute = user.attributes.get(name)
        if name not in given:
            assert isinstance(attribute, Scalar)
            assert value in (attribute.fallback, attribute.default), f"User.{name} starts as {value!r}"


def test_the_schema_hash_is_what_the_python_client_computes_of_the_schemas() -> None:
    model = Model([entity_type("Scope", {"id": identifier(), "name": text(required=True)})])
    assert model.schema_hash == hashlib.md5(json.dumps(model.schemas, sort_keys=True).encode()).hexdigest()
    # Written out once, so that neither the schema of a type nor the rule changes unnoticed.
    assert json.dumps(model.schemas, sort_keys=True) == (
        '[{"default_projections": ["id"], "id": "Scope", "immutable": ["id"], "primary_key": ["id"], "properties": '
        '{"id": {"default": "{uid}", "type": "string"}, "name": {"type": "string"}}, "required": ["id", "name"], '
        '"type": "object"}]'
    )


def test_the_schema_hash_tells_models_apart() -> None:
    standard = standard_model()
    assert standard.schema_hash == Model(standard).schema_hash
    assert standard.schema_hash != standard.with_object_types([("1", "Scene")]).schema_hash


@pytest.mark.parametrize(
    ("attribute", "fragment"),
    [
        (text(), {"type": "string"}),
        (text(alias="old", default=""), {"type": "string", "alias_for": "old", "default": ""}),
        (boolean(default=False), {"type": "boolean", "default": False}),
        (text(enum=("a", "b")), {"type": "string", "enum": ["a", "b"]}),
        (text(description="A word."), {"type": "string", "description": "A word."}),
        (key("Scope"), {"type": "string", "format": "foreign_key", "description": "Foreign key(s): Scope.id"}),
        (key(None, format=None), {"type": "string"}),
        (
            key("Scope", as_reference=True),
            {"type": "string", "format": "foreign_key", "description": "Foreign key(s): Scope.id", "$ref": "Scope"},
        ),
        (object_(fallback={}), {"type": "object"}),
        (
            mapped("Scope", "id"),
            {
                "type": "mapped_array",
                "items": {"$ref": "Scope"},
                "key_value_attributes": {"key": "key", "value": "value"},
            },
        ),
        (
            mapped("Scope", "id", restricted=True),
            {"type": "mapped_array", "items": {"$ref": "Scope"}, "restricted_projection": True},
        ),
    ],
)
def test_an_attribute_is_served_as(attribute: Any, fragment: dict[str, Any]) -> None:
    assert served_schema(entity_type("Thing", {"it": attribute}))["properties"] == {"it": fragment}


def test_hidden_attributes_are_not_served_at_all_and_unlisted_ones_only_by_their_flags() -> None:
    thing: EntityType = entity_type(
        "Thing",
        {"id": identifier(), "secret": text(hidden=True, required=True), "quiet": text(listed=False, required=True)},
    )
    schema = served_schema(thing)
    assert set(schema["properties"]) == {"id"}
    assert schema["required"] == ["id", "quiet"]
