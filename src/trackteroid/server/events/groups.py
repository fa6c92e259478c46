"""Groups: consumers that share the events among them, and where they have left off.

Whatever is before the position of a group was looked at; the events that are not done have a row each, with who has
them and until when. What a consumer takes is theirs until then, and anybody's afterwards. An event waits for the
earlier ones about the same entities, so that two consumers never do them in the wrong order.

All that is one statement for each step, however many events there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import sqlalchemy as sa

from trackteroid.server.core import clock
from trackteroid.server.events.reading import Found, Viewer, Wanted, again, read, short_enough
from trackteroid.server.model import standard_model
from trackteroid.values import frozen

#: How many events that are not done a group may have before no further ones are looked at.
WINDOW: Final = 1_000


@frozen
class Group:
    """A group.

    Attributes:
        user_id: Whose it is.
        at_most_once: Events are done when they are taken.
        position: The number up to which the log was looked at.
    """

    name: str
    user_id: str
    expression: str
    subscriber: str
    at_most_once: bool
    position: int
    created_at: str

    @property
    def wanted(self) -> Wanted:
        """The events that it is about."""
        return Wanted(self.expression, orjson.loads(self.subscriber))


@frozen
class Taken:
    """An event that a consumer has taken, and for the how manieth time it was handed out."""

    found: Found
    delivery: int = 1


@frozen
class Taking:
    """What a consumer wants: who they are, how much, and for how long they have it."""

    consumer: str
    most: int
    lease_seconds: float


@frozen
class _Row:
    """An event that is not done."""

    sequence: int
    consumer: str | None
    until: str | None
    deliveries: int
    keys: Sequence[int]
    gap_from: int | None
    lease_seconds: float | None


def find(connection: sa.Connection, name: str, *, locked: bool = False) -> Group | None:
    """Return the group with a name; nobody else can take of it until the end of the transaction if it is locked."""
    table = _groups()
    statement = sa.select(*(table.c[each] for each in Group.__match_args__)).where(table.c.name == name)
    row = connection.execute(statement.with_for_update() if locked else statement).first()
    return None if row is None else Group(*row)


def add(connection: sa.Connection, group: Group) -> None:
    """Keep a new group."""
    connection.execute(sa.insert(_groups()).values({name: getattr(group, name) for name in Group.__match_args__}))


def move(connection: sa.Connection, name: str, position: int) -> None:
    """Let a group go on after another event, whatever was handed out."""
    _forget(connection, name)
    _set_position(connection, name, position)


def delete(connection: sa.Connection, name: str) -> None:
    """Forget a group."""
    _forget(connection, name)
    connection.execute(sa.delete(_groups()).where(_groups().c.name == name))


def take(connection: sa.Connection, viewer: Viewer, group: Group, taking: Taking) -> tuple[list[Taken], bool]:
    """Hand out events of a group that was locked; return them, and whether others are waiting for something."""
    if group.at_most_once:
        page = read(connection, viewer, group.wanted, group.position, taking.most)
        if page.position > group.position:
            _set_position(connection, group.name, page.position)
        return [Taken(found) for found in page.found], False
    choice, rows = _Choice(_now(), taking.most), _NotDone(connection, group.name)
    rows.begin_leases_again(choice.now)
    free = {row.sequence: row for row in rows.found if choice.takes(row)}
    chosen = {sequence: free[sequence] for sequence in short_enough(connection, list(free))}
    taken = [
        Taken(found, chosen[found.sequence].deliveries + 1)
        for found in again(connection, viewer, {each: row.gap_from for each, row in chosen.items()})
    ]
    room = WINDOW - len(rows.found) if len(chosen) == len(free) else 0
    fresh, position = choice.look_on(connection, viewer, group, room)
    until = clock.written(choice.now + timedelta(seconds=taking.lease_seconds))
    lease = {"consumer": taking.consumer, "until": until, "lease_seconds": taking.lease_seconds}
    rows.lease([each.found.sequence for each in taken], lease)
    rows.add(fresh, lease)
    if position > group.position:
        _set_position(connection, group.name, position)
    taken += [Taken(found) for found, is_taken in fresh if is_taken]
    return taken, len(rows.found) + len(fresh) > len(taken)


def settle(
    connection: sa.Connection, name: str, consumer: str, *, done: Sequence[int], give_back: Sequence[int]
) -> list[int]:
    """Let events be done, or be anybody's again; return those that somebody else has meanwhile.

    What was handed out to somebody else, who has given it back, is done, too: nobody has it now.
    """
    table = _deliveries()
    own = (table.c.group_name == name, table.c.consumer == consumer)
    if done:
        is_free = sa.and_(table.c.consumer.is_(None), table.c.deliveries > 0)
        theirs = (table.c.group_name == name, sa.or_(table.c.consumer == consumer, is_free))
        connection.execute(sa.delete(table).where(*theirs, table.c.sequence.in_(done)))
    if give_back:
        theirs = sa.update(table).where(*own, table.c.sequence.in_(give_back))
        connection.execute(theirs.values(consumer=None, until=None))
    late = sa.select(table.c.sequence).where(table.c.group_name == name, table.c.sequence.in_(done))
    return list(connection.execute(late.order_by(table.c.sequence)).scalars()) if done else []


def renew(connection: sa.Connection, name: str, consumer: str, sequences: Sequence[int], lease_seconds: float) -> None:
    """Let a consumer have events for longer, as far as nobody else has them meanwhile."""
    table = _deliveries()
    own = (table.c.group_name == name, table.c.consumer == consumer, table.c.sequence.in_(sequences))
    until = clock.written(_now() + timedelta(seconds=lease_seconds))
    connection.execute(sa.update(table).where(*own).values(until=until, lease_seconds=lease_seconds))


def every(connection: sa.Connection, user_id: str | None) -> list[Mapping[str, Any]]:
    """Return all groups, or those of one user, with how many events are taken and how many wait."""
    groups, rows, users = _groups(), _deliveries(), standard_model().table("User")
    is_taken = sa.and_(rows.c.consumer.is_not(None), rows.c.until >= clock.written(_now()))
    counts = (
        sa.func.coalesce(sa.func.sum(sa.case((is_taken, 1), else_=0)), 0).label("taken"),
        sa.func.count(rows.c.sequence).label("not_done"),
    )
    columns = [groups.c[name] for name in ("name", "expression", "at_most_once", "position", "created_at")]
    statement = (
        sa.select(*columns, users.c.username.label("user"), *counts)
        .select_from(groups.outerjoin(users, users.c.id == groups.c.user_id))
        .outerjoin(rows, rows.c.group_name == groups.c.name)
        .group_by(*columns, users.c.username)
        .order_by(groups.c.name)
    )
    if user_id is not None:
        statement = statement.where(groups.c.user_id == user_id)
    return [dict(row) for row in connection.execute(statement).mappings()]


class _Choice:
    """Chooses what can be handed out, of events in their order: nothing that has to wait for an earlier one."""

    def __init__(self, now: datetime, most: int) -> None:
        self.now = now
        self._now = clock.written(now)
        self._left = most
        self._busy: set[int] = set()

    def takes(self, event: _Row | Found) -> bool:
        """Return whether an event is handed out now. Others about the same have to wait for it, whether or not."""
        is_free = self._busy.isdisjoint(event.keys) and self._left > 0
        if isinstance(event, _Row) and event.consumer is not None and (event.until or "") >= self._now:
            is_free = False
        self._busy.update(event.keys)
        self._left -= is_free
        return is_free

    def look_on(
        self, connection: sa.Connection, viewer: Viewer, group: Group, room: int
    ) -> tuple[list[tuple[Found, bool]], int]:
        """Look at what is new until there is enough; return it, with whether it is handed out, and how far it went."""
        found: list[tuple[Found, bool]] = []
        position = group.position
        while self._left > 0 and len(found) < room:
            # Where much has to wait, more and more is looked at in one go.
            count = min(room - len(found), max(self._left, len(found)))
            page = read(connection, viewer, group.wanted, position, count)
            found.extend((each, self.takes(each)) for each in page.found)
            position = page.position
            if len(page.found) < count:
                break
        return found, position


class _NotDone:
    """The events of one group that are not done, in the database.

    Attributes:
        found: Those that were there, in order.
    """

    def __init__(self, connection: sa.Connection, group: str) -> None:
        self._connection, self._group, self._table = connection, group, _deliveries()
        self._is_own = self._table.c.group_name == group
        columns = [self._table.c[each] for each in _Row.__match_args__]
        rows = connection.execute(sa.select(*columns).where(self._is_own).order_by(self._table.c.sequence)).mappings()
        self.found = [_Row(**{**row, "keys": orjson.loads(row["keys"])}) for row in rows]

    def begin_leases_again(self, now: datetime) -> None:
        """Let leases that end later than they can have been given for begin now: the clock has gone back since."""
        for row in self.found:
            if row.until is None or row.lease_seconds is None:
                continue
            until = now + timedelta(seconds=row.lease_seconds)
            if row.until > clock.written(until + clock.SKEW):
                this = sa.update(self._table).where(self._is_own, self._table.c.sequence == row.sequence)
                self._connection.execute(this.values(until=clock.written(until)))

    def lease(self, sequences: Sequence[int], lease: Mapping[str, Any]) -> None:
        """Give events to a consumer that were looked at before."""
        if sequences:
            these = sa.update(self._table).where(self._is_own, self._table.c.sequence.in_(sequences))
            self._connection.execute(these.values(**lease, deliveries=self._table.c.deliveries + 1))

    def add(self, found: Iterable[tuple[Found, bool]], lease: Mapping[str, Any]) -> None:
        """Keep events that were looked at for the first time, some of which are handed out."""
        rows = [
            {
                "group_name": self._group,
                "sequence": each.sequence,
                **(lease if is_taken else dict.fromkeys(lease)),
                "deliveries": int(is_taken),
                "keys": orjson.dumps(each.keys).decode(),
                "gap_from": each.gap_from,
            }
            for each, is_taken in found
        ]
        if rows:
            self._connection.execute(sa.insert(self._table), rows)


def _forget(connection: sa.Connection, name: str) -> None:
    connection.execute(sa.delete(_deliveries()).where(_deliveries().c.group_name == name))


def _set_position(connection: sa.Connection, name: str, position: int) -> None:
    connection.execute(sa.update(_groups()).where(_groups().c.name == name).values(position=position))


def _now() -> datetime:
    return clock.now().replace(tzinfo=None)


def _groups() -> sa.Table:
    return standard_model().table("EventGroup")


def _deliveries() -> sa.Table:
    return standard_model().table("EventDelivery")
