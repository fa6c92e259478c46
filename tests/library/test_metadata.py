"""Metadata as users of the library set them, on a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from collection_tools import connected_to

from trackteroid import Query, Sequence, Session, Shot
from trackteroid.entities.base import entity_class
from trackteroid.errors import AssignmentError

RECORDED = Path(__file__).parent.parent / "recorded" / "schemas.json"
TYPES = [each["id"] for each in json.loads(RECORDED.read_text(encoding="utf-8")) if "metadata" in each["properties"]]

#: What the demo production has none of.
MISSING: dict[str, dict[str, str]] = {
    "Episode": {"parent": "Project"},
    "Folder": {"parent": "Project"},
    "Milestone": {"parent": "Project"},
    "TypedContextLink": {"from": "Shot", "to": "Sequence"},
    "AssetVersionLink": {"from": "AssetVersion", "to": "AssetVersion"},
    "CalendarEvent": {"project": "Project"},
    "ContainerComponent": {},
    "SequenceComponent": {},
}

#: Keys and values that something on the way may take for something else.
TEXTS = [
    "",
    " ",
    "lens",
    "Lens",
    "LENS",
    'say "hi"',
    "C:\\shows\\",
    "two\nlines",
    "tab\t",
    "50%",
    "_",
    "none",
    "NOT_SET",
    "{0} {name}",
    "Größe ß İ",
    "🎬",
    "a.b[c]",
    "x" * 300,
    "' or ''='",
]


@pytest.fixture(scope="module")
def both(database: Path) -> Iterator[tuple[Session, Session]]:
    with connected_to(database) as one, connected_to(database) as other:
        yield one, other


@pytest.fixture
def session(both: tuple[Session, Session]) -> Session:
    both[0].rollback()
    return both[0]


@pytest.fixture
def other(both: tuple[Session, Session]) -> Session:
    both[1].rollback()
    return both[1]


def stored(session: Session, type_name: str, key: str) -> dict[str, str]:
    """What the server has, read by a session that forgets what it knew."""
    session.reset()
    found = Query(entity_class(type_name), session=session).by_id(key).get_one(projections=["metadata"])
    return found.metadata[0]


def entity_of(session: Session, type_name: str) -> Any:
    """An entity of a type, as a collection with its metadata."""
    if type_name in MISSING and not session.query(type_name).first():
        values: dict[str, Any] = {name: session.query(of).first() for name, of in MISSING[type_name].items()}
        if "name" in session.types[type_name].attributes.keys():  # noqa: SIM118 - not a dictionary
            values["name"] = "made"
        session.create(type_name, values)
        session.commit()
    return Query(entity_class(type_name), session=session).get_first(projections=["metadata"])


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.slow
def test_all_types_that_have_them_can_be_set_emptied_and_set_again(
    session: Session, other: Session, type_name: str
) -> None:
    found = entity_of(session, type_name)
    assert found, f"there is no {type_name} to look at"
    before = found.metadata[0]
    key = found.id[0]
    for value in ({"lens": "35mm"}, {"lens": ""}, {}, {"lens": "50mm", "camera": "A"}, {"camera": "B"}, before):
        found.metadata = value
        assert found.metadata == [value]
        session.commit()
        assert stored(other, type_name, key) == value
        found = Query(entity_class(type_name), session=session).by_id(key).get_one(projections=["metadata"])
        assert found.metadata == [value]


def test_keys_and_values_are_any_text(session: Session, other: Session) -> None:
    found = entity_of(session, "Shot")
    everything = {f"{text}": text[::-1] for text in TEXTS}
    found.metadata = everything
    session.commit()
    assert stored(other, "Shot", found.id[0]) == everything
    for text in TEXTS:
        again = Query(Shot, session=session).by_id(found.id[0]).get_one(projections=["metadata"])
        again.metadata = {key: value for key, value in again.metadata[0].items() if key != text} | {"last": text}
        session.commit()
        assert stored(other, "Shot", found.id[0])["last"] == text
    assert stored(other, "Shot", found.id[0]) == {"last": TEXTS[-1]}


@pytest.mark.parametrize(
    "value", [5, 2.5, True, ["a"], {"a": "b"}, b"a", object()], ids=lambda value: type(value).__name__
)
def test_values_that_are_no_texts_are_refused_when_they_are_set(session: Session, value: Any) -> None:
    found = entity_of(session, "Shot")
    with pytest.raises(AssignmentError, match=r"The values of \"metadata\" are texts, but 'frames' was given"):
        found.metadata = {"lens": "35mm", "frames": value}
    sequence = Query(Sequence, session=session).get_first()
    with pytest.raises(AssignmentError, match="are texts"):
        sequence.children[Shot].create(name="x", metadata={"frames": value})
    assert not session.recorded_operations


def test_a_key_without_a_value_is_no_key(session: Session, other: Session) -> None:
    """As it reads with `metadata.get(key)`, so it is set."""
    found = entity_of(session, "Shot")
    found.metadata = {"lens": "35mm", "camera": "A"}
    session.commit()
    found.metadata = {"lens": None, "camera": "B", "rig": None}
    assert found.metadata == [{"camera": "B"}]
    session.commit()
    assert stored(other, "Shot", found.id[0]) == {"camera": "B"}
    found.metadata = None
    session.commit()
    assert stored(other, "Shot", found.id[0]) == {}


class TestTwoSessions:
    """Both have looked, then both change."""

    @pytest.fixture(autouse=True)
    def shot(self, session: Session, other: Session) -> None:
        found = entity_of(session, "Shot")
        found.metadata = {"lens": "35mm"}
        session.commit()
        self.key = found.id[0]
        other.reset()
        self.mine, self.theirs = (
            Query(Shot, session=each).by_id(self.key).get_one(projections=["metadata"]) for each in (session, other)
        )

    def changed(self, session: Session, other: Session, mine: dict[str, str], theirs: dict[str, str]) -> dict[str, str]:
        self.theirs.metadata = theirs
        other.commit()
        self.mine.metadata = mine
        session.commit()
        return stored(other, "Shot", self.key)

    def test_add_the_same_key(self, session: Session, other: Session) -> None:
        mine, theirs = {"lens": "35mm", "rig": "mine"}, {"lens": "35mm", "rig": "theirs"}
        assert self.changed(session, other, mine, theirs) == mine

    def test_add_different_keys(self, session: Session, other: Session) -> None:
        mine, theirs = {"lens": "35mm", "rig": "mine"}, {"lens": "35mm", "filter": "theirs"}
        assert self.changed(session, other, mine, theirs) == mine | theirs

    def test_change_the_same_key(self, session: Session, other: Session) -> None:
        assert self.changed(session, other, {"lens": "mine"}, {"lens": "theirs"}) == {"lens": "mine"}

    def test_remove_the_same_key(self, session: Session, other: Session) -> None:
        assert self.changed(session, other, {}, {}) == {}

    def test_change_what_was_removed(self, session: Session, other: Session) -> None:
        assert self.changed(session, other, {"lens": "mine"}, {}) == {"lens": "mine"}

    def test_remove_what_was_changed(self, session: Session, other: Session) -> None:
        assert self.changed(session, other, {}, {"lens": "theirs"}) == {}


STEPS = [("set", "remove", "set"), ("remove", "set"), ("remove", "set", "remove"), ("remove", "set", "remove", "set")]


@pytest.mark.parametrize("commits", [False, True], ids=["in one commit", "in several commits"])
@pytest.mark.parametrize("there", [False, True], ids=["that was not there", "that was there"])
@pytest.mark.parametrize("steps", STEPS, ids=", ".join)
def test_an_entry_can_be_set_and_removed_again_and_again(
    session: Session, other: Session, steps: tuple[str, ...], there: bool, commits: bool
) -> None:
    shot = session.query("select metadata from Shot").first()
    shot["metadata"] = {"take": "before"} if there else {}
    session.commit()
    expected = dict(shot["metadata"])
    for number, step in enumerate(steps):
        if step == "set":
            shot["metadata"]["take"] = expected["take"] = f"{number}"
        elif "take" in expected:
            del shot["metadata"]["take"], expected["take"]
        assert dict(shot["metadata"]) == expected
        if commits:
            session.commit()
    session.commit()
    assert dict(shot["metadata"]) == expected
    assert stored(other, "Shot", shot["id"]) == expected


def test_an_entry_that_is_removed_and_set_again_can_be_rolled_back(session: Session) -> None:
    shot = session.query("select metadata from Shot").first()
    shot["metadata"] = {"take": "before"}
    session.commit()
    del shot["metadata"]["take"]
    shot["metadata"]["take"] = "again"
    session.rollback()
    assert dict(shot["metadata"]) == {"take": "before"}
    shot["metadata"]["take"] = "later"
    session.commit()
    assert dict(shot["metadata"]) == {"take": "later"}


def test_an_entry_that_is_removed_and_set_again_can_be_sent_later(
    session: Session, other: Session, tmp_path: Path
) -> None:
    shot = session.query("select metadata from Shot").first()
    shot["metadata"] = {"take": "before", "lens": "35mm"}
    session.commit()
    with session.deferred_operations(tmp_path / "later"):
        del shot["metadata"]["take"]
        shot["metadata"]["take"] = "again"
    other.reconnect_and_commit(tmp_path / "later")
    assert stored(other, "Shot", shot["id"]) == {"take": "again", "lens": "35mm"}


def test_an_entry_is_set_whether_the_session_knows_that_it_is_there_or_not(session: Session, other: Session) -> None:
    shot = session.query("select metadata from Shot").first()
    shot["metadata"] = {"take": "before"}
    session.commit()
    key = shot["id"]
    session.reset()
    session.query(f"select parent_id, key, value from Metadata where parent_id is {key}").all()
    shot = session.query(f"select id from Shot where id is {key}").one()
    shot["metadata"]["take"] = "after"
    session.commit()
    assert dict(shot["metadata"]) == {"take": "after"}
    assert stored(other, "Shot", key) == {"take": "after"}


def test_a_label_can_be_taken_off_a_note_and_put_back(session: Session, other: Session) -> None:
    label = session.create("NoteLabel", {"name": "put back"})
    note = session.create("Note", {"content": "look", "author": session.query("User").first()})
    keys = {"note_id": note["id"], "label_id": label["id"]}
    session.create("NoteLabelLink", keys)
    session.commit()
    for _ in range(2):
        session.delete(session.get("NoteLabelLink", list(keys.values())))
        session.create("NoteLabelLink", keys)
        session.commit()
        assert other.query(f"NoteLabelLink where note_id is {note['id']}").first() is not None
        session.delete(session.get("NoteLabelLink", list(keys.values())))
        session.commit()
        assert other.query(f"NoteLabelLink where note_id is {note['id']}").first() is None
        session.create("NoteLabelLink", keys)
        session.commit()
