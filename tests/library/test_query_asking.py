"""Asking without loading: counting, testing, ids, streaming, and what a query says about itself."""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Iterator
from typing import Any

import ftrack_api
import pytest
from fake_session import FakeSession, FakeTrackteroidSession, record
from query_tools import ListeningSession, query, recorded_schemas

from trackteroid import Asset, AssetVersion, Membership, Metadata, Project, Query, Session, Shot, Task
from trackteroid.client.hydration.pages import iter_records
from trackteroid.entities import Component, User, entity_class
from trackteroid.errors import InvalidArgumentsError, UnknownAttributeError
from trackteroid.query import SCHEMA, Criterion
from trackteroid.schema.relations import SchemaEntry, relations_of

SHOTS = [record("Shot", f"s{number}", name=f"sh{number}") for number in range(5)]


@pytest.fixture(params=[FakeSession, FakeTrackteroidSession])
def session(request: pytest.FixtureRequest) -> Any:
    """A stock session and one of ours that know five shots."""
    session = request.param()
    session.answer("select id from Shot", [record("Shot", each["id"]) for each in SHOTS])
    return session


def held(session: Any) -> list[str]:
    """What the session keeps of the server's entities."""
    return list(session._local_cache.keys())


class TestAskingWithoutLoading:
    def test_entities_are_counted_by_their_ids(self, session: Any) -> None:
        assert Query(Shot, session).by_name("a").count() == 5
        assert session.requests == [
            [
                {
                    "action": "query",
                    "expression": 'select id from Shot where (name is "a") order by id offset 0 limit 5000',
                }
            ]
        ]

    def test_one_record_answers_whether_there_is_any(self, session: Any) -> None:
        assert Query(Shot, session).exists() is True
        assert session.requests[0][0]["expression"] == "select id from Shot order by id offset 0 limit 1"
        session.answer("select id from Shot", [])
        assert Query(Shot, session).exists() is False

    def test_ids_are_text(self, session: Any) -> None:
        assert Query(Shot, session).where(Shot.bid > 1).ids() == ["s0", "s1", "s2", "s3", "s4"]

    def test_the_session_keeps_nothing(self, session: Any) -> None:
        before = held(session)
        Query(Shot, session).count()
        Query(Shot, session).exists()
        Query(Shot, session).ids()
        list(iter_records(session, "select id from Shot"))
        assert held(session) == before

    def test_entities_the_session_has_stay_as_they_are(self, session: Any) -> None:
        (shot,) = session.load(record("Shot", "s0", name="mine"))
        shot["name"] = "changed"
        Query(Shot, session).count()
        assert shot["name"] == "changed"
        assert session.get("Shot", "s0") is shot

    def test_types_with_several_keys_are_counted_but_have_no_ids(self, session: Any) -> None:
        session.answer("select parent_id, key from Metadata", [record("Metadata", parent_id="a", key="b")])
        assert Query(Metadata, session).count() == 1
        with pytest.raises(InvalidArgumentsError, match="parent_id, key identify them"):
            Query(Metadata, session).ids()

    def test_a_misspelt_attribute_is_reported_before_anything_is_sent(self, session: Any) -> None:
        for ask in ("count", "exists", "ids"):
            built = Query(entity_class("Status"), session).by_metadata({"a": "b"})
            with pytest.raises(UnknownAttributeError, match="metadata"):
                getattr(built, ask)()
        assert session.requests == []

    def test_errors_of_the_server_arrive(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_: Any, __: Any) -> Any:
            raise ftrack_api.exception.ServerError("no")

        monkeypatch.setattr(type(session), "_answer_query", refuse)
        with pytest.raises(ftrack_api.exception.ServerError, match="no"):
            Query(Shot, session).count()

    @pytest.mark.promise("every-way-to-ask-is-logged")
    def test_what_is_asked_is_logged(self, session: Any, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO, "trackteroid.query"):
            Query(Shot, session).count()
        assert caplog.messages == ['Performing query: "select id from Shot order by id"']


class TestStreaming:
    @pytest.fixture
    def paged(self) -> FakeSession:
        session = FakeSession()
        answers = iter([(SHOTS[:2], 2), (SHOTS[2:4], 4), (SHOTS[4:], None)])

        def answer(action: Any) -> Any:
            found, following = next(answers)
            return {"action": "query", "data": found, "metadata": {"next": {"offset": following}}}

        session._answer_query = answer  # type: ignore[method-assign]
        return session

    def test_every_chunk_is_a_collection_that_is_fetched_when_it_is_its_turn(self, paged: FakeSession) -> None:
        chunks: Any = Query(Shot, paged).iterate(2)
        assert paged.requests == []
        assert next(chunks).name == ["sh0", "sh1"]
        assert len(paged.requests) == 1
        assert [chunk.name for chunk in chunks] == [["sh2", "sh3"], ["sh4"]]
        assert [batch[0]["expression"].partition("Shot ")[2] for batch in paged.requests] == [
            "order by id offset 0 limit 2",
            'where id > "s1" order by id offset 0 limit 2',
            'where id > "s3" order by id offset 0 limit 2',
        ]

    def test_a_chunk_stands_for_its_own_entities(self, paged: FakeSession) -> None:
        first: Any = next(Query(Shot, paged).by_name("sh%").iterate(2))
        assert str(first.as_query()).endswith('from Shot where (id in ("s0","s1"))')

    def test_more_attributes_can_be_asked_for(self, paged: FakeSession) -> None:
        next(Query(Shot, paged).iterate(projections=[Shot.Project.name]))
        assert paged.requests[0][0]["expression"].startswith("select id, name, project.name from Shot order by id")

    @pytest.mark.parametrize("size", [0, -1, "5", None, True, 2.0], ids=str)
    def test_a_chunk_has_a_size(self, size: Any) -> None:
        with pytest.raises(InvalidArgumentsError, match="chunk_size"):
            query(Shot).iterate(size)

    def test_misspelt_projections_are_reported_by_the_call(self) -> None:
        with pytest.raises(UnknownAttributeError, match="nam"):
            query(Shot).iterate(projections=["nam"])

    @pytest.mark.promise("no-values-find-nothing")
    def test_nothing_is_asked_where_nothing_can_be_found(self) -> None:
        session = ListeningSession()
        nothing = query(Shot, session).by_id(*[])
        assert list(nothing.iterate()) == []
        assert (nothing.count(), nothing.exists(), nothing.ids()) == (0, False, [])
        assert session.texts == []


class TestExplaining:
    def test_text_relations_and_requests_are_named(self) -> None:
        built = (
            query(Task).by_name(Shot, "a").where(Project.name == "p", Task.AssetVersion.any(AssetVersion.is_published))
        )
        lines = built.explain().splitlines()
        assert lines[0] == str(built)
        assert lines[1:8] == [
            "relations:",
            "  Task -> Shot (curated, at most one)",
            "    parent[Shot]; can be null: parent",
            "  Task -> Project (inferred, at most one)",
            "    project; can be null: project",
            "  Task -> AssetVersion (inferred, any number)",
            "    assets.versions",
        ]
        assert lines[8].startswith('  "assets.versions" of a Task is about assets directly below it only.')
        assert lines[9] == "requests:"
        assert "not known before" in built.explain()

    def test_configured_relations_are_told_apart(self) -> None:
        entry = SchemaEntry("own", {"Task": {"Shot": ("parent[Shot]", "parent.parent[Shot]")}})
        assert "Task -> Shot (resolver, at most one)" in query(Task, entry=entry).by_name(Shot, "a").explain()

    def test_a_query_without_relations_or_results_says_so(self) -> None:
        explained = query(Shot).by_id(*[]).explain()
        assert "relations: none" in explained
        assert "requests: none" in explained

    def test_a_single_path_can_still_be_asked_for(self) -> None:
        assert query(Task).explain(Shot) == "Task -> Shot (curated, at most one)\n  parent[Shot]; can be null: parent"

    def test_required_references_cannot_be_null(self) -> None:
        assert "null" not in query(Task).explain(entity_class("Status"))

    def test_explaining_asks_nothing(self) -> None:
        session = ListeningSession()
        query(Shot, session).where(Project.name == "a").explain()
        assert session.texts == []


class TestHelp:
    def test_the_offered_criteria_are_those_that_work(self) -> None:
        for entity_type in (Shot, AssetVersion, Component, User, Membership):
            built = query(entity_type)
            offered = {name for name in dir(built) if name.startswith(("by_", "not_by_", "inject"))}
            assert offered == {
                *built.entity_type.criteria,
                *(f"not_{name}" for name in built.entity_type.criteria if name != "inject"),
            }
            for name in offered:
                criterion = getattr(built, name)
                assert callable(criterion)
                assert criterion.__name__ == name
                assert len(criterion.__doc__.split("\n\n")) == 3

    @pytest.mark.parametrize(
        ("entity_type", "name", "signature", "said"),
        [
            (Shot, "by_name", "(target=None, /, *values)", "The first argument may be an entity class"),
            (Shot, "by_assignee", "(*values)", "Takes no target."),
            (Shot, "not_by_name", "(target=None, /, *values)", "whose name does not match"),
            (AssetVersion, "by_name", "(target=None, /, *values)", "whose asset.name matches"),
            (AssetVersion, "by_type", "(target=None, /, *values)", "one of the classes Task, Asset,"),
            (AssetVersion, "by_publish_time", "(start=None, end=None)", "``start`` demands date >= it"),
            (AssetVersion, "by_publish_state", "(value, /)", "exactly one value"),
            (Component, "by_size", "(minimum=None, maximum=None)", "``maximum`` demands size <= it"),
            (Shot, "by_metadata", "(target=None, /, *values)", "dictionaries"),
            (Shot, "inject", "(*texts)", "query language"),
        ],
    )
    def test_arguments_and_targets_are_documented(self, entity_type: Any, name: str, signature: str, said: str) -> None:
        criterion = getattr(query(entity_type), name)
        assert str(inspect.signature(criterion)) == signature
        assert said in criterion.__doc__


class TestCriteriaAsValues:
    @pytest.mark.promise("query-shows-what-it-asks")
    def test_a_criterion_can_be_looked_at(self) -> None:
        (criterion,) = query(Asset).not_by_name(Project, "a", "b%").criteria
        assert isinstance(criterion, Criterion)
        assert criterion.resolve().startswith("(not parent.project has ") or "is_not" in criterion.resolve()
        assert criterion.as_dict() == {
            "name": "by_name",
            "target": Project,
            "args": ("a", "b%"),
            "kwargs": {},
            "negate": True,
        }

    @pytest.mark.promise("query-shows-what-it-asks")
    def test_the_resolved_criteria_make_the_query(self) -> None:
        built = query(Shot).by_name("a").where(Shot.bid > 1).by_lifespan(start="2026-01-01").by_name("b")
        assert str(built).partition(" where ")[2] == " and ".join(each.resolve() for each in built.criteria)

    def test_one_that_demands_nothing_is_empty(self) -> None:
        (criterion,) = query(Shot).not_by_name(*[]).criteria
        assert criterion.resolve() == ""

    def test_the_resolver_is_importable_where_it_was(self) -> None:
        from trackteroid.query import RELATIONSHIPS_RESOLVER

        assert RELATIONSHIPS_RESOLVER(api_version="1") == {}


@pytest.fixture(scope="module")
def studio() -> Iterator[Session]:
    """A server with an object type of its own, whose name has a blank."""
    session = Session(server_url="sqlite://", plugin_paths=[])
    session.create("ObjectType", {"name": "Camera Build"})
    session.commit()
    session.reconnect()
    project = session.create(
        "Project", {"name": "p", "full_name": "p", "project_schema": session.query("ProjectSchema").first()}
    )
    camera = session.create("CameraBuild", {"name": "cam", "parent": project})
    session.create("Task", {"name": "track", "parent": camera})
    session.commit()
    yield session
    session.close()


def test_object_types_of_one_server_are_types_like_the_others(studio: Session) -> None:
    from trackteroid import CameraBuild, TypedContext

    found: Any = Query(CameraBuild, studio).where(CameraBuild.Task.name == "track").get([CameraBuild.Project.name])
    assert found.name == ["cam"]
    assert found.Project.name == ["p"]
    everything: Any = Query(TypedContext, studio).by_name("cam", "track").get()
    assert everything[CameraBuild].name == ["cam"]
    tasks: Any = Query(Task, studio).by_name(CameraBuild, "c%").get([CameraBuild.name])
    assert tasks.CameraBuild.name == ["cam"]


def test_threads_with_their_own_sessions_and_schemas_never_influence_each_other() -> None:
    entries = [
        SchemaEntry("deep", {"AssetVersion": {"Shot": ("task.parent[Shot]",)}, "Task": {"Asset": ("assets",)}}),
        SCHEMA.default,
    ]
    expected = ["task.parent[Shot]", "asset.parent[Shot]"]
    wrong: list[str] = []
    start = threading.Barrier(len(entries))

    def ask(entry: Any, path: str) -> None:
        start.wait()
        for number in range(300):
            if number % 100 == 0:  # another server now and then, whose schemas have to be read first
                session = OwnSchemas()
            built = query(AssetVersion, session, entry).by_name(Shot, f"s{number}").where(Shot.bid > number)
            text = str(built)
            if text.count(path) != 2 or f'"s{number}"' not in text or f'"{number}"' not in text:
                wrong.append(text)
            if relations_of(session, entry).relation("AssetVersion", "Shot").paths != (path,):
                wrong.append(f"{path} for {entry.name}")

    threads = [threading.Thread(target=ask, args=each) for each in zip(entries, expected, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


class OwnSchemas(ListeningSession):
    """A session with schemas of its own, which have to be read first."""

    def __init__(self) -> None:
        super().__init__()
        self.schemas = [*recorded_schemas()]
