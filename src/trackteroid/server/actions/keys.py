"""The action `reset_remote`: a new API key for a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.access import store_key
from trackteroid.server.auth.permissions import is_held, require_administrator
from trackteroid.server.auth.policy import policy_of
from trackteroid.server.core.failures import ValidationError, ValueError_
from trackteroid.server.core.request import Request

#: What keys are called that this action has made. Others have names of their own, by which they are revoked.
LABEL = "reset_remote"


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
        _require_permission(request, user_id)
    user = request.model.table("User")
    kind = user.c[str(request.model.type("User").discriminator)]
    found = request.connection.execute(sa.select(user.c.id).where(user.c.id == user_id, kind == "User")).first()
    if found is None:
        raise ValueError_(f"Could not find entity User with entity_key [{user_id}].")
    keys = request.model.table("ApiKey")
    request.connection.execute(sa.delete(keys).where(keys.c.user_id == user_id, keys.c.label == LABEL))
    key = store_key(request.connection, request.model, user_id, now=request.now, label=LABEL)
    return {"action": "reset_remote", "data": {"api_key": key}}


def _require_permission(request: Request, user_id: str) -> None:
    policy = policy_of(request)
    held = None if policy is None else policy.held("keys", "create")
    if held is None or not held.everywhere or is_held(request.connection, request.model, user_id):
        require_administrator(request, "make API keys for others")
