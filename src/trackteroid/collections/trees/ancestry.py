"""What is above entities, as it will be once the pending changes of their session are committed.

The server tells it in ``link``, for all entities in one request. What was created or moved here, and is not committed
yet, is above or below what it was put there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation, UpdateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import (
    find_in_memory,
    is_new,
    key_of,
    key_of_operation,
    local_value,
    members,
    stored_value,
)
from trackteroid.client.hydration.together import Asking, entities_of, texts_for
from trackteroid.errors import EntityCollectionOperationError
from trackteroid.schema.types import Schema, schema_of
from trackteroid.values import frozen


@frozen
class Place:
    """An entity of a hierarchy.

    Attributes:
        id: its id.
        name: its name; that of a project is the one that people read.
        type: its type.
    """

    id: str
    name: str
    type: str


@frozen
class _Kind:
    """Entities that have a place in the hierarchy: what leads to the one above, and what the server is asked for."""

    type_name: str
    reference: str
    key: str
    projections: str


_KINDS = (
    _Kind("Context", "parent", "parent_id", "link, project_id"),
    _Kind("Asset", "parent", "context_id", "name, context_id, parent.link"),
    _Kind("AssetVersion", "asset", "asset_id", "version, asset_id, asset.name, asset.context_id, asset.parent.link"),
)


class Ancestry:
    """What is above entities, see `ancestry_of`."""

    def __init__(self, session: Session, entities: Sequence[FtrackEntity]) -> None:
        """Put together what is known. Use `ancestry_of`, which asks for it."""
        self._session = session
        self._types = schema_of(session)
        self._moved = _moved(session)
        self._chains: dict[str, tuple[Place, ...]] = {}
        for entity in entities:
            self._chains[_id(entity)] = self._chain(entity)

    def has(self, entity_id: str) -> bool:
        """Return whether this is one of the entities."""
        return entity_id in self._chains

    def of(self, entity_id: str) -> tuple[Place, ...]:
        """Return an entity and all that is above it, the nearest first, the project last."""
        return self._chains[entity_id]

    def of_entity(self, entity: FtrackEntity) -> tuple[Place, ...]:
        """Return the same for one of the entities."""
        return self._chains[_id(entity)]

    def _chain(self, entity: FtrackEntity) -> tuple[Place, ...]:
        places: list[Place] = []
        current: FtrackEntity | None = entity
        while current is not None and all(place.id != _id(current) for place in places):
            kind = kind_of(self._types, current.entity_type)
            above = _parent_here(current, kind)
            if above is None and kind.type_name != "Context":
                above = next(iter(members(stored_value(current, kind.reference))), None)
            if above is not None or is_new(current):
                places.append(_place(current))
                current = self._entity(above)
            else:
                current = self._follow_link(current, places)
        return tuple(places)

    def _follow_link(self, entity: FtrackEntity, places: list[Place]) -> FtrackEntity | None:
        """Add an entity and what is above it on the server; return the one from which on it is different here."""
        if stored_value(entity, "link") is NOT_SET:
            entities_of(self._session, _texts(self._types, [entity]))
        link: Sequence[Mapping[str, Any]] = stored_value(entity, "link") or ()  # NOT_SET is false, too
        if not link:
            places.append(_place(entity))  # hidden, or deleted meanwhile
            return None
        for number, each in enumerate(reversed(link)):
            if number and each["id"] in self._moved:
                return self._moved[each["id"]]
            places.append(Place(str(each["id"]), str(each["name"]), str(each["type"])))
        return None

    def _entity(self, above: FtrackEntity | str | None) -> FtrackEntity | None:
        """Return the entity that an id set as ``parent_id`` stands for."""
        if not isinstance(above, str):
            return above
        held = (find_in_memory(self._session, name, [above]) for name in ("Project", *self._types.subtypes("Context")))
        found = next((each for each in held if each is not None), None)
        if found is None:
            (page,) = entities_of(self._session, texts_for("select link from Context where id in ({ids})", [above]))
            found = next(iter(page), None)
        return found


def ancestry_of(session: Session, entities: Sequence[FtrackEntity], *, is_loaded: bool = False) -> Asking[Ancestry]:
    """Ask for what is above entities, for all of them at once: one request for each 20,000.

    Where it *is_loaded*, only for those of which it is not.

    Raises:
        EntityCollectionOperationError: some of them have no place in the hierarchy.
    """
    types = schema_of(session)
    kinds = {entity.entity_type: kind_of(types, entity.entity_type) for entity in entities}
    wanted = [each for each in entities if not _is_known(each, kinds[each.entity_type], is_loaded=is_loaded)]
    yield _texts(types, wanted)
    return Ancestry(session, entities)


def _is_known(entity: FtrackEntity, kind: _Kind, *, is_loaded: bool) -> bool:
    """Return whether nothing has to be asked: what is new, or moved, is where it was put."""
    has_link = is_loaded and kind.type_name == "Context" and stored_value(entity, "link") is not NOT_SET
    return has_link or is_new(entity) or _parent_here(entity, kind) is not None


def _texts(types: Schema, entities: Iterable[FtrackEntity]) -> list[str]:
    by_kind: dict[_Kind, list[str]] = {}
    for entity in entities:
        by_kind.setdefault(kind_of(types, entity.entity_type), []).append(_id(entity))
    return [
        text
        for kind, ids in by_kind.items()
        for text in texts_for(f"select {kind.projections} from {kind.type_name} where id in ({{ids}})", ids)  # noqa: S608
    ]


def kind_of(types: Schema, type_name: str) -> _Kind:
    """Return what is above entities of a type, and how it is asked for.

    Raises:
        EntityCollectionOperationError: they have no place in the hierarchy.
    """
    for kind in _KINDS:
        if types.is_a(type_name, kind.type_name):
            return kind
    raise EntityCollectionOperationError(
        f"{type_name} has no place in the hierarchy of a project. Contexts, such as shots and tasks, assets and "
        f"their versions have one."
    )


def has_place(types: Schema, type_name: str) -> bool:
    """Return whether entities of a type have a place in the hierarchy."""
    return any(types.is_a(type_name, kind.type_name) for kind in _KINDS)


def _parent_here(entity: FtrackEntity, kind: _Kind) -> FtrackEntity | str | None:
    """Return what an entity was put below in this session: an entity or its id. None if that is as on the server."""
    for name in (kind.reference, kind.key):
        value: Any = local_value(entity, name) if entity.attributes.get(name) else None
        if isinstance(value, FtrackEntity | str):
            return value
    return None


def _moved(session: Session) -> dict[str, FtrackEntity]:
    """Return the entities whose parent was set in this session, by id."""
    found: dict[str, FtrackEntity] = {}
    for operation in session.recorded_operations:
        is_move = isinstance(operation, UpdateEntityOperation) and operation.attribute_name in ("parent", "parent_id")
        if is_move or isinstance(operation, CreateEntityOperation):
            name, key = key_of_operation(operation)
            entity = find_in_memory(session, name, key)
            if entity is not None:
                found[key[0]] = entity
    return found


def _place(entity: FtrackEntity) -> Place:
    link: Any = stored_value(entity, "link") if entity.attributes.get("link") else NOT_SET
    name = stored_value(entity, "name") if entity.attributes.get("name") else NOT_SET
    if entity.entity_type == "AssetVersion":
        name = f"v{stored_value(entity, 'version')}"
    elif name is NOT_SET and link is not NOT_SET and link:
        name = link[-1]["name"]
    return Place(_id(entity), "" if name is NOT_SET else str(name), entity.entity_type)


def _id(entity: FtrackEntity) -> str:
    return key_of(entity)[1][0]
