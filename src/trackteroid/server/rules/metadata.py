"""Metadata, entries that belong to an entity of almost any type, and the settings of the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


def read_owners(steps: Sequence[Step]) -> None:
    """Look at once for the entities that entries belong to."""
    uow = steps[0].uow
    keys = {(step.value("parent_id"),) for step in steps if isinstance(step.value("parent_id"), str)}
    for family in _families(uow):
        keys -= uow.find_all(family, keys).keys()


def find_owner(uow: UnitOfWork, parent_id: str) -> Row | None:
    """Return the entity that metadata with this `parent_id` belong to."""
    return next((row for family in _families(uow) if (row := uow.find(family, parent_id)) is not None), None)


def _families(uow: UnitOfWork) -> Iterable[str]:
    """Return the families whose entities have metadata."""
    names = (kind.root.name for kind in uow.model if "metadata" in kind.attributes)
    return uow.remembered("families with metadata", None, lambda: tuple(dict.fromkeys(names)))


def drop_components(uow: UnitOfWork, removed: Sequence[Row]) -> None:
    """The components of a setting go with it: its key has two parts, which no foreign key of theirs can follow."""
    gone = {(row.values["name"], row.values["group"]) for row in removed}
    components = uow.select("SettingComponent", "name", sorted({name for name, _ in gone}))
    uow.remove([row for row in components if (row.values["name"], row.values["group"]) in gone])
