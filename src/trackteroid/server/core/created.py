"""Keeping which rows are new, so that it can be told later what there was before them.

Of changed and deleted rows triggers of the database keep what they were, see `server.history.keeping`. New rows are
kept here, the keys of all that are written together in one row: a trigger would run for each of them, and take longer
than writing it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa

from trackteroid.server.model.keeping import CREATE, KEPT

_BATCH: Final = {"sqlite": "(SELECT max(number) FROM history_moment) + 1", "postgresql": "history_batch()"}


def batch_of(dialect: sa.Dialect) -> str:
    """Return the SQL that tells what is written in a transaction from what was before: the number of its batch."""
    return _BATCH[dialect.name]


def keep_created(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Keep that rows, of values of these columns, were written to a table for the first time."""
    if not table.info.get(KEPT) or not rows:
        return
    places = [columns.index(column.name) for column in table.primary_key]
    keys = orjson.dumps([[row[place] for place in places] for row in rows]).decode()
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    connection.exec_driver_sql(
        f"INSERT INTO row_history (batch, name, kind, old) "  # noqa: S608 - no input
        f"VALUES ({batch_of(connection.dialect)}, {mark}, {mark}, {mark})",
        (table.name, CREATE, keys),
    )
