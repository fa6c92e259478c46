"""What a batch has changed, as it is kept in the log: facts, of which `ftrack.update` is made when somebody wants it.

Besides the changed values these are what cannot be found out later, when rows have moved on or are gone: where each row
was, from itself up to the project, and by which permissions it may be seen. Both are looked up together for all rows of
a batch, one query for each level and table.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, Final

import orjson
import sqlalchemy as sa

from trackteroid.server.auth.policy import Place, families_of, place_of
from trackteroid.server.core.changes import Change, Row
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, chunks, unit_of_work
from trackteroid.server.events import log
from trackteroid.server.events.messages import UPDATE
from trackteroid.server.model import EntityType, Model
from trackteroid.values import frozen

#: What the server writes down of its own accord, and what only those see who take part in it.
_SILENT: Final = frozenset({"Event", "Feed", "StatusChange", "Conversation", "Message", "Participant"})
VALUE: Final = "CustomAttributeValue"
_CONFIGURATION: Final = "CustomAttributeConfiguration"
#: A project that nobody knows: what should lead to one leads nowhere.
NOWHERE: Final = ""

#: A kind of things, whose it is, and the project that it is in: None for none.
Reach = tuple[str, str | None, str | None]


def record(request: Request, headers: Mapping[str, str]) -> int | None:
    """Write what a batch has changed to the log, if it has, in its own transaction.

    Args:
        request: The batch, complete and checked.
        headers: Those of the call; a client may name itself and the call.

    Returns:
        The number of the event, if there is one.
    """
    uow = unit_of_work(request)
    told = [change for change in request.changes if _is_told(change.row.type)]
    changes = _Recorder(uow, told).facts() if told else None
    if not changes or not changes["changes"]:
        return None
    facts = {
        "id": uuid.uuid4().hex,
        "username": request.actor.username,
        "clientToken": headers.get("ftrack-clienttoken"),
        "pushToken": headers.get("ftrack-pushtoken"),
        **changes,
    }
    content = orjson.dumps(facts, option=orjson.OPT_NON_STR_KEYS)
    return log.append(request.connection, [log.Entry(UPDATE, request.actor.id, "changes", content)], request.now)


@lru_cache(maxsize=1024)
def _is_told(entity_type: EntityType) -> bool:
    return entity_type.served and entity_type.root.name not in _SILENT and place_of(entity_type) is not None


@frozen
class _Lead:
    """A key that leads to another row, and the families that it may lead to; none if it is the id of a project."""

    key: str
    families: tuple[EntityType, ...]


@dataclass(frozen=True)
class _Plan:
    """How rows of one type are described.

    Attributes:
        place: Where they belong.
        parents: The keys to their parent; the first that has a value counts.
        towards: The keys towards their project; likewise.
        sees: The keys to other rows that must be seen.
        told: The columns that are told.
    """

    place: Place
    parents: tuple[_Lead, ...]
    towards: tuple[_Lead, ...]
    sees: tuple[_Lead, ...]
    told: frozenset[str]

    @classmethod
    @lru_cache(maxsize=1024)
    def of(cls, model: Model, entity_type: EntityType) -> _Plan:
        """Return how rows of a type are described."""
        place, contexts = place_of(entity_type) or Place(), model.type("Context")

        def lead(key: str) -> _Lead:
            families = () if key == place.home else families_of(model, entity_type, key)
            return _Lead(key, tuple(families))

        towards = tuple(lead(key) for key in place.keys)
        if entity_type.root is contexts:
            parents: tuple[_Lead, ...] = (_Lead("parent_id", (contexts,)),)
        else:
            # What hangs on a project itself has it for its parent.
            parents = tuple(each if each.families else _Lead(each.key, (contexts,)) for each in towards)
        told = frozenset(name for name, attribute in entity_type.stored().items() if not attribute.hidden)
        return cls(place, parents, towards, tuple(lead(key) for key in place.sees), told)

    @cached_property
    def leads(self) -> tuple[_Lead, ...]:
        """All keys to other rows that matter."""
        return tuple(lead for lead in {*self.parents, *self.towards, *self.sees} if lead.families)


class _Recorder:
    """Describes the changes of one batch."""

    def __init__(self, uow: UnitOfWork, changes: Sequence[Change]) -> None:
        self._uow = uow
        self._changes = changes
        self._plans: dict[str, _Plan] = {}
        self._rows = {(change.row.type.table, change.row.key): change.row for change in changes}
        self._nodes: list[list[Any]] = []
        self._node_of: dict[tuple[str, Any], int] = {}
        self._reaches: dict[tuple[Reach, ...], int] = {}
        self._reach_of: dict[tuple[str, Any], tuple[Reach, ...]] = {}
        self._projects: dict[tuple[str, Any], str | None] = {}

    def facts(self) -> dict[str, Any]:
        self._load([change.row for change in self._changes])
        configurations = {change.row.key[0] for change in self._changes if change.row.type.name == VALUE}
        found = self._uow.find_all(_CONFIGURATION, [(each,) for each in configurations]) if configurations else {}
        keys = {configuration: row.values["key"] for (configuration,), row in found.items()}
        told = [self._told(change, keys) for change in self._changes]
        return {
            "changes": [each for each in told if each is not None],
            "nodes": self._nodes,
            "reaches": list(self._reaches),
        }

    def _told(self, change: Change, configurations: Mapping[Any, str]) -> list[Any] | None:
        """Return a change as it is kept: its kind, node, reach, old and new values, and the name of an attribute."""
        row, told = change.row, self._plan(change.row.type).told
        old = {name: value for name, value in change.old.items() if name in told and value is not None}
        new = {name: value for name, value in change.new.items() if name in told and value is not None}
        if not old and not new:
            return None
        reach = self._reach(row)
        index = self._reaches.setdefault(reach, len(self._reaches))
        if row.type.name != VALUE:
            return [change.kind, self._node(row), index, old, new]
        name = configurations.get(row.key[0])
        owner = self._row_at(row, self._plan(row.type).parents)
        if name is None or owner is None:
            return None
        return [change.kind, self._node(owner), index, old, new, name]

    def _load(self, rows: Iterable[Row]) -> None:
        """Get all rows that lead from these to projects, level by level; contexts come with all that is above them."""
        frontier = list(rows)
        while frontier:
            wanted: dict[EntityType, set[Any]] = {}
            for row in frontier:
                for lead in self._plan(row.type).leads:
                    value = row.values[lead.key]
                    for family in lead.families if value is not None else ():
                        if (family.table, (value,)) not in self._rows:
                            wanted.setdefault(family, set()).add(value)
            frontier = [row for family, ids in wanted.items() for row in self._find(family, ids)]

    def _find(self, family: EntityType, ids: Iterable[Any]) -> Iterator[Row]:
        """Yield the rows that were not known, with the columns that lead on; known ones are perhaps newer."""
        statement, types = _leading_on(self._uow.model, family), self._uow.model.types
        for chunk in chunks(ids):
            for found in self._uow.execute(statement, {"ids": chunk}):
                kind, row_id, *values = tuple(found)
                place = (family.table, (row_id,))
                if place not in self._rows:
                    row = Row(types.get(kind, family), (row_id,), dict(zip(_leading(family), values, strict=True)))
                    self._rows[place] = row
                    yield row

    def _node(self, row: Row) -> int:
        """Return the place of a row among the nodes, which its parents have come to before it."""
        place = (row.type.table, row.key)
        known = self._node_of.get(place)
        if known is not None:
            return known
        self._node_of[place] = -1  # whatever is above itself ends there
        parent = self._row_at(row, self._plan(row.type).parents)
        above = -1 if parent is None else self._node(parent)
        self._nodes.append([row.type.name, ",".join(map(str, row.key)), above])
        self._node_of[place] = len(self._nodes) - 1
        return self._node_of[place]

    def _reach(self, row: Row) -> tuple[Reach, ...]:
        """Return what must be permitted for a row to be seen, all of it."""
        place = (row.type.table, row.key)
        if place not in self._reach_of:
            self._reach_of[place] = ()  # likewise
            plan = self._plan(row.type)
            seen = [lead for lead in plan.sees if row.values[lead.key] is not None] if plan.sees else ()
            if plan.place.part_of:
                found = self._reach_at(row, plan.towards)
            else:
                owner = row.values[plan.place.owner] if plan.place.owner else None
                found = ((plan.place.kind, owner, self._project(row)),)
            if seen:
                parts = [found, *(self._reach_at(row, (lead,)) for lead in seen)]
                found = tuple(dict.fromkeys(each for part in parts for each in part))
            self._reach_of[place] = found
        return self._reach_of[place]

    def _reach_at(self, row: Row, leads: tuple[_Lead, ...]) -> tuple[Reach, ...]:
        found = self._row_at(row, leads)
        return (("", None, NOWHERE),) if found is None else self._reach(found)

    def _project(self, row: Row) -> str | None:
        """Return the project that a row is in; None if it is in none."""
        place = (row.type.table, row.key)
        if place not in self._projects:
            self._projects[place] = NOWHERE  # likewise
            plan = self._plan(row.type)
            if all(row.values[name] is None for name in plan.place.keys):
                self._projects[place] = None
            elif plan.place.home:
                self._projects[place] = row.values[plan.place.home] or NOWHERE
            else:
                above = self._row_at(row, plan.towards)
                self._projects[place] = NOWHERE if above is None else self._project(above) or NOWHERE
        return self._projects[place]

    def _row_at(self, row: Row, leads: tuple[_Lead, ...]) -> Row | None:
        """Return the row that the first key leads to which has a value."""
        for lead in leads:
            value = row.values[lead.key]
            if value is not None:
                for family in lead.families:
                    found = self._rows.get((family.table, (value,)))
                    if found is not None:
                        return found
                return None
        return None

    def _plan(self, entity_type: EntityType) -> _Plan:
        plan = self._plans.get(entity_type.name)
        if plan is None:
            plan = self._plans[entity_type.name] = _Plan.of(self._uow.model, entity_type)
        return plan


@cache
def _leading(family: EntityType) -> tuple[str, ...]:
    """Return the columns of a family that say where its rows are, and whose."""
    place = place_of(family) or Place()
    contexts = ("parent_id",) if family.name == "Context" else ()
    return tuple(dict.fromkeys(filter(None, (*contexts, *place.keys, place.home, *place.sees, place.owner))))


@lru_cache(maxsize=64)
def _leading_on(model: Model, family: EntityType) -> sa.Executable:
    """Return the kind and the id of rows, and the columns that lead on from them."""
    table = model.table(family)
    ids: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
    kind = table.c[family.discriminator] if family.discriminator else sa.null()
    leading = sa.select(kind, table.c.id, *(table.c[name] for name in _leading(family)))
    found = leading.where(table.c.id.in_(ids))
    if family.name != "Context":
        return found
    # As alternatives of one condition, PostgreSQL would look for both among all contexts. A transaction that has read
    # all of them is in the way of every other one that changes any.
    above = model.table("ContextAncestor")
    return found.union_all(
        leading.where(table.c.id.in_(sa.select(above.c.ancestor_id).where(above.c.context_id.in_(ids))))
    )
