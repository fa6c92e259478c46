"""The vocabulary of declarations, and asking a model questions."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.server.model import Collection, EntityType, Key, Model, Reference, Scalar, UnknownName, standard_model
from trackteroid.server.model.attributes import identifier, integer, key, number, reference, text
from trackteroid.server.model.types import ObjectType, entity_type

MODEL = standard_model()
SCENE = "34b122f0-bd5c-11eb-96ea-d6270330280e"


def type_name_of(name: str) -> str:
    return ObjectType("", name).type_name


names = st.from_regex(r"[A-Z][a-z]{1,8}( [A-Z][a-z]{1,8}){0,2}", fullmatch=True).filter(
    lambda name: type_name_of(name) not in MODEL.types
)


def animals() -> tuple[EntityType, EntityType]:
    animal = entity_type(
        "Animal",
        {"id": identifier(), "name": text(), "legs": integer()},
        discriminator="kind",
        system_projections=("oldname",),
    )
    dog = entity_type(
        "FastDog", {"name": text(alias="oldname"), "speed": number(), "twice": number(stored=False)}, extends=animal
    )
    return animal, dog


def test_a_subtype_replaces_inherited_attributes_in_place_and_adds_its_own() -> None:
    animal, dog = animals()
    assert list(dog.attributes) == ["id", "name", "legs", "kind", "speed", "twice"]
    assert dog.attributes["name"].alias == "oldname"
    assert animal.attributes["name"].alias is None
    assert dog.attributes["legs"] is animal.attributes["legs"]


def test_a_subtype_lives_in_the_table_of_its_root() -> None:
    animal, dog = animals()
    assert (animal.table, dog.table, dog.root) == ("animal", "animal", animal)
    assert dog.discriminator == "kind"
    assert dog.is_a(animal)
    assert not animal.is_a(dog)


def test_system_projections_are_legacy_names() -> None:
    animal, dog = animals()
    assert dog.always_returned == ("id", "name")
    assert animal.always_returned == ("id",)


@pytest.mark.parametrize(("name", "column"), [("speed", "speed"), ("twice", None), ("missing", None), ("kind", "kind")])
def test_the_column_of_an_attribute(name: str, column: str | None) -> None:
    assert animals()[1].column(name) == column


@pytest.mark.parametrize(
    ("type_name", "name", "column"),
    [
        ("Schema", "type_id", "object_type_id"),
        ("UserSecurityRole", "is_all_projects", "is_all_open_projects"),
        ("Task", "status", None),
        ("Task", "status_id", "status_id"),
        ("Task", "link", None),
    ],
)
def test_the_column_of_a_standard_attribute(type_name: str, name: str, column: str | None) -> None:
    assert MODEL.type(type_name).column(name) == column


def test_declarations_cannot_be_changed() -> None:
    task = MODEL.type("Task")
    with pytest.raises(FrozenInstanceError):
        task.name = "Chore"  # pyright: ignore[reportAttributeAccessIssue] - the point of the test
    with pytest.raises(TypeError):
        task.attributes["more"] = text()  # pyright: ignore[reportIndexIssue] - the point of the test


def test_a_misspelt_option_of_a_declaration_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="requierd"):
        text(requierd=True)


def test_a_type_is_declared_once() -> None:
    animal, _ = animals()
    with pytest.raises(ValueError, match="Animal is declared twice"):
        Model([animal, animal])


def test_an_unknown_type_is_reported_with_what_is_near() -> None:
    with pytest.raises(UnknownName, match="no entity type AssetVersoin") as raised:
        MODEL.type("AssetVersoin")
    assert "AssetVersion" in raised.value.near


def test_an_unknown_attribute_is_reported_with_what_is_near() -> None:
    with pytest.raises(UnknownName, match="Task has no attribute statsu") as raised:
        MODEL.attribute(MODEL.type("Task"), "statsu")
    assert "status" in raised.value.near
    with pytest.raises(UnknownName) as raised:
        MODEL.attribute(MODEL.type("Asset"), "latest_version_i")
    assert raised.value.near == ["latest_version"], "hidden attributes are not suggested"


@pytest.mark.parametrize(("type_name", "name"), [("Asset", "latest_version_id"), ("Task", "concrete_type")])
def test_hidden_attributes_are_found_but_not_told(type_name: str, name: str) -> None:
    assert MODEL.find_attribute(MODEL.type(type_name), name)
    with pytest.raises(UnknownName):
        MODEL.attribute(MODEL.type(type_name), name)


@pytest.mark.parametrize(
    ("type_name", "name", "kind"),
    [("Context", "bid", Scalar), ("TypedContext", "status", Reference), ("Component", "members", Collection)],
)
def test_a_base_type_knows_the_attributes_of_its_subtypes(type_name: str, name: str, kind: type[Any]) -> None:
    _, attribute = MODEL.attribute(MODEL.type(type_name), name)
    assert isinstance(attribute, kind)


def test_names_that_clients_send_although_the_schema_does_not_list_them_are_known() -> None:
    link = MODEL.type("ContextCustomAttributeLink")
    for name in link.default_projections:
        assert MODEL.attribute(link, name)[0] is link


def test_the_owners_of_a_table_are_the_types_with_collections_in_it() -> None:
    owners = {entity_type.name for entity_type, _ in MODEL.owners("note")}
    assert {"Task", "Project", "AssetVersion", "ReviewSessionObject", "Note"} <= owners
    assert "User" not in owners


@pytest.mark.parametrize(
    ("type_name", "expected", "unexpected"),
    [
        ("Task", {("note", "parent_id"), ("list_object", "entity_id"), ("timer", "context_id")}, ("note", "user_id")),
        ("AssetVersion", {("note", "parent_id"), ("list_object", "entity_id")}, ("timer", "context_id")),
        ("User", {("note", "user_id"), ("custom_attribute_value", "entity_id")}, ("note", "parent_id")),
        ("ReviewSession", {("entity_setting", "parent_id")}, ("metadata", "parent_id")),
        ("Status", {("context", "status_id"), ("schema_status", "status_id")}, ("context", "type_id")),
    ],
)
def test_the_rows_that_refer_to_an_entity(
    type_name: str, expected: set[tuple[str, str]], unexpected: tuple[str, str]
) -> None:
    found = {(table, column) for table, column, _ in MODEL.referring(MODEL.type(type_name))}
    assert expected <= found
    assert unexpected not in found


def test_columns_are_what_any_type_of_the_table_stores() -> None:
    columns = MODEL.columns("resource")
    assert {"username", "local", "concrete_type"} <= set(columns)
    assert "link" not in columns


def test_the_standard_model_is_made_once() -> None:
    assert standard_model() is standard_model()


class TestObjectTypes:
    """Object types of a site become entity types."""

    def test_the_built_in_ones_are_known_by_id(self) -> None:
        assert MODEL.object_type_ids["Task"] == "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c"
        assert len(MODEL.object_type_ids) == 7

    def test_a_new_one_becomes_a_typed_context(self) -> None:
        model = MODEL.with_object_types([ObjectType(SCENE, "Big Scene")])
        scene = model.type("BigScene")
        assert scene.is_a(model.type("TypedContext"))
        assert scene.classifiers == {"object_typeid": SCENE}
        assert model.object_type_ids["BigScene"] == SCENE
        assert scene in model.subtypes(model.type("Context"))
        object_type_id = scene.attributes["object_type_id"]
        assert isinstance(object_type_id, Key)
        assert object_type_id.default == SCENE
        assert object_type_id.immutable
        assert "BigScene" not in MODEL.types

    def test_known_ones_add_nothing_whatever_they_are_called_now(self) -> None:
        model = MODEL.with_object_types([ObjectType(MODEL.object_type_ids["AssetBuild"], "Renamed")])
        assert model is MODEL
        assert MODEL.with_object_types([]) is MODEL

    def test_adding_the_same_rows_again_adds_nothing(self) -> None:
        rows = [ObjectType(SCENE, "Scene")]
        model = MODEL.with_object_types(rows)
        assert model.with_object_types(rows) is model

    @pytest.mark.parametrize(
        ("flags", "frozen"),
        [
            ({"is_schedulable": True}, set[str]()),
            ({}, {"bid", "start_date", "end_date", "split_parts"}),
            ({"is_schedulable": True, "is_typeable": False}, {"type", "type_id"}),
            ({"is_schedulable": True, "is_statusable": False}, {"status", "status_id"}),
            ({"is_schedulable": True, "is_prioritizable": False}, {"priority", "priority_id"}),
        ],
    )
    def test_what_entities_have_no_use_for_cannot_be_changed(self, flags: dict[str, bool], frozen: set[str]) -> None:
        scene = MODEL.with_object_types([ObjectType(SCENE, "Scene", **flags)]).type("Scene")
        base = MODEL.type("TypedContext")
        found = {
            name for name, one in scene.attributes.items() if one.immutable and not base.attributes[name].immutable
        }
        assert found == frozen | {"object_type", "object_type_id"}

    def test_a_known_one_follows_what_a_site_makes_of_it(self) -> None:
        shot = ObjectType(MODEL.object_type_ids["Shot"], "Shot", is_schedulable=True)
        model = MODEL.with_object_types([shot])
        assert MODEL.type("Shot").attributes["end_date"].immutable
        assert not model.type("Shot").attributes["end_date"].immutable
        assert list(model.types) == list(MODEL.types)

    @pytest.mark.parametrize("name", ["Task", "Asset", "Asset Version", "Note"])
    def test_the_name_of_another_type_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="needs another name"):
            MODEL.with_object_types([ObjectType("new id", name)])

    def test_two_new_ones_need_different_names(self) -> None:
        with pytest.raises(ValueError, match="needs another name"):
            MODEL.with_object_types([ObjectType("1", "Scene"), ObjectType("2", "Sc ene")])

    @pytest.mark.parametrize("name", ["", "  ", "2D Shot", "!"])
    def test_a_name_that_no_query_could_contain_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="starts with a letter"):
            MODEL.with_object_types([ObjectType("1", name)])

    @given(st.lists(names, unique_by=type_name_of, max_size=5))
    @pytest.mark.slow
    def test_any_set_of_names_is_served_beside_the_standard_types(self, found: list[str]) -> None:
        model = MODEL.with_object_types([ObjectType(f"id {name}", name) for name in found])
        added = [schema for schema in model.schemas if schema["id"] not in MODEL.types]
        assert [schema["id"] for schema in added] == [name.replace(" ", "") for name in found]
        for schema, name in zip(added, found, strict=True):
            assert schema["alias_for"] == {"id": "Task", "classifiers": {"object_typeid": f"id {name}"}}
            assert set(schema["properties"]) == set(MODEL.type("Task").attributes) - {"concrete_type"}


def test_adding_an_attribute_is_one_line() -> None:
    before = entity_type(
        "Scope", {"id": identifier(), "owner_id": key("Scope"), "owner": reference("Scope", "owner_id")}
    )
    after = entity_type("Scope", {**before.attributes, "color": text(default="#fff")})
    old, new = Model([before]), Model([after])
    assert set(new.table(after).c.keys()) - set(old.table(before).c.keys()) == {"color", "color_folded"}
    assert new.schemas[0]["properties"]["color"] == {"type": "string", "default": "#fff"}
