"""Aliases of tables, made once for all statements: the one place where the rows of a table come into a statement.

Making an alias copies every column of its table, which used to be most of the work of building a statement. Statements
do not mind sharing one, as long as no statement uses it at two places.

Of somebody who may not see everything, what stands here for a table are the rows of it that they may see. So there is
no path on which others could be met.
"""

from __future__ import annotations

from collections import defaultdict
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from trackteroid.server.auth.policy import Policy, policy_of
from trackteroid.server.auth.reading import visible
from trackteroid.server.compiler.views import VIEWS
from trackteroid.server.core.failures import LimitError
from trackteroid.server.core.request import Request
from trackteroid.server.model import EntityType, Model

_Pool = dict[str, list[sa.FromClause]]
_POOLS: WeakKeyDictionary[Model, dict[Policy | None, _Pool]] = WeakKeyDictionary()

#: How many places a statement may have where rows come in. Building more takes seconds, and databases cannot hold it.
_MOST_PLACES = 1000

#: How many aliases of one table are kept. Those of the few statements with more are made anew.
_MOST_KEPT = 16

#: For how many policies aliases are kept; there is one for each user, and a new one when their roles change.
_MOST_POOLS = 200


class Aliases:
    """Hands out the aliases for one statement, all of its subqueries included.

    Args:
        model: The model all types belong to.
        policy: What whoever asks may see; None for everything.
    """

    def __init__(self, model: Model, policy: Policy | None = None) -> None:
        self.model = model
        self.policy = policy
        self._pools = _POOLS.setdefault(model, {})
        if len(self._pools) > _MOST_POOLS:
            self._pools.clear()
        self._used: defaultdict[tuple[bool, str], int] = defaultdict(int)
        self._places = 0

    def relation(self, entity_type: EntityType, *, is_seen: bool = False) -> sa.FromClause:
        """Return an alias of the table, or the made-up rows, of `entity_type` that is nowhere else in the statement.

        Args:
            entity_type: The type.
            is_seen: Only rows are met here of which it is known that they may be seen, by others that lead to them.

        Raises:
            LimitError: The statement has too many places already.
        """
        policy = None if is_seen else self.policy
        key = entity_type.name if entity_type.view else entity_type.table
        place = self._used[policy is None, key]
        self._used[policy is None, key] += 1
        self._places += 1
        if self._places > _MOST_PLACES:
            raise LimitError(
                f"The query has more than {_MOST_PLACES} references and collections to follow. Split it into several, "
                'or ask for many values with one "in".'
            )
        if place >= _MOST_KEPT:
            return _alias(self.model, entity_type, policy)
        pool = self._pools.setdefault(policy, {}).setdefault(key, [])
        # Another thread may add one in the meantime; an alias too many does no harm.
        while len(pool) <= place:
            pool.append(_alias(self.model, entity_type, policy))
        return pool[place]

    def named(self, name: str) -> sa.FromClause:
        """As `relation`, for the entity type called `name`."""
        return self.relation(self.model.type(name))


def aliases_for(request: Request) -> Aliases:
    """Return the aliases for one statement of a request: of the rows that its caller may see."""
    return Aliases(request.model, policy_of(request))


def _alias(model: Model, entity_type: EntityType, policy: Policy | None) -> sa.FromClause:
    rows = VIEWS[entity_type.view](model, entity_type).subquery() if entity_type.view else model.table(entity_type)
    condition = True if policy is None else visible(policy, model, entity_type, rows)
    if condition is True:
        return rows.alias()
    return sa.select(rows).where(condition if condition is not False else sa.false()).subquery()
