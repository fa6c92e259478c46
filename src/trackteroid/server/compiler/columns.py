"""The columns behind attributes: what is projected, compared and ordered by.

Some attributes are stored in no column. `EXPRESSIONS` are SQL and can be compared, ordered by and projected. The others
can be projected only: `DERIVED` ones are made from another column of the same row, `LOADERS` fetch the values for all
entities of a level at once, with one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.addresses import Deed, reading
from trackteroid.server.auth.reading import leads_to_seen
from trackteroid.server.compiler.aliases import aliases_for
from trackteroid.server.compiler.comparisons import one_of
from trackteroid.server.compiler.dialects import as_compared, found_in, in_order
from trackteroid.server.compiler.sources import Source, reference_key
from trackteroid.server.core.failures import QueryError
from trackteroid.server.core.request import Request
from trackteroid.server.language import Order, Step
from trackteroid.server.model import EntityType, Reference, Scalar
from trackteroid.values import frozen

Column = sa.ColumnElement[Any]
Expression = Callable[[Source], Column]
Loader = Callable[[Request, EntityType, Sequence[str]], dict[str, Any]]


@frozen
class Derived:
    """A value made by `make` from the first of `columns` that the entity type has."""

    columns: tuple[str, ...]
    make: Callable[[Request, Any], Any]

    def column(self, source: Source) -> sa.ColumnElement[Any]:
        """Return the column the value is made from."""
        return next(source.column(name) for name in self.columns if name in source.relation.c)


def is_latest_version(source: Source) -> sa.ColumnElement[Any]:
    """Return whether an asset has a version as its latest. Only its own has: PostgreSQL would think that rarer."""
    aliases = source.selection.aliases
    # Of a version that may be seen it may be known, whoever asks.
    is_seen = aliases.policy is not None and leads_to_seen(aliases.policy, source.model, source.type, "asset_id")
    asset = aliases.relation(source.model.type("Asset"), is_seen=is_seen)
    latest = sa.select(asset.c.id).where(asset.c.latest_version_id == source.column("id"))
    return latest.correlate(source.relation).exists()


def _time_logged(source: Source) -> sa.ColumnElement[Any]:
    """Return seconds logged on a context and everything below it."""
    timelog = source.selection.aliases.named("Timelog")
    below = source.selection.aliases.named("ContextAncestor")
    own = timelog.c.context_id == source.column("id")
    descendants = sa.select(below.c.context_id).where(below.c.ancestor_id == source.column("id"))
    inherited = found_in(timelog.c.context_id, descendants.correlate(source.relation))
    total = sa.select(sa.func.coalesce(sa.func.sum(timelog.c.duration), 0.0)).where(sa.or_(own, inherited))
    return total.correlate(source.relation).scalar_subquery()


EXPRESSIONS: dict[str, Expression] = {
    "is_latest_version": is_latest_version,
    "time_logged": _time_logged,
    "bid_time_logged_difference": lambda source: sa.func.coalesce(source.column("bid"), 0.0) - _time_logged(source),
    # A context shows its own picture, if it has one.
    "thumbnail_source_id": lambda source: sa.case((source.column("thumbnail_id").is_not(None), source.column("id"))),
}


def find_scalar_column(source: Source, name: str, attribute: Scalar) -> sa.ColumnElement[Any] | None:
    """Return the column of a stored attribute or the expression of a computed one; None where only a loader knows."""
    if attribute.stored or attribute.same_as:
        return source.column(attribute.same_as or name)
    if name in DERIVED or name not in EXPRESSIONS:
        return None
    expression = EXPRESSIONS[name](source)
    # Where an outer join found no entity, there is nothing to compute it from.
    return expression if source is source.selection.root else sa.case((source.key.is_not(None), expression))


def projected_column(source: Source, name: str, attribute: Scalar) -> sa.ColumnElement[Any] | None:
    """Return the column to fetch for an attribute that is projected; None where a loader brings the value later."""
    if name in DERIVED and not attribute.stored:
        return DERIVED[name].column(source)
    return find_scalar_column(source, name, attribute)


def scalar_column(source: Source, name: str, attribute: Scalar) -> sa.ColumnElement[Any]:
    """As `find_scalar_column`, where there must be one."""
    column = find_scalar_column(source, name, attribute)
    if column is None:
        raise QueryError(f"{source.type.name}.{name} is computed; it can be projected but not compared.")
    return column


def is_obtainable(name: str, attribute: Scalar) -> bool:
    """Return whether an answer can carry the attribute at all."""
    return attribute.stored or bool(attribute.same_as) or name in EXPRESSIONS or name in DERIVED or name in LOADERS


def _links(request: Request, entity_type: EntityType, ids: Sequence[str]) -> dict[str, Any]:
    """Return the way from the project down to each entity, as a list of id, name and type."""
    match entity_type.root.name:
        case "AssetVersion":
            return _version_links(request, ids)
        case "Resource":
            return _group_links(request, ids)
        case _:
            return _context_links(request, ids)


def _context_links(request: Request, ids: Sequence[str]) -> dict[str, Any]:
    aliases = aliases_for(request)
    below = aliases.named("ContextAncestor")
    context_type = request.model.type("Context")
    context = aliases.relation(context_type)
    kind = context.c[str(context_type.discriminator)]
    # A project is shown by its display name, which is what a person reads first in a path.
    name = sa.func.coalesce(context.c.full_name, context.c.name)
    links: dict[str, list[dict[str, Any]]] = {}
    ancestors = (
        sa.select(below.c.context_id, context.c.id, name, kind)
        .select_from(below.join(context, context.c.id == below.c.ancestor_id))
        .where(one_of(below.c.context_id, ids))
        .order_by(below.c.context_id, below.c.depth.desc())
    )
    own = sa.select(context.c.id, context.c.id, name, kind).where(one_of(context.c.id, ids))
    for statement in (ancestors, own):
        for holder, identity, label, type_name in request.connection.execute(statement):
            links.setdefault(holder, []).append({"id": identity, "name": label, "type": type_name})
    return links


def _version_links(request: Request, ids: Sequence[str]) -> dict[str, Any]:
    aliases = aliases_for(request)
    version, asset = aliases.named("AssetVersion"), aliases.named("Asset")
    statement = (
        sa.select(version.c.id, version.c.version, asset.c.name, asset.c.context_id)
        .select_from(version.outerjoin(asset, asset.c.id == version.c.asset_id))
        .where(one_of(version.c.id, ids))
    )
    rows = request.connection.execute(statement).all()
    contexts = _context_links(request, sorted({row.context_id for row in rows if row.context_id}))
    return {
        row.id: [
            *contexts.get(row.context_id, []),
            {"id": row.id, "name": f"{row.name} v{row.version}", "type": "AssetVersion"},
        ]
        for row in rows
    }


def _group_links(request: Request, ids: Sequence[str]) -> dict[str, Any]:
    """Groups are few, so all of them are read at once."""
    group_type = request.model.type("Group")
    group = aliases_for(request).relation(group_type)
    statement = sa.select(group.c.id, group.c.name, group.c.parent_id).where(
        group.c[str(group_type.discriminator)] == "Group"
    )
    groups = {row.id: row for row in request.connection.execute(statement)}
    links: dict[str, Any] = {}
    for identity in ids:
        link: list[dict[str, Any]] = []
        row = groups.get(identity)
        while row is not None and all(row.id != part["id"] for part in link):
            link.insert(0, {"id": row.id, "name": row.name, "type": "Group"})
            row = groups.get(row.parent_id)
        links[identity] = link
    return links


def _address(request: Request, component_id: str | None, deed: Deed) -> dict[str, Any] | None:
    """Return where a client finds the data of a component, or the picture of an entity: without one, the stock one."""
    if component_id is not None:
        return {"url": reading(request, component_id, deed), "value": component_id}
    return {"url": f"{request.base_url}/img/thumbnail2.png", "value": None} if deed == "thumbnail" else None


DERIVED: dict[str, Derived] = {
    "thumbnail_url": Derived(("thumbnail_id", "component_id"), partial(_address, deed="thumbnail")),
    "url": Derived(("component_id",), partial(_address, deed="get")),
    "is_open": Derived(("end_date",), lambda request, end: end is None or end > request.now),
}

LOADERS: dict[str, Loader] = {
    "link": _links,
    "_link": _links,
}


def end_column(source: Source, step: Step) -> tuple[sa.ColumnElement[Any], Scalar]:
    """Return the column behind an attribute that is compared: its own, the key of a reference, or a computed one."""
    attribute = source.attribute(step.name)
    if isinstance(attribute, Reference):
        key = reference_key(source, attribute)
        if attribute.narrow or step.cast:
            return source.step(step).key, key
        return source.column(attribute.keys[0]), key
    if isinstance(attribute, Scalar):
        if step.cast:
            raise QueryError(f"{source.type.name}.{step.name} is a plain value; it cannot be cast to {step.cast}.")
        return scalar_column(source, step.name, attribute), attribute
    raise QueryError(f"{source.type.name}.{step.name} is a collection; ask for one of its members with any (...).")


def ordered(source: Source, orders: Sequence[Order]) -> list[Column]:
    """Return the order asked for, made total by the primary key."""
    columns = order_columns(source, orders)
    return [*directed(source, columns, orders), *in_full(source, columns)]


def order_columns(source: Source, orders: Sequence[Order]) -> list[Column]:
    """Return the columns to order by, in the form in which they are compared."""
    columns: list[Column] = []
    for order in orders:
        end = source
        for step in order.path.steps[:-1]:
            end = end.step(step)
        columns.append(as_compared(end_column(end, order.path.steps[-1])[0]))
    return columns


def directed(source: Source, columns: Sequence[Column], orders: Sequence[Order]) -> list[Column]:
    """Return columns in the directions asked for. Keys are never missing, so an index has them in order."""
    keys = keys_of(source)
    return [
        in_order(column, descending=order.descending)
        if not _is_one_of(column, keys)
        else column.desc()
        if order.descending
        else column
        for column, order in zip(columns, orders, strict=True)
    ]


def in_full(source: Source, columns: Sequence[Column]) -> list[Column]:
    """Return what leaves no order open after some columns: the order of the type, and then the primary key."""
    keys = keys_of(source)
    if all(_is_one_of(key, columns) for key in keys):
        return []
    return [*(in_order(source.column(name), descending=False) for name in source.type.order), *keys]


def _is_one_of(column: Column, columns: Sequence[Column]) -> bool:
    return any(column is each for each in columns)


def keys_of(source: Source) -> list[Column]:
    return [source.column(name) for name in source.type.primary_key]
