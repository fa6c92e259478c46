"""Collections of entities: reading, transforming, set algebra and authoring."""

from trackteroid.collections.bound import coerce
from trackteroid.collections.core import EntityCollection, make_collection
from trackteroid.collections.empty import EmptyCollection
from trackteroid.collections.frames import Source
from trackteroid.errors import EntityCollectionOperationError

__all__ = [
    "EmptyCollection",
    "EntityCollection",
    "EntityCollectionOperationError",
    "Source",
    "coerce",
    "make_collection",
]
