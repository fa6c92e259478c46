"""What callers may do, told from what the server enforces, and the actions that hand out security roles.

The latter do what the entities behind them would do, in one step each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from trackteroid.server.actions.payload import existing_row, served_type
from trackteroid.server.actions.removal import delete_rows
from trackteroid.server.auth.kinds import ACTIONS, KINDS
from trackteroid.server.auth.kinds import Action as KindAction
from trackteroid.server.auth.permissions import is_administrator, require_administrator
from trackteroid.server.auth.policy import policy_of
from trackteroid.server.auth.writing import check_permissions
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import (
    IntegrityError,
    PermissionError_,
    ValidationError,
    ValueError_,
    nearest,
    suggestion,
)
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.core.values import is_object, shown
from trackteroid.server.rules import check_references, create_row, rules_of, update_row

Operation = Mapping[str, Any]
Action = Callable[[Request, Operation], Any]

_AUTHORIZE = "_authorize_operation"
_WRITING: tuple[KindAction, ...] = ("create", "update", "delete")


def permissions(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what the caller may do: the roles they hold, and which entities they may create, update and delete.

    Args:
        request: The request.
        operation: `entity_types`, names of the types to tell about; by default all.

    Raises:
        ValidationError: There is no such type.
    """
    uow, policy, is_admin = unit_of_work(request), policy_of(request), is_administrator(request)
    names: Any = operation.get("entity_types")
    if names is None:
        asked = [entity_type for entity_type in uow.model if entity_type.served]
    elif isinstance(names, list):
        asked = [served_type(uow, str(name)) for name in cast("list[Any]", names)]
    else:
        raise ValidationError(f"entity_types must be a list of names of entity types; got {shown(names)}.")
    data = {
        "user_id": request.actor.id,
        "is_administrator": is_admin,
        "roles": _roles(uow, request.actor.id),
        "entity_types": {
            entity_type.name: {
                verb: (policy is None or policy.may_somewhere(uow.model, entity_type, verb))
                and rules_of(entity_type).allow(is_administrator=is_admin)
                for verb in _WRITING
            }
            for entity_type in asked
        },
    }
    return {"action": "permissions", "data": data}


def authorizing(actions: Mapping[str, Action]) -> Action:
    """Return the action that tells whether the caller may do one of `actions`."""

    def authorize_operation(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Tell whether the caller may do `operation`: it is carried out and taken back.

        With several `operations` it tells of all of them together, and in `gone` of which type how many entities are
        deleted, with all that goes with them; the original server knows `operation` only.

        Raises:
            Failure: The operation fails for another reason than missing permission.
        """
        several: Any = operation.get("operations")
        tried = cast("list[Any]", several) if isinstance(several, list) else [operation.get("operation")]
        known: list[tuple[Action, Any]] = [
            (action, each)
            for each in filter(is_object, tried)
            if (action := actions.get(str(cast("dict[str, Any]", each).get("action")))) is not None
        ]
        if len(known) < len(tried) or not tried:
            raise ValidationError(f'The action "{_AUTHORIZE}" needs "operation", one to check; got {shown(tried)}.')
        trial = request.connection.begin_nested()
        try:
            attempt = request.anew()
            reason = _refusal(attempt, known)
            changes = unit_of_work(attempt).changes
            gone = Counter(
                change.row.type.name for change in changes if change.kind == "delete" and change.row.type.served
            )
        finally:
            trial.rollback()
        data = {"is_authorized": reason is None, "reason": reason}
        return {"action": _AUTHORIZE, "data": data if several is None else {**data, "gone": dict(sorted(gone.items()))}}

    return authorize_operation


def _refusal(request: Request, operations: Iterable[tuple[Action, Mapping[str, Any]]]) -> str | None:
    """Carry operations out, and return why the caller may not do that, if there is a reason."""
    try:
        for action, operation in operations:
            action(request, operation)
    except PermissionError_ as refusal:
        return str(refusal)
    try:
        if policy_of(request) is not None:
            check_references(unit_of_work(request))
        check_permissions(unit_of_work(request))
    except (PermissionError_, IntegrityError) as refusal:
        return str(refusal)
    return None


def _roles(uow: UnitOfWork, user_id: str) -> list[dict[str, Any]]:
    """Return the roles that a user holds, and for which projects."""
    held = uow.select("UserSecurityRole", "user_id", [user_id])
    found = uow.find_all("SecurityRole", [(row.values["security_role_id"],) for row in held])
    names = {role_id: role.values["name"] for (role_id,), role in found.items()}
    granted: dict[str, dict[str, list[str]]] = {role_id: {} for role_id in names}
    for row in uow.select("SecurityRolePermission", "security_role_id", names):
        role_id, kind, action = row.key
        granted[role_id].setdefault(kind, []).append(action)
    projects: dict[str, list[str]] = {row.key[0]: [] for row in held}
    for grant in uow.select("UserSecurityRoleProject", "user_security_role_id", projects):
        projects[grant.values["user_security_role_id"]].append(grant.values["project_id"])
    return [
        {
            "id": row.values["security_role_id"],
            "name": names[row.values["security_role_id"]],
            "is_all_open_projects": row.values["is_all_open_projects"],
            "project_ids": sorted(projects[row.key[0]]),
            "permissions": granted[row.values["security_role_id"]],
        }
        for row in held
        if row.values["security_role_id"] in names
    ]


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
