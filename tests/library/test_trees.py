"""Hierarchies that are found or created, moved and copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import ftrack_api
import pytest
from collection_tools import connected_to

from demo_servers import demo_server
from trackteroid import (
    Asset,
    AssetVersion,
    Folder,
    Note,
    Project,
    Query,
    Sequence,
    Session,
    Shot,
    Task,
    TaskTemplate,
    TypedContext,
    User,
)
from trackteroid.errors import (
    CreationError,
    DeferredOperationsError,
    EntityCollectionOperationError,
    InvalidArgumentsError,
    TransactionError,
    UnknownEntityTypeError,
    UnloadedAttributeError,
)
from trackteroid.testing import request_budget

Ask = Callable[[Any], Any]
LEVELS = [Sequence, Shot, Task]


@pytest.fixture
def project(ask: Ask) -> Any:
    return ask(Project).by_name("sync").get_one(["children"])


@pytest.fixture
def shot(ask: Ask) -> Any:
    return ask(Shot).by_name("bc0010").get_one(["custom_attributes", "children.name"])


@pytest.fixture
def colleague(session: Session, tmp_path: Path) -> Iterator[Session]:
    """A session of somebody else on the same database."""
    with connected_to(tmp_path / "copy.db") as colleague:
        yield colleague


def sequence(ask: Ask, name: str) -> Any:
    return ask(Sequence).by_name(name).get_one(["children"])


class TestPaths:
    def test_they_are_the_names_above(self, shot: Any) -> None:
        assert shot.children.paths() == [f"bc/bc0010/{name}" for name in shot.children.name]
        assert shot.paths(" > ", project=True) == ["Sync > bc > bc0010"]

    def test_thousands_take_one_request(self, ask: Ask) -> None:
        everything = [ask(each).get_all() for each in (Task, Asset, AssetVersion)]
        for found in everything:
            with request_budget(1):
                assert len(found.paths()) == len(found)

    def test_what_is_in_no_hierarchy_has_none(self, ask: Ask) -> None:
        with pytest.raises(EntityCollectionOperationError, match="Note has no place"):
            ask(Note).get_first().paths()


class TestGetOrCreate:
    @pytest.mark.promise("get-or-create")
    def test_only_what_is_missing_is_created(self, project: Any, session: Session) -> None:
        tree = {"sq900": {"sh0010": ["Layout", "Animation"], "sh0020": None}, "bc": ["bc0010", "bc0020"]}
        with request_budget(2):  # one is for the names of types
            made = project.get_or_create(tree, LEVELS)
        assert made.found == ("bc", "bc/bc0010", "bc/bc0020")
        assert made.created == (
            "sq900",
            "sq900/sh0010",
            "sq900/sh0010/Layout",
            "sq900/sh0010/Animation",
            "sq900/sh0020",
        )
        assert made.all(Task).type.name == ["Layout", "Animation"]
        session.commit()
        with request_budget(1):
            again = project.get_or_create(tree, LEVELS)
        assert (len(again.found), again.created, len(session.recorded_operations)) == (8, (), 0)

    def test_paths_and_dictionaries_mean_the_same(self, project: Any, session: Session) -> None:
        nested = project.get_or_create({"sq900": {"sh0010": ["Layout"]}}, LEVELS)
        written = project.get_or_create("/sq900/sh0010/Layout/", LEVELS)
        assert list(written) == list(nested) == ["sq900", "sq900/sh0010", "sq900/sh0010/Layout"]
        assert written["sq900"] == nested["sq900"], "what is pending is there already"

    def test_what_was_moved_here_is_found_here(self, project: Any, ask: Ask, shot: Any) -> None:
        shot.move_to(sequence(ask, "st"))
        made = project.get_or_create(["st/bc0010/Animation", "bc/bc0010"], LEVELS)
        assert made.found == ("st", "st/bc0010", "st/bc0010/Animation", "bc")
        assert made.created == ("bc/bc0010",)

    def test_new_entities_get_attributes(self, project: Any) -> None:
        attributes = {Shot: {"description": "new"}, "Task": lambda name: {"type": "Compositing", "bid": len(name)}}
        made = project.get_or_create(["bc/bc0999/comp"], LEVELS, attributes=attributes)
        assert made["bc/bc0999"].description == ["new"]
        assert (made["bc/bc0999/comp"].type.name, made["bc/bc0999/comp"].bid) == (["Compositing"], [4])

    def test_names_are_compared_as_servers_do(self, project: Any) -> None:
        made = project.get_or_create(["BC/Bc0010"], LEVELS)
        assert (made.created, made["BC/Bc0010"].name) == ((), ["bc0010"])

    @pytest.mark.parametrize(
        ("tree", "types", "error", "words"),
        [
            (["a/b/c"], [Sequence, Shot], InvalidArgumentsError, "3 steps, but 2 types"),
            (["a//c"], LEVELS, InvalidArgumentsError, "a step without a name"),
            (["a/b", "A/c"], LEVELS, InvalidArgumentsError, "are one name to the server"),
            ([3], LEVELS, InvalidArgumentsError, "but 3 is in it"),
            ({3: None}, LEVELS, InvalidArgumentsError, "texts, not 3"),
            (["a"], ["Sequenze"], UnknownEntityTypeError, 'Did you mean "Sequence"'),
            (["a"], [Asset], InvalidArgumentsError, "made of contexts"),
            (["bc"], [Folder], EntityCollectionOperationError, 'but there is Sequence "bc"'),
            (["new/new/kompositing"], LEVELS, CreationError, 'Did you mean "Compositing"'),
        ],
    )
    def test_what_is_wrong_changes_nothing(
        self, project: Any, session: Session, tree: Any, types: Any, error: Any, words: str
    ) -> None:
        before = list(project.children.keys())
        with pytest.raises(error, match=words):
            project.get_or_create(tree, types)
        assert (len(session.recorded_operations), list(project.children.keys())) == (0, before)

    def test_it_begins_at_one_entity(self, ask: Ask) -> None:
        with pytest.raises(EntityCollectionOperationError, match="has 4"):
            ask(Project).get_all().get_or_create(["a"], LEVELS)

    def test_deferred_it_waits_in_its_file(self, project: Any, session: Session, path: Any) -> None:
        with session.deferred_operations(path):
            project.get_or_create(["sq900/sh0010"], LEVELS)
        assert "sq900" in str(session.plan(path))
        session.reconnect_and_commit(path)
        assert project.get_or_create(["sq900/sh0010"], LEVELS).created == ()


class TestEnsureHierarchy:
    @pytest.mark.promise("get-or-create")
    def test_everybody_gets_what_one_of_them_has_made(self) -> None:
        server = demo_server()
        barrier, tree = Barrier(3), {f"sq90{i}": {"sh0010": ["Layout"]} for i in range(3)}

        def build() -> dict[str, str]:
            with Session(server_url=server) as session:
                project = Query(Project, session=session).by_name("sync").get_one()
                barrier.wait()
                made = session.ensure_hierarchy(project, tree, LEVELS)
                assert not session.recorded_operations
                return {path: made[path].id[0] for path in made}

        with ThreadPoolExecutor(3) as pool:
            first, *others = [each.result() for each in [pool.submit(build) for _ in range(3)]]
        server.close()
        assert others == [first, first]

    def test_it_begins_anew_when_another_process_was_faster(
        self, project: Any, ask: Ask, session: Session, colleague: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = Query(Project, session=colleague).by_name("sync").get_one()
        make, calls = type(project).get_or_create, []

        def slowly(self: Any, *arguments: Any, **options: Any) -> Any:
            made = make(self, *arguments, **options)
            if not calls:
                make(other, ["sq901"], LEVELS)
                colleague.commit()
            calls.append(made)
            return made

        monkeypatch.setattr(type(project), "get_or_create", slowly)
        made = session.ensure_hierarchy(project, ["sq900", "sq901"], LEVELS)
        assert (len(calls), made.found, made.created) == (2, ("sq901",), ("sq900",))
        assert {"sq900", "sq901"} <= {*ask(Sequence).get_all().name}

    def test_it_commits_so_it_is_refused_where_that_is(self, project: Any, session: Session, path: Any) -> None:
        with session.transaction(), pytest.raises(TransactionError):
            session.ensure_hierarchy(project, ["sq900"], LEVELS)
        with pytest.raises(InvalidArgumentsError, match="given as a collection"):
            session.ensure_hierarchy("sync", ["sq900"], LEVELS)  # type: ignore[arg-type]
        with session.deferred_operations(path), pytest.raises(DeferredOperationsError):
            session.ensure_hierarchy(project, ["sq900"], LEVELS)


@pytest.mark.promise("moved-trees")
class TestMoving:
    def test_everything_below_comes_along(self, shot: Any, ask: Ask, session: Session) -> None:
        target = sequence(ask, "st")
        with request_budget(1):
            assert shot.move_to(target) is shot
        assert shot.paths() == ["st/bc0010"]
        assert "bc0010" in target.children.name
        session.commit()
        read = ask(Task).where(Task.parent.name == "bc0010").get_all(["link"])
        assert {link[1]["name"] for link in read.link} == {"st"}

    def test_reading_back_never_shows_where_it_was(self, ask: Ask, session: Session) -> None:
        shot = ask(Shot).by_name("bc0010").get_one(["link", "parent.name", "ancestors.name", "children.link"])
        shot.move_to(sequence(ask, "st"))
        session.commit()
        with session.reading_missing("fetch"):
            assert [each["name"] for each in shot.link[0]] == ["Sync", "st", "bc0010"]
            assert {each[1]["name"] for each in shot.children.link} == {"st"}
            assert (shot.ancestors.name, shot.parent.name) == (["st"], ["st"])

    def test_what_is_there_already_stays(self, shot: Any, ask: Ask, session: Session) -> None:
        shot.move_to(sequence(ask, "bc"))
        assert len(session.recorded_operations) == 0

    def test_it_can_be_deferred(self, shot: Any, ask: Ask, colleague: Session, session: Session, path: Any) -> None:
        with session.deferred_operations(path):
            shot.move_to(sequence(ask, "st"))
        theirs = Query(Shot, session=colleague).by_name("bc0010").get_one()
        assert (shot.paths(), theirs.paths()) == (["st/bc0010"], ["bc/bc0010"])
        session.reconnect_and_commit(path)
        assert theirs.paths() == ["st/bc0010"]

    def test_it_can_be_taken_back(self, shot: Any, ask: Ask, session: Session) -> None:
        def fail() -> None:
            with session.transaction():
                shot.move_to(sequence(ask, "st"))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert shot.paths() == ["bc/bc0010"]
        shot.move_to(sequence(ask, "st"))
        session.rollback()
        assert ask(Shot).by_name("bc0010").get_one().paths() == ["bc/bc0010"]

    def test_assets_and_versions_move_too(self, shot: Any, ask: Ask, session: Session) -> None:
        asset = ask(Asset).by_name("bc0020_comp").get_one(["versions"])
        asset.move_to(shot)
        other = ask(Asset).by_name("bc0030_comp").get_one(["versions"])
        version = other.versions[0].move_to(asset)
        session.commit()
        assert asset.paths() == ["bc/bc0010/bc0020_comp"]
        assert version.id[0] in ask(Asset).by_name("bc0020_comp").get_one(["versions"]).versions.id

    @pytest.mark.parametrize("name", ["bc", "bc0010", "Animation"])
    def test_nothing_moves_below_itself(self, ask: Ask, session: Session, name: str) -> None:
        bc = ask(Sequence).by_name("bc").get_one(["children.children"])
        target = {"bc": bc, "bc0010": bc.children[:1], "Animation": bc.children[Shot].children[:1]}[name]
        with pytest.raises(EntityCollectionOperationError, match="which is that itself, or below it"):
            sequence(ask, "bc").move_to(target)
        assert len(session.recorded_operations) == 0

    def test_pending_moves_count_for_that(self, shot: Any, ask: Ask, session: Session) -> None:
        shot.move_to(sequence(ask, "st"))
        with pytest.raises(EntityCollectionOperationError, match="or below it"):
            sequence(ask, "st").move_to(shot)

    def test_names_that_are_taken_are_told(self, ask: Ask, project: Any, session: Session) -> None:
        made = project.get_or_create(["st/BC0010", "st/bc0020"], LEVELS)
        shots = ask(Shot).by_name("bc0010", "bc0020").where(Shot.parent.name == "bc").get_all()
        before = len(session.recorded_operations)
        with pytest.raises(EntityCollectionOperationError, match=r'"bc0010" \(Shot "BC0010"\), "bc0020"'):
            shots.move_to(made["st"])
        assert len(session.recorded_operations) == before

    def test_what_the_other_project_does_not_allow_is_told(self, ask: Ask) -> None:
        other = ask(Project).by_name("DummyProject2").get_one()
        with pytest.raises(EntityCollectionOperationError, match=r'kind Sequence.*type "Animation"'):
            sequence(ask, "bc").move_to(other)

    def test_what_cannot_be_a_parent_is_refused(self, ask: Ask, shot: Any) -> None:
        with pytest.raises(EntityCollectionOperationError, match="has 2 entities"):
            shot.move_to(ask(Sequence).by_name("bc", "st").get_all())
        with pytest.raises(EntityCollectionOperationError, match="it belongs to a Context"):
            shot.move_to(ask(Asset).get_first())
        with pytest.raises(EntityCollectionOperationError, match="Cannot move a Project"):
            ask(Project).by_name("sync").get_one().move_to(shot)
        with pytest.raises(EntityCollectionOperationError, match="Cannot move a User"):
            ask(User).get_first().move_to(shot)
        with pytest.raises(EntityCollectionOperationError, match="not a collection"):
            shot.move_to("st")

    def test_another_sessions_entities_mean_nothing(self, shot: Any, colleague: Session) -> None:
        parent = Query(Sequence, session=colleague).by_name("st").get_one()
        for method in (shot.move_to, shot.copy_to):
            with pytest.raises(EntityCollectionOperationError, match="different sessions"):
                method(parent)


class TestNotLoaded:
    def test_nothing_is_moved_or_copied_by_what_was_not_loaded(self, ask: Ask) -> None:
        shot, target = ask(Shot).by_name("bc0010").get_one(), sequence(ask, "st")
        for method in (shot.children.move_to, shot.children.copy_to):
            with pytest.raises(UnloadedAttributeError, match="children"):
                method(target)
        for method in (shot.children.apply_template, shot.children.clear_custom_values):
            with pytest.raises(UnloadedAttributeError, match="children"):
                method("anything")

    def test_nothing_does_nothing(self, ask: Ask) -> None:
        nothing, target = ask(Shot).by_name("nothing").get_all(), sequence(ask, "st")
        with request_budget(0):
            assert nothing.move_to(target) is nothing
            assert not nothing.copy_to(target).roots
            assert not nothing.apply_template("anything")
            assert nothing.paths() == []
            assert not nothing.custom_values(inherited=True)


class TestCopying:
    @pytest.mark.promise("copied-trees")
    def test_a_branch_is_copied_with_all_that_belongs_to_it(self, shot: Any, ask: Ask, session: Session) -> None:
        shot.custom_handles = 17
        shot.metadata = {"camera": "A"}
        shot.children[0].link_inputs(shot.children[1])
        ask(Note).get_first().create(content="an answer", in_reply_to=shot.notes.create(content="first"), parent=shot)
        session.commit()
        parts = [
            "custom_attributes",
            "metadata",
            "thumbnails",
            "links",
            "statuses",
            "assignments",
            "components",
            "lists",
            "notes",
        ]
        with request_budget(4):  # one is for the sequence, one for the files of a sequence of frames
            copied = shot.copy_to(sequence(ask, "st"), with_=parts, name="st0900")
        session.commit()
        asked = ["status.name", "thumbnail_id", "custom_attributes", "metadata"]
        old, new = (ask(Shot).by_name(name).get_one(asked) for name in ("bc0010", "st0900"))
        assert copied.roots == new
        assert (new.custom_handles, new.metadata, new.status.name) == ([17], [{"camera": "A"}], old.status.name)
        assert new.custom_fend == old.custom_fend
        assert new.thumbnail_id == old.thumbnail_id
        for path, kind in _below(ask, old).items():
            assert _below(ask, new)[path] == kind
        assert [copied.counts[name] for name in ("Shot", "Task", "TypedContextLink")] == [1, 3, 1]
        replies = ask(Note).where(Note.parent_id == new.id[0]).get_all(["replies.content"]).replies
        assert "an answer" in replies.content
        assert copied.ids[old.id[0]] == new.id[0]

    def test_usually_statuses_begin_anew_and_nothing_is_published(self, shot: Any, ask: Ask, session: Session) -> None:
        copied = shot.copy_to(sequence(ask, "bc"), name=lambda name: f"{name}_copy")
        session.commit()
        copy = ask(Shot).by_name("bc0010_copy").get_one(["children.status.name", "assets"])
        assert set(copy.children.status.name) == {"Not started"}
        assert not copy.assets
        assert copied.roots.paths() == ["bc/bc0010_copy"]

    def test_assets_are_copied_with_their_versions(self, shot: Any, ask: Ask, session: Session) -> None:
        asset = ask(Asset).by_name("bc0020_comp").get_one(["versions.version"])
        with request_budget(2):  # one is for the files of a sequence of frames
            copied = asset.copy_to(shot, with_=["versions", "components"], name="again")
        session.commit()
        path = "versions.components.component_locations.resource_identifier"
        copy = ask(Asset).by_name("again").get_one(["versions.version", path])
        assert sorted(copy.versions.version) == sorted(asset.versions.version)
        asset.fetch_attributes(path)
        on_disk = {path for path in _files(asset) if path.startswith("/mnt/projects/")}
        assert _files(copy) == on_disk < _files(asset)
        assert copied.left_out == (
            f"{len(asset.versions)} x the task of a version, which was not copied",
            "3 x the data of a component on the server, which is that of one component only",
        )

    def test_it_can_be_deferred(self, shot: Any, ask: Ask, session: Session, path: Any) -> None:
        with session.deferred_operations(path):
            shot.copy_to(sequence(ask, "st"))
        assert not ask(Shot).by_name("bc0010").where(Shot.parent.name == "st").get_all()
        session.reconnect_and_commit(path)
        assert len(ask(Shot).by_name("bc0010").where(Shot.parent.name == "st").get_one(["children"]).children) == 3

    def test_what_cannot_be_copied_is_told(self, shot: Any, ask: Ask, session: Session) -> None:
        bc, st = sequence(ask, "bc"), sequence(ask, "st")
        with pytest.raises(EntityCollectionOperationError, match="under its own name"):
            shot.copy_to(bc)
        with pytest.raises(EntityCollectionOperationError, match=r'taken there: "bc0020"'):
            shot.copy_to(bc, name="bc0020")
        with pytest.raises(EntityCollectionOperationError, match="which is that itself"):
            shot.copy_to(shot)
        with pytest.raises(EntityCollectionOperationError, match="twice"):
            ask(TypedContext).by_id(*bc.id, *shot.id).get_all().copy_to(st)
        with pytest.raises(InvalidArgumentsError, match='Did you mean "metadata"'):
            shot.copy_to(st, with_=["metdata"])
        with pytest.raises(EntityCollectionOperationError, match=r"assets\.copy_to"):
            ask(AssetVersion).get_first().copy_to(ask(Asset).get_first())
        with pytest.raises(EntityCollectionOperationError, match="does not allow the kind Sequence"):
            bc.copy_to(ask(Project).by_name("DummyProject2").get_one())
        new = st.children[Shot].create(name="new")
        with pytest.raises(EntityCollectionOperationError, match="Commit it first"):
            new.copy_to(bc)
        assert {each.entity_type for each in session.recorded_operations} == {"Shot"}


class TestTemplates:
    @pytest.fixture
    def template(self, ask: Ask, project: Any, session: Session) -> Any:
        schema = project.fetch_attributes("project_schema").project_schema
        template = ask(TaskTemplate).get_all().create(name="Shot work", project_schema=schema)
        for name in ("Animation", "Lighting", "Compositing"):
            template.items.create(task_type=name)
        session.commit()
        return template

    def test_tasks_that_are_missing_are_created(self, template: Any, ask: Ask, session: Session) -> None:
        shots = ask(Shot).by_name("bc%").get_all()
        with request_budget(1):
            made = shots.apply_template("Shot work")
        assert made.name.count("Lighting") == len(shots)
        session.commit()
        with request_budget(1):
            assert not shots.apply_template(template)
        for children in shots.fetch_attributes("children.name").map(lambda shot: shot.children.name):
            assert {"Animation", "Lighting", "Compositing"} <= set(children)

    def test_what_does_not_fit_is_told(self, template: Any, ask: Ask, session: Session, shot: Any) -> None:
        with pytest.raises(EntityCollectionOperationError, match='Did you mean "Shot work"'):
            shot.apply_template("Shot wrok")
        with pytest.raises(EntityCollectionOperationError, match="takes one TaskTemplate"):
            shot.apply_template(shot)
        with pytest.raises(EntityCollectionOperationError, match='"Animation" has no task template'):
            ask(Project).by_name("showroom").get_one().apply_template(template)
        shot.children[Task].create(name="Lighting", type="Compositing")
        with pytest.raises(EntityCollectionOperationError, match="which is of another type"):
            shot.apply_template(template)


def test_sessions_of_ftrack_api_can_do_all_of_it() -> None:
    server = demo_server()
    with server.listening() as url:
        stock = ftrack_api.Session(url, server.api_key, server.username, plugin_paths=[], schema_cache_path=False)
        project = Query(Project, session=stock).by_name("sync").get_one()
        made = project.get_or_create(["bc/bc0900/Layout"], LEVELS)
        stock.commit()
        assert made["bc/bc0900/Layout"].paths() == ["bc/bc0900/Layout"]
        made["bc/bc0900"].move_to(Query(Sequence, session=stock).by_name("st").get_one())
        stock.commit()
        assert [row.path for row in made["bc/bc0900"].custom_values("fps", inherited=True)] == ["st/bc0900"]
        assert made["bc/bc0900"].copy_to(project, name="copy").roots.paths() == ["copy"]
        stock.close()
    server.close()


def _below(ask: Ask, shot: Any) -> dict[str, str]:
    """Return what is below a shot: the path of each task without the shot's own, and its type."""
    tasks = shot.get(Task, ["type.name"])
    return {path.split("/", 2)[2]: task.type.name[0] for path, task in zip(tasks.paths(), tasks, strict=True)}


def _files(asset: Any) -> set[str]:
    return set(asset.versions.components.component_locations.resource_identifier)
