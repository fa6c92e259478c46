"""What is kept of rows: one entry for each time that one was made, changed or deleted, with who has done it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from trackteroid.server.core.among import among
from trackteroid.server.core.failures import LimitError
from trackteroid.server.core.request import Request
from trackteroid.server.history.undoing import Key, created_keys
from trackteroid.server.model import standard_model
from trackteroid.server.model.tables import CREATE
from trackteroid.values import frozen

#: How each database writes lists.
_SEPARATORS: Final = {"sqlite": (",", ":"), "postgresql": (", ", ": ")}


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
