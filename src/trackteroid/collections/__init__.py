"""Collections of entities: reading, transforming, set algebra and authoring."""

from trackteroid.collections.collection import EmptyCollection, EntityCollection
from trackteroid.collections.context import Source
from trackteroid.collections.making import make_collection
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
