"""What became of values and of members, from what is kept of rows.

Everything is undone from the newest to the oldest, so that it is known what each value became.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

import orjson
import sqlalchemy as sa

from trackteroid.server.core.among import among
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import to_wire
from trackteroid.server.history.entries import (
    Entry,
    Key,
    Values,
    changes_in,
    creations_in,
    entries_of,
    key_text,
    key_values,
    values_of,
)
from trackteroid.server.model import EntityType, Scalar, standard_model
from trackteroid.server.model.column_types import JsonText
from trackteroid.server.model.tables import CREATE, DELETE
from trackteroid.values import frozen

#: A change as it is told, and its place in the order of all.
Traced: TypeAlias = "tuple[tuple[int, int], dict[str, Any]]"


@frozen
class Value:
    """A value of an entity that is asked for.

    Attributes:
        name: What it is called.
        column: What kind of value it is.
        stored: The column that has it.
        target: What it is the id of, if it is one.
    """

    name: str
    column: Scalar
    stored: str
    target: EntityType | None = None


@frozen
class Part:
    """A value that has a row of its own in another table.

    Attributes:
        value: The value.
        rows: What the rows are.
        owner: The column with the id of the entity.
        rest: The rest of the key of a row, by column.
    """

    value: Value
    rows: EntityType
    owner: str
    rest: tuple[tuple[str, str], ...]


@frozen
class Members:
    """Entities that are the members of another one by rows that link them.

    Attributes:
        name: What they are called.
        links: What the rows are, which have an id.
        owner: The column with the id of the entity.
        member: The column with the id of a member.
        target: What members are.
    """

    name: str
    links: EntityType
    owner: str
    member: str
    target: EntityType


def trace_values(
    request: Request, entity_type: EntityType, ids: Sequence[str], asked: Sequence[Value], entries: Sequence[Entry]
) -> list[Traced]:
    """Return what became of values of entities, of which these entries are kept."""
    names = list(dict.fromkeys(each.stored for each in asked))
    rows = sa.table(entity_type.table, sa.column("id", sa.Text()), *map(sa.column, names))
    statement = sa.select(rows.c.id, *(rows.c[name] for name in names)).where(among(rows.c.id, ids))
    now = {row[0]: dict(zip(names, row[1:], strict=True)) for row in request.connection.execute(statement)}
    return list(_undone(request, entity_type, asked, entries, ({each: each for each in ids}, now)))


def trace_part(request: Request, ids: Sequence[str], part: Part) -> list[Traced]:
    """Return what became of a value with rows of its own: also that it was set for the first time, or is gone."""
    table, stored, rest = standard_model().metadata.tables[part.rows.table], part.value.stored, dict(part.rest)
    names = [column.name for column in table.primary_key]

    def text_of(entity_id: str) -> str:
        return key_text(request.connection, tuple(entity_id if name == part.owner else rest[name] for name in names))

    keys = {text_of(each): each for each in ids}
    rows = sa.table(table.name, *(sa.column(name, sa.Text()) for name in names), sa.column(stored))
    these = [rows.c[name] == value for name, value in part.rest]
    statement = sa.select(rows.c[part.owner], rows.c[stored]).where(among(rows.c[part.owner], ids), *these)
    now = {text_of(row[0]): {stored: row[1]} for row in request.connection.execute(statement)}
    made = creations_in(request, table.name, lambda key: key_text(request.connection, key) in keys)
    entries = sorted([*entries_of(request, table.name, list(keys)), *made], key=lambda entry: entry.place)
    return list(_undone(request, part.rows, [part.value], entries, (keys, now)))


def trace_members(request: Request, ids: Sequence[str], members: Members) -> list[Traced]:
    """Return who became a member, as a new value, and who ceased to be one, as an old one."""
    table, wanted, found = standard_model().metadata.tables[members.links.table], set(ids), list[Traced]()
    made = creations_in(request, table.name, lambda _: True)
    changed = changes_in(request, table.name)
    entries = sorted([*changed, *made], key=lambda entry: entry.place)
    # Who is a member of what now: of some entities, and of some links.
    rows = sa.table(table.name, *(sa.column(name, sa.Text()) for name in ("id", members.owner, members.member)))
    keys = [entry.key for entry in changed]
    is_wanted = sa.or_(among(rows.c[members.owner], ids), among(rows.c.id, keys))
    links = request.connection.execute(sa.select(*rows.c).where(is_wanted)).mappings()
    now: dict[Key, tuple[str, str]] = {(row["id"],): (row[members.owner], row[members.member]) for row in links}
    for entry in reversed(entries):
        key = key_values(table, entry.key)
        later, earlier = now.get(key), None
        if entry.kind != CREATE:
            old = values_of(entry.old)
            place = later or ("", "")
            earlier = (old.get(members.owner, place[0]), old.get(members.member, place[1]))
            now[key] = earlier
        elif later is not None:
            del now[key]
        if later != earlier:
            for owner, member, side in (*_side(later, "new"), *_side(earlier, "old")):
                if owner in wanted:
                    change = {"id": owner, "attribute": members.name, "old": None, "new": None, side: member}
                    found.append((entry.place, {**change, **entry.told()}))
    return found[::-1]


def _side(link: tuple[str, str] | None, side: str) -> Iterator[tuple[str, str, str]]:
    if link is not None:
        yield *link, side


def _undone(
    request: Request,
    entity_type: EntityType,
    asked: Sequence[Value],
    entries: Sequence[Entry],
    rows: tuple[Mapping[str, str], Mapping[str, Values]],
) -> Iterable[Traced]:
    """Return what became of values of rows: the ids of their entities, and what they are now, are known by key."""
    ids, now, found = rows[0], dict[str, "Values | None"](rows[1]), list[Traced]()
    readers = [(each, _reader(request, entity_type, each)) for each in reversed(asked)]
    for entry in reversed(entries):
        if entry.key not in ids:
            continue
        old, later = values_of(entry.old), now.get(entry.key)
        is_deletion = entry.kind == DELETE
        before: Values = dict.fromkeys(later or {}) if entry.kind == CREATE else old
        for each, read in readers if is_deletion or later is not None else ():
            was = before.get(each.stored)
            became = None if is_deletion or later is None else later.get(each.stored)
            if each.stored in before and not (
                was is None and (is_deletion or (entry.kind == CREATE and became is None))
            ):
                change = {"id": ids[entry.key], "attribute": each.name, "old": read(was), "new": read(became)}
                found.append((entry.place, {**change, **entry.told()}))
        now[entry.key] = None if entry.kind == CREATE else old if is_deletion else {**(later or {}), **old}
    return reversed(found)


def _reader(request: Request, entity_type: EntityType, asked: Value) -> Callable[[Any], Any]:
    """Return what makes the JSON form of a value as the database has it."""
    kind = request.model.table(entity_type).c[asked.stored].type

    def read(value: Any) -> Any:
        if value is not None and isinstance(kind, sa.Boolean):
            value = bool(value)
        elif value is not None and isinstance(kind, JsonText):
            value = orjson.loads(value)
        return to_wire(asked.column, value)

    return read


def in_order(parts: Iterable[Sequence[Traced]]) -> list[dict[str, Any]]:
    """Return the changes of several parts, oldest first."""
    return [change for _, change in sorted((each for part in parts for each in part), key=itemgetter(0))]
