"""Status rules: which statuses may follow one, for whom, in projects of one project schema.

A group of rules is about leaving one status. Where groups are about an entity and its status, for everybody or for a
role that the caller holds, only the statuses that these lead to may follow; where none is, any may.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.rules.step import Step, about
from trackteroid.server.rules.workflow import WORKFLOWS

_KINDS = {"Context": "TypedContextStatusRuleGroup", "AssetVersion": "AssetVersionStatusRuleGroup"}


@about("status_id")
def check_transition(step: Step) -> None:
    """A status follows another one only where the status rules of the project schema let it."""
    before, after = step.old.get("status_id"), step.value("status_id")
    if before is None or after is None or not step.changes("status_id"):
        return
    groups = [group for group in _groups_leaving(step.uow, before) if _is_about(step, group)]
    if groups and (allowed := _targets(step.uow, groups)).isdisjoint({after}):
        names = _names(step.uow, {before, after, *allowed})
        where = " or ".join(sorted(names[status] for status in allowed)) or "nothing"
        raise ValidationError(
            f"The status of {Row(step.type, (step.value('id'),), dict(step.old)).label} cannot go from "
            f"{names[before]} to {names[after]}: the status rules of its project lead from {names[before]} to {where}."
        )


def _groups_leaving(uow: UnitOfWork, status_id: str) -> list[Row]:
    return uow.remembered(
        WORKFLOWS, ("status rules", status_id), lambda: uow.select("StatusRuleGroup", "status_id", [status_id])
    )


def _is_about(step: Step, group: Row) -> bool:
    about, project = group.values, step.uow.find("Context", step.value("project_id") or "")
    return (
        group.type.name == _KINDS[step.type.root.name]
        and about["object_type_id"] in (None, step.value("object_type_id"))
        and project is not None
        and about["schema_id"] == project.values["project_schema_id"]
        and (about["role_id"] is None or about["role_id"] in _roles(step.uow))
    )


def _roles(uow: UnitOfWork) -> set[Any]:
    """Return the roles that the caller holds."""

    def look_up() -> set[Any]:
        held = uow.select("UserSecurityRole", "user_id", [uow.request.actor.id])
        return {row.values["security_role_id"] for row in held}

    return uow.remembered(WORKFLOWS, "roles of the caller", look_up)


def _targets(uow: UnitOfWork, groups: Iterable[Row]) -> set[str]:
    rules = uow.select("StatusRule", "status_rule_group_id", [group.key[0] for group in groups])
    return {rule.values["status_id"] for rule in rules}


def _names(uow: UnitOfWork, statuses: set[str]) -> dict[str, str]:
    table = uow.model.table("Status")
    rows = uow.execute(sa.select(table.c.id, table.c.name).where(table.c.id.in_(statuses)))
    return {row.id: row.name for row in rows}
