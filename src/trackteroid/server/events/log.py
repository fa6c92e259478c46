"""The log: every event, numbered in the order of commits, for as long as it is kept.

What is written to it is written in the transaction that it tells of, so that it is there if and only if that is. What
comes out of it is handed on by whoever follows it, in this process and in others: they are told that there is more, and
read it from here. Numbers rise, and have gaps.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final, Literal, cast

import orjson
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
#: How many topics are looked for in the database; of more the rest is left to whoever reads.
_MOST_TOPICS: Final = 32
_COLUMNS: Final = ("at", "topic", "user_id", "form", "size", "content")
#: How many events are written by one statement.
_PIECES: Final = (64, 16, 4, 1)
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
    for place, count in _pieces(len(rows)):
        piece = enumerate(rows[place : place + count])
        connection.execute(_appending(count), {f"{name}_{n}": value for n, row in piece for name, value in row.items()})
    if connection.dialect.name == "postgresql":
        return connection.execute(_telling()).scalar_one()
    return last(connection)


def _pieces(count: int) -> Iterator[tuple[int, int]]:
    """Yield where pieces of a list begin and how long they are, of few different lengths, and few pieces."""
    place = 0
    for size in _PIECES:
        while count - place >= size:
            yield place, size
            place += size


def last(connection: sa.Connection) -> int:
    """Return the number of the last event; 0 where there has been none."""
    return connection.execute(_last()).scalar() or 0


def trimmed(connection: sa.Connection) -> int:
    """Return the number up to which events were deleted; 0 where all are there that ever were."""
    return int(connection.execute(_trimmed(), {"key": _TRIMMED}).scalar() or 0)


def since(
    connection: sa.Connection,
    sequence: int,
    most: int,
    *,
    until: int = sys.maxsize,
    topics: frozenset[str] | None = None,
) -> list[Logged]:
    """Return the events after the one with this number, not more than `most`.

    Args:
        connection: The transaction.
        sequence: The number after which to begin.
        most: How many there may be.
        until: The last number that matters.
        topics: One of which they have; a star at the end stands for any rest.
    """
    if topics is not None and len(topics) > _MOST_TOPICS:
        topics = None
    asked = {"after": sequence, "until": until, "most": most}
    if connection.dialect.name == "sqlite":
        rows: Iterable[Sequence[Any]] = orjson.loads(connection.execute(_since_as_json(topics), asked).scalar_one())
        return sorted(map(_logged, rows), key=attrgetter("sequence"))
    return [_logged(row) for row in connection.execute(_since(topics), asked)]


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


@lru_cache(maxsize=len(_PIECES))
def _appending(count: int) -> sa.Executable:
    # One statement for many rows: the driver lets other threads go on at each one, and each time waits for its turn.
    # As text, because SQLAlchemy would compile it anew every time.
    rows = ", ".join("(" + ", ".join(f":{name}_{n}" for name in _COLUMNS) + ")" for n in range(count))
    return sa.text(f"INSERT INTO {_table().name} ({', '.join(_COLUMNS)}) VALUES {rows}")  # noqa: S608 - only our names


@cache
def _last() -> sa.Select[Any]:
    return sa.select(sa.func.max(_table().c.sequence))


@cache
def _telling() -> sa.Executable:
    # Whoever looks at the table itself for the number is in the way of others that append to it.
    own = sa.func.currval(sa.func.pg_get_serial_sequence(_table().name, "sequence"))
    return sa.select(own, sa.func.pg_notify(CHANNEL, ""))


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
def _since(topics: frozenset[str] | None) -> sa.Executable:
    sequence = _table().c.sequence
    between = (sequence > sa.bindparam("after"), sequence <= sa.bindparam("until"))
    wanted = () if topics is None else (sa.or_(*map(_has_topic, sorted(topics))),)
    return _select().where(*between, *wanted).order_by(sequence).limit(sa.bindparam("most"))


@lru_cache(maxsize=256)
def _since_as_json(topics: frozenset[str] | None) -> sa.Executable:
    # SQLite lets other threads go on at each row, and waits for its turn again. This is one row.
    found = cast("sa.Select[Any]", _since(topics)).subquery()
    return sa.select(sa.func.json_group_array(sa.func.json_array(*found.c)))


def _has_topic(topic: str) -> sa.ColumnElement[bool]:
    column = _table().c.topic
    if not topic.endswith("*"):
        return column == topic
    return sa.func.substr(column, 1, len(topic) - 1) == topic[:-1]


@cache
def _these() -> sa.Executable:
    return _select().where(_table().c.sequence.in_(sa.bindparam("sequences", expanding=True)))
