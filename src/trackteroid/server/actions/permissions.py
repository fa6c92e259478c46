"""The actions `permissions` and `_authorize_operation`: what the caller may do, told from what the server enforces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from trackteroid.server.actions.references import served_type
from trackteroid.server.auth.kinds import Action as KindAction
from trackteroid.server.auth.permissions import is_administrator
from trackteroid.server.auth.policy import policy_of
from trackteroid.server.auth.writing import check_permissions
from trackteroid.server.core.failures import IntegrityError, PermissionError_, ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.core.values import is_object, shown
from trackteroid.server.model import EntityType
from trackteroid.server.rules import check_references, rules_of

Action = Callable[[Request, Mapping[str, Any]], Any]

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
    uow = unit_of_work(request)
    is_admin = is_administrator(request)
    data = {
        "user_id": request.actor.id,
        "is_administrator": is_admin,
        "roles": _roles(uow, request.actor.id),
        "entity_types": {
            entity_type.name: {verb: _may(uow, entity_type, verb, is_admin=is_admin) for verb in _WRITING}
            for entity_type in _asked(uow, operation.get("entity_types"))
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
            gone = _gone(attempt)
        finally:
            trial.rollback()
        data = {"is_authorized": reason is None, "reason": reason}
        return {"action": _AUTHORIZE, "data": data if several is None else {**data, "gone": gone}}

    return authorize_operation


def _gone(request: Request) -> dict[str, int]:
    """Return of which type how many entities are gone, of those that clients know."""
    changes = unit_of_work(request).changes
    types = Counter(change.row.type.name for change in changes if change.kind == "delete" and change.row.type.served)
    return dict(sorted(types.items()))


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


def _may(uow: UnitOfWork, entity_type: EntityType, action: KindAction, *, is_admin: bool) -> bool:
    """Return whether the caller may do something to some row of a type."""
    policy = policy_of(uow.request)
    allowed = policy is None or policy.may_somewhere(uow.model, entity_type, action)
    return allowed and rules_of(entity_type).allow(is_administrator=is_admin)


def _asked(uow: UnitOfWork, names: Any) -> Iterable[EntityType]:
    if names is None:
        return (entity_type for entity_type in uow.model if entity_type.served)
    if not isinstance(names, list):
        raise ValidationError(f"entity_types must be a list of names of entity types; got {shown(names)}.")
    return [served_type(uow, str(name)) for name in cast("list[Any]", names)]


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
