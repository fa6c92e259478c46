"""One SELECT per level: the entities of a node together with everything behind its references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from trackteroid.server.compiler.aliases import Aliases
from trackteroid.server.compiler.columns import directed, in_full, keys_of, order_columns, ordered, projected_column
from trackteroid.server.compiler.criteria import condition, member_conditions, member_source
from trackteroid.server.compiler.projections import Node
from trackteroid.server.compiler.readers import Layout
from trackteroid.server.compiler.sources import Selection, Source, type_conditions
from trackteroid.server.core.among import among_given
from trackteroid.server.language import Query
from trackteroid.server.model import Collection, Model, Reference, Scalar

Column = sa.ColumnElement[Any]

#: The parameter of a statement for the members of a collection: the ids of those that have it.
OWNERS = "owners"


@dataclass(slots=True)
class Level:
    """A statement and where entities are in its rows."""

    statement: sa.Select[Any]
    layout: Layout


def root_level(aliases: Aliases, node: Node, query: Query) -> Level:
    """Return the statement for a query itself; one row more than wanted tells whether there is a next page."""
    follows = node.type.view is None and any(_reference(aliases.model, node, name) for name in node.children)
    if query.limit is not None and follows:
        return _page_level(aliases, node, query)
    selection = Selection(aliases.model, node.type, aliases)
    columns, layout = _columns(selection.root, node, first=0)
    orders = ordered(selection.root, query.order)
    statement = _asked(selection, query, columns).order_by(*orders)
    return Level(statement, layout)


def _page_level(aliases: Aliases, node: Node, query: Query) -> Level:
    """As `root_level`, where the page is found first: rows before and after it need nothing of what they refer to."""
    model = aliases.model
    asked = Selection(model, node.type, aliases)
    orders = order_columns(asked.root, query.order)
    labelled = [column.label(f"o{place}") for place, column in enumerate(orders)]
    keys = [column.label(f"k{place}") for place, column in enumerate(keys_of(asked.root))]
    found = _asked(asked, query, [*keys, *labelled])
    page = found.order_by(*directed(asked.root, orders, query.order), *in_full(asked.root, orders)).subquery("page")
    shown = Selection(model, node.type, aliases, page)
    columns, layout = _columns(shown.root, node, first=0)
    again = directed(shown.root, [page.c[column.name] for column in labelled], query.order)
    statement = shown.select(columns).order_by(*again, *in_full(shown.root, []))
    return Level(statement, layout)


def _asked(selection: Selection, query: Query, columns: Sequence[Column]) -> sa.Select[Any]:
    """Return columns of the rows that a query asks for, and of one more; what they need is joined already."""
    wheres = list(type_conditions(selection.root))
    if query.criteria is not None:
        wheres.append(condition(selection.root, query.criteria))
    limit = None if query.limit is None else query.limit + 1
    return selection.select(columns, wheres).limit(limit).offset(query.offset)


def collection_level(aliases: Aliases, collection: Collection, node: Node) -> Level:
    """Return the statement for the members of a collection of all `OWNERS`; the first column says whose they are."""
    cast = None if node.type.name == collection.target else node.type.name
    member, owner = member_source(aliases, aliases.model, collection, cast)
    columns, layout = _columns(member, node, first=1)
    statement = member.selection.select(
        [owner, *columns], [among_given(owner, OWNERS), *member_conditions(member, collection, None)]
    ).order_by(*(member.column(name) for name in member.type.primary_key))
    # Two links to one entity do not make it two members.
    return Level(statement.distinct() if collection.through else statement, layout)


def _columns(source: Source, node: Node, *, first: int) -> tuple[list[Column], Layout]:
    """Return the columns for `node` and the references below it, and where these are in rows."""
    columns: list[Column] = []

    def visit(source: Source, node: Node) -> Layout:
        layout = Layout(source.model, node)
        slots: dict[str, int] = {}
        for name, column in _wanted(source, node).items():
            slots[name] = first + len(columns)
            columns.append(column.label(f"c{len(columns)}"))
        layout.slots = slots
        layout.keys = tuple(slots[name] for name in source.type.primary_key)
        layout.kind = slots.get(str(source.type.discriminator)) if source.type.discriminator else None
        for name, child in node.children.items():
            reference = _reference(source.model, node, name)
            if reference is not None:
                layout.references[name] = visit(source.joined(name, reference), child)
        return layout

    layout = visit(source, node)
    return columns, layout


def _wanted(source: Source, node: Node) -> dict[str, Column]:
    """Return column by attribute: primary key, concrete type, what is always returned, what was asked for."""
    wanted: dict[str, Column] = {name: source.column(name) for name in node.type.primary_key}
    if node.type.discriminator:
        wanted[node.type.discriminator] = source.column(node.type.discriminator)
    types = source.model.subtypes(node.type)
    for name in (*(name for entity_type in types for name in entity_type.always_returned), *node.names):
        attributes = (entity_type.attributes.get(name) for entity_type in types)
        attribute = next((each for each in attributes if isinstance(each, Scalar)), None)
        if attribute is not None and (column := projected_column(source, name, attribute)) is not None:
            wanted.setdefault(name, column)
    return wanted


def _reference(model: Model, node: Node, name: str) -> Reference | None:
    for candidate in model.subtypes(node.type):
        relation = node.relation(model, name, candidate)
        if isinstance(relation, Reference):
            return relation
    return None
