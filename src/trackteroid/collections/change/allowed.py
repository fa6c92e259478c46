"""Which statuses and types the schema of a project allows, for those whose names are not unique."""

from __future__ import annotations

from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.memory import is_new, members, stored_value
from trackteroid.client.paging import fetch_pages
from trackteroid.client.selecting import with_keys
from trackteroid.collections.fetching import fetch_missing
from trackteroid.schema import Schema

#: The attributes by which a new entity is part of a project.
_UPWARDS = ("project", "parent", "asset", "context")


def allowed_ids(
    session: Session, types: Schema, target: str, type_name: str, entity: FtrackEntity | None
) -> frozenset[str]:
    """Return the ids of the statuses or types that entities of a type may have in the project of an entity.

    Only asked where a name means several, for it costs a few requests.
    """
    project_id = _project_id(session, types, entity)
    if target not in ("Status", "Type") or project_id is None:
        return frozenset()
    (project,) = fetch_pages(session, with_keys("Project", ("id",), [(project_id,)], ["project_schema"])) or (None,)
    schemas: list[Any] = [] if project is None else [*members(stored_value(project, "project_schema"))]
    allowed: list[Any] = []
    with session.auto_populating(True):
        for schema in schemas:
            ask = schema.get_statuses if target == "Status" else schema.get_types
            try:
                allowed += ask(type_name)
            except ValueError:  # what ftrack_api raises for types without any
                continue
    return frozenset(str(stored_value(each, "id")) for each in allowed)


def _project_id(session: Session, types: Schema, entity: FtrackEntity | None) -> str | None:
    """Return the id of the project that an entity is part of, if it is part of any."""
    while entity is not None and is_new(entity):
        above = (members(stored_value(entity, name)) for name in _UPWARDS if entity.attributes.get(name))
        entity = next((found[0] for found in above if found), None)
    if entity is None or types.is_a(entity.entity_type, "Project"):
        return None if entity is None else str(stored_value(entity, "id"))
    if types.find_attribute(entity.entity_type, "link") is None:
        return None
    fetch_missing(session, [entity], "link")
    link: Any = stored_value(entity, "link")
    return str(link[0]["id"]) if link else None
