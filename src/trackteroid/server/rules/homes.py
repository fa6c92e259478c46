"""The project that a row is in, kept in the row itself where there are many of them: see `auth.policy`.

Whoever may see some projects asks for pages of components or for the number of versions, and nobody could look at what
each of them is on. A row that is made or moved learns its project from what it is on, and so does all that is on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.policy import homes_of, place_of
from trackteroid.server.auth.writing import find_home, home_at
from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import EntityType, Model
from trackteroid.server.rules.step import Step


def read_homes(steps: Sequence[Step]) -> None:
    """Look at once for what rows are on."""
    uow, place = steps[0].uow, place_of(steps[0].type)
    for name in place.keys if place is not None else ():
        keys = {(step.values[name],) for step in steps if isinstance(step.values.get(name), str)}
        for family in homes_of(uow.model, steps[0].type, name):
            keys -= uow.find_all(family, keys).keys()


def come_home(step: Step) -> None:
    """A row is in the project of what it is on, as far as that is there already, whatever project it is sent with."""
    values, old = step.values, step.old
    for name in _deciding(step.type):
        if name in values and values[name] != old.get(name):
            values[home_of(step.type)] = home_at(step.uow, step.type, step.value if old else values.get)
            return


@cache
def _deciding(entity_type: EntityType) -> tuple[str, ...]:
    """Return the columns that a row of a type cannot get other values for without its project being looked for."""
    place = place_of(entity_type)
    return () if place is None else (*place.keys, place.home)


def settle_homes(uow: UnitOfWork) -> None:
    """Let everything that a batch has made or moved, and all that is on it, be in its project."""
    moved: list[Row] = []
    touched: list[Row] = []
    for group in uow.changes.alike():
        place = place_of(group.type)
        if place is not None and place.home and not group.columns.isdisjoint((*place.keys, place.home)):
            rows = [change.row for change in group.changes]
            touched += rows if not group.is_new or _may_move(uow, group.type) else ()
            if not group.is_new and place.home in group.columns:
                moved += rows
    moved += _settle(uow, touched)
    while moved:
        on = [
            row
            for entity_type, name, tables in _followers(uow.model)
            if (ids := [row.key[0] for row in moved if row.type.table in tables])
            for row in uow.select(entity_type, name, ids)
        ]
        moved = _settle(uow, on)


def _may_move(uow: UnitOfWork, entity_type: EntityType) -> bool:
    """Return whether a batch has made or changed anything that rows of a type may be on."""
    above = {
        table for followers, _, tables in _followers(uow.model) if followers is entity_type.root for table in tables
    }
    return any(group.type.table in above for group in uow.changes.alike())


def homed(model: Model) -> Iterator[EntityType]:
    """Yield the families whose rows know a project that follows from what they are on, those above others first."""
    above = ("Asset", "AssetVersion", "Component", "ReviewSessionObject", "Note")
    return (model.type(name) for name in (*above, "ComponentLocation", "Metadata"))


def home_as_sql(model: Model, entity_type: EntityType, rows: sa.FromClause) -> sa.ColumnElement[Any]:
    """Return the project that `rows` of a family are in, as what they are on knows it."""

    def known(key: sa.ColumnElement[Any], family: EntityType) -> sa.ScalarSelect[Any]:
        above = model.table(family).alias()
        return sa.select(above.c[home_of(family)]).where(above.c.id == key).correlate(rows).scalar_subquery()

    place = place_of(entity_type)
    keys = [(rows.c[name], homes_of(model, entity_type, name)) for name in (place.keys if place is not None else ())]
    return sa.case(
        *(
            (key.is_not(None), sa.func.coalesce(*(known(key, each) for each in families), sa.null()))
            for key, families in keys
        )
    )


def fill(connection: sa.Connection, model: Model) -> None:
    """Let all rows of a database be in their project, if those of its contexts are right."""
    changed = 1
    while changed:
        changed = 0
        for entity_type in homed(model):
            table = model.table(entity_type)
            found = home_as_sql(model, entity_type, table)
            update = sa.update(table).where(table.c[home_of(entity_type)].is_distinct_from(found))
            changed += connection.execute(update.values({home_of(entity_type): found})).rowcount


def _settle(uow: UnitOfWork, rows: Sequence[Row]) -> list[Row]:
    """Put rows that follow others where those are; return those that were elsewhere."""
    moved: defaultdict[tuple[str, str | None], list[Row]] = defaultdict(list)
    for row in rows:
        place = place_of(row.type)
        if place is not None and place.is_derived and row.values[place.home] != (home := find_home(uow, row)):
            moved[row.type.table, home].append(row)
    for (_, home), found in moved.items():
        uow.write(found, {home_of(found[0].type): home})
    return [row for found in moved.values() for row in found]


@cache
def _followers(model: Model) -> tuple[tuple[EntityType, str, frozenset[str]], ...]:
    """Return the families that follow others, with their keys and the tables of those."""
    return tuple(
        (entity_type, name, frozenset(family.table for family in homes_of(model, entity_type, name)))
        for entity_type in homed(model)
        if (place := place_of(entity_type)) is not None
        for name in place.keys
    )


def home_of(entity_type: EntityType) -> str:
    """Return the column with the project that rows of a family are in."""
    place = place_of(entity_type)
    return "" if place is None else place.home
