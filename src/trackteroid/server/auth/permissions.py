"""Administrators: those who hold the security role of that name for all projects. There is always one.

The first user of a database is one.
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.kinds import ADMINISTRATOR, ADMINISTRATOR_ID
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.core.pending import insert_all
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import Model


def is_administrator(request: Request) -> bool:
    """Return whether the caller is one, as it is at this moment."""
    return is_held(request.connection, request.model, request.actor.id)


def is_held(connection: sa.Connection, model: Model, user_id: str) -> bool:
    """Return whether a user is an administrator."""
    return connection.execute(sa.select(held_by(model, sa.literal(user_id)))).scalar_one()


def held_by(model: Model, user_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return whether the user with an id is an administrator, as a condition."""
    held = model.table("UserSecurityRole").alias()
    return sa.exists().where(
        held.c.user_id == user_id, held.c.security_role_id == ADMINISTRATOR_ID, held.c.is_all_open_projects.is_(True)
    )


def require_administrator(request: Request, deed: str) -> None:
    """Refuse the request unless the caller is an administrator; `deed` completes "Only administrators may ..."."""
    if not is_administrator(request):
        raise PermissionError_(
            f"Only administrators may {deed}; {request.actor.username} does not hold the role {ADMINISTRATOR} for all "
            "projects."
        )


def make_administrator(connection: sa.Connection, model: Model, user_id: str) -> None:
    """Give a user the role for all projects."""
    held = model.table("UserSecurityRole")
    values = {
        "id": str(uuid.uuid4()),
        "user_id": user_id,
        "security_role_id": ADMINISTRATOR_ID,
        "is_all_open_projects": True,
    }
    insert_all(connection, held, [values])


def check_administrators(uow: UnitOfWork) -> None:
    """Refuse a batch that leaves nobody who may hand out roles.

    Raises:
        PermissionError_: The last administrator would be none any more, or be inactive or gone.
    """
    may_end = any(
        change.row.type.name == "UserSecurityRole"
        or (change.row.type.name == "User" and (change.kind == "delete" or "is_active" in change.new))
        for change in uow.changes
        if change.kind != "create"
    )
    if not may_end:
        return
    user = uow.model.table("User")
    statement = sa.select(user.c.id).where(user.c.is_active.is_(True), held_by(uow.model, user.c.id)).limit(1)
    if uow.execute(statement).first() is None:
        raise PermissionError_(
            f"The last administrator cannot leave: after this, no active user would hold the role {ADMINISTRATOR} for "
            "all projects. Give it to somebody else first."
        )
