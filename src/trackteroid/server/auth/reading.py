"""What somebody may see, as one condition of SQL for each table, made from `PLACES`.

Conditions are true, false or SQL. Where a user may see all of a kind there is nothing to ask the database; otherwise a
row is looked at beside those that it belongs to, by their primary keys. They are joined, not nested: SQLite gives up on
deep statements, and that depth is for what people ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.policy import Held, Place, Policy, families_of, is_project, place_of
from trackteroid.server.model import EntityType, Model

Condition = sa.ColumnElement[bool] | bool

#: How far up a component may be in containers before that of a version.
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class _Way:
    """A way from a row to its project: tables to join with what joins them, what holds on it, and where it ends."""

    joins: tuple[tuple[sa.FromClause, sa.ColumnElement[bool]], ...]
    conditions: tuple[sa.ColumnElement[bool], ...]
    project: sa.ColumnElement[Any]


def visible(policy: Policy, model: Model, entity_type: EntityType, rows: sa.FromClause) -> Condition:
    """Return whether a user may see one of `rows`, which are of `entity_type`."""
    return _Reading(policy, model).visible(entity_type, rows)


def leads_to_seen(policy: Policy, model: Model, holder: EntityType, key: str) -> bool:
    """Return whether a row is seen because a row of `holder` is whose `key` leads to it: nobody need ask again."""
    place = place_of(holder)
    if place is None or place.part_of == key or key in place.sees:
        return place is not None
    if place.on[:1] != (key,) or place.owner:
        return False
    return all(
        other is not None
        and not (other.owner or other.part_of or other.sees)
        and policy.held(other.kind, "read") == policy.held(place.kind, "read")
        for other in map(place_of, families_of(model, holder, key))
    )


def comes_from_seen(holder: EntityType, key: str | None) -> bool:
    """Return whether rows of `holder` are seen because what their `key` leads to is: they are but a part of it."""
    place = place_of(holder)
    return place is not None and place.part_of == key and not place.sees


class _Reading:
    def __init__(self, policy: Policy, model: Model) -> None:
        self.policy = policy
        self.model = model

    def visible(self, entity_type: EntityType, rows: sa.FromClause) -> Condition:
        """Return whether one of `rows` is visible, by what it is or is part of, and by what it refers to."""
        place = place_of(entity_type)
        if place is None:
            return True
        if place.part_of:
            conditions = [self._refers(entity_type, rows, place.part_of)]
        else:
            conditions = [self._permitted(entity_type, rows, place)]
        for name in place.sees:
            seen = self._refers(entity_type, rows, name)
            conditions.append(_any([_is_empty(rows.c[name]), seen]))
        return _all(conditions)

    def _refers(self, entity_type: EntityType, rows: sa.FromClause, name: str) -> Condition:
        """Return whether the key `name` leads to a row that is visible."""
        families = families_of(self.model, entity_type, name)
        found = [(family, table := self._table(family), self.visible(family, table)) for family in families]
        if all(condition is True for _, _, condition in found):
            return True
        return _any(_exists(table, rows, name, condition) for _, table, condition in found)

    def _permitted(self, entity_type: EntityType, rows: sa.FromClause, place: Place) -> Condition:
        """Return whether the permission to read a kind reaches a row, or the one to read what is one's own."""
        others = self.policy.held(place.kind, "read")
        if not place.owner or (own := self.policy.own(place.kind, "read")) == others:
            return self._reached(entity_type, rows, place, others)
        owner = rows.c[place.owner]
        of_mine, of_others = (self._reached(entity_type, rows, place, held) for held in (own, others))
        if of_mine is True and of_others is True:
            return True
        return _any(
            [
                _all([owner == self.policy.user_id, of_mine]),
                _all([owner.is_distinct_from(self.policy.user_id), of_others]),
            ]
        )

    def _reached(self, entity_type: EntityType, rows: sa.FromClause, place: Place, held: Held | None) -> Condition:
        if held is None:
            return False
        if not place.on or (held.everywhere and self.policy.closed <= held.projects):
            return True
        return self._on(entity_type, rows, place.on, held)

    def _on(self, entity_type: EntityType, rows: sa.FromClause, keys: tuple[str, ...], held: Held) -> Condition:
        """Return whether the first of `keys` with a value leads to where a permission is held, or none has one."""
        found = [
            _all([*way.conditions, self._holds(way.project, held)])
            if not way.joins
            else self._exists_way(rows, way, held)
            for way in self._ways(entity_type, rows, keys, _DEEPEST)
        ]
        return _any([*found, _all([_is_empty(rows.c[name]) for name in keys])])

    def _exists_way(self, rows: sa.FromClause, way: _Way, held: Held) -> Condition:
        (table, first), *rest = way.joins
        clause = table
        for above, matches in rest:
            clause = clause.join(above, matches)
        found = sa.select(table.c.id).select_from(clause).where(first, *way.conditions)
        holds = self._holds(way.project, held)
        if not isinstance(holds, bool):
            found = found.where(holds)
        return found.correlate(rows).exists()

    def _ways(self, entity_type: EntityType, rows: sa.FromClause, keys: tuple[str, ...], depth: int) -> Iterator[_Way]:
        """Yield every way from a row to its project."""
        empty: tuple[sa.ColumnElement[bool], ...] = ()
        for name in keys:
            column = rows.c[name]
            if is_project(self.model, entity_type, name):
                yield _Way((), empty, column)
                continue
            for family in families_of(self.model, entity_type, name):
                place, again = place_of(family), family.root is entity_type.root
                if place is not None and (depth or not again):
                    above = self._table(family)
                    for way in self._ways(family, above, place.towards, depth - 1 if again else _DEEPEST):
                        joins = ((above, above.c.id == column), *way.joins)
                        yield _Way(joins, (*empty, *way.conditions), way.project)
            empty = (*empty, _is_empty(column))

    def _holds(self, project: sa.ColumnElement[Any], held: Held) -> Condition:
        if held.everywhere:
            closed = sorted(self.policy.closed - held.projects)
            return project.not_in(closed) if closed else True
        return project.in_(sorted(held.projects))

    def _table(self, entity_type: EntityType) -> sa.FromClause:
        return self.model.table(entity_type).alias()


def _exists(table: sa.FromClause, rows: sa.FromClause, name: str, condition: Condition) -> Condition:
    if condition is False:
        return False
    found = sa.select(table.c.id).select_from(table).where(table.c.id == rows.c[name])
    if not isinstance(condition, bool):
        found = found.where(condition)
    return found.correlate(rows).exists()


def _is_empty(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return column.is_(None)


def _all(conditions: Iterable[Condition]) -> Condition:
    given = list(conditions)
    if any(condition is False for condition in given):
        return False
    asked = [condition for condition in given if not isinstance(condition, bool)]
    return sa.and_(*asked) if asked else True


def _any(conditions: Iterable[Condition]) -> Condition:
    given = list(conditions)
    if any(condition is True for condition in given):
        return True
    asked = [condition for condition in given if not isinstance(condition, bool)]
    return sa.or_(*asked) if asked else False
