"""The log: every event, numbered in the order of commits, for as long as it is kept.

What is written to it is written in the transaction that it tells of, so that it is there if and only if that is. What
comes out of it is handed on by whoever follows it, in this process and in others: they are told that there is more, and
read it from here. Numbers rise, and have gaps.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final, Literal

import orjson
import sqlalchemy as sa

from trackteroid.server.core.options import Limits
from trackteroid.server.model import standard_model
from trackteroid.values import frozen

#: What PostgreSQL tells those who follow.
CHANNEL: Final = "trackteroid_events"
#: Any number will do, as long as all servers use the same. Whoever holds it appends, and commits before the next one.
_APPENDING: Final = 0x7472_6565
#: After how many commits of a process is looked for events that are no longer kept.
TRIM_EVERY: Final = 256
#: How many events are looked at in one go for where those begin that are kept.
_SOME: Final = 1_000
#: How many topics are looked for in the database; of more the rest is left to whoever reads.
_MOST_TOPICS: Final = 32
#: Where it is kept up to which number events were deleted.
_TRIMMED: Final = "events_trimmed"


#: How many events are written, by their values and the time or by JSON of all of them.
#:
#: Numbers are given when they are asked for, not when they are committed. So that whoever follows never sees a number
#: after a higher one, one transaction after the other takes its numbers: none is given before the lock is held, which
#: is until the commit. That is when everybody is told of the last one.
_ON_POSTGRESQL: Final = f"""
WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock({_APPENDING})),
written AS (
    INSERT INTO hub_event (topic, user_id, form, size, content, at)
    SELECT entry.*, moment.* FROM held, %s, (VALUES (%%s::text)) AS moment
    RETURNING sequence
),
newest AS (SELECT max(sequence) AS sequence FROM written)
SELECT sequence, pg_notify('{CHANNEL}', sequence::text) FROM newest
"""  # noqa: S608 - only our names
_ONE_ON_POSTGRESQL: Final = _ON_POSTGRESQL % "(VALUES (%s::text, %s::text, %s::text, %s::integer, %s::text)) AS entry"
_MANY_ON_POSTGRESQL: Final = (
    _ON_POSTGRESQL
    % "json_to_recordset(%s::json) AS entry(topic text, user_id text, form text, size integer, content text)"
)
_ON_SQLITE: Final = "INSERT INTO hub_event (topic, user_id, form, size, content, at)"
_ONE_ON_SQLITE: Final = f"{_ON_SQLITE} VALUES (?, ?, ?, ?, ?, ?)"
_MANY_ON_SQLITE: Final = f"""{_ON_SQLITE}
SELECT json_extract(value, '$.topic'), json_extract(value, '$.user_id'), json_extract(value, '$.form'),
    json_extract(value, '$.size'), json_extract(value, '$.content'), ?2
FROM json_each(?1)
"""  # noqa: S608 - only our names

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
        size: How many bytes its content has.
        user_name: The name of the user, as it is now.
    """

    sequence: int
    at: str
    topic: str
    user_id: str
    form: Form
    size: int
    content: str
    user_name: str | None


@frozen
class Counted:
    """What is known of the size of the log.

    Attributes:
        after: The number after which the events are counted.
        until: That of the last one that is.
        size: How many bytes they have.
    """

    after: int = -1
    until: int = 0
    size: int = 0


@dataclass(slots=True)
class Page:
    """Events that were read in one go.

    Attributes:
        rows: The events, in order.
        is_last: Whether there were no more at the time.
    """

    rows: list[Logged]
    is_last: bool


def append(connection: sa.Connection, entries: Sequence[Entry], now: str) -> int:
    """Write events to the log, as the last thing that a transaction does; returns the number of the last one.

    The numbers of events that are written together follow one another without a gap.
    """
    rows = [
        {"topic": each.topic, "user_id": each.user_id, "form": each.form, "size": len(each.content)}
        | {"content": each.content.decode()}
        for each in entries
    ]
    # One statement for all of them: the driver lets other threads go on at each one, and waits for its turn afterwards.
    # SQLAlchemy would spend more time on their values than the database does.
    is_one, is_postgresql = len(rows) == 1, connection.dialect.name == "postgresql"
    values = tuple(rows[0].values()) if is_one else (orjson.dumps(rows).decode(),)
    if is_postgresql:
        statement = _ONE_ON_POSTGRESQL if is_one else _MANY_ON_POSTGRESQL
        return connection.exec_driver_sql(statement, (*values, now)).scalar_one()
    connection.exec_driver_sql(_ONE_ON_SQLITE if is_one else _MANY_ON_SQLITE, (*values, now))
    return last(connection)


def last(connection: sa.Connection) -> int:
    """Return the number of the last event; 0 where there has been none."""
    return connection.execute(_statements().last).scalar() or 0


def trimmed(connection: sa.Connection) -> int:
    """Return the number up to which events were deleted; 0 where all are there that ever were."""
    return int(connection.execute(_statements().trimmed, {"key": _TRIMMED}).scalar() or 0)


def since(
    connection: sa.Connection,
    sequence: int,
    most: int,
    *,
    most_bytes: int,
    until: int = sys.maxsize,
    topics: frozenset[str] | None = None,
) -> Page:
    """Return the events after the one with this number, as many as are read in one go.

    Args:
        connection: The transaction.
        sequence: The number after which to begin.
        most: How many there may be.
        most_bytes: How many bytes there may be before the last one of them.
        until: The last number that matters.
        topics: One of which they have; a star at the end stands for any rest.
    """
    if topics is not None and len(topics) > _MOST_TOPICS:
        topics = None
    asked = {"after": sequence, "until": until, "most": most, "bytes": most_bytes}
    if connection.dialect.name == "sqlite":
        found: Iterable[Sequence[Any]] = orjson.loads(
            connection.execute(_since(topics, as_json=True), asked).scalar_one()
        )
        rows = sorted(map(_logged, found), key=attrgetter("sequence"))
    else:
        rows = [_logged(row) for row in connection.execute(_since(topics, as_json=False), asked)]
    return Page(rows, len(rows) < most and sum(each.size for each in rows) < most_bytes)


def these(connection: sa.Connection, sequences: Iterable[int]) -> dict[int, Logged]:
    """Return those events with these numbers that are kept."""
    rows = connection.execute(_statements().these, {"sequences": list(sequences)})
    return {row[0]: _logged(row) for row in rows}


def sizes(connection: sa.Connection, sequences: Sequence[int]) -> dict[int, int]:
    """Return how many bytes those events with these numbers have that are kept."""
    rows = connection.execute(_statements().sizes, {"sequences": list(sequences)})
    return {row[0]: row[1] for row in rows}


def _logged(row: Sequence[Any]) -> Logged:
    return Logged(*row[:-2], user_name=" ".join(filter(None, row[-2:])) or None)


def trim(connection: sa.Connection, limits: Limits, now: str, counted: Counted) -> Counted:
    """Delete what is kept no longer, the oldest first.

    The last one always stays, so that its number is not given again.

    Args:
        connection: The transaction.
        limits: How long and how much is kept.
        now: The time.
        counted: What was known the last time, so that only what is new has to be counted.

    Returns:
        What is known now, if the transaction is committed.
    """
    column, after = _table().c, trimmed(connection)
    if counted.after != after:  # others have deleted some
        counted = Counted(after, after, 0)
    newest = max(last(connection), counted.until)
    more = _size(connection, sa.and_(column.sequence > counted.until, column.sequence <= newest))
    counted = Counted(after, newest, counted.size + more)
    oldest = (datetime.fromisoformat(now) - timedelta(days=limits.log_days)).isoformat()
    until, too_many = _last_before(connection, oldest, now), counted.size - limits.log_bytes
    for sequence, _, size in _from_the_first(connection) if too_many > 0 else ():
        until, too_many = max(until, sequence), too_many - size
        if too_many <= 0:
            break
    until = min(until, counted.until - 1)
    gone = _size(connection, column.sequence <= until)
    if not connection.execute(sa.delete(_table()).where(column.sequence <= until)).rowcount:
        return counted
    # Whoever asks for older ones learns that there were some.
    about = standard_model().table("ServerInformation")
    changed = connection.execute(sa.update(about).where(about.c.key == _TRIMMED).values(value=str(until)))
    if not changed.rowcount:
        connection.execute(sa.insert(about).values(key=_TRIMMED, value=str(until)))
    return Counted(until, counted.until, counted.size - gone)


def _size(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.sum(_table().c.size)).where(condition)).scalar() or 0)


def _last_before(connection: sa.Connection, oldest: str, now: str) -> int:
    """Return the number of the last event that is too old, and so are all before it; 0 where none is.

    Clocks are wrong now and then: an event with an early time does not make those before it old, and one with a time
    that has not come yet does not keep them. Where many of these follow one another, what is behind them is looked at
    another time: this is done while others wait to write.
    """
    until = ahead = 0
    for sequence, at, _ in _from_the_first(connection):
        if at < oldest:
            until, ahead = sequence, 0
            continue
        ahead += 1
        if at <= now or ahead >= _SOME:
            break
    return until


def _from_the_first(connection: sa.Connection) -> Iterator[tuple[int, str, int]]:
    """Yield the numbers, times and sizes of events, from the first one on."""
    column, until = _table().c, 0
    statement = sa.select(column.sequence, column.at, column.size).order_by(column.sequence).limit(_SOME)
    while rows := connection.execute(statement.where(column.sequence > until)).all():
        yield from (tuple(row) for row in rows)
        until = rows[-1].sequence


def _table() -> sa.Table:
    return standard_model().table("HubEvent")


class _Statements:
    """The statements that are asked again and again, which take longer to make than to run."""

    def __init__(self) -> None:
        table, about, user = _table(), standard_model().table("ServerInformation"), standard_model().table("User")
        column = table.c
        sequences: sa.BindParameter[Any] = sa.bindparam("sequences", expanding=True)
        columns = [column[name] for name in ("sequence", "at", "topic", "user_id", "form", "size", "content")]
        found = table.outerjoin(user, user.c.id == column.user_id)
        self.last = sa.select(sa.func.max(column.sequence))
        self.trimmed = sa.select(about.c.value).where(about.c.key == sa.bindparam("key"))
        self.all: sa.Select[Any] = sa.select(*columns, user.c.first_name, user.c.last_name).select_from(found)
        self.these = self.all.where(column.sequence.in_(sequences))
        self.sizes = sa.select(column.sequence, column.size).where(column.sequence.in_(sequences))


@cache
def _statements() -> _Statements:
    return _Statements()


@lru_cache(maxsize=256)
def _since(topics: frozenset[str] | None, *, as_json: bool) -> sa.Executable:
    column = _table().c
    wanted = (
        sa.func.substr(column.topic, 1, len(topic) - 1) == topic[:-1] if topic.endswith("*") else column.topic == topic
        for topic in sorted(topics or ())
    )
    these = [column.sequence > sa.bindparam("after"), column.sequence <= sa.bindparam("until")]
    if topics is not None:
        these.append(sa.or_(*wanted))
    # How far it goes is found out without looking at contents, which may be large.
    first = sa.select(column.sequence, column.size).where(*these).order_by(column.sequence)
    first = first.limit(sa.bindparam("most")).subquery()
    before = sa.func.sum(first.c.size).over(order_by=first.c.sequence) - first.c.size
    counted = sa.select(first.c.sequence, before.label("before")).subquery()
    end = (
        sa.select(sa.func.max(counted.c.sequence))
        .where(counted.c.before < sa.bindparam("bytes", type_=sa.BigInteger()))
        .scalar_subquery()
    )
    found = _statements().all.where(*these, column.sequence <= end).order_by(column.sequence)
    # SQLite lets other threads go on at each row, and waits for its turn again. As JSON it is one row.
    return sa.select(sa.func.json_group_array(sa.func.json_array(*found.subquery().c))) if as_json else found
