"""A collection is an ordered, duplicate-free, immutable sequence of entities."""

import ast
import copy
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from collection_tools import DEFAULT, UNNOTICED, collection, ids, versions
from fake_session import FakeSession, record

import trackteroid
from trackteroid.collections import EmptyCollection, EntityCollection, make_collection
from trackteroid.collections.context import Source, context_of, find_attribute, type_name_of
from trackteroid.entities import AssetVersion, Component, Entity, FileComponent, Recipient, Shot, Task, TypedContext
from trackteroid.errors import CoercionError, EntityCollectionOperationError
from trackteroid.schema.types import schema_of


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def five(session: FakeSession) -> Any:
    return versions(session, 1, 2, 3, 4, 5)


def test_printing_names_the_type_and_counts(five: Any) -> None:
    assert repr(five) == str(five) == "EntityCollection[AssetVersion]{5}"


def test_entity_type_is_the_class(five: Any) -> None:
    assert five.entity_type is AssetVersion
    assert five.sort(lambda v: v.version).entity_type is AssetVersion


@pytest.mark.promise("items-by-position-slice-id-and-type")
@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (0, ["v1"]),
        (-1, ["v5"]),
        (slice(1, 3), ["v2", "v3"]),
        (slice(None, None, -2), ["v5", "v3", "v1"]),
        (slice(9, None), []),
        ("v4", ["v4"]),
        (AssetVersion, ["v1", "v2", "v3", "v4", "v5"]),
        (Task, []),
    ],
)
def test_items_are_selected_by_position_slice_id_and_type(five: Any, item: Any, expected: list[str]) -> None:
    assert ids(five[item]) == expected


@pytest.mark.promise("items-by-position-slice-id-and-type")
@pytest.mark.parametrize(("item", "error"), [(5, IndexError), ("v9", KeyError), (1.5, TypeError), (int, TypeError)])
def test_items_that_do_not_exist_are_refused(five: Any, item: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"EntityCollection\[AssetVersion\]\{5\}"):
        five[item]


def test_an_empty_slice_is_an_empty_collection_of_the_type(five: Any) -> None:
    assert repr(five[5:]) == "EmptyCollection[AssetVersion]"


def test_iterators_are_independent_of_each_other(five: Any) -> None:
    pairs = [(a.version[0], b.version[0]) for a, b in zip(five, five, strict=True)]
    assert pairs == [(n, n) for n in range(1, 6)]
    for _ in five:
        break
    assert [element.version for element in five] == [[1], [2], [3], [4], [5]]
    assert [ids(each) for each in reversed(five)] == [["v5"], ["v4"], ["v3"], ["v2"], ["v1"]]


@pytest.mark.promise("elements-are-collections-of-one")
def test_elements_are_collections_of_one_entity(five: Any) -> None:
    for element in five:
        assert isinstance(element, EntityCollection)
        assert len(element) == 1


@pytest.mark.promise("membership-by-id-entity-or-collection")
def test_membership_is_by_id_entity_or_whole_collection(five: Any, session: FakeSession) -> None:
    assert "v1" in five
    assert "v9" not in five
    assert five.values()[2] in five
    assert five[1:3] in five
    assert five not in five[1:3]
    assert five[9:] not in five
    assert 1 not in five
    assert session.load(record("Task", "v1"))[0] not in five
    assert collection(session, record("Task", "v1")) not in five


@pytest.mark.promise("equality-is-entities-and-order")
def test_equality_is_about_the_same_entities_in_the_same_order(five: Any, session: FakeSession) -> None:
    assert five == versions(session, 1, 2, 3, 4, 5)
    assert hash(five) == hash(versions(session, 1, 2, 3, 4, 5))
    assert five != five[::-1]
    assert five != five[:4]
    assert five[:1] != collection(session, record("Task", "v1"))
    assert five != ["v1"]
    assert five == versions(FakeSession(), 1, 2, 3, 4, 5), "the session is not compared"


@pytest.mark.promise("collections-never-change")
def test_duplicates_are_dropped_by_type_and_id(session: FakeSession) -> None:
    found = collection(
        session,
        record("Shot", "x"),
        record("Shot", "x"),
        record("Project", "x"),
        record("Shot", "y"),
        of="TypedContext",
    )
    assert [(each.entity_type, each["id"]) for each in found.values()] == [
        ("Shot", "x"),
        ("Project", "x"),
        ("Shot", "y"),
    ]


@pytest.mark.promise("entities-are-told-apart-by-type-and-key")
def test_types_without_an_id_are_told_apart_by_their_whole_key(session: FakeSession) -> None:
    keys = [("n1", "u1"), ("n1", "u2"), ("n2", "u1"), ("n1", "u1")]
    found = collection(session, *(record("Recipient", note_id=note, resource_id=user) for note, user in keys))
    assert found.entity_type is Recipient
    assert list(found.keys()) == keys[:3]
    assert found["n1", "u2"].resource_id == ["u2"]


@pytest.mark.promise("selecting-a-type-includes-its-kinds")
def test_selecting_a_type_includes_the_kinds_of_it(session: FakeSession) -> None:
    mixed = collection(
        session,
        record("Shot", "s"),
        record("Project", "p"),
        record("Task", "t"),
        record("Shot", "u"),
        of="TypedContext",
    )
    assert repr(mixed[Shot]) == "EntityCollection[Shot]{2}"
    assert ids(mixed[TypedContext]) == ["s", "t", "u"]
    components = collection(session, record("FileComponent", "f"), record("ContainerComponent", "c"), of="Component")
    assert ids(components[FileComponent]) == ["f"]
    assert ids(components[Component]) == ["f", "c"]
    assert repr(mixed[Entity]) == "EntityCollection[Entity]{4}"


def test_copies_are_the_collection_itself_because_it_never_changes(five: Any) -> None:
    assert copy.copy(five) is five
    assert copy.deepcopy([five])[0] is five


def test_pickling_says_what_to_do_instead(five: Any) -> None:
    with pytest.raises(TypeError, match="deferred_operations"):
        pickle.dumps(five)


def test_keys_and_values_are_in_order(five: Any) -> None:
    assert list(five.keys()) == ["v1", "v2", "v3", "v4", "v5"]
    assert [each["id"] for each in five.values()] == list(five.keys())


@pytest.mark.promise("elements-are-collections-of-one")
def test_nothing_of_this_talks_to_the_server(five: Any, session: FakeSession) -> None:
    _ = five[Task], five[2:], five["v1"], five == five[1:], hash(five), list(five), five.filter(lambda _: False)
    assert session.requests == []
    assert isinstance(five[9:], EmptyCollection)


def test_completion_offers_attributes_and_types(five: Any) -> None:
    assert {"version", "task", "Task", "filter"} <= set(dir(five))


@pytest.mark.promise("selecting-a-type-includes-its-kinds")
def test_the_kind_of_mixed_entities_is_that_of_the_collection(session: FakeSession) -> None:
    mixed = collection(session, record("Shot", "s"), record("Task", "t"), of="TypedContext")
    assert type_name_of(mixed) == "TypedContext"
    assert type_name_of(mixed[Entity]) == "Entity", "what was worked out for one type does not hold for another"
    assert type_name_of(TypedContext(mixed[Shot])) == "Shot", "all of them are shots"


@pytest.mark.promise("entities-are-told-apart-by-type-and-key")
def test_entities_of_several_kinds_with_the_same_id_stay_apart(session: FakeSession) -> None:
    mixed = collection(session, record("Shot", "x"), record("Task", "x"), of="TypedContext")
    shot, task = mixed.values()
    assert (shot in mixed[Shot], task in mixed[Shot]) == (True, False)
    assert TypedContext(mixed[Shot]) in mixed
    assert mixed not in TypedContext(mixed[Shot])
    assert len(TypedContext(mixed[Shot]) | TypedContext(mixed[Task])) == 2
    assert TypedContext(mixed[Shot]) != TypedContext(mixed[Task])


@pytest.mark.promise("collections-never-change")
def test_of_two_objects_for_one_entity_the_first_is_kept(session: FakeSession) -> None:
    (old,) = session.load(record("Shot", "s"))
    session.cache.clear()
    (new,) = session.load(record("Shot", "s"))
    other = session.load(record("Shot", "t"))[0]
    assert old is not new
    found = make_collection(Shot, [old, other, new], session=session, schema=DEFAULT)
    assert found.values() == (old, other)
    assert found.values()[0] is old
    later = make_collection(Shot, [new], session=session, schema=DEFAULT)
    assert found.union(later).values()[0] is old
    assert later.union(found).values()[0] is new


def test_printing_looks_at_no_entity(session: FakeSession) -> None:
    class Guarded(tuple):
        def __iter__(self) -> Any:
            raise AssertionError("printing must not take longer the larger the collection is")

    five = versions(session, 1, 2, 3)
    object.__setattr__(five, "_entities", Guarded(five.values()))
    assert repr(five) == "EntityCollection[AssetVersion]{3}"


@pytest.mark.promise("collections-are-light-and-linear")
def test_elements_take_little_memory(five: Any) -> None:
    element = five[0]
    assert not hasattr(element, "__dict__")
    assert sys.getsizeof(element) <= 80  # 64 bytes for the slots and the header, a little more since Python 3.13
    first, second = five[:1].map(lambda each: each)[0], five[0]
    assert context_of(first).origin is context_of(second).origin is context_of(five).origin


@pytest.mark.promise("elements-are-collections-of-one")
def test_elements_share_everything_but_their_entity(session: FakeSession) -> None:
    class Uncopyable:
        def __copy__(self) -> Any:
            raise AssertionError("a query is not copied for every element")

    entities = session.load(record("AssetVersion", "a"), record("AssetVersion", "b"))
    found: Any = make_collection(AssetVersion, entities, session=session, schema=DEFAULT, query=Uncopyable())
    first, second = found
    assert first.query is second.query is found.query
    assert context_of(first) is context_of(second)


@pytest.mark.promise("collections-never-change")
@pytest.mark.parametrize("name", ["_entities", "_context", "anything"])
def test_collections_cannot_be_changed_in_place(five: Any, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(five, name, ())
    with pytest.raises(AttributeError, match="cannot be deleted"):
        delattr(five, name)
    assert ids(five) == ["v1", "v2", "v3", "v4", "v5"]


@pytest.mark.promise("nothing-outlives-its-connection")
def test_the_schema_of_a_new_connection_counts(five: Any, session: FakeSession) -> None:
    assert find_attribute(five, "brand_new") is None
    (old,) = (each for each in session.schemas if each["id"] == "AssetVersion")
    newer = old | {"properties": old["properties"] | {"brand_new": {"type": "string"}}}
    session.schemas = [newer if each is old else each for each in session.schemas]
    assert find_attribute(five, "brand_new") is not None


@pytest.mark.promise("from-entities")
class TestFromEntities:
    def test_has_the_session_and_type_of_the_collection(self, five: Any, session: FakeSession) -> None:
        found = five.from_entities(session.load(record("AssetVersion", "x"), record("AssetVersion", "x")))
        assert repr(found) == "EntityCollection[AssetVersion]{1}"
        assert context_of(found).origin is context_of(five).origin
        assert five.from_entities(five.values()[1]) == five[1]
        assert ids(five | found) == [*five.keys(), "x"]

    def test_may_be_of_another_type(self, five: Any, session: FakeSession) -> None:
        shots = session.load(record("Shot", "s"))
        assert repr(five.from_entities(shots, Shot)) == "EntityCollection[Shot]{1}"
        assert repr(five[9:].from_entities(shots, TypedContext)) == "EntityCollection[TypedContext]{1}"
        assert repr(five.from_entities([], Shot)) == "EmptyCollection[Shot]"

    def test_remembers_the_source_it_is_given(self, five: Any) -> None:
        source = Source(five, "uses_versions")
        assert five.from_entities(five.values(), source=source).source == source
        assert five.from_entities([], source=source).source == source
        assert five.from_entities(five.values()).source is None

    def test_refuses_what_does_not_fit(self, five: Any, session: FakeSession) -> None:
        with pytest.raises(CoercionError, match=r"Shot.* cannot be treated as AssetVersion"):
            five.from_entities(session.load(record("Shot", "s")))
        with pytest.raises(EntityCollectionOperationError, match="different sessions"):
            five.from_entities(FakeSession().load(record("AssetVersion", "s")))


def test_collections_sort_and_unpack_like_any_sequence(five: Any) -> None:
    first, *_, last = five
    assert (first, last) == (five[0], five[-1])
    assert ids(sorted(five, key=lambda each: -each.version[0])[0]) == ["v5"]
    assert dict(enumerate(five))[2] == five[2]


@pytest.mark.promise("entities-are-told-apart-by-type-and-key", "members-of-any-type-can-be-read")
@UNNOTICED
def test_every_type_of_a_server_can_be_held_keyed_and_read(session: FakeSession) -> None:
    types = schema_of(session)
    assert len(types.types) == 116
    for name, kind in types.types.items():
        keys = [tuple(f"{n}-{part}" for part in kind.primary_key) for n in range(2)]
        found = collection(session, *(record(name, **dict(zip(kind.primary_key, key, strict=True))) for key in keys))
        assert len(found) == 2, f"elements of {name} collapse"
        assert found.entity_type.__name__ == name
        assert list(found.keys()) == [key[0] if len(key) == 1 else key for key in keys]
        nothing = found[5:]
        for attribute in kind.attributes.values():
            reached, unreached = found.attribute(attribute.name), nothing.attribute(attribute.name)
            if attribute.kind in ("reference", "collection"):
                assert repr(reached).removesuffix(" (not loaded)") == repr(unreached)
                assert reached.entity_type.__name__ in types.types
            else:
                assert len(reached) == 2
            assert not unreached
    assert session.requests == []


@pytest.mark.promise("errors-are-raised-not-asserted")
def test_errors_are_raised_and_never_asserted() -> None:
    """``python -O`` removes assertions, and the rules with them."""
    for path in Path(trackteroid.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)], path.name
