"""Two people change one list: both changes hold, whatever each of them had loaded."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import ftrack_api
import pytest

from library.list_tools import CASES, SUPPORTED, WITH_COMPONENTS, Case, demo, session_of, unlike_ours
from selections import slow
from trackteroid import AssetVersion, Query, Shot, TypedContextList
from trackteroid.errors import AssignmentError
from trackteroid.operations.recording import deferred_operations
from trackteroid.operations.replaying import replay
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

_numbers = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with demo() as server:
        yield server
        somebody_else(server).close()
        somebody_else.cache_clear()


@pytest.fixture(params=["ours", "another"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[False, slow(True)], ids=["not populating", "populating"])
def populating(request: pytest.FixtureRequest) -> bool:
    return request.param


def connect(server: EmbeddedServer, kind: str, populating: bool = False) -> Session:
    session = session_of(server, auto_populate=populating)
    return session if kind == "ours" else unlike_ours(session)


def stored(server: EmbeddedServer, case: Case, owner: str) -> set[str]:
    """Return the ids of the members, as somebody else sees them."""
    session = somebody_else(server)
    session.reset()
    found = session.query(case.owner).first()
    entity = session.query(f"{found.entity_type} where id is {owner}").one()
    return {member["id"] for member in entity[case.attribute]}


@cache
def somebody_else(server: EmbeddedServer) -> Session:
    return session_of(server, auto_populate=True)


def a_name() -> str:
    return f"member{next(_numbers)}"


def two(case: Case, server: EmbeddedServer, kind: str, populating: bool) -> Iterator[tuple[Session, Any]]:
    for _ in range(2):
        session = connect(server, kind, populating)
        yield session, session.query(case.owner).first()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("loaded", [True, False], ids=["loaded", "not loaded"])
@pytest.mark.slow
def test_both_members_are_in_the_list(
    name: str, loaded: bool, populating: bool, kind: str, server: EmbeddedServer
) -> None:
    case = CASES[name]
    people = list(two(case, server, kind, populating))
    before = stored(server, case, people[0][1]["id"])
    if loaded:
        for session, owner in people:
            session.populate(owner, case.attribute)
            assert {member["id"] for member in owner[case.attribute]} == before
    added = []
    for session, owner in people:
        member = case.new(session, owner, a_name())
        if member not in owner[case.attribute]:
            owner[case.attribute].append(member)
        added.append(member["id"])
        session.commit()
        assert added[-1] in {each["id"] for each in owner[case.attribute]}
    assert stored(server, case, people[0][1]["id"]) == before | set(added)
    for session, _ in people:
        session.close()


REMOVABLE = (
    "notes of a version",
    "components",
    "items of a list",
    "lists of a version",
    "versions that are used",
    "scopes",
)


@pytest.mark.parametrize("name", REMOVABLE)
@pytest.mark.slow
def test_only_what_was_removed_is_gone(name: str, kind: str, server: EmbeddedServer) -> None:
    case = CASES[name]
    (mine, my_owner), (theirs, their_owner) = two(case, server, kind, True)
    first, second = (case.new(mine, my_owner, each) for each in (a_name(), a_name()))
    for each in (first, second):
        if each not in my_owner[case.attribute]:
            my_owner[case.attribute].append(each)
    mine.commit()
    assert len(their_owner[case.attribute]) == len(stored(server, case, my_owner["id"]))
    their_owner[case.attribute].remove(theirs.get(second.entity_type, second["id"]))
    my_owner[case.attribute].remove(first)
    mine.commit()
    theirs.commit()
    assert not stored(server, case, my_owner["id"]) & {first["id"], second["id"]}
    assert first["id"] not in [each["id"] for each in my_owner[case.attribute]]


def test_a_list_that_was_not_loaded_is_not_wiped_by_a_union(kind: str, server: EmbeddedServer) -> None:
    session = connect(server, kind)
    found = session.query("AssetVersionList").first()
    new = session.query("AssetVersion where not lists any (id is_not none)").first()
    before = stored(server, CASES["items of a list"], found["id"])
    assert before
    found["items"] = [*found["items"], new]
    session.commit()
    assert stored(server, CASES["items of a list"], found["id"]) == before | {new["id"]}


def test_a_list_that_was_not_loaded_does_not_read_as_empty_from_then_on(server: EmbeddedServer) -> None:
    session = connect(server, "ours")
    version = session.query(WITH_COMPONENTS).first()
    assert list(version["components"]) == []
    session.populate(version, "components")
    assert len(version["components"]) > 0
    with session.auto_populating(True):
        other = session.query(f"{WITH_COMPONENTS} order by id desc").first()
        assert len(other["components"]) > 0


def test_helpers_of_the_official_client_add_to_what_is_there(populating: bool, server: EmbeddedServer) -> None:
    case = CASES["notes of a shot"]
    session = connect(server, "ours", populating)
    shot, user = session.query(case.owner).first(), session.query("User").first()
    before = stored(server, case, shot["id"])
    label = session.query("NoteLabel").first()
    note = shot.create_note("look", user, recipients=[user], labels=[label])
    reply = note.create_reply("seen", user)
    session.commit()
    assert stored(server, case, shot["id"]) >= before | {note["id"]}
    look = session_of(server, auto_populate=True)
    found = look.get("Note", note["id"])
    assert [each["id"] for each in found["replies"]] == [reply["id"]]
    assert user["id"] in [each["resource_id"] for each in found["recipients"]]
    assert [each["label_id"] for each in found["note_label_links"]] == [label["id"]]


def test_a_note_is_created_in_one_operation(server: EmbeddedServer) -> None:
    session = connect(server, "ours")
    shot, user = session.query("Shot").first(), session.query("User").first()
    sent: list[Any] = []
    call = session.call
    session.call = lambda data: (sent.append(data), call(data))[1]  # type: ignore[method-assign]
    note = shot.create_note("look", user)
    session.commit()
    (payloads,) = sent
    assert [(each["action"], each["entity_type"]) for each in payloads] == [("create", "Note")]
    assert payloads[0]["entity_data"]["parent_id"] == shot["id"]
    assert payloads[0]["entity_data"]["parent_type"] == "Shot"
    assert note["parent_id"] == shot["id"]


@pytest.mark.slow
def test_a_member_that_somebody_has_deleted_is_told_and_the_rest_is_sent(
    kind: str, server: EmbeddedServer, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("items of a list", "components", "scopes"):
        case = CASES[name]
        (mine, my_owner), (theirs, _) = two(case, server, kind, True)
        asset = mine.query("Asset").first()
        gone = mine.create("AssetVersion", {"asset": asset}) if "items" in name else case.new(mine, my_owner, a_name())
        mine.commit()
        theirs.delete(theirs.get(gone.entity_type, gone["id"]))
        theirs.commit()
        before = stored(server, case, my_owner["id"])
        my_owner[case.attribute].append(gone)
        my_owner["name" if name != "components" else "comment"] = "changed all the same"
        with caplog.at_level(logging.WARNING):
            mine.commit()
        assert "does not exist any more" in caplog.text
        assert stored(server, case, my_owner["id"]) == before
        assert gone["id"] not in [each["id"] for each in my_owner[case.attribute]]
        assert [each.member["id"] for each in mine.not_added] == [gone["id"]]
        caplog.clear()


def test_a_member_that_has_to_belong_somewhere_cannot_be_taken_out(server: EmbeddedServer) -> None:
    session = connect(server, "ours", True)
    task = session.query("Task where assignments any (id is_not none)").first()
    task["assignments"].pop(0)
    with pytest.raises(AssignmentError, match=r"Delete it instead"):
        session.commit()
    session.rollback()
    appointment = task["assignments"][0]
    task["assignments"].remove(appointment)
    session.delete(appointment)
    session.commit()


def test_a_component_moves_from_one_version_to_another(server: EmbeddedServer) -> None:
    session = connect(server, "ours", True)
    old, new = session.query(f"{WITH_COMPONENTS} limit 2").all()
    component = old["components"][0]
    new["components"].append(component)
    old["components"].remove(component)
    session.commit()
    assert session_of(server, auto_populate=True).get("Component", component["id"])["version_id"] == new["id"]
    assert component["version_id"] == new["id"]
    assert component["version"] is new


def test_references_agree_with_their_ids_after_a_commit(server: EmbeddedServer) -> None:
    session = connect(server, "ours", True)
    task = session.query("select status, status_id from Task").first()
    one, two_ = session.query("Status limit 2").all()
    task["status"] = one
    session.commit()
    assert task["status_id"] == one["id"]
    task["status_id"] = two_["id"]
    session.commit()
    assert task["status"] is two_


def test_the_server_says_what_it_takes(server: EmbeddedServer) -> None:
    assert connect(server, "ours").server_information.get(SUPPORTED)
    assert not connect(server, "another").server_information.get(SUPPORTED)


# Files.


def recorded(server: EmbeddedServer, path: Path, content: str) -> tuple[Session, Any, Any]:
    """Record a new note on the first shot, and return the session, the shot and the note."""
    session = connect(server, "ours", True)
    shot = session.query("Shot").first()
    with session.deferred_operations(path):
        note = shot.create_note(content, session.query("User").first())
    return session, shot, note


def test_two_files_that_add_a_note_to_one_shot_both_count(server: EmbeddedServer, tmp_path: Path) -> None:
    paths = [tmp_path / "one.db", tmp_path / "two.db"]
    notes = [recorded(server, path, path.name)[2]["id"] for path in paths]
    for path in paths:
        connect(server, "ours").reconnect_and_commit(path)
    assert stored(server, CASES["notes of a shot"], notes_of(server)) >= set(notes)


def notes_of(server: EmbeddedServer) -> str:
    with session_of(server) as session:
        return session.query("Shot").first()["id"]


@pytest.mark.parametrize("on_conflict", ["overwrite", "raise", "skip"])
def test_a_file_does_not_mind_what_others_do_to_the_list(
    on_conflict: str, server: EmbeddedServer, tmp_path: Path
) -> None:
    path = tmp_path / "file.db"
    theirs = connect(server, "ours", True)
    shot, user = theirs.query("Shot").first(), theirs.query("User").first()
    old = shot.create_note("old", user)
    theirs.commit()
    _, _, note = recorded(server, path, "from the file")
    theirs.delete(old)
    new = shot.create_note("new", user)
    theirs.commit()
    connect(server, "ours").reconnect_and_commit(path, on_conflict=on_conflict)  # type: ignore[arg-type]
    found = stored(server, CASES["notes of a shot"], shot["id"])
    assert {note["id"], new["id"]} <= found
    assert old["id"] not in found


def test_a_file_puts_nothing_back_that_others_have_taken_out_of_the_list(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    path = tmp_path / "file.db"
    theirs, ours = (connect(server, "ours", True) for _ in range(2))
    listed, same = (each.query("AssetVersionList").first() for each in (theirs, ours))
    old, new = theirs.query("AssetVersion where not lists any (id is_not none) limit 2").all()
    listed["items"].append(old)
    theirs.commit()
    assert old["id"] in [each["id"] for each in same["items"]]
    with ours.deferred_operations(path):
        same["items"].append(ours.get("AssetVersion", new["id"]))
    listed["items"].remove(old)
    theirs.commit()
    connect(server, "ours").reconnect_and_commit(path)
    found = stored(server, CASES["items of a list"], listed["id"])
    assert (old["id"] in found, new["id"] in found) == (False, True)


@pytest.mark.parametrize("on_conflict", ["overwrite", "raise", "skip"])
def test_a_file_does_not_mind_what_others_do_to_the_metadata(
    on_conflict: str, server: EmbeddedServer, tmp_path: Path
) -> None:
    path = tmp_path / "file.db"
    theirs, ours = (connect(server, "ours", True) for _ in range(2))
    shot, same = (each.query("Shot").first() for each in (theirs, ours))
    shot["metadata"] = {"lens": "35mm", "rig": "A"}
    theirs.commit()
    assert dict(same["metadata"]) == {"lens": "35mm", "rig": "A"}
    with ours.deferred_operations(path):
        same["metadata"]["camera"] = "from the file"
    del shot["metadata"]["lens"]
    shot["metadata"]["filter"] = "theirs"
    theirs.commit()
    connect(server, "ours").reconnect_and_commit(path, on_conflict=on_conflict)  # type: ignore[arg-type]
    theirs.reset()
    found = theirs.get("Shot", shot["id"])["metadata"]
    assert dict(found) == {"rig": "A", "filter": "theirs", "camera": "from the file"}


def test_the_official_client_replays_a_file_without_taking_a_colleagues_note_away(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    path = tmp_path / "file.db"
    with server.listening() as url:
        stock = ftrack_api.Session(url, server.api_key, server.username, plugin_paths=[], schema_cache_path=False)
        shot, user = stock.query("Shot").first(), stock.query("User").first()
        with deferred_operations(stock, path):
            ours = [shot.create_note(content, user)["id"] for content in ("one", "two")]
        stock.reset()
        colleague = connect(server, "ours", True)
        theirs = colleague.query("Shot").first().create_note("theirs", colleague.query("User").first())
        colleague.commit()
        replay(stock, path)
        stock.close()
    assert {*ours, theirs["id"]} <= stored(server, CASES["notes of a shot"], shot["id"])


def test_a_file_adds_what_is_still_there_and_tells_what_is_not(
    server: EmbeddedServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "file.db"
    session = connect(server, "ours", True)
    asset, listed = session.query("Asset").first(), session.query("AssetVersionList").first()
    versions = [session.create("AssetVersion", {"asset": asset}) for _ in range(2)]
    session.commit()
    before = stored(server, CASES["items of a list"], listed["id"])
    with session.deferred_operations(path):
        listed["items"].extend(versions)
    session.delete(versions[0])
    session.commit()
    result = replay(connect(server, "ours"), path)
    assert [each.member["id"] for each in result.gone] == [versions[0]["id"]]
    assert "does not exist any more" in caplog.text
    assert stored(server, CASES["items of a list"], listed["id"]) == before | {versions[1]["id"]}


def test_a_plan_says_what_is_added_and_what_is_removed(server: EmbeddedServer, tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    session = connect(server, "ours", True)
    listed = session.query("AssetVersionList where items any (id is_not none)").first()
    new = session.query("select asset.name, version from AssetVersion where not lists any (id is_not none)").first()
    old = listed["items"][0]
    with session.deferred_operations(path):
        listed["items"].append(new)
        listed["items"].remove(old)
    text = str(session.plan(path))
    assert "items: add" in text
    assert "remove" in text
    assert not session.plan(path, check=True).has_conflicts


def test_what_was_read_from_an_entity_before_it_was_loaded_is_still_not_loaded(server: EmbeddedServer) -> None:
    session = connect(server, "ours")
    version = session.query(WITH_COMPONENTS).first()
    assert list(version["components"]) == []
    found = Query(AssetVersion, session=session).by_id(version["id"]).get_one()
    assert "not loaded" in repr(found.components)
    found.fetch_attributes("components")
    assert len(found.components) == len(version["components"]) > 0


def test_what_was_added_to_a_list_that_was_not_loaded_is_not_all_of_it(server: EmbeddedServer) -> None:
    session = connect(server, "ours")
    shot = session.query("Shot").first()
    note = shot.create_note("first", session.query("User").first())
    session.commit()
    shot.create_note("second", session.query("User").first())
    session.commit()
    assert note in shot["notes"]
    found = Query(Shot, session=session).by_id(shot["id"]).get_one()
    assert "not loaded" in repr(found.notes)
    found.fetch_attributes("notes")
    assert {each["id"] for each in shot["notes"]} == stored(server, CASES["notes of a shot"], shot["id"])


def test_of_the_shots_in_a_list_is_loaded_what_only_shots_are_asked_for(server: EmbeddedServer) -> None:
    with session_of(server) as session, session_of(server) as other:
        shots = session.query("TypedContextList").first()
        shots["items"].append(session.query("Shot").first())
        session.commit()
        found = Query(TypedContextList, session=other).by_id(shots["id"]).get_all(projections=["items.parent.name"])
        found.fetch_attributes("project.descendants.name", "items[Shot].status.name")
        assert all(found.items[Shot].status.name)
