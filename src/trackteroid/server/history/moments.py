"""The moments that can be asked for: each ends a batch of changes that were committed together.

They are numbered in the order of commits. Databases know at least one, the state from which on changes are kept; that
is the earliest moment that can be asked for.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Final

import sqlalchemy as sa

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.options import Limits
from trackteroid.server.model import standard_model
from trackteroid.values import frozen

#: Any number will do, as long as all servers use the same. Whoever holds it commits before the next one.
_MARKING: Final = 0x7472_6869

_MARK_SQLITE: Final = """
INSERT INTO history_moment (number, at, user_id, event, batch)
SELECT last.number + 1, max(last.at, ?), ?, ?, last.number + 1
FROM (SELECT number, at FROM history_moment ORDER BY number DESC LIMIT 1) AS last
WHERE EXISTS (SELECT 1 FROM row_history WHERE batch = last.number + 1)
"""
# Whoever has a batch takes a turn here after those before, and is the next to commit: the moment is numbered after
# that. Nothing is read that others write: two transactions that do would be in each other's way. The time is told by
# whoever calls, so this does not wait for a turn: the time would then be one before that of those it has waited for.
_MARK_POSTGRESQL: Final = f"""
WITH turn AS MATERIALIZED (
    SELECT current_setting('trackteroid.batch', true) AS batch,
        CASE WHEN current_setting('trackteroid.batch', true) <> ''
            THEN pg_try_advisory_xact_lock({_MARKING}) END AS come
)
INSERT INTO history_moment (at, user_id, event, batch)
SELECT %s, %s, %s, CAST(batch AS BIGINT) FROM turn WHERE batch <> '' AND come
RETURNING set_config('trackteroid.batch', '', true)
"""  # noqa: S608 - a number of ours
#: Waits for the turn of whoever has a batch, and tells whether they have one.
_AWAIT_TURN: Final = f"""
SELECT CASE WHEN current_setting('trackteroid.batch', true) <> ''
    THEN pg_advisory_xact_lock({_MARKING}) IS NOT NULL ELSE false END
"""
#: Whether the transaction of a connection has been marked. In SQLite several batches may be in one.
_MARKED: Final = "trackteroid.marked"


@frozen
class Kept:
    """From when on changes are kept.

    Attributes:
        number: The number of the earliest moment.
        at: When that was, in UTC.
        event: The last event before it, where that is known.
    """

    number: int
    at: str
    event: int | None


def time_now() -> str:
    """Return the time, as moments are kept: ISO 8601 in UTC, with all digits."""
    return _written(datetime.now(timezone.utc))


def begin(connection: sa.Connection) -> None:
    """Let the state of a database be the earliest moment that is known of, if it knows of none."""
    if kept_since(connection) is None:
        connection.execute(sa.insert(_table()).values(at=time_now(), event=_newest_event(connection), batch=0))


def mark(connection: sa.Connection, user_id: str | None = None, event: int | None = None) -> None:
    """Let what a transaction has changed so far be a batch, if it is anything, and its end a moment.

    Args:
        connection: The transaction; nothing but its commit should follow.
        user_id: Who has changed it.
        event: The number of the event that tells of it.
    """
    statement = _MARK_SQLITE if connection.dialect.name == "sqlite" else _MARK_POSTGRESQL
    marked = connection.exec_driver_sql(statement, (time_now(), user_id, event))
    waits = connection.dialect.name != "sqlite" and marked.first() is None
    if waits and connection.exec_driver_sql(_AWAIT_TURN).scalar():
        connection.exec_driver_sql(statement, (time_now(), user_id, event))
    connection.info[_MARKED] = True


@contextmanager
def marking(connection: sa.Connection) -> Generator[None]:
    """Mark the end of a transaction that nobody else has marked, at the end of a block."""
    connection.info.pop(_MARKED, None)  # of one that was rolled back
    yield
    if not connection.info.pop(_MARKED, False) or connection.dialect.name == "sqlite":
        mark(connection)


def kept_since(connection: sa.Connection) -> Kept | None:
    """Return from when on changes are kept; None if they are not."""
    row = connection.execute(_first()).first()
    return None if row is None else Kept(*row)


def number_of(connection: sa.Connection, asked: object) -> int:
    """Return the last moment that belongs to what somebody asks for: a time in UTC, or the number of an event.

    Raises:
        ValidationError: It is neither, lies in the future, or before changes were kept.
    """
    kept = kept_since(connection)
    if kept is None:  # a database has one from its beginning
        raise ValidationError("This database keeps no history, so it cannot be asked about the past.")
    moment = _table().c
    if isinstance(asked, int) and not isinstance(asked, bool):
        _check_event(connection, asked, kept)
        condition, shown = moment.event <= asked, f"event {asked}"
    else:
        at = None
        with suppress(ValueError, OverflowError):
            if isinstance(asked, str):
                at = _written(datetime.fromisoformat(asked.strip().upper().replace("Z", "+00:00")))
        if at is None:
            said = repr(str(asked)[:100])
            raise ValidationError(
                f'"as_of" is a moment such as "2026-01-31T18:00:00", or the number of an event, not {said}.'
            )
        if at > (today := time_now()):
            raise ValidationError(f"{_shown(at)} is in the future; here it is {_shown(today)}.")
        condition, shown = moment.at <= at, _shown(at)
    found = connection.execute(sa.select(sa.func.max(moment.number)).where(condition)).scalar()
    if found is None:
        raise ValidationError(
            f"What things looked like at {shown} is not known: it is from {_shown(kept.at)} on"
            f"{f', or from event {kept.event} on' if kept.event is not None else ''}. Ask for a later moment."
        )
    return found


def trim(connection: sa.Connection, limits: Limits, now: str) -> int:
    """Delete what is kept no longer, the oldest first, and return how many changes that were.

    What is left begins with a moment, and the last one always stays.
    """
    moment, history = _table().c, standard_model().table("RowHistory")
    oldest = (datetime.fromisoformat(now) - timedelta(days=limits.history_days)).isoformat(timespec="microseconds")
    until = connection.execute(sa.select(sa.func.max(moment.number)).where(moment.at <= oldest)).scalar() or 0
    newest = connection.execute(sa.select(sa.func.max(history.c.id))).scalar() or 0
    too_old = newest - limits.history_rows
    if too_old > 0:
        of_batch = moment.batch == history.c.batch
        last = sa.select(sa.func.max(moment.number)).select_from(history.join(_table(), of_batch))
        until = max(until, connection.execute(last.where(history.c.id <= too_old)).scalar() or 0)
    first = kept_since(connection)
    if first is None or until <= first.number:
        return 0
    gone = sa.select(moment.batch).where(moment.number <= until)
    count = connection.execute(sa.delete(history).where(history.c.batch.in_(gone))).rowcount
    connection.execute(sa.delete(_table()).where(moment.number < until))
    return count


def _check_event(connection: sa.Connection, asked: int, kept: Kept) -> None:
    newest = _newest_event(connection)
    if asked > newest:
        raise ValidationError(f"There is no event {asked} yet; the last one is {newest}.")
    if asked < 0:
        raise ValidationError(f"There is no event {asked}. Events are counted from 1; 0 is before all of them.")
    if kept.event is None or asked < kept.event:
        first = connection.execute(sa.select(sa.func.min(_table().c.event))).scalar()
        if first is None or asked < first:
            raise ValidationError(
                f"What things looked like after event {asked} is not known: it is from {_shown(kept.at)} on"
                f"{'' if first is None else f', or from event {first} on'}. Ask for a later moment."
            )


def _newest_event(connection: sa.Connection) -> int:
    return connection.execute(sa.select(sa.func.max(standard_model().table("HubEvent").c.sequence))).scalar() or 0


def _written(moment: datetime) -> str:
    in_utc = moment if moment.tzinfo is None else moment.astimezone(timezone.utc).replace(tzinfo=None)
    return in_utc.isoformat(timespec="microseconds")


def _shown(at: str) -> str:
    return f"{at.replace('T', ' ')} UTC"


def _table() -> sa.Table:
    return standard_model().table("HistoryMoment")


@cache
def _first() -> sa.Executable:
    columns = _table().c
    return sa.select(columns.number, columns.at, columns.event).order_by(columns.number).limit(1)
