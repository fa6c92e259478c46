"""Lists of versions and of parts of a project."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import BY_NAME, NAMED, values


class ListCategory(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """What a list is for."""


class List(
    Entity, projections=NAMED, parents=("project",), criteria=(values("by_name", "name", "Project", "ListCategory"),)
):
    """A list of either kind."""


class AssetVersionList(List):
    """A list of versions."""


class TypedContextList(List):
    """A list of parts of a project."""


class ListObject(Entity, projections=("id", "entity_id", "list_id"), parents=("list",)):
    """The place of something in a list."""


__all__ = ["AssetVersionList", "List", "ListCategory", "ListObject", "TypedContextList"]
