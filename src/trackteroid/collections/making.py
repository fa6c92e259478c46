"""Making collections: of entities of ftrack_api, and of other collections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.collections.arguments import check_kind
from trackteroid.collections.collection import Collection, EmptyCollection, EntityCollection, collected, retyped
from trackteroid.collections.context import Context, Origin, Source, context_of
from trackteroid.collections.sets import Table
from trackteroid.entities.base import Entity
from trackteroid.errors import CoercionError
from trackteroid.schema.relations import SchemaEntry


def make_collection(
    entity_type: type[Entity],
    entities: Iterable[FtrackEntity],
    *,
    session: Session,
    schema: SchemaEntry,
    query: Any = None,
    source: Source | None = None,
) -> EntityCollection | EmptyCollection:
    """Return the collection of these entities, in order and without duplicates.

    Args:
        entity_type: the class they are a collection of.
        entities: entities of ftrack_api, attached to the session.
        session: the session they belong to.
        schema: the entry of ``SCHEMA`` that decides which paths lead to other types.
        query: the query that found them.
        source: the collection and attribute they were read from.
    """
    context = Context(entity_type, Origin(session, schema, query), source, is_result=query is not None)
    return collected(context, Table.make(entities))


def coerce(entity_type: type[Entity], collection: object) -> Any:
    """Return *collection* as a collection of a more general type: ``TypedContext(shots)``.

    Projects may be treated as typed contexts too. To select the entities of a more specific type, use
    ``collection[Shot]``.

    Raises:
        CoercionError: the entities are not of that type.
    """
    wanted = entity_type.__name__
    if not isinstance(collection, Collection):
        raise CoercionError(
            f"{wanted}(...) takes a collection, not {collection!r}. Use `Query({wanted})` to ask for entities."
        )
    check_kind(context_of(collection).types, collection, collection.entity_type.__name__, wanted)
    return retyped(collection, entity_type)
