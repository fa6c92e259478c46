"""Loading a whole project at once, so that what is read of it afterwards asks the server nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.hydration.pages import iter_pages
from trackteroid.client.hydration.together import PAGE, chunks
from trackteroid.collections.arguments import require_type
from trackteroid.collections.collection import make_collection
from trackteroid.collections.context import context_of
from trackteroid.entities.base import Entity, entity_class
from trackteroid.errors import InvalidArgumentsError
from trackteroid.progress import counted
from trackteroid.projections import resolve_projections, usable_projections
from trackteroid.schema.entries import SCHEMA
from trackteroid.schema.relations import relations_of
from trackteroid.schema.types import Schema, schema_of
from trackteroid.spelling import quoted
from trackteroid.values import frozen

#: The condition that entities of a type, and of all kinds of it, are in projects.
_IN_PROJECT = {
    "Project": "id in ({ids})",
    "TypedContext": "project_id in ({ids})",
    "Asset": "parent.project_id in ({ids})",
    "AssetVersion": "asset.parent.project_id in ({ids})",
    "Component": "version.asset.parent.project_id in ({ids})",
    "List": "project_id in ({ids})",
    "ReviewSession": "project_id in ({ids})",
}

#: What is usually read of entities of a type, besides what queries for it ask for.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "Project": ("name", "full_name", "status", "project_schema.name", "children", "assets", "link"),
    "TypedContext": (
        "name", "description", "bid", "start_date", "end_date", "link", "parent", "parent_id", "project", "project_id",
        "children", "assets", "assignments.resource", "type.name", "status.name", "status.state.name", "priority.name",
        "thumbnail_id", "custom_attributes",
    ),
    "Asset": ("name", "type.name", "parent", "context_id", "versions"),
    "AssetVersion": (
        "version", "comment", "date", "is_published", "asset", "asset_id", "task", "task_id", "user.username",
        "status.name", "components", "thumbnail_id", "link",
    ),
    "Component": ("name", "file_type", "size", "version", "version_id", "component_locations.resource_identifier"),
}  # fmt: skip

TYPES = ("Project", "TypedContext", "Asset", "AssetVersion")


@frozen
class Preloaded:
    """What was loaded of a project, and what that took.

    Attributes:
        collections: what was loaded, by the name of its type.
        requests: how many requests that took.
        rows: how many records the server sent, those within others not counted.
        bytes: how much it sent.
    """

    collections: Mapping[str, Any]
    requests: int
    rows: int
    bytes: int

    def __getitem__(self, entity_type: type[Entity]) -> Any:
        """Return the entities of a type that were loaded, also of a more specific one: ``loaded[Shot]``.

        Raises:
            KeyError: none of this type were asked for.
        """
        name = require_type(entity_type).__name__
        if name in self.collections:
            return self.collections[name]
        for loaded in self.collections.values():
            if context_of(loaded).types.is_a(name, loaded.entity_type.__name__):
                return loaded[entity_type]
        raise KeyError(f"No {name} was loaded. Loaded were {', '.join(self.collections)}.")

    def __str__(self) -> str:
        counts = ", ".join(f"{len(found)} {name}" for name, found in self.collections.items())
        return f"{counts}: {self.rows} rows in {self.requests} requests, {self.bytes / 1e6:.1f} MB"


def load_project(
    session: Session,
    project_ids: Sequence[str],
    types: Iterable[type[Entity] | str] | type[Entity] | str | None,
    projections: Mapping[type[Entity] | str, object],
) -> dict[str, Any]:
    """Load all entities of some types in projects, page by page, and return them by type.

    Raises:
        InvalidArgumentsError: nothing tells which entities of a type are in a project.
        UnknownAttributeError: an attribute does not exist; the message suggests similar ones.
    """
    schema = schema_of(session)
    extra = {_name(each): paths for each, paths in projections.items()}
    given = [types] if isinstance(types, str | type) else types
    names = list(dict.fromkeys(map(_name, (*TYPES, *extra) if given is None else given)))
    texts = {name: _text(session, schema, name, extra.get(name, ())) for name in names}
    found: dict[str, Any] = {}
    for name, text in texts.items():
        entities: list[FtrackEntity] = []
        for ids in chunks(project_ids):
            pages = iter_pages(session, text.replace("{ids}", ",".join(map(quoted, ids))), page_size=PAGE)
            entities += (entity for page in counted(pages, f"Reading {name}") for entity in page)
        found[name] = make_collection(entity_class(name, schema), entities, session=session, schema=SCHEMA.default)
    return found


def _name(entity_type: type[Entity] | str) -> str:
    return entity_type if isinstance(entity_type, str) else require_type(entity_type).__name__


def _text(session: Session, schema: Schema, name: str, extra: object) -> str:
    schema.type(name)
    lineage = schema.lineage(name)
    within = next((each for each in lineage if each in _IN_PROJECT), None)
    if within is None:
        raise InvalidArgumentsError(
            f"Nothing tells which {name} entities are in a project. These can be loaded with it: "
            f"{', '.join(_IN_PROJECT)}, and all kinds of them."
        )
    usual = next((_USUAL[each] for each in lineage if each in _USUAL), ())
    known = schema.attributes(name)
    paths = [
        *usable_projections(session, schema, name, entity_class(name, schema).projections),
        *(path for path in usual if path.split(".")[0] in known),
        *resolve_projections(schema, relations_of(session, SCHEMA.default), name, extra),
    ]
    return f"select {', '.join(dict.fromkeys(paths))} from {name} where {_IN_PROJECT[within]}"  # noqa: S608  # ftrack's
