"""Making collections of entities of ftrack_api."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.collections.collection import EmptyCollection, EntityCollection, collected
from trackteroid.collections.context import Context, Origin, Source
from trackteroid.collections.sets import Table
from trackteroid.entities.base import Entity
from trackteroid.schema.relations import SchemaEntry


def make_collection(
    entity_type: type[Entity],
    entities: Iterable[FtrackEntity],
    *,
    session: Session,
    schema: SchemaEntry,
    query: Any = None,
    asked: Iterable[str] = (),
    source: Source | None = None,
) -> EntityCollection | EmptyCollection:
    """Return the collection of these entities, in order and without duplicates.

    Args:
        entity_type: the class they are a collection of.
        entities: entities of ftrack_api, attached to the session.
        session: the session they belong to.
        schema: the entry of ``SCHEMA`` that decides which paths lead to other types.
        query: the query that found them.
        asked: the paths that it asked for.
        source: the collection and attribute they were read from.
    """
    context = Context(entity_type, Origin(session, schema, query, asked), source, is_result=query is not None)
    return collected(context, Table.make(entities))
