"""The configurations of custom attributes, and which of them counts for an entity.

A configuration applies to entities by kind, object type and project, hierarchical ones to everything in a project.
Of several with one key, one counts: one of the project before one of all projects, then one for this kind of entity
before a hierarchical one, then the first by id. The server shows values of that one only, so where these are loaded,
what they say holds; for new entities and new attributes it is worked out here.

ftrack_api asks for the configurations once per process and address, and passes over projects that it does not know.
`adopt` lets the custom attributes of our sessions be found here instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import ftrack_api.inspection
from ftrack_api.attribute import KeyValueMappedCollectionAttribute
from ftrack_api.collection import KeyValueMappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session
from ftrack_api.symbol import CREATED, NOT_SET

from trackteroid.client.entities import (
    entries,
    find_in_memory,
    key_of,
    members,
    stored_value,
    stored_values,
    with_keys,
)
from trackteroid.client.hydration.answers import ride_along
from trackteroid.client.hydration.together import Asking
from trackteroid.client.local_lists import tell_of
from trackteroid.errors import suggest
from trackteroid.schema.types import schema_of
from trackteroid.session_state import of_connection
from trackteroid.values import frozen

ATTRIBUTE = "custom_attributes"

_QUERY = (
    "select key, id, entity_type, object_type_id, project_id, is_hierarchical, config, default, type.name "
    "from CustomAttributeConfiguration"
)

#: What configurations call the kinds of entities that custom attributes are for.
_KINDS = {
    "TypedContext": "task",
    "Project": "show",
    "Asset": "asset",
    "AssetVersion": "assetversion",
    "User": "user",
    "List": "list",
    "ListObject": "listobject",
}
_HIERARCHICAL_KINDS = ("task", "show", "asset", "assetversion")

#: The references that lead from an entity to what is in the same project, and the keys that say the same.
_ABOVE = {"asset": ("asset_id",), "list": ("list_id",), "parent": ("parent_id", "context_id")}

#: Where entities have the id of their project.
_PROJECTS = {
    "Context": "project_id",
    "Asset": "parent.project_id",
    "AssetVersion": "asset.parent.project_id",
    "List": "project_id",
    "ListObject": "list.project_id",
}

#: No hierarchy is deeper.
_DEEPEST = 100


@frozen
class Configuration:
    """One custom attribute, as it is configured on the server.

    Attributes:
        id: its id.
        key: what it is called.
        kind: the kind of entities it is for: ``"task"``, ``"show"``, ``"asset"``, ...
        object_type_id: which of them, where they are tasks.
        project_id: the project it is for; None for all projects.
        is_hierarchical: whether it is for all entities of a project.
        type: the type of its values: ``"number"``.
        config: further settings, as the text of a JSON object.
        default: the value of what has no other one.
    """

    id: str
    key: str
    kind: str
    object_type_id: str | None = None
    project_id: str | None = None
    is_hierarchical: bool = False
    type: str = ""
    config: str | None = None
    default: Any = None

    @classmethod
    def of(cls, entity: Entity) -> Configuration:
        """Return what an entity of ftrack_api says."""
        names = ("id", "key", "entity_type", "object_type_id", "project_id", "is_hierarchical", "config", "default")
        values = [None if (value := stored_value(entity, name)) is NOT_SET else value for name in names]
        identifier, key, kind, object_type_id, project_id, is_hierarchical, config, default = values
        of_type = next(iter(stored_values(members(stored_value(entity, "type")), "name")), "")
        return cls(
            id=str(identifier),
            key=str(key),
            kind=str(kind),
            object_type_id=object_type_id,
            project_id=project_id,
            is_hierarchical=is_hierarchical is True,
            type=of_type,
            config=config,
            default=default,
        )

    def is_for(self, kind: str) -> bool:
        """Return whether some entities of a kind have the attribute."""
        return self.kind == kind or (self.is_hierarchical and kind in _HIERARCHICAL_KINDS)

    def applies_to(self, kind: str, object_type_id: str | None) -> bool:
        """Return whether entities of a kind and object type have the attribute, in the projects that it is for."""
        if self.is_hierarchical and kind in _HIERARCHICAL_KINDS:
            return True
        return self.kind == kind and self.object_type_id == object_type_id


class _Known:
    """What is known of the server that a session is connected to."""

    def __init__(self) -> None:
        self.configurations: list[Configuration] | None = None
        #: Configurations that this user is not shown, although entities have their attributes.
        self.hidden: set[str] = set()


class Finder:
    """Finds the configurations of keys that are about to be set.

    A session asks for all of them when it needs one for the first time. A finder that meets a key or an id which the
    session does not know asks once more: somebody may have made the attribute meanwhile.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = of_connection(session, _Known)
        self._has_asked = False

    def find(self, entity: Entity, key: str) -> tuple[str, Configuration | None] | None:
        """Return the id of the configuration that counts for *entity*, and the configuration if the user may see it.

        None if there is none: the entity has no such attribute.
        """
        row = rows_of(entity).get(key)
        if row is not None:
            identifier = str(stored_value(row, "configuration_id"))
            configuration = self._with_id(identifier)
            kind = _kind_of(self._session, entity.entity_type)
            is_known = configuration is not None and configuration.is_for(kind)
            return identifier, configuration if is_known else None
        for configurations in self._attempts():
            found = _counting(entity, [each for each in configurations if each.key == key])
            if found:
                return found[0].id, found[0]
        return None

    def keys(self, entity: Entity) -> list[str]:
        """Return the keys of the custom attributes that an entity has."""
        return sorted({*rows_of(entity), *(each.key for each in _counting(entity, self._asked_for()))})

    def counting(self, type_name: str, object_type_id: str | None, project_id: str | None) -> dict[str, Configuration]:
        """Return the configurations that count for entities of a type in a project, by key."""
        kind = _kind_of(self._session, type_name)
        found = _in_order(
            self._asked_for(), kind, object_type_id or _object_type_of(self._session, type_name), project_id
        )
        return {each.key: each for each in reversed(found)}

    def with_id(self, identifier: str) -> Configuration | None:
        """Return the configuration with this id; None if the user is not shown it."""
        return self._with_id(identifier)

    def refresh(self) -> None:
        """Ask for the configurations, unless this finder has done so: somebody may have made some meanwhile."""
        if not self._has_asked:
            self._ask()

    def fitting(self, type_name: str, key: str) -> list[Configuration]:
        """Return the configurations that entities of a type may have under *key*, in some project."""
        for configurations in self._attempts():
            found = [each for each in self._of_type(configurations, type_name) if each.key == key]
            if found:
                return found
        return []

    def fitting_keys(self, type_name: str) -> list[str]:
        """Return the keys that entities of a type may have, in some project."""
        return sorted({each.key for each in self._of_type(self._asked_for(), type_name)})

    def _of_type(self, configurations: Iterable[Configuration], type_name: str) -> list[Configuration]:
        kind, own = _kind_of(self._session, type_name), _object_type_of(self._session, type_name)
        return [
            each
            for each in configurations
            # One for no object type may be for some, where it is not known yet which object type entities will have.
            if each.applies_to(kind, own) or (each.kind == kind and None in (own, each.object_type_id))
        ]

    def _with_id(self, identifier: str) -> Configuration | None:
        if identifier in self._known.hidden:
            return None
        for configurations in self._attempts():
            found = next((each for each in configurations if each.id == identifier), None)
            if found is not None:
                return found
        self._known.hidden.add(identifier)
        return None

    def _attempts(self) -> Iterator[list[Configuration]]:
        """What is known, and then, unless this finder has asked already, what the server has now."""
        yield self._asked_for()
        if not self._has_asked:
            yield self._ask()

    def _asked_for(self) -> list[Configuration]:
        return self._ask() if self._known.configurations is None else self._known.configurations

    def _ask(self) -> list[Configuration]:
        self._has_asked = True
        return _remember(self._session, self._session.query(_QUERY).all())


def configurations(session: Session) -> Asking[None]:
    """Ask for the configurations, unless the session knows some."""
    if of_connection(session, _Known).configurations is None:
        (found,) = yield [_QUERY]
        _remember(session, found)


def expect_configurations(session: Session) -> None:
    """Let the configurations come along with the next query, which loads custom attributes.

    Whoever sets what was loaded needs them, to refuse what does not fit.
    """
    hydrate: Callable[[list[Any]], list[Entity]] | None = getattr(session, "_hydrate", None)
    if hydrate is not None and of_connection(session, _Known).configurations is None:

        def take(records: list[Any]) -> None:
            _remember(session, hydrate(records))

        ride_along(session, _QUERY, take)


def _remember(session: Session, entities: Iterable[Entity]) -> list[Configuration]:
    found = [Configuration.of(entity) for entity in entities]
    of_connection(session, _Known).configurations = found
    return found


def rows_of(entity: Entity) -> dict[str, Entity]:
    """Return what holds the values of custom attributes, as far as it was loaded, by key."""
    return entries(stored_value(entity, ATTRIBUTE))


def row_of(entity: Entity, key: str, configuration_id: str) -> Entity:
    """Return what holds the value of a custom attribute of *entity*; it is made if the session has none yet.

    It is never created, for the server has values of all attributes, but updated.
    """
    row = rows_of(entity).get(key)
    if row is None:
        row = _made_row(entity, key, configuration_id)
        local = _attribute(entity).get_local_value(entity)
        if local is not NOT_SET or _is_new(entity):
            _attribute(entity).set_local_value(entity, [*members(local), row])
    return row


def adopt(entity_classes: Iterable[type[Entity]]) -> None:
    """Let custom attributes of these classes be found by `Finder`, also when they are set in ftrack_api's own way."""
    for entity_class in entity_classes:
        attribute = entity_class.attributes.get(ATTRIBUTE)
        if isinstance(attribute, KeyValueMappedCollectionAttribute):
            attribute.creator = _create


def _create(proxy: KeyValueMappedCollectionProxy, data: dict[str, Any]) -> Entity:
    """Return a new entry for a collection of custom attributes; ftrack_api adds it to that.

    Raises:
        KeyError: the entity has no such attribute.
    """
    entity: Entity = proxy.collection.entity
    key = str(data["key"])
    finder = Finder(entity.session)
    found = finder.find(entity, key)
    if found is None:
        raise KeyError(no_such_attribute(entity.entity_type, key, finder.keys(entity)))
    row = _made_row(entity, key, found[0])
    row["value"] = data["value"]
    return row


def no_such_attribute(type_name: str, key: str, keys: Iterable[str]) -> str:
    """Return the words for a key that entities of a type do not have."""
    known = sorted(keys)
    return f'{type_name} has no custom attribute "{key}". It has {", ".join(known) or "none"}.{suggest(key, known)}'


def _is_new(entity: Entity) -> bool:
    return ftrack_api.inspection.state(entity) is CREATED


def _attribute(entity: Entity) -> Any:
    return entity.attributes.get(ATTRIBUTE)


def _made_row(entity: Entity, key: str, configuration_id: str) -> Entity:
    """Return a new row; it is among the loaded ones if these were loaded, so that a commit does not lose it."""
    session, attribute = entity.session, _attribute(entity)
    row_type = str(schema_of(session).attribute(entity.entity_type, ATTRIBUTE).target)
    entity_id = str(stored_value(entity, "id"))
    row = find_in_memory(session, row_type, (configuration_id, entity_id))
    if row is None:
        values = {"configuration_id": configuration_id, "entity_id": entity_id, "key": key}
        row = session.create(row_type, values, reconstructing=True)
    tell_of(attribute, entity, row)
    return row


def _counting(entity: Entity, configurations: Iterable[Configuration]) -> list[Configuration]:
    """Return the configurations that apply to an entity; of those with one key, the one that counts comes first."""
    session = entity.session
    kind, object_type_id = _kind_of(session, entity.entity_type), stored_value(entity, "object_type_id")
    if object_type_id is NOT_SET:
        object_type_id = _object_type_of(session, entity.entity_type)
    applying = [each for each in configurations if each.applies_to(kind, object_type_id)]
    is_of_project = any(each.project_id is not None for each in applying)
    return _in_order(applying, kind, object_type_id, _project_of(entity) if is_of_project else None)


def _in_order(
    configurations: Iterable[Configuration], kind: str, object_type_id: str | None, project_id: str | None
) -> list[Configuration]:
    """Return those that apply to what is of a kind and object type in a project; of one key, what counts is first."""
    applying = [
        each
        for each in configurations
        if each.project_id in (None, project_id) and each.applies_to(kind, object_type_id)
    ]
    return sorted(applying, key=lambda each: (each.project_id is None, each.is_hierarchical, each.id))


def _kind_of(session: Session, type_name: str) -> str:
    return next((_KINDS[name] for name in schema_of(session).lineage(type_name) if name in _KINDS), "")


def _object_type_of(session: Session, type_name: str) -> str | None:
    found = schema_of(session).find_type(type_name)
    return found.object_type_id if found else None


def _project_of(entity: Entity) -> str | None:
    """Return the id of the project that an entity is in, or will be; None if it is in none, or nobody can tell."""
    known = _known_project(entity)
    if known is not None:
        return known
    session = entity.session
    *_, top = _upwards(entity)
    type_name, key = key_of(top)
    if _is_new(top):  # what it belongs to is known by its key only
        types = schema_of(session)
        keys_above = (
            (attribute.target, (value,))
            for name, keys in _ABOVE.items()
            if (attribute := types.find_attribute(top.entity_type, name)) is not None and attribute.target
            for each in keys
            if isinstance(value := stored_value(top, each), str)
        )
        above = next(keys_above, None)
        if above is None:
            return None
        type_name, key = above
    path = next((_PROJECTS[name] for name in schema_of(session).lineage(type_name) if name in _PROJECTS), None)
    if path is None:
        return None
    found = session.query(with_keys(type_name, ["id"], [key], [path])).all()
    return next((project for each in found if (project := _known_project(each)) is not None), None)


def _known_project(entity: Entity) -> str | None:
    """Return the id of the project, as far as it is in memory."""
    for each in _upwards(entity):
        if each.entity_type == "Project":
            return str(stored_value(each, "id"))
        for value in (stored_value(each, "project_id"), *stored_values(members(stored_value(each, "project")), "id")):
            if isinstance(value, str):
                return value
    return None


def _upwards(entity: Entity) -> Iterator[Entity]:
    """Yield an entity and what it belongs to, as far as it is in memory."""
    above: Entity | None = entity
    for _ in range(_DEEPEST):
        if above is None:
            return
        yield above
        above = next((each for name in _ABOVE for each in members(stored_value(above, name))), None)
