"""No entities is a collection too: empty, typed, safe to go on with, and never changed in place."""

import copy
import json
import operator
import os
import pickle
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from string import Template
from typing import Any

import pytest
from collection_tools import collection, ids, versions
from fake_session import FakeSession, record

from trackteroid.collections import EmptyCollection
from trackteroid.collections.collection import retyped
from trackteroid.collections.context import depth_of
from trackteroid.collections.missing import EMPTY_VALUES
from trackteroid.entities import Asset, Sequence, Shot, Task, TypedContext
from trackteroid.errors import (
    CoercionError,
    CreationError,
    EntityCollectionOperationError,
    MissingValueWarning,
    NoValueError,
    TrackteroidError,
    UnknownAttributeError,
)
from trackteroid.query import Query


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def empty(session: FakeSession) -> Any:
    return collection(session, of="AssetVersion")


def always(_: Any) -> bool:
    return True


def test_it_has_no_elements(empty: Any) -> None:
    assert list(empty) == []
    assert len(empty) == 0
    assert not empty
    assert "x" not in empty
    assert empty not in empty
    assert list(empty.keys()) == []
    assert empty.values() == ()
    assert repr(empty) == "EmptyCollection[AssetVersion]"


@pytest.mark.promise("empty-gives-neutral-results")
@pytest.mark.parametrize(
    ("method", "arguments", "expected"),
    [
        ("count", (always,), 0),
        ("map", (always,), []),
        ("fold", (7, always), 7),
        ("group", (always,), {}),
        ("group_and_map", (always, always), {}),
    ],
)
def test_results_are_neutral(empty: Any, method: str, arguments: Any, expected: Any) -> None:
    assert getattr(empty, method)(*arguments) == expected


@pytest.mark.promise("empty-gives-neutral-results")
@pytest.mark.parametrize("method", ["filter", "max", "min", "sort"])
def test_selections_are_the_collection_itself(empty: Any, method: str) -> None:
    assert getattr(empty, method)(always) is empty


@pytest.mark.promise("empty-gives-neutral-results")
def test_a_partition_is_two_empty_parts(empty: Any) -> None:
    matching, rest = empty.partition(always)
    assert not matching
    assert not rest


@pytest.mark.promise("empty-is-neutral-in-sets")
def test_set_algebra_with_nothing_is_neutral(empty: Any, session: FakeSession) -> None:
    two = versions(session, 1, 2)
    assert empty.union(two) == two == two.union(empty) == (empty | two) == (two | empty) == empty.union(empty, two)
    assert empty.intersection(two) == empty == two.intersection(empty) == (two & empty) == (empty & two)
    assert two.difference(empty) == two == (two - empty)
    assert not empty - two
    assert empty.symmetric_difference(two) == two == (two ^ empty) == (empty ^ two)
    assert empty.union() is empty


@pytest.mark.promise("empty-equals-empty")
def test_all_empty_collections_hold_the_same_entities(empty: Any, session: FakeSession) -> None:
    assert empty == collection(session, of="Shot")
    assert hash(empty) == hash(collection(session, of="Shot"))
    assert empty != []
    assert empty != versions(session, 1)
    assert versions(session, 1) != empty


@pytest.mark.promise("empty-collections-are-typed")
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("task", "EmptyCollection[Task]"),
        ("Task.Status", "EmptyCollection[Status]"),
        ("asset.parent", "EmptyCollection[TypedContext]"),
        ("asset.parent.project", "EmptyCollection[Project]"),
        ("components", "EmptyCollection[Component]"),
        ("ComponentLocation", "EmptyCollection[ComponentLocation]"),
        ("Shot", "EmptyCollection[Shot]"),
        ("version", "EmptyValues()"),
        ("metadata", "EmptyValues()"),
        ("custom_fps", "EmptyValues()"),
        ("Task.name.upper.anything", "EmptyValues()"),
    ],
)
def test_chains_are_typed_through_the_schema(empty: Any, path: str, expected: str) -> None:
    found = empty
    for name in path.split("."):
        found = getattr(found, name)
    assert repr(found) == expected
    assert not found


@pytest.mark.promise("empty-collections-are-typed")
def test_depth_counts_the_attributes_read(empty: Any) -> None:
    assert list(map(depth_of, (empty, empty.task, empty.task.status))) == [1, 2, 3]
    assert depth_of(empty.filter(always)) == depth_of(empty[Shot]) == 1


@pytest.mark.promise("empty-collections-know-misspelt-names")
@pytest.mark.parametrize("name", ["versoin", "taks", "Taks"])
def test_misspelt_attributes_raise(empty: Any, name: str) -> None:
    with pytest.raises(UnknownAttributeError, match="Did you mean"):
        getattr(empty, name)


def test_the_documented_fallbacks_never_raise(session: FakeSession) -> None:
    found = versions(session, 1, 2)
    nothing = found.filter(lambda v: v.version[0] > 9)
    assert (nothing.ComponentLocation.resource_identifier[0] or "not published") == "not published"
    assert (nothing or "text") == "text"
    assert (nothing.user.username or []) == []
    assert (nothing.task.name[0].upper() or "none") == "none"
    assert [*nothing.version, *nothing.version[1:]] == []
    one = [1]
    assert nothing.version + one == one + nothing.version == one
    assert session.requests == []


def test_no_values_compare_like_an_empty_list() -> None:
    assert EMPTY_VALUES == []
    assert EMPTY_VALUES == ()
    assert EMPTY_VALUES != [1]
    assert len(EMPTY_VALUES) == len(list(EMPTY_VALUES)) == 0
    assert 1 not in EMPTY_VALUES
    assert hash(EMPTY_VALUES) == hash(())
    assert not hasattr(EMPTY_VALUES, "__array__")
    assert copy.copy(EMPTY_VALUES) == EMPTY_VALUES
    with pytest.raises(AttributeError, match="no entities"):
        EMPTY_VALUES.x = 1


#: What would make text, numbers, paths or an order of a value.
CONVERSIONS: dict[str, Callable[[Any], object]] = {
    "str": str,
    "f-string": lambda value: f"/mnt/{value}/x",
    "f-string with a format": lambda value: f"v{value:03}",
    "f-string with str": lambda value: f"{value!s}",
    "format": "{}".format,
    "format with a format": "{:>10}".format,
    "format_map": lambda value: "{name}".format_map({"name": value}),
    "percent": lambda value: "%s" % value,  # noqa: UP031
    "percent of several": lambda value: "%s_%s" % ("a", value),  # noqa: UP031
    "percent of a number": lambda value: "v%03d" % value,  # noqa: UP031
    "Template": lambda value: Template("$name").substitute(name=value),
    "join": lambda value: "_".join(["a", value]),
    "text before": lambda value: "copy of " + value,
    "text behind": lambda value: value + ".exr",
    "text added to": lambda value: operator.iadd("copy of ", value),
    "bytes before": lambda value: b"a" + value,
    "replace": lambda value: "a".replace("a", value),
    "in text": lambda value: value in "text",
    "os.path.join": lambda value: os.path.join("/mnt", value),
    "os.path.join first": lambda value: os.path.join(value, "x"),
    "fspath": os.fspath,
    "Path": Path,
    "below a path": lambda value: Path("/mnt") / value,
    "above a path": lambda value: value / Path("x"),
    "PurePath": lambda value: PurePosixPath("/mnt", value),
    "makedirs": os.makedirs,
    "bytes": bytes,
    "int": int,
    "float": float,
    "round": round,
    "index": lambda value: [1, 2][value],
    "range": range,
    "sum": lambda value: sum([value]),
    "plus": lambda value: value + 1,
    "plus behind": lambda value: 1 + value,
    "minus": lambda value: 1 - value,
    "times": lambda value: value * 2,
    "text times": lambda value: "a" * value,
    "divided": lambda value: value / 2**20,
    "remainder": lambda value: value % 7,
    "negative": lambda value: -value,
    "less": lambda value: value < 3,
    "more behind": lambda value: 3 < value,  # noqa: SIM300
    "less or equal": lambda value: value <= "a",
    "sorted": lambda value: sorted([value, "a"]),
    "json": json.dumps,
    "json inside": lambda value: json.dumps({"name": [value]}),
    "json key": lambda value: json.dumps({value: 1}),
    "json of text": lambda value: json.dumps({"name": value}, default=str),
}


class TestNoValueBecomesSomething:
    @pytest.mark.parametrize("convert", CONVERSIONS.values(), ids=list(CONVERSIONS))
    @pytest.mark.parametrize("read", [lambda e: e.task.name[0], lambda e: e.comment, lambda e: e.comment[0].upper()])
    @pytest.mark.slow
    def test_by_accident(self, empty: Any, read: Any, convert: Callable[[Any], object]) -> None:
        with pytest.raises(TypeError):
            convert(read(empty))

    def test_without_a_reason_and_a_next_step(self, empty: Any) -> None:
        with pytest.raises(NoValueError, match=r'no "name": EmptyCollection\[Task\] has no entities.*or "fallback"'):
            str(empty.task.name[0])
        with pytest.raises(NoValueError, match=r'no "custom_fps"'):
            "a" + empty.custom_fps[0]

    def test_what_was_not_loaded_is_named(self, session: FakeSession) -> None:
        found = versions(session, 1)
        with pytest.warns(MissingValueWarning):
            name = found.Task.name[0]
        with pytest.raises(NoValueError, match=r'"name" of Task was not loaded.*"task.name"'):
            Path("/mnt") / name

    def test_but_it_may_be_looked_at(self, empty: Any) -> None:
        assert repr(empty.comment) == f"{empty.comment!r}" == "EmptyValues()"
        assert f"{empty.comment[0] or 'nothing'}" == "nothing"
        assert pickle.loads(pickle.dumps(empty.comment)) == []
        assert copy.deepcopy(empty.comment) == copy.copy(empty.comment) == []

    def test_in_what_is_asked_or_set(self, session: FakeSession, empty: Any) -> None:
        value = empty.comment[0]
        query = Query(Asset, session=session)
        for use in (
            lambda: query.by_name(value),
            lambda: query.by_metadata({"a": value}),
            lambda: query.where(Asset.name == value),
            lambda: query.where(Asset.name.like(value)),
            lambda: query.inject(f"name is {value}"),
            lambda: query.get_all(projections=[value]),
            lambda: setattr(versions(session, 1), "comment", value),
            lambda: setattr(versions(session, 1), "metadata", {"a": value}),
            lambda: versions(session, 1).apply(lambda _: value, "comment"),
            lambda: collection(session, record("Asset", "a")).versions.create(comment=value, task=versions(session, 1)),
        ):
            with pytest.raises((TypeError, TrackteroidError)):
                str(use())
        assert session.operations == []

    @pytest.mark.parametrize(
        "key",
        [
            lambda v: v.task.name,
            lambda v: v.task.name[0],
            lambda v: (v.version, v.task.name),
            lambda v: [v.id, v.task.name],
        ],
    )
    def test_as_the_key_of_a_group(self, session: FakeSession, key: Any) -> None:
        found = collection(session, record("AssetVersion", "v", version=1, task=None))
        with pytest.raises(NoValueError, match=r'no "name".*key of a group.*fallback'):
            found.group(key)
        with pytest.raises(NoValueError):
            found.group_and_map(key, len)
        assert list(found.group(lambda v: v.task.name or "no task")) == ["no task"]
        assert list(found.group(lambda v: v.task.name[0] or None)) == [None]


def test_retyping_makes_another_object(empty: Any) -> None:
    assert repr(empty[Shot]) == "EmptyCollection[Shot]"
    assert repr(empty) == "EmptyCollection[AssetVersion]"
    assert empty[0] is empty[1:] is empty["id"] is empty


def test_it_can_be_coerced_like_any_other(session: FakeSession, empty: Any) -> None:
    assert repr(TypedContext(collection(session, of="Shot"))) == "EmptyCollection[TypedContext]"
    assert repr(TypedContext(collection(session, of="Shot"))) == "EmptyCollection[TypedContext]"
    with pytest.raises(CoercionError):
        TypedContext(empty)


def test_nothing_can_be_set_on_it(empty: Any) -> None:
    with pytest.raises(EntityCollectionOperationError, match="no entities to set it on"):
        empty.comment = "x"


def test_it_is_its_own_copy_and_cannot_be_pickled(empty: Any) -> None:
    assert copy.copy(empty) is copy.deepcopy(empty) is empty
    with pytest.raises(TypeError, match="belong to a session"):
        pickle.dumps(empty)


def test_commit_sends_what_is_pending_in_the_session(session: FakeSession, empty: Any) -> None:
    versions(session, 1).comment = "changed"
    empty.commit()
    assert [action["action"] for action in session.requests[0]] == ["update"]


@pytest.mark.promise("deleting-and-linking-nothing")
def test_deleting_and_linking_nothing_changes_nothing(session: FakeSession, empty: Any) -> None:
    assert empty.delete() is session
    assert empty.link_inputs(versions(session, 1)) is empty
    assert session.operations == []


def test_applying_to_nothing_changes_nothing(empty: Any) -> None:
    assert not empty.apply(lambda _: "x", "comment")
    assert empty.apply(always) is empty


class TestSources:
    @pytest.mark.promise("empty-remembers-its-source")
    def test_an_unloaded_attribute_remembers_its_owner(self, session: FakeSession) -> None:
        asset = collection(session, record("Asset", "a"))
        assert asset.versions.source.owner is asset
        assert asset.versions.source.attribute == "versions"

    @pytest.mark.promise("empty-remembers-its-source")
    def test_what_filtering_left_empty_remembers_the_source(self, session: FakeSession) -> None:
        project = collection(session, record("Project", "p", children=[record("Shot", "s")]))
        for nothing in (project.children[Task], project.children.filter(lambda _: False), project.children[5:]):
            assert isinstance(nothing, EmptyCollection)
            assert nothing.source.owner is project

    def test_a_result_has_none(self, empty: Any) -> None:
        assert empty.source is None


class TestCreating:
    @pytest.mark.promise("create-below-an-empty-attribute")
    def test_below_a_collection_its_entity_is_the_parent(self, session: FakeSession) -> None:
        project = collection(session, record("Project", "p", children=[record("Shot", "s")]))
        created = project.children[Sequence]
        sequence = created.create(name="sq")
        assert sequence.parent == retyped(project, TypedContext)
        assert session.requests == []

    @pytest.mark.promise("create-below-an-empty-attribute")
    def test_deeper_there_is_no_parent(self, session: FakeSession) -> None:
        asset = collection(session, record("Asset", "a"))
        with pytest.raises(CreationError, match="its parent first"):
            asset.versions.components.create(name="main")

    def test_a_result_without_entities_tells_no_parent(self, session: FakeSession) -> None:
        with pytest.raises(AssertionError, match="Nothing tells what the new Asset belongs to"):
            collection(session, of="Asset").create(name="x", type=collection(session, record("AssetType", "t")))
        assert session.operations == []

    def test_many_possible_parents_are_ambiguous(self, session: FakeSession) -> None:
        shots = collection(session, record("Shot", "a"), record("Shot", "b"))
        with pytest.raises(CreationError, match="Ambiguous context"):
            shots.assets.create(name="x", type=collection(session, record("AssetType", "t")))

    def test_several_at_once(self, session: FakeSession) -> None:
        project = collection(session, record("Project", "p"))
        created = project.children[Shot].create_batch({"name": "a"}, {"name": "b"})
        assert created.name == ["a", "b"]
        assert created.entity_type is Shot
        assert ids(created.parent) == ["p"]
        assert repr(collection(session, of="Asset")[Asset]) == "EmptyCollection[Asset]"
