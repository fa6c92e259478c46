"""The actions that invite people. There is no mail here: an invitation is a row that whoever delivers it can find."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trackteroid.server.actions.payload import existing_row
from trackteroid.server.auth.permissions import require_administrator
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.rules import create_row, update_row


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
