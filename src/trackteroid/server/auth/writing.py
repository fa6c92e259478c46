"""Whether somebody may make, change or delete one row, by `PLACES`; and the refusal where not.

A row is looked at twice: as it is before a change, at once, and as it is in the end, when the batch is complete and
every row is where it belongs. Rows that the server writes by itself are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.kinds import ADMINISTRATOR, KINDS, OWN, Action
from trackteroid.server.auth.permissions import is_held, require_administrator
from trackteroid.server.auth.policy import (
    Held,
    Place,
    Policy,
    families_of,
    homes_of,
    kind_beside,
    place_of,
    policy_of,
)
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import EntityType, Model
from trackteroid.values import frozen

_WAITING = "permissions to look at in the end"


@frozen
class _Wanted:
    """What somebody does to a row, to be looked at in the end."""

    row: Row
    action: Action
    given: tuple[str, ...]


def require_kind(uow: UnitOfWork, entity_type: EntityType, action: Action) -> None:
    """Refuse what somebody may do to no row of a type.

    Raises:
        PermissionError_: They may not.
    """
    policy = policy_of(uow.request)
    if policy is not None and not policy.may_somewhere(uow.model, entity_type, action):
        raise _refusal(uow, policy, action, f"a {entity_type.name}", _kind_of(uow, entity_type))


def note_created(uow: UnitOfWork, row: Row, given: Mapping[str, Any]) -> None:
    """Somebody has made `row`, of which they have given some values."""
    if policy_of(uow.request) is not None:
        _created(uow).add((row.type.table, row.key))
        _wait(uow, row, "create", given)


def require_update(uow: UnitOfWork, row: Row, values: Mapping[str, Any]) -> None:
    """Refuse that somebody gives a row new values, if they may not change it as it is.

    Raises:
        PermissionError_: They may not.
    """
    if not values:
        return
    _protect_administrator(uow, row, "change")
    if policy_of(uow.request) is not None:
        is_new = _is_new(uow, row)  # however many operations of a batch it takes to make it
        if not is_new:
            _require(uow, row, "update")
        changed = [name for name, value in values.items() if value != row.values[name]]
        _wait(uow, row, "create" if is_new else "update", changed)


def require_delete(uow: UnitOfWork, rows: Iterable[Row]) -> None:
    """Refuse that somebody deletes rows; what goes with them is not asked for.

    Raises:
        PermissionError_: They may not.
    """
    for row in rows:
        _protect_administrator(uow, row, "delete")
        if policy_of(uow.request) is not None and not _is_new(uow, row):
            _require(uow, row, "delete")


def check_permissions(uow: UnitOfWork) -> None:
    """Refuse what a batch has put where its sender may not.

    Raises:
        PermissionError_: They may not.
    """
    policy = policy_of(uow.request)
    waiting = uow.remembered(_WAITING, None, list[_Wanted]) if policy is not None else []
    for wanted in waiting:
        if policy is not None and uow.is_current(wanted.row):
            _require(uow, wanted.row, wanted.action)
            place = place_of(wanted.row.type)
            if place is None:
                continue
            for name in (name for name in wanted.given if name in place.authors):
                author = wanted.row.values[name]
                taken = wanted.action == "update" or author not in (None, policy.user_id)
                held = policy.held("authors", wanted.action)
                if taken and not _holds_at(uow, held, wanted.row, place):
                    raise PermissionError_(
                        f"{policy.username} may not say by whom {wanted.row.label} is ({name}). "
                        + _granting(uow, "authors", wanted.action)
                    )
    waiting.clear()


def may_read(uow: UnitOfWork, row: Row) -> bool:
    """Return whether the caller may see a row; what they have made in the same batch, they may."""
    policy = policy_of(uow.request)
    return policy is None or _is_new(uow, row) or _may(uow, policy, "read", row)


def require_sight_of_users(uow: UnitOfWork, rows: Sequence[Row], users: Iterable[Row]) -> None:
    """Refuse that somebody deletes rows in no project that are used by rows which they may not see.

    Args:
        uow: The batch.
        rows: What they delete.
        users: What would be deleted with them, or would let go of them.

    Raises:
        PermissionError_: There is such a row.
    """
    policy = policy_of(uow.request)
    # In no project, although others of its type are.
    loose = next(
        (
            row
            for row in rows
            if (place := place_of(row.type)) is not None
            and place.keys
            and not place.part_of
            and all(row.values[name] is None for name in place.keys)
        ),
        None,
    )
    if policy is not None and loose is not None and not all(may_read(uow, user) for user in users):
        raise PermissionError_(
            f"{policy.username} may not delete {loose.label}, because it is used where they may not see it. Ask "
            "somebody who may."
        )


def hidden_references(uow: UnitOfWork) -> set[tuple[int, str]]:
    """Return the references that the caller has made to what they may not see, as ids of rows and names of keys.

    For them nothing is there. Otherwise a reference could change, or tell, what is.
    """
    policy = policy_of(uow.request)
    waiting = uow.remembered(_WAITING, None, list[_Wanted]) if policy is not None else []
    return {
        (id(wanted.row), name)
        for wanted in waiting
        if policy is not None and uow.is_current(wanted.row)
        for name in wanted.given
        if not may_refer(uow, wanted.row, name)
    }


def may_refer(uow: UnitOfWork, row: Row, name: str) -> bool:
    """Return whether the caller may see what the key `name` of a row leads to."""
    policy = policy_of(uow.request)
    if policy is None or row.type.keys().get(name) is None or row.values[name] is None:
        return True
    seen = _referred(uow, row, name)
    return seen is not None and (_is_new(uow, seen) or _may(uow, policy, "read", seen))


def _wait(uow: UnitOfWork, row: Row, action: Action, given: Iterable[str]) -> None:
    uow.remembered(_WAITING, None, list[_Wanted]).append(_Wanted(row, action, tuple(given)))


def _created(uow: UnitOfWork) -> set[tuple[str, tuple[Any, ...]]]:
    return uow.remembered("rows that the caller has made", None, set[tuple[str, "tuple[Any, ...]"]])


def _is_new(uow: UnitOfWork, row: Row) -> bool:
    return (row.type.table, row.key) in _created(uow)


def _require(uow: UnitOfWork, row: Row, action: Action) -> None:
    policy = policy_of(uow.request)
    if policy is not None and not _may(uow, policy, action, row):
        what = row.label if may_read(uow, row) else f"{row.type.name} ({', '.join(map(str, row.key))})"
        whole = _whole(uow, row)
        owned = whole if whole is not None else row
        kind = _kind_of(uow, owned.type)
        place = place_of(owned.type)
        if place is not None and place.owner and owned.values[place.owner] == policy.user_id:
            kind = OWN + kind
        raise _refusal(uow, policy, action if whole is None else "update", what, kind, verb=action)


def _may(uow: UnitOfWork, policy: Policy, action: Action, row: Row) -> bool:
    """Return whether a row may be seen or changed, as it is now."""
    place = place_of(row.type)
    if place is None:
        return False
    if place.part_of:
        whole = _whole_of(uow, row, place)
        if whole is None:
            return False
        verb: Action = action if action == "read" else "create" if _is_new(uow, whole) else "update"
        allowed = _may(uow, policy, verb, whole)
    else:
        is_own = bool(place.owner) and row.values[place.owner] == policy.user_id
        if place.guests is not None and not is_own:
            kind, of_row, of_user = place.guests
            is_own = action == "read" and bool(uow.select(kind, of_row, [row.key[0]], {of_user: policy.user_id}))
            if not is_own:
                return False
        held = policy.own(place.kind, action) if is_own else policy.held(place.kind, action)
        is_whole_server = not place.keys and not is_own and action != "read"
        allowed = _holds_at(uow, held, row, place) and not (
            is_whole_server and held is not None and not held.everywhere
        )
    return allowed and all(may_refer(uow, row, name) for name in place.sees)


def _holds_at(uow: UnitOfWork, held: Held | None, row: Row, place: Place) -> bool:
    """Return whether a permission is held in the project of a row; for one in no project, whether it is held at all."""
    if held is None:
        return False
    if all(row.values[name] is None for name in place.keys):
        return True
    project_id = find_home(uow, row)
    if project_id in held.projects:
        return True
    if not held.everywhere or project_id is None:
        return False
    project = uow.find("Context", project_id)
    return project is not None and not project.values["is_private"]


def find_home(uow: UnitOfWork, row: Row) -> str | None:
    """Return the project of a row, as what it is on knows it; None for one that is on nothing, or leads nowhere."""
    return home_at(uow, row.type, row.values.get)


def home_at(uow: UnitOfWork, entity_type: EntityType, value: Callable[[str], Any]) -> str | None:
    """Return the same of a row of a type, of which `value` returns the columns."""
    for lead in _leads(uow.model, entity_type):
        key = value(lead.name)
        if key is not None:
            if not lead.families:
                return key
            above = _led_to(uow, lead.families, key, value(lead.beside))
            home = None if above is None else lead.homes.get(above.type.table)
            return None if above is None or home is None else above.values[home]
    return None


@frozen
class _Lead:
    """A key that leads from rows of a type towards their project.

    Attributes:
        name: The key.
        beside: The column in which rows may name the type of what it leads to.
        families: What it may lead to; nothing if it is the project itself.
        homes: The columns with the project of those that tell it, by their tables.
    """

    name: str
    beside: str
    families: Sequence[EntityType]
    homes: Mapping[str, str]


@cache
def _leads(model: Model, entity_type: EntityType) -> Sequence[_Lead]:
    place = place_of(entity_type) or Place()
    return [
        _Lead(name, "", (), {})
        if name == place.home
        else _Lead(
            name,
            kind_beside(name),
            families_of(model, entity_type, name),
            {
                family.table: above.home
                for family in homes_of(model, entity_type, name)
                if (above := place_of(family)) is not None
            },
        )
        for name in place.keys
    ]


def _referred(uow: UnitOfWork, row: Row, name: str) -> Row | None:
    """Return the row that a key leads to."""
    return _led_to(uow, families_of(uow.model, row.type, name), row.values[name], row.values.get(kind_beside(name)))


def _led_to(uow: UnitOfWork, families: Sequence[EntityType], key: Any, kind: str | None) -> Row | None:
    """Return the row of one of some families with a key. It is of the type called `kind`, if that is one of theirs."""
    named = uow.model.types.get(kind) if kind is not None else None
    if named is not None and named.root in families and (found := uow.find(named.root, key)) is not None:
        return found
    for family in families:
        if (found := uow.find(family, key)) is not None:
            return found
    return None


def _whole_of(uow: UnitOfWork, row: Row, place: Place) -> Row | None:
    return None if row.values[place.part_of] is None else _referred(uow, row, place.part_of)


def _whole(uow: UnitOfWork, row: Row) -> Row | None:
    """Return what a row is a part of in the end; None for one that is no part."""
    place = place_of(row.type)
    if place is None or not place.part_of:
        return None
    whole = _whole_of(uow, row, place)
    return None if whole is None else _whole(uow, whole) or whole


def _kind_of(uow: UnitOfWork, entity_type: EntityType) -> str:
    place = place_of(entity_type)
    if place is None:
        return ""
    return place.kind or _kind_of(uow, families_of(uow.model, entity_type, place.part_of)[0])


def _protect_administrator(uow: UnitOfWork, row: Row, deed: str) -> None:
    """Only administrators touch administrators, or whoever has their name could have their key."""
    if row.type.name == "User" and is_held(uow.request.connection, uow.model, row.key[0]):
        require_administrator(uow.request, f"{deed} administrators such as {row.label}")


def _refusal(
    uow: UnitOfWork,
    policy: Policy,
    action: Action,
    what: str,
    kind: str,
    *,
    verb: Action | None = None,
) -> PermissionError_:
    """Return who may not do what to which entity, and which roles grant it."""
    return PermissionError_(f"{policy.username} may not {verb or action} {what}. {_granting(uow, kind, action)}")


def _granting(uow: UnitOfWork, kind: str, action: Action) -> str:
    role, granted = uow.model.table("SecurityRole"), uow.model.table("SecurityRolePermission")
    statement = (
        sa.select(role.c.name)
        .join(granted, granted.c.security_role_id == role.c.id)
        .where(granted.c.kind == kind, granted.c.action == action)
    )
    names = sorted({ADMINISTRATOR, *(str(name) for name in uow.execute(statement).scalars())})
    return (
        f"It takes a role with the permission to {action} {kind} ({KINDS.get(kind, kind)}) there: {' or '.join(names)}."
    )
