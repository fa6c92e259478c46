"""The container protocol of EntityCollection, and reading attributes through it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, KeysView
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid import configuration
from trackteroid.client.memory import (
    Key,
    Storage,
    entities_in,
    has_unset,
    key_of,
    mapping,
    members,
    storage_of,
    stored_value,
    type_names,
    values_in,
)
from trackteroid.client.missing import mode_of
from trackteroid.collections.change import delete as deletions
from trackteroid.collections.collection import COMMON_TYPES, BoundCollection, common_type
from trackteroid.collections.context import Frame, Source
from trackteroid.collections.empty import EmptyCollection
from trackteroid.collections.fetch_group import Peers, peers_of
from trackteroid.collections.missing import Unloaded, lacking
from trackteroid.collections.sets import Table
from trackteroid.entities.base import Entity, entity_class
from trackteroid.ids import written_id
from trackteroid.schema import AttributeSchema, Schema

if TYPE_CHECKING:
    from trackteroid.collections.entity_collection import EntityCollection


@dataclass(slots=True)
class _Memo:
    """What a collection works out about its entities when it is first needed; most are only iterated or read."""

    table: Table | None = None
    by_id: dict[Any, FtrackEntity] | None = None
    by_key: dict[Key, FtrackEntity] | None = None
    type_name: str | None = None
    storages: list[Storage] | None = None


class Container(BoundCollection):
    """An ordered, duplicate-free, immutable sequence of entities."""

    __slots__ = ("_entities", "_memo")

    _entities: tuple[FtrackEntity, ...]
    _memo: _Memo | None

    # Deriving other collections. They are made in large numbers, hence without an initialiser.

    @classmethod
    def _make(cls, frame: Frame, entities: tuple[FtrackEntity, ...], memo: _Memo | None = None) -> EntityCollection:
        made = _new(cls)
        _set_frame(made, frame)
        _set_entities(made, entities)
        _set_memo(made, memo)
        return made

    @classmethod
    def _of(cls, frame: Frame, entities: Iterable[FtrackEntity]) -> EntityCollection | EmptyCollection:
        """Return the collection of these entities without duplicates, with all else from *frame*."""
        return cls._of_table(frame, Table.make(entities))

    @classmethod
    def _of_table(cls, frame: Frame, table: Table) -> EntityCollection | EmptyCollection:
        """Return the collection of the entities of a table."""
        if not table.entities:
            return _empty(frame)
        memo = _Memo(table, type_name=table.of or None)
        return cls._make(frame, tuple(table.entities.values()), memo)

    def _views(self) -> Callable[[FtrackEntity], EntityCollection]:
        """Return the function that makes the collection of one of the entities."""
        cls, frame = type(self), self._frame.elements(self._entities)

        def view(entity: FtrackEntity) -> EntityCollection:
            made = _new(cls)
            _set_frame(made, frame)
            _set_entities(made, (entity,))
            _set_memo(made, None)
            return made

        return view

    def _part(self, entities: Iterable[FtrackEntity]) -> EntityCollection | EmptyCollection:
        """Return some of the entities (known to be unique) as a collection."""
        kept, part = tuple(entities), self._frame.part(self._entities)
        return self._make(part, kept) if kept else _empty(part)

    def _filled(self, entities: Iterable[FtrackEntity]) -> EntityCollection:
        """Return some of the entities, at least one, as a collection."""
        return self._make(self._frame.part(self._entities), tuple(entities))

    def _element(self, entity: FtrackEntity) -> EntityCollection:
        """Return one of the entities as a collection. Which one it is does not depend on what was not loaded."""
        return self._make(self._frame.part(self._entities).known(), (entity,))

    def _retyped(self, entity_type: type[Entity]) -> EntityCollection:
        memo = replace(self._memo, type_name=None) if self._memo else None  # which is the type's, where kinds are mixed
        return self._make(self._frame.retyped(entity_type), self._entities, memo)

    def _as_loaded(self) -> EntityCollection:
        return self._make(self._frame.known(), self._entities, self._memo)

    def _known(self) -> _Memo:
        if self._memo is None:
            _set_memo(self, _Memo())
        return cast("_Memo", self._memo)

    def _table(self) -> Table:
        known = self._known()
        if known.table is None:
            known.table = Table.make(self._entities)
        return known.table

    # Container protocol

    def __len__(self) -> int:
        return len(self._entities)

    def __iter__(self) -> Iterator[EntityCollection]:
        return map(self._views(), self._entities)

    def __reversed__(self) -> Iterator[EntityCollection]:
        return map(self._views(), reversed(self._entities))

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, int):
            return self._element(self._at(item))
        if isinstance(item, slice):
            return self._part(self._entities[item])
        if isinstance(item, str | tuple | UUID):
            return self._element(self._with_id(cast("Hashable", item)))
        if isinstance(item, type) and issubclass(item, Entity):
            return self._of_type(item)
        raise TypeError(
            f"{self!r} has no item {item!r}: use a position, a slice, an id, or an entity class (collection[Shot])."
        )

    def _at(self, position: int) -> FtrackEntity:
        try:
            return self._entities[position]
        except IndexError:
            raise IndexError(f"{self!r} has no element at position {position}.") from None

    def _with_id(self, identifier: Hashable) -> FtrackEntity:
        by_id = self._by_id()
        try:
            return by_id[identifier if identifier in by_id else _as_kept(identifier)]
        except KeyError:
            raise KeyError(f"{self!r} has no element with the id {identifier!r}.") from None

    def _by_id(self) -> dict[Any, FtrackEntity]:
        known, table = self._known(), self._table()
        if known.by_id is None:
            known.by_id = table.entities if table.of else {_id(key): each for key, each in table.entities.items()}
        return known.by_id

    def _by_key(self) -> dict[Key, FtrackEntity]:
        known = self._known()
        if known.by_key is None:
            known.by_key = self._table().by_key()
        return known.by_key

    def _of_type(self, entity_type: type[Entity]) -> EntityCollection | EmptyCollection:
        if entity_type is Entity:
            return self._retyped(Entity)
        types, wanted = self._types, entity_type.__name__
        fitting = {name for name in type_names(self._entities) if types.is_a(name, wanted)}
        kept = tuple(entity for entity in self._entities if entity.entity_type in fitting)
        frame = self._frame.narrowed(entity_type, self._entities)
        return self._make(frame, kept) if kept else _empty(frame)

    def __contains__(self, item: object) -> bool:
        if isinstance(item, EmptyCollection):
            return bool(item)  # which it is not, and tells if that is because it was not loaded
        if isinstance(item, Container):
            own, other = self._table(), item._table()
            if own.of and other.of:
                return own.of == other.of and own.entities.keys() >= other.entities.keys()
            return self._by_key().keys() >= item._by_key().keys()
        if isinstance(item, FtrackEntity):
            return key_of(item) in self._by_key()
        by_id = self._by_id()
        return isinstance(item, str | tuple | UUID) and (item in by_id or _as_kept(cast("Hashable", item)) in by_id)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, EmptyCollection):
            return bool(other)  # as above
        if not isinstance(other, Container) or len(self) != len(other):
            return False
        mine, theirs = self._table(), other._table()
        return mine.of == theirs.of and tuple(mine.entities) == tuple(theirs.entities)

    def __hash__(self) -> int:
        table = self._table()
        return hash((table.of, *table.entities))

    def __repr__(self) -> str:
        return f"EntityCollection[{self._frame.entity_type.__name__}]{{{len(self)}}}"

    def keys(self) -> KeysView[Hashable]:
        """Return the ids, in order (tuples for the types that are identified by several attributes)."""
        return self._by_id().keys()

    def values(self) -> tuple[FtrackEntity, ...]:
        """Return the entities of ftrack_api that this collection holds, in order.

        An attribute of this name is ``attributes.values``.
        """
        return self._entities

    # Reading attributes

    @property
    def _type_name(self) -> str:
        if len(self._entities) == 1:
            return self._entities[0].entity_type
        known = self._known()
        if known.type_name is None:
            names = type_names(self._entities)
            known.type_name = names.pop() if len(names) == 1 else self._frame.entity_type.__name__
        return known.type_name

    def __getattr__(self, name: str) -> Any:
        # Functions given to `filter`, `map` and the like read a plain value of one entity, thousands of times.
        if len(self._entities) == 1:
            (entity,) = self._entities
            plan = self._frame.bound.plans.get((type(entity), name))
            if plan is not None and plan.kind == "scalar":
                pair = storage_of(entity)[name]
                value = pair["remote"] if pair["local"] is NOT_SET else pair["local"]
                return self._read(plan) if value is NOT_SET else [value]
        return super().__getattr__(name)

    def _plan(self, name: str) -> AttributeSchema | None:
        if len(self._entities) != 1:
            return super()._plan(name)
        bound, key = self._frame.bound, (type(self._entities[0]), name)
        found = bound.plans.get(key) or bound.types.find_attribute(self._type_name, name)
        if found is not None:
            bound.plans[key] = found
        return found

    def _find_attribute(self, name: str) -> AttributeSchema | None:
        """Find an attribute of any of the entities: the others simply have no value for it."""
        types = self._types
        kinds = sorted(type_names(self._entities))
        names = dict.fromkeys([self._type_name, *kinds, self._frame.entity_type.__name__])
        return next((found for each in names if (found := types.find_attribute(each, name))), None)

    def _read(self, attribute: AttributeSchema, rest: str = "") -> Any:
        values = self._stored(attribute.name)
        match attribute.kind:
            case "scalar":
                return self._loaded(attribute, values) if has_unset(values) else values
            case "mapped":
                loaded = self._loaded(attribute, values) if any(value is NOT_SET for value in values) else values
                return [value if value is NOT_SET else mapping(value) for value in loaded]
            case "reference":
                entities, is_lacking = entities_in(values)
                if is_lacking:
                    values, unloaded = self._filled_in(attribute, values, rest)
                    return self._reached(attribute, entities_in(values)[0], unloaded)
                return self._reached(attribute, entities)
            case "collection":
                unloaded = None
                if any(value is NOT_SET for value in values):
                    values, unloaded = self._filled_in(attribute, values, rest)
                return self._reached(attribute, [member for value in values for member in members(value)], unloaded)

    def _loaded(self, attribute: AttributeSchema, values: list[Any]) -> list[Any]:
        """Return the values of a plain attribute, some of which were not loaded, after doing something about it."""
        if mode_of(self._session) == "not_set" and attribute.kind == "scalar":
            return values
        filled, unloaded = self._filled_in(attribute, values)
        if unloaded:
            unloaded.tell()
        return filled

    def _filled_in(
        self, attribute: AttributeSchema, values: list[Any], rest: str = ""
    ) -> tuple[list[Any], Unloaded | None]:
        """Return the values after fetching them, if the session does so, and what is not loaded nevertheless."""
        entities = lacking(self._types, self._entities, attribute.name, values)
        if not entities:
            return values, None
        if attribute.projectable and mode_of(self._session) == "fetch":
            return self._fetched(attribute, rest), None
        return values, Unloaded(self, attribute, entities, rest=rest)

    def _fetched(self, attribute: AttributeSchema, rest: str) -> list[Any]:
        """Return the values of an attribute after loading what was not loaded, once for all that is read together."""
        path = f"{attribute.name}.{rest}" if rest else attribute.name
        peers = peers_of(self._frame) or Peers(self._entities, together=True)
        is_new = peers.load(self._session, attribute.name, path, self._entities)
        values = self._stored(attribute.name)
        if is_new and (left := lacking(self._types, self._entities, attribute.name, values)):
            configuration.logger("entities").warning('The server did not send "%s" of %d %s.', path, len(left), self)
        return values

    def _stored(self, name: str) -> list[Any]:
        if len(self._entities) == 1:
            return [stored_value(self._entities[0], name)]
        known = self._known()
        if known.storages is None:
            known.storages = list(map(storage_of, self._entities))
        return values_in(known.storages, name)

    def _reached(
        self, attribute: AttributeSchema, entities: list[FtrackEntity], unloaded: Unloaded | None = None
    ) -> EntityCollection | EmptyCollection:
        """Return the collection of the entities that a reference or array attribute leads to.

        An empty one tells that something was *unloaded* when it is used, for the first entity can be created in it.
        """
        kept = deletions.without_deleted(self._session, entities)
        entity_type = _type_of(self._types, attribute, kept)
        source = Source(self, attribute.name)
        if unloaded is not None and kept:
            unloaded.tell()
        return self._of(Frame(entity_type, self._frame.bound, source, unloaded=unloaded or self._frame.unloaded), kept)

    def _read_custom(self, key: str) -> list[Any]:
        attribute = cast("AttributeSchema", self._find_attribute("custom_attributes"))
        return [value if value is NOT_SET else value.get(key) for value in self._read(attribute)]


_maker: Callable[[type[Container]], Callable[[Frame, Iterable[FtrackEntity]], Any]] = attrgetter("_of")


def collection_of(
    kind: type[Container], frame: Frame, entities: Iterable[FtrackEntity]
) -> EntityCollection | EmptyCollection:
    """Return the collection of these entities without duplicates, with all else from *frame*."""
    return _maker(kind)(frame, entities)


def _empty(frame: Frame) -> EmptyCollection:
    return EmptyCollection(frame.entity_type, frame.bound, frame.source, unloaded=frame.unloaded)


_new: Callable[[type[Container]], Any] = object.__new__
_set_frame, _set_entities, _set_memo = (getattr(Container, name).__set__ for name in ("_frame", "_entities", "_memo"))


def _as_kept(identifier: Hashable) -> Hashable:
    """Return an id, or the parts of a key, as sessions keep them."""
    if isinstance(identifier, tuple):
        return tuple(map(_as_kept, cast("tuple[Hashable, ...]", identifier)))
    return written_id(str(identifier)) if isinstance(identifier, str | UUID) else identifier


def _id(key: Key) -> Any:
    return key[1][0] if len(key[1]) == 1 else key[1]


def _type_of(types: Schema, attribute: AttributeSchema, entities: Iterable[FtrackEntity]) -> type[Entity]:
    """Return the type for entities read from *attribute*: their own if they have one in common."""
    names = type_names(entities)
    if len(names) == 1 and attribute.name not in COMMON_TYPES:
        return entity_class(names.pop(), types)
    return entity_class(common_type(attribute), types)
