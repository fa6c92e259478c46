"""Settings of the server."""

from __future__ import annotations

from collections.abc import Sequence

from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import UnitOfWork


def drop_components(uow: UnitOfWork, removed: Sequence[Row]) -> None:
    """The components of a setting go with it: its key has two parts, which no foreign key of theirs can follow."""
    gone = {(row.values["name"], row.values["group"]) for row in removed}
    components = uow.select("SettingComponent", "name", sorted({name for name, _ in gone}))
    uow.remove([row for row in components if (row.values["name"], row.values["group"]) in gone])
