"""What is kept of rows: one entry for each time that one was made, changed or deleted, with who has done it.

The changes since a moment, undone from the newest to the oldest, tell what rows were then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import orjson
import sqlalchemy as sa

from trackteroid.server.core.among import among
from trackteroid.server.core.failures import LimitError
from trackteroid.server.core.request import Request
from trackteroid.server.history.keeping import kept_tables
from trackteroid.server.model import standard_model
from trackteroid.server.model.tables import CREATE, DELETE
from trackteroid.values import frozen

#: The values of a row by column, as the database has them; what is missing has none.
Values: TypeAlias = "dict[str, Any]"
#: The values of its primary key.
Key: TypeAlias = "tuple[Any, ...]"
#: How each database writes lists.
_SEPARATORS: Final = {"sqlite": (",", ":"), "postgresql": (", ", ": ")}


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
                self.whole.pop(created, None)
                self.partly.pop(created, None)
                self.gone.add(created)
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


@frozen
class Entry:
    """Something that has become of a row.

    Attributes:
        place: What is higher for what came later.
        key: The key of the row, as it is kept.
        old: The values that it had; none where it was new.
    """

    place: tuple[int, int]
    key: str
    kind: str
    old: str | None
    at: str
    user_id: str | None
    username: str | None
    event: int | None

    def told(self) -> dict[str, Any]:
        """Return who has done it, and when."""
        return {"at": self.at, "user_id": self.user_id, "username": self.username, "event": self.event}


def entries_of(request: Request, table: str, keys: Sequence[str]) -> list[Entry]:
    """Return what rows of a table were before they were changed or deleted, oldest first.

    Raises:
        LimitError: There is more than answers may have.
    """
    kept, most = standard_model().table("RowHistory"), request.limits.answer_rows
    found = _entries(request, sa.and_(among(kept.c.key, keys), kept.c.name == table), most)
    if len(found) > most:
        raise LimitError(f"There are more than {most} changes, this server's limit answer_rows. Ask for fewer ids.")
    return found


def creations_in(request: Request, table: str, is_wanted: Callable[[Key], bool]) -> list[Entry]:
    """Return an entry for each new row of a table whose key is wanted, oldest first.

    Raises:
        LimitError: More rows of the table were made than may be looked at.
    """
    kept = standard_model().table("RowHistory")
    # What is new has no key of its own: all rows that were written together are one entry.
    made = _all(request, sa.and_(kept.c.key.is_(None), kept.c.name == table, kept.c.kind == CREATE))
    return [
        replace(entry, key=key_text(request.connection, key), old=None)
        for entry in made
        for key in created_keys(entry.old)
        if is_wanted(key)
    ]


def changes_in(request: Request, table: str) -> list[Entry]:
    """Return whatever was changed or deleted in a table, oldest first.

    Raises:
        LimitError: That is more than may be looked at.
    """
    kept = standard_model().table("RowHistory")
    return _all(request, sa.and_(kept.c.key.is_not(None), kept.c.name == table))


def key_text(connection: sa.Connection, key: Key) -> str:
    """Return a key as it is kept."""
    if len(key) == 1:
        return str(key[0])
    return json.dumps(list(key), ensure_ascii=False, separators=_SEPARATORS[connection.dialect.name])


def _all(request: Request, condition: sa.ColumnElement[bool]) -> list[Entry]:
    most = request.limits.past_changes
    found = _entries(request, condition, most)
    if len(found) > most:
        raise LimitError(
            f"This history is among more than {most} changes, this server's limit past_changes. Ask the log of events "
            "instead."
        )
    return found


def _entries(request: Request, condition: sa.ColumnElement[bool], most: int) -> list[Entry]:
    """Return entries, one more than `most` at the most."""
    model = standard_model()
    kept, moment, user = model.table("RowHistory"), model.table("HistoryMoment"), request.model.table("User")
    columns = (moment.c.number, kept.c.id, kept.c.key, kept.c.kind, kept.c.old)
    told = (moment.c.at, moment.c.user_id, user.c.username, moment.c.event)
    joined = kept.join(moment, moment.c.batch == kept.c.batch).outerjoin(user, user.c.id == moment.c.user_id)
    statement = sa.select(*columns, *told).select_from(joined).where(condition)
    rows = request.connection.execute(statement.order_by(moment.c.number, kept.c.id).limit(most + 1))
    return [Entry((row[0], row[1]), row[2] or "", *row[3:]) for row in rows]
