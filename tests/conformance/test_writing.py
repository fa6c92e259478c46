"""What clients write, and what the server does by itself then."""

from __future__ import annotations

import datetime
from typing import Any

import arrow
import ftrack_api
import pytest


def test_a_production_is_made_in_one_commit(session: Any, other: Any, name: str) -> None:
    schema = session.query('ProjectSchema where name is "VFX"').one()
    project = session.create("Project", {"name": name, "full_name": name, "project_schema": schema})
    sequence = session.create("Sequence", {"name": "sq", "parent": project})
    shot = session.create("Shot", {"name": "sh", "parent": sequence})
    task = session.create("Task", {"name": "comp", "parent": shot})
    session.commit()
    fresh = other.get("Task", task["id"])
    assert [part["name"] for part in fresh["link"]] == [name, "sq", "sh", "comp"]
    assert fresh["project_id"] == project["id"]
    assert fresh["status"]["name"] == "Not started"
    assert fresh["priority"]["name"] == "None"
    assert fresh["bid"] == 0.0
    assert fresh["created_by"]["username"] == session.api_user


def test_updates_show_at_once_and_to_others(session: Any, other: Any, shot: Any) -> None:
    status = session.query('Status where name is "In progress"').one()
    shot["status"] = status
    shot["description"] = "changed"
    session.commit()
    assert shot["status"]["name"] == "In progress"
    assert shot["status_id"] == status["id"]
    fresh = other.get("Shot", shot["id"])
    assert (fresh["status"]["name"], fresh["description"]) == ("In progress", "changed")


def test_changing_the_key_changes_the_reference(session: Any, shot: Any) -> None:
    assert shot["status"]["name"]
    status = session.query('Status where name is "Completed"').one()
    shot["status_id"] = status["id"]
    session.commit()
    assert shot["status"]["id"] == status["id"]


def test_status_changes_are_kept(session: Any, other: Any, shot: Any) -> None:
    before = shot["status_id"]
    shot["status"] = session.query('Status where name is "In progress"').one()
    session.commit()
    changes = other.query(
        f'select from_status_id, status_id, user.username from StatusChange where parent_id is "{shot["id"]}"'
    ).all()
    assert {(change["from_status_id"], change["status_id"]) for change in changes} == {
        (None, before),
        (before, shot["status_id"]),
    }
    assert {change["user"]["username"] for change in changes} == {session.api_user}


def test_deleting_a_project_takes_everything_along(session: Any, other: Any, project: Any, version: Any) -> None:
    keys = {
        "Project": project["id"],
        "Shot": version["asset"]["parent"]["id"],
        "Asset": version["asset"]["id"],
        "AssetVersion": version["id"],
    }
    session.delete(project)
    session.commit()
    for entity_type, identity in keys.items():
        assert other.get(entity_type, identity) is None, f"{entity_type} is still there"


def test_parents_and_children_can_be_deleted_in_one_batch_in_any_order(session: Any, other: Any, shot: Any) -> None:
    sequence = shot["parent"]
    session.delete(sequence)
    session.delete(shot)
    session.commit()
    assert other.get("Sequence", sequence["id"]) is None


def test_versions_number_themselves(session: Any, other: Any, version: Any) -> None:
    asset = version["asset"]
    second = session.create("AssetVersion", {"asset": asset})
    third = session.create("AssetVersion", {"asset": asset, "version": 7})
    session.commit()
    fourth = session.create("AssetVersion", {"asset_id": asset["id"]})
    session.commit()
    assert [v["version"] for v in (version, second, third, fourth)] == [1, 2, 7, 8]
    fresh = other.get("Asset", asset["id"])
    assert fresh["latest_version"]["id"] == fourth["id"]
    latest = other.query(f'AssetVersion where asset_id is "{asset["id"]}" and is_latest_version is True').one()
    assert latest["id"] == fourth["id"]
    session.delete(fourth)
    session.commit()
    other.reset()
    assert other.get("Asset", asset["id"])["latest_version"]["id"] == third["id"]


def test_a_version_without_an_asset_is_refused(session: Any) -> None:
    session.create("AssetVersion", {"comment": "lost"})
    with pytest.raises(ftrack_api.exception.ServerError):
        session.commit()
    session.rollback()


def test_a_failing_batch_leaves_nothing_behind(session: Any, other: Any, project: Any) -> None:
    good = session.create("Sequence", {"name": "good", "parent": project})
    session.create("Shot", {"name": "bad", "parent": good, "status_id": "no-such-status"})
    with pytest.raises(ftrack_api.exception.ServerError) as caught:
        session.commit()
    assert "no-such-status" in str(caught.value)
    session.rollback()
    assert other.query(f'TypedContext where project_id is "{project["id"]}"').all() == []


def test_ids_of_a_failed_batch_can_be_used_again(session: Any, other: Any, project: Any) -> None:
    shot = session.create("Shot", {"name": "sh", "parent": project, "status_id": "no-such-status"})
    with pytest.raises(ftrack_api.exception.ServerError):
        session.commit()
    shot["status_id"] = session.query('Status where name is "In progress"').one()["id"]
    session.commit()
    assert other.get("Shot", shot["id"])["name"] == "sh"


def test_siblings_cannot_share_a_name(session: Any, project: Any) -> None:
    for _ in range(2):
        session.create("Sequence", {"name": "twin", "parent": project})
    with pytest.raises(ftrack_api.exception.ServerError, match="IntegrityError"):
        session.commit()
    session.rollback()


def test_metadata_behaves_like_a_dictionary(session: Any, other: Any, shot: Any) -> None:
    shot["metadata"]["colour"] = "red"
    shot["metadata"]["size"] = "big"
    session.commit()
    assert dict(other.get("Shot", shot["id"])["metadata"]) == {"colour": "red", "size": "big"}
    shot["metadata"]["colour"] = "blue"
    del shot["metadata"]["size"]
    session.commit()
    other.reset()
    assert dict(other.get("Shot", shot["id"])["metadata"]) == {"colour": "blue"}
    shot["metadata"] = {"x": "y"}
    session.commit()
    other.reset()
    assert dict(other.get("Shot", shot["id"])["metadata"]) == {"x": "y"}
    found = other.query('Shot where metadata any (key is "x" and value is "y")').all()
    assert [entity["id"] for entity in found] == [shot["id"]]
    assert shot["metadata"].collection[0]["parent_type"] == "Shot"
    shot["metadata"] = {}
    session.commit()


def test_custom_attributes_of_new_and_old_entities(session: Any, other: Any, shot: Any) -> None:
    assert shot["custom_attributes"]["fstart"] == 1
    shot["custom_attributes"]["fstart"] = 1001
    fresh = session.create("Shot", {"name": "sh020", "parent": shot["parent"], "custom_attributes": {"fend": 1200}})
    session.commit()
    assert other.get("Shot", shot["id"])["custom_attributes"]["fstart"] == 1001
    assert other.get("Shot", fresh["id"])["custom_attributes"]["fend"] == 1200
    found = other.query('Shot where custom_attributes any (key is "fstart" and value is "1001")').all()
    assert shot["id"] in {entity["id"] for entity in found}
    with pytest.raises(KeyError):
        shot["custom_attributes"]["no such key"]


def test_wrong_custom_attribute_values_are_refused(session: Any, shot: Any) -> None:
    shot["custom_attributes"]["fstart"] = "test"
    with pytest.raises(ftrack_api.exception.ServerError, match=r"ValidationError.*fstart"):
        session.commit()
    session.rollback()


def test_notes_replies_and_recipients(session: Any, other: Any, shot: Any) -> None:
    author = session.query(f'User where username is "{session.api_user}"').one()
    recipient = session.query(f'User where username is_not "{session.api_user}"').first()
    note = shot.create_note("hello", author, recipients=[recipient])
    session.commit()
    reply = note.create_reply("world", author)
    session.commit()
    fresh = other.get("Shot", shot["id"])
    assert [found["content"] for found in fresh["notes"]] == ["hello"]
    (found,) = fresh["notes"]
    assert (found["parent_id"], found["parent_type"]) == (shot["id"], "Shot")
    assert [entry["id"] for entry in found["replies"]] == [reply["id"]]
    assert {r["resource_id"] for r in found["recipients"]} == {author["id"], recipient["id"]}
    assert found["author"]["id"] == author["id"]
    assert found["date"] is not None


def test_note_categories_show_as_labels(session: Any, other: Any, shot: Any) -> None:
    author = session.query(f'User where username is "{session.api_user}"').one()
    category = session.query("NoteCategory").first()
    note = shot.create_note("hello", author, category=category)
    session.commit()
    assert other.get("Note", note["id"])["category"]["id"] == category["id"]


def test_lists_hold_their_items(session: Any, other: Any, project: Any, shot: Any) -> None:
    category = session.query("ListCategory").first()
    owner = session.query(f'User where username is "{session.api_user}"').one()
    listed = session.create(
        "TypedContextList", {"name": "dailies", "owner": owner, "project": project, "category": category}
    )
    listed["items"].append(shot)
    session.commit()
    fresh = other.get("TypedContextList", listed["id"])
    assert [item["id"] for item in fresh["items"]] == [shot["id"]]
    assert [entry["name"] for entry in other.get("Shot", shot["id"])["lists"]] == ["dailies"]
    assert other.query(f'ListObject where list_id is "{listed["id"]}"').one()["entity_id"] == shot["id"]
    listed["items"].remove(shot)
    session.commit()
    other.reset()
    assert list(other.get("TypedContextList", listed["id"])["items"]) == []


def test_components_and_their_locations(session: Any, other: Any, version: Any) -> None:
    location = session.query('Location where name is "ftrack.unmanaged"').one()
    component = session.create("FileComponent", {"name": "main", "file_type": ".exr", "size": 10, "version": version})
    session.create(
        "ComponentLocation", {"component": component, "location": location, "resource_identifier": "/path/to/file.exr"}
    )
    session.commit()
    fresh = other.get("AssetVersion", version["id"])
    (found,) = fresh["components"]
    assert (found.entity_type, found["system_type"], found["file_type"]) == ("FileComponent", "file", ".exr")
    assert other.get_component_availability(found)[location["id"]] == 100.0
    assert location.get_resource_identifier(component) == "/path/to/file.exr"


def test_a_sequence_component_has_members(session: Any, other: Any) -> None:
    sequence = session.create_component("/path/image.%04d.png [1-3]", location=None)
    session.commit()
    fresh = other.get("SequenceComponent", sequence["id"])
    assert fresh["padding"] == 4
    assert sorted(member["name"] for member in fresh["members"]) == ["0001", "0002", "0003"]


def test_versions_know_what_they_use(session: Any, other: Any, version: Any) -> None:
    user = session.create("AssetVersion", {"asset": version["asset"], "uses_versions": [version]})
    session.commit()
    assert [used["id"] for used in other.get("AssetVersion", user["id"])["uses_versions"]] == [version["id"]]
    assert [used["id"] for used in other.get("AssetVersion", version["id"])["used_in_versions"]] == [user["id"]]


def test_assignments_and_allocations_are_told_apart(session: Any, other: Any, shot: Any) -> None:
    user = session.query(f'User where username is "{session.api_user}"').one()
    session.create("Appointment", {"context": shot, "resource": user, "type": "assignment"})
    session.commit()
    found = other.query(f'Shot where assignments any (resource.username = "{session.api_user}")').all()
    assert shot["id"] in {entity["id"] for entity in found}
    assert list(other.get("Shot", shot["id"])["allocations"]) == []


def test_timers_become_timelogs(session: Any, other: Any, shot: Any) -> None:
    user = session.query(f'User where username is "{session.api_user}"').one()
    task = session.create("Task", {"name": "comp", "parent": shot})
    session.commit()
    user.start_timer(task)
    with pytest.raises(ftrack_api.exception.NotUniqueError):
        user.start_timer(task)
    session.rollback()
    timelog = user.stop_timer()
    assert timelog["context_id"] == task["id"]
    assert other.get("Task", task["id"])["time_logged"] == timelog["duration"]


def test_moments_are_kept_in_utc_with_whole_seconds(session: Any, other: Any, shot: Any) -> None:
    task = session.create("Task", {"name": "comp", "parent": shot})
    task["start_date"] = arrow.get("2020-01-02T03:04:05.000006+02:00")
    task["end_date"] = datetime.datetime(2020, 2, 1, 12, 30)
    session.commit()
    fresh = other.get("Task", task["id"])
    assert fresh["start_date"] == arrow.get("2020-01-02T01:04:05")
    assert fresh["end_date"] == arrow.get("2020-02-01T12:30:00")


def test_ensure_finds_or_makes(session: Any, other: Any, name: str) -> None:
    first = session.ensure("User", {"username": name})
    again = session.ensure("User", {"username": name, "email": f"{name}@example.com"}, identifying_keys=["username"])
    assert first["id"] == again["id"]
    assert other.query(f'User where username is "{name}"').one()["email"] == f"{name}@example.com"


def test_moving_takes_the_branch_along(session: Any, other: Any, project: Any, shot: Any) -> None:
    task = session.create("Task", {"name": "comp", "parent": shot})
    target = session.create("Sequence", {"name": "sq020", "parent": project})
    session.commit()
    shot["parent"] = target
    session.commit()
    fresh = other.get("Task", task["id"])
    assert [part["name"] for part in fresh["link"]][1:] == ["sq020", "sh010", "comp"]
    assert {entity["name"] for entity in fresh["ancestors"]} == {"sq020", "sh010"}


def test_immutable_attributes_stay(session: Any, shot: Any) -> None:
    with pytest.raises(ftrack_api.exception.ImmutableAttributeError):
        shot["object_type_id"] = "something"


def test_what_does_not_exist_cannot_be_updated_or_deleted(session: Any, project: Any) -> None:
    ghost = session.create("Shot", {"id": "no-such-id", "name": "ghost"}, reconstructing=True)
    ghost["name"] = "boo"
    with pytest.raises(ftrack_api.exception.ServerError, match="no-such-id"):
        session.commit()
    session.rollback()


def test_scopes_are_shared(session: Any, other: Any, shot: Any, name: str) -> None:
    scope = session.create("Scope", {"name": name})
    shot["scopes"].append(scope)
    session.commit()
    assert [entity["id"] for entity in other.query(f'Shot where scopes.name is "{name}"')] == [shot["id"]]


def test_jobs_keep_their_state(session: Any, other: Any) -> None:
    user = session.query(f'User where username is "{session.api_user}"').one()
    job = session.create("Job", {"user": user, "status": "running", "data": '{"description": "Rendering"}'})
    session.commit()
    job["status"] = "done"
    session.commit()
    fresh = other.get("Job", job["id"])
    assert (fresh["status"], fresh["type"]) == ("done", "api_job")
    assert fresh["finished_at"] is not None
