"""Notes are written in one call, with labels, recipients, a category and attachments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trackteroid import (
    AssetVersion,
    Group,
    Note,
    NoteCategory,
    NoteLabel,
    Project,
    ReviewSessionObject,
    Session,
    Shot,
    Task,
    User,
)
from trackteroid.errors import CreationError, UnknownAttributeError

PARTS = [
    "content",
    "author.username",
    "category.name",
    "parent_id",
    "parent_type",
    "recipients.resource_id",
    "note_label_links.label.name",
    "note_components.component.name",
    "replies.content",
]


@pytest.fixture
def session(session: Session) -> Session:
    """A session of a server with two labels more."""
    for name in ("urgent", "lighting"):
        session.create("NoteLabel", {"name": name})
    session.commit()
    return session


@pytest.fixture
def version(ask: Any) -> Any:
    return ask(AssetVersion).by_name("bc0040_comp").by_version(2).get_one(projections=["notes", "components"])


@pytest.fixture
def stored(ask: Any, session: Session) -> Callable[[Any], Any]:
    def stored(note: Any) -> Any:
        note.commit()
        session.reconnect()
        return ask(Note).by_id(*note.keys()).get_one(projections=PARTS)

    return stored


def caller(session: Session) -> str:
    return session.query(f'User where username is "{session.api_user}"').one()["id"]


def test_everything_can_be_given_by_name(version: Any, stored: Any, session: Session) -> None:
    note = version.notes.create(
        content="More haze.",
        author="paul",
        labels=["urgent", "lighting"],
        recipients=["noor", "paul"],
        category="Internal",
        attachments=version.components,
    )
    assert sorted(note.note_label_links.label.name) == ["lighting", "urgent"], "visible before the commit"
    assert sorted(note.recipients.recipient[User].username) == ["noor", "paul"]
    assert note in version.notes
    found = stored(note)
    people = {each["id"] for each in session.query('User where username in ("noor", "paul")')}
    assert (found.content, found.author.username, found.category.name) == (["More haze."], ["paul"], ["Internal"])
    assert sorted(found.note_label_links.label.name) == ["Internal", "lighting", "urgent"]
    assert set(found.recipients.resource_id) == people | {caller(session)}
    assert found.note_components.component == version.components
    assert (found.parent_id, found.parent_type) == (version.id, ["AssetVersion"])


def test_everything_can_be_given_as_collections(version: Any, ask: Any, stored: Any, session: Session) -> None:
    label, user, group = ask(NoteLabel).by_name("urgent").get_one(), ask(User).by_name("noor").get_one(), ask(Group)
    group = group.get_first()
    category = ask(NoteCategory).by_name("Internal").get_one()
    note = version.notes.create(
        content="x", labels=label, recipients=[user, group], category=category, attachments=[version.components[0]]
    )
    found = stored(note)
    assert set(found.recipients.resource_id) == {user.id[0], group.id[0], caller(session)}
    assert sorted(found.note_label_links.label.name) == ["Internal", "urgent"]
    assert found.note_components.component == version.components[:1]


def test_a_label_as_category_and_a_category_among_the_labels(version: Any, stored: Any) -> None:
    assert stored(version.notes.create(content="x", category="urgent")).note_label_links.label.name == ["urgent"]
    both = stored(version.notes.create(content="x", category="Internal", labels=["Internal", "urgent", "urgent"]))
    assert sorted(both.note_label_links.label.name) == ["Internal", "urgent"]
    assert both.category.name == ["Internal"]


def test_agrees_with_the_official_create_note(version: Any, ask: Any, stored: Any, session: Session) -> None:
    author, noor = (session.query(f'User where username is "{name}"').one() for name in ("paul", "noor"))
    urgent = session.query('NoteLabel where name is "urgent"').one()
    entity = session.query(f'AssetVersion where id is "{version.id[0]}"').one()
    theirs = entity.create_note("x", author, recipients=[noor], labels=[urgent])
    ours = version.notes.create(content="x", author="paul", recipients="noor", labels="urgent")
    session.commit()
    rows = []
    for identifier in (theirs["id"], ours.id[0]):
        found = ask(Note).by_id(identifier).get_one(projections=PARTS)
        rows.append(
            (
                found.content,
                found.author.username,
                found.category.name,
                sorted(found.recipients.resource_id),
                found.note_label_links.label.name,
                found.parent_id,
                found.parent_type,
            )
        )
    assert rows[0] == rows[1]


def test_the_recipients_of_another_note(version: Any, stored: Any, ask: Any) -> None:
    first = stored(version.notes.create(content="x", recipients=["noor", "paul"]))
    second = stored(version.notes.create(content="y", recipients=first.recipients))
    assert set(second.recipients.resource_id) == set(first.recipients.resource_id)
    third = stored(version.notes.create(content="z", recipients=list(first.recipients.values())))
    assert set(third.recipients.resource_id) == set(first.recipients.resource_id)


@pytest.mark.parametrize("kind", [Shot, Task, Project, AssetVersion, ReviewSessionObject])
def test_anything_can_have_notes(kind: Any, ask: Any, stored: Any) -> None:
    owner = ask(kind).get_first()
    found = stored(owner.notes.create(content="x", labels="urgent"))
    assert found.parent_id == owner.id
    assert found in ask(kind).by_id(*owner.keys()).get_one(projections=["notes"]).notes


def test_replies_are_about_what_their_note_is_about(version: Any, stored: Any) -> None:
    note = version.notes.create(content="x")
    reply = note.replies.create(content="y", labels="urgent", recipients="noor")
    assert note.replies == reply
    found = stored(reply)
    assert (found.parent_id, found.note_label_links.label.name) == (version.id, ["urgent"])


def test_further_parts_can_be_created_one_by_one(version: Any, stored: Any, ask: Any) -> None:
    note = version.notes.create(content="x")
    note.note_label_links.create(label="urgent")
    note.note_components.create(component=version.components[0])
    note.recipients.create(recipient="noor")
    found = stored(note)
    assert found.note_label_links.label.name == ["urgent"]
    assert found.note_components.component == version.components[:1]
    assert ask(User).by_name("noor").get_one().id[0] in found.recipients.resource_id


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "error", "message"),
        [
            ({"labels": "urgnt"}, CreationError, 'no NoteLabel "urgnt". Did you mean "urgent"'),
            ({"recipients": ["noor", "nor"]}, CreationError, 'no Resource "nor". Did you mean "noor"'),
            ({"category": "Internl"}, CreationError, 'no NoteCategory "Internl". Did you mean "Internal"'),
            ({"category": ["urgent", "lighting"]}, CreationError, "one category or label"),
            ({"attachments": "main"}, CreationError, '"attachments" takes a collection of Component'),
            ({"labels": 3}, CreationError, '"labels" takes a collection of NoteLabel'),
            ({"lables": "urgent"}, UnknownAttributeError, 'no attribute "lables"'),
        ],
    )
    def test_leave_nothing_behind(self, version: Any, session: Session, given: Any, error: Any, message: str) -> None:
        before = len(version.notes)
        with pytest.raises(error, match=message):
            version.notes.create(content="x", **given)
        assert (len(session.recorded_operations), len(version.notes)) == (0, before)

    def test_of_what_is_there_already(self, version: Any, session: Session) -> None:
        note = version.notes.create(content="x", labels="urgent", recipients="noor")
        pending = len(session.recorded_operations)
        with pytest.raises(CreationError, match=r"There is a NoteLabelLink with note_id .* and label_id .* already"):
            note.note_label_links.create(label="urgent")
        with pytest.raises(CreationError, match="There is a Recipient"):
            note.recipients.create(recipient="noor")
        with pytest.raises(CreationError, match="There is a NoteLabelLink"):
            note.note_label_links.create_batch({"label": "lighting"}, {"label": "lighting"})
        with pytest.raises(CreationError, match="A new NoteLabelLink needs 'label'"):
            note.note_label_links.create()
        assert len(session.recorded_operations) == pending

    def test_what_was_deleted_can_be_created_again(self, version: Any, stored: Any) -> None:
        note = version.notes.create(content="x", labels="urgent")
        note.commit()
        note.note_label_links.delete()
        link = note.note_label_links.create(label="urgent")
        assert note.note_label_links == link
        note.commit()
        note.note_label_links.delete().commit()
        assert not note.note_label_links
        note.note_label_links.create(label="urgent")
        assert stored(note).note_label_links.label.name == ["urgent"]
