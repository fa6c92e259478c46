"""What somebody may see, as one condition of SQL for each table, made from `PLACES`.

Conditions are true, false or SQL. Where a user may see all of a kind there is nothing to ask the database; otherwise a
row is looked at beside those that it belongs to, by their primary keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from ..model import EntityType, Model
from .policy import Held, Place, Policy, families_of, is_project, place_of

Condition = sa.ColumnElement[bool] | bool

#: How far up a component may be in containers before that of a version.
_DEEPEST = 2


def visible(policy: Policy, model: Model, entity_type: EntityType, rows: sa.FromClause) -> Condition:
    """Whether a user may see one of `rows`, which are of `entity_type`."""
    return _Reading(policy, model).visible(entity_type, rows)


class _Reading:
    def __init__(self, policy: Policy, model: Model) -> None:
        self.policy = policy
        self.model = model

    def visible(self, entity_type: EntityType, rows: sa.FromClause) -> Condition:
        """Whether one of `rows` is visible, by what it is or is part of, and by what it refers to."""
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
        """Whether the key `name` leads to a row that is visible."""
        families = families_of(self.model, entity_type, name)
        found = [(family, table := self._table(family), self.visible(family, table)) for family in families]
        if all(condition is True for _, _, condition in found):
            return True
        return _any(_exists(table, rows, name, condition) for _, table, condition in found)

    def _permitted(self, entity_type: EntityType, rows: sa.FromClause, place: Place) -> Condition:
        """Whether the permission to read a kind reaches a row, or the one to read what is one's own."""
        others = self.policy.held(place.kind, "read")
        if not place.owner or (own := self.policy.own(place.kind, "read")) == others:
            return self._reached(entity_type, rows, place, others)
        owner = rows.c[place.owner]
        return _any(
            [
                _all([owner == self.policy.user_id, self._reached(entity_type, rows, place, own)]),
                _all([owner.is_distinct_from(self.policy.user_id), self._reached(entity_type, rows, place, others)]),
            ]
        )

    def _reached(self, entity_type: EntityType, rows: sa.FromClause, place: Place, held: Held | None) -> Condition:
        if held is None:
            return False
        if not place.on or (held.everywhere and self.policy.closed <= held.projects):
            return True
        return self._on(entity_type, rows, place.on, held, _DEEPEST)

    def _on(
        self, entity_type: EntityType, rows: sa.FromClause, keys: tuple[str, ...], held: Held, depth: int
    ) -> Condition:
        """Whether the first of `keys` that has a value leads to a project where a permission is held, or none has."""
        empty: list[Condition] = []
        found: list[Condition] = []
        for name in keys:
            found.append(_all([*empty, self._leads(entity_type, rows, name, held, depth)]))
            empty.append(_is_empty(rows.c[name]))
        return _any([*found, _all(empty)])

    def _leads(self, entity_type: EntityType, rows: sa.FromClause, name: str, held: Held, depth: int) -> Condition:
        if is_project(self.model, entity_type, name):
            return self._holds(rows.c[name], held)
        found: list[Condition] = []
        for family in families_of(self.model, entity_type, name):
            again = family.root is entity_type.root
            place = place_of(family)
            if place is None or (again and not depth):
                continue
            table, keys = self._table(family), place.on or (place.part_of,)
            below = depth - 1 if again else _DEEPEST
            found.append(_exists(table, rows, name, self._on(family, table, keys, held, below)))
        return _any(found)

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
