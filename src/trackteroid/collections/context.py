"""Entities in a context: what the functions of this package take, what a collection is to them, what it can tell.

The entities are a `Table`, which has no duplicates. The context knows what else is loaded with them: a `FetchGroup` has
the entities that missing values are fetched for together, so that no loop asks one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, cast
from uuid import UUID

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.entities import Key, Storage, key_of, members, storage_of, stored_values, type_names
from trackteroid.collections.fetching import fetch_missing
from trackteroid.entities.base import Entity
from trackteroid.errors import EntityCollectionOperationError
from trackteroid.schema.relations import SchemaEntry, Ways
from trackteroid.schema.types import AttributeSchema, Schema, schema_of
from trackteroid.spelling import written_id
from trackteroid.values import frozen

if TYPE_CHECKING:
    from typing_extensions import Self


class Origin:
    """Where collections come from: shared by everything that is derived from one query."""

    __slots__ = ("asked", "attributes", "misread", "query", "read", "schema", "session", "ways")

    def __init__(self, session: Session, schema: SchemaEntry, query: Any = None, asked: Iterable[str] = ()) -> None:
        self.session = session
        self.schema = schema
        self.query = query
        self.asked: dict[str, None] = dict.fromkeys(asked)
        """The paths that were asked for, by the query and since then, in this order."""
        self.attributes: dict[tuple[type, str], AttributeSchema] = {}
        """What the schema says about attributes of single entities that were read, by class and name. Classes of
        entities are made anew when a session reconnects, so this never gets old."""
        self.ways: dict[tuple[type, str], Ways] = {}
        """The ways from single entities to other types that were read, by class and name of the type, as above."""
        self.misread: set[tuple[Key, str]] = set()
        """The entities and array attributes that were read as empty because they were not loaded."""
        self.read: tuple[Any, Schema] | None = None
        """The schemas of the session, and what they say, when last needed: for every attribute that is read."""

    @property
    def types(self) -> Schema:
        """The schema of the server that the session is connected to now."""
        read = self.read
        if read is None or read[0] is not self.session.schemas:
            read = self.read = (self.session.schemas, schema_of(self.session))
        return read[1]


@frozen
class Source:
    """The collection and the attribute that another collection was read from.

    ``complete`` says whether it still is all of that attribute, or what remained after filtering or slicing;
    ``narrowed`` whether it is all of one kind in it.
    """

    owner: Selection
    attribute: str
    complete: bool = True
    narrowed: bool = False

    def partial(self) -> Source:
        """Return the source of a part of the collection."""
        is_partial = not self.complete and not self.narrowed
        return self if is_partial else Source(self.owner, self.attribute, complete=False)

    def narrow(self) -> Source:
        """Return the source of all of one kind in the collection."""
        is_all = self.complete or self.narrowed
        return Source(self.owner, self.attribute, complete=False, narrowed=True) if is_all else self

    def fetch_group(self) -> FetchGroup | None:
        """Return what the entities of the collection are loaded together with."""
        owners = context_of(self.owner).fetch_group()
        return owners.reached(self.attribute) if owners else None


@dataclass(slots=True, eq=False)
class Unloaded:
    """An attribute of a collection that was not loaded, for all or some of its entities.

    What is computed from it knows it too, so that nobody takes it for all there is.

    Attributes:
        owner: the collection.
        attribute: what was not loaded.
        lacking: the entities that lack it.
        rest: the path that was to be read after the attribute.
        others: what else was not loaded, where a relation leads on several paths.
        is_told: whether there was a warning.
    """

    owner: Selection
    attribute: AttributeSchema
    lacking: Sequence[FtrackEntity] = ()
    rest: str = ""
    others: Sequence[Unloaded] = ()
    is_told: bool = False


class FetchGroup:
    """The entities of a collection, for its elements and parts.

    What a loop over the elements reads is loaded for all of them at once (``together``). A part (a slice, a group, the
    largest element) is loaded by itself; when another part asks for the same, all entities are. So a loop over parts
    costs two requests for each attribute that it reads, however many parts there are.
    """

    __slots__ = ("_asked", "_entities", "_reached", "_together", "_within")

    def __init__(
        self, entities: Collection[FtrackEntity], within: FetchGroup | Source | None = None, *, together: bool = False
    ) -> None:
        """Make it of these entities, which are some of another group, or of what *within* leads to."""
        self._entities = entities
        self._within = within
        self._together = together
        self._asked: dict[str, set[int]] = {}
        """The paths that were loaded, and the entities (their ids in Python) that they were loaded for."""
        self._reached: dict[str, FetchGroup] = {}

    def fetch_group(self) -> FetchGroup:
        """Return this group."""
        return self

    def load(self, session: Session, attribute: str, path: str, part: Collection[FtrackEntity]) -> bool:
        """Load the path for the entities that lack the attribute; *part* are those that were asked for it.

        Returns whether it was tried. What was tried before is not tried again.
        """
        wider = self._wider()
        if wider is not None and wider._together:
            return wider.load(session, attribute, path, part)
        asked = self._asked.get(path)
        if asked is not None and all(id(entity) in asked for entity in part):
            return False
        is_for_all = self._together or asked is not None
        asking = {id(entity): entity for entity in ((*self._all(), *part) if is_for_all else part)}
        self._asked[path] = asking.keys() | (asked or set())
        if wider is not None:
            return wider.load(session, attribute, path, asking.values())
        fetch_missing(session, list(asking.values()), attribute, path)
        return True

    def reached(self, attribute: str) -> FetchGroup:
        """Return the entities that a reference or array attribute of these leads to."""
        if attribute not in self._reached:
            self._reached[attribute] = _Reached(self, attribute, together=self._together)
        return self._reached[attribute]

    def _all(self) -> Collection[FtrackEntity]:
        return self._entities

    def _wider(self) -> FetchGroup | None:
        """Return the group that these are some of."""
        return self._within.fetch_group() if self._within else None


class _Reached(FetchGroup):
    """What an attribute of another group leads to, found when it is first needed."""

    __slots__ = ("_attribute", "_owners")

    def __init__(self, owners: FetchGroup, attribute: str, *, together: bool) -> None:
        super().__init__((), together=together)
        self._owners = owners
        self._attribute = attribute

    def _all(self) -> Collection[FtrackEntity]:
        if not self._entities:
            values = stored_values(self._owners._all(), self._attribute)
            self._entities = list({id(entity): entity for value in values for entity in members(value)}.values())
        return self._entities

    def _wider(self) -> FetchGroup | None:
        wider = self._owners._wider()
        return wider.reached(self._attribute) if wider else None


class Context:
    """All that a collection has besides its entities; its elements and parts share one that is made once.

    ``is_result`` says whether the collection is everything that its query found, ``group`` what its entities are loaded
    together with, and ``unloaded`` what it lacks because it was not loaded.
    """

    __slots__ = ("_part", "entity_type", "group", "is_result", "origin", "schema", "session", "source", "unloaded")

    def __init__(
        self,
        entity_type: type[Entity],
        origin: Origin,
        source: Source | None = None,
        *,
        is_result: bool = False,
        group: FetchGroup | None = None,
        unloaded: Unloaded | None = None,
    ) -> None:
        self.entity_type = entity_type
        self.origin = origin
        #: The session that the entities belong to.
        self.session = origin.session
        #: The entry of ``SCHEMA`` that decides which paths lead to other types.
        self.schema = origin.schema
        self.source = source
        self.is_result = is_result
        self.group = group
        self.unloaded = unloaded
        is_whole = group is None or is_result or (source is not None and (source.complete or source.narrowed))
        self._part: Context | None = None if is_whole else self

    @property
    def types(self) -> Schema:
        """The schema of the server that the session is connected to now."""
        read = self.origin.read
        return read[1] if read is not None and read[0] is self.session.schemas else self.origin.types

    def fetch_group(self) -> FetchGroup | None:
        """Return what the entities are loaded together with, besides themselves."""
        within = self.group or self.source
        return within.fetch_group() if within else None

    def part(self, entities: Collection[FtrackEntity] = ()) -> Context:
        """Return the context of the parts of the collection of these entities."""
        if self._part is None:
            source = self.source and self.source.partial()
            group = FetchGroup(entities, self.group or self.source)
            self._part = Context(self.entity_type, self.origin, source, group=group, unloaded=self.unloaded)
        return self._part

    def elements(self, entities: Collection[FtrackEntity]) -> Context:
        """Return the context of the elements of the collection of these entities, for going through all of them."""
        part = self.part(entities)
        group = FetchGroup(entities, self.group or self.source, together=True)
        return Context(part.entity_type, part.origin, part.source, group=group)

    def retyped(self, entity_type: type[Entity]) -> Context:
        """Return the context of the same entities as a collection of another type."""
        return Context(entity_type, self.origin, self.source, group=self.group, unloaded=self.unloaded)

    def narrowed(self, entity_type: type[Entity], entities: Collection[FtrackEntity]) -> Context:
        """Return the context of those of the entities that are of a more specific type."""
        part = self.part(entities)
        source = self.source and self.source.narrow()
        return Context(entity_type, self.origin, source, group=part.group, unloaded=self.unloaded)

    def lacking(self, unloaded: Unloaded | None) -> Context:
        """Return the same context for what lacks something else too."""
        if unloaded is None or self.unloaded is not None:
            return self
        return Context(self.entity_type, self.origin, self.source, group=self.group, unloaded=unloaded)

    def known(self) -> Context:
        """Return the same context for what does not depend on what was not loaded."""
        if self.unloaded is None:
            return self
        return Context(self.entity_type, self.origin, self.source, group=self.group)

    def emptied(self) -> Context:
        """Return the same context for no entities."""
        return Context(self.entity_type, self.origin, self.source, unloaded=self.unloaded)


@frozen
class Table:
    """Entities without duplicates, in order, by what tells them apart.

    That is their id alone where ``of`` names the one type they all have, and the full key where types are mixed or
    have several key attributes: texts keep their hash, so tables by id are much faster to combine.
    """

    of: str
    entities: dict[Any, FtrackEntity]

    @classmethod
    def make(cls, entities: Iterable[FtrackEntity]) -> Table:
        """Return the table of the entities; of several with the same key, the first counts."""
        objects = list(entities)
        names = type_names(objects)
        if len(names) != 1 or len(objects[0].primary_key_attributes) != 1:
            return cls("", _first_of_each(map(key_of, objects), objects))
        (attribute,) = objects[0].primary_key_attributes
        return cls(names.pop(), _first_of_each(map(str, stored_values(objects, attribute)), objects))

    def by_key(self) -> dict[Key, FtrackEntity]:
        """Return the entities by their full keys."""
        if not self.of:
            return self.entities
        return {(self.of, (identifier,)): entity for identifier, entity in self.entities.items()}

    def by_id(self) -> dict[Any, FtrackEntity]:
        """Return the entities by their ids, or by tuples where these have several parts."""
        if self.of:
            return self.entities
        return {key[0] if len(key) == 1 else key: entity for (_, key), entity in self.entities.items()}


def _first_of_each(keys: Iterable[Any], entities: Sequence[FtrackEntity]) -> dict[Any, FtrackEntity]:
    pairs = list(zip(keys, entities, strict=True))
    found = dict(pairs)
    if len(found) < len(pairs):
        # Values are those of the last duplicates now: put the first ones over them, which keeps the order.
        found.update(reversed(pairs))
    return found


def unique(entities: Iterable[FtrackEntity]) -> list[FtrackEntity]:
    """Return the entities in order of first occurrence, each once."""
    return list(Table.make(entities).entities.values())


class Memo:
    """What a collection works out about its entities when it is first needed; most are only iterated or read."""

    __slots__ = ("by_id", "by_key", "storages", "table", "type_name")

    def __init__(self, table: Table | None = None, *, type_name: str | None = None) -> None:
        self.table = table
        self.type_name = type_name
        self.by_id: dict[Any, FtrackEntity] | None = None
        self.by_key: dict[Key, FtrackEntity] | None = None
        self.storages: list[Storage] | None = None


class Selection:
    """Entities in a context, immutable: what functions take, and what users see with all verbs as a `Collection`."""

    __slots__ = ("__weakref__", "_context", "_entities", "_memo")

    _context: Context
    _entities: tuple[FtrackEntity, ...]
    _memo: Memo | None

    def __init__(self, context: Context, entities: tuple[FtrackEntity, ...], memo: Memo | None = None) -> None:
        """Make it of these entities, which are unique."""
        object.__setattr__(self, "_context", context)
        object.__setattr__(self, "_entities", entities)
        object.__setattr__(self, "_memo", memo)

    @property
    def entity_type(self) -> type[Entity]:
        """The entity class this is a collection of. An attribute of this name is ``attributes.entity_type``."""
        return self._context.entity_type

    @property
    def source(self) -> Source | None:
        """The collection and the attribute this one was read from, or None for the result of a query."""
        return self._context.source

    @property
    def query(self) -> Any:
        """The query that produced this collection (or the one it was derived from), or None."""
        return self._context.origin.query

    def values(self) -> tuple[FtrackEntity, ...]:
        """Return the entities of ftrack_api that this collection holds, in order.

        An attribute of this name is ``attributes.values``.
        """
        return self._entities

    def __len__(self) -> int:
        return len(self._entities)

    def _made_of(self, entity_type: type[Entity], entities: Iterable[FtrackEntity]) -> Any:
        """Return the collection of these entities, in the same session; what a `Collection` knows how to make."""
        raise NotImplementedError

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f'"{name}" of {self!r} cannot be deleted. Set it to None to clear it.')

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError(
            f"{self!r} cannot be pickled: its entities belong to a session. Pickle the ids (`list(collection.keys())`) "
            f"and query them again, or keep changes in a file with `session.deferred_operations(path)`."
        )


# What the modules of this package ask of each other's selections. It is not for users: to them, a name without an
# underscore is an attribute of the schema, or documented. So the parts of a selection are private, and these its
# friends.
# pyright: reportPrivateUsage=false


#: Returns all that a collection has besides its entities.
context_of: Callable[[Selection], Context] = attrgetter("_context")

#: Returns the entities of a collection, without telling if there are none because they were not loaded.
entities_in: Callable[[Selection], tuple[FtrackEntity, ...]] = attrgetter("_entities")


def memo_of(selection: Selection) -> Memo:
    """Return what a collection has worked out so far."""
    if selection._memo is None:
        object.__setattr__(selection, "_memo", Memo())
    return cast("Memo", selection._memo)


def views_of(selection: Selection) -> Callable[[FtrackEntity], Any]:
    """Return the function that makes the collection of one of the entities."""
    # Elements are made in large numbers, hence without an initialiser.
    kind, new = type(selection), object.__new__
    context = selection._context.elements(selection._entities)
    set_context, set_entities, set_memo = _SETTERS

    def view(entity: FtrackEntity) -> Any:
        made = new(kind)
        set_context(made, context)
        set_entities(made, (entity,))
        set_memo(made, None)
        return made

    return view


_SETTERS = tuple(getattr(Selection, name).__set__ for name in ("_context", "_entities", "_memo"))


def type_name_of(selection: Selection) -> str:
    """Return the name of the most specific type that all entities of a collection share."""
    entities = entities_in(selection)
    if len(entities) == 1:
        return entities[0].entity_type
    memo = memo_of(selection)
    if memo.type_name is None:
        names = type_names(entities)
        memo.type_name = names.pop() if len(names) == 1 else context_of(selection).entity_type.__name__
    return memo.type_name


def storages_of(selection: Selection) -> list[Storage]:
    """Return where the entities keep their values."""
    memo = memo_of(selection)
    if memo.storages is None:
        memo.storages = list(map(storage_of, entities_in(selection)))
    return memo.storages


def table_of(selection: Selection) -> Table:
    """Return the entities by what tells them apart."""
    memo = memo_of(selection)
    if memo.table is None:
        memo.table = Table.make(entities_in(selection))
    return memo.table


def by_id(selection: Selection) -> dict[Any, FtrackEntity]:
    """Return the entities by their ids; by tuples for the types that several attributes identify."""
    memo = memo_of(selection)
    if memo.by_id is None:
        memo.by_id = table_of(selection).by_id()
    return memo.by_id


def by_key(selection: Selection) -> dict[Key, FtrackEntity]:
    """Return the entities by their full keys."""
    memo = memo_of(selection)
    if memo.by_key is None:
        memo.by_key = table_of(selection).by_key()
    return memo.by_key


def find_attribute(selection: Selection, name: str) -> AttributeSchema | None:
    """Return what the schema says about an attribute of any of the entities: the others simply have no value for it."""
    context, types = selection._context, selection._context.types
    # Most have it of the type that they are said to be.
    if found := types.find_attribute(type_name_of(selection), name):
        return found
    for kind in dict.fromkeys([*kinds_of(selection), context.entity_type.__name__]):
        if found := types.find_attribute(kind, name):
            return found
    return None


def kinds_of(selection: Selection) -> list[str]:
    """Return the type that all entities share, and those that occur among them."""
    return list(dict.fromkeys((type_name_of(selection), *sorted(type_names(entities_in(selection))))))


def sources_of(selection: Selection) -> Iterator[Selection]:
    """Yield what a collection was read from, and what that was."""
    while selection.source is not None:
        selection = selection.source.owner
        yield selection


def depth_of(selection: Selection) -> int:
    """Return how many attributes were read since the last collection that had entities."""
    depth = 0
    for owner in (selection, *sources_of(selection)):
        if entities_in(owner):
            break
        depth += 1
    return depth


def check_same_world(selection: Selection, *others: object) -> None:
    """Refuse the others if they are no collections, or belong to another session or schema.

    Raises:
        EntityCollectionOperationError: entities of one session mean nothing to another.
    """
    own = context_of(selection)
    for other in others:
        if not isinstance(other, Selection):
            raise EntityCollectionOperationError(
                f"{other!r} ({type(other).__name__}) is not a collection. Pass one, such as the result of a query."
            )
        its = context_of(other)
        if its.session is not own.session:
            raise _of_another_session(repr(other), selection)
        if its.schema is not own.schema and its.schema != own.schema:
            raise EntityCollectionOperationError(
                f"{other!r} and {selection!r} come from queries with different schemas. Query both with the same one."
            )


def check_session(selection: Selection, entity: FtrackEntity) -> None:
    """Refuse an entity of ftrack_api that belongs to another session than a collection.

    Raises:
        EntityCollectionOperationError: entities of one session mean nothing to another.
    """
    if entity.session is not context_of(selection).session:
        raise _of_another_session(str(entity.entity_type), selection)


def _of_another_session(what: str, selection: Selection) -> EntityCollectionOperationError:
    return EntityCollectionOperationError(
        f"{what} and {selection!r} come from different sessions. Query both with the same session."
    )


def at(selection: Selection, item: object) -> FtrackEntity:
    """Return the entity at a position or with an id.

    Raises:
        IndexError: there is none at this position.
        KeyError: there is none with this id.
        TypeError: *item* is neither.
    """
    if isinstance(item, int):
        try:
            return entities_in(selection)[item]
        except IndexError:
            raise IndexError(f"{selection!r} has no element at position {item}.") from None
    if isinstance(item, str | tuple | UUID):
        found = find_id(selection, cast("Hashable", item))
        if found is None:
            raise KeyError(f"{selection!r} has no element with the id {item!r}.")
        return found
    raise TypeError(
        f"{selection!r} has no item {item!r}: use a position, a slice, an id, or an entity class (collection[Shot])."
    )


def find_id(selection: Selection, identifier: Hashable) -> FtrackEntity | None:
    """Return the entity with an id, however it is written, or None."""
    known = by_id(selection)
    return known[identifier] if identifier in known else known.get(_as_kept(identifier))


def _as_kept(identifier: Hashable) -> Hashable:
    """Return an id, or the parts of a key, as sessions keep them."""
    if isinstance(identifier, tuple):
        return tuple(map(_as_kept, cast("tuple[Hashable, ...]", identifier)))
    return written_id(str(identifier)) if isinstance(identifier, str | UUID) else identifier


def of_type(selection: Selection, entity_type: type[Entity]) -> tuple[Context, tuple[FtrackEntity, ...]]:
    """Return the entities that are of a more specific type, and their context."""
    context, entities = context_of(selection), entities_in(selection)
    fitting = {name for name in type_names(entities) if context.types.is_a(name, entity_type.__name__)}
    kept = tuple(entity for entity in entities if entity.entity_type in fitting)
    return context.narrowed(entity_type, entities), kept
