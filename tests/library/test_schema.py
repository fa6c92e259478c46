"""The typed view of a server's schemas."""

import gc
import weakref
from typing import Any

import pytest
from query_tools import ListeningSession, recorded_schema, recorded_schemas, shuffled_schemas

from trackteroid.errors import UnknownAttributeError, UnknownEntityTypeError
from trackteroid.schema.types import Schema, Step, parse_path, schema_of


def test_every_recorded_type_and_attribute_is_there() -> None:
    schema = recorded_schema()
    assert len(schema.types) == 116
    for raw in recorded_schemas():
        found = schema.type(raw["id"])
        assert set(found.attributes) == set(raw["properties"]), raw["id"]
        assert found.primary_key == tuple(raw["primary_key"]), raw["id"]
        assert found.default_projections == tuple(raw["default_projections"]), raw["id"]


@pytest.mark.parametrize(
    ("type_name", "attribute", "kind", "target"),
    [
        ("Shot", "name", "scalar", None),
        ("Shot", "status", "reference", "Status"),
        ("Shot", "children", "collection", "Context"),
        ("Shot", "metadata", "mapped", "Metadata"),
        ("Shot", "custom_attributes", "mapped", "ContextCustomAttributeValue"),
        ("DashboardResource", "resource_id", "scalar", None),
        ("User", "user_type_id", "scalar", None),
    ],
)
def test_attributes_have_a_kind_and_a_target(type_name: str, attribute: str, kind: str, target: str | None) -> None:
    found = recorded_schema().attribute(type_name, attribute)
    assert (found.kind, found.target) == (kind, target)
    assert found.is_many == (kind in ("collection", "mapped"))


@pytest.mark.parametrize(
    ("type_name", "attribute", "flag", "expected"),
    [
        ("Shot", "thumbnail_url", "computed", True),
        ("Shot", "name", "computed", False),
        ("Shot", "id", "immutable", True),
        ("AssetVersion", "status_id", "required", True),
        ("AssetVersion", "comment", "required", False),
        ("Shot", "name", "projectable", True),
        ("Shot", "custom_attribute_links", "projectable", False),
        ("User", "user_type_id", "projectable", False),
    ],
)
def test_attributes_have_flags(type_name: str, attribute: str, flag: str, expected: bool) -> None:
    assert getattr(recorded_schema().attribute(type_name, attribute), flag) is expected


@pytest.mark.parametrize(
    ("name", "lineage"),
    [
        ("Shot", ("Shot", "TypedContext", "Context")),
        ("Project", ("Project", "Context")),
        ("SequenceComponent", ("SequenceComponent", "ContainerComponent", "Component")),
        ("User", ("User", "Resource")),
        ("AssetVersionList", ("AssetVersionList", "List")),
        ("AssetCustomAttributeLinkFrom", ("AssetCustomAttributeLinkFrom", "CustomAttributeLinkFrom")),
        ("Asset", ("Asset",)),
    ],
)
def test_a_type_is_a_kind_of_others_although_the_recorded_schema_does_not_say_so(
    name: str, lineage: tuple[str, ...]
) -> None:
    schema = recorded_schema()
    assert schema.lineage(name) == lineage
    assert schema.base(name) == (lineage[1] if len(lineage) > 1 else None)
    assert all(schema.is_a(name, other) for other in lineage)


def test_object_types_have_their_id() -> None:
    schema = recorded_schema()
    assert schema.type("Shot").object_type_id == "bad911de-3bd6-47b9-8b46-3476e237cb36"
    assert schema.type("TypedContext").object_type_id is None
    assert schema.type("AssetVersionList").object_type_id is None


def test_subtypes_are_all_kinds_in_alphabetical_order() -> None:
    assert recorded_schema().subtypes("TypedContext") == (
        *("AssetBuild", "Episode", "Folder", "Milestone", "Sequence", "Shot", "Task"),
    )
    assert "Shot" in recorded_schema().subtypes("Context")
    assert recorded_schema().subtypes("Asset") == ()


def test_servers_that_name_the_base_of_a_type_are_believed() -> None:
    properties: dict[str, Any] = {"id": {"type": "string"}}
    types = [
        {"id": "Resource", "properties": properties},
        {"id": "BaseUser", "properties": properties, "$mixin": {"$ref": "Resource"}},
        {"id": "User", "properties": properties, "$mixin": {"$ref": "BaseUser"}},
    ]
    assert Schema.from_schemas(types).lineage("User") == ("User", "BaseUser", "Resource")


def test_a_base_type_has_the_attributes_of_all_its_kinds() -> None:
    schema = recorded_schema()
    assert schema.attribute("Context", "priority").target == "Priority"
    assert schema.attribute("Context", "full_name").kind == "scalar"
    assert schema.attribute("Resource", "username").kind == "scalar"
    assert schema.find_attribute("Project", "priority") is None


def test_a_subtype_does_not_replace_what_a_base_type_has_itself() -> None:
    assert (
        recorded_schema().attribute("StatusChange", "date")
        == recorded_schema().types["StatusChange"].attributes["date"]
    )


def test_misspelt_names_are_reported_with_suggestions() -> None:
    schema = recorded_schema()
    with pytest.raises(UnknownEntityTypeError, match=r'no entity type "Shott".*"Shot"') as unknown_type:
        schema.type("Shott")
    assert (unknown_type.value.name, unknown_type.value.near[0]) == ("Shott", "Shot")
    with pytest.raises(UnknownAttributeError, match=r'Shot has no attribute "nmae".*"name"'):
        schema.attribute("Shot", "nmae")
    assert schema.find_type("Shott") is None
    assert schema.find_attribute("Shott", "name") is None


def test_a_path_is_walked_to_its_end() -> None:
    schema = recorded_schema()
    assert [each.name for each in schema.walk("AssetVersion", "asset.parent[Shot].status.state.name")] == [
        *("asset", "parent", "status", "state", "name")
    ]
    assert schema.end("AssetVersion", "asset.parent[Shot]") == "Shot"
    assert schema.end("AssetVersion", "asset.parent") == "Context"
    assert schema.end("AssetVersion", "comment") is None


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("asset.nam", 'Asset has no attribute "nam"'),
        ("comment.name", "nothing can follow it"),
        ("asset.parent[Shott]", 'no entity type "Shott"'),
        ("asset..name", "not a path"),
        ("asset.parent[", "not a path"),
        ("", "not a path"),
    ],
)
def test_a_wrong_path_says_where_it_is_wrong(path: str, message: str) -> None:
    with pytest.raises((UnknownAttributeError, UnknownEntityTypeError), match=message):
        recorded_schema().walk("AssetVersion", path)


def test_paths_have_steps_and_casts() -> None:
    assert parse_path("asset.parent[Shot]") == (Step("asset"), Step("parent", "Shot"))


def test_the_schema_of_a_session_is_made_once_per_connection() -> None:
    session = ListeningSession()
    first = schema_of(session)
    assert schema_of(session) is first
    session.schemas = shuffled_schemas(1)
    assert schema_of(session) is not first


@pytest.mark.slow
def test_the_schema_does_not_keep_a_session_alive() -> None:
    session = ListeningSession()
    schema_of(session)
    remembered = weakref.ref(session)
    del session
    gc.collect()
    assert remembered() is None
