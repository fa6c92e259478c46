"""The entity types of ftrack, as classes to write queries with.

They name a type (``Query(Shot)``), start a path to ask for (``AssetVersion.Task.name``) and narrow a collection
(``collection[Shot]``). A type a server has beyond these is imported by its name in the same way.
"""

from trackteroid.entities import (
    customization,
    lists,
    notes,
    people,
    production,
    publishing,
    review,
    system,
    workflow,
)
from trackteroid.entities.base import Entity
from trackteroid.entities.base import entity_class as entity_class
from trackteroid.entities.customization import *
from trackteroid.entities.imports import entity_or_error
from trackteroid.entities.lists import *
from trackteroid.entities.notes import *
from trackteroid.entities.people import *
from trackteroid.entities.production import *
from trackteroid.entities.publishing import *
from trackteroid.entities.review import *
from trackteroid.entities.system import *
from trackteroid.entities.workflow import *

__all__: list[str] = ["Entity"]
__all__ += customization.__all__
__all__ += lists.__all__
__all__ += notes.__all__
__all__ += people.__all__
__all__ += production.__all__
__all__ += publishing.__all__
__all__ += review.__all__
__all__ += system.__all__
__all__ += workflow.__all__


def __getattr__(name: str) -> type[Entity]:
    """Make the class of a type that only some servers have: ``from trackteroid.entities import Scene``."""
    return entity_or_error(__name__, name, __all__)
