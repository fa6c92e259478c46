"""What collections with and without entities have in common: a type, a session, a query, and attributes by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.chains import Chain
from trackteroid.collections import deletions
from trackteroid.collections.attributes import Attributes
from trackteroid.collections.frames import Binding, Frame, Source
from trackteroid.collections.habits import instead
from trackteroid.entities.base import Entity, EntityType, entity_class
from trackteroid.errors import (
    CoercionError,
    EntityCollectionOperationError,
    InvalidArgumentsError,
    UnknownAttributeError,
    nearest,
    suggest,
)
from trackteroid.relationships import SchemaEntry, relations_of
from trackteroid.schema import AttributeSchema, Schema, Step, parse_path

if TYPE_CHECKING:
    from trackteroid.collections.core import EntityCollection
    from trackteroid.collections.empty import EmptyCollection

#: Attributes that reach several kinds of entities, and the kind their collections are said to hold.
COMMON_TYPES = {
    "parent": "TypedContext",
    "children": "TypedContext",
    "ancestors": "TypedContext",
    "descendants": "TypedContext",
    "components": "Component",
}

CUSTOM_PREFIX = "custom_"


def accepted_type(attribute: AttributeSchema) -> str:
    """Return the name of the type of entities that a reference or array attribute takes."""
    return attribute.accepts or "Entity"


def common_type(attribute: AttributeSchema) -> str:
    """Return the name of the type that collections read from a reference or array attribute have."""
    target = COMMON_TYPES.get(attribute.name) or accepted_type(attribute)
    return "TypedContext" if target == "Context" else target


class BoundCollection(ABC):
    """A typed, immutable sequence of entities that knows its session, its query and its source."""

    __slots__ = ("__weakref__", "_frame")

    _frame: Frame

    @property
    def entity_type(self) -> type[Entity]:
        """The entity class this is a collection of. An attribute of this name is ``attributes.entity_type``."""
        return self._frame.entity_type

    @property
    def query(self) -> Any:
        """The query that produced this collection (or the one it was derived from), or None."""
        return self._frame.bound.query

    @property
    def source(self) -> Source | None:
        """The collection and the attribute this one was read from, or None for the result of a query."""
        return self._frame.source

    def explain(self, target: type[Entity]) -> str:
        """Describe the path that leads from these entities to those of *target*, as ``collection.Target`` takes it.

        Raises:
            RelationError: no path is known.
        """
        return relations_of(self._session, self._schema).explain(self._type_name, require_type(target).__name__)

    @property
    def _session(self) -> Session:
        return self._frame.bound.session

    @property
    def _schema(self) -> SchemaEntry:
        return self._frame.bound.schema

    @property
    def _types(self) -> Schema:
        return self._frame.bound.types

    def _refuse_unloaded(self, what: str) -> None:
        """Refuse to do *what* with a collection that would be another one if all was loaded.

        Raises:
            UnloadedAttributeError: it would be.
        """
        if self._frame.unloaded is not None:
            raise self._frame.unloaded.refusal(what)

    @property
    def _type_name(self) -> str:
        """The name of the most specific type that all entities share."""
        return self._frame.entity_type.__name__

    def attribute(self, name: str) -> Any:
        """Read attribute *name*, also when a method or property of collections has the same name; see `attributes`.

        >>> shots.attribute("sort")  # doctest: +SKIP
        [10.0, 20.0]

        Raises:
            UnknownAttributeError: the entity type has no such attribute; the message suggests similar ones.
        """
        check_name(name)
        found = self._plan(name) or self._find_attribute(name)
        if found is not None:
            return self._read(found)
        if name.startswith(CUSTOM_PREFIX) and name != CUSTOM_PREFIX and self._find_attribute("custom_attributes"):
            return self._read_custom(name.removeprefix(CUSTOM_PREFIX))
        if self._frame.bound.types.find_type(name):
            return self._read_related(name)
        raise self._unknown(name)

    @property
    def attributes(self) -> Attributes:
        """The attributes of the entities, under names that no method hides: read, set and completed like others.

        >>> statuses.attributes.sort  # doctest: +SKIP
        [10.0, 20.0]
        """
        return Attributes(self, lambda: self._types.attributes(self._type_name))

    def _plan(self, name: str) -> AttributeSchema | None:
        """Return what the schema says about an attribute that all of the entities have."""
        # Not `_types`: an AttributeError on the way to the server's schema would lead back to `attribute`.
        return self._frame.bound.types.find_attribute(self._type_name, name)

    def commit(self) -> None:
        """Send **all** pending changes of the session to the server."""
        with deletions.committing(self._frame.bound.session):
            self._frame.bound.session.commit()

    def from_entities(
        self,
        entities: FtrackEntity | Iterable[FtrackEntity],
        type_override: type[Entity] | None = None,
        source: Source | None = None,
    ) -> Any:
        """Return the collection of these entities of ftrack_api, with the session and schema of this one.

        They are of the type of this collection, or of the one that *type_override* names.

        >>> shots.from_entities(session.query("Shot where name is sh010").all())  # doctest: +SKIP
        EntityCollection[Shot]{1}

        Raises:
            CoercionError: an entity is not of that type.
            EntityCollectionOperationError: an entity belongs to another session.
        """
        from trackteroid.collections.container import collection_of
        from trackteroid.collections.core import EntityCollection

        given = _entities_of(entities)
        wanted = self._frame.entity_type if type_override is None else require_type(type_override)
        for entity in given:
            if entity.session is not self._session:
                raise EntityCollectionOperationError(
                    f"{entity.entity_type} and {self!r} come from different sessions. Query both with the same session."
                )
            _check_kind(self._types, entity, entity.entity_type, wanted.__name__)
        return collection_of(EntityCollection, Frame(wanted, self._frame.bound, source), given)

    def _find_attribute(self, name: str) -> AttributeSchema | None:
        """Return what the schema says about an attribute of the entities, or None."""
        return self._plan(name)

    def _unknown(self, name: str) -> UnknownAttributeError:
        type_name = self._type_name
        known = [*self._types.attributes(type_name), *self._types.types] if type_name in self._types.types else []
        known += [each for each in dir(type(self)) if not each.startswith("_") and each not in known]
        meant = instead(name) or f"{suggest(name, known)} Spell it as the server's schema does."
        return UnknownAttributeError(
            f'{type_name} has no attribute "{name}", and there is no entity type of that name.{meant}',
            name=name,
            near=nearest(name, known),
        )

    def _read_related(self, type_name: str) -> EntityCollection | EmptyCollection:
        relation = relations_of(self._frame.bound.session, self._frame.bound.schema).relation(
            self._type_name, type_name
        )
        found = [self._follow(parse_path(path))._as_type(type_name) for path in relation.paths]
        return found[0]._united(found[1:]) if len(found) > 1 else found[0]

    def _follow(self, steps: Sequence[Step]) -> Any:
        """Return what is reached from here by reading one attribute after the other."""
        current: Any = self
        for number, step in enumerate(steps, start=1):
            attribute = current._plan(step.attribute) or current._find_attribute(step.attribute)
            if attribute is None:
                raise current._unknown(step.attribute)
            rest = ".".join(each.attribute for each in steps[number:]) if number < len(steps) else ""
            current = current._read(attribute, rest)
            if step.cast:
                current = current[entity_class(step.cast, self._types)]
        return current

    def _as_type(self, type_name: str) -> Any:
        """Return this collection as one of *type_name*: only those entities if that is a more specific type."""
        if self._frame.entity_type.__name__ == type_name:
            return self
        if self._types.is_a(self._type_name, type_name):
            return self._retyped(entity_class(type_name, self._types))
        return self[entity_class(type_name, self._types)]

    @abstractmethod
    def _read(self, attribute: AttributeSchema, rest: str = "") -> Any:
        """Read an attribute, after which the path *rest* is going to be read."""

    @abstractmethod
    def _united(self, others: Sequence[Any]) -> Any:
        """Return what is reached on several paths, this one and those to the *others*."""

    @abstractmethod
    def _as_loaded(self) -> Any:
        """Return the same collection for what does not depend on what was not loaded."""

    @abstractmethod
    def _read_custom(self, key: str) -> Any: ...

    @abstractmethod
    def _retyped(self, entity_type: type[Entity]) -> Any:
        """Return the same entities as a collection of another type, unchecked; see ``coerce``."""

    @abstractmethod
    def values(self) -> tuple[FtrackEntity, ...]:
        """Return the entities of ftrack_api that this collection holds, in order."""

    @abstractmethod
    def __getitem__(self, item: Any) -> Any: ...

    def __getattr__(self, name: str) -> Any:
        # Python looks for protocols (copying, pickling, arrays) under such names: they must be found missing.
        if name.startswith("__"):
            raise AttributeError(name)
        return self.attribute(name)

    def __dir__(self) -> list[str]:
        types = self._types
        return sorted({*super().__dir__(), *types.attributes(self._type_name), *types.types})

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f'"{name}" of {self!r} cannot be deleted. Set it to None to clear it.')

    def __copy__(self) -> BoundCollection:
        return self

    def __deepcopy__(self, _memo: object) -> BoundCollection:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError(
            f"{self!r} cannot be pickled: its entities belong to a session. Pickle the ids (`list(collection.keys())`) "
            f"and query them again, or keep changes in a file with `session.deferred_operations(path)`."
        )


# What the modules of this package ask of each other's collections. It is not for users: to them, a name without an
# underscore is an attribute of the schema, or documented.

frame_of: Callable[[BoundCollection], Frame] = attrgetter("_frame")
"""Return all that a collection has besides its entities."""

binding_of: Callable[[BoundCollection], Binding] = attrgetter("_frame.bound")
"""Return the session, schema and query that everything derived from one query shares."""

type_name_of: Callable[[BoundCollection], str] = attrgetter("_type_name")
"""Return the name of the most specific type that all entities of a collection share."""

_finder: Callable[[BoundCollection], Callable[[str], AttributeSchema | None]] = attrgetter("_find_attribute")
_follower: Callable[[BoundCollection], Callable[[Sequence[Step]], Any]] = attrgetter("_follow")
_retyper: Callable[[BoundCollection], Callable[[type[Entity]], Any]] = attrgetter("_retyped")


def find_attribute(collection: BoundCollection, name: str) -> AttributeSchema | None:
    """Return what the schema says about an attribute of any of the entities, or None."""
    return _finder(collection)(name)


def follow(collection: BoundCollection, steps: Sequence[Step]) -> Any:
    """Return what is reached from a collection by reading one attribute after the other."""
    return _follower(collection)(steps)


def retyped(collection: BoundCollection, entity_type: type[Entity]) -> Any:
    """Return the same entities as a collection of another type, unchecked; see `coerce`."""
    return _retyper(collection)(entity_type)


def require_type(entity_type: object) -> type[Entity]:
    """Return *entity_type* if it is an entity class.

    Raises:
        InvalidArgumentsError: it is something else.
    """
    if isinstance(entity_type, EntityType):
        return cast("type[Entity]", entity_type)
    raise InvalidArgumentsError(f"An entity class is needed here, such as Task, but {entity_type!r} was given.")


def check_name(name: object) -> None:
    """Refuse what is no name of an attribute.

    Raises:
        InvalidArgumentsError: it is no text.
    """
    if not isinstance(name, str):
        raise InvalidArgumentsError(f"The name of an attribute is a text such as 'comment', not {name!r}.")


def _entities_of(given: object) -> list[FtrackEntity]:
    """Return one entity of ftrack_api or several, or those of a collection, as a list.

    Raises:
        InvalidArgumentsError: they are something else.
    """
    if isinstance(given, FtrackEntity):
        return [given]
    if isinstance(given, BoundCollection):
        return list(given.values())
    several: list[object] = list(cast("Iterable[object]", given)) if _is_iterable(given) else [given]
    for each in several:
        if not isinstance(each, FtrackEntity):
            raise InvalidArgumentsError(
                f"from_entities takes entities of ftrack_api, not {each!r}. For ids, use `Query(...).by_id(...)`."
            )
    return cast("list[FtrackEntity]", several)


def _is_iterable(given: object) -> bool:
    # Classes and chains have the method, to say what to write instead.
    return isinstance(given, Iterable) and not isinstance(given, str | bytes | type | Chain)


def check_same_world(collection: BoundCollection, *others: object) -> None:
    """Refuse the others if they are no collections, or belong to another session or schema.

    Raises:
        EntityCollectionOperationError: entities of one session mean nothing to another.
    """
    own = binding_of(collection)
    for other in others:
        if not isinstance(other, BoundCollection):
            raise EntityCollectionOperationError(
                f"{other!r} ({type(other).__name__}) is not a collection. Pass one, such as the result of a query."
            )
        if binding_of(other).session is not own.session:
            raise EntityCollectionOperationError(
                f"{other!r} and {collection!r} come from different sessions. Query both with the same session."
            )
        if binding_of(other).schema != own.schema:
            raise EntityCollectionOperationError(
                f"{other!r} and {collection!r} come from queries with different schemas. Query both with the same one."
            )


def coerce(entity_type: type[Entity], collection: object) -> Any:
    """Return *collection* as a collection of a more general type: ``TypedContext(shots)``.

    Projects may be treated as typed contexts too. To select the entities of a more specific type, use
    ``collection[Shot]``.

    Raises:
        CoercionError: the entities are not of that type.
    """
    wanted = entity_type.__name__
    if not isinstance(collection, BoundCollection):
        raise CoercionError(
            f"{wanted}(...) takes a collection, not {collection!r}. Use `Query({wanted})` to ask for entities."
        )
    _check_kind(binding_of(collection).types, collection, collection.entity_type.__name__, wanted)
    return retyped(collection, entity_type)


def _check_kind(types: Schema, what: object, given: str, wanted: str) -> None:
    if wanted != "Entity" and not types.is_a(given, wanted) and (given, wanted) != ("Project", "TypedContext"):
        raise CoercionError(
            f"{what!r} cannot be treated as {wanted}: {given} is not a kind of it. "
            f"Use `collection[{wanted}]` to select the entities that are."
        )
