"""What a studio sets up and keeps: reviews, settings, workflows, people, pictures, links, calendars."""

from __future__ import annotations

from typing import Any

import ftrack_api.exception
import pytest


def test_reviews_have_objects_guests_and_verdicts(session: Any, other: Any, project: Any, version: Any) -> None:
    review = session.create("ReviewSession", {"name": "dailies", "project": project})
    values = {"name": "plate", "description": "", "version": "Version 1", "review_session": review}
    reviewed = session.create("ReviewSessionObject", values | {"asset_version": version})
    guest = {"name": "Bo", "email": "bo@example.org", "review_session": review}
    invitee = session.create("ReviewSessionInvitee", guest)
    verdict = {"review_session_object": reviewed, "invitee": invitee, "status": "approved"}
    session.create("ReviewSessionObjectStatus", verdict)
    session.commit()
    seen = other.get("ReviewSession", review["id"])
    assert [each["asset_version"]["id"] for each in seen["review_session_objects"]] == [version["id"]]
    assert [each["statuses"][0]["status"] for each in seen["review_session_invitees"]] == ["approved"]
    assert seen["created_by"]["username"] == session.api_user


def test_reviews_show_the_picture_of_their_first_object(session: Any, other: Any, project: Any, version: Any) -> None:
    picture = session.create("FileComponent", {"name": "thumbnail", "version": version})
    version["thumbnail"] = picture
    review = session.create("ReviewSession", {"name": "dailies", "project": project})
    session.create("ReviewSessionObject", {"name": "a", "review_session": review, "asset_version": version})
    session.commit()
    assert other.get("ReviewSession", review["id"])["thumbnail_id"] == picture["id"]
    session.delete(picture)
    session.commit()
    other.reset()
    assert other.get("ReviewSession", review["id"])["thumbnail_id"] is None
    assert other.get("AssetVersion", version["id"])["thumbnail_id"] is None


def test_settings_are_told_apart_by_name_and_group(session: Any, other: Any, name: str) -> None:
    for group in ("a", "b"):
        session.create("Setting", {"name": name, "group": group, "value": group})
    session.commit()
    other.create("Setting", {"name": name, "group": "b", "value": "again"})
    with pytest.raises(ftrack_api.exception.ServerError, match="exists already"):
        other.commit()
    other.rollback()
    other.reset()
    assert other.get("Setting", [name, "b"])["value"] == "b"


def test_a_workflow_of_its_own_decides_what_tasks_start_with(session: Any, other: Any, name: str) -> None:
    status, kind = session.query("Status order by sort").first(), session.query("Type order by sort").first()
    workflow = session.create("WorkflowSchema", {"name": name, "statuses": [status]})
    types = session.create("TaskTypeSchema", {"name": name, "types": [kind]})
    values = {"name": name, "task_workflow_schema": workflow, "asset_version_workflow_schema": workflow}
    schema = session.create("ProjectSchema", {**values, "task_type_schema": types})
    project = session.create("Project", {"name": name, "full_name": name, "project_schema": schema})
    task = session.create("Task", {"name": "comp", "parent": project})
    session.commit()
    fresh = other.get("Task", task["id"])
    assert (fresh["status"]["id"], fresh["type"]["id"]) == (status["id"], kind["id"])
    assert [each["id"] for each in other.get("ProjectSchema", schema["id"]).get_statuses("Task")] == [status["id"]]


def test_people_have_groups_and_names_of_their_own(session: Any, other: Any, name: str) -> None:
    user = session.create("User", {"username": name, "is_active": True})
    group = session.create("Group", {"name": name})
    session.create("Membership", {"user": user, "group": group})
    session.commit()
    assert [each["group"]["name"] for each in other.get("User", user["id"])["memberships"]] == [name]
    session.create("User", {"username": name})
    with pytest.raises(ftrack_api.exception.ServerError, match="username"):
        session.commit()
    session.rollback()


def test_what_a_deleted_user_did_stays(session: Any, other: Any, shot: Any, name: str) -> None:
    user = session.create("User", {"username": name})
    note = shot.create_note("look", author=user)
    session.create("Timer", {"user": user, "context": shot})
    session.commit()
    session.delete(user)
    session.commit()
    assert other.get("Note", note["id"])["user_id"] is None
    assert other.query(f'Timer where user_id is "{user["id"]}"').all() == []


def test_custom_attributes_link_entities(session: Any, other: Any, shot: Any, name: str) -> None:
    kind = session.query('ObjectType where name is "Shot"').one()
    ends = {"entity_type": "task", "object_type_id": kind["id"], "entity_type_to": "user"}
    names = {"key": name, "label": name, "config": "{}", "core": False}
    configuration = session.create("CustomAttributeLinkConfiguration", {**ends, **names})
    user = session.query(f'User where username is "{session.api_user}"').one()
    values = {"configuration_id": configuration["id"], "from_id": shot["id"], "to_id": user["id"]}
    session.create("CustomAttributeLink", values)
    session.commit()
    condition = f'configuration.key is "{name}" and user.username is "{session.api_user}"'
    found = other.query(f"Shot where custom_attribute_links any ({condition})").all()
    assert [each["id"] for each in found] == [shot["id"]]


def test_calendars_keep_who_takes_part(session: Any, other: Any, project: Any) -> None:
    user = session.query(f'User where username is "{session.api_user}"').one()
    start, end = "2026-03-01T09:00:00", "2026-03-01T10:00:00"
    event = session.create("CalendarEvent", {"name": "review", "project": project, "start": start, "end": end})
    session.create("CalendarEventResource", {"calendar_event": event, "resource": user})
    session.commit()
    seen = other.get("CalendarEvent", event["id"])
    assert [each["resource"]["id"] for each in seen["calendar_event_resources"]] == [user["id"]]


def test_a_branch_is_made_bottom_up_in_one_batch(session: Any, other: Any, project: Any) -> None:
    usual = session.create("Task", {"name": "usual", "parent": project})
    session.commit()
    task = session.create("Task", {"name": "comp", "parent_id": "bottom-up"})
    session.create("Folder", {"id": "bottom-up", "name": "late", "parent": project})
    session.commit()
    fresh = other.get("Task", task["id"])
    assert fresh["status"]["id"] == other.get("Task", usual["id"])["status"]["id"]
    assert fresh["project"]["id"] == project["id"]
    session.delete(session.get("Folder", "bottom-up"))
    session.commit()
