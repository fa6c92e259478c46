"""What somebody may see, as one condition of SQL for each table, made from `PLACES`.

Conditions are true, false or SQL. Where a user may see all of a kind there is nothing to ask the database. Otherwise
rows tell their project, or what they are on does, which is found by its primary key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import sqlalchemy as sa

from trackteroid.server.auth.policy import Held, Place, Policy, families_of, homes_of, kind_beside, place_of
from trackteroid.server.core.among import among
from trackteroid.server.model import EntityType, Model
from trackteroid.values import frozen

Condition = sa.ColumnElement[bool] | bool


@frozen
class Manner:
    """How something is asked of rows, for what the database does not know by itself.

    Attributes:
        compared: Makes of a column with a project what is compared, so that no index of it is used, as the rows are
            read in the order of answers.
        shared: Makes of a condition one that many rows meet and many do not, so that an index is asked before the row.
        seldom: Makes of a condition what tells that few rows of a table of parts meet it, so that these are found by it
            unless something else leads to fewer.
        led_to: Makes of the key of a row and one that leads to it whether they are the same, where an index has all
            that is asked of the row.
    """

    compared: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[Any]] | None = None
    shared: Callable[[sa.ColumnElement[bool]], sa.ColumnElement[bool]] | None = None
    seldom: Callable[[sa.ColumnElement[bool]], sa.ColumnElement[bool]] | None = None
    led_to: Callable[[sa.ColumnElement[Any], sa.ColumnElement[Any]], sa.ColumnElement[bool]] | None = None


PLAINLY: Final = Manner()

#: It changes no answer, but a subquery with an offset is not read as a whole.
_FROM_FIRST = sa.literal_column("0", sa.Integer())


def visible(
    policy: Policy,
    model: Model,
    entity_type: EntityType,
    rows: sa.FromClause,
    manner: Manner = PLAINLY,
) -> Condition:
    """Return whether a user may see one of `rows`, which are of `entity_type`.

    Args:
        policy: What the user may do.
        model: The entity types.
        entity_type: What the rows are.
        rows: The rows.
        manner: How they are asked.
    """
    return _Reading(policy, model, manner).visible(entity_type, rows)


def leads_to_seen(policy: Policy, model: Model, holder: EntityType, key: str) -> bool:
    """Return whether a row is seen because a row of `holder` is whose `key` leads to it: nobody need ask again."""
    place = place_of(holder)
    if place is None or place.part_of == key or key in place.sees:
        return place is not None
    return not place.owner and _is_seen_alike(policy, model, holder, key)


def comes_from_seen(policy: Policy, model: Model, holder: EntityType, key: str) -> bool:
    """Return whether rows of `holder` are seen because what their `key` leads to is."""
    place = place_of(holder)
    if place is None or place.sees:
        return False
    return place.part_of == key or (not place.owner and _is_seen_alike(policy, model, holder, key))


def _is_seen_alike(policy: Policy, model: Model, holder: EntityType, key: str) -> bool:
    """Return whether rows of `holder` are seen where those are that their `key` leads to, and only there."""
    place = place_of(holder)
    return (
        place is not None
        and place.keys[:1] == (key,)
        and all(
            other is not None
            and not (other.owner or other.part_of or other.sees)
            and policy.held(other.kind, "read") == policy.held(place.kind, "read")
            for other in map(place_of, families_of(model, holder, key))
        )
    )


class _Reading:
    def __init__(self, policy: Policy, model: Model, manner: Manner) -> None:
        self.policy = policy
        self.model = model
        self._manner = manner

    def visible(self, entity_type: EntityType, rows: sa.FromClause) -> Condition:
        """Return whether one of `rows` is visible, by what it is or is part of, and by what it refers to."""
        place = place_of(entity_type)
        if place is None:
            return True
        if place.part_of:
            conditions = [self._is_part_of_seen(entity_type, rows, place)]
        else:
            conditions = [self._permitted(entity_type, rows, place)]
        for name in place.sees:
            seen = self._refers(entity_type, rows, name)
            conditions.append(_any([_is_empty(rows.c[name]), seen]))
        return _all(conditions)

    def _is_part_of_seen(self, entity_type: EntityType, rows: sa.FromClause, place: Place) -> Condition:
        """Return whether a row is part of a visible one: by the project that it knows, or else by looking that one up.

        The project is enough only where it does not matter of which kind the other row is.
        """
        asked = self._refers(entity_type, rows, place.part_of)
        wholes = map(place_of, homes_of(self.model, entity_type, place.part_of))
        held = {self.policy.held(whole.kind, "read") for whole in wholes if whole is not None}
        if isinstance(asked, bool) or not place.home or not self.policy.is_settled or len(held) != 1:
            return asked
        (where,) = held
        home = self._compared(rows.c[place.home])
        holds = False if where is None else self._holds(rows.c[place.home], where)
        is_known = home.is_not(None) if holds is True else holds
        seldom = self._manner.seldom
        return _any([_told(is_known, seldom), _all([_told(_is_empty(home), seldom), asked])])

    def _refers(self, entity_type: EntityType, rows: sa.FromClause, name: str) -> Condition:
        """Return whether the key `name` leads to a row that is visible."""
        families = families_of(self.model, entity_type, name)
        found = [(family, table := self._table(family), self.visible(family, table)) for family in families]
        if all(condition is True for _, _, condition in found):
            return True
        if self._manner.compared is None and self.policy.is_narrow and len(found) == 1:
            return _among_seen(*found[0][1:], rows.c[name])
        one_by_one = len(found) > 1
        leads = {
            family: _exists(
                table,
                rows,
                name,
                condition,
                led_to=self._manner.led_to if self._is_in_pages(family) else None,
                one_by_one=one_by_one,
            )
            for family, table, condition in found
        }
        kind = rows.c.get(kind_beside(name))
        anywhere = _any(leads.values())
        if len(leads) == 1 or kind is None or isinstance(anywhere, bool):
            return anywhere
        # Rows say of what type it is. Where they do, only one family needs to be looked at.
        named = (
            (among(kind, [each.name for each in self.model.subtypes(family)]), sa.false() if lead is False else lead)
            for family, lead in leads.items()
        )
        return sa.case(*named, else_=anywhere)

    def _is_in_pages(self, family: EntityType) -> bool:
        """Return whether the index of pages tells which rows of a family may be seen."""
        place, table = place_of(family), self.model.table(family)
        if place is None or not place.home or place.owner or place.part_of or place.sees:
            return False
        is_told = family.table in self.policy.placed or not place.is_derived
        return is_told and any(index.name == f"ix_{family.table}_pages" for index in table.indexes)

    def _permitted(self, entity_type: EntityType, rows: sa.FromClause, place: Place) -> Condition:
        """Return whether the permission to read a kind reaches a row, or the one to read what is one's own."""
        others = self.policy.held(place.kind, "read")
        if place.guests is not None:
            return self._invited(rows, place)
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

    def _invited(self, rows: sa.FromClause, place: Place) -> Condition:
        """Return whether a row is the user's own or names them as a guest; nobody sees those of others."""
        guests = None if place.guests is None else self._table(self.model.type(place.guests[0]))
        if guests is None or place.guests is None or self.policy.own(place.kind, "read") is None:
            return False
        of_row, of_user = (guests.c[name] for name in place.guests[1:])
        found = sa.select(of_row).where(of_row == rows.c.id, of_user == self.policy.user_id)
        return _any([rows.c[place.owner] == self.policy.user_id, found.correlate(rows).exists()])

    def _reached(self, entity_type: EntityType, rows: sa.FromClause, place: Place, held: Held | None) -> Condition:
        if held is None:
            return False
        if not place.keys or (held.everywhere and self.policy.closed <= held.projects):
            return True
        nowhere = _all(_is_empty(rows.c[name]) for name in place.keys)
        if not place.home:
            return _any([*(self._is_on(entity_type, rows, name, held) for name in place.on), nowhere])
        found = self._holds(rows.c[place.home], held)
        if entity_type.table not in self.policy.placed:
            # An index that has the project need not be left for the keys, of any but the few rows that are in none.
            found = _any([found, _all([_is_empty(self._compared(rows.c[place.home])), nowhere])])
        return _told(found, self._manner.shared)

    def _is_on(self, entity_type: EntityType, rows: sa.FromClause, name: str, held: Held) -> Condition:
        """Return whether the key `name` leads to a row in a project where a permission is held."""
        above = [
            (self._table(family), place)
            for family in families_of(self.model, entity_type, name)
            if (place := place_of(family)) is not None
        ]
        return _any(_exists(table, rows, name, self._holds(table.c[place.home], held)) for table, place in above)

    def _holds(self, project: sa.ColumnElement[Any], held: Held) -> Condition:
        project = self._compared(project)
        if held.everywhere:
            closed = sorted(self.policy.closed - held.projects)
            return sa.not_(among(project, closed)) if closed else True
        projects = sorted(held.projects)
        return project == projects[0] if len(projects) == 1 else among(project, projects)

    def _compared(self, project: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return project if self._manner.compared is None else self._manner.compared(project)

    def _table(self, entity_type: EntityType) -> sa.FromClause:
        return self.model.table(entity_type).alias()


def _exists(
    table: sa.FromClause,
    rows: sa.FromClause,
    name: str,
    condition: Condition,
    *,
    led_to: Callable[..., sa.ColumnElement[bool]] | None = None,
    one_by_one: bool = False,
) -> Condition:
    """Return whether the key `name` leads to a row of a table that meets a condition.

    Args:
        table: The table.
        rows: What has the key.
        name: Its name.
        condition: The condition.
        led_to: As of `Manner`.
        one_by_one: To be found for each row, and only for those that are looked at. Of several families, PostgreSQL
            would otherwise read each as a whole before the first page.
    """
    if condition is False:
        return False
    key = rows.c[name]
    found = sa.select(table.c.id).select_from(table)
    found = found.where(table.c.id == key if led_to is None else led_to(table.c.id, key))
    if not isinstance(condition, bool):
        found = found.where(condition)
    if one_by_one:
        found = found.offset(_FROM_FIRST)
    return found.correlate(rows).exists()


def _among_seen(table: sa.FromClause, condition: Condition, key: sa.ColumnElement[Any]) -> Condition:
    """Return whether a key leads to one of the few rows of a table that meet a condition."""
    if isinstance(condition, bool):
        return condition
    return key.in_(sa.select(table.c.id).select_from(table).where(condition))


def _told(condition: Condition, tell: Callable[[sa.ColumnElement[bool]], sa.ColumnElement[bool]] | None) -> Condition:
    return condition if isinstance(condition, bool) or tell is None else tell(condition)


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
