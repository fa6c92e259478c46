"""What is worked out about a query before it runs, and kept for all that come in the same shape.

Tools ask the same questions again and again, of other ids each time. Reading a text, making a statement of it and
writing that as SQL takes several times as long as the database does. So the second time that a shape comes, its plan is
kept: until then nobody knows whether it comes again, and a statement is compiled by SQLAlchemy, which knows it by what
it is made of.

A plan depends on the model and on what whoever asks may see, and on nothing that the database holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from trackteroid.server.auth.policy import Policy, policy_of
from trackteroid.server.compiler.aggregates import is_aggregate
from trackteroid.server.compiler.aliases import Aliases, aliases_for
from trackteroid.server.compiler.prepared import LONGEST, Draft, Prepared, Statement, Unprepared, shape_of
from trackteroid.server.compiler.projections import Node, needs_normalising, projection_tree
from trackteroid.server.compiler.readers import Layout
from trackteroid.server.compiler.sources import type_named
from trackteroid.server.compiler.statements import OWNERS, collection_level, root_level
from trackteroid.server.core.failures import Failure, QueryError
from trackteroid.server.core.options import Limits
from trackteroid.server.core.request import Request
from trackteroid.server.language import Path, Query, Step, parse
from trackteroid.server.model import Collection, EntityType, Model, Scalar

#: Of how many shapes something is kept. One takes some ten thousand bytes, that of a long list four times as many.
_MOST: Final = 1_000


class Plan:
    """What is worked out about one query, or about all of its shape.

    Args:
        aliases: Those of the statement.
        query: The query.
        strict: Projections that mean nothing are refused, and not left out.

    Attributes:
        paths: What is asked for.
        left_out: The projections that mean nothing, and why.
        needs_graph: The same entity can turn up at several places of the answer.
        layout: Where entities are in the rows of the statement.
        names_projections: What is asked for is said, and is not what every entity of the type comes with.

    Raises:
        QueryError: The query means nothing.
    """

    def __init__(self, aliases: Aliases, query: Query, *, strict: bool) -> None:
        self.limit, self.offset = query.limit, query.offset or 0
        entity_type = type_named(aliases.model, query.entity_type)
        self.names_projections = bool(query.projections)
        self.paths = [projection.path for projection in query.projections] or [
            Path((Step(name),))
            for name in entity_type.default_projections
            if isinstance(entity_type.attributes.get(name), Scalar)
        ]
        node, self.left_out = _projections(aliases.model, entity_type, self.paths, strict=strict)
        self.needs_graph = needs_normalising(node)
        level = root_level(aliases, node, query)
        self.layout = level.layout
        self._source: Draft | Prepared = Draft(level.statement)
        self._model = aliases.model
        self._policy = aliases.policy
        self._members: dict[tuple[int, int], Members] = {}

    def prepare(self, dialect: sa.Dialect, count: int) -> None:
        """Get ready to be run again and again, with so many ids.

        Raises:
            Unprepared: The statement would not be the same for others.
        """
        if isinstance(self._source, Draft):
            prepared = Prepared(self._source.statement, dialect)
            if prepared.places != set(range(count)):
                raise Unprepared("There is an id that is not in the statement.")
            self._source = prepared

    def statement(self, ids: Sequence[str]) -> Statement:
        """Return the statement for a query with these ids."""
        return self._source.filled(ids)

    def members(self, collection: Collection, node: Node) -> Members:
        """Return what is worked out about the members of a collection that the query asks for at a node."""
        place = id(collection), id(node)
        found = self._members.get(place)
        if found is None:
            level = collection_level(Aliases(self._model, self._policy), collection, node)
            source: Draft | Prepared = Draft(level.statement)
            if isinstance(self._source, Prepared):
                source = Prepared(level.statement, self._source.dialect, [OWNERS])
            found = self._members[place] = Members(level.layout, source)
        return found


class Members:
    """The statement for members of a collection.

    Attributes:
        layout: Where these are in its rows.
    """

    def __init__(self, layout: Layout, source: Draft | Prepared) -> None:
        self.layout = layout
        self._source = source

    def statement(self, owners: Sequence[Any]) -> Statement:
        """Return the statement for the members of all owners."""
        return self._source.filled((), {OWNERS: list(owners)})


class _Kept:
    """What is known of one shape.

    Attributes:
        has_come: There was a query of this shape.
        serves: A plan can be kept, as far as is known.
        plan: The plan, once it is kept.
    """

    __slots__ = ("has_come", "plan", "serves")

    def __init__(self) -> None:
        self.has_come = False
        self.serves = True
        self.plan: Plan | None = None


class Planned(NamedTuple):
    """A plan, and the ids to run it with."""

    plan: Plan
    ids: tuple[str, ...] = ()


def plan_of(request: Request, query: Query, *, strict: bool) -> Planned:
    """Return a plan of one query, for once.

    Raises:
        QueryError: It means nothing.
        LimitError: It is too large.
    """
    return Planned(Plan(aliases_for(request), query, strict=strict))


def planned(request: Request, text: str, *, strict: bool) -> Planned | None:
    """Return the plan of the text of a query; None if it counts or groups, of which none is made.

    Raises:
        ParseError: It is no query.
        QueryError: It means nothing.
        LimitError: It is too large.
    """
    # What stands before a table in the past is found by the statement as SQLAlchemy has it. Of long texts nothing is
    # kept, not even that they have come: a few thousand would fill the memory.
    if request.is_past or len(text) > LONGEST:
        query = parse(text, request.limits)
        return None if is_aggregate(query) else plan_of(request, query, strict=strict)
    shape = shape_of(text)
    database = request.transaction.dialect.name
    is_settled = not request.changes
    kept = _kept(shape.text, request.model, policy_of(request), database, request.limits, strict, is_settled)
    if kept.plan is None and kept.has_come and kept.serves:
        try:
            plan, _ = plan_of(request, parse(shape.text, request.limits), strict=strict)
            plan.prepare(request.transaction.dialect, len(shape.ids))
            kept.plan = plan
        except (Failure, RecursionError, Unprepared):
            kept.serves = False  # each has to be looked at; the query itself says what is wrong with it
    if kept.plan is not None:
        return Planned(kept.plan, shape.ids)
    kept.has_come = True
    query = parse(text, request.limits)
    if is_aggregate(query):
        kept.serves = False
        return None
    return plan_of(request, query, strict=strict)


@lru_cache(maxsize=_MOST)
def _kept(  # what a plan depends on
    text: str,  # noqa: ARG001
    model: Model,  # noqa: ARG001
    policy: Policy | None,  # noqa: ARG001
    database: str,  # noqa: ARG001
    limits: Limits,  # noqa: ARG001
    strict: bool,  # noqa: ARG001
    is_settled: bool,  # noqa: ARG001
) -> _Kept:
    """Return what is known of a shape."""
    return _Kept()


def _projections(
    model: Model, entity_type: EntityType, paths: Sequence[Path], *, strict: bool
) -> tuple[Node, dict[str, str]]:
    """Return the tree of what is asked for, and the paths that mean nothing with the reason; strict ones are refused.

    Tools ask for attributes that one server had and another has not, and live without them.
    """
    try:
        return projection_tree(model, entity_type, paths), {}
    except QueryError:
        if strict:
            raise
    left_out: dict[str, str] = {}
    for path in paths:
        try:
            projection_tree(model, entity_type, [path])
        except QueryError as error:  # noqa: PERF203 - each is looked at alone
            left_out[str(path)] = str(error)
    return projection_tree(model, entity_type, [path for path in paths if str(path) not in left_out]), left_out
