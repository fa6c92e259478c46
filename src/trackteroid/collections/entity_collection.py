"""EntityCollection, and how collections are made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.collections.collection import coerce
from trackteroid.collections.container import collection_of
from trackteroid.collections.context import Binding, Frame, Source
from trackteroid.collections.empty import EmptyCollection
from trackteroid.collections.querying import Querying
from trackteroid.entities.base import Entity
from trackteroid.relationships import SchemaEntry

__all__ = ["EntityCollection", "coerce", "make_collection"]


class EntityCollection(Querying):
    """Entities of one type: ordered, without duplicates, immutable, never empty.

    Attributes are read from all entities at once, and only from memory: ``versions.comment`` is a list with one value
    per version (``NOT_SET`` where it was not loaded), ``versions.task`` the collection of their tasks,
    ``versions.Task.name`` the names of these. Elements are collections of one entity; ``versions[0]``,
    ``versions[2:5]``, ``versions["<id>"]`` and ``contexts[Shot]`` select. Assigning to an attribute records changes
    that ``commit`` sends.
    """

    __slots__ = ()


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
    frame = Frame(entity_type, Binding(session, schema, query), source, is_result=query is not None)
    return collection_of(EntityCollection, frame, entities)
