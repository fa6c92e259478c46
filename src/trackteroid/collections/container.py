"""The container protocol of EntityCollection, and reading attributes through it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, KeysView
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.memory import (
    Key,
    Storage,
    entities_in,
    key_of,
    mapping,
    members,
    storage_of,
    stored_value,
    type_names,
    values_in,
)
from trackteroid.collections import deletions
from trackteroid.collections.bound import COMMON_TYPES, BoundCollection, common_type
from trackteroid.collections.empty import EmptyCollection
from trackteroid.collections.fetching import Peers
from trackteroid.collections.frames import Frame, Source
from trackteroid.collections.table import Table
from trackteroid.entities.base import Entity, entity_class
from trackteroid.schema import AttributeSchema, Schema

if TYPE_CHECKING:
    from trackteroid.collections.core import EntityCollection


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
    def of(cls, frame: Frame, entities: Iterable[FtrackEntity]) -> EntityCollection | EmptyCollection:
        """Return the collection of these entities without duplicates, with all else from *frame*."""
        return cls._of_table(frame, Table.make(entities))

    @classmethod
    def _of_table(cls, frame: Frame, table: Table) -> EntityCollection | EmptyCollection:
        """Return the collection of the entities of a table."""
        if not table.entities:
            return EmptyCollection(frame.entity_type, frame.bound, frame.source)
        memo = _Memo(table, type_name=table.of or None)
        return cls._make(frame, tuple(table.entities.values()), memo)

    def _views(self) -> Callable[[FtrackEntity], EntityCollection]:
        """Return the function that makes the collection of one of the entities."""
        cls, part = type(self), self._frame.part()
        if self._session.auto_populate:
            part = part.with_peers(self._entities)

        def view(entity: FtrackEntity) -> EntityCollection:
            made = _new(cls)
            _set_frame(made, part)
            _set_entities(made, (entity,))
            _set_memo(made, None)
            return made

        return view

    def _part(self, entities: Iterable[FtrackEntity]) -> EntityCollection | EmptyCollection:
        """Return some of the entities (known to be unique) as a collection."""
        kept, part = tuple(entities), self._frame.part()
        return self._make(part, kept) if kept else EmptyCollection(part.entity_type, part.bound, part.source)

    def _filled(self, entities: Iterable[FtrackEntity]) -> EntityCollection:
        """Return some of the entities, at least one, as a collection."""
        return self._make(self._frame.part(), tuple(entities))

    def retyped(self, entity_type: type[Entity]) -> EntityCollection:
        memo = replace(self._memo, type_name=None) if self._memo else None  # which is the type's, where kinds are mixed
        return self._make(self._frame.retyped(entity_type), self._entities, memo)

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
            return self._filled((self._at(item),))
        if isinstance(item, slice):
            return self._part(self._entities[item])
        if isinstance(item, str | tuple):
            return self._filled((self._with_id(cast("Hashable", item)),))
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
        try:
            return self._by_id()[identifier]
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
            return self.retyped(Entity)
        types, wanted = self._types, entity_type.__name__
        fitting = {name for name in type_names(self._entities) if types.is_a(name, wanted)}
        kept = tuple(entity for entity in self._entities if entity.entity_type in fitting)
        frame = self._frame.part().retyped(entity_type)
        return self._make(frame, kept) if kept else EmptyCollection(entity_type, frame.bound, frame.source)

    def __contains__(self, item: object) -> bool:
        if isinstance(item, Container):
            own, other = self._table(), item._table()
            if own.of and other.of:
                return own.of == other.of and own.entities.keys() >= other.entities.keys()
            return self._by_key().keys() >= item._by_key().keys()
        if isinstance(item, FtrackEntity):
            return key_of(item) in self._by_key()
        return isinstance(item, str | tuple) and item in self._by_id()

    def __eq__(self, other: object) -> bool:
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
        """Return the entities of ftrack_api that this collection holds, in order."""
        return self._entities

    # Reading attributes

    @property
    def type_name(self) -> str:
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
        found = bound.plans.get(key) or bound.types.find_attribute(self.type_name, name)
        if found is not None:
            bound.plans[key] = found
        return found

    def find_attribute(self, name: str) -> AttributeSchema | None:
        """Find an attribute of any of the entities: the others simply have no value for it."""
        types = self._types
        kinds = sorted(type_names(self._entities))
        names = dict.fromkeys([self.type_name, *kinds, self._frame.entity_type.__name__])
        return next((found for each in names if (found := types.find_attribute(each, name))), None)

    def _read(self, attribute: AttributeSchema) -> Any:
        values = self._values_of(attribute.name)
        match attribute.kind:
            case "scalar":
                return values
            case "mapped":
                return [value if value is NOT_SET else mapping(value) for value in values]
            case "reference":
                return self._reached(attribute, entities_in(values))
            case "collection":
                return self._reached(attribute, [member for value in values for member in members(value)])

    def _values_of(self, name: str) -> list[Any]:
        values = self._stored(name)
        if self._session.auto_populate and any(value is NOT_SET for value in values):
            (self._frame.peers or Peers(lambda: self._entities)).load(self._session, name)
            values = self._stored(name)
        return values

    def _stored(self, name: str) -> list[Any]:
        if len(self._entities) == 1:
            return [stored_value(self._entities[0], name)]
        known = self._known()
        if known.storages is None:
            known.storages = list(map(storage_of, self._entities))
        return values_in(known.storages, name)

    def _reached(self, attribute: AttributeSchema, entities: list[FtrackEntity]) -> EntityCollection | EmptyCollection:
        """Return the collection of the entities that a reference or array attribute leads to."""
        kept = deletions.without_deleted(self._session, entities)
        entity_type = _type_of(self._types, attribute, kept)
        peers = self._frame.peers.reached(attribute.name) if self._frame.peers else None
        return self.of(Frame(entity_type, self._frame.bound, Source(self, attribute.name), peers=peers), kept)

    def _read_custom(self, key: str) -> list[Any]:
        return [
            value if value is NOT_SET else mapping(value).get(key) for value in self._values_of("custom_attributes")
        ]


_new: Callable[[type[Container]], Any] = object.__new__
_set_frame, _set_entities, _set_memo = (getattr(Container, name).__set__ for name in ("_frame", "_entities", "_memo"))


def _id(key: Key) -> Any:
    return key[1][0] if len(key[1]) == 1 else key[1]


def _type_of(types: Schema, attribute: AttributeSchema, entities: Iterable[FtrackEntity]) -> type[Entity]:
    """Return the type for entities read from *attribute*: their own if they have one in common."""
    names = type_names(entities)
    if len(names) == 1 and attribute.name not in COMMON_TYPES:
        return entity_class(names.pop(), types)
    return entity_class(common_type(attribute), types)
