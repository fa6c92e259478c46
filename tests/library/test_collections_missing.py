"""Nothing forgotten is silent: what was not loaded warns, raises or is fetched, wherever it is read or changed."""

from __future__ import annotations

import copy
import inspect
import logging
import pickle
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import ftrack_api.logging
import ftrack_api.symbol
import pytest
from collection_tools import collection, configure, connected_to, ids, versions
from fake_session import AnsweredFromMemory, FakeSession, FakeTrackteroidSession, record
from ftrack_api.symbol import NOT_SET

from demo_servers import demo_database
from trackteroid.collections import EmptyCollection, make_collection
from trackteroid.entities import AssetVersion, Shot, Status, Task
from trackteroid.entities.base import entity_class
from trackteroid.errors import (
    AssignmentError,
    CreationError,
    InvalidArgumentsError,
    MissingValueWarning,
    NoValueError,
    TrackteroidError,
    UnloadedAttributeError,
)
from trackteroid.query import Query
from trackteroid.schema.relations import SchemaEntry
from trackteroid.session import SESSION, Session


@pytest.fixture
def session() -> FakeTrackteroidSession:
    return FakeTrackteroidSession()


def queried(session: AnsweredFromMemory, entity_type: Any, *records: Any, **options: Any) -> Any:
    """The answer to a query for these records."""
    session.answer(f"select {', '.join(entity_type.projections)}", records)
    return Query(entity_type, session=session).get_all(**options)


def told(do: Callable[[], object]) -> list[str]:
    """What is told while something is done, once per place, as a program would show it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default", MissingValueWarning)
        do()
    assert all(each.category is MissingValueWarning for each in caught)
    return [str(each.message) for each in caught]


def is_commented(version: Any) -> bool:
    return bool(version.comment[0])


#: What can be done with a collection of tasks that was not loaded.
USES: dict[str, Callable[[Any], object]] = {
    "bool": bool,
    "not": lambda found: not found,
    "or": lambda found: found or "nothing",
    "len": len,
    "list": list,
    "loop": lambda found: [each for each in found],  # noqa: C416
    "in": lambda found: "some id" in found,
    "first": lambda found: bool(found[0]),
    "slice": lambda found: list(found[1:]),
    "class": lambda found: bool(found[Task]),
    "equal": lambda found: found == found,
    "equal to others": lambda found: found.source.owner == found,
    "in others": lambda found: found in found.source.owner,
    "keys": lambda found: found.keys(),
    "values": lambda found: found.values(),
    "count": lambda found: found.count(bool),
    "filter": lambda found: found.filter(bool),
    "map": lambda found: found.map(bool),
    "fold": lambda found: found.fold(0, lambda total, _: total),
    "group": lambda found: found.group(bool),
    "group_and_map": lambda found: found.group_and_map(bool, len),
    "partition": lambda found: found.partition(bool),
    "sort": lambda found: found.sort(bool),
    "max": lambda found: found.max(bool),
    "min": lambda found: found.min(bool),
    "union": lambda found: found.union(found),
    "intersection": lambda found: found.intersection(found),
    "difference": lambda found: found.difference(found),
    "symmetric_difference": lambda found: found.symmetric_difference(found),
    "|": lambda found: found | found,
    "&": lambda found: found & found,
    "-": lambda found: found - found,
    "^": lambda found: found ^ found,
    "a value": lambda found: found.name,
    "a value further on": lambda found: found.status.state.name,
    "a mapping": lambda found: found.metadata,
    "a custom attribute": lambda found: found.custom_fps,
    "a type further on": lambda found: found.State.name,
    "attribute": lambda found: found.attribute("name"),
    "get": lambda found: found.get(Status),
    "fetch_attributes": lambda found: found.fetch_attributes("name"),
    "query_children": lambda found: found.query_children(),
}


class TestWarning:
    """What sessions do by themselves."""

    @pytest.mark.parametrize("kind", [FakeSession, FakeTrackteroidSession])
    def test_a_value_that_was_not_loaded_is_told_with_the_projection_to_add(self, kind: Any) -> None:
        found = queried(kind(), AssetVersion, record("AssetVersion", "v"))
        with pytest.warns(MissingValueWarning) as caught:
            assert found.comment == [NOT_SET]
        (warning,) = caught
        assert '"comment" of AssetVersion was not loaded' in str(warning.message)
        assert '`projections=["comment"]`' in str(warning.message)

    def test_it_names_the_line_of_the_user(self, session: Any) -> None:
        found = versions(session, 1)
        with pytest.warns(MissingValueWarning) as caught:
            found.filter(is_commented)
        (warning,) = caught
        assert Path(warning.filename) == Path(__file__)
        assert warning.lineno == inspect.getsourcelines(is_commented)[1] + 1

    def test_a_place_tells_once_however_many_entities_it_reads(self, session: Any) -> None:
        found = versions(session, *range(50))
        assert len(told(lambda: [version.comment for version in found])) == 1
        assert len(told(lambda: [not version.task for version in found])) == 1
        assert len(told(lambda: found.filter(lambda version: not version.task))) == 1

    def test_two_places_tell_twice_and_so_do_two_attributes(self, session: Any) -> None:
        found = versions(session, 1)

        def read() -> None:
            _ = found.comment
            _ = found.comment
            _ = found.comment, found.date

        assert len(told(read)) == 4

    @pytest.mark.parametrize("use", USES.values(), ids=list(USES))
    @pytest.mark.parametrize("attribute", ["children", "Task"])
    @pytest.mark.slow
    def test_every_use_of_a_relation_that_was_not_loaded_tells(
        self, session: Any, attribute: str, use: Callable[[Any], object]
    ) -> None:
        shots = queried(session, Shot, record("Shot", "s"))
        found = shots.attribute(attribute)[Task]
        (message,) = told(lambda: use(found))
        assert '`projections=["children' in message
        with session.reading_missing("raise"), pytest.raises(UnloadedAttributeError):
            use(found)
        with session.reading_missing("not_set"):
            assert told(lambda: use(found)) == []

    def test_tasks_without_assignments_are_not_all_tasks_silently(self, session: Any) -> None:
        tasks = queried(session, Task, record("Task", "a"), record("Task", "b"))
        (message,) = told(lambda: tasks.filter(lambda task: not task.assignments))
        assert '"assignments" of Task' in message

    def test_the_longer_the_way_the_longer_the_projection(self, session: Any) -> None:
        shots = queried(session, Shot, record("Shot", "s"))
        (message,) = told(lambda: shots.Task.Status.name[0] or "none")
        assert 'of Shot, `projections=["children.status.name"]`' in message
        loaded = queried(session, Task, record("Task", "t", status=record("Status", "x")))
        (message,) = told(lambda: loaded.status.name)
        assert '"name" of Status was not loaded' in message
        assert 'of Task, `projections=["status.name"]`' in message
        (message,) = told(lambda: loaded[0].status[0].state.name)
        assert '`projections=["status.state.name"]`' in message

    @pytest.mark.parametrize(
        ("read", "added"),
        [
            (lambda found: found.comment, "comment"),
            (lambda found: found.metadata, "metadata"),
            (lambda found: found.custom_fps, "custom_attributes"),
            (lambda found: len(found.components), "components"),
            (lambda found: len(found.Component), "components"),
            (lambda found: found.Project.name, "task.project.name"),
            (lambda found: found.asset.parent.name, "asset.parent.name"),
        ],
    )
    def test_the_projection_that_is_named_can_be_asked_for(self, session: Any, read: Any, added: str) -> None:
        found = queried(session, AssetVersion, record("AssetVersion", "v"))
        (message,) = told(lambda: read(found))
        assert f'`projections=["{added}"]`' in message
        assert f'`fetch_attributes("{added}")`' in message
        session.answer(f"select {added} from AssetVersion", [])
        found.fetch_attributes(added)

    def test_reading_what_some_entities_lack_tells(self, session: Any) -> None:
        tasks = [record("Task", "t", name="comp", status=record("Status", "s"))]
        found = collection(
            session,
            record("AssetVersion", "a", comment="x", task=tasks[0]),
            record("AssetVersion", "b"),
            record("AssetVersion", "c", task=None),
        )
        assert len(told(lambda: found.comment)) == 1
        assert len(told(lambda: found.task)) == 1
        assert len(told(lambda: found.task.name)) == 1
        assert len(told(lambda: found.Project)) == 1

    def test_sorting_and_grouping_by_what_was_not_loaded_tells(self, session: Any) -> None:
        found = versions(session, 2, 1)
        assert len(told(lambda: found.sort(lambda version: version.comment))) == 1
        assert len(told(lambda: found.sort(lambda version: version.task))) == 1
        assert len(told(lambda: found.max(lambda version: version.task.name))) == 1
        assert len(told(lambda: found.group(lambda version: version.task))) == 1

    def test_a_criterion_that_takes_what_was_not_loaded_tells(self, session: Any) -> None:
        shots = queried(session, Shot, record("Shot", "s"))
        (message,) = told(lambda: Query(AssetVersion, session=session).where(AssetVersion.task.in_(shots.Task)))
        assert '"children" of Shot' in message

    def test_a_relation_with_several_paths_names_all_of_them(self, session: Any) -> None:
        schema = SchemaEntry(entities={"Task": {"User": ("assignments.resource", "managers.user")}})
        found = collection(session, record("Task", "t"), schema=schema)
        assert repr(found.User) == "EmptyCollection[User] (not loaded)"
        (message,) = told(lambda: bool(found.User))
        assert '"assignments.resource", "managers.user"' in message
        half = record("Task", "u", assignments=[record("Appointment", "a", resource=record("User", "x"))])
        (message,) = told(lambda: collection(session, half, schema=schema).User)
        assert '"managers' in message


class TestNothingIsWrong:
    """What tells nothing, because nothing was forgotten."""

    @pytest.fixture(autouse=True)
    def _all_warnings_are_errors(self, session: Any) -> None:
        session.missing = "raise"

    def test_null_references_and_empty_arrays_are_loaded(self, session: Any) -> None:
        found = collection(session, record("AssetVersion", "a", task=None, components=[], comment=None))
        assert not found.task
        assert not found.task.name
        assert not found.Project.name
        assert not found.components.name
        assert found.comment == [None]
        assert repr(found.task) == "EmptyCollection[Task]"

    def test_results_without_entities_lack_nothing(self, session: Any) -> None:
        nothing = versions(session, 1)[5:]
        assert not nothing
        assert not nothing.task.status.name
        assert nothing.map(bool) == []

    def test_what_nobody_has_set_yet_for_a_new_entity_was_not_forgotten(self, session: Any) -> None:
        new = make_collection(Shot, [session.create("Shot", {"name": "x"})], session=session, schema=SchemaEntry())
        assert not new.assets
        assert not new.Task.Status.name
        assert new.thumbnail_id in ([NOT_SET], [""])
        assert not new.metadata[0]
        assert not new.parent

    def test_what_entities_of_a_type_never_have_was_not_forgotten(self, session: Any) -> None:
        mixed = collection(
            session,
            record("Shot", "s", status=record("Status", "st")),
            record("Project", "p", full_name="The Project", status="active"),
            of="TypedContext",
        )
        assert mixed.full_name == [NOT_SET, "The Project"]
        assert ids(mixed.status) == ["st"]

    def test_what_was_set_is_there(self, session: Any) -> None:
        found = collection(session, record("Task", "t"))
        found.description = "x"
        found.status = collection(session, record("Status", "s", name="done"))
        assert found.description == ["x"]
        assert found.status.name == ["done"]

    def test_printing_keys_and_sets_read_nothing(self, session: Any) -> None:
        a, b = versions(session, 1, 2), versions(session, 2, 3)
        found = collection(session, record("Asset", "a"))
        assert repr(found.versions) == str(found.versions) == "EmptyCollection[AssetVersion] (not loaded)"
        assert found.versions.source.owner is found
        assert ids(a | b) == ["v1", "v2", "v3"]
        assert hash(found.versions) == hash(found.versions)
        assert dir(found)

    def test_an_entity_may_be_created_in_an_array_that_was_not_loaded(self, session: Any) -> None:
        asset = collection(session, record("Asset", "a"))
        task = collection(session, record("Task", "t"))
        for version in (asset.versions.create(task=task), *asset.versions.create_batch({"task": task})):
            assert ids(version.asset) == ["a"]
        assert asset.AssetVersion.create(task=task).task == task
        assert session.queries == []

    def test_a_plain_value_may_be_assigned_to_what_was_not_loaded(self, session: Any) -> None:
        found = collection(session, record("Task", "t"), record("Task", "u"))
        found.description = ["x", "y"]
        found.apply(lambda _: "z", "description")
        found.status = [collection(session, record("Status", "s"))] * 2
        assert session.queries == []


class TestRaising:
    def test_has_the_same_words_and_the_projections(self, session: Any) -> None:
        found = queried(session, AssetVersion, record("AssetVersion", "v"))
        (message,) = told(lambda: found.Task.name)
        session.missing = "raise"
        with pytest.raises(UnloadedAttributeError) as caught:
            _ = found.Task.name
        assert str(caught.value) == message
        assert caught.value.projections == ("task.name",)
        assert isinstance(caught.value, TrackteroidError)

    def test_is_not_taken_for_an_attribute_that_does_not_exist(self, session: Any) -> None:
        session.missing = "raise"
        found = versions(session, 1)
        with pytest.raises(UnloadedAttributeError):
            hasattr(found, "comment")
        with pytest.raises(UnloadedAttributeError):
            getattr(found, "comment", "default")

    def test_raises_at_every_use(self, session: Any) -> None:
        session.missing = "raise"
        found = versions(session, 1).task
        for _ in range(2):
            with pytest.raises(UnloadedAttributeError):
                bool(found)


class TestSettings:
    def test_warn_is_the_default(self) -> None:
        assert FakeTrackteroidSession().missing == "warn"
        assert SESSION.missing == "warn"

    def test_is_chosen_for_the_session_or_changed_later(self) -> None:
        session = FakeTrackteroidSession(missing="raise")
        assert session.missing == "raise"
        session.missing = "not_set"
        assert session.missing == "not_set"
        session.missing = None
        assert session.missing == "warn"

    def test_sessions_with_auto_populate_fetch_unless_they_are_told_otherwise(self) -> None:
        session = FakeTrackteroidSession(auto_populate=True)
        assert session.missing == "fetch"
        session.missing = "raise"
        assert session.missing == "raise"
        with pytest.raises(UnloadedAttributeError):
            _ = versions(session, 1).comment
        session.answer("select comment", [record("AssetVersion", "v1", comment="x")])
        assert versions(session, 1).values()[0]["comment"] == "x"
        with FakeTrackteroidSession().auto_populating(True) as other:
            del other
        plain = FakeTrackteroidSession()
        with plain.auto_populating(True):
            assert plain.missing == "fetch"
        assert plain.missing == "warn"

    def test_a_stock_session_that_populates_fetches(self) -> None:
        session = FakeSession(auto_populate=True)
        session.answer("select comment", [record("AssetVersion", "v1", comment="x")])
        assert versions(session, 1).comment == ["x"]

    @pytest.mark.parametrize("wrong", ["wran", "", True, 1, "NOT_SET"])
    def test_anything_else_is_refused(self, session: Any, wrong: Any) -> None:
        with pytest.raises(InvalidArgumentsError, match='"warn", "raise", "fetch", "not_set"'):
            session.missing = wrong
        with pytest.raises(InvalidArgumentsError):
            session.reading_missing(wrong)
        with pytest.raises(InvalidArgumentsError):
            Session(missing=wrong)

    def test_a_block_ends_also_after_an_error(self, session: Any) -> None:
        with session.reading_missing("raise"):
            with session.reading_missing("not_set"):
                assert session.missing == "not_set"
            assert session.missing == "raise"
        with pytest.raises(ZeroDivisionError), session.reading_missing("fetch"):
            raise ZeroDivisionError
        assert session.missing == "warn"

    def test_blocks_end_in_any_order_as_those_of_generators_do(self, session: Any) -> None:
        def reading(mode: Any) -> Iterator[str]:
            with session.reading_missing(mode):
                yield session.missing

        for first_ends_first in (True, False):
            first, second = reading("fetch"), reading("raise")
            assert [next(first), next(second)] == ["fetch", "raise"]
            (first if first_ends_first else second).close()
            assert session.missing == ("raise" if first_ends_first else "fetch")
            (second if first_ends_first else first).close()
            assert session.missing == "warn"

    def test_a_block_may_end_in_another_thread(self, session: Any) -> None:
        block = session.reading_missing("fetch")
        block.__enter__()
        thread = threading.Thread(target=block.__exit__, args=(None, None, None))
        thread.start()
        thread.join()
        block.__exit__(None, None, None)
        assert session.missing == "warn"

    def test_a_block_can_be_used_again_inside_of_itself_and_around_functions(self, session: Any) -> None:
        block = session.reading_missing("raise")
        with block, block:
            assert session.missing == "raise"
        with block:
            assert block(lambda: session.missing)() == "raise"
            assert session.missing == "raise"
        assert session.missing == "warn"

    def test_a_block_is_for_one_session_and_one_thread(self, session: Any) -> None:
        seen: list[str] = []
        with session.reading_missing("raise"):
            assert FakeTrackteroidSession().missing == "warn"
            thread = threading.Thread(target=lambda: seen.append(session.missing))
            thread.start()
            thread.join()
        assert seen == ["warn"]

    def test_reconnecting_takes_it_like_other_arguments(self) -> None:
        session = Session(server_url="sqlite://", plugin_paths=[], schema_cache_path=False)
        try:
            session.reconnect(missing="raise")
            assert session.missing == "raise"
            session.reconnect()
            assert session.missing == "raise"
            session.reconnect(auto_populate=True, missing=None)
            assert session.missing == "fetch"
        finally:
            session.close()

    def test_sessions_of_ones_own_kind_pass_it_on(self) -> None:
        class Studio(Session):
            def __init__(self, **options: Any) -> None:
                super().__init__(**{"missing": "raise", **options})

        assert Studio().missing == "raise"
        assert Studio(missing="fetch").missing == "fetch"


class TestFetching:
    """One request for all, however it is read."""

    NUMBERS = range(1, 7)

    @pytest.fixture
    def found(self, session: Any) -> Any:
        session.missing = "fetch"
        statuses = [record("Status", f"s{n}", name=f"S{n}") for n in self.NUMBERS]
        tasks = [record("Task", f"t{n}", name=f"T{n}", status=statuses[n - 1]) for n in self.NUMBERS]
        answer = [
            record("AssetVersion", f"v{n}", comment=f"c{n}", task=tasks[n - 1], is_published=n % 2 == 0)
            for n in self.NUMBERS
        ]
        session.answer("select comment from AssetVersion", answer)
        session.answer("select task", answer)
        session.answer("select is_published", answer)
        return versions(session, *self.NUMBERS)

    READS: dict[str, tuple[Callable[[Any], list[Any]], int]] = {
        "at once": (lambda found: found.comment, 1),
        "loop": (lambda found: [each.comment[0] for each in found], 1),
        "reversed": (lambda found: [each.comment[0] for each in reversed(found)][::-1], 1),
        "map": (lambda found: found.map(lambda each: each.comment[0]), 1),
        "filter": (lambda found: found.filter(lambda each: each.comment[0]).comment, 1),
        "fold": (lambda found: found.fold([], lambda so_far, each: so_far + each.comment), 1),
        "sort": (lambda found: found.sort(lambda each: each.comment).comment, 1),
        "group": (lambda found: list(found.group(lambda each: each.comment)), 1),
        "positions": (lambda found: [found[n].comment[0] for n in range(len(found))], 2),
        "ids": (lambda found: [found[each].comment[0] for each in found.keys()], 2),  # noqa: SIM118
        "slices": (lambda found: [text for n in range(0, 6, 2) for text in found[n : n + 2].comment], 2),
        "groups": (
            lambda found: [text for part in found.group(lambda v: v.version[0] // 2).values() for text in part.comment],
            2,
        ),
        "elements of groups": (
            lambda found: [
                each.comment[0] for part in found.group(lambda v: v.version[0] // 2).values() for each in part
            ],
            2,
        ),
        "partition": (
            lambda found: [t for part in found.partition(lambda v: v.version[0] < 4) for t in part.comment],
            2,
        ),
        "items of elements": (lambda found: [each[0].comment[0] for each in found], 1),
        "union": (lambda found: (found[:3] | found[3:]).comment, 1),
        "elements of a union": (lambda found: [each.comment[0] for each in found[:3] | found[3:]], 1),
        "unions of elements": (lambda found: [each.union(found[:0]).comment[0] for each in found], 6),
    }

    @pytest.mark.parametrize(("read", "requests"), READS.values(), ids=list(READS))
    def test_a_value_is_loaded_for_all_at_once(self, session: Any, found: Any, read: Any, requests: int) -> None:
        assert read(found) == [f"c{n}" for n in self.NUMBERS]
        assert len(session.queries) <= requests

    def test_a_part_alone_is_loaded_alone(self, session: Any, found: Any) -> None:
        assert found.max(lambda each: each.version).comment == ["c6"]
        assert session.queries == ['select comment from AssetVersion where id in ("v6")']

    @pytest.mark.parametrize(
        "read",
        [
            lambda found: [each.task.status.name[0] for each in found],
            lambda found: [each.Task.Status.name[0] for each in found],
            lambda found: [task.status.name[0] for each in found for task in each.task],
            lambda found: [status.name[0] for each in found for task in each.task for status in task.status],
            lambda found: found.task.status.name,
        ],
        ids=["path", "types", "nested", "more nested", "at once"],
    )
    def test_loops_in_loops_cost_one_request_per_level(self, session: Any, found: Any, read: Any) -> None:
        assert read(found) == [f"S{n}" for n in self.NUMBERS]
        assert len(session.queries) == 1

    def test_filtering_by_a_relation_sees_it(self, session: Any, found: Any) -> None:
        assert not found.filter(lambda each: not each.task)
        assert len(session.queries) == 1

    def test_a_block_inside_of_a_loop_does_not_ask_one_by_one(self, session: Any, found: Any) -> None:
        session.missing = "raise"
        texts: list[str] = []
        for each in found:
            with session.reading_missing("fetch"):
                texts += each.comment
        assert texts == [f"c{n}" for n in self.NUMBERS]
        assert len(session.queries) == 1

    def test_a_type_several_steps_away_is_one_request(self, session: Any) -> None:
        session.missing = "fetch"
        found = versions(session, 1, 2)
        project = record("Project", "p", name="P")
        session.answer(
            "select task.project from AssetVersion",
            [record("AssetVersion", f"v{n}", task=record("Task", f"t{n}", project=project)) for n in (1, 2)],
        )
        assert [ids(each.Project) for each in found] == [["p"], ["p"]]
        assert session.queries == ['select task.project from AssetVersion where id in ("v1","v2")']

    def test_what_the_server_does_not_have_is_asked_for_once(self, session: Any) -> None:
        session.missing = "fetch"
        session.answer("select comment", [])
        session.answer("select task", [])
        found = versions(session, 1, 2, 3)
        assert [each.comment for each in found] == [[NOT_SET]] * 3
        assert [bool(each.task) for each in found] == [False] * 3
        assert len(session.queries) == 2

    def test_writing_through_it_loads_it_first(self, session: Any, found: Any) -> None:
        done = collection(session, record("Status", "done", name="done"))
        found.task.status.apply(lambda _: done)
        assert found.task.status == done
        found.Task.apply(lambda task: f"{task.name[0]} of {len(found)}", "description")
        assert found.task.description[0] == "T1 of 6"
        assert len(session.queries) == 1

    def test_lists_are_loaded_before_they_are_added_to(self, session: Any) -> None:
        session.missing = "fetch"
        users = [record("Recipient", note_id="n", resource_id=each) for each in "ab"]
        session.answer("select components", [record("AssetVersion", "v1", components=[record("FileComponent", "c")])])
        version, new = versions(session, 1), collection(session, record("FileComponent", "d"), of="Component")
        version.components = version.components.union(new)
        assert ids(version.components) == ["c", "d"]
        assert users


class TestWritingThroughIt:
    """Refused however the session reads, unless it fetches."""

    @pytest.fixture(params=["warn", "raise", "not_set"])
    def mode(self, request: pytest.FixtureRequest, session: Any) -> str:
        session.missing = "not_set"
        return request.param

    @pytest.fixture
    def tasks(self, session: Any, mode: str) -> Any:
        return queried(session, Task, record("Task", "t"), record("Task", "u"))

    @pytest.fixture
    def done(self, session: Any, mode: str) -> Any:
        return collection(session, record("Status", "done"))

    WRITES: dict[str, Callable[[Any, Any], object]] = {
        "apply": lambda tasks, done: tasks.Status.apply(lambda _: done),
        "apply to an attribute": lambda tasks, done: tasks.Status.apply(lambda _: "x", "name"),
        "apply further on": lambda tasks, done: tasks.parent.children.apply(lambda _: done, "status"),
        "assign": lambda tasks, done: setattr(tasks.Status, "name", "x"),
        "assign by type": lambda tasks, done: setattr(tasks.Project, "name", "x"),
        "assign a type behind it": lambda tasks, done: setattr(tasks, "State", done),
        "assign a reference": lambda tasks, done: setattr(tasks.parent[Shot], "status", done),
        "delete": lambda tasks, done: tasks.timelogs.delete(),
        "link": lambda tasks, done: tasks.parent.link_inputs(tasks),
        "link it": lambda tasks, done: tasks.link_inputs(tasks.parent),
        "unlink it": lambda tasks, done: tasks.unlink_outputs(tasks.parent),
        "take it as a value": lambda tasks, done: setattr(tasks[0], "status", tasks[1].status),
        "take it as a list": lambda tasks, done: setattr(tasks[0], "managers", tasks[1].managers),
        "add to it": lambda tasks, done: setattr(
            tasks[0], "assignments", tasks[0].assignments.union(tasks.assignments)
        ),
    }

    @pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
    def test_is_refused(self, session: Any, mode: Any, tasks: Any, done: Any, write: Any) -> None:
        with session.reading_missing(mode), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(UnloadedAttributeError) as caught:
                write(tasks, done)
        assert caught.value.projections
        assert session.operations == []

    @pytest.fixture
    def half(self, session: Any, mode: str) -> Any:
        """Tasks one of which has its status."""
        return collection(session, record("Task", "t", status=record("Status", "s", name="x")), record("Task", "u"))

    @pytest.mark.parametrize(
        "write",
        [
            lambda tasks, done: tasks.Status.apply(lambda _: done),
            lambda tasks, done: tasks.Status.apply(lambda _: "x", "name"),
            lambda tasks, done: setattr(tasks.Status, "name", ["x"]),
            lambda tasks, done: tasks.Status.filter(bool).apply(lambda _: "x", "name"),
            lambda tasks, done: tasks.Status.delete(),
        ],
    )
    def test_is_refused_where_some_of_it_was_loaded(
        self, session: Any, mode: Any, half: Any, done: Any, write: Any
    ) -> None:
        with session.reading_missing(mode), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(UnloadedAttributeError):
                write(half, done)
        assert session.operations == []

    def test_an_entity_that_is_there_is_what_it_is(self, session: Any, half: Any) -> None:
        session.missing = "not_set"
        with session.editing_vocabulary():
            for status in half.Status:
                status.name = "a"
            half.Status[0].name = "b"
            half.Status.max(lambda each: each.name).name = "c"
        half.status = [half.Status[0]] * 2
        assert half.status.name == ["c"]

    def test_a_list_made_of_what_was_read_as_empty_is_refused(self, session: Any, mode: Any) -> None:
        session.missing = "not_set"
        version = versions(session, 1)
        new = collection(session, record("FileComponent", "d"), of="Component")
        for read in (
            lambda: version.components.union(new),
            lambda: new.union(version.components),
            lambda: new | version.components,
            lambda: (version.components | new).sort(lambda each: each.id),
            lambda: (version.components | new)[:5],
            lambda: [*version.components, new],
            lambda: [each for each in version.components if each.name] + [new],
            lambda: version.components or new,
        ):
            with pytest.raises(UnloadedAttributeError, match="components"):
                version.components = read()
        assert session.operations == []

    def test_metadata_made_of_what_was_read_as_none_are_refused(self, session: Any, mode: Any) -> None:
        session.missing = "not_set"
        version = versions(session, 1)
        with pytest.raises(UnloadedAttributeError, match="metadata"):
            version.metadata = {**(version.metadata[0] or {}), "camera": "A"}
        with pytest.raises(UnloadedAttributeError, match="metadata"):
            version.apply(lambda each: {**(each.metadata[0] or {}), "camera": "A"}, "metadata")
        assert session.operations == []
        session.load(record("AssetVersion", "v1", metadata=[]))
        version.metadata = {**version.metadata[0], "camera": "A"}
        assert version.metadata == [{"camera": "A"}]

    def test_it_may_be_set_when_it_was_loaded_meanwhile(self, session: Any, mode: Any) -> None:
        session.missing = "not_set"
        version = versions(session, 1)
        new = collection(session, record("FileComponent", "d"), of="Component")
        assert not version.components
        session.load(record("AssetVersion", "v1", components=[record("FileComponent", "c")]))
        version.components = version.components.union(new)
        assert ids(version.components) == ["c", "d"]

    @pytest.mark.parametrize(
        "create",
        [
            lambda tasks: tasks[0].parent.assets.create(name="x"),
            lambda tasks: tasks[0].parent[Shot].children[Task].create(name="x"),
            lambda tasks: tasks[0].parent.create(name="x"),
            lambda tasks: tasks[0].status.create(name="x"),
            lambda tasks: tasks[0].parent.assets.create_batch({"name": "x"}),
            lambda tasks: tasks.timelogs.create(duration=1),
        ],
    )
    def test_creating_is_refused_where_the_owner_is_not_known(
        self, session: Any, mode: Any, tasks: Any, create: Any
    ) -> None:
        with session.reading_missing(mode), pytest.raises(CreationError):
            create(tasks)
        assert session.operations == []

    def test_creating_with_it_is_refused(self, session: Any, mode: Any, tasks: Any) -> None:
        version = versions(session, 1)
        for create in (
            lambda: version.asset.create(name="x"),
            lambda: collection(session, record("Asset", "a")).versions.create(task=version.task),
            lambda: collection(session, record("Asset", "a")).versions.create(task=tasks[0], user=tasks.User),
            lambda: collection(session, record("Asset", "a")).versions.create(
                task=tasks[0], uses_versions=[version.uses_versions]
            ),
            lambda: tasks[0].notes.create(content="x", author=tasks.User),
            lambda: tasks[0].notes.create(content="x", recipients=tasks.User),
            lambda: tasks[0].notes.create_batch({"content": "x", "recipients": tasks.User}),
            lambda: tasks.create(name="x", parent=tasks.parent),
        ):
            with session.reading_missing(mode), pytest.raises(CreationError, match="not loaded"):
                create()
        assert session.operations == []

    def test_new_entities_are_all_there_is(self, session: Any, mode: Any) -> None:
        asset = collection(session, record("Asset", "a"))
        task = collection(session, record("Task", "t"))
        with session.reading_missing(mode):
            new = asset.versions.create(task=task)
            new.comment = "x"
            collection(session, record("AssetVersionList", "l")).items = new
        assert new.comment == ["x"]


class TestNotSetIsNoValue:
    """`NOT_SET` is ftrack_api's; what it may not become is refused where we see it."""

    @pytest.fixture
    def unset(self, session: Any) -> Any:
        session.missing = "not_set"
        found = versions(session, 1)
        assert found.comment[0] is NOT_SET
        return found

    @pytest.mark.parametrize("key", [lambda v: v.comment, lambda v: v.comment[0], lambda v: (v.id, v.comment)])
    def test_is_no_key_of_a_group(self, unset: Any, key: Any) -> None:
        with pytest.raises(NoValueError, match="not loaded"):
            unset.group(key)

    def test_is_not_assigned(self, session: Any, unset: Any) -> None:
        configure(session, "assetversion", note="text", anything="unknown")
        for name, value in (
            ("comment", unset.comment),
            ("comment", unset.comment[0]),
            ("metadata", {"a": unset.comment[0]}),
            ("custom_note", unset.comment[0]),
            ("custom_anything", unset.comment[0]),
        ):
            with pytest.raises(AssignmentError, match="NOT_SET"):
                setattr(unset, name, value)
        with pytest.raises(AssignmentError):
            unset.apply(lambda version: version.comment[0], "comment")
        assert session.operations == []

    def test_is_not_created(self, session: Any, unset: Any) -> None:
        asset, task = collection(session, record("Asset", "a")), collection(session, record("Task", "t"))
        with pytest.raises(AssignmentError, match="NOT_SET"):
            asset.versions.create(task=task, comment=unset.comment[0])
        assert session.operations == []

    def test_is_not_asked_for(self, session: Any, unset: Any) -> None:
        query = Query(AssetVersion, session=session)
        for ask in (
            lambda: query.by_name(unset.comment[0]),
            lambda: query.by_metadata({"a": unset.comment[0]}),
            lambda: query.where(AssetVersion.comment == unset.comment[0]),
            lambda: query.where(AssetVersion.comment.in_(unset.comment)),
            lambda: query.where(AssetVersion.comment.like(unset.comment[0])),
            lambda: query.by_publish_time(after=unset.comment[0]),
        ):
            with pytest.raises(InvalidArgumentsError):
                str(ask())

    @pytest.mark.parametrize(
        "write",
        [
            lambda value: f"/mnt/{value}",
            lambda value: f"{value:>12}",
            "/mnt/{}".format,
            lambda value: f"{value}",
            lambda value: format(value),
        ],
    )
    def test_is_no_part_of_a_text(self, unset: Any, write: Any) -> None:
        with pytest.raises(NoValueError, match="Add the attribute to the projections"):
            write(unset.comment[0])

    def test_can_be_looked_at(self, unset: Any, caplog: pytest.LogCaptureFixture) -> None:
        value = unset.comment[0]
        logging.getLogger("a tool").warning("%s %r", value, value)
        assert caplog.messages == ["NOT_SET Symbol(NOT_SET)"]
        assert f"{value!r}" == repr(NOT_SET) == "Symbol(NOT_SET)"
        assert str(ftrack_api.logging.LazyLogMessage("{0}", NOT_SET)) == "NOT_SET"

    def test_stays_the_one_object_of_ftrack_api(self, unset: Any) -> None:
        assert unset.comment[0] is ftrack_api.symbol.NOT_SET is copy.copy(NOT_SET)
        assert isinstance(NOT_SET, ftrack_api.symbol.Symbol)
        assert not pickle.loads(pickle.dumps(NOT_SET))

    def test_python_refuses_most_of_the_rest(self, unset: Any) -> None:
        value = unset.comment[0]
        for use in (lambda: "a" + value, lambda: value + "a", lambda: int(value), lambda: value < 1):
            with pytest.raises(TypeError):
                use()


def test_an_unloaded_collection_is_still_an_empty_collection(session: Any) -> None:
    found = versions(session, 1).task
    assert isinstance(found, EmptyCollection)
    assert found.entity_type is Task


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_database(tmp_path_factory.mktemp("missing"))


@pytest.fixture(scope="module")
def connected(production: Path) -> Iterator[Callable[..., Session]]:
    """Give a session that knows nothing yet, and does this about missing values. The one given before knows no more.

    A session of another name is another one.
    """
    with ExitStack() as stack:
        kept: dict[tuple[str, str], Session] = {}

        def connect(missing: str, name: str = "") -> Session:
            if (missing, name) not in kept:
                kept[missing, name] = stack.enter_context(connected_to(production, missing=missing))
            kept[missing, name].reset()
            return kept[missing, name]

        yield connect


WAYS = {
    "Shot": [
        "description",
        "metadata",
        "custom_attributes",
        "custom_frame_start",
        "status.name",
        "Status.State.name",
        "parent.name",
        "parent.parent.name",
        "Sequence.name",
        "Project.full_name",
        "Task.name",
        "Task.Status.name",
        "Task.Type.name",
        "Task.assignments.resource.username",
        "Task.User.username",
        "assets.versions.version",
        "AssetVersion.user.username",
        "Component.name",
        "ComponentLocation.resource_identifier",
        "children.children.name",
        "descendants.name",
        "ancestors.name",
        "notes.content",
        "Note.author.username",
        "thumbnail.name",
        "object_type.name",
    ],
    "AssetVersion": ["comment", "task.status.state.name", "Project.name", "Location.name", "asset.parent.project.name"],
    "Task": ["bid", "Timelog.duration", "parent.status.name", "assets.name", "priority.value", "lists.name"],
}


@pytest.mark.parametrize(("type_name", "way"), [(name, way) for name, ways in WAYS.items() for way in ways])
class TestOnAServer:
    def read(self, found: Any, way: str) -> Any:
        for step in way.split("."):
            found = found.attribute(step)
        return found

    def expected(self, connected: Any, type_name: str, way: str) -> Any:
        """What a session reads that has asked for it."""
        session = connected("raise", "expected")
        chain: Any = entity_class(type_name)
        for step in way.split("."):
            chain = getattr(chain, step)
        found = Query(entity_class(type_name), session=session).get_all(limit=30, projections=[chain], order_by="id")
        return self.read(found, way)

    def test_what_is_named_is_what_is_missing(self, connected: Any, type_name: str, way: str) -> None:
        session = connected("raise")
        found = Query(entity_class(type_name), session=session).get_all(limit=30, order_by="id")
        with pytest.raises(UnloadedAttributeError) as caught:
            self.read(found, way)
        found.fetch_attributes(*caught.value.projections)
        assert self.read(found, way) == self.expected(connected, type_name, way)

    @pytest.mark.slow
    def test_what_is_fetched_is_what_would_have_been_asked_for(self, connected: Any, type_name: str, way: str) -> None:
        session = connected("fetch")
        found = Query(entity_class(type_name), session=session).get_all(limit=30, order_by="id")
        with session.profile() as profile:
            assert self.read(found, way) == self.expected(connected, type_name, way)
            read = [self.read(element, way) for element in found]
        assert profile.requests <= len(way.split("."))
        assert [bool(each) for each in read]
        session = connected("fetch")
        with session.profile() as profile:
            found = Query(entity_class(type_name), session=session).get_all(limit=30, order_by="id")
            again = [self.read(element, way) for element in found]
            assert profile.requests <= len(way.split(".")) + 1
            assert again == read
        session = connected("fetch")
        with session.profile() as profile:
            found = Query(entity_class(type_name), session=session).get_all(limit=30, order_by="id")
            assert [self.read(found[position], way) for position in range(len(found))] == read
            assert profile.requests <= 2 * len(way.split(".")) + 1


#: What is read, of which part of the answer; a query of these types has to say which of two types is meant.
AMBIGUOUS: dict[str, tuple[str, slice, Callable[[Any], Any]]] = {
    "all lists": ("List", slice(None), lambda lists: list(lists.items)),
    "a list of tasks": ("List", slice(1), lambda lists: lists.items.name),
    "a list of versions": ("List", slice(-1, None), lambda lists: lists.items.version),
    "whether there is one": ("List", slice(1), lambda lists: bool(lists.items)),
    "one kind of list": ("TypedContextList", slice(None), lambda lists: lists.items.name),
    "all changes": ("StatusChange", slice(None), lambda changes: changes.parent.id),
    "a change": ("StatusChange", slice(1), lambda changes: changes.parent.id),
    "further on": ("List", slice(-1, None), lambda lists: lists.items.asset.name),
    "where there is one type only": ("Context", slice(None), lambda contexts: contexts.status.name),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_the_advised_projection_is_one_that_the_server_takes(connected: Any, name: str) -> None:
    kind, part, read = AMBIGUOUS[name]

    def asked(session: Session, *projections: str) -> Any:
        return Query(entity_class(kind), session).get_all(projections=projections, order_by="id")[part]

    session = connected("raise")
    with pytest.raises(UnloadedAttributeError) as caught:
        read(asked(session))
    session = connected("raise")
    read(asked(session).fetch_attributes(*caught.value.projections))
    if f"query of {kind}, " in str(caught.value):
        session = connected("raise")
        read(asked(session, *caught.value.projections))
    else:
        assert "Load it with `fetch_attributes(" in str(caught.value)
        assert name.startswith("all ")


def test_kinds_with_different_things_by_one_name_are_loaded_each_in_its_way(connected: Any) -> None:
    session = connected("raise")
    contexts: Any = Query(entity_class("Context"), session).get_all().fetch_attributes("status.name")
    assert "WIP" in contexts[Task].status.name
    lists: Any = Query(entity_class("List"), session).get_all()
    lists.fetch_attributes("items[TypedContext].name", "items[AssetVersion].version")
    assert lists[entity_class("TypedContextList")].items.name
    assert lists[entity_class("AssetVersionList")].items.version
    with pytest.raises(TrackteroidError, match="nmae"):
        contexts.fetch_attributes("status.nmae")
