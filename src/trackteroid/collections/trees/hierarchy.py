"""The hierarchy that entities are in: what is above them, their paths, and all that is below.

What is above is told as it will be once the pending changes of their session are committed. The server tells it in
``link``, for all entities in one request. What was created or moved here, and is not committed yet, is above or below
what it was put there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation, UpdateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.chains import Chain
from trackteroid.client.entities import (
    find_in_memory,
    is_new,
    key_of,
    key_of_operation,
    local_value,
    members,
    plain_value,
    stored_value,
)
from trackteroid.client.hydration.together import Asking, ask, entities_of, texts_for
from trackteroid.collections.change.pending import without_deleted
from trackteroid.collections.context import Selection, context_of, type_name_of, unique
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.querying import new_query
from trackteroid.display.trees import Node, Tree
from trackteroid.entities.base import entity_class
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError
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
    wanted: list[FtrackEntity] = []
    for each in entities:
        kind = kinds[each.entity_type]
        has_link = is_loaded and kind.type_name == "Context" and stored_value(each, "link") is not NOT_SET
        # What is new, or moved, is where it was put.
        if not (has_link or is_new(each) or _parent_here(each, kind) is not None):
            wanted.append(each)
    yield _texts(types, wanted)
    return Ancestry(session, entities)


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


def read_paths(selection: Selection, separator: str, *, project: bool) -> list[str]:
    """Return the path of each entity, in order.

    Raises:
        EntityCollectionOperationError: the entities have no place in the hierarchy.
    """
    if not isinstance(separator, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise InvalidArgumentsError(f'The separator of paths is a text such as "/", not {separator!r}.')
    refuse_unloaded(selection, f"Cannot tell the paths of {selection!r}, which is not all of it")
    entities = selection.values()
    if not entities:
        return []
    session = context_of(selection).session
    ancestry = ask(session, ancestry_of(session, entities))
    return [path_of(places, separator, project=project) for places in map(ancestry.of_entity, entities)]


def path_of(places: tuple[Place, ...], separator: str = "/", *, project: bool = False) -> str:
    """Return the names from the project, or from what is below it, to an entity; that of a project is its name.

    >>> path_of((Place("2", "sh010", "Shot"), Place("1", "sq01", "Sequence"), Place("0", "Show", "Project")))
    'sq01/sh010'
    """
    is_to_be_left_out = not project and len(places) > 1 and places[-1].type == "Project"
    return separator.join(place.name for place in reversed(places[:-1] if is_to_be_left_out else places))


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


_COLUMNS = ("id", "parent_id", "name", "object_type.name", "status.name")


def tree(selection: Selection, depth: int | None) -> Tree:
    """Return everything below the entities of a collection, which the server is asked for; drawn *depth* deep.

    Raises:
        EntityCollectionOperationError: these are no contexts.
        InvalidArgumentsError: *depth* is no number.
    """
    context, name = context_of(selection), type_name_of(selection)
    if not context.types.is_a(name, "Context"):
        raise EntityCollectionOperationError(
            f"{selection!r} has no hierarchy below it: projects, folders, shots and other contexts have."
        )
    if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 0):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentsError(f"depth is {depth!r}, but has to be 0 or a larger whole number, or None.")
    entities = selection.values()
    roots: list[Node] = []
    for each in entities:
        identity, shown = key_of(each)[1][0], plain_value(each, "name")
        roots.append(Node(identity, "", shown if isinstance(shown, str) else identity, each.entity_type))
    return Tree(roots, list(_nodes(selection)) if roots else [], depth)


def _nodes(selection: Selection) -> Iterator[Node]:
    """Yield what is below, each once: what is below two of the entities is below the nearer one."""
    projects = [key_of(each)[1][0] for each in selection.values() if each.entity_type == "Project"]
    others = [key_of(each)[1][0] for each in selection.values() if each.entity_type != "Project"]
    seen: set[str] = set(others)
    for path, ids in (("project_id",), projects), (("ancestors", "id"), others):
        if not ids:
            continue
        query = new_query(selection, entity_class("TypedContext"))
        chain: Any = Chain("TypedContext", path)
        for identity, parent, name, kind, status in query.where(chain.in_(ids)).iter_rows(_COLUMNS):
            if identity not in seen:
                seen.add(identity)
                yield Node(identity, parent or "", name, kind or "", f"({status})" if status else "")
