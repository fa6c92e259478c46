"""What must hold of the declarations as a whole, whatever they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import pytest

from trackteroid.server.model import MISSING, Attribute, Collection, EntityType, Key, Reference, Scalar, standard_model

A = TypeVar("A", bound=Attribute)
MODEL = standard_model()
ALL_TYPES = pytest.mark.parametrize("entity_type", list(MODEL), ids=lambda entity_type: entity_type.name)

# References whose target is one of several families: the key alone does not tell which.
SEVERAL_FAMILIES = {"StatusChange", "CustomAttributeLink", "CustomAttributeLinkFrom"}


def declared(kind: type[A]) -> Iterator[tuple[EntityType, str, A]]:
    """Every attribute of one kind, with the type that declares it (not those that inherit it)."""
    for entity_type in MODEL:
        inherited: Mapping[str, Attribute] = entity_type.base.attributes if entity_type.base else {}
        for name, attribute in entity_type.attributes.items():
            if isinstance(attribute, kind) and inherited.get(name) is not attribute:
                yield entity_type, name, attribute


def named(
    kind: type[A], where: Callable[[EntityType, A], object] = lambda entity_type, attribute: True
) -> pytest.MarkDecorator:
    """Try a test with all attributes of one kind, or with those for which something holds."""
    cases = [
        pytest.param(entity_type, attribute, id=f"{entity_type.name}.{name}")
        for entity_type, name, attribute in declared(kind)
        if where(entity_type, attribute)
    ]
    return pytest.mark.parametrize(("entity_type", "attribute"), cases)


@named(Key)
def test_a_key_points_at_a_declared_type(entity_type: EntityType, attribute: Key) -> None:
    assert attribute.target is None or attribute.target in MODEL.types
    assert attribute.exact
    assert attribute.indexed or attribute.derived, "deletes and collections look rows up by their keys"


@named(
    Key,
    lambda entity_type, key: (
        key.required and key.stored and not entity_type.view and key.target not in ("User", "BaseUser")
    ),
)
def test_a_key_that_must_be_set_is_not_cleared_unless_it_names_a_person(
    entity_type: EntityType, attribute: Key
) -> None:
    assert attribute.on_delete != "clear"


@named(Reference)
def test_a_reference_has_stored_keys_that_point_at_its_target(entity_type: EntityType, attribute: Reference) -> None:
    target = MODEL.type(attribute.target)
    assert len(attribute.keys) == len(target.primary_key)
    for name in attribute.keys:
        held = entity_type.attributes[name]
        assert isinstance(held, Scalar)
        assert held.stored
        if isinstance(held, Key) and held.target is not None:
            assert MODEL.type(held.target).table == target.table
        elif isinstance(held, Key):
            assert entity_type.root.name in SEVERAL_FAMILIES


@named(Collection)
def test_a_collection_says_which_rows_it_holds(entity_type: EntityType, attribute: Collection) -> None:
    assert (attribute.by is None) != (attribute.through is None)
    if attribute.by:
        held = MODEL.type(attribute.target).attributes[attribute.by]
        assert isinstance(held, Key)
        assert_points_at(held, entity_type)


@named(Collection)
def test_a_collection_restricts_rows_by_stored_attributes(entity_type: EntityType, attribute: Collection) -> None:
    holder = MODEL.type(attribute.through.link if attribute.through else attribute.target)
    assert set(attribute.where) <= set(holder.stored())


@named(Collection, lambda _, collection: collection.through)
def test_a_many_to_many_collection_goes_through_two_keys(entity_type: EntityType, attribute: Collection) -> None:
    assert attribute.through
    keys = MODEL.type(attribute.through.link).keys()
    assert_points_at(keys[attribute.through.own], entity_type)
    assert_points_at(keys[attribute.through.other], MODEL.type(attribute.target))


def assert_points_at(held: Key, entity_type: EntityType) -> None:
    assert held.target is None or MODEL.type(held.target).table == entity_type.table


def test_every_key_to_several_families_is_used_by_some_collection() -> None:
    for entity_type, name, attribute in declared(Key):
        if attribute.target is None:
            owners = [owner for owner in MODEL if (entity_type.table, name, None) in referring_columns(owner)]
            assert owners, f"nothing would ever delete the rows that {entity_type.name}.{name} holds"


def referring_columns(owner: EntityType) -> set[tuple[str, str, str | None]]:
    return {(table, column, held.target) for table, column, held in MODEL.referring(owner)}


@ALL_TYPES
def test_a_type_names_its_own_attributes_only(entity_type: EntityType) -> None:
    stored = entity_type.attributes if entity_type.view else entity_type.stored()
    assert set(entity_type.primary_key) <= set(stored)
    assert set(entity_type.default_projections) <= set(entity_type.attributes)
    assert set(entity_type.always) <= set(entity_type.attributes)
    assert {column for unique in entity_type.unique for column in unique.columns} <= set(stored)
    assert set(entity_type.primary_key) <= set(entity_type.always_returned)


@ALL_TYPES
def test_types_of_one_inheritance_tree_can_be_told_apart(entity_type: EntityType) -> None:
    has_family = len(MODEL.subtypes(entity_type.root)) > 1
    assert (entity_type.discriminator is not None) == has_family
    if entity_type.discriminator:
        attribute = entity_type.stored()[entity_type.discriminator]
        assert attribute.hidden
        assert attribute.exact
        assert entity_type.root.table == entity_type.table


def test_roots_that_share_a_table_use_different_discriminators() -> None:
    roots: dict[str, list[EntityType]] = {}
    for entity_type in MODEL:
        if entity_type.base is None and entity_type.view is None:
            roots.setdefault(entity_type.table, []).append(entity_type)
    shared = {table: types for table, types in roots.items() if len(types) > 1}
    assert set(shared) == {"note_category", "custom_attribute_link"}
    for types in shared.values():
        used = [entity_type.discriminator for entity_type in types if entity_type.discriminator]
        assert len(used) == len(set(used))


def test_attributes_that_share_a_column_agree_on_its_kind() -> None:
    kinds: dict[tuple[str, str], tuple[object, ...]] = {}
    for entity_type in (entity_type for entity_type in MODEL if entity_type.view is None):
        for name, attribute in entity_type.stored().items():
            kind = (attribute.type, attribute.exact, attribute.unique, attribute.indexed)
            found = kinds.setdefault((entity_type.table, name), kind)
            assert found == kind, f"{entity_type.name}.{name} keeps something else in a column that others use"


def test_a_base_type_comes_before_its_subtypes() -> None:
    seen: set[str] = set()
    for entity_type in MODEL:
        assert entity_type.base is None or entity_type.base.name in seen
        seen.add(entity_type.name)


def test_another_name_of_an_attribute_is_not_stored_itself() -> None:
    renamed = [(entity_type, attribute) for entity_type, _, attribute in declared(Scalar) if attribute.same_as]
    assert {attribute.same_as for _, attribute in renamed} == {
        "is_all_open_projects",
        "object_type_id",
        "label",
        "user_id",
    }
    for entity_type, attribute in renamed:
        original = entity_type.stored()[str(attribute.same_as)]
        assert not attribute.stored
        assert attribute.type == original.type
        assert attribute.alias == original.alias


def test_values_the_server_supplies_fit_the_attribute() -> None:
    python = {"string": str, "boolean": bool, "number": (int, float), "integer": int, None: str}
    for entity_type, name, attribute in declared(Scalar):
        for value in (attribute.default, attribute.fallback):
            if value is not MISSING and attribute.type != "variable":
                assert isinstance(value, python[attribute.type]), f"{entity_type.name}.{name} starts as {value!r}"
                assert attribute.type == "boolean" or not isinstance(value, bool)


def test_only_what_code_computes_is_not_stored() -> None:
    computed = {name for _, name, attribute in declared(Scalar) if not attribute.stored}
    assert computed == {
        "_link",
        "bid_time_logged_difference",
        "identifier",
        "is_all_projects",
        "is_latest_version",
        "is_open",
        "link",
        "resource_id",
        "thumbnail_source_id",
        "thumbnail_url",
        "time_logged",
        "type_id",
        "url",
    }


@pytest.mark.parametrize(
    ("holder", "column", "on_delete"),
    [
        ("AssetVersion", "asset_id", "cascade"),
        ("AssetVersion", "task_id", "clear"),
        ("AssetVersion", "user_id", "clear"),
        ("Component", "version_id", "cascade"),
        ("Component", "container_id", "cascade"),
        ("Context", "parent_id", "cascade"),
        ("Context", "thumbnail_id", "clear"),
        ("Note", "in_reply_to_id", "cascade"),
        ("Note", "parent_id", "cascade"),
        ("Metadata", "parent_id", "cascade"),
        ("Timer", "user_id", "cascade"),
        ("Task", "status_id", "refuse"),
        ("ComponentLocation", "location_id", "refuse"),
        ("ComponentLocation", "component_id", "cascade"),
    ],
)
def test_deleting_what_a_key_points_at_does_what_the_key_says(holder: str, column: str, on_delete: str) -> None:
    assert MODEL.type(holder).keys()[column].on_delete == on_delete
