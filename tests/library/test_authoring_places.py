"""Where something is created decides what it belongs to: near and far, new and old, now and in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from collection_tools import UNNOTICED, connected_to

from trackteroid import (
    Asset,
    AssetVersion,
    AssetVersionList,
    Episode,
    FileComponent,
    Folder,
    Group,
    Metadata,
    Note,
    NoteLabelLink,
    Project,
    ProjectSchema,
    Query,
    ReviewSession,
    SchemaStatus,
    Sequence,
    SequenceComponent,
    Session,
    Shot,
    Status,
    Task,
    User,
)
from trackteroid.client.entities import storage_of
from trackteroid.errors import AssignmentError, CreationError, EntityCollectionOperationError


@pytest.fixture
def project(ask: Any) -> Any:
    return ask(Project).by_name("sync").get_one()


def holds(session: Session, owner: Any, name: str, created: Any) -> bool:
    """Return whether a fresh session finds what was created in an attribute of its owner."""
    session.reconnect()
    query = Query(owner.entity_type, session=session).by_id(*owner.keys())
    return set(created.keys()) <= set(query.get_one(projections=[name]).attribute(name).keys())


def project_lists(session: Session) -> Any:
    """Return no lists, to create some from."""
    return Query(AssetVersionList, session=session).by_name("none").get_all()


def leave(_: object) -> None:
    """Raise an error after something was done."""
    raise RuntimeError("left")


class TestVisible:
    def test_before_and_after_the_commit(self, ask: Any) -> None:
        asset = ask(Asset).get_first(projections=["versions"])
        before = asset.versions
        new = before.create(comment="x")
        assert new in asset.versions
        assert new not in before
        asset.commit()
        assert new in asset.versions
        assert new.asset == asset
        assert new in asset.fetch_attributes("versions").versions

    @UNNOTICED
    def test_not_where_nothing_was_loaded(self, ask: Any, session: Session) -> None:
        asset = ask(Asset).get_first()
        new = asset.versions.create(comment="x")
        assert repr(asset.versions) == "EmptyCollection[AssetVersion] (not loaded)"
        session.commit()
        assert new in asset.fetch_attributes("versions").versions

    def test_on_all_sides(self, ask: Any) -> None:
        user = ask(User).by_name("noor").get_one(projections=["timelogs", "assignments", "appointments"])
        task = ask(Task).get_first(projections=["timelogs", "assignments", "appointments", "allocations"])
        log = task.timelogs.create(user=user, start="2026-01-01", duration=1, comment="x")
        assert log in user.timelogs
        assert log in task.timelogs
        assignment = task.assignments.create(resource=user)
        assert all(assignment in each for each in (user.assignments, user.appointments, task.appointments))
        assert assignment not in task.allocations
        allocation = task.allocations.create(resource=user)
        assert allocation in task.allocations
        assert allocation not in task.assignments

    def test_links_and_what_they_link(self, ask: Any) -> None:
        friday = ask(AssetVersionList).get_first(projections=["items"])
        asset = ask(Asset).get_first(projections=["versions"])
        version = friday.items.create(asset=asset)
        assert version in friday.items
        assert version in asset.versions
        other = version.uses_versions.create(asset=asset)
        assert (version.uses_versions, other.used_in_versions) == (other, version)
        assert len(version.outgoing_links | version.incoming_links) == 1
        assert len(other.outgoing_links | other.incoming_links) == 1
        friday.commit()
        assert version.uses_versions == other
        assert version in friday.items

    def test_wherever_a_given_parent_shows_them(self, ask: Any) -> None:
        asset = ask(Asset).get_first(projections=["versions"])
        new = ask(AssetVersion).by_id("none").get_all().create(asset=asset)
        assert new in asset.versions

    def test_a_batch(self, ask: Any, project: Any, session: Session) -> None:
        project = project.fetch_attributes("children")
        before = len(project.children)
        shots = project.children[Shot].create_batch(*({"name": f"s{n}"} for n in range(20)))
        assert len(project.children) == before + 20
        session.commit()
        assert holds(session, project, "children", shots)

    def test_no_more_after_a_rollback_or_a_failed_transaction(self, ask: Any, session: Session) -> None:
        asset = ask(Asset).get_first(projections=["versions"])
        before = asset.versions
        asset.versions.create(comment="x")
        session.rollback()
        assert asset.versions == before
        with pytest.raises(RuntimeError, match="left"), session.transaction():
            leave(asset.versions.create(comment="x").components.create(name="main"))
        assert asset.versions == before
        with pytest.raises(Exception, match="does not exist"), session.transaction():
            asset.versions.create(comment="x", thumbnail_id="nothing")
        assert asset.versions == before
        assert not session.recorded_operations
        session.commit()
        assert asset.versions == before

    def test_no_more_when_a_batch_fails(self, ask: Any, session: Session) -> None:
        asset = ask(Asset).get_first(projections=["versions"])
        before = asset.versions
        with pytest.raises(CreationError):
            asset.versions.create_batch({"comment": "x"}, {"status": "no such status"})
        assert asset.versions == before
        assert not session.recorded_operations

    def test_no_more_when_deleted(self, ask: Any, session: Session) -> None:
        asset = ask(Asset).get_first(projections=["versions"])
        before = asset.versions
        asset.versions.create(comment="x").delete()
        assert asset.versions == before
        session.commit()
        assert asset.versions == before

    def test_beside_what_is_added_to_the_list(self, ask: Any, session: Session) -> None:
        version = ask(AssetVersion).get_first(projections=["notes"])
        note = version.notes.create(content="created")
        other = ask(AssetVersion).get_all(limit=2)[1].notes.create(content="elsewhere")
        version.notes = version.notes | other
        assert {note.id[0], other.id[0]} <= set(version.notes.id)
        session.commit()
        assert {note.id[0], other.id[0]} <= set(version.notes.id)
        assert holds(session, version, "notes", note | other)


class TestOwners:
    def test_new_ones_in_the_same_commit(self, project: Any, session: Session) -> None:
        episode = project.children[Episode].create(name="e")
        sequence = episode.children[Sequence].create(name="q")
        shot = sequence.children[Shot].create(name="s")
        task = shot.children[Task].create(name="t", type="Animation")
        asset = shot.assets.create(name="a", type="Geometry")
        version = asset.versions.create(task=task)
        sequence_component = version.components[SequenceComponent].create(name="main", padding=4)
        member = sequence_component.members[FileComponent].create(name="0001")
        note = version.notes.create(content="x", labels="Internal")
        review = project.review_sessions.create(name="r")
        item = review.review_session_objects.create(name="i", asset_version=version)
        about = item.notes.create(content="y")
        version_list = project_lists(session).create(name="l", project=project, category="Dailies")
        other = version_list.items.create(asset=asset)
        assert (episode.children, shot.assets, asset.versions) == (sequence, asset, version | other)
        session.commit()
        for owner, name, created in (
            (episode, "children", sequence),
            (sequence, "children", shot),
            (shot, "children", task),
            (shot, "assets", asset),
            (asset, "versions", version | other),
            (version, "components", sequence_component),
            (sequence_component, "members", member),
            (version, "notes", note),
            (project, "review_sessions", review),
            (review, "review_session_objects", item),
            (item, "notes", about),
            (version_list, "items", other),
        ):
            assert holds(session, owner, name, created), name

    def test_several_are_refused(self, ask: Any, session: Session) -> None:
        assets = ask(Asset).get_all(limit=2, projections=["versions.asset"])
        for collection in (assets.versions, assets.versions.filter(lambda _: False)):
            with pytest.raises(CreationError, match="Ambiguous context: the new AssetVersion could belong to any of"):
                collection.create(comment="x")
        one = assets.versions[0].create(comment="x")
        assert one.asset == assets.versions[0].asset
        given = assets.versions.create(asset=assets[1], comment="x")
        assert given.asset == assets[1]
        assert len(session.recorded_operations) >= 2

    def test_several_of_which_one_has_all_there_is(self, ask: Any) -> None:
        empty = ask(Asset).get_first(projections=["versions"])
        shot = ask(Shot).get_first()
        nothing = shot.assets.create(name="without versions", type="Geometry")
        with pytest.raises(CreationError, match="Ambiguous context"):
            (empty | nothing).versions.create(comment="x")

    def test_several_of_one_kind(self, ask: Any) -> None:
        shots = ask(Shot).get_all(projections=["children"]).filter(lambda shot: len(shot.children[Task]))[:1]
        new = shots.create(name="without tasks")
        for children in ((shots | new).children[Task], (shots | new).children[Task][Task]):
            with pytest.raises(CreationError, match="Ambiguous context"):
                children.create(name="x", type="Animation")
        one = (shots | new).children[Task][0].create(name="x", type="Animation")
        assert one.parent.id == shots.id

    def test_several_lists(self, ask: Any) -> None:
        lists = ask(AssetVersionList).get_all(projections=["items"])
        asset = ask(Asset).get_first()
        assert len(lists) > 1
        for items in (lists.items, lists.items[:1]):
            with pytest.raises(CreationError, match="Ambiguous context"):
                items.create(asset=asset)

    def test_none(self, ask: Any, session: Session) -> None:
        nothing = ask(Asset).by_name("no such asset").get_all()
        with pytest.raises(CreationError, match="There is nothing that the new AssetVersion could belong to"):
            nothing.versions.create(comment="x")
        with pytest.raises(CreationError, match="There is nothing that the new Scope could belong to"):
            ask(Shot).by_id("none").get_all().scopes.create(name="x")
        assert nothing.versions.create(asset=ask(Asset).get_first()).comment
        session.rollback()

    def test_of_other_sessions_are_refused(self, ask: Any, tmp_path: Path, session: Session) -> None:
        with connected_to(tmp_path / "copy.db") as other:
            theirs = Query(Asset, session=other).get_first()
            nothing = ask(AssetVersion).by_id("none").get_all()
            for given in ({"asset": theirs}, {"parent": theirs}, {"asset": theirs.values()[0]}):
                with pytest.raises((EntityCollectionOperationError, AssignmentError), match="different sessions"):
                    nothing.create(**given)
        assert not session.recorded_operations

    def test_another_one_than_where_it_is_created(self, ask: Any, session: Session) -> None:
        one, other = ask(Asset).get_all(limit=2)
        with pytest.raises(CreationError, match="another one was given"):
            one.versions.create(asset=other)
        with pytest.raises(CreationError, match="another one was given"):
            one.versions.create(asset_id=other.id[0])
        with pytest.raises(CreationError, match="another one was given"):
            one.versions.create(parent=other)
        assert one.versions.create(asset=one).asset == one
        with pytest.raises(CreationError, match="given, and differ"):
            ask(AssetVersion).get_first().create(asset=one, asset_id=other.id[0])
        with pytest.raises(CreationError, match="another one was given"):
            ask(Task).get_first().assignments.create(resource="noor", type="allocation")

    def test_from_before_a_reconnect(self, ask: Any, session: Session) -> None:
        asset = ask(Asset).get_first()
        session.reconnect()
        version = asset.versions.create(comment="x")
        session.commit()
        assert holds(session, asset, "versions", version)

    @pytest.mark.parametrize("kind", [Shot, Task, Project, Folder, AssetVersion])
    def test_of_notes(self, ask: Any, session: Session, kind: Any) -> None:
        owner = ask(kind).get_first()
        note = owner.notes.create(content="x")
        assert note.parent_id == owner.id
        session.commit()
        assert holds(session, owner, "notes", note)

    def test_of_settings(self, ask: Any, session: Session) -> None:
        review = ask(ReviewSession).get_first(projections=["settings"])
        setting = review.settings.create(group="g", name="n", value="v")
        assert setting in review.settings
        session.commit()
        assert setting.parent_id == review.id
        with pytest.raises(CreationError, match=r"There is an? EntitySetting"):
            review.settings.create(group="g", name="n", value="w")

    def test_of_what_only_has_keys(self, ask: Any, session: Session) -> None:
        shot = ask(Shot).get_first(projections=["metadata"])
        nothing = ask(Metadata).inject('parent_id is "none"').get_all()
        nothing.create(parent=shot, key="lens", value="35mm")
        session.commit()
        session.reconnect()
        assert ask(Shot).by_id(*shot.keys()).get_one(projections=["metadata"]).metadata[0]["lens"] == "35mm"
        for kind in (Note, Metadata):
            with pytest.raises(CreationError, match="Pass it as 'parent'"):
                ask(kind).inject('parent_id is "none"').get_all().create()


class TestBeside:
    def test_what_is_there(self, ask: Any) -> None:
        shot = ask(Shot).by_name("bc0040").get_one()
        assert shot.create(name="beside").parent == shot.fetch_attributes("parent").parent

    def test_far_below(self, project: Any) -> None:
        with pytest.raises(CreationError, match=r'right below Project "sync": `project.children\[Sequence\].create\('):
            project.Sequence.create(name="x")
        with pytest.raises(CreationError, match=r"`project.children\[Episode\].create\("):
            project.Episode.create(name="x")

    def test_where_the_owner_is_no_parent(self, ask: Any) -> None:
        status = ask(Status).by_name("Approved").get_one()
        with pytest.raises(
            CreationError, match=r"besides being in \"tasks\" of Status \"Approved\". Pass it as 'parent'"
        ):
            status.tasks.create(name="x", type="Animation")
        task = status.tasks.create(name="x", type="Animation", parent=ask(Shot).get_first())
        assert task.status == status


class TestKeys:
    def test_of_two_ends(self, ask: Any, session: Session) -> None:
        note = ask(Note).get_first(projections=["note_label_links"])
        links = note.note_label_links
        label = session.create("NoteLabel", {"name": "brand new"})
        link = links.create(label=label)
        assert list(link.keys()) == [(note.id[0], label["id"])]
        assert (link.note, link.label.id) == (note, [label["id"]])
        session.commit()
        assert (link.note, link.label.id) == (note, [label["id"]])

    def test_without_an_owner(self, ask: Any, session: Session) -> None:
        note, label = ask(Note).get_first(), session.create("NoteLabel", {"name": "brand new"})
        nothing = ask(NoteLabelLink).inject('note_id is "none"').get_all()
        with pytest.raises(CreationError, match="Nothing tells what the new NoteLabelLink belongs to"):
            nothing.create(label=label)
        with pytest.raises(CreationError, match="A new NoteLabelLink needs 'label'"):
            nothing.create(note=note)
        link = nothing.create(note=note, label="brand new")
        session.commit()
        assert holds(session, note, "note_label_links", link)

    def test_of_schemas(self, ask: Any, session: Session) -> None:
        schema = ask(ProjectSchema).get_first(projections=["object_type_schemas.statuses"]).object_type_schemas[0]
        status = ask(Status).get_all(limit=1).create(name="brand new", state="Done")
        row = schema.statuses.create(task_status="brand new")
        assert row in schema.statuses
        session.commit()
        assert holds(session, schema, "statuses", row)
        nothing = ask(SchemaStatus).inject('schema_id is "none"').get_all()
        with pytest.raises(CreationError, match="needs 'task_status'"):
            nothing.create(schema_id=schema.id[0])
        with pytest.raises(CreationError, match="already"):
            nothing.create(schema_id=schema.id[0], task_status=status)

    def test_of_what_is_there_already(self, ask: Any, session: Session) -> None:
        shot = ask(Shot).get_first()
        with pytest.raises(CreationError, match=r"There is a Shot with id .* already"):
            shot.create(name="x", id=shot.id[0], parent_id="p")
        assert not session.recorded_operations

    def test_groups_and_users_can_be_created(self, ask: Any, session: Session) -> None:
        user = ask(User).by_name("none").get_all().create(username="somebody")
        group = ask(Group).by_name("none").get_all().create(name="some people")
        group.memberships.create(user=user)
        session.commit()
        session.reconnect()
        assert ask(Group).by_name("some people").get_one(
            projections=["memberships.user.username"]
        ).memberships.user.username == ["somebody"]


def everything(session: Session) -> Callable[[], Any]:
    """Create something of each kind of membership, and return what checks that it is there."""
    ask = lambda kind: Query(kind, session=session)  # noqa: E731
    asset, shot = ask(Asset).get_first(projections=["versions"]), ask(Shot).get_first(projections=["scopes"])
    friday = ask(AssetVersionList).get_first(projections=["items"])
    version = asset.versions.create(comment="recorded")
    version.notes.create(content="recorded", labels="Internal", recipients="noor")
    friday.items.create(asset=asset, comment="recorded in a list")
    shot.scopes.create(name="recorded scope")
    shot.children[Task].create(name="recorded", type="Animation", status="Approved")

    def check() -> None:
        session.reconnect()
        found = ask(Asset).by_id(*asset.keys()).get_one(projections=["versions.comment", "versions.notes.content"])
        assert sorted(text for text in found.versions.comment if text.startswith("recorded")) == [
            "recorded",
            "recorded in a list",
        ]
        assert "recorded" in found.versions.notes.content
        items = ask(AssetVersionList).by_id(*friday.keys()).get_one(projections=["items.comment"]).items
        assert items.comment.count("recorded in a list") == 1
        there = ask(Shot).by_id(*shot.keys()).get_one(projections=["scopes.name", "children.name"])
        assert there.scopes.name.count("recorded scope") == 1
        assert there.children.name.count("recorded") == 1

    return check


class TestFiles:
    def test_replay_what_was_created(self, session: Session, tmp_path: Path) -> None:
        path = tmp_path / "recorded.db"
        asset = Query(Asset, session=session).get_first(projections=["versions"])
        before = asset.versions
        with session.deferred_operations(path):
            check = everything(session)
        assert not session.recorded_operations
        assert len(asset.versions) == len(before) + 2, "as all that is set in the block"
        asset.metadata = {"another": "change"}
        session.commit()
        assert asset.versions == before
        for _ in range(2):
            session.reconnect_and_commit(path)
            check()

    def test_a_block_that_fails_leaves_nothing(self, session: Session, tmp_path: Path) -> None:
        asset = Query(Asset, session=session).get_first(projections=["versions"])
        before = asset.versions
        with pytest.raises(RuntimeError, match="left"), session.deferred_operations(tmp_path / "recorded.db"):
            leave(everything(session))
        assert asset.versions == before
        assert not session.recorded_operations

    def test_transactions_commit_it(self, session: Session) -> None:
        with session.transaction():
            check = everything(session)
        check()


def test_what_is_created_holds_no_local_values_after_a_commit(ask: Any, session: Session) -> None:
    version = ask(Asset).get_first(projections=["versions"]).versions.create(comment="x")
    version.notes.create(content="x", labels="Internal")
    session.commit()
    assert not [name for name, pair in storage_of(version.values()[0]).items() if isinstance(pair["local"], str)]
    assert not session.recorded_operations
