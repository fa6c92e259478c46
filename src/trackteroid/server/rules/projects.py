"""Projects: their two names, and the project schema they follow."""

from __future__ import annotations

import sqlalchemy as sa

from trackteroid.server.rules.step import Step


def name_project(step: Step) -> None:
    """The short and the full name stand in for each other when only one is given."""
    if step.is_new:
        name, full_name = step.values.get("name"), step.values.get("full_name")
        step.values["name"] = name or full_name
        step.values["full_name"] = full_name or name


def choose_project_schema(step: Step) -> None:
    """A project that names no project schema gets the first one of the server, by name."""
    if step.is_new and step.lacks("project_schema_id"):
        table = step.uow.model.table("ProjectSchema")
        first = sa.select(table.c.id).order_by(table.c.name, table.c.id).limit(1)
        step.values["project_schema_id"] = step.uow.execute(first).scalar()
