"""Aliases of tables, made once for all statements.

Making an alias copies every column of its table, which used to be most of the work of building a statement. Statements
do not mind sharing one, as long as no statement uses it at two places.
"""

from __future__ import annotations

from collections import defaultdict
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from ..model import EntityType, Model
from .views import VIEWS

_Pool = dict[str, list[sa.FromClause]]
_POOLS: WeakKeyDictionary[Model, _Pool] = WeakKeyDictionary()


class Aliases:
    """Hands out the aliases for one statement, all of its subqueries included."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._pool: _Pool = _POOLS.setdefault(model, {})
        self._used: defaultdict[str, int] = defaultdict(int)

    def relation(self, entity_type: EntityType) -> sa.FromClause:
        """An alias of the table, or of the made-up rows, of `entity_type`, that is nowhere else in the statement."""
        key = entity_type.name if entity_type.view else entity_type.table
        place = self._used[key]
        self._used[key] += 1
        pool = self._pool.setdefault(key, [])
        # Another thread may add one in the meantime; an alias too many does no harm.
        while len(pool) <= place:
            pool.append(_alias(self._model, entity_type))
        return pool[place]

    def named(self, name: str) -> sa.FromClause:
        """As `relation`, for the entity type called `name`."""
        return self.relation(self._model.type(name))


def _alias(model: Model, entity_type: EntityType) -> sa.FromClause:
    if entity_type.view:
        return VIEWS[entity_type.view](model, entity_type).subquery().alias()
    return model.table(entity_type).alias()
