"""Actions beside reading and writing, as the client calls them: invitations, jobs, permissions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import arrow
import ftrack_api
import pytest
from ftrack_api.exception import ServerError

Session = ftrack_api.Session


@pytest.fixture
def user(session: Session, name: str) -> Any:
    """A fresh user with an address."""
    values = {"username": name, "first_name": "Ann", "last_name": "Ek", "email": f"{name}@example.com"}
    user = session.create("User", values)
    session.commit()
    return user


@pytest.fixture
def invitee(session: Session, project: Any, name: str) -> Any:
    """Somebody who is asked to a fresh review session."""
    review = session.create("ReviewSession", {"name": "dailies", "project": project})
    values = {"name": "Bo", "email": f"{name}@example.org", "review_session": review}
    invitee = session.create("ReviewSessionInvitee", values)
    session.commit()
    return invitee


@pytest.fixture
def as_other(running: Any, client: str, monkeypatch: pytest.MonkeyPatch, user: Any) -> Callable[[], Session]:
    """Connects as a user who is no administrator."""

    def connect() -> Session:
        user["is_active"] = True
        user.session.commit()
        key = user.session.reset_remote("api_key", entity=user)["api_key"]
        return running.connect(client, monkeypatch, api_user=user["username"], api_key=key)

    return connect


def invitations(session: Session, invited: Any) -> list[Any]:
    return session.query(f'Event where parent_id is "{invited["id"]}" order by id').all()


def test_an_invited_user_is_kept_with_the_address(running: Any, other: Session, user: Any) -> None:
    user.send_invite()
    user.session.send_user_invites([user, user])
    kept = invitations(other, user)
    assert len(kept) == 3
    assert (kept[0]["action"], kept[0]["parent_type"], kept[0]["project_id"]) == ("user.invited", "user", None)
    assert kept[0]["user"]["username"] == running.server.username
    assert kept[0]["created_at"] is not None
    assert json.loads(kept[0]["data"]) == {
        "email": user["email"],
        "name": "Ann Ek",
        "username": user["username"],
        "server_url": running.url,
    }


def test_a_user_without_a_full_name_is_invited_by_the_user_name(session: Session, other: Session, name: str) -> None:
    user = session.create("User", {"username": name, "email": f"{name}@example.com"})
    session.commit()
    session.send_user_invite(user)
    assert json.loads(invitations(other, user)[0]["data"])["name"] == name


def test_an_invited_reviewer_is_kept_and_dated(running: Any, other: Session, project: Any, invitee: Any) -> None:
    session: Session = invitee.session
    assert other.get("ReviewSessionInvitee", invitee["id"])["last_sent_at"] is None
    session.send_review_session_invite(invitee)
    other.reset()
    (kept,) = invitations(other, invitee)
    assert (kept["action"], kept["parent_type"]) == ("review_session.invited", "reviewsessioninvitee")
    assert kept["project_id"] == project["id"]
    assert json.loads(kept["data"]) == {
        "email": invitee["email"],
        "name": "Bo",
        "review_session": "dailies",
        "review_session_id": invitee["review_session_id"],
        "server_url": running.url,
    }
    assert other.get("ReviewSessionInvitee", invitee["id"])["last_sent_at"] == kept["created_at"]


def test_whoever_has_no_address_is_not_invited(session: Session, other: Session, name: str, invitee: Any) -> None:
    user = session.create("User", {"username": name})
    invitee["email"] = ""
    session.commit()
    with pytest.raises(ServerError, match="has no e-mail address"):
        session.send_user_invite(user)
    with pytest.raises(ServerError, match="has no e-mail address"):
        session.send_review_session_invite(invitee)
    assert invitations(other, user) == invitations(other, invitee) == []
    assert other.get("ReviewSessionInvitee", invitee["id"])["last_sent_at"] is None


def test_of_several_invitations_all_or_none_are_kept(session: Session, other: Session, user: Any) -> None:
    nobody = {"id": "nobody"}
    with pytest.raises(ServerError, match=r"Could not find entity User with entity_key \[nobody\]"):
        session.send_user_invites([user, nobody])
    with pytest.raises(ServerError, match="Could not find entity ReviewSessionInvitee"):
        session.send_review_session_invites([nobody])
    assert invitations(other, user) == []


def test_administrators_invite_users_and_everybody_reviewers(as_other: Any, user: Any, invitee: Any) -> None:
    with as_other() as session:
        with pytest.raises(ServerError, match="Only administrators may invite users"):
            session.send_user_invite(user)
        session.send_review_session_invite(invitee)
    assert invitations(user.session, user) == []
    assert [each["user_id"] for each in invitations(user.session, invitee)] == [user["id"]]


def test_a_group_is_no_user(session: Session, name: str) -> None:
    group = session.create("Group", {"name": name})
    session.commit()
    with pytest.raises(ServerError, match="Could not find entity User"):
        session.send_user_invite(group)


def test_there_is_no_directory_to_synchronise_users_with(running: Any, session: Session, other: Session) -> None:
    before = session.query("User").all()
    job = session.call([{"action": "delayed_job", "job_type": "SYNC_USERS_LDAP"}])[0]["data"]
    assert job.entity_type == "Job"
    kept = other.get("Job", job["id"])
    for each in (job, kept):
        assert (each["status"], each["type"]) == ("failed", "SYNC_USERS_LDAP")
        assert "not connected to an LDAP directory" in json.loads(each["data"])["description"]
        assert each["finished_at"] == each["created_at"] is not None
        assert each["user_id"] == kept["user"]["id"]
    assert kept["user"]["username"] == running.server.username
    assert len(other.query("User").all()) == len(before)


@pytest.mark.parametrize("job_type", ["MAKE_COFFEE", None, ["SYNC_USERS_LDAP"]])
def test_other_jobs_are_unknown(session: Session, job_type: Any) -> None:
    with pytest.raises(ServerError, match="there is SYNC_USERS_LDAP"):
        session.call([{"action": "delayed_job", "job_type": job_type}])


def test_administrators_start_jobs(as_other: Any, user: Any) -> None:
    with as_other() as session:
        with pytest.raises(ServerError, match="PermissionError"):
            session.call([{"action": "delayed_job", "job_type": "SYNC_USERS_LDAP"}])
        assert session.query(f'Job where user_id is "{user["id"]}"').all() == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "A code must be provided to enable totp"),
        ({"secret": "JBSWY3DPEHPK3PXP"}, "A code must be provided to enable totp"),
        ({"secret": "JBSWY3DPEHPK3PXP", "code": "123456"}, "no login could ask for a code"),
    ],
)
def test_a_second_factor_is_refused(session: Session, other: Session, given: Any, message: str) -> None:
    with pytest.raises(ServerError, match=f"ValidationError.*{message}"):
        session.call([{"action": "configure_totp", **given}])
    assert other.query("User where is_totp_enabled is True").all() == []


def test_rollups_add_up_what_is_below(session: Session, project: Any, shot: Any) -> None:
    for number in (1, 2):
        task = session.create("Task", {"name": f"t{number}", "parent": shot, "bid": 3600.0 * number})
        task["start_date"] = arrow.get(2024, 5, number)
        session.create("Timelog", {"context": task, "duration": 60.0, "user_id": session.query("User").first()["id"]})
    session.commit()
    answer = session.call([{"action": "compute_rollups", "ids": [project["id"], shot["id"]]}])[0]["data"]
    expected = {"bid": 10800.0, "time_logged": 120.0, "start_date": arrow.get(2024, 5, 1), "end_date": None}
    assert answer == [{"id": context["id"], **expected} for context in (project, shot)]
    assert session.get("Shot", shot["id"])["time_logged"] == 120.0


def test_what_others_may_do_is_what_they_are_told(as_other: Any, session: Session) -> None:
    role = session.query("SecurityRole where name is Administrator").one()
    grab = {"action": "delete", "entity_type": "SecurityRole", "entity_key": [role["id"]]}
    create = {"action": "create", "entity_type": "Scope", "entity_data": {"name": "tried"}}
    asked = [{"action": "_authorize_operation", "operation": operation} for operation in (grab, create)]
    with as_other() as colleague:
        told = colleague.call([{"action": "permissions", "entity_types": ["SecurityRole", "Scope"]}])[0]["data"]
        assert [told["entity_types"][name]["delete"] for name in ("SecurityRole", "Scope")] == [False, True]
        assert [answer["data"]["is_authorized"] for answer in colleague.call(asked)] == [False, True]
    assert [answer["data"]["is_authorized"] for answer in session.call(asked[1:])] == [True]
    assert session.query("Scope where name is tried").all() == []
