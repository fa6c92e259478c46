"""The actions that ask for entities: by a query, by words that they match, or for what they amount to.

`search` is a query whose entities also match words, as the search field of a browser asks for; `compute_rollups` sums
up contexts with everything below them, in one statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final, cast

import sqlalchemy as sa

from trackteroid.server.compiler import run, run_columns, run_text
from trackteroid.server.compiler.aliases import Aliases, aliases_for
from trackteroid.server.compiler.comparisons import one_of
from trackteroid.server.compiler.limits import execute
from trackteroid.server.compiler.prepared import Fresh
from trackteroid.server.core.failures import QueryError, ValidationError, ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import shown, to_wire
from trackteroid.server.history.overlay import as_of
from trackteroid.server.language import (
    And,
    Comparison,
    Criteria,
    Literal,
    Membership,
    Operator,
    Or,
    Path,
    Step,
    parse,
)
from trackteroid.server.model import EntityType, UnknownName
from trackteroid.values import frozen


@frozen
class Searched:
    """Where the entities of a family are searched.

    Attributes:
        names: Attributes that hold their own names.
        context: The path to the context they belong to, None if they belong to none; its names count as well.
    """

    names: tuple[str, ...]
    context: tuple[str, ...] | None = None


_NAMES_OF_CONTEXT = ("name", "ancestors.name", "project.name", "project.full_name")
_FAMILIES = {
    "Context": Searched(("full_name",), ()),
    "Project": Searched(("name", "full_name")),
    "Asset": Searched(("name",), ("parent",)),
    "AssetVersion": Searched(("asset.name", "task.name", "comment"), ("asset", "parent")),
    "Component": Searched(("name", "version.asset.name"), ("version", "asset", "parent")),
    "Resource": Searched(("name", "username", "first_name", "last_name", "email")),
}
#: What entities of any other family may be called by.
_NAMES = ("name", "label", "full_name", "username", "content", "key")
#: What can be rolled up: two sums of seconds, the first and the last of moments.
ATTRIBUTES: Final = ("bid", "time_logged", "start_date", "end_date")


def query(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one query; `next.offset` is null on the last page.

    `left_out` tells of projections that mean nothing, with the reason; strict clients are refused instead.
    `"answer": "columns"` asks for columns of plain values, not for records. `as_of` asks for what was at a moment:
    a time, or the number of an event.
    """
    with nullcontext() if operation.get("as_of") is None else as_of(request, operation["as_of"]):
        expression = operation.get("expression")
        if not isinstance(expression, str):
            raise ValidationError('The action "query" needs an "expression", the text of the query.')
        request.text = expression
        if operation.get("answer") == "columns":
            table = run_columns(request, expression)
            told = {"columns": table.columns, "moments": table.moments, "rows": table.rows}
            return {"action": "query", "data": told, "metadata": {"next": {"offset": table.next_offset}}}
        answer = run_text(request, expression)
    return {"action": "query", "data": answer.records, "metadata": answer.metadata}


def search(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one search; every word of `terms` must occur in a name of the entity or of what it belongs to."""
    query = parse(_text(operation, "expression"), request.limits)
    try:
        entity_type = request.model.type(query.entity_type)
    except UnknownName as error:
        raise QueryError(str(error)) from None
    named = operation.get("entity_type")
    if named is not None and named != query.entity_type:
        other = request.model.types.get(str(named))
        if other is None or other.root is not entity_type.root:
            raise ValidationError(f"The expression asks for {query.entity_type}, the search for {named}.")
    conditions = list(_conditions(request, entity_type, operation))
    if query.criteria is not None:
        conditions.insert(0, query.criteria)
    if conditions:
        query = replace(query, criteria=And(tuple(conditions)))
    answer = run(request, query)
    return {"action": "search", "data": answer.records, "metadata": answer.metadata}


def _conditions(request: Request, entity_type: EntityType, operation: Mapping[str, Any]) -> Iterator[Criteria]:
    """Yield what entities have to meet: to match all words, at or below one context, in those of some object types."""
    searched = _FAMILIES.get(entity_type.name) or _FAMILIES.get(entity_type.root.name, Searched(_NAMES))
    terms, way = _texts(operation, "terms") if operation.get("terms") else (), searched.context
    paths = [_path(name) for name in searched.names if request.model.find_attribute(entity_type, name.split(".")[0])]
    if way is not None:
        paths.extend(_path(*way, name) for name in _NAMES_OF_CONTEXT)
    if terms and not paths:
        raise ValidationError(f"{entity_type.name} has no names to search; use a query.")
    for word in (word for term in terms for word in term.split()):
        pattern = Literal("%" + re.sub(r"([\\%_])", r"\\\1", word) + "%", quoted=True)
        yield Or(tuple(Comparison(path, Operator.LIKE, pattern) for path in paths))
    context_id = operation.get("context_id")
    object_types = _texts(operation, "object_type_ids") if operation.get("object_type_ids") else ()
    if way is None and (context_id is not None or object_types):
        if object_types or "project_id" not in entity_type.attributes:
            raise ValidationError(
                f"{entity_type.name} is in no context; search without context_id and object_type_ids."
            )
        yield _is(_path("project_id"), _text(operation, "context_id"))
    elif way is not None and context_id is not None:
        places = ("id", "project_id", "ancestors.id")
        yield Or(tuple(_is(_path(*way, place), _text(operation, "context_id")) for place in places))
    if way is not None and object_types:
        literals = tuple(Literal(identity, quoted=True) for identity in object_types)
        yield Membership(_path(*way, "object_type_id"), literals)


def _is(path: Path, text: str) -> Comparison:
    return Comparison(path, Operator.IS, Literal(text, quoted=True))


def _path(*names: str) -> Path:
    return Path(tuple(Step(step) for name in names for step in name.split(".")))


def _text(operation: Mapping[str, Any], name: str) -> str:
    value = operation.get(name)
    if not isinstance(value, str):
        raise ValidationError(f'The action "search" needs "{name}" to be text.')
    return value


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
    ids = _texts(operation, "ids")
    attributes = _texts(operation, "attributes") if "attributes" in operation else ATTRIBUTES
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


def _texts(operation: Mapping[str, Any], name: str) -> Sequence[str]:
    values = cast("list[Any]", operation.get(name))
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):  # pyright: ignore[reportUnnecessaryIsInstance] -- what a client sent
        action = operation["action"]
        raise ValidationError(f'The action "{action}" needs "{name}" to be a list of texts; got {shown(values)}.')
    return values
