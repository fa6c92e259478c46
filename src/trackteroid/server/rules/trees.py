"""What is part of something of its own kind (groups, replies, members of containers) is never a part of itself."""

from __future__ import annotations

from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import IntegrityError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import EntityType


def check_trees(uow: UnitOfWork) -> None:
    """Refuse what a batch has put below itself. Contexts are not looked at: see `hierarchy`.

    Raises:
        IntegrityError: Somebody is above and below an entity.
    """
    for group in uow.changes.alike():
        for name in _upwards(uow, group.type):
            for change in group.changes if name in group.columns else ():
                if change.row.values[name] is not None:
                    _check(uow, change.row, name)


def _upwards(uow: UnitOfWork, entity_type: EntityType) -> list[str]:
    """Return the keys with which rows of a type say what of their own kind they are part of, and are deleted with."""
    return uow.remembered(
        "keys upwards",
        entity_type.name,
        lambda: [
            name
            for name, key in entity_type.keys().items()
            if key.target and key.on_delete == "cascade" and uow.type(key.target).table == entity_type.table
            if entity_type.root.name != "Context"
        ],
    )


def _check(uow: UnitOfWork, row: Row, name: str) -> None:
    above, seen = row.values[name], {row.key[0]}
    while above is not None and above not in seen:
        seen.add(above)
        found = uow.find(row.type, above)
        above = found.values[name] if found is not None else None
    if above == row.key[0]:
        other = f"{row.type.root.name} {row.values[name]} ({name})"
        raise IntegrityError(f"{row.label} cannot be below {other}, which is below it or itself.")
