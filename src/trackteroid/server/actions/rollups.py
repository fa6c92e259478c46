"""The action `compute_rollups`: what contexts amount to with everything below them, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import sqlalchemy as sa

from trackteroid.server.compiler.aliases import Aliases, aliases_for
from trackteroid.server.compiler.comparisons import one_of
from trackteroid.server.compiler.limits import execute
from trackteroid.server.compiler.prepared import Fresh
from trackteroid.server.core.failures import ValidationError, ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import shown, to_wire

#: What can be asked for: two sums of seconds, the first and the last of moments.
ATTRIBUTES: Final = ("bid", "time_logged", "start_date", "end_date")


def compute_rollups(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Sum up each context of `ids` with all below it: `bid`, `time_logged`, first `start_date` and last `end_date`.

    The dates and the bid of a project itself do not count, as they are its plan.

    Args:
        request: The request.
        operation: `ids` of contexts, and `attributes`, some of the four; by default all.

    Raises:
        ValidationError: `ids` is no list of ids, or an attribute is none of the four.
        ValueError_: There is no such context.
    """
    ids = _texts(operation, "ids", ())
    attributes = _texts(operation, "attributes", ATTRIBUTES)
    for name in attributes:
        if name not in ATTRIBUTES:
            raise ValidationError(f"{shown(name)} is not rolled up; there are {', '.join(ATTRIBUTES)}.")
    found = {row.id: row for row in execute(request, Fresh(_statement(aliases_for(request), ids)))}
    for context_id in ids:
        if context_id not in found:
            raise ValueError_(f"Could not find entity Context with entity_key [{context_id}].")
    columns = request.model.type("TypedContext").attributes
    return {
        "action": "compute_rollups",
        "data": [
            {"id": key} | {name: to_wire(cast("Any", columns[name]), getattr(found[key], name)) for name in attributes}
            for key in ids
        ],
    }


def _statement(aliases: Aliases, ids: Sequence[str]) -> sa.Select[Any]:
    """Return one row for each context: work and time are added up apart, so that neither multiplies the other."""
    context, timelog = aliases.named("Context"), aliases.named("Timelog")
    itself, above, below = aliases.named("Context"), aliases.named("Context"), aliases.named("ContextAncestor")
    own = sa.select(itself.c.id.label("root"), itself.c.id.label("member")).where(one_of(itself.c.id, ids))
    descendants = (
        sa.select(below.c.ancestor_id, below.c.context_id)
        .join(above, above.c.id == below.c.ancestor_id)
        .where(one_of(below.c.ancestor_id, ids))
    )
    pairs = sa.union_all(own, descendants).cte("pairs")  # each context beside itself and all below it
    is_work = sa.and_(context.c.id == pairs.c.member, context.c.context_type == "task")
    planned = (
        sa.select(
            pairs.c.root,
            sa.func.coalesce(sa.func.sum(context.c.bid), 0.0).label("bid"),
            sa.func.min(context.c.start_date).label("start_date"),
            sa.func.max(context.c.end_date).label("end_date"),
        )
        .select_from(pairs.outerjoin(context, is_work))
        .group_by(pairs.c.root)
        .subquery()
    )
    logged = (
        sa.select(pairs.c.root, sa.func.sum(timelog.c.duration).label("total"))
        .join(timelog, timelog.c.context_id == pairs.c.member)
        .group_by(pairs.c.root)
        .subquery()
    )
    time_logged = sa.func.coalesce(logged.c.total, 0.0).label("time_logged")
    columns: list[sa.ColumnElement[Any]] = [
        planned.c.root.label("id"),
        *planned.c["bid", "start_date", "end_date"],
        time_logged,
    ]
    return sa.select(*columns).select_from(planned.outerjoin(logged, logged.c.root == planned.c.root))


def _texts(operation: Mapping[str, Any], name: str, default: Sequence[str]) -> Sequence[str]:
    values = cast("list[Any]", operation.get(name, default or None))
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):  # pyright: ignore[reportUnnecessaryIsInstance] -- what a client sent
        raise ValidationError(
            f'The action "compute_rollups" needs "{name}" to be a list of texts; got {shown(values)}.'
        )
    return values
