"""Going back to the server from a collection: loading more of its entities, and asking for what belongs to them.

Queries are made by the class of the query that the collection came from: this package does not know it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from trackteroid.client.memory import type_names
from trackteroid.client.missing import reading
from trackteroid.client.selecting import quoted
from trackteroid.collections.authoring import Authoring
from trackteroid.collections.collection import BoundCollection, binding_of, require_type, type_name_of
from trackteroid.collections.fetching import CHUNK, fetch
from trackteroid.entities.base import Entity, entity_class
from trackteroid.errors import EntityCollectionOperationError, UnknownAttributeError
from trackteroid.projections import resolve_projections, usable_projections
from trackteroid.relationships import relations_of
from trackteroid.schema import parse_path

if TYPE_CHECKING:
    from trackteroid.collections.empty import EmptyCollection
    from trackteroid.collections.entity_collection import EntityCollection


class Querying(Authoring):
    """Loading, and querying for related entities."""

    __slots__ = ()

    def fetch_attributes(self, *attributes: object, only_missing: bool = False) -> EntityCollection:
        """Load attributes of these entities from the server and return the collection, to go on with.

        Args:
            attributes: what to load, as projections of a query: ``"comment"``, ``"task.status.name"``,
                ``Task.State.name``; without any, the default projections of the type.
            only_missing: whether to ask only for the attributes that were not loaded yet, and only for the entities
                that lack one. If there are none, nothing is sent.

        All of it is one query (one per thousand entities). Values that were changed locally stay as they are.

        >>> assets.fetch_attributes(Task.State.name, "versions").Task.State.name  # doctest: +SKIP
        ['Blocked']

        Raises:
            UnknownAttributeError: an attribute does not exist; the message suggests similar ones.
            RelationError: no path is known to a type.
        """
        # The own type comes once more at the end, for its error.
        kinds = (self._type_name, *sorted(type_names(self._entities)), self._type_name)
        paths = [path for each in attributes for path in self._paths(kinds, [each])]
        paths = paths or default_projections(self)
        fetch(self._session, self._entities, paths, only_missing=only_missing)
        return self._same()

    def get(
        self, entity_type: type[Entity], projections: Iterable[object] | None = None
    ) -> EntityCollection | EmptyCollection:
        """Load the related entities of a type, with these attributes of theirs, and return them.

        >>> projects.get(Shot, projections=["status.name"])  # doctest: +SKIP
        EntityCollection[Shot]{120}

        Raises:
            RelationError: no path is known to this type.
        """
        target = require_type(entity_type).__name__
        relation = relations_of(self._session, self._schema).relation(self._type_name, target)
        ways = [".".join(step.attribute for step in parse_path(path)) for path in relation.paths]
        wanted = self._paths((target,), projections) or list(self._types.type(target).primary_key)
        fetch(self._session, self._entities, [f"{way}.{path}" for way in ways for path in wanted])
        # What the server did not send now is not there: nobody has forgotten it.
        with reading(self._session, "not_set"):
            return self.attribute(target)._as_loaded()

    def _paths(self, types: Iterable[str], projections: Iterable[object] | None) -> list[str]:
        """Return the paths of projections for the first of the types that has them."""
        name, *others = types
        try:
            return requested_paths(self, name, projections)
        except UnknownAttributeError:
            if not others:
                raise
        return self._paths(others, projections)

    def as_query(self, use_ids: bool = False) -> Any:
        """Return the query that found these entities; with *use_ids*, or for a part of a result, one for their ids.

        The query is a copy: criteria that are added to it change nothing here.
        """
        if self._frame.is_result and not use_ids:
            return copy.copy(self.query)
        return new_query(self, self._frame.entity_type).by_id(*self.keys())

    def query_children(self, projections: Iterable[object] | None = None, session: Any = None) -> Any:
        """Ask for all direct children of these contexts, with their default and these projections."""
        ids = list(map(quoted, self._by_id()))
        wanted = self._paths(("TypedContext",), projections)
        found: list[Any] = []
        for start in range(0, len(ids), CHUNK):
            parents = ",".join(ids[start : start + CHUNK])
            query = new_query(self, entity_class("TypedContext"), session)
            found.append(query.inject(f"parent_id in ({parents})").get(projections=wanted))
        return found[0].union(*found[1:])


def requested_paths(collection: BoundCollection, type_name: str, projections: object) -> list[str]:
    """Return the paths of projections for entities of a type that belong to a collection, checked.

    Raises:
        UnknownAttributeError: an attribute does not exist; the message suggests similar ones.
        RelationError: no path is known to a type.
    """
    bound = binding_of(collection)
    return resolve_projections(bound.types, relations_of(bound.session, bound.schema), type_name, projections)


def default_projections(collection: BoundCollection) -> list[str]:
    """Return what queries for the type of the collection ask for by themselves."""
    bound, type_name = binding_of(collection), type_name_of(collection)
    declared = entity_class(type_name, bound.types).projections
    return usable_projections(bound.session, bound.types, type_name, declared)


def new_query(collection: BoundCollection, entity_type: type[Entity], session: Any = None) -> Any:
    """Return a new query of the kind that *collection* came from.

    Raises:
        EntityCollectionOperationError: the collection was not made by a query.
    """
    bound = binding_of(collection)
    if bound.query is None:
        raise EntityCollectionOperationError(
            f"{collection!r} was not made by a query, so it cannot make another one. Use `Query` with the ids."
        )
    return type(bound.query)(entity_type, session=bound.session if session is None else session, schema=bound.schema)
