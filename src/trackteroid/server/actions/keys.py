"""The action `reset_remote`: a new API key for a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ..auth.access import store_key
from ..auth.permissions import require_administrator
from ..core.failures import ValidationError, ValueError_
from ..core.request import Request


def reset_remote(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Make a new API key and forget the ones before.

    Args:
        request: The request.
        operation: `reset_type`, of which there is only ``"api_key"``; `entity_type` ``"User"`` and `entity_key`, the
            user's plain id, or neither for the caller.

    Raises:
        ValidationError: Something else is to be reset.
        ValueError_: There is no such user.
        PermissionError_: The key of somebody else, by somebody who is no administrator.
    """
    if operation.get("reset_type") != "api_key" or operation.get("entity_type", "User") != "User":
        raise ValidationError('Only the "api_key" of a User can be reset.')
    user_id = operation.get("entity_key", request.actor.id)
    if user_id != request.actor.id:
        require_administrator(request, "make API keys for others")
    user = request.model.table("User")
    kind = user.c[str(request.model.type("User").discriminator)]
    found = request.connection.execute(sa.select(user.c.id).where(user.c.id == str(user_id), kind == "User")).first()
    if found is None:
        raise ValueError_(f"Could not find entity User with entity_key [{user_id}].")
    keys = request.model.table("ApiKey")
    request.connection.execute(sa.delete(keys).where(keys.c.user_id == user_id))
    key = store_key(request.connection, request.model, str(user_id), now=request.now, label="reset_remote")
    return {"action": "reset_remote", "data": {"api_key": key}}
