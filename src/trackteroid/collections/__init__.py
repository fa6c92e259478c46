"""Collections of entities: reading, transforming, set algebra and authoring."""

from trackteroid.collections.collection import EmptyCollection, EntityCollection, make_collection
from trackteroid.collections.context import Source
from trackteroid.collections.missing import Values
from trackteroid.errors import EntityCollectionOperationError

__all__ = [
    "EmptyCollection",
    "EntityCollection",
    "EntityCollectionOperationError",
    "Source",
    "Values",
    "make_collection",
]
