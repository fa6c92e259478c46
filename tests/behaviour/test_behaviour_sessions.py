"""Sessions: when they connect, what survives a reconnect, work that is sent later, and several of them at once."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ftrack_api
import ftrack_api.exception
import pytest
from behaviour_world import pending, where

import trackteroid
from trackteroid import (
    SCHEMA,
    SESSION,
    Asset,
    AssetVersion,
    Component,
    ComponentLocation,
    Folder,
    Project,
    Query,
    Session,
    Shot,
    Task,
)
from trackteroid.schema.entries import SchemaEntries

Connect = Callable[..., Session]


@pytest.fixture
def own(connect: Connect) -> Iterator[Session]:
    """A session for one test: closed, reconnected and filled with rubbish as it likes."""
    session = connect()
    yield session
    if not session.closed:
        session.rollback()
        session.close()


@pytest.fixture
def own_project(own: Session, project: Any) -> Any:
    """The fresh project, as `own` sees it."""
    return Query(Project, session=own).by_id(*project.id).get_one(projections=["full_name", "children.name"])


def _layers(cache: Any) -> int:
    """Return how many caches there are, those inside of others counted too."""
    return 1 + sum(map(_layers, getattr(cache, "caches", ())))


class TestWhatItIs:
    @pytest.mark.promise("session-is-an-ftrack-api-session")
    def test_it_is_a_session_of_ftrack_api(self, own: Session) -> None:
        assert isinstance(own, ftrack_api.Session)
        assert own == own
        assert {own: 1}[own] == 1

    @pytest.mark.promise("session-connects-on-first-use")
    def test_it_connects_when_it_is_first_used(self, connect: Connect) -> None:
        session = connect()
        assert not session.connected
        str(Query(Shot, session=session).by_name("x"))
        assert not session.connected
        Query(Shot, session=session).get_first()
        assert session.connected
        session.close()

    @pytest.mark.promise("session-is-a-context-manager")
    def test_it_is_a_context_manager(self, connect: Connect) -> None:
        with connect() as session:
            assert isinstance(session, Session)
            assert session.query("Project").all() is not None
        assert session.closed

    @pytest.mark.promise("session-takes-ftrack-api-arguments")
    def test_unknown_arguments_are_refused(self) -> None:
        with pytest.raises(TypeError, match="bogus"):
            Session(bogus=1)  # type: ignore[call-arg]

    @pytest.mark.promise("default-session")
    def test_the_default_session_is_one_that_waits(self) -> None:
        assert isinstance(SESSION, Session)
        assert SESSION.auto_populate is False
        assert Query(Shot).session is SESSION
        assert Query(Shot).schema is SCHEMA.default
        assert not SESSION.connected

    @pytest.mark.promise("session-is-an-ftrack-api-session")
    def test_the_programs_of_others_work_with_it(self, own: Session, own_project: Any) -> None:
        raw = own.query(f'Project where id is "{own_project.id[0]}"').one()
        assert raw in own_project
        raw["full_name"] = "changed by others"
        assert own_project.full_name == ["changed by others"]

    @pytest.mark.promise("closed-session-says-so")
    def test_a_closed_session_says_so_until_it_is_reconnected(self, own: Session) -> None:
        own.schemas  # noqa: B018 - connects
        own.close()
        own.close()
        with pytest.raises(ftrack_api.exception.ConnectionClosedError):
            Query(Shot, session=own).get_all()
        own.reconnect()
        assert not Query(Shot, session=own).by_name("nope").get_all()

    @pytest.mark.promise("every-type-can-be-imported")
    def test_the_classes_of_types_are_asked_of_the_package(self, own: Session) -> None:
        assert all(getattr(trackteroid, name).__name__ == name for name in own.types)


class TestReconnecting:
    @pytest.mark.promise("reconnecting-keeps-everything-usable")
    def test_session_queries_and_collections_survive(self, own: Session, own_project: Any) -> None:
        query = Query(Folder, session=own).by_id(Project, *own_project.id)
        folders = query.get_all()
        own.reconnect()
        assert own_project.children.name == ["folder"]
        assert query.get_all() == folders

    @pytest.mark.promise("reconnecting-keeps-everything-usable")
    def test_what_is_fetched_afterwards_arrives(self, own: Session, own_project: Any) -> None:
        own.reconnect()
        folder = own_project.children.fetch_attributes("description", "parent.name")
        assert folder.parent.name == own_project.name

    @pytest.mark.promise("reconnecting-keeps-everything-usable")
    def test_what_is_fetched_arrives_although_it_was_queried_again(self, own: Session, own_project: Any) -> None:
        folder = own_project.children[Folder]
        own.reconnect()
        assert Query(Folder, session=own).by_id(*folder.id).get_one() == folder
        assert folder.fetch_attributes("parent.name").parent.name == own_project.name

    @pytest.mark.promise("reconnecting-does-not-grow")
    def test_it_does_not_grow(self, own: Session) -> None:
        own.schemas  # noqa: B018 - connects
        before = _layers(own.cache)
        for _ in range(3):
            own.reconnect()
        assert _layers(own.cache) == before

    @pytest.mark.promise("reconnecting-can-change-arguments")
    def test_arguments_can_be_changed(self, own: Session) -> None:
        own.reconnect(auto_populate=True)
        assert own.auto_populate is True

    @pytest.mark.promise("reconnecting-warns-of-lost-changes")
    def test_pending_changes_are_discarded_with_one_warning(
        self, own: Session, own_project: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        own_project.full_name = "lost"
        own_project.children[Folder].create(name="lost")
        with caplog.at_level(logging.WARNING, "trackteroid"):
            own.reconnect()
        warnings = [record.getMessage() for record in caplog.records if record.name == "trackteroid.session"]
        assert len(warnings) == 1
        assert "create Folder" in warnings[0]
        assert "update Project" in warnings[0]
        assert pending(own) == []


class TestReusingResults:
    @pytest.mark.promise("reused-results-are-the-same-object", "reuse-compares-the-whole-text")
    def test_the_same_text_is_the_same_object(self, own: Session, own_project: Any, requests_of: Any) -> None:
        query = Query(Folder, session=own).by_id(Project, *own_project.id)
        with own.reusing_query_results():
            first = query.get_all()
            with requests_of(own) as asked:
                assert query.get_all() is first
                assert Query(Folder, session=own).by_id(Project, *own_project.id).get_all() is first
            assert asked == []
            assert query.get_all(limit=5) is not first
            assert query.get_all(limit=5) == first
            assert query.get_all(["description"]) is not first
        assert own.reuse_query_results is False

    @pytest.mark.promise("reused-results-are-the-same-object")
    def test_empty_results_too(self, own: Session, requests_of: Any) -> None:
        with own.reusing_query_results():
            Query(Shot, session=own).by_name("nope").get_all()
            with requests_of(own) as asked:
                assert repr(Query(Shot, session=own).by_name("nope").get_all()) == "EmptyCollection[Shot]"
        assert asked == []

    @pytest.mark.promise("reuse-only-where-wanted")
    def test_the_old_way_comes_back_after_an_exception(self, own: Session) -> None:
        with pytest.raises(ZeroDivisionError), own.reusing_query_results():
            raise ZeroDivisionError
        assert own.reuse_query_results is False

    @pytest.mark.promise("commit-forgets-results")
    def test_a_commit_forgets_them(self, own: Session, own_project: Any) -> None:
        query = Query(Folder, session=own).by_id(Project, *own_project.id)
        with own.reusing_query_results():
            assert len(query.get_all()) == 1
            own_project.children[Folder].create(name="second")
            own.commit()
            assert len(query.get_all()) == 2

    @pytest.mark.promise("results-are-not-kept-alive")
    def test_outside_of_it_nothing_is_kept_alive(self, own: Session) -> None:
        found = Query(Folder, session=own).get_all()
        remembered = weakref.ref(found)
        del found
        gc.collect()
        assert remembered() is None

    @pytest.mark.promise("reuse-only-where-wanted")
    def test_a_session_can_be_made_so(self, connect: Connect) -> None:
        with connect(reuse_query_results=True) as session:
            assert Query(Folder, session=session).get_all() is Query(Folder, session=session).get_all()
            with session.reusing_query_results():
                pass
            assert session.reuse_query_results is True, "and stays so"


class TestDeferring:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "later.db"

    @pytest.mark.promise("deferred-work-is-not-sent")
    def test_nothing_is_sent_and_nothing_stays_pending(
        self, own: Session, own_project: Any, path: Path, other: Session
    ) -> None:
        own_project.full_name = "pending before"
        before = pending(own)
        with own.deferred_operations(path) as given:
            assert given is None
            assert pending(own) == []
            own_project.children[Folder].create(name="later")
        assert pending(own) == before
        assert [file.name for file in path.parent.iterdir()] == ["later.db"]
        assert len(Query(Folder, session=other).by_id(Project, *own_project.id).get_all()) == 1

    @pytest.mark.promise("deferred-values-are-exact", "sending-again-duplicates-nothing")
    def test_sending_twice_creates_once(self, own: Session, own_project: Any, path: Path, connect: Connect) -> None:
        with own.deferred_operations(path):
            own_project.children[Folder].create(name="later")
            own_project.full_name = 'NOT SET "quoted"'
        with connect() as sender:
            assert sender.reconnect_and_commit(path).sent > 0
            assert sender.reconnect_and_commit(path).sent == 0
            found = Query(Project, session=sender).by_id(*own_project.id).get_one(["full_name", "children.name"])
            assert sorted(found.children.name) == ["folder", "later"]
            assert found.full_name == ['NOT SET "quoted"']

    @pytest.mark.promise("everything-can-be-deferred")
    def test_deletions_notes_and_metadata_are_sent_too(
        self, own: Session, own_project: Any, path: Path, connect: Connect
    ) -> None:
        with own.deferred_operations(path):
            own_project.notes.create(content="later")
            own_project.metadata = {"a": "b"}
            own_project.children[Folder].delete()
        with connect() as sender:
            sender.reconnect_and_commit(path)
            found = (
                Query(Project, session=sender).by_id(*own_project.id).get_one(["notes.content", "metadata", "children"])
            )
            assert found.notes.content == ["later"]
            assert found.metadata == [{"a": "b"}]
            assert not found.children

    @pytest.mark.promise("failed-deferred-block-leaves-no-trace")
    def test_an_exception_restores_everything(self, own: Session, own_project: Any, path: Path) -> None:
        before = own_project.full_name

        def fail() -> None:
            with own.deferred_operations(path):
                own_project.full_name = "lost"
                own_project.children[Folder].create(name="lost")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert own_project.full_name == before
        assert pending(own) == []
        assert not path.exists()

    @pytest.mark.promise("failed-deferred-block-leaves-no-trace")
    def test_an_exception_restores_what_was_read_before_a_reconnect(
        self, own: Session, own_project: Any, path: Path
    ) -> None:
        own.reconnect()
        before = own_project.full_name

        def fail() -> None:
            with own.deferred_operations(path):
                own_project.full_name = "lost"
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert own_project.full_name == before

    @pytest.mark.promise("deferred-file-can-be-added-to")
    def test_a_file_can_be_added_to(self, own: Session, own_project: Any, path: Path, connect: Connect) -> None:
        with own.deferred_operations(path):
            own_project.children[Folder].create(name="a")
        with own.deferred_operations(path, clear=False):
            own_project.children[Folder].create(name="b")
        with connect() as sender:
            sender.reconnect_and_commit(path)
            found = Query(Folder, session=sender).by_id(Project, *own_project.id).get_all()
            assert sorted(found.name) == ["a", "b", "folder"]

    @pytest.mark.promise("missing-file-is-an-os-error")
    def test_a_missing_file_is_an_error_of_the_system(self, own: Session, own_project: Any, path: Path) -> None:
        own_project.full_name = "pending"
        with pytest.raises(OSError, match=r"later\.db"):
            own.reconnect_and_commit(path)
        assert len(pending(own)) == 1, "nothing was discarded"

    @pytest.mark.promise("conflicts-are-overwritten-skipped-or-raised")
    @pytest.mark.parametrize(
        ("on_conflict", "stored"), [(None, "mine"), ("overwrite", "mine"), ("skip", "theirs"), ("raise", "theirs")]
    )
    def test_conflicts(
        self, own: Session, own_project: Any, path: Path, connect: Connect, on_conflict: Any, stored: str
    ) -> None:
        with own.deferred_operations(path):
            own_project.full_name = "mine"
        with connect() as sender:
            theirs = Query(Project, session=sender).by_id(*own_project.id).get_one(["full_name"])
            theirs.full_name = "theirs"
            sender.commit()
            if on_conflict == "raise":
                with pytest.raises(RuntimeError, match="full_name"):
                    sender.reconnect_and_commit(path, on_conflict)
            else:
                sender.reconnect_and_commit(path, **({"on_conflict": on_conflict} if on_conflict else {}))
        with connect() as fresh:
            found = Query(Project, session=fresh).by_id(*own_project.id).get_one(["full_name"])
            assert found.full_name == [stored]


@pytest.mark.promise("threads-do-not-meet")
@pytest.mark.slow
def test_threads_with_schemas_and_sessions_of_their_own_do_not_meet(server: Any, near: Session) -> None:
    """Two threads, two entries of SCHEMA, two sessions: each sees only its own paths and its own entities."""
    entries = SchemaEntries(
        lambda api_version: {
            "entities": {"Task": {"Shot": "parent[Shot]"}},
            "overrides": [{"name": "other", "entities": {"Task": {"Shot": "parent[AssetBuild].parent[Shot]"}}}],
        }
    )
    expected = {
        "default": ('parent[Shot] has (name is "bc0040")', 3),
        "other": ('parent[AssetBuild].parent[Shot] has (name is "bc0040")', 0),
    }
    seen: dict[str, set[Any]] = {name: set() for name in expected}
    start = threading.Barrier(len(expected))

    def work(name: str) -> None:
        with Session(server_url=server, plugin_paths=[], schema_cache_path=False) as session:
            start.wait(timeout=30)
            for _ in range(10):
                query = Query(Task, session=session, schema=entries[name]).by_name(Shot, "bc0040")
                found = query.get_all()
                seen[name].add((where(query), len(found)))
                assert all(entity.session is session for entity in found.values())

    threads = [threading.Thread(target=work, args=(name,)) for name in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {name: {outcome} for name, outcome in expected.items()}


@pytest.mark.promise("threads-can-share-a-session")
def test_threads_can_share_a_session(near: Session) -> None:
    found: list[int] = []

    def work(names: str) -> None:
        query = Query(Shot, session=near).by_name(names)
        found.extend(len(query.get_all(projections=["parent.name"]).parent) for _ in range(5))

    threads = [threading.Thread(target=work, args=(names,)) for names in ("bc%", "sh%")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    assert len(set(found)) <= 2


@pytest.mark.promise("same-over-every-transport")
def test_a_whole_program_over_either_transport(connect: Connect, tmp_path: Path, name: str) -> None:
    """Query, create, link, note, assign, defer, send, send again, delete: from the outside, as a program does it."""
    path = tmp_path / "publish.db"
    with connect() as session:
        projects = Query(Project, session=session)
        kind = session.query('ProjectSchema where name is "VFX"').one()
        session.create("Project", {"name": name, "full_name": name, "project_schema": kind})
        session.commit()
        project = projects.by_name(name).get_one()
        shots = project.children[Shot].create_batch({"name": "sh010"}, {"name": "sh020", "custom_fps": 30})
        shots[1].link_inputs(shots[0])
        task = shots[0].children[Task].create(name="comp", type="Compositing")
        asset = shots[0].assets.create(name="plate", type="Nuke Script")
        session.commit()
        with session.deferred_operations(path):
            version = asset.versions.create(task=task)
            version.components.create(name="main").component_locations.create(resource_identifier="/path")
            version.notes.create(content="Please look")
            version.comment = "later"
    with connect() as session:
        assert session.reconnect_and_commit(path).sent
        assert not session.reconnect_and_commit(path).sent
        version = (
            Query(AssetVersion, session=session)
            .by_id(Asset, *asset.id)
            .get_one(
                projections=[
                    "comment",
                    "notes.content",
                    Component.name,
                    ComponentLocation.resource_identifier,
                    Project.name,
                ]
            )
        )
        assert version.comment == ["later"]
        assert version.notes.content == ["Please look"]
        assert version.Component.name == ["main"]
        assert version.ComponentLocation.resource_identifier == ["/path"]
        assert version.Project.name == [name]
        assert Query(Shot, session=session).by_id(*shots[1].id).get_inputs() == shots[0]
        version.delete().commit()
        with pytest.raises(ftrack_api.exception.NoResultFoundError, match=version.id[0]):
            Query(AssetVersion, session=session).by_id(*version.id).get_one()
