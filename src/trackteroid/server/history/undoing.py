"""What rows were at a moment: the changes since, undone from the newest to the oldest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
import sqlalchemy as sa

from trackteroid.server.core.failures import LimitError
from trackteroid.server.history.keeping import kept_tables
from trackteroid.server.model import standard_model
from trackteroid.server.model.tables import CREATE, DELETE

#: The values of a row by column, as the database has them; what is missing has none.
Values: TypeAlias = "dict[str, Any]"
#: The values of its primary key.
Key: TypeAlias = "tuple[Any, ...]"


@dataclass(slots=True)
class Undone:
    """What has to be undone in one table.

    Attributes:
        table: The table.
        gone: The rows that were not there at the moment, by key.
        whole: Those that were, and were deleted since.
        partly: Those that were and are, with the values that have changed since.
        deleted_private: Those that were private when they were deleted.
    """

    table: sa.Table
    gone: set[Key] = field(default_factory=set[Key])
    whole: dict[Key, Values] = field(default_factory=dict[Key, Values])
    partly: dict[Key, Values] = field(default_factory=dict[Key, Values])
    deleted_private: set[str] = field(default_factory=set[str])

    def undo(self, kind: str, key: str | None, old: str | None) -> None:
        """Undo one change, before which all later ones were undone."""
        if kind == CREATE:
            for created in created_keys(old):
                self._undo_creation(created)
        elif kind == DELETE:
            self.undo_deletion(key_values(self.table, key or ""), values_of(old))
        else:
            found = key_values(self.table, key or "")
            known = self.whole.get(found)
            (self.partly.setdefault(found, {}) if known is None else known).update(values_of(old))

    @property
    def keys(self) -> list[Key]:
        """The keys of all rows that are not now what they were."""
        return [*self.gone, *self.whole, *self.partly]

    def _undo_creation(self, key: Key) -> None:
        self.whole.pop(key, None)
        self.partly.pop(key, None)
        self.gone.add(key)

    def undo_deletion(self, key: Key, row: Values) -> None:
        """Let a row be there again."""
        self.gone.discard(key)
        self.whole[key] = row
        if row.get("is_private"):
            self.deleted_private.add(key[0])


def undone_since(connection: sa.Connection, number: int, names: Collection[str], *, most: int) -> dict[str, Undone]:
    """Return what has to be undone in some tables for the state at a moment, by table.

    Raises:
        LimitError: More than `most` changes would have to be.
    """
    history, moment = standard_model().table("RowHistory"), standard_model().table("HistoryMoment")
    columns = (history.c.name, history.c.kind, history.c.key, history.c.old)
    since = sa.select(*columns).select_from(moment.join(history, history.c.batch == moment.c.batch))
    since = since.where(moment.c.number > number, history.c.name.in_(names)).order_by(
        moment.c.number.desc(), history.c.id.desc()
    )
    rows = connection.execute(since.limit(most + 1)).all()
    if len(rows) > most:
        raise LimitError(
            f"Since then, rows were changed more than {most} times, this server's limit past_changes. Ask for a later "
            "moment."
        )
    return undone(rows)


def undone(rows: Iterable[Sequence[Any]]) -> dict[str, Undone]:
    """Return what has to be undone, by table, from rows with the table, kind, key and old values, newest first."""
    tables, found = kept_tables(), dict[str, Undone]()
    for name, kind, key, old in rows:
        if name in tables:
            if name not in found:
                found[name] = Undone(tables[name])
            found[name].undo(kind, key, old)
    return found


def values_of(old: str | None) -> Values:
    """Return values as they were kept."""
    return orjson.loads(old or "{}")


def created_keys(old: str | None) -> list[Key]:
    """Return the keys of rows that were written together for the first time, as they were kept."""
    return [tuple(values) for values in orjson.loads(old or "[]")]


def key_values(table: sa.Table, key: str) -> Key:
    """Return the values of the primary key that is kept as a text."""
    columns = list(table.primary_key)
    if len(columns) > 1:
        return tuple(orjson.loads(key))
    return (int(key) if isinstance(columns[0].type, sa.Integer) else key,)
