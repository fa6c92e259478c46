"""What makes an entity a member of an array attribute is known for every such attribute that a server has."""

from __future__ import annotations

import pytest

from trackteroid.schema.membership import DERIVED, Linked, Owned, find_membership, keys_of_reference
from trackteroid.schema.types import Schema
from trackteroid.server.model import Collection, Reference, standard_model

MODEL = standard_model()
SCHEMA = Schema.from_schemas(MODEL.schemas)


def array_attributes() -> list[tuple[str, str, Collection]]:
    return [
        (name, attribute_name, attribute)
        for name, entity_type in MODEL.types.items()
        if entity_type.served
        for attribute_name, attribute in entity_type.attributes.items()
        if isinstance(attribute, Collection) and SCHEMA.find_attribute(name, attribute_name)
    ]


@pytest.mark.parametrize(("type_name", "name", "declared"), array_attributes())
def test_the_membership_is_the_one_that_the_server_keeps(type_name: str, name: str, declared: Collection) -> None:
    found = find_membership(SCHEMA, type_name, name)
    if name in DERIVED:
        assert found is None
    elif declared.through is None:
        assert isinstance(found, Owned)
        assert found.key == declared.by
        assert dict(found.values) == {key: value for key, value in declared.where.items() if value is not None}
        has_kind = SCHEMA.find_attribute(declared.target, "parent_type") and found.key == "parent_id"
        assert found.kind == ("parent_type" if has_kind else None)
    elif MODEL.type(declared.through.link).served:
        assert found == Linked(declared.through.link, declared.through.own, declared.through.other)
    else:
        assert found is None


def test_types_of_a_studio_have_what_their_kind_has() -> None:
    own = {"id": "Scene", "properties": {}, "primary_key": ["id"], "$mixin": {"$ref": "TypedContext"}}
    properties = next(each for each in MODEL.schemas if each["id"] == "Shot")["properties"]
    schema = Schema.from_schemas([*MODEL.schemas, own | {"properties": properties}])
    assert find_membership(schema, "Scene", "lists") == Linked("ListObject", "entity_id", "list_id")
    assert find_membership(schema, "Scene", "notes") == Owned("parent_id", "parent_type")


def test_nothing_is_said_of_what_is_no_array_attribute() -> None:
    assert find_membership(SCHEMA, "Shot", "name") is None
    assert find_membership(SCHEMA, "Shot", "status") is None
    assert find_membership(SCHEMA, "Shot", "nothing_like_it") is None


def test_an_older_server_without_the_link_has_no_membership_through_it() -> None:
    schema = Schema.from_schemas(each for each in MODEL.schemas if each["id"] != "ListObject")
    assert find_membership(schema, "AssetVersionList", "items") is None


def references() -> list[tuple[str, str, Reference]]:
    return [
        (name, attribute_name, attribute)
        for name, entity_type in MODEL.types.items()
        if entity_type.served
        for attribute_name, attribute in entity_type.attributes.items()
        if isinstance(attribute, Reference) and SCHEMA.find_attribute(name, attribute_name)
    ]


@pytest.mark.parametrize(("type_name", "name", "declared"), references())
def test_the_reference_keyss_are_those_that_the_server_keeps(type_name: str, name: str, declared: Reference) -> None:
    known = all(SCHEMA.find_attribute(type_name, key) for key in declared.keys)
    assert keys_of_reference(SCHEMA, type_name, name) == (declared.keys if known else ())
