"""The log: every event, numbered in the order of commits, for as long as it is kept.

What is written to it is written in the transaction that it tells of, so that it is there if and only if that is. What
comes out of it is handed on by whoever follows it, in this process and in others: they are told that there is more, and
read it from here. Numbers rise, and have gaps.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final, Literal

import sqlalchemy as sa

from trackteroid.server.core.limits import Limits
from trackteroid.server.model import standard_model
from trackteroid.values import frozen

#: What PostgreSQL tells those who follow.
CHANNEL: Final = "trackteroid_events"
#: Any number will do, as long as all servers use the same. Whoever holds it appends, and commits before the next one.
_APPENDING: Final = 0x7472_6565
#: After how many commits of a process is looked for events that are no longer kept.
TRIM_EVERY: Final = 256
#: Where it is kept up to which number events were deleted.
_TRIMMED: Final = "events_trimmed"

#: ``event``: the content is an event as clients hear it; ``changes``: of what it is to be made, see `changes`.
Form = Literal["event", "changes"]


@frozen
class Entry:
    """An event to be logged.

    Attributes:
        topic: Its topic.
        user_id: Who has published or changed something.
        form: What its content is.
        content: JSON.
    """

    topic: str
    user_id: str
    form: Form
    content: bytes


@frozen
class Logged:
    """An event in the log.

    Attributes:
        user_name: The name of the user, as it is now.
    """

    sequence: int
    at: str
    topic: str
    user_id: str
    form: Form
    content: str
    user_name: str | None


def append(connection: sa.Connection, entries: Sequence[Entry], now: str) -> int:
    """Write events to the log, as the last thing that a transaction does; returns the number of the last one."""
    if connection.dialect.name == "postgresql":
        # Numbers are given when they are asked for, not when they are committed. So that whoever follows never sees a
        # number after a higher one, one transaction after the other takes its numbers.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_APPENDING)))
    rows = [
        {
            "at": now,
            "topic": entry.topic,
            "user_id": entry.user_id,
            "form": entry.form,
            "size": len(entry.content),
            "content": entry.content.decode(),
        }
        for entry in entries
    ]
    connection.execute(_appending(), rows)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
        return connection.execute(_own_last()).scalar_one()
    return last(connection)


def last(connection: sa.Connection) -> int:
    """Return the number of the last event; 0 where there has been none."""
    return connection.execute(_last()).scalar() or 0


def trimmed(connection: sa.Connection) -> int:
    """Return the number up to which events were deleted; 0 where all are there that ever were."""
    return int(connection.execute(_trimmed(), {"key": _TRIMMED}).scalar() or 0)


def since(
    connection: sa.Connection, sequence: int, most: int, *, until: int = sys.maxsize, topics: tuple[str, ...] = ()
) -> list[Logged]:
    """Return the events after the one with this number, not more than `most`.

    Args:
        connection: The transaction.
        sequence: The number after which to begin.
        most: How many there may be.
        until: The last number that matters.
        topics: What their topic has to be, all of it; a star at the end stands for any rest.
    """
    rows = connection.execute(_since(topics), {"after": sequence, "until": until, "most": most})
    return [_logged(row) for row in rows]


def these(connection: sa.Connection, sequences: Iterable[int]) -> dict[int, Logged]:
    """Return those events with these numbers that are kept."""
    rows = connection.execute(_these(), {"sequences": list(sequences)})
    return {row[0]: _logged(row) for row in rows}


def _logged(row: Sequence[Any]) -> Logged:
    return Logged(*row[:-2], user_name=" ".join(filter(None, row[-2:])) or None)


def trim(connection: sa.Connection, limits: Limits, now: str) -> int:
    """Delete what is kept no longer, the oldest first, and return how many events that were.

    The last one always stays, so that its number is not given again.
    """
    table = _table()
    oldest = (datetime.fromisoformat(now) - timedelta(days=limits.log_days)).isoformat()
    newest = last(connection)
    until = connection.execute(sa.select(sa.func.max(table.c.sequence)).where(table.c.at < oldest)).scalar() or 0
    over = (connection.execute(sa.select(sa.func.sum(table.c.size))).scalar() or 0) - limits.log_bytes
    if over > 0:
        for sequence, size in connection.execute(sa.select(table.c.sequence, table.c.size).order_by(table.c.sequence)):
            until, over = max(until, sequence), over - size
            if over <= 0:
                break
    until = min(until, newest - 1)
    count = connection.execute(sa.delete(table).where(table.c.sequence <= until)).rowcount
    if count:
        _note_trimmed(connection, until)
    return count


def _note_trimmed(connection: sa.Connection, sequence: int) -> None:
    """Keep up to where events were deleted, so that whoever asks for older ones learns that there were some."""
    about = standard_model().table("ServerInformation")
    changed = connection.execute(sa.update(about).where(about.c.key == _TRIMMED).values(value=str(sequence)))
    if not changed.rowcount:
        connection.execute(sa.insert(about).values(key=_TRIMMED, value=str(sequence)))


def _table() -> sa.Table:
    return standard_model().table("HubEvent")


@cache
def _appending() -> sa.Insert:
    return sa.insert(_table())


@cache
def _last() -> sa.Select[Any]:
    return sa.select(sa.func.max(_table().c.sequence))


@cache
def _own_last() -> sa.Select[Any]:
    # Whoever looks at the table itself for this is in the way of others that append to it.
    table = _table().name
    return sa.select(sa.func.currval(sa.func.pg_get_serial_sequence(table, "sequence")))


@cache
def _trimmed() -> sa.Select[Any]:
    about = standard_model().table("ServerInformation")
    return sa.select(about.c.value).where(about.c.key == sa.bindparam("key"))


@cache
def _select() -> sa.Select[Any]:
    table, user = _table(), standard_model().table("User")
    columns = [table.c[name] for name in ("sequence", "at", "topic", "user_id", "form", "content")]
    found = table.outerjoin(user, user.c.id == table.c.user_id)
    return sa.select(*columns, user.c.first_name, user.c.last_name).select_from(found)


@lru_cache(maxsize=256)
def _since(topics: tuple[str, ...]) -> sa.Executable:
    sequence = _table().c.sequence
    between = (sequence > sa.bindparam("after"), sequence <= sa.bindparam("until"))
    wanted = map(_has_topic, topics)
    return _select().where(*between, *wanted).order_by(sequence).limit(sa.bindparam("most"))


def _has_topic(topic: str) -> sa.ColumnElement[bool]:
    column = _table().c.topic
    if not topic.endswith("*"):
        return column == topic
    return sa.func.substr(column, 1, len(topic) - 1) == topic[:-1]


@cache
def _these() -> sa.Executable:
    return _select().where(_table().c.sequence.in_(sa.bindparam("sequences", expanding=True)))
