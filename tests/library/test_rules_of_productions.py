"""What projects allow, statuses that follow from others, and whole projects that are loaded at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ftrack_api.exception import ServerError

from server.guarded import Person, guarded_server
from trackteroid import (
    Asset,
    AssetVersion,
    Component,
    Note,
    Project,
    Propagation,
    Query,
    Sequence,
    Session,
    Shot,
    Task,
    User,
)
from trackteroid.errors import (
    AssignmentError,
    EntityCollectionOperationError,
    InvalidArgumentsError,
    UnknownAttributeError,
    UnknownEntityTypeError,
)
from trackteroid.testing import request_budget

Ask = Callable[[Any], Any]


class TestAllowed:
    @pytest.mark.parametrize("kind", [Task, Shot, AssetVersion])
    def test_statuses_are_those_that_the_official_client_tells(self, ask: Ask, session: Session, kind: Any) -> None:
        project = ask(Project).by_name("sync").get_one(["project_schema"])
        with request_budget(1):
            ours = session.allowed_statuses(kind, project).name
        with session.auto_populating(True):
            theirs = project.project_schema.values()[0].get_statuses(kind.__name__)
        assert sorted(ours) == sorted(status["name"] for status in theirs)

    def test_types_are_those_that_the_official_client_tells(self, ask: Ask, session: Session) -> None:
        project = ask(Project).by_name("sync").get_one(["project_schema"])
        with session.auto_populating(True):
            theirs = project.project_schema.values()[0].get_types("Task")
        assert sorted(session.allowed_types(Task, "sync").name) == sorted(each["name"] for each in theirs)

    def test_types_of_tasks_override_the_statuses(self, ask: Ask, session: Session) -> None:
        everything = session.allowed_statuses(Task, "sync").name
        schema = ask(Project).by_name("sync").get_one(["project_schema"]).project_schema
        workflow = session.create("WorkflowSchema", {"name": "short"})
        for name in ("Not started", "Approved"):
            status = session.query(f'Status where name is "{name}"').one()
            ids = {"workflow_schema_id": workflow["id"], "status_id": status["id"]}
            session.create("WorkflowSchemaStatus", ids)
        animation = session.query('Type where name is "Animation"').one()
        ids = {"project_schema_id": schema.id[0], "workflow_schema_id": workflow["id"], "type_id": animation["id"]}
        session.create("ProjectSchemaOverride", ids)
        session.commit()
        assert sorted(session.allowed_statuses(Task, "sync", task_type="Animation").name) == ["Approved", "Not started"]
        assert session.allowed_statuses(Task, "sync", task_type="Layout").name == everything

    def test_what_there_is_not_is_told(self, session: Session, ask: Ask) -> None:
        with pytest.raises(UnknownEntityTypeError, match='Did you mean "Shot"'):
            session.allowed_statuses("Shott", "sync")
        with pytest.raises(InvalidArgumentsError, match='Did you mean "sync"'):
            session.allowed_statuses(Shot, "synk")
        with pytest.raises(InvalidArgumentsError, match="not EmptyCollection"):
            session.allowed_statuses(Shot, ask(Project).by_name("nothing").get_all())
        with pytest.raises(InvalidArgumentsError, match="entities of Asset"):
            session.allowed_statuses(Asset, "sync")
        with pytest.raises(
            EntityCollectionOperationError, match=r'"Media production" have no Sequence. They have .*Task'
        ):
            session.allowed_statuses("Sequence", "DummyProject2")
        with pytest.raises(AssignmentError, match='Did you mean "Animation"'):
            session.allowed_statuses(Task, "sync", task_type="Animtion")
        assert not session.allowed_statuses(Sequence, "sync"), "there are sequences, and they have no statuses"


class TestPropagation:
    DONE = Propagation(Task, to=Shot, rule={("Approved", "Completed"): "Completed", ("In progress",): "In progress"})

    @pytest.fixture
    def shot(self, ask: Ask) -> Any:
        shot = ask(Shot).by_name("bc0010").get_one(["children.status", "status.name"])
        shot.status = "Not started"
        return shot

    @pytest.mark.promise("propagated-statuses")
    def test_a_shot_follows_its_tasks(self, shot: Any, session: Session) -> None:
        tasks = shot.children
        tasks.apply(lambda _: "Approved", "status")
        plan = self.DONE.plan(tasks[:1])
        assert [str(each) for each in plan.changes] == ["bc/bc0010: Not started -> Completed (3 Approved)"]
        assert shot.status.name == ["Not started"]
        before = len(session.recorded_operations)
        plan.apply()
        assert (shot.status.name, len(session.recorded_operations)) == (["Completed"], before + 1)
        assert (len(self.DONE.plan(shot)), self.DONE.plan(shot).unchanged) == (0, 1)

    def test_all_or_any(self) -> None:
        rule = {("Approved", "Omitted"): "Done", "Pending Review": "Review"}
        every, some = Propagation(Task, Shot, rule), Propagation(Task, Shot, rule, when="any")
        for statuses, of_all, of_any in [
            (["Approved"], "Done", "Done"),
            (["Approved", "omitted"], "Done", "Done"),
            (["Approved", "WIP"], None, "Done"),
            (["Pending Review", "WIP"], None, "Review"),
            (["WIP"], None, None),
            ([], None, None),
        ]:
            assert (every.follows(statuses), some.follows(statuses)) == (of_all, of_any)

    def test_any_number_of_entities_takes_three_requests(self, ask: Ask) -> None:
        tasks = ask(Task).get_all()
        self.DONE.plan(tasks[:0])
        self.DONE.plan(tasks[:1])  # the names of statuses are asked for once
        with request_budget(3):
            self.DONE.plan(tasks)

    def test_the_nearest_above_counts(self, ask: Ask, session: Session) -> None:
        project = ask(Project).by_name("sync").get_one()
        made = project.get_or_create(["bc/bc0900/bc0901/Layout"], [Sequence, Shot, Shot, Task])
        made["bc/bc0900/bc0901/Layout"].status = "Approved"
        session.commit()
        plan = self.DONE.plan(made["bc/bc0900/bc0901/Layout"])
        assert [each.path for each in plan.changes] == ["bc/bc0900/bc0901"]

    def test_tasks_follow_their_versions(self, ask: Ask) -> None:
        reviewed = Propagation(AssetVersion, to=Task, rule={"Approved": "Approved"}, when="any")
        versions = ask(AssetVersion).where(AssetVersion.status.name == "Approved").get_all(["task"])
        tasks = {each.entity_id for each in reviewed.plan(versions).changes}
        assert tasks <= {*versions.task.id}
        assert tasks

    @pytest.mark.promise("propagated-statuses")
    def test_what_is_below_follows_what_is_above(self, shot: Any, session: Session) -> None:
        omitted = Propagation(Shot, to=Task, rule={"Omitted": "Omitted"}, direction="down")
        assert len(omitted.plan(shot)) == 0
        shot.status = "Omitted"
        plan = omitted.plan(shot)
        assert {(each.path, each.new, *each.because.items()) for each in plan.changes} == {
            (path, "Omitted", ("Omitted", 1)) for path in shot.children.paths()
        }
        assert [each.path for each in omitted.plan(shot.children[:1]).changes] == shot.children[:1].paths()
        plan.apply()
        assert shot.children.status.name == ["Omitted"]
        assert (len(omitted.plan(shot)), omitted.plan(shot).unchanged) == (0, len(shot.children))

    def test_downwards_any_number_takes_two_requests_or_three(self, ask: Ask) -> None:
        omitted = Propagation(Shot, to=Task, rule={"Omitted": "Omitted"}, direction="down")
        shots, tasks = ask(Shot).get_all(["status"]), ask(Task).get_all()
        shots.apply(lambda _: "Omitted", "status")
        omitted.plan(shots[:0])
        for given, requests in ((shots, 2), (tasks, 3)):
            with request_budget(requests):
                assert omitted.plan(given).changes

    def test_versions_follow_their_task(self, ask: Ask) -> None:
        published = Propagation(Task, to=AssetVersion, rule={"Approved": "Approved"}, direction="down", latest=True)
        task = ask(AssetVersion).by_name("bc0040_comp").get_all(["task.status"]).task
        task.status = "Approved"
        versions = ask(AssetVersion).where(AssetVersion.task_id == task.id[0]).get_all(["asset_id", "version"])
        newest = versions.group_and_map(lambda each: each.asset_id, lambda each: max(each.version))
        plan = published.plan(task)
        assert 0 < len(plan) + plan.unchanged == len(newest) < len(versions)
        assert {each.path.rpartition("/")[2] for each in plan.changes} <= {f"v{number}" for number in newest.values()}

    @pytest.mark.promise("propagated-statuses")
    def test_only_the_latest_versions_count(self, ask: Ask, session: Session) -> None:
        rule = {"Approved": "Approved"}
        every, latest = (Propagation(AssetVersion, Task, rule, latest=only) for only in (False, True))
        versions = ask(AssetVersion).by_name("bc0040_comp").get_all(["version", "task.status", "status"])
        task = versions.task
        task.status = "WIP"
        versions.apply(lambda _: "WIP", "status")
        newest = versions.max(lambda each: each.version)
        newest.status = "Approved"
        assert (len(every.plan(task)), len(latest.plan(task))) == (0, 1)
        assert [str(each) for each in latest.plan(versions[:1]).changes] == [
            "bc/bc0040/Compositing: WIP -> Approved (1 Approved)"
        ]
        newest.status = "WIP"
        versions.min(lambda each: each.version).status = "Approved"
        assert len(latest.plan(task)) == 0

    def test_what_a_project_does_not_allow_is_told(self, shot: Any) -> None:
        shot.children.apply(lambda _: "Approved", "status")
        rule = Propagation(Task, to=Shot, rule={"Approved": "Client approved"})
        with pytest.raises(EntityCollectionOperationError, match='"VFX" does not allow the status "Client approved"'):
            rule.plan(shot)

    def test_what_is_wrong_is_told(self, ask: Ask) -> None:
        with pytest.raises(AssignmentError, match='Did you mean "Approved"'):
            Propagation(Task, to=Shot, rule={"Aproved": "Completed"}).plan(ask(Shot).get_all())
        with pytest.raises(EntityCollectionOperationError, match="leads from Task to Shot"):
            self.DONE.plan(ask(User).get_all())
        with pytest.raises(InvalidArgumentsError, match='"all" or "any"'):
            Propagation(Task, to=Shot, rule={"Approved": "Completed"}, when="most")  # type: ignore[arg-type]
        with pytest.raises(InvalidArgumentsError, match='"up" or "down"'):
            Propagation(Task, to=Shot, rule={"Approved": "Completed"}, direction="left")  # type: ignore[arg-type]
        with pytest.raises(InvalidArgumentsError, match="Only versions have a latest one"):
            Propagation(Task, to=Shot, rule={"Approved": "Completed"}, latest=True)
        with pytest.raises(InvalidArgumentsError, match="is a dictionary"):
            Propagation(Task, to=Shot, rule={})
        with pytest.raises(InvalidArgumentsError, match="entity class"):
            Propagation("Task", to=Shot, rule={"Approved": "Completed"})  # type: ignore[arg-type]


class TestPreload:
    @pytest.mark.promise("preloaded-projects")
    def test_reading_asks_nothing_afterwards(self, session: Session) -> None:
        loaded = session.preload("sync", projections={Component: ["metadata"]})
        with request_budget(0), session.reading_missing("raise"):
            shots = loaded[Shot]
            assert shots.parent.name
            assert shots.children.status.name
            assert shots.children.type.name
            assert shots.assets.versions.task.assignments.resource.username
            assert shots.custom_fend
            assert loaded[AssetVersion].components.name
            assert loaded[Component].metadata
            assert len(loaded[Project].children.children[Shot]) == len(shots)
            assert all(link[0]["name"] == "Sync" for link in loaded[Task].link)
        assert (loaded.requests, loaded.rows > 400, loaded.bytes > 10_000) == (6, True, True)
        assert str(loaded).startswith("1 Project, ")

    def test_it_is_all_of_the_project_and_nothing_else(self, session: Session, ask: Ask) -> None:
        loaded = session.preload(ask(Project).by_name("sync").get_one(), [Shot, Asset])
        assert {*loaded[Shot].keys()} == {*ask(Shot).where(Shot.project.name == "sync").get_all().keys()}
        assert {*loaded[Asset].keys()} == {*ask(Asset).where(Asset.parent.project.name == "sync").get_all().keys()}
        with pytest.raises(KeyError, match="No Task was loaded"):
            loaded[Task]

    def test_what_cannot_be_loaded_is_told(self, session: Session) -> None:
        with pytest.raises(InvalidArgumentsError, match="which Note entities are in a project"):
            session.preload("sync", [Note])
        with pytest.raises(UnknownAttributeError, match='Did you mean "metadata"'):
            session.preload("sync", projections={Shot: ["metdata"]})
        with pytest.raises(InvalidArgumentsError, match="needs a project"):
            session.preload(None)


class TestRestricted:
    """Somebody who may see one project of two."""

    @pytest.fixture
    def artist(self) -> Iterator[Session]:
        server = guarded_server()
        person = Person(server, "artist").holds("User", "p")
        with server.listening() as url, Session(url, person.key, person.name, schema_cache_path=False) as session:
            yield session
        server.close()

    def test_what_is_hidden_is_not_there(self, artist: Session) -> None:
        with pytest.raises(InvalidArgumentsError, match='There is no project "q"'):
            artist.preload("q")
        assert artist.preload("p")[Task].paths() == ["sh010/comp"]
        versions = Query(AssetVersion, session=artist).get_all()
        assert versions.paths() == ["sh010/hero/v1"]

    def test_what_is_refused_leaves_nothing(self, artist: Session) -> None:
        project = Query(Project, session=artist).get_one(["children"])
        with pytest.raises(ServerError, match="may not"):
            artist.ensure_hierarchy(project, ["sh010", "sh020"], [Shot])
        assert len(artist.recorded_operations) == 0
        assert project.children.name == ["sh010"]
