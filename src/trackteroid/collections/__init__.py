"""Collections of entities: reading, transforming, set algebra and authoring."""

from trackteroid.collections.collection import coerce
from trackteroid.collections.context import Source
from trackteroid.collections.empty import EmptyCollection
from trackteroid.collections.entity_collection import EntityCollection, make_collection
from trackteroid.errors import EntityCollectionOperationError

__all__ = [
    "EmptyCollection",
    "EntityCollection",
    "EntityCollectionOperationError",
    "Source",
    "coerce",
    "make_collection",
]
