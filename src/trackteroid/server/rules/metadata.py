"""Metadata: entries that belong to an entity of almost any type."""

from __future__ import annotations

from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.rules.step import Step


def name_owner(step: Step) -> None:
    """An entry knows the type of the entity that it belongs to."""
    parent_id = step.value("parent_id")
    if step.is_new and step.value("parent_type") is None and parent_id is not None:
        owner = find_owner(step.uow, parent_id)
        if owner is not None and may_read(step.uow, owner):
            step.values["parent_type"] = owner.type.name


def find_owner(uow: UnitOfWork, parent_id: str) -> Row | None:
    """Return the entity that metadata with this `parent_id` belong to."""
    families = dict.fromkeys(kind.root.name for kind in uow.model if "metadata" in kind.attributes)
    return next((row for family in families if (row := uow.find(family, parent_id)) is not None), None)
