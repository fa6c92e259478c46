"""Aliases of tables, made once for all statements: the one place where the rows of a table come into a statement.

Making an alias copies every column of its table, which used to be most of the work of building a statement. Statements
do not mind sharing one, as long as no statement uses it at two places.

Of somebody who may not see everything, what stands here for a table are the rows of it that they may see. So there is
no path on which others could be met. Where a FROM clause begins, the condition is not around the rows but at the end of
the statement, where databases make the same of it as of one without.
"""

from __future__ import annotations

from collections import defaultdict
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from trackteroid.server.auth.policy import Policy, policy_of
from trackteroid.server.auth.reading import PLAINLY, Manner, visible
from trackteroid.server.compiler.dialects import led_to, seldom, shared, unindexed
from trackteroid.server.compiler.views import VIEWS
from trackteroid.server.core.failures import LimitError
from trackteroid.server.core.request import Request
from trackteroid.server.model import EntityType, Model

_Rows = tuple[sa.FromClause, sa.ColumnElement[bool] | None]
_Pool = dict[tuple[str, bool, bool], list[_Rows]]
_POOLS: WeakKeyDictionary[Model, dict[Policy | None, _Pool]] = WeakKeyDictionary()

_IN_ORDER, _OF_FEW = Manner(compared=unindexed, shared=shared, led_to=led_to), Manner(seldom=seldom)

#: How many places a statement may have where rows come in. Building more takes seconds, and databases cannot hold it.
_MOST_PLACES = 1000

#: How many conditions a statement may have. Building one takes up to a millisecond, which no limit of databases ends.
_MOST_CONDITIONS = 3000

#: How many aliases of one table are kept. Those of the few statements with more are made anew.
_MOST_KEPT = 16

#: For how many policies aliases are kept; there is one for each user, and a new one when their roles change.
_MOST_POOLS = 200


class Aliases:
    """Hands out the aliases for one statement, all of its subqueries included.

    Args:
        model: The model all types belong to.
        policy: What whoever asks may see; None for everything.
        by_project: A table of which all rows are wanted where a FROM clause begins, and not a page of them: those of
            some projects are best found by these, since none is in no project.
        is_settled: Everything knows the project that it is in, as between batches.

    Attributes:
        model: As given.
        policy: As given.
        is_settled: As given.
    """

    def __init__(
        self,
        model: Model,
        policy: Policy | None = None,
        *,
        by_project: str | None = None,
        is_settled: bool = True,
    ) -> None:
        self.model = model
        self.policy = policy
        self.is_settled = is_settled
        self._by_project = by_project
        self._pools = _POOLS.setdefault(model, {})
        if len(self._pools) > _MOST_POOLS:
            self._pools.clear()
        self._used: defaultdict[tuple[str, bool, bool], int] = defaultdict(int)
        self._places = 0
        self._conditions = 0

    def relation(self, entity_type: EntityType, *, is_seen: bool = False) -> sa.FromClause:
        """Return an alias of the table, or the made-up rows, of `entity_type` that is nowhere else in the statement.

        Args:
            entity_type: The type.
            is_seen: Only rows are met here of which it is known that they may be seen, by others that lead to them.

        Raises:
            LimitError: The statement has too many places already.
        """
        return self._place(entity_type, is_seen=is_seen, is_root=False)[0]

    def root(self, entity_type: EntityType, *, is_seen: bool = False) -> _Rows:
        """As `relation`, for the root of a FROM clause: all rows, and the condition for those that may be seen."""
        return self._place(entity_type, is_seen=is_seen, is_root=True)

    def _place(self, entity_type: EntityType, *, is_seen: bool, is_root: bool) -> _Rows:
        policy = None if is_seen else self.policy
        key = entity_type.name if entity_type.view else entity_type.table
        is_root = is_root and policy is not None
        by_project = is_root and key == self._by_project
        place = self._used[key, policy is None, is_root]
        self._used[key, policy is None, is_root] += 1
        self._places += 1
        if self._places > _MOST_PLACES:
            raise LimitError(
                f"The query has more than {_MOST_PLACES} references and collections to follow. Split it into several, "
                'or ask for many values with one "in".'
            )
        if place >= _MOST_KEPT:
            return _rows(self.model, entity_type, policy, is_root=is_root, by_project=by_project)
        pool = self._pools.setdefault(policy, {}).setdefault((key, is_root, by_project), [])
        # Another thread may add one in the meantime; an alias too many does no harm.
        while len(pool) <= place:
            pool.append(_rows(self.model, entity_type, policy, is_root=is_root, by_project=by_project))
        return pool[place]

    def count_condition(self) -> None:
        """Count a condition of the statement.

        Raises:
            LimitError: It has too many.
        """
        self._conditions += 1
        if self._conditions > _MOST_CONDITIONS:
            raise LimitError(
                f'The query has more than {_MOST_CONDITIONS} conditions. Ask for many values with one "in" instead of '
                "many conditions, or split it into several queries."
            )

    def named(self, name: str) -> sa.FromClause:
        """As `relation`, for the entity type called `name`."""
        return self.relation(self.model.type(name))


def aliases_for(request: Request, counted: EntityType | None = None) -> Aliases:
    """Return the aliases for one statement of a request: of the rows that its caller may see.

    Args:
        request: The request.
        counted: The type of its root, if all rows of that are read, and nothing of them but their keys.
    """
    policy = policy_of(request)
    is_placed = counted is not None and policy is not None and counted.table in policy.placed
    by_project = counted.table if counted is not None and is_placed else None
    return Aliases(request.model, policy, by_project=by_project, is_settled=not request.changes)


def _rows(model: Model, entity_type: EntityType, policy: Policy | None, *, is_root: bool, by_project: bool) -> _Rows:
    """Return the rows of a type that may be seen; or all of them, with the condition that tells which may be."""
    rows = VIEWS[entity_type.view](model, entity_type).subquery() if entity_type.view else model.table(entity_type)
    if policy is None:
        return rows.alias(), None
    if is_root:
        rows = rows.alias()
    # In the order of answers, somebody would go past all that others have to find a page of a few projects.
    manner = _OF_FEW if policy.is_narrow else PLAINLY if by_project else _IN_ORDER
    seen = visible(policy, model, entity_type, rows, manner)
    if seen is True:
        return rows if is_root else rows.alias(), None
    condition = sa.false() if seen is False else seen
    return (rows, condition) if is_root else (sa.select(rows).where(condition).subquery(), None)
