"""The classes that stand for entity types."""

import importlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from query_tools import SCHEMAS, recorded_schema

import trackteroid.entities as entities
from trackteroid.entities import AssetVersion, ComponentLocation, Entity, Shot, Task, TypedContext
from trackteroid.entities.base import EntityType, entity_class
from trackteroid.entities.criteria import CriterionRule
from trackteroid.schema.types import Schema

#: Types that a server was recorded with and no other has: made from object types of its own.
OF_ONE_SITE = {"Scene"}


@pytest.fixture(params=SCHEMAS)
def schema(request: pytest.FixtureRequest) -> Schema:
    return recorded_schema(request.param)


@pytest.mark.promise("every-type-can-be-imported")
def test_there_is_a_class_for_every_type_of_a_server() -> None:
    known = {name for version in SCHEMAS for name in recorded_schema(version).types}
    assert set(entities.__all__) - {"Entity"} == known - OF_ONE_SITE
    for name in entities.__all__:
        found = getattr(entities, name)
        assert found.__name__ == name
        assert issubclass(found, Entity)
        assert found.__doc__, f"{name} has no description"
        assert entity_class(name) is found


@pytest.mark.promise("classes-follow-the-types-of-the-schema")
def test_classes_are_kinds_of_each_other_as_the_types_are(schema: Schema) -> None:
    for name in schema.types:
        bases = [base.__name__ for base in entity_class(name).__mro__ if base.__name__ in schema.types]
        assert bases == list(schema.lineage(name)), name


@pytest.mark.promise("types-declare-projections-and-parents")
def test_every_default_projection_exists_and_can_be_asked_for(schema: Schema) -> None:
    for name in schema.types:
        for path in entity_class(name).projections:
            assert all(attribute.projectable for attribute in schema.walk(name, path)), (name, path)


@pytest.mark.promise("criteria-compare-what-exists")
def test_every_declared_criterion_compares_something_that_exists(schema: Schema) -> None:
    missing = {
        (name, rule.name)
        for name in schema.types
        for rule in entity_class(name).criteria.values()
        for path in [*_compared(rule), *(column for _, column in rule.columns)]
        if not _is_known(schema, name, path)
    }
    # These two are offered for every type.
    assert {criterion for _, criterion in missing} <= {"by_id", "by_metadata"}


def _compared(rule: CriterionRule) -> list[str]:
    """Return the paths that a criterion compares: one, or for a range those of both ends."""
    attributes = [bound.attribute for bound in rule.bounds] or ([rule.attribute] if rule.attribute else [])
    return [f"{rule.on}.{attribute}" if rule.on else attribute for attribute in attributes]


def _is_known(schema: Schema, name: str, path: str) -> bool:
    try:
        return bool(schema.walk(name, path))
    except AttributeError:
        return False


def test_criteria_say_rightly_whether_they_reach_several_entities(schema: Schema) -> None:
    for name in schema.types:
        for rule in entity_class(name).criteria.values():
            if rule.kind == "values" and _is_known(schema, name, rule.path):
                reached = schema.walk(name, rule.on or rule.attribute)
                assert rule.many == any(attribute.is_many for attribute in reached), (name, rule.name)


@pytest.mark.promise("types-declare-projections-and-parents")
def test_every_parent_relation_is_an_attribute(schema: Schema) -> None:
    for name in schema.types:
        parent = entity_class(name).parent_relation
        assert parent is None or schema.find_attribute(name, parent), (name, parent)


@pytest.mark.promise("types-declare-projections-and-parents")
@pytest.mark.parametrize(
    ("entity_type", "projections", "parent"),
    [
        ("AssetVersion", ["id", "asset.name", "version"], "asset"),
        ("Shot", ["id", "name"], None),
        ("FileComponent", ["id", "name"], "version"),
        ("ComponentLocation", ["id", "resource_identifier"], "component"),
        ("User", ["id", "username", "is_active"], None),
        ("Note", ["id", "content"], "parent_id"),
        ("Timelog", ["id", "comment", "start", "duration"], "user"),
    ],
)
def test_types_declare_what_is_asked_for(entity_type: str, projections: list[str], parent: str | None) -> None:
    assert entity_class(entity_type).projections == projections
    assert entity_class(entity_type).parent_relation == parent


@pytest.mark.promise("default-projections-are-copied")
def test_changing_the_list_of_projections_changes_nothing() -> None:
    AssetVersion.projections.append("comment")
    assert AssetVersion.projections == ["id", "asset.name", "version"]


@pytest.mark.parametrize(
    ("chain", "text"),
    [
        (AssetVersion.Task.name, "AssetVersion.Task.name"),
        (Task.State, "Task.State"),
        (ComponentLocation.resource_identifier, "ComponentLocation.resource_identifier"),
        (Shot.custom_frame_start, "Shot.custom_frame_start"),
        (Shot._link, "Shot._link"),
    ],
)
def test_attributes_of_a_class_start_a_chain(chain: Any, text: str) -> None:
    assert repr(chain) == text


def test_real_members_of_a_class_win() -> None:
    class Marked(TypedContext):
        marker = "own"

    assert Marked.marker == "own"
    assert repr(Marked.other) == "Marked.other"


class TestTypesOfOneServer:
    @pytest.mark.promise("every-type-can-be-imported")
    def test_they_are_made_when_they_are_imported(self) -> None:
        from trackteroid.entities import CameraBuild

        assert CameraBuild is entity_class("CameraBuild")
        assert issubclass(CameraBuild, TypedContext)
        assert CameraBuild.projections == ["id", "name"]
        assert "by_status" in CameraBuild.criteria

    @pytest.mark.promise("classes-follow-the-types-of-the-schema")
    def test_the_schema_says_what_they_are_kinds_of(self) -> None:
        properties: dict[str, Any] = {"id": {"type": "string"}}
        schema = Schema.from_schemas(
            [
                {"id": "Component", "properties": properties},
                {"id": "PaintedComponent", "properties": properties, "$mixin": {"$ref": "Component"}},
                {"id": "LonelyThing", "properties": properties},
            ]
        )
        assert issubclass(entity_class("PaintedComponent", schema), entities.Component)
        assert entity_class("LonelyThing", schema).__bases__ == (Entity,)

    def test_all_threads_get_the_same_class(self) -> None:
        found: list[type[Entity]] = []
        barrier = threading.Barrier(8)

        def make() -> None:
            barrier.wait()
            found.append(entity_class("ManyThreadsType"))

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 1
        assert len(found) == 8

    def test_other_names_are_not_found(self) -> None:
        assert not hasattr(entities, "shot")
        assert not hasattr(entities, "__wrapped__")


def test_a_class_derived_by_a_user_does_not_replace_the_one_it_derives_from() -> None:
    EntityType("Shot", (Shot,), {})
    assert entity_class("Shot") is Shot


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (
            "trackteroid.entities.base",
            ["Entity", "EntityCollection", "EmptyCollection", "EntityCollectionOperationError"],
        ),
        ("trackteroid.query", ["Query", "SCHEMA", "Criteria", "Criterion"]),
        (
            "trackteroid.entities.schematypes",
            [
                *("OBJECT_TYPES", "ASSET_TYPES", "TASK_TYPES", "PROJECT_SCHEMAS"),
                "CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY",
            ],
        ),
        ("trackteroid.configuration", ["RELATIONSHIPS_RESOLVER", "ALLOWED_FOR_DELETION_RESOLVER", "LOGGING_NAMESPACE"]),
    ],
)
def test_the_import_paths_of_existing_code_work(module: str, names: list[str]) -> None:
    imported = importlib.import_module(module)
    assert all(hasattr(imported, name) for name in names)
    assert not hasattr(imported, "no_such_name")


@pytest.mark.slow
def test_importing_never_connects() -> None:
    program = (
        "import socket, ftrack_api\n"
        "def refuse(*_): raise SystemExit('connected')\n"
        "socket.socket.connect = refuse\n"
        "import trackteroid.query, trackteroid.entities.schematypes, trackteroid.entities.base\n"
        "from trackteroid.entities import CameraBuild\n"
        "print('imported')"
    )
    source = str(Path(entities.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {source!r})\n{program}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["imported"], done.stderr
