"""What only administrators may do: hand out roles, and make keys for others.

Administrators hold the security role of that name. The first user of a database gets it.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from ..core.failures import PermissionError_
from ..core.request import Request
from ..model import Model

ADMINISTRATOR = "Administrator"


def is_administrator(request: Request) -> bool:
    """Whether the caller holds the role."""
    return _is_held(request.connection, request.model, request.actor.id)


def has_administrator(connection: sa.Connection, model: Model) -> bool:
    """Whether anybody holds the role."""
    return _is_held(connection, model, None)


def _is_held(connection: sa.Connection, model: Model, user_id: str | None) -> bool:
    held = model.table("UserSecurityRole")
    role = model.table("SecurityRole")
    statement = sa.select(held.c.id).join(role, role.c.id == held.c.security_role_id)
    statement = statement.where(role.c.name == ADMINISTRATOR)
    if user_id is not None:
        statement = statement.where(held.c.user_id == user_id)
    return connection.execute(statement.limit(1)).first() is not None


def require_administrator(request: Request, deed: str) -> None:
    """Refuse the request unless the caller is an administrator; `deed` completes "Only administrators may ..."."""
    if not is_administrator(request):
        raise PermissionError_(
            f"Only administrators may {deed}; {request.actor.username} does not hold the role {ADMINISTRATOR}."
        )


def make_administrator(connection: sa.Connection, model: Model, user_id: str) -> None:
    """Give a user the role for all projects."""
    role = model.table("SecurityRole")
    role_id = connection.execute(sa.select(role.c.id).where(role.c.name == ADMINISTRATOR)).scalar_one()
    held = model.table("UserSecurityRole")
    values = {"id": str(uuid.uuid4()), "user_id": user_id, "security_role_id": role_id, "is_all_open_projects": True}
    connection.execute(sa.insert(held).values(values))
