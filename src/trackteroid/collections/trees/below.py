"""Everything of a type that is below entities, at any depth, in one request."""

from __future__ import annotations

from collections.abc import Sequence

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.entities import key_of
from trackteroid.client.hydration.together import Asking, texts_for
from trackteroid.collections.change.delete import without_deleted
from trackteroid.collections.sets import unique
from trackteroid.collections.trees.ancestry import kind_of
from trackteroid.schema.types import schema_of

#: Contexts and what is below them, as a query inside of another one. A server finds these first, and what belongs to
#: them by its indexes; ``parent.ancestors any (...)`` would be looked at for each asset or version that there is.
INSIDE = "select id from TypedContext where id in ({ids}) or ancestors any (id in ({ids}))"

#: Conditions that something is below contexts, and in projects, by what has a place of its own.
_BELOW = {
    "Context": "ancestors any (id in ({ids}))",
    "Asset": f"context_id in ({INSIDE})",
    "AssetVersion": f"asset.context_id in ({INSIDE})",
}
_IN_PROJECT = {
    "Context": "project_id in ({ids})",
    "Asset": "parent.project_id in ({ids})",
    "AssetVersion": "asset.parent.project_id in ({ids})",
}


def below(
    session: Session, entities: Sequence[FtrackEntity], type_name: str, projections: Sequence[str] = ()
) -> Asking[list[FtrackEntity]]:
    """Return the entities of a type below these contexts, with where they are and with *projections*.

    That is one request for 20,000 contexts, and one more for each 5,000 entities that are found.

    Raises:
        UnknownEntityTypeError: there is no such type.
        EntityCollectionOperationError: entities of this type have no place in the hierarchy.
    """
    types = schema_of(session)
    types.type(type_name)
    kind = kind_of(types, type_name)
    asked = ", ".join(dict.fromkeys((*kind.projections.split(", "), *projections)))
    texts = [
        text
        for where, are_projects in ((_BELOW, False), (_IN_PROJECT, True))
        for text in texts_for(
            f"select {asked} from {type_name} where {where[kind.type_name]}",  # noqa: S608  # a query of ftrack
            [key_of(each)[1][0] for each in entities if (each.entity_type == "Project") is are_projects],
        )
    ]
    pages = yield texts
    return without_deleted(session, unique(each for page in pages for each in page))
