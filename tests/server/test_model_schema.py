"""What clients see of the model, held against the recorded answers of a real server."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from trackteroid.server import EmbeddedServer
from trackteroid.server.model import Model, Scalar, standard_model
from trackteroid.server.model.attributes import boolean, identifier, key, mapped, object_, text
from trackteroid.server.model.schema import EDITIONS, served_schema
from trackteroid.server.model.types import EntityType, ObjectType, entity_type

RECORDED = Path(__file__).parent.parent / "recorded"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


AS_SETS = ("required", "immutable", "computed", "system_projections")

#: The object types of the sites whose servers were recorded, where they are not as on every server.
OBJECT_TYPES = {
    "4.13.0": [ObjectType("22139355-61da-4c8f-9db4-3abc870166bc", "Episode", is_typeable=False, is_statusable=False)],
    "4.13.8": [
        ObjectType(**{name: row[name] for name in (each.name for each in fields(ObjectType))})
        for row in recorded("4.13.8/query_object_types")
    ],
}

#: What only the older recording has, and stays readable.
KEPT = {"DashboardResource": {"is_shared_with_everyone"}, "ReviewSession": {"thumbnail"}}
KEPT_TYPES = {"Conversation", "Message", "Participant"}

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


def recorded_schemas(version: str) -> dict[str, dict[str, Any]]:
    name = "schemas" if version == "4.13.0" else f"{version}/schemas"
    # One type of the newer recording does not say that its entities are objects.
    found = {schema["id"]: comparable({"type": "object", **schema}) for schema in recorded(name)}
    # One attribute of the older one has no type, which the newer one gives it. Generators of types need one.
    found["User"]["properties"]["user_type_id"].setdefault("type", "string")
    return found


@cache
def served_schemas(version: str) -> dict[str, dict[str, Any]]:
    model = standard_model().with_object_types(OBJECT_TYPES[version])
    return {schema["id"]: comparable(schema) for schema in model.served(EDITIONS[version]).schemas}


def test_the_served_types_are_the_recorded_ones() -> None:
    assert set(served_schemas("4.13.0")) == set(recorded_schemas("4.13.0"))
    assert set(served_schemas("4.13.8")) == set(recorded_schemas("4.13.8")) | KEPT_TYPES


@pytest.mark.parametrize(
    ("version", "name"), [(version, name) for version in EDITIONS for name in recorded_schemas(version)]
)
def test_a_served_schema_equals_the_recorded_one(version: str, name: str) -> None:
    expected, found = recorded_schemas(version)[name], served_schemas(version)[name]
    kept = KEPT.get(name, set[str]()) if version == "4.13.8" else set[str]()
    assert kept <= set(found["properties"])
    found = found | {"properties": {key: value for key, value in found["properties"].items() if key not in kept}}
    for attribute, fragment in expected["properties"].items():
        assert found["properties"].get(attribute) == fragment, f"{name}.{attribute} differs from the recorded attribute"
    assert set(found["properties"]) == set(expected["properties"])
    assert found == expected


def unresolved(schemas: dict[str, dict[str, Any]]) -> list[str]:
    """What a generator of types stumbles over: attributes without a type, and references that lead nowhere."""
    found: list[str] = []
    for schema in schemas.values():
        for name, fragment in schema["properties"].items():
            place = f"{schema['id']}.{name}"
            if "type" not in fragment and "$ref" not in fragment:
                found.append(f"{place} has no type")
            if fragment.get("type") == "array" and not fragment.get("items"):
                found.append(f"{place} does not say what is in it")
            targets = (fragment.get("$ref"), fragment.get("items", {}).get("$ref"))
            found += [f"{place} refers to {target}" for target in targets if target not in (None, *schemas)]
        base = schema.get("$mixin", {}).get("$ref")
        if base not in (None, *schemas):
            found.append(f"{schema['id']} is mixed with {base}")
        elif base is not None and not set(schemas[base]["properties"]) <= set(schema["properties"]):
            found.append(f"{schema['id']} has not all of {base}")
        found += [f"{schema['id']} needs {key}" for key in schema["primary_key"] if key not in schema["properties"]]
    return found


@pytest.mark.parametrize("version", EDITIONS)
def test_generators_of_types_find_all_that_a_schema_refers_to(version: str) -> None:
    """So do they on a server with object types of its own."""
    server = EmbeddedServer("sqlite://", schema=version)
    server.call(
        [
            {"action": "create", "entity_type": "ObjectType", "entity_data": {"name": name, "is_typeable": False}}
            for name in ("Scene", "Level of Detail")
        ]
    )
    served = {schema["id"]: schema for schema in server.call([{"action": "query_schemas"}])[0]}
    server.close()
    assert {"Scene", "LevelofDetail"} <= set(served)
    assert unresolved(served) == []


def test_keys_say_where_they_point_to() -> None:
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
        ("FileComponent", {"id", "system_type", "version_id", "container_id"}),
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
    assert standard.schema_hash != standard.with_object_types([ObjectType("1", "Scene")]).schema_hash


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
