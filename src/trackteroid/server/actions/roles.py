"""The actions that hand out security roles. They do what the entities behind them would do, in one step each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from trackteroid.server.actions.payload import existing_row
from trackteroid.server.actions.removal import delete_rows
from trackteroid.server.auth.kinds import ACTIONS, KINDS
from trackteroid.server.auth.permissions import require_administrator
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError, ValueError_, nearest, suggestion
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.core.values import is_object, shown
from trackteroid.server.rules import create_row, update_row

Operation = Mapping[str, Any]


def add_user_security_role(request: Request, operation: Operation) -> dict[str, Any]:
    """Give the user `user_id` the role `role_id`; having it already is fine."""
    uow = _begin(request)
    user_id, role_id = (
        _existing(uow, operation, "User", "user_id"),
        _existing(uow, operation, "SecurityRole", "role_id"),
    )
    if not _held(uow, user_id, role_id):
        create_row(uow, uow.type("UserSecurityRole"), {"user_id": user_id, "security_role_id": role_id})
    return _done(operation)


def remove_user_security_role(request: Request, operation: Operation) -> dict[str, Any]:
    """Take the role `role_id` from the user `user_id`, with the projects it was for."""
    uow = _begin(request)
    delete_rows(uow, [_require_held(uow, operation, "role_id")])
    return _done(operation)


def update_user_security_role(request: Request, operation: Operation) -> dict[str, Any]:
    """Replace the role `role_id` of the user `user_id` by `new_role_id`; its projects stay."""
    uow = _begin(request)
    new_role_id = _existing(uow, operation, "SecurityRole", "new_role_id")
    update_row(uow, _require_held(uow, operation, "role_id"), {"security_role_id": new_role_id})
    return _done(operation)


def grant_user_security_role_project(request: Request, operation: Operation) -> dict[str, Any]:
    """Let the user's role apply to `project_id`, or to `all_open_projects`."""
    uow = _begin(request)
    held = _require_held(uow, operation, "role_id")
    if operation.get("all_open_projects"):
        update_row(uow, held, {"is_all_open_projects": True})
        return _done(operation)
    project_id = _existing(uow, operation, "Project", "project_id")
    if not _granted(uow, held, project_id):
        grant = {"user_security_role_id": held.key[0], "project_id": project_id}
        create_row(uow, uow.type("UserSecurityRoleProject"), grant)
    return _done(operation)


def revoke_user_security_role_project(request: Request, operation: Operation) -> dict[str, Any]:
    """Take `project_id`, or `all_open_projects`, from the user's role."""
    uow = _begin(request)
    held = _require_held(uow, operation, "role_id")
    if operation.get("all_open_projects"):
        update_row(uow, held, {"is_all_open_projects": False})
    else:
        delete_rows(uow, _granted(uow, held, _existing(uow, operation, "Project", "project_id")))
    return _done(operation)


def update_security_role_permissions(request: Request, operation: Operation) -> dict[str, Any]:
    """Add the permissions `grant` to the role `role_id`, and take `revoke` from it.

    Args:
        request: The request.
        operation: Both are objects of lists of actions by kind, such as ``(lists: [create, read])``; `role_id`.

    Raises:
        PermissionError_: The caller is no administrator.
        ValidationError: There is no such kind or action.
        ValueError_: There is no such role.
    """
    require_administrator(request, "change what roles grant")
    uow = unit_of_work(request)
    role_id = _existing(uow, operation, "SecurityRole", "role_id")
    granted = uow.type("SecurityRolePermission")
    known = {row.key: row for row in uow.select(granted, "security_role_id", [role_id])}
    taken = [(role_id, *permission) for permission in _permissions(operation, "revoke")]
    uow.remove([known[key] for key in taken if key in known])
    for kind, action in _permissions(operation, "grant"):
        if uow.find(granted, (role_id, kind, action)) is None:
            uow.insert(granted, {"security_role_id": role_id, "kind": kind, "action": action})
    return _done(operation)


def _permissions(operation: Operation, name: str) -> list[tuple[str, str]]:
    sent: Any = operation.get(name) or {}
    if not is_object(sent):
        raise ValidationError(f'"{name}" must be an object of lists of actions by kind; got {shown(sent)}.')
    found: list[tuple[str, str]] = []
    for kind, actions in sent.items():
        if kind not in KINDS:
            raise ValidationError(f"There is no kind {kind}.{suggestion(nearest(kind, KINDS))} See {', '.join(KINDS)}.")
        for action in cast("list[Any]", actions) if isinstance(actions, list) else [actions]:
            if action not in ACTIONS:
                raise ValidationError(f"There is no action {shown(action)} of {kind}; there are {', '.join(ACTIONS)}.")
            found.append((kind, str(action)))
    return found


def _begin(request: Request) -> UnitOfWork:
    require_administrator(request, "hand out security roles")
    return unit_of_work(request)


def _existing(uow: UnitOfWork, operation: Operation, entity_type: str, name: str) -> str:
    return existing_row(uow, operation, entity_type, name).key[0]


def _held(uow: UnitOfWork, user_id: str, role_id: str) -> list[Row]:
    rows = uow.select("UserSecurityRole", "user_id", [user_id])
    return [row for row in rows if row.values["security_role_id"] == role_id]


def _require_held(uow: UnitOfWork, operation: Operation, name: str) -> Row:
    user_id, role_id = _existing(uow, operation, "User", "user_id"), _existing(uow, operation, "SecurityRole", name)
    held = _held(uow, user_id, role_id)
    if not held:
        raise ValueError_(f"User {user_id} does not hold the role {role_id}.")
    return held[0]


def _granted(uow: UnitOfWork, held: Row, project_id: str) -> list[Row]:
    rows = uow.select("UserSecurityRoleProject", "user_security_role_id", [held.key[0]])
    return [row for row in rows if row.values["project_id"] == project_id]


def _done(operation: Operation) -> dict[str, Any]:
    return {"action": operation["action"], "success": True}
