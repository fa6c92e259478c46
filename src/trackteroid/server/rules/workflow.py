"""Statuses and types: what a project schema allows, what new entities start with, and the log of status changes.

Status rules say which statuses may follow one, for whom, in projects of one project schema. A group of rules is about
leaving one status. Where groups are about an entity and its status, for everybody or for a role that the caller holds,
only the statuses that these lead to may follow; where none is, any may.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.rules.step import Rule, Step, about

#: What is remembered of project schemas.
WORKFLOWS: Final = "workflows"
_LATE = "entities whose project comes later in the batch"
_START = "NOT_STARTED"
#: Root of the entity types that have a status -> the groups of status rules about them.
_KINDS = {"Context": "TypedContextStatusRuleGroup", "AssetVersion": "AssetVersionStatusRuleGroup"}


@about()
def choose_type(step: Step) -> None:
    """A new context whose object type has types starts with the first one its project schema lists."""
    if not (step.is_new and step.lacks("type_id")):
        return
    uow, schema = step.uow, _schema_or_later(step, step.values.get("project_id"))
    object_type = uow.find("ObjectType", step.values["object_type_id"])
    if schema is None or object_type is None or not object_type.values["is_typeable"]:
        return

    def look_up() -> list[str]:
        kind = _table(uow, "Type")
        if step.type.name == "Task":
            link = _table(uow, "TaskTypeSchemaType")
            matches = link.c.task_type_schema_id == schema.values["task_type_schema_id"]
        else:
            link = _table(uow, "SchemaType")
            matches = link.c.schema_id.in_(_schema_ids(uow, schema, object_type.key[0]))
        source = link.join(kind, kind.c.id == link.c.type_id)
        statement = sa.select(kind.c.id).select_from(source).where(matches).order_by(kind.c.sort, kind.c.id)
        return list(uow.execute(statement).scalars())

    step.supply("type_id", _first(uow.remembered(WORKFLOWS, ("types", schema.key[0], object_type.key[0]), look_up)))


@about()
def choose_context_status(step: Step) -> None:
    """A new context starts with the first allowed status that means "not started", else with the first allowed one."""
    if not (step.is_new and step.lacks("status_id")):
        return
    uow, schema = step.uow, _schema_or_later(step, step.values.get("project_id"))
    if schema is None:
        return
    object_type_id, type_id = step.values["object_type_id"], step.values.get("type_id")

    def look_up() -> str | None:
        if step.type.name == "Task":
            overrides = uow.select("ProjectSchemaOverride", "project_schema_id", [schema.key[0]])
            exceptions = {row.values["type_id"]: row.values["workflow_schema_id"] for row in overrides}
            allowed = _workflow_statuses(uow, exceptions.get(type_id) or schema.values["task_workflow_schema_id"])
        else:
            allowed = _statuses(
                uow,
                (schema.key[0], object_type_id),
                "SchemaStatus",
                lambda link: link.c.schema_id.in_(_schema_ids(uow, schema, object_type_id)),
            )
        starting = [status for status, state in allowed if state == _START]
        return _first(starting or [status for status, _ in allowed])

    step.supply("status_id", uow.remembered(WORKFLOWS, ("first", schema.key[0], object_type_id, type_id), look_up))


@about()
def choose_version_status(step: Step) -> None:
    """A new version starts with the first status its project schema allows for versions."""
    if step.is_new and step.lacks("status_id"):
        asset = _row(step.uow, "Asset", step.values.get("asset_id"))
        context = asset and _row(step.uow, "Context", asset.values["context_id"])
        schema = _schema_or_later(step, context and context.values["project_id"])
        if schema is not None:
            allowed = _workflow_statuses(step.uow, schema.values["asset_version_workflow_schema_id"])
            step.supply("status_id", _first([status for status, _ in allowed]))


def start_late(uow: UnitOfWork) -> None:
    """Give what was made before the entities above it, in the same batch, its first type and status in the end."""
    late = uow.remembered(_LATE, None, dict[str, str])
    for entity_id, entity_type in tuple(late.items()):
        row = uow.find(entity_type, entity_id)
        if row is None:
            continue
        step = Step(uow, row.type, {name: value for name, value in row.values.items() if value is not None})
        for choose in _CHOICES[row.type.root.name]:
            choose(step)
        chosen = {name: value for name, value in step.values.items() if row.values[name] is None}
        uow.write(row, chosen)
        if "status_id" in chosen:
            log_status(_CHANGES[row.type.root.name])(step)
    uow.forget(_LATE)


def log_status(change_type: str) -> Rule:
    """Return a rule that adds a `change_type` row whenever an entity gets a status."""

    @about("status_id")
    def rule(step: Step) -> None:
        if step.changes("status_id"):
            values = {
                "id": str(uuid.uuid4()),
                "date": step.uow.request.now,
                "from_status_id": step.old.get("status_id"),
                "status_id": step.values["status_id"],
                "user_id": step.uow.request.actor.id,
                "parent_id": step.value("id"),
                "parent_type": step.type.name,
            }
            step.uow.insert(change_type, values)

    return rule


@about("status_id")
def check_transition(step: Step) -> None:
    """A status follows another one only where the status rules of the project schema let it."""
    before, after = step.old.get("status_id"), step.value("status_id")
    if before is None or after is None or not step.changes("status_id"):
        return
    uow = step.uow
    groups = uow.remembered(
        WORKFLOWS, ("status rules", before), lambda: uow.select("StatusRuleGroup", "status_id", [before])
    )
    groups = [group for group in groups if _is_about(step, group)]
    rules = uow.select("StatusRule", "status_rule_group_id", [group.key[0] for group in groups]) if groups else ()
    allowed = {rule.values["status_id"] for rule in rules}
    if groups and after not in allowed:
        table = uow.model.table("Status")
        known = uow.execute(sa.select(table.c.id, table.c.name).where(table.c.id.in_({before, after, *allowed})))
        names = {row.id: row.name for row in known}
        where = " or ".join(sorted(names[status] for status in allowed)) or "nothing"
        raise ValidationError(
            f"The status of {Row(step.type, (step.value('id'),), dict(step.old)).label} cannot go from "
            f"{names[before]} to {names[after]}: the status rules of its project lead from {names[before]} to {where}."
        )


def _is_about(step: Step, group: Row) -> bool:
    """Return whether a group of status rules is about an entity, and about whoever changes it."""
    uow = step.uow

    def roles() -> set[Any]:
        held = uow.select("UserSecurityRole", "user_id", [uow.request.actor.id])
        return {row.values["security_role_id"] for row in held}

    about, project = group.values, uow.find("Context", step.value("project_id") or "")
    return (
        group.type.name == _KINDS[step.type.root.name]
        and about["object_type_id"] in (None, step.value("object_type_id"))
        and project is not None
        and about["schema_id"] == project.values["project_schema_id"]
        and (about["role_id"] is None or about["role_id"] in uow.remembered(WORKFLOWS, "roles of the caller", roles))
    )


#: Root of the entity types that have a status -> what chooses the first one, and the log of its changes.
_CHOICES: Final[dict[str, tuple[Rule, ...]]] = {
    "Context": (choose_type, choose_context_status),
    "AssetVersion": (choose_version_status,),
}
_CHANGES: Final = {"Context": "TypedContextStatusChange", "AssetVersion": "AssetVersionStatusChange"}


def _schema_or_later(step: Step, project_id: str | None) -> Row | None:
    """Return the project schema for a new entity; where its project is not known yet, `start_late` looks again."""
    if project_id is None:
        step.uow.remembered(_LATE, None, dict[str, str])[step.values["id"]] = step.type.name
    project = _row(step.uow, "Context", project_id)
    return project and _row(step.uow, "ProjectSchema", project.values.get("project_schema_id"))


def _row(uow: UnitOfWork, entity_type: str, key: str | None) -> Row | None:
    return uow.find(entity_type, key) if key is not None else None


def _first(ids: list[str]) -> str | None:
    return ids[0] if ids else None


def _workflow_statuses(uow: UnitOfWork, workflow_id: str | None) -> list[tuple[str, str | None]]:
    return _statuses(uow, (workflow_id,), "WorkflowSchemaStatus", lambda link: link.c.workflow_schema_id == workflow_id)


def _statuses(
    uow: UnitOfWork, place: tuple[str | None, ...], name: str, matches: Callable[[sa.Table], sa.ColumnElement[bool]]
) -> list[tuple[str, str | None]]:
    """Return the statuses that rows of a link stand for, and the short names of their states, in the order of ids."""

    def look_up() -> list[tuple[str, str | None]]:
        link, status, state = _table(uow, name), _table(uow, "Status"), _table(uow, "State")
        source = link.join(status, status.c.id == link.c.status_id).outerjoin(state, state.c.id == status.c.state_id)
        statement = sa.select(status.c.id, state.c.short).select_from(source).where(matches(link))
        return [(found.id, found.short) for found in uow.execute(statement.order_by(status.c.id))]

    return uow.remembered(WORKFLOWS, ("statuses", *place), look_up)


def _schema_ids(uow: UnitOfWork, schema: Row, object_type_id: str) -> sa.Select[Any]:
    table = _table(uow, "Schema")
    return sa.select(table.c.id).where(
        table.c.project_schema_id == schema.key[0], table.c.object_type_id == object_type_id
    )


def _table(uow: UnitOfWork, entity_type: str) -> sa.Table:
    return uow.model.table(entity_type)


def forget_workflows(step: Step) -> None:
    """What was looked up about project schemas is out of date once they change."""
    step.uow.forget(WORKFLOWS)


def forget_removed(uow: UnitOfWork, _removed: Sequence[Row]) -> None:
    """As `forget_workflows`, for rows that are deleted."""
    uow.forget(WORKFLOWS)
