"""What may occur only once does, when a batch is complete.

In between it may occur twice: two entities that swap their names need that. There is no index that waits that long on
both databases, so only primary keys are unique there. Others cannot get in between all the same: see `Database.run`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from trackteroid.server.core.changes import Change, Row
from trackteroid.server.core.failures import IntegrityError
from trackteroid.server.core.unit_of_work import UnitOfWork, chunks
from trackteroid.server.core.values import shown
from trackteroid.server.model import EntityType, Model, Unique
from trackteroid.spelling import is_claim

_Statements = dict[tuple[str, Unique], sa.Executable]
_STATEMENTS: WeakKeyDictionary[Model, _Statements] = WeakKeyDictionary()


def check_uniqueness(uow: UnitOfWork) -> None:
    """Refuse values that a batch has made occur twice. Those that did so before are left alone.

    Raises:
        IntegrityError: There is such an entity already; the message names it.
    """
    touched: dict[tuple[EntityType, Unique], dict[str, Row]] = {}
    for group in uow.changes.alike():
        for entity_type, unique in uow.model.uniques(group.type):
            if not group.columns.isdisjoint(unique.columns):
                rows = (change.row for change in group.changes if not unique.if_claimed or _claims(change))
                touched.setdefault((entity_type, unique), {}).update((row.key[0], row) for row in rows)
    for (entity_type, unique), rows in touched.items():
        statement = _statement(uow.model, entity_type, unique)
        for chunk in chunks(rows):
            found = {row.own: row.other for row in uow.execute(statement, {"ids": chunk})}
            for row_id in chunk:
                if row_id in found:
                    raise _refusal(uow, unique, rows, row_id, found[row_id])


def _claims(change: Change) -> bool:
    """Return whether a new row claims by its id what it is, so that there is to be no other of that kind."""
    return change.kind == "create" and is_claim(str(change.row.key[0]))


def _statement(model: Model, entity_type: EntityType, unique: Unique) -> sa.Executable:
    """Return pairs of rows with the same values, of which the first is among some."""
    statements = _STATEMENTS.setdefault(model, {})
    place = (entity_type.name, unique)
    if place not in statements:
        own, other = model.table(entity_type).alias(), model.table(entity_type).alias()
        same = [
            own.c[name].is_not_distinct_from(other.c[name])
            if name in unique.even_empty
            else own.c[name] == other.c[name]
            for name in unique.columns
        ]
        among = own.c.id.in_(sa.bindparam("ids", expanding=True))
        kind = model.condition_of(entity_type, other)
        statements[place] = (
            sa.select(own.c.id.label("own"), other.c.id.label("other"))
            .select_from(own.join(other, sa.and_(*same, own.c.id != other.c.id)))
            .where(among, *([] if kind is None else [kind]))
            .order_by(other.c.id.desc())
        )
    return statements[place]


def _refusal(uow: UnitOfWork, unique: Unique, rows: Mapping[str, Row], row_id: str, other_id: str) -> IntegrityError:
    """Of two that the batch has touched, the one that it touched first was there already."""
    order: Sequence[str] = list(rows)
    is_later = other_id in rows and order.index(other_id) > order.index(row_id)
    new_id, old_id = (other_id, row_id) if is_later else (row_id, other_id)
    new, old = rows[new_id], rows.get(old_id) or uow.find(rows[new_id].type.root, old_id) or rows[new_id]
    same = " and ".join(f"{name} {shown(value)}" for name, value in new.values.items() if name in unique.columns)
    return IntegrityError(f"There is a {old.type.name} with {same} already. It is {old.label}.")
