"""What has a name can be given by it: in assignments, in `apply` and in `create`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from collection_tools import connected_to

from trackteroid import Asset, AssetVersion, Project, Sequence, Session, Shot, Status, Task
from trackteroid.errors import AssignmentError, CreationError


@pytest.fixture
def tasks(ask: Any) -> Any:
    return ask(Task).get_all(limit=3, projections=["status.name", "type.name", "priority.name", "status_id"])


class TestAssigning:
    @pytest.mark.slow
    def test_one_name_is_that_of_all(self, tasks: Any) -> None:
        tasks.status = "Approved"
        assert [task.status.name for task in tasks] == [["Approved"]] * 3
        tasks.commit()

    def test_a_list_has_one_for_each(self, tasks: Any) -> None:
        names = ["Approved", "In progress", "On Hold"]
        tasks.status = names
        assert [task.status.name[0] for task in tasks] == names
        with pytest.raises(AssignmentError, match="takes 3 values, but 2 given"):
            tasks.status = names[:2]

    def test_names_and_collections_mix(self, tasks: Any, ask: Any) -> None:
        approved = ask(Status).by_name("Approved").get_one()
        tasks.status = [approved, "On Hold", None]
        assert tasks.status.name == ["Approved", "On Hold"]

    def test_by_the_type_that_is_related(self, tasks: Any) -> None:
        tasks.Status = "Approved"
        assert tasks.Status.name == ["Approved"]

    def test_with_apply(self, tasks: Any) -> None:
        tasks.apply(lambda task: "Approved" if task == tasks[0] else "On Hold", "status")
        assert tasks.status.name == ["Approved", "On Hold"]
        tasks.Status.apply(lambda _: "WIP")
        assert tasks.status.name == ["WIP"]

    @pytest.mark.parametrize(
        ("name", "value", "path", "expected"),
        [
            ("type", "Animation", "name", "Animation"),
            ("priority", "Urgent", "name", "Urgent"),
            ("status", "approved", "name", "Approved"),
            ("status", "ReadyToStart", "name", "Ready to start"),
        ],
    )
    def test_what_else_has_names(self, tasks: Any, name: str, value: str, path: str, expected: str) -> None:
        setattr(tasks[0], name, value)
        assert getattr(getattr(tasks[0], name), path) == [expected]

    def test_users_by_username_or_full_name(self, ask: Any, session: Session) -> None:
        version = ask(AssetVersion).get_first(projections=["user.username"])
        noor = session.query('select first_name, last_name from User where username is "noor"').one()
        full = f"{noor['first_name']} {noor['last_name']}"
        for name in ("noor", full, full.upper()):
            version.user = name
            assert version.user.id == [noor["id"]]

    def test_a_user_or_a_group_where_either_fits(self, tasks: Any, session: Session) -> None:
        group = session.query("select name from Group").first()
        assert tasks[0].assignments.create(resource="noor").resource.id == [
            session.query('User where username is "noor"').one()["id"]
        ]
        assert tasks[0].assignments.create(resource=group["name"]).resource.id == [group["id"]]

    def test_several_of_an_array_attribute(self, ask: Any, session: Session) -> None:
        for name in ("comedy", "pilot"):
            session.create("Scope", {"name": name})
        session.commit()
        shot = ask(Shot).get_first(projections=["scopes.name"])
        shot.scopes = ["comedy", "pilot"]
        assert sorted(shot.scopes.name) == ["comedy", "pilot"]
        shot.scopes = "pilot"
        assert shot.scopes.name == ["pilot"]

    def test_what_has_no_name_of_its_own_is_not_looked_for(self, ask: Any) -> None:
        version = ask(AssetVersion).get_first(projections=["asset"])
        with pytest.raises(AssignmentError, match="takes a collection of Asset"):
            version.asset = "bc0040_comp"


class TestUnknownNames:
    def test_are_refused_with_the_nearest(self, tasks: Any, session: Session) -> None:
        with pytest.raises(
            AssignmentError, match=r'no Status "Aproved"\. Did you mean "Approved"\? It has: Approved, '
        ):
            tasks.status = "Aproved"
        with pytest.raises(AssignmentError, match="no Status"):
            tasks.apply(lambda _: "", "status")
        with pytest.raises(CreationError, match=r'no Type "Animaton"\. Did you mean "Animation"'):
            tasks.create(name="x", type="Animaton")
        assert not session.recorded_operations

    def test_cost_two_requests_and_known_ones_one_per_connection(self, tasks: Any, session: Session) -> None:
        with session.profile() as profile:
            for name in ("Approved", "On Hold", "Approved"):
                tasks.status = name
        assert profile.requests == 1
        with session.profile() as profile, pytest.raises(AssignmentError):
            tasks.status = "Aproved"
        assert profile.requests == 1, "names may have been made meanwhile"

    def test_made_meanwhile_are_found(self, tasks: Any, tmp_path: Path) -> None:
        tasks.status = "Approved"
        with connected_to(tmp_path / "copy.db") as other:
            other.create("Status", {"name": "Polishing", "state": other.query("State").first()})
            other.commit()
        tasks.status = "Polishing"
        assert tasks.status.name == ["Polishing"]

    def test_made_in_the_same_commit_are_found(self, tasks: Any, ask: Any) -> None:
        ask(Status).get_all(limit=1).create(name="Polishing", state="Done")
        tasks.status = "Polishing"
        tasks.commit()
        assert ask(Task).by_status("Polishing").get_all() == tasks


class TestNamesOfSeveral:
    def test_are_refused_naming_all_of_them(self, tasks: Any, session: Session) -> None:
        twins = [session.create("Status", {"name": "Twin"})["id"] for _ in range(2)]
        session.commit()
        with pytest.raises(AssignmentError, match=f"(?s)(?=.*{twins[0]})(?=.*{twins[1]}).*is the name of 2"):
            tasks.status = "Twin"

    def test_the_one_that_the_project_allows_is_meant(self, tasks: Any, ask: Any, session: Session) -> None:
        allowed = session.query('Status where name is "Approved"').one()["id"]
        session.create("Status", {"name": "Approved"})
        session.commit()
        tasks.status = "Approved"
        assert set(tasks.status.id) == {allowed}
        task = ask(Shot).get_first().children[Task].create(name="new one", type="Animation", status="Approved")
        assert task.status.id == [allowed]

    def test_also_of_what_is_new_itself(self, ask: Any, session: Session) -> None:
        allowed = session.query('Status where name is "Approved"').one()["id"]
        session.create("Status", {"name": "Approved"})
        session.commit()
        sequence = ask(Project).by_name("sync").get_one().children[Sequence].create(name="brand new")
        shot = sequence.children[Shot].create(name="x")
        task = shot.children[Task].create(name="y", type="Animation", status="Approved")
        assert task.status.id == [allowed]
        version = shot.assets.create(name="a", type="Geometry").versions.create(status="Approved")
        assert version.status.id == [allowed]

    def test_exact_names_come_first(self, tasks: Any, session: Session) -> None:
        session.create("Status", {"name": "APPROVED"})
        session.commit()
        tasks.status = "Approved"
        assert tasks.status.name == ["Approved"]


def test_creating_takes_the_names_of_all_references(ask: Any) -> None:
    asset = ask(Asset).get_first()
    version = asset.versions.create(user="noor", status="Approved")
    assert (version.user.username, version.status.name) == (["noor"], ["Approved"])
    version.commit()
    stored = ask(AssetVersion).by_id(*version.keys()).get_one(projections=["user.username", "status.name"])
    assert (stored.user.username, stored.status.name) == (["noor"], ["Approved"])


def test_types_of_which_there_is_nothing_are_asked_for_once(ask: Any, session: Session) -> None:
    versions = ask(AssetVersion).get_all(limit=3)
    with session.profile() as profile:
        for version in versions:
            version.notes.create(content="Look!", author="paul", recipients=["noor", "mira"])
    session.rollback()
    assert "from Collaborator" in str(profile)
    assert not profile.repeated()


def test_names_of_different_types_are_asked_for_together(ask: Any, session: Session) -> None:
    asset = ask(Asset).by_name("bc0040_comp").get_one(["versions.task"])
    with session.profile() as profile:
        asset.versions.create(task=asset.versions.task, user="noor", status="Approved", custom_is_final=True)
    session.rollback()
    assert profile.requests == 1
