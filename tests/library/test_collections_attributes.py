"""Every attribute of a server can be read and set, also those that are called like a method of collections."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from collection_tools import UNNOTICED, collection, ids
from fake_session import FakeSession, record
from ftrack_api.exception import ImmutableAttributeError

from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.errors import UnknownAttributeError
from trackteroid.schema.types import AttributeSchema, schema_of
from trackteroid.session_state import editing

TYPES = schema_of(FakeSession())

#: The attributes of the recorded server that a member of collections hides: by type and name.
HIDDEN = {
    (type_name, attribute.name): attribute
    for type_name, kind in TYPES.types.items()
    for attribute in kind.attributes.values()
    if hasattr(EntityCollection, attribute.name) or hasattr(EmptyCollection, attribute.name)
}


@pytest.fixture
def session() -> Iterator[FakeSession]:
    session: Any = FakeSession()
    with editing(session):  # some of the types are shared by a whole site
        yield session


def holder(session: FakeSession, type_name: str, **values: Any) -> Any:
    keys = {key: f"its {key}" for key in TYPES.types[type_name].primary_key}
    return collection(session, record(type_name, **(keys | values)))


def other(type_name: str) -> dict[str, Any]:
    return record(type_name, **{key: f"its {key}" for key in TYPES.types[type_name].primary_key})


def value_for(attribute: AttributeSchema) -> Any:
    if attribute.kind == "scalar":
        return 2 if attribute.type in ("number", "integer") else "text"
    reached = other(str(attribute.target))
    return [reached] if attribute.kind == "collection" else reached


def test_these_are_the_hidden_ones() -> None:
    assert {name for _, name in HIDDEN} == {"sort", "group", "entity_type", "values"}


@UNNOTICED
@pytest.mark.parametrize(("type_name", "name"), HIDDEN, ids=map(".".join, HIDDEN))
class TestHidden:
    def test_are_read(self, session: FakeSession, type_name: str, name: str) -> None:
        attribute = HIDDEN[type_name, name]
        found = holder(session, type_name, **{name: value_for(attribute)})
        for read in (getattr(found.attributes, name), found.attribute(name)):
            if attribute.kind == "scalar":
                assert read == [value_for(attribute)]
            else:
                assert len(read) == 1
                assert read.source.owner is found

    def test_are_set_and_applied(self, session: FakeSession, type_name: str, name: str) -> None:
        attribute = HIDDEN[type_name, name]
        found = holder(session, type_name, **({name: []} if attribute.kind == "collection" else {}))
        value = value_for(attribute)
        if attribute.kind != "scalar":
            value = collection(session, *(value if isinstance(value, list) else [value]))
        if attribute.immutable:
            with pytest.raises(ImmutableAttributeError, match=name):
                setattr(holder(session, type_name, **{name: "old"}).attributes, name, value)
            return
        setattr(found.attributes, name, value)
        assert session.operations == [("update", type_name, name)]
        applied = found.apply(lambda _: value, name)
        expected = [value] if attribute.kind == "scalar" else value
        assert applied == getattr(found.attributes, name) == expected

    def test_are_applied_through_the_attribute(self, session: FakeSession, type_name: str, name: str) -> None:
        if HIDDEN[type_name, name].kind != "reference":
            return
        found = holder(session, type_name, **{name: value_for(HIDDEN[type_name, name])})
        another = collection(session, record(str(HIDDEN[type_name, name].target), "another"))
        getattr(found.attributes, name).apply(lambda _: another)
        assert getattr(found.attributes, name) == another

    def test_are_empty_where_there_are_no_entities(self, session: FakeSession, type_name: str, name: str) -> None:
        assert not getattr(holder(session, type_name)[5:].attributes, name)

    def test_are_completed_and_explained(self, session: FakeSession, type_name: str, name: str) -> None:
        assert name in dir(holder(session, type_name).attributes)
        assert f"attributes.{name}``" in " ".join(str(getattr(EntityCollection, name).__doc__).split())


def test_nothing_internal_hides_an_attribute() -> None:
    internal = {name for kind in (EntityCollection, EmptyCollection) for name in dir(kind) if name.startswith("_")}
    assert not internal & {name for kind in TYPES.types.values() for name in kind.attributes}


#: What a collection has besides the attributes of the schema. All of it is documented.
MEMBERS = """
apply apply_template as_query attribute attributes clear_custom_values commit copy_to count create create_batch
create_from custom_values delete difference download entity_type explain fetch_attributes filter fold from_entities
get get_or_create group group_and_map history intersection keys link_inputs link_outputs map max min move_to open
partition paths publish push_custom_values query query_children show sort source symmetric_difference table thumbnails
to_arrow to_csv to_dicts to_json to_pandas to_parquet to_polars tree union unlink_inputs unlink_outputs values
"""


@pytest.mark.parametrize("kind", [EntityCollection, EmptyCollection])
def test_nothing_internal_is_completed(session: FakeSession, kind: Any) -> None:
    assert [name for name in dir(kind) if not name.startswith("_")] == MEMBERS.split()
    assert all(getattr(kind, name).__doc__ for name in MEMBERS.split())
    found = holder(session, "Status") if kind is EntityCollection else holder(session, "Status")[5:]
    completed = {name for name in dir(found) if not name.startswith("_")}
    assert completed == {*MEMBERS.split(), *TYPES.types["Status"].attributes, *TYPES.types}


class TestAttributes:
    @pytest.fixture
    def found(self, session: FakeSession) -> Any:
        return collection(session, record("Status", "a", name="x", sort=1.0), record("Status", "b", name="y", sort=2.0))

    def test_have_those_of_the_schema_and_no_methods(self, found: Any) -> None:
        assert dir(found.attributes) == sorted(TYPES.types["Status"].attributes)

    def test_read_like_the_collection(self, session: FakeSession, found: Any) -> None:
        assert found.attributes.sort == [1.0, 2.0]
        assert found[1:].attributes.sort == [2.0]
        version = collection(session, record("AssetVersion", "v", task=record("Task", "t")))
        assert ids(version.attributes.task) == ids(version.attributes.Task) == ["t"]
        link = collection(session, record("TypedContextLink", "l", **{"from": record("Shot", "s")}))
        assert ids(getattr(link.attributes, "from")) == ["s"]

    def test_are_set_like_those_of_the_collection(self, found: Any) -> None:
        found.attributes.sort = [3, 4]
        found[0].attributes.sort = 5
        assert found.attributes.sort == [5, 4]
        with pytest.raises(TypeError, match="takes 2 values"):
            found.attributes.sort = 1
        with pytest.raises(AttributeError, match="cannot be deleted"):
            del found.attributes.sort

    def test_are_not_to_be_misspelt(self, found: Any) -> None:
        with pytest.raises(UnknownAttributeError, match='Did you mean "sort"'):
            _ = found.attributes.sorts
        with pytest.raises(UnknownAttributeError, match='Did you mean "sort"'):
            found.attributes.sorts = 1.0

    def test_are_an_object_like_others(self, found: Any) -> None:
        attributes = found.attributes
        assert repr(attributes) == "<attributes of EntityCollection[Status]{2}>"
        assert copy.copy(attributes) is copy.deepcopy(attributes) is attributes
        assert not hasattr(attributes, "__array__")
