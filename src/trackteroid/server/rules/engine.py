"""Making and changing single rows the way the server does it: with its defaults and rules."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.kinds import Action
from trackteroid.server.auth.permissions import require_administrator
from trackteroid.server.auth.writing import note_created, require_kind, require_update
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import MISSING, EntityType
from trackteroid.server.rules.step import RULES, Rules, Step, actor, concerns, declared_value, now

_CHECKED = "checked at the end"
_ToCheck = defaultdict[tuple[EntityType, "tuple[str, ...] | None"], list[Row]]

#: What all types that have such attributes know of their making.
_STAMPS: dict[str, Callable[[Step], Any]] = {"created_at": now, "created_by_id": actor}


@lru_cache(maxsize=1024)
def rules_of(entity_type: EntityType) -> Rules:
    """Return the rules of a type, those of its bases first."""
    inherited = rules_of(entity_type.base) if entity_type.base else Rules()
    return inherited.extended(RULES.get(entity_type.name, Rules()))


def require_permission(uow: UnitOfWork, entity_type: EntityType, action: Action | None = None) -> None:
    """Refuse what the caller may do to no row of a type: some rows are the server's own business.

    Args:
        uow: The batch.
        entity_type: The type.
        action: What they want to do; None where that depends on more than the type.
    """
    rules = _rules_for_caller(uow, entity_type)
    if rules.read_only:
        raise PermissionError_(f"A {entity_type.name} cannot be made, changed or deleted. {rules.read_only}")
    if action is not None:
        require_kind(uow, entity_type, action)


def create_row(uow: UnitOfWork, entity_type: EntityType, values: Mapping[str, Any], *, by_server: bool = False) -> Row:
    """Make a row: rules, defaults, insert, rules.

    Args:
        uow: The batch.
        entity_type: Its type.
        values: Its values, as far as they are given.
        by_server: The server makes it by itself, so that nobody needs a permission.
    """
    step = Step(uow, entity_type, dict(values))
    if entity_type.primary_key == ("id",) and step.values.get("id") is None:
        if entity_type.stored()["id"].type == "integer":
            largest = sa.select(sa.func.max(uow.model.table(entity_type).c.id))
            step.values["id"] = (uow.execute(largest).scalar() or 0) + 1
        else:
            step.values["id"] = str(uuid.uuid4())
    rules = _rules_for_caller(uow, entity_type)
    for rule in rules.before:
        rule(step)
    stamps, defaults = _additions(entity_type)
    for name, value in stamps:
        step.supply(name, value(step))
    for name, value in defaults:
        if name not in step.values or step.lacks(name):
            step.values[name] = value
    row = uow.insert(entity_type, step.values)
    if not by_server:
        note_created(uow, row, values)
    for rule in rules.after:
        rule(step)
    rows_to_check(uow)[entity_type, None].append(row)
    return row


def update_row(uow: UnitOfWork, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change a row, and return the columns that were set, by its rules too."""
    require_update(uow, row, values)
    step = Step(uow, row.type, dict(values), dict(row.values))
    rules = _rules_for_caller(uow, row.type)
    for rule in rules.before:
        if concerns(rule, step):
            rule(step)
    uow.write(row, step.values)
    for rule in rules.after:
        if concerns(rule, step):
            rule(step)
    rows_to_check(uow)[row.type, tuple(step.values)].append(row)
    return step.values


def rows_to_check(uow: UnitOfWork) -> _ToCheck:
    """Return the rows made so far (with None) and changed (with their columns), which are checked at the end."""
    return uow.remembered(_CHECKED, None, lambda: _ToCheck(list))


def _rules_for_caller(uow: UnitOfWork, entity_type: EntityType) -> Rules:
    """Return the rules of a type whose rows the caller may touch, however they got at them."""
    rules = rules_of(entity_type)
    if rules.administrators:
        require_administrator(uow.request, rules.administrators)
    return rules


@lru_cache(maxsize=1024)
def _additions(entity_type: EntityType) -> tuple[list[tuple[str, Callable[[Step], Any]]], list[tuple[str, Any]]]:
    """Return what the server adds to new entities of a type: what it knows of their making, and declared values."""
    columns = entity_type.stored()
    declared = ((name, declared_value(attribute)) for name, attribute in columns.items())
    return (
        [(name, value) for name, value in _STAMPS.items() if name in columns],
        [(name, value) for name, value in declared if value is not MISSING],
    )
