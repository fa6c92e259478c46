"""The actions around accounts: keys, invitations, a second factor, and users from a directory.

There is no mail here: an invitation is a row that whoever delivers it can find.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import sqlalchemy as sa

from trackteroid.server.actions.entities import answer
from trackteroid.server.actions.payload import Payload, existing_row
from trackteroid.server.auth.access import store_key
from trackteroid.server.auth.permissions import is_held, require_administrator
from trackteroid.server.auth.policy import policy_of
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError, ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.core.values import shown
from trackteroid.server.rules import create_row, update_row

#: What keys are called that this action has made. Others have names of their own, by which they are revoked.
LABEL = "reset_remote"

#: The types of jobs, and why each fails here.
_JOBS: Final[Mapping[str, str]] = {
    "SYNC_USERS_LDAP": "No users were synchronised: this server is not connected to an LDAP directory.",
}


def reset_remote(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Make a new API key and forget the one that was made like this before; keys with names of their own stay.

    Args:
        request: The request.
        operation: `reset_type`, of which there is only ``"api_key"``; `entity_type` ``"User"`` and `entity_key`, the
            user's plain id, or neither for the caller.

    Raises:
        ValidationError: Something else is to be reset.
        ValueError_: There is no such user.
        PermissionError_: The key of somebody else, by somebody without the permission to make keys for others; or that
            of an administrator, by somebody else who is none.
    """
    if operation.get("reset_type") != "api_key" or operation.get("entity_type", "User") != "User":
        raise ValidationError('Only the "api_key" of a User can be reset.')
    user_id = str(operation.get("entity_key", request.actor.id))
    if user_id != request.actor.id:
        policy = policy_of(request)
        held = None if policy is None else policy.held("keys", "create")
        if held is None or not held.everywhere or is_held(request.connection, request.model, user_id):
            require_administrator(request, "make API keys for others")
    user = request.model.table("User")
    kind = user.c[str(request.model.type("User").discriminator)]
    found = request.connection.execute(sa.select(user.c.id).where(user.c.id == user_id, kind == "User")).first()
    if found is None:
        raise ValueError_(f"Could not find entity User with entity_key [{user_id}].")
    keys = request.model.table("ApiKey")
    request.connection.execute(sa.delete(keys).where(keys.c.user_id == user_id, keys.c.label == LABEL))
    key = store_key(request.connection, request.model, user_id, now=request.now, label=LABEL)
    return {"action": "reset_remote", "data": {"api_key": key}}


def configure_totp(_request: Request, operation: Mapping[str, Any]) -> NoReturn:
    """Refuse to set up a second factor: nobody logs in here with a password, so nothing would ever ask for it."""
    if not operation.get("code"):
        raise ValidationError("A code must be provided to enable totp.")
    raise ValidationError(
        "totp was not enabled: users of this server have API keys and no passwords, so no login could ask for a code."
    )


def send_user_invite(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Invite the user `user_id`: an `Event` of the action `user.invited` says who is to get mail, and about what.

    Raises:
        PermissionError_: The caller is no administrator.
        ValueError_: There is no such user.
        ValidationError: The user has no e-mail address.
    """
    require_administrator(request, "invite users")
    uow = unit_of_work(request)
    user = existing_row(uow, operation, "User", "user_id")
    name = " ".join(filter(None, (user.values["first_name"], user.values["last_name"])))
    _keep(uow, user, "user.invited", {"name": name or user.values["username"], "username": user.values["username"]})
    return {"sent": True}


def send_review_session_invite(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Invite `review_session_invitee_id`: as for users, with `review_session.invited`, and `last_sent_at` is now.

    Raises:
        ValueError_: There is no such invitee.
        ValidationError: The invitee has no e-mail address.
    """
    uow = unit_of_work(request)
    invitee = existing_row(uow, operation, "ReviewSessionInvitee", "review_session_invitee_id")
    session = existing_row(uow, {**operation, **invitee.values}, "ReviewSession", "review_session_id")
    content = {
        "name": invitee.values["name"],
        "review_session": session.values["name"],
        "review_session_id": session.key[0],
    }
    _keep(uow, invitee, "review_session.invited", content, project_id=session.values["project_id"])
    update_row(uow, invitee, {"last_sent_at": request.now})
    return {"sent": True}


def _keep(
    uow: UnitOfWork, invited: Row, action: str, content: Mapping[str, Any], *, project_id: str | None = None
) -> None:
    """Add an invitation to the events."""
    email = invited.values["email"]
    if not email:
        raise ValidationError(f"{invited.label} has no e-mail address to send an invitation to; set email first.")
    values = {
        "action": action,
        "created_at": uow.request.now,
        "data": json.dumps({"email": email, **content, "server_url": uow.request.base_url}),
        "parent_id": invited.key[0],
        "parent_type": invited.type.name.lower(),
        "project_id": project_id,
        "user_id": uow.request.actor.id,
    }
    create_row(uow, uow.type("Event"), values, by_server=True)


def delayed_job(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Make a `Job` of the type `job_type`; the only one, `SYNC_USERS_LDAP`, fails at once, as there is no directory.

    Raises:
        PermissionError_: The caller is no administrator.
        ValidationError: There is no such type of job.
    """
    require_administrator(request, "start jobs of the server")
    job_type = operation.get("job_type")
    if job_type not in tuple(_JOBS):
        raise ValidationError(f"There is no type of job {shown(job_type)}; there is {', '.join(_JOBS)}.")
    uow = unit_of_work(request)
    values = {"type": job_type, "status": "failed", "data": json.dumps({"description": _JOBS[job_type]})}
    job = create_row(uow, uow.type("Job"), values)
    return {"action": "delayed_job", "data": answer(uow, job, job.type.stored(), Payload())}
