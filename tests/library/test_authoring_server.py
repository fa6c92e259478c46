"""What is created and set through collections arrives at a real server, with no more requests than needed."""

import datetime
from pathlib import Path
from typing import Any

import arrow
import pytest
from collection_tools import connected_to_copy

from trackteroid import (
    Asset,
    AssetVersion,
    AssetVersionList,
    FileComponent,
    Folder,
    Group,
    ListCategory,
    Note,
    NoteLabel,
    Project,
    Query,
    ReviewSession,
    Sequence,
    Session,
    Shot,
    Task,
    TypedContext,
    TypedContextList,
    User,
)
from trackteroid.collections.context import context_of, type_name_of
from trackteroid.entities import entity_class


@pytest.fixture
def requests(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The actions that are sent to the server from now on."""
    assert session.types
    sent: list[str] = []
    call = session.call

    def counting(data: list[dict[str, Any]]) -> Any:
        sent.extend(each["action"] for each in data)
        return call(data)

    monkeypatch.setattr(session, "call", counting)
    return sent


@pytest.fixture
def project(ask: Any) -> Any:
    return ask(Project).by_name("sync").get_one()


def stored(ask: Any, created: Any, *projections: Any) -> Any:
    """Return what was created as the server has it after a commit."""
    created.commit()
    session = context_of(created).session
    session.reconnect()
    return ask(entity_class(type_name_of(created))).by_id(*created.keys()).get_one(projections)


def test_a_whole_project_is_created(ask: Any, requests: list[str]) -> None:
    project = ask(Project).by_name("none yet").get_all().create(name="teaser", project_schema="VFX")
    sequence = project.children[Sequence].create(name="sq")
    shot = sequence.children[Shot].create(name="sh", description="x", metadata={"lens": "35mm"}, custom_frame_start=7)
    task = shot.children[Task].create(name="comp", type="Compositing", status="Ready to start", bid=3600.0)
    asset = shot.assets.create(name="plate", type="Upload")
    version = asset.versions.create(task=task, comment="first", custom_attributes={})
    component = version.components[FileComponent].create(name="main", file_type=".exr")
    component.component_locations.create(resource_identifier="/x.exr")
    assert set(requests) == {"query"}
    version.commit()
    found = stored(ask, task, "parent.metadata", "parent.custom_attributes", "status.name", "project.full_name")
    assert found.project.full_name == ["teaser"]
    assert found.status.name == ["Ready to start"]
    assert found.parent.metadata == [{"lens": "35mm"}]
    assert found.parent.custom_frame_start == [7.0]
    paths = ask(AssetVersion).by_id(*version.keys()).get_one(["components.component_locations.resource_identifier"])
    assert paths.version == [1]
    assert paths.components.component_locations.resource_identifier == ["/x.exr"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Asset, {"name": "x", "type": "Upload"}),
        (Shot, {"name": "x"}),
        (Folder, {"name": "x"}),
        (Task, {"name": "x", "type": "Animation"}),
        (ReviewSession, {"name": "x"}),
        (AssetVersionList, {"name": "x", "category": "Dailies"}),
        (TypedContextList, {"name": "x", "category": "Dailies"}),
    ],
    ids=lambda each: each.__name__ if isinstance(each, type) else "",
)
@pytest.mark.slow
def test_what_belongs_to_a_project(ask: Any, project: Any, kind: Any, values: dict[str, Any]) -> None:
    created = ask(kind).by_name("none yet").get_all().create(parent=project, **values)
    found = stored(ask, created, "name")
    assert found.name == ["x"]
    relation = "parent" if "parent" in created.values()[0] else "project"
    assert found.fetch_attributes(relation).attribute(relation).id == project.id


def test_appointments_are_created(ask: Any) -> None:
    task, user = ask(Task).get_first(), ask(User).by_name("noor").get_one()
    found = stored(ask, task.appointments.create(resource=user), "resource", "context", "type")
    assert (found.type, found.resource.id, found.context.id) == (["assignment"], user.id, task.id)


def test_timelogs_are_created(ask: Any) -> None:
    task, user = ask(Task).get_first(), ask(User).by_name("noor").get_one()
    start = datetime.datetime(2026, 5, 4, 9, tzinfo=datetime.timezone.utc)
    created = task.timelogs.create(user=user, start=start, duration=3600, comment="roto", name="roto")
    found = stored(ask, created, "start", "duration", "user", "context")
    assert (found.start, found.duration) == ([arrow.get(start)], [3600.0])
    assert (found.user.id, found.context.id) == (user.id, task.id)


def test_lists_are_created_with_items(ask: Any, project: Any) -> None:
    versions, category = ask(AssetVersion).get_all(limit=3), ask(ListCategory).by_name("Dailies").get_one()
    lists = ask(AssetVersionList).by_name("none yet").get_all()
    found = stored(ask, lists.create(name="new", project=project, category=category, items=versions[:2]), "items")
    assert sorted(found.items.id) == sorted(versions[:2].id)
    found.items = versions
    assert sorted(stored(ask, found, "items").items.id) == sorted(versions.id)
    contexts = TypedContext(ask(Shot).get_all(limit=2)) | TypedContext(ask(Task).get_all(limit=1))
    other = ask(TypedContextList).by_name("none yet").get_all()
    found = stored(ask, other.create(name="new", project=project, category="Dailies", items=contexts), "items")
    assert sorted(found.items.id) == sorted(contexts.id)
    assert repr(found.items) == "EntityCollection[TypedContext]{3}"


def test_review_sessions_are_created(ask: Any, project: Any) -> None:
    version = ask(AssetVersion).get_first()
    review = project.review_sessions.create(name="look", description="x")
    review.review_session_objects.create(name="comp", asset_version=version)
    review.review_session_invitees.create(name="Dana", email="dana@client.example")
    found = stored(ask, review, "project", "review_session_objects.asset_version", "review_session_invitees.email")
    assert found.project.id == project.id
    assert found.review_session_objects.asset_version.id == version.id
    assert found.review_session_invitees.email == ["dana@client.example"]


class TestNotes:
    def test_ask_for_nothing_but_the_author_and_that_once(self, ask: Any, requests: list[str]) -> None:
        version = ask(AssetVersion).get_first()
        requests.clear()
        first = version.notes.create(content="one")
        second = version.notes.create(content="two")
        assert requests == ["query"]
        found = stored(ask, first, "author.username", "parent_id", "parent_type", "recipients.resource_id")
        assert found.author.username == ["demo"]
        assert (found.parent_id, found.parent_type) == (version.id, ["AssetVersion"])
        assert found.recipients.resource_id == found.author.id
        assert ask(Note).by_id(*second.keys()).get_one().content == ["two"]

    def test_reach_users_and_groups_without_a_recipient_on_the_server(self, ask: Any, session: Session) -> None:
        from trackteroid import Recipient

        ask(Recipient).get_all().delete().commit()
        assert not ask(Recipient).get_all()
        noor, group = ask(User).by_name("noor").get_one(), ask(Group).get_first()
        shot = ask(Shot).get_first()
        everybody = [noor.values()[0], group.values()[0]]
        to_both = shot.notes.create(content="x", author=noor, recipients=noor)
        to_group = shot.notes.create(content="y", author=noor, recipients=group)
        found = stored(ask, to_both, "recipients.resource_id")
        assert noor.id[0] in found.recipients.resource_id
        again = ask(Note).by_id(*to_group.keys()).get_one(["recipients.resource_id"])
        assert everybody[1]["id"] in again.recipients.resource_id

    def test_have_labels_and_replies(self, ask: Any) -> None:
        noor, label = ask(User).by_name("noor").get_one(), ask(NoteLabel).get_first()
        note = ask(Shot).get_first().notes.create(content="x", author=noor, category=label)
        note.replies.create(content="yes", author=noor)
        found = stored(ask, note, "note_label_links.label", "replies.content")
        assert found.note_label_links.label.id == label.id
        assert found.replies.content == ["yes"]


class TestSettingOnTheServer:
    def test_values_of_all_kinds(self, ask: Any, session: Session) -> None:
        shot = ask(Shot).by_name("bc0040").get_one(["custom_attributes", "metadata", "status"])
        other = ask(Shot).by_name("bc0010").get_one(["status.name"])
        shot.description = "new"
        shot.metadata = {"lens": "50mm"}
        shot.custom_attributes = {"frame_start": 1, "handles": 2}
        shot.custom_frame_end = 9.0
        shot.Status = other.status
        found = stored(ask, shot, "description", "metadata", "custom_attributes", "status", "object_type.name")
        assert (found.description, found.metadata) == (["new"], [{"lens": "50mm"}])
        assert (found.custom_frame_start, found.custom_handles, found.custom_frame_end) == ([1.0], [2.0], [9.0])
        assert found.status.id == other.status.id
        found.description = None
        assert stored(ask, found, "description").description[0] in (None, "")

    def test_numbers_and_dates(self, ask: Any) -> None:
        task = ask(Task).get_first()
        task.bid, task.start_date = 5, "2026-05-04"
        found = stored(ask, task, "bid", "start_date")
        assert (found.bid, found.start_date[0].format("YYYY-MM-DD")) == ([5.0], "2026-05-04")
        found.start_date = None
        assert stored(ask, found, "start_date").start_date == [None]

    def test_references_that_were_not_loaded_by_the_type(self, ask: Any) -> None:
        version, task = ask(AssetVersion).get_first(), ask(Task).by_name("Animation").get_first()
        version.Task = task
        assert stored(ask, version, "task").task.id == task.id

    def test_parents_of_more_specific_types(self, ask: Any, project: Any) -> None:
        shot = ask(Shot).by_name("bc0040").get_one(["parent"])
        folder = project.children[Folder].create(name="elsewhere")
        shot.parent = folder
        assert stored(ask, shot, "parent.name").parent.name == ["elsewhere"]


def test_auto_populate_loads_what_a_loop_reads_in_one_query(database: Path, tmp_path: Path) -> None:
    with connected_to_copy(database, tmp_path, auto_populate=True) as session:
        shots: Any = Query(TypedContext, session=session).get_all()
        sent: list[Any] = []
        call = session.call
        session.call = lambda data: sent.append(data) or call(data)  # type: ignore[method-assign]  # counts requests
        assert all(shots.map(lambda context: context.attribute("link")[0]))
        assert len({context.parent.name[0] for context in shots}) > 5
        assert len(sent) <= 3, "one for the links, one for the parents, one for their names"
