"""Going back to the server from a collection: loading more of its entities, and asking for what belongs to them.

Queries are made by the class of the query that the collection came from: this package does not know it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trackteroid import configuration
from trackteroid.client.missing import mode_of
from trackteroid.collections import tabular
from trackteroid.collections.context import Context, Selection, by_id, context_of, kinds_of, type_name_of
from trackteroid.collections.fetching import CHUNK, fetch
from trackteroid.collections.missing import tell_missed
from trackteroid.entities.base import Entity, entity_class
from trackteroid.errors import EntityCollectionOperationError, UnknownAttributeError
from trackteroid.projections import resolve_projections, usable_projections
from trackteroid.schema.relations import relations_of, what_is_missed
from trackteroid.schema.types import parse_path
from trackteroid.spelling import quoted


def fetch_attributes(selection: Selection, attributes: Iterable[object], *, only_missing: bool) -> None:
    """Load attributes of the entities, or those that queries for them ask for by themselves."""
    context, own = context_of(selection), type_name_of(selection)
    kinds = (*kinds_of(selection), own)  # the own type once more, for its error
    paths = [path for each in attributes for path in requested_paths(context, kinds, [each])]
    if not paths:
        declared = entity_class(own, context.types).projections
        paths = usable_projections(context.session, context.types, own, declared)
    if entities := selection.values():
        fetch(context.session, entities, paths, only_missing=only_missing)
        tabular.note_asked(selection, paths)
    else:
        log = configuration.logger("entities")
        log.info("There is nothing to load %s for.", ", ".join(map(str, attributes)))


def fetch_related(selection: Selection, target: str, projections: Iterable[object] | None) -> None:
    """Load the related entities of a type with these attributes of theirs."""
    context = context_of(selection)
    relation = relations_of(context.session, context.schema).relation(type_name_of(selection), target)
    ways = [".".join(step.attribute for step in parse_path(path)) for path in relation.paths]
    wanted = requested_paths(context, (target,), projections) or list(context.types.type(target).primary_key)
    paths = [f"{way}.{path}" for way in ways for path in wanted]
    fetch(context.session, selection.values(), paths)
    tabular.note_asked(selection, paths)


def query_children(selection: Selection, projections: Iterable[object] | None, session: Any) -> list[Any]:
    """Return the children of the entities, in one collection for each query that was needed."""
    wanted = requested_paths(context_of(selection), ("TypedContext",), projections)
    ids = list(map(quoted, by_id(selection))) if selection.values() else []
    found: list[Any] = []
    for start in range(0, len(ids), CHUNK):
        parents = ",".join(ids[start : start + CHUNK])
        query = new_query(selection, entity_class("TypedContext"), session)
        found.append(query.inject(f"parent_id in ({parents})").get(projections=wanted))
    return found


def query_missed(selection: Selection, target: str) -> list[Any]:
    """Return what a relation misses of the entities, asked for from the other side if the session fetches.

    It is one collection for each query that was needed. If the session does not fetch, it tells what to write.
    """
    context = context_of(selection)
    relations = relations_of(context.session, context.schema)
    kinds = {kind: relations.find(kind, target) for kind in kinds_of(selection)}
    partial = {kind: found for kind, found in kinds.items() if found and relations.is_partial(found)}
    if not partial:
        return []
    if mode_of(context.session) != "fetch" or context.origin.query is None:
        for relation in partial.values():
            tell_missed(context.session, what_is_missed(relation))
        return []
    found: list[Any] = []
    for kind in partial:
        ids = [identifier for identifier, entity in by_id(selection).items() if entity.entity_type == kind]
        for start in range(0, len(ids), CHUNK):
            query = new_query(selection, entity_class(target, context.types))
            found.append(query.by_id(entity_class(kind), *ids[start : start + CHUNK]).get())
    return found


def requested_paths(context: Context, types: Iterable[str], projections: object) -> list[str]:
    """Return the paths of projections for entities of the first of the types that has them.

    Raises:
        UnknownAttributeError: an attribute does not exist; the message suggests similar ones.
        RelationError: no path is known to a type.
    """
    name, *others = types
    relations = relations_of(context.session, context.schema)
    try:
        return resolve_projections(context.types, relations, name, projections)
    except UnknownAttributeError:
        if not others:
            raise
    return requested_paths(context, others, projections)


def new_query(selection: Selection, entity_type: type[Entity], session: Any = None) -> Any:
    """Return a new query of the kind that a collection came from.

    Raises:
        EntityCollectionOperationError: the collection was not made by a query.
    """
    context, query = context_of(selection), context_of(selection).origin.query
    if query is None:
        raise EntityCollectionOperationError(
            f"{selection!r} was not made by a query, so it cannot make another one. Use `Query` with the ids."
        )
    return query.of_type(entity_type, context.session if session is None else session)
