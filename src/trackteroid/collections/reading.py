"""Reading attributes of several entities at once: from memory, or after doing something about what was not loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from operator import is_
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid import configuration
from trackteroid.client.entities import entities_in as references_in
from trackteroid.client.entities import has_unset, mapping, members, stored_value, type_names, values_in
from trackteroid.client.missing import mode_of
from trackteroid.collections.attributes import Attributed, E_co
from trackteroid.collections.change import pending
from trackteroid.collections.context import (
    Context,
    FetchGroup,
    Selection,
    Source,
    Unloaded,
    context_of,
    entities_in,
    storages_of,
)
from trackteroid.collections.missing import EmptyValues, lacking, tell
from trackteroid.entities.base import Entity, entity_class
from trackteroid.schema.types import AttributeSchema, Schema

#: Attributes that reach several kinds of entities, and the kind their collections are said to hold.
_COMMON_TYPES = {
    "parent": "TypedContext",
    "children": "TypedContext",
    "ancestors": "TypedContext",
    "descendants": "TypedContext",
    "components": "Component",
}


def _type_of(types: Schema, attribute: AttributeSchema, entities: Iterable[FtrackEntity]) -> type[Entity]:
    """Return the type for entities read from *attribute*: their own if they have one in common."""
    names = type_names(entities)
    if len(names) == 1 and attribute.name not in _COMMON_TYPES:
        return entity_class(names.pop(), types)
    target = _COMMON_TYPES.get(attribute.name) or attribute.accepts
    return entity_class("TypedContext" if target == "Context" else target, types)


def read_values(selection: Selection, attribute: AttributeSchema) -> list[Any] | EmptyValues:
    """Return the value that each entity has for an attribute that does not lead to others."""
    entities = entities_in(selection)
    if not entities:
        return _read_nothing(selection, attribute.name, _unloaded_through(selection, attribute))
    values = _stored(selection, entities, attribute.name)
    if attribute.kind == "scalar":
        return _loaded(selection, attribute, values) if has_unset(values) else values
    if any(map(is_, values, repeat(NOT_SET))):
        values = _loaded(selection, attribute, values)
    return [value if value is NOT_SET else mapping(value) for value in values]


def read_custom(selection: Selection, attribute: AttributeSchema, key: str) -> list[Any] | EmptyValues:
    """Return the value that each entity has for the custom attribute with this key."""
    if not entities_in(selection):
        return _read_nothing(selection, f"custom_{key}", context_of(selection).unloaded)
    values = read_values(selection, attribute)
    return [value if value is NOT_SET else value.get(key) for value in values]


def custom_names(selection: Selection) -> list[str]:
    """Return the names by which the custom attributes are read that were loaded for any of the entities."""
    values = (stored_value(each, "custom_attributes") for each in entities_in(selection))
    loaded = (cast("Iterable[str]", each) for each in values if isinstance(each, Mapping))
    return [f"custom_{key}" for key in dict.fromkeys(key for each in loaded for key in each) if key.isidentifier()]


def _read_nothing(selection: Selection, name: str, unloaded: Unloaded | None) -> EmptyValues:
    if unloaded is not None:
        tell(unloaded)
    return EmptyValues(selection, name, unloaded)


def _unloaded_through(selection: Selection, attribute: AttributeSchema) -> Unloaded | None:
    """Return that an attribute was not loaded because the entities were not that would have it."""
    return None if context_of(selection).unloaded is None else Unloaded(selection, attribute)


def read_entities(
    selection: Selection, attribute: AttributeSchema, rest: str = ""
) -> tuple[Context, list[FtrackEntity]]:
    """Return the entities that a reference or array attribute leads to, after which the path *rest* is read.

    An empty collection tells that something was not loaded when it is used, for the first entity can be created in it.
    """
    context, source, owners = context_of(selection), Source(selection, attribute.name), entities_in(selection)
    if not owners:
        unloaded = _unloaded_through(selection, attribute)
        return Context(_type_of(context.types, attribute, ()), context.origin, source, unloaded=unloaded), []
    values, unloaded = _stored(selection, owners, attribute.name), None
    entities, is_lacking = _entities_in(attribute, values)
    if is_lacking:
        values, unloaded = _filled_in(selection, attribute, values, rest)
        entities, _ = _entities_in(attribute, values)
    kept = pending.without_deleted(context.session, entities)
    if unloaded is not None and kept:
        tell(unloaded)
    entity_type = _type_of(context.types, attribute, kept)
    return Context(entity_type, context.origin, source, unloaded=unloaded or context.unloaded), kept


def _entities_in(attribute: AttributeSchema, values: list[Any]) -> tuple[list[FtrackEntity], bool]:
    """Return the entities in the values, and whether one was not loaded."""
    if attribute.kind == "reference":
        return references_in(values)
    return [member for value in values for member in members(value)], any(map(is_, values, repeat(NOT_SET)))


def _stored(selection: Selection, entities: Sequence[FtrackEntity], name: str) -> list[Any]:
    return [stored_value(entities[0], name)] if len(entities) == 1 else values_in(storages_of(selection), name)


def _loaded(selection: Selection, attribute: AttributeSchema, values: list[Any]) -> list[Any]:
    """Return the values of a plain attribute, some of which were not loaded, after doing something about it."""
    if mode_of(context_of(selection).session) == "not_set" and attribute.kind == "scalar":
        return values
    filled, unloaded = _filled_in(selection, attribute, values)
    if unloaded:
        tell(unloaded)
    return filled


def _filled_in(
    selection: Selection, attribute: AttributeSchema, values: list[Any], rest: str = ""
) -> tuple[list[Any], Unloaded | None]:
    """Return the values after fetching them, if the session does so, and what is not loaded nevertheless."""
    context = context_of(selection)
    entities = lacking(context.types, entities_in(selection), attribute.name, values)
    if not entities:
        return values, None
    if not attribute.projectable or mode_of(context.session) != "fetch":
        return values, Unloaded(selection, attribute, entities, rest)
    # What was not loaded is, once for all that is read together.
    entities, path = entities_in(selection), f"{attribute.name}.{rest}" if rest else attribute.name
    group = context.fetch_group() or FetchGroup(entities, together=True)
    is_new = group.load(context.session, attribute.name, path, entities)
    values = _stored(selection, entities, attribute.name)
    if is_new and (left := lacking(context.types, entities, attribute.name, values)):
        configuration.logger("entities").warning('The server did not send "%s" of %d %s.', path, len(left), selection)
    return values, None


class HasAttributes(Protocol):
    """A collection, with attributes to read and to set."""

    def attribute(self, name: str) -> Any:
        """Return an attribute, whatever methods there are."""
        ...

    def __delattr__(self, name: str) -> NoReturn: ...


class Attributes(Attributed[E_co]):
    """The attributes of a collection without its methods, for those that are called like one.

    >>> statuses.attributes.sort  # doctest: +SKIP
    [10.0, 20.0]
    >>> shots.attributes.sort = [1.0, 2.0]  # doctest: +SKIP
    """

    __slots__ = ("_collection", "_names")

    _collection: HasAttributes
    _names: Callable[[], Iterable[str]]

    def __init__(self, collection: HasAttributes, names: Callable[[], Iterable[str]]) -> None:
        """Make it for a collection; *names* tells the names of the attributes."""
        object.__setattr__(self, "_collection", collection)
        object.__setattr__(self, "_names", names)

    if not TYPE_CHECKING:  # checkers know the attributes by the stub of `Attributed`

        def __getattr__(self, name: str) -> Any:
            # Python looks for protocols (copying, pickling, arrays) under such names: they must be found missing. And
            # what has its own place is only looked for here while a copy is made, before it has got its value.
            if name.startswith("__") or name in Attributes.__slots__:
                raise AttributeError(name)
            return self._collection.attribute(name)

        def __setattr__(self, name: str, value: object) -> None:
            setattr(self._collection, name, value)

    def __delattr__(self, name: str) -> NoReturn:
        self._collection.__delattr__(name)

    def __dir__(self) -> list[str]:
        return sorted(self._names())

    def __copy__(self) -> Attributes[E_co]:
        return self

    def __deepcopy__(self, _memo: object) -> Attributes[E_co]:
        return self

    def __repr__(self) -> str:
        return f"<attributes of {self._collection!r}>"
