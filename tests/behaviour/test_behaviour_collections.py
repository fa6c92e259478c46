"""Holding answers: containers, attributes, transformations, sets, and what is left when nothing is left."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from trackteroid import (
    Asset,
    AssetVersion,
    Component,
    ComponentLocation,
    Context,
    EmptyCollection,
    EntityCollection,
    EntityCollectionOperationError,
    Folder,
    List,
    Location,
    Manager,
    NoteLabel,
    ObjectType,
    Project,
    Query,
    ReviewSession,
    Sequence,
    Session,
    Shot,
    State,
    Status,
    Task,
    Type,
    TypedContext,
    User,
)
from trackteroid.entities.base import entity_class


def by_version(versions: Any) -> Any:
    return versions.version


@pytest.fixture(scope="module")
def versions(_reading: Session) -> Any:
    """Versions 1, 2 and 3 of one asset."""
    return (
        Query(AssetVersion, session=_reading)
        .by_name("AnotherAsset")
        .get_all(projections=[Asset.name, "version", "comment", "task.status.name", "is_published"], order_by="version")
    )


@pytest.fixture(scope="module")
def shots(_reading: Session) -> Any:
    return Query(Shot, session=_reading).by_name("bc%").get_all(projections=["parent.name", "custom_attributes"])


@pytest.fixture(scope="module")
def nothing(_reading: Session) -> Any:
    return Query(AssetVersion, session=_reading).by_name("nope").get_all()


class TestContainer:
    @pytest.mark.promise("collections-print-type-and-size")
    def test_it_prints_its_type_and_size(self, shots: Any) -> None:
        assert repr(shots) == str(shots) == "EntityCollection[Shot]{6}"
        assert shots.entity_type is Shot
        assert isinstance(shots, EntityCollection)

    @pytest.mark.promise("items-by-position-slice-id-and-type")
    def test_items_by_position_slice_id_and_type(self, shots: Any) -> None:
        assert shots[0].id == [shots.id[0]]
        assert shots[-1].id == [shots.id[-1]]
        assert shots[2:5].id == shots.id[2:5]
        assert shots[::-2].id == shots.id[::-2]
        assert shots[shots.id[3]].id == [shots.id[3]]
        assert shots[Shot] == shots
        assert shots[TypedContext] == shots
        assert repr(shots[Task]) == "EmptyCollection[Task]"
        assert repr(shots[9:]) == "EmptyCollection[Shot]"

    @pytest.mark.promise("selecting-a-type-includes-its-kinds")
    def test_a_mixed_result_gives_the_entities_of_each_type(self, session: Session) -> None:
        mixed = Query(TypedContext, session=session).get_all()
        assert len(mixed[Shot]) == 25
        assert repr(mixed[Folder]).startswith("EntityCollection[Folder]")
        kinds = {entity.entity_type for entity in mixed.values()}
        assert sum(len(mixed[entity_class(kind)]) for kind in kinds) == len(mixed) == len(mixed[TypedContext])

    @pytest.mark.promise("elements-are-collections-of-one")
    def test_elements_are_collections_of_one(self, shots: Any) -> None:
        assert [repr(shot) for shot in shots] == ["EntityCollection[Shot]{1}"] * 6
        assert [shot.id[0] for shot in reversed(shots)] == shots.id[::-1]

    @pytest.mark.promise("iterators-are-independent")
    def test_iterators_do_not_disturb_each_other(self, shots: Any) -> None:
        assert [(a.id, b.id) for a, b in zip(shots, shots, strict=True)] == [([i], [i]) for i in shots.id]
        for _ in shots:
            break
        assert len(list(shots)) == 6
        assert sum(1 for _ in shots for _ in shots) == 36

    @pytest.mark.promise("membership-by-id-entity-or-collection")
    def test_membership(self, shots: Any) -> None:
        assert shots.id[0] in shots
        assert shots[0] in shots
        assert shots[1:3] in shots
        assert shots.values()[0] in shots
        assert "nope" not in shots
        assert shots not in shots[1:]
        assert 3 not in shots

    @pytest.mark.promise("equality-is-entities-and-order")
    def test_equality_is_about_entities_and_their_order(self, shots: Any, other: Session, near: Session) -> None:
        assert shots == shots[:]
        assert shots != shots[::-1]
        assert shots != shots.id
        assert hash(shots) == hash(shots[:])
        assert shots == Query(Shot, session=near).by_name("bc%").get_all(), "the session is not compared"

    @pytest.mark.promise("keys-and-values")
    def test_keys_and_values(self, shots: Any) -> None:
        assert list(shots.keys()) == shots.id
        assert [entity["id"] for entity in shots.values()] == shots.id

    @pytest.mark.promise("copying-and-pickling-collections")
    def test_copies_are_the_collection_and_pickling_says_what_to_do(self, shots: Any) -> None:
        assert copy.copy(shots) == copy.deepcopy(shots) == shots
        with pytest.raises(TypeError, match="Pickle the ids"):
            pickle.dumps(shots)

    @pytest.mark.promise("collections-never-change")
    def test_it_never_changes(self, shots: Any) -> None:
        before = shots.id
        shots.filter(lambda _: False), shots.sort(lambda shot: shot.name, reverse=True), shots | shots, shots[Task]
        assert shots.id == before
        with pytest.raises(TypeError):
            shots[0] = shots[1]
        with pytest.raises(TypeError):
            del shots[0]


class TestReading:
    @pytest.mark.promise("scalars-are-lists", "references-are-collections")
    def test_scalars_are_lists_with_one_value_for_each(self, versions: Any) -> None:
        assert versions.version == [1, 2, 3]
        assert versions.asset.name == ["AnotherAsset"], "references are collections without duplicates"

    @pytest.mark.promise("types-are-read-by-name")
    def test_relations_can_be_read_by_type(self, session: Session) -> None:
        found = Query(AssetVersion, session=session).get_all(
            limit=10, projections=[ComponentLocation.resource_identifier]
        )
        assert found.ComponentLocation.resource_identifier == found.components.component_locations.resource_identifier
        assert len(found.ComponentLocation) > 1

    @pytest.mark.promise("custom-attributes-have-a-prefix")
    def test_custom_attributes_are_read_with_a_prefix(self, shots: Any) -> None:
        assert shots.custom_fps == [each["fps"] for each in shots.custom_attributes]
        assert [type(each) for each in shots.custom_frame_start] == [float] * 6

    @pytest.mark.promise("reading-sends-no-request")
    @pytest.mark.filterwarnings("ignore::trackteroid.errors.MissingValueWarning")
    def test_reading_never_asks_the_server(self, fresh: Session, requests_of: Any) -> None:
        found = Query(AssetVersion, session=fresh).get_all(limit=3)
        with requests_of(fresh) as asked:
            assert not found.comment[0]
            assert repr(found.task.status) == "EmptyCollection[Status] (not loaded)"
            assert not found.custom_x[0]
            assert repr(found.Project) == "EmptyCollection[Project] (not loaded)"
            assert not found.filter(lambda _: False).asset.parent.children
        assert asked == []

    @pytest.mark.promise("read-early-seen-once-loaded")
    @pytest.mark.filterwarnings("ignore::trackteroid.errors.MissingValueWarning")
    def test_what_is_read_too_early_is_seen_once_it_is_loaded(self, fresh: Session) -> None:
        found = Query(Shot, session=fresh).get_all(limit=2)
        assert not found.custom_fps[0]
        assert repr(found.parent) == "EmptyCollection[TypedContext] (not loaded)"
        assert not found.Status
        found.fetch_attributes("custom_attributes", "parent", "status.name")
        assert found.custom_fps[0]
        assert found.parent
        assert found.Status.name[0]

    @pytest.mark.promise("partly-loaded-references-show")
    @pytest.mark.filterwarnings("ignore::trackteroid.errors.MissingValueWarning")
    def test_partly_loaded_references_are_not_hidden(self, fresh: Session) -> None:
        Query(AssetVersion, session=fresh).get_all(limit=1, projections=["task.name"])
        found = Query(AssetVersion, session=fresh).get_all(limit=3, order_by="id")
        assert len(found.task) == 1
        assert found.task.name[0]

    @pytest.mark.promise("null-references-are-empty")
    def test_a_null_reference_is_nothing(self, session: Session) -> None:
        sequences = Query(Sequence, session=session).get_all(projections=["thumbnail.name"])
        assert repr(sequences.thumbnail) in ("EmptyCollection[Component]", "EmptyCollection[FileComponent]")
        assert not sequences.thumbnail.name

    @pytest.mark.promise("reached-types-follow-the-schema", "fetching-on-mixed-collections")
    def test_parents_may_be_projects_whatever_comes_first(self, session: Session) -> None:
        parents = Query(TypedContext, session=session).get_all(projections=["parent.name", "parent.status"]).parent
        assert repr(parents).startswith("EntityCollection[TypedContext]")
        assert len(parents[Project]) == 4
        parents.fetch_attributes(ObjectType.name)
        assert {"Folder", "Shot", "Sequence"} <= set(parents.ObjectType.name)

    @pytest.mark.promise("attributes-named-like-methods-or-keywords")
    def test_attributes_that_are_called_like_methods(self, session: Session) -> None:
        found = Query(Status, session=session).get_all(projections=["sort"])
        assert len(found.attribute("sort")) == len(found)
        assert callable(found.sort)
        with pytest.raises(KeyError, match="no element with the id 'sort'"):
            found["sort"]

    @pytest.mark.promise("attributes-named-like-methods-or-keywords")
    def test_links_have_a_from_and_a_to(self, session: Session) -> None:
        found = (
            Query(AssetVersion, session=session)
            .inject("incoming_links any ()")
            .get_all(projections=["incoming_links.from.version"])
        )
        assert getattr(found.incoming_links, "from").version

    @pytest.mark.promise("types-are-read-by-name")
    def test_a_type_shortcut_works_on_mixed_collections(self, session: Session) -> None:
        mixed = Query(TypedContext, session=session).get_all(limit=100, projections=[Component.name, Project.name])
        assert mixed.Project.name
        assert repr(mixed.Manager) == "EmptyCollection[Manager] (not loaded)"
        assert mixed.Manager.entity_type is Manager

    @pytest.mark.promise("get-loads-related-entities")
    @pytest.mark.filterwarnings("ignore::trackteroid.errors.MissingValueWarning")
    def test_get_loads_what_a_type_shortcut_reads(self, fresh: Session) -> None:
        shots = Query(Shot, session=fresh).by_name("bc%").get_all()
        assert not shots.Task
        tasks = shots.get(Task, projections=["description", "status.name"])
        assert tasks == shots.Task
        assert len(tasks.status) >= 1
        assert tasks.description[0] is None or isinstance(tasks.description[0], str)

    @pytest.mark.promise("fetching-returns-the-collection")
    @pytest.mark.parametrize(
        "attribute", [lambda shots: [Task.State.name, "description"], lambda shots: ["parent[Sequence].name"]]
    )
    def test_fetching_returns_the_collection_itself(self, fresh: Session, attribute: Any) -> None:
        shots = Query(Shot, session=fresh).get_all(limit=3)
        assert shots.fetch_attributes(*attribute(shots)) is shots

    @pytest.mark.promise("fetching-without-names-loads-defaults")
    def test_fetching_without_attributes_loads_the_defaults(self, fresh: Session) -> None:
        versions = Query(AssetVersion, session=fresh).get_first(projections=["task"])
        assert versions.task.fetch_attributes().name[0]

    @pytest.mark.promise("auto-populate-asks-once")
    def test_auto_populate_asks_once_for_all(self, server: Any, requests_of: Any) -> None:
        with Session(server_url=server, auto_populate=True, plugin_paths=[], schema_cache_path=False) as session:
            found = Query(AssetVersion, session=session).get_all(limit=20)
            with requests_of(session) as asked:
                assert len(found.comment) == 20
            assert asked == ["query"]


class TestTransforming:
    @pytest.mark.promise("map-gives-a-list", "filter-and-count")
    def test_map_count_and_filter(self, versions: Any) -> None:
        assert versions.map(lambda v: f"{v.asset.name[0]}_v{v.version[0]:03}") == [
            f"AnotherAsset_v00{n}" for n in (1, 2, 3)
        ]
        assert versions.count(lambda v: v.version[0] > 1) == 2
        assert versions.filter(lambda v: v.version[0] > 1).version == [2, 3]
        assert versions.map(lambda v: v.asset.name[0]) == ["AnotherAsset"] * 3, "one for each, also equal ones"

    @pytest.mark.promise("fold-makes-one-value", "partition-splits-in-two")
    def test_fold_and_partition(self, versions: Any) -> None:
        assert versions.fold(10, lambda total, v: total + v.version[0]) == 16
        even, odd = versions.partition(lambda v: v.version[0] % 2 == 0)
        assert (even.version, odd.version) == ([2], [1, 3])
        everything, rest = versions.partition(lambda _: True)
        assert everything == versions
        assert repr(rest) == "EmptyCollection[AssetVersion]"

    @pytest.mark.promise("group-by-any-key")
    def test_group_and_group_and_map(self, versions: Any) -> None:
        assert {key: part.version for key, part in versions.group(lambda v: v.version[0] > 1).items()} == {
            False: [1],
            True: [2, 3],
        }
        assert list(versions.group(lambda v: v.version)) == [1, 2, 3], "a list with one value is that value"
        assert list(versions.group(lambda v: [*v.version, 0])) == [(1, 0), (2, 0), (3, 0)]
        assert [key.name for key in versions.group(lambda v: v.asset)] == [["AnotherAsset"]]
        assert versions.group_and_map(lambda v: v.asset.name[0], lambda part: part.version) == {
            "AnotherAsset": [1, 2, 3]
        }

    @pytest.mark.promise("extremes-of-equals")
    def test_extremes(self, versions: Any) -> None:
        assert versions.max(by_version).version == [3]
        assert versions.min(by_version).version == [1]
        assert versions.max(lambda _: 0) == versions[-1], "the last of equals"
        assert versions.min(lambda _: 0) == versions[0], "the first of equals"

    @pytest.mark.promise("sort-is-stable", "sort-keys-may-be-lists")
    def test_sort(self, versions: Any) -> None:
        assert versions.sort(by_version, reverse=True).version == [3, 2, 1]
        assert versions.sort(lambda v: v.version[0]).version == [1, 2, 3]
        assert versions.sort(lambda v: (v.asset.name[0], -v.version[0])).version == [3, 2, 1]
        assert versions.sort(lambda v: None if v.version[0] == 1 else v.version).version == [2, 3, 1]
        assert versions.sort(lambda _: 0) == versions

    @pytest.mark.promise("apply-sets-what-a-function-returns")
    def test_apply(self, author: Session, project: Any) -> None:
        folders = project.children[Folder]
        folders.create_batch({"name": "a"}, {"name": "b"})
        author.commit()
        found = Query(Folder, session=author).by_id(Project, *project.id).get_all(order_by="name")
        assert found.apply(lambda folder: folder.name[0].upper(), "description") == ["A", "B", "FOLDER"]
        with pytest.raises(TypeError):
            found.apply(lambda _: "x")

    @pytest.mark.promise("apply-where-it-was-read")
    def test_apply_on_what_was_read_sets_it_where_it_was_read(self, near: Session) -> None:
        tasks = Query(Task, session=near).by_name(Shot, "bc0040").get_all(projections=["status.name"])
        status = Query(Status, session=near).by_name("On Hold").get_one()
        assert tasks.Status.apply(lambda _: status).name == ["On Hold"]
        assert tasks.Status.name == ["On Hold"]
        assert len(tasks.status) == 1


class TestSets:
    @pytest.mark.promise(
        "set-operators-are-the-methods",
        "union-appends-new-entities",
        "intersection-is-in-all",
        "difference-is-in-no-other",
        "symmetric-difference-is-in-exactly-one",
    )
    def test_the_documented_examples(self, versions: Any) -> None:
        a, b = versions[:2], versions[1:]
        assert (a | b).version == a.union(b).version == [1, 2, 3]
        assert (a & b).version == a.intersection(b).version == [2]
        assert (a - b).version == a.difference(b).version == [1]
        assert (a ^ b).version == a.symmetric_difference(b).version == [1, 3]
        assert a.symmetric_difference(b, versions[1:2]).version == [1, 3], "what is in exactly one of them"
        assert a.union(b, versions) == versions

    @pytest.mark.promise("empty-is-neutral-in-sets")
    def test_nothing_is_neutral(self, versions: Any, nothing: Any) -> None:
        assert versions | nothing == nothing | versions == versions
        assert versions - nothing == versions ^ nothing == versions
        assert not versions & nothing
        assert not nothing - versions
        assert nothing.union(versions[:1], nothing, versions[1:]) == versions

    @pytest.mark.promise("sets-do-not-mix-types-or-sessions")
    @pytest.mark.parametrize("method", ["union", "intersection", "difference", "symmetric_difference"])
    def test_types_and_sessions_do_not_mix(self, versions: Any, shots: Any, near: Session, method: str) -> None:
        foreign = Query(AssetVersion, session=near).get_first()
        for other in (shots, foreign):
            with pytest.raises(EntityCollectionOperationError):
                getattr(versions, method)(other)

    @pytest.mark.promise("nothing-left-is-no-error")
    @pytest.mark.parametrize(
        "entity_type", [User, Status, State, Type, ObjectType, Location, List, ReviewSession, NoteLabel]
    )
    def test_nothing_left_is_no_error_for_any_type(self, session: Session, entity_type: Any) -> None:
        found = Query(entity_type, session=session).get_all()
        expected = f"EmptyCollection[{entity_type}]"
        assert repr(found.filter(lambda _: False)) == expected
        assert repr(found - found) == expected
        assert repr(found[:1] & found[1:]) == expected
        assert repr(found ^ found) == expected
        assert repr(found[Shot]) == "EmptyCollection[Shot]"
        assert found.count(lambda _: False) == 0


class TestCoercion:
    @pytest.mark.promise("coercion-to-a-more-general-type")
    def test_to_a_more_general_type(self, shots: Any, session: Session) -> None:
        folders = Query(Folder, session=session).get_all()
        assert len(TypedContext(folders) | TypedContext(shots)) == len(folders) + len(shots)
        assert Context(shots).entity_type is Context
        assert Context(shots.parent).source == shots.parent.source, "where it was read from is not forgotten"
        assert len(TypedContext(Query(Project, session=session).get_all())) == 4

    @pytest.mark.promise("coercion-to-a-special-type-is-refused")
    def test_not_to_a_more_special_one(self, shots: Any) -> None:
        with pytest.raises(AssertionError, match=r"\[Task\]"):
            Task(shots)
        with pytest.raises(AssertionError, match=r"\[Shot\]"):
            Shot(TypedContext(shots))


class TestNothing:
    @pytest.mark.promise("empty-is-false-and-has-no-elements")
    def test_it_is_false_empty_and_typed(self, nothing: Any) -> None:
        assert repr(nothing) == "EmptyCollection[AssetVersion]"
        assert isinstance(nothing, EmptyCollection)
        assert (bool(nothing), len(nothing), list(nothing), nothing.entity_type) == (False, 0, [], AssetVersion)
        assert {nothing: 1}[nothing] == 1

    @pytest.mark.promise("empty-collections-chain")
    @pytest.mark.parametrize(
        ("read", "expected"),
        [
            (lambda e: e.ComponentLocation.resource_identifier[0] or "fallback", "fallback"),
            (lambda e: e.filter(lambda _: True).user.username or [], []),
            (lambda e: e.Task.State.name[0].upper() or "fallback", "fallback"),
            (lambda e: e[0].version[0] or 0, 0),
            (lambda e: e[Shot].name[1:3] or "fallback", "fallback"),
            (lambda e: e.sort(by_version).max(by_version).version[0] or 0, 0),
            (lambda e: e.fold(7, lambda a, b: a + b), 7),
            (lambda e: e.count(lambda _: True) == 0, True),
            (lambda e: e.map(len), []),
            (lambda e: e.group(len), {}),
            (lambda e: e.group_and_map(len, len), {}),
            (lambda e: [bool(part) for part in e.partition(len)], [False, False]),
            (lambda e: sum(e.version), 0),
            (lambda e: ", ".join(e.comment), ""),
            (lambda e: e.custom_anything[0] or "fallback", "fallback"),
            (lambda e: e.metadata or "fallback", "fallback"),
        ],
    )
    def test_whatever_is_asked_of_it_ends_in_the_fallback(self, nothing: Any, read: Any, expected: Any) -> None:
        assert read(nothing) == expected

    @pytest.mark.promise("empty-collections-are-typed")
    @pytest.mark.parametrize(
        ("read", "expected"),
        [
            (lambda e: e.task, "Task"),
            (lambda e: e.task.status, "Status"),
            (lambda e: e.asset.parent, "TypedContext"),
            (lambda e: e.Shot, "Shot"),
            (lambda e: e.get(Shot), "Shot"),
            (lambda e: e.components, "Component"),
            (lambda e: e[Shot], "Shot"),
            (lambda e: e["an id"], "AssetVersion"),
        ],
    )
    def test_it_is_typed_wherever_it_leads(self, nothing: Any, read: Any, expected: str) -> None:
        assert repr(read(nothing)) == f"EmptyCollection[{expected}]"
        assert repr(nothing) == "EmptyCollection[AssetVersion]", "and never changes in place"

    @pytest.mark.promise("empty-is-false-and-has-no-elements")
    def test_a_loop_over_it_does_nothing(self, nothing: Any) -> None:
        def loop() -> Iterator[int]:
            for _ in nothing:
                yield 1

        assert list(loop()) == []

    @pytest.mark.promise("nothing-can-be-set-on-empty")
    def test_nothing_can_be_set_on_it(self, nothing: Any) -> None:
        with pytest.raises(EntityCollectionOperationError):
            nothing.comment = "x"
        with pytest.raises(EntityCollectionOperationError):
            nothing.task.name = "x"

    @pytest.mark.promise("empty-equals-empty")
    def test_nothing_equals_nothing_only(self, nothing: Any, shots: Any) -> None:
        assert nothing == shots.filter(lambda _: False)
        assert nothing != []
        assert nothing != shots
        assert nothing is not None

    @pytest.mark.promise("empty-commits-the-session")
    def test_a_commit_on_it_sends_what_is_pending(self, author: Session, project: Any, other: Session) -> None:
        project.full_name = f"{project.full_name[0]} changed"
        Query(Shot, session=author).by_name("nope").get_all().commit()
        stored = Query(Project, session=other).by_id(*project.id).get_one(projections=["full_name"])
        assert stored.full_name == project.full_name

    @pytest.mark.promise("deleting-and-linking-nothing")
    def test_deleting_nothing_returns_the_session(self, near: Session) -> None:
        assert Query(Shot, session=near).by_name("nope").get_all().delete() is near


class TestQueries:
    @pytest.mark.promise("results-keep-their-query")
    def test_the_query_of_a_result_keeps_its_criteria(self, session: Session) -> None:
        query = Query(Shot, session=session).by_name("bc%")
        found = query.get_all()
        assert str(found.query) == 'select id, name from Shot where (name like "bc%")'
        assert str(found.as_query()) == str(found.query)
        found.as_query().by_id("x")
        query.by_id("y")
        assert str(found.query) == 'select id, name from Shot where (name like "bc%")'

    @pytest.mark.promise("query-by-ids")
    def test_a_collection_can_be_asked_for_again_by_its_ids(self, session: Session) -> None:
        found = Query(Shot, session=session).by_name("bc%").get_all()[:2]
        assert set(found.as_query(use_ids=True).get_all().keys()) == set(found.keys())

    @pytest.mark.promise("children-can-be-queried")
    def test_children_can_be_queried(self, session: Session) -> None:
        shots = Query(Shot, session=session).by_name("bc0040").get_all()
        children = shots.query_children(projections=["description"])
        assert children[Task]
        assert children == shots.get(Task, projections=["name"]) or set(shots.Task.keys()) <= set(children.keys())
