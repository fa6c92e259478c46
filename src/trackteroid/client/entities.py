"""What a session and its entities hold in memory, and how entities are named: in there and in queries.

ftrack_api keeps two values for every attribute: the *local* one, set by the user and not yet committed, and the
*remote* one, last received from the server. The stored value is the local one if there is one, else the remote one,
else ``NOT_SET``. Reading them here never asks the server.

This is the one place that knows how ftrack_api keeps them; other folders go through its functions.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Container, ItemsView, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache, partial
from itertools import count, filterfalse
from operator import attrgetter
from typing import Any, cast

import ftrack_api.inspection
from ftrack_api.attribute import Attribute
from ftrack_api.cache import LayeredCache, MemoryCache, StringKeyMaker
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.spelling import quoted

#: Identifies an entity within a session: the name of its type and its full primary key.
Key = tuple[str, tuple[str, ...]]

#: The local and the remote value of every attribute of an entity.
Storage = dict[str, dict[str, Any]]

#: Where a pair of values notes that its local list was made by reading, of a list that was never loaded; and members
#: that the server is known to have in such a list.
UNLOADED, ADDED = "unloaded", "added"

_READER = Attribute("any")


class Places(dict[str, int]):
    """At which place of a row the value of an attribute is; shared by the rows of many entities.

    Attributes:
        is_local: whether the values were set here; else the server has told them.
        is_passing: whether they only stand there until the server's own take their place.
        references: those of the attributes that are references.
    """

    __slots__ = ("is_local", "is_passing", "references")

    def __init__(
        self,
        names: Iterable[str] = (),
        *,
        is_local: bool = False,
        is_passing: bool = False,
        references: tuple[str, ...] = (),
    ) -> None:
        super().__init__(zip(names, count(1), strict=False))
        self.is_local, self.is_passing, self.references = is_local, is_passing, references

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {"is_local": self.is_local, "is_passing": self.is_passing, "references": self.references}
        return partial(Places, list(self), **kept), ()


class Values(Storage):
    """Where an entity that came in an answer, or was created, keeps its values: as ftrack_api does, but smaller.

    ftrack_api keeps a dictionary with a local and a remote value for every attribute, which takes four times the memory
    of the values. Values that came or were given together stay together in a row here, and only become such a pair once
    somebody asks for it, as ftrack_api does to change one.

    Attributes:
        row: the places of the values, then the values, of attributes that there is no pair of. It is replaced as a
            whole, because other threads read it.
    """

    __slots__ = ("row",)

    def __init__(self, places: Places, values: Iterable[Any] = ()) -> None:
        self.row: tuple[Any, ...] = (places, *values)

    @property
    def places(self) -> Places:
        """The places of the values in the row."""
        return self.row[0]

    def __missing__(self, name: str) -> dict[str, Any]:
        row = self.row
        places: Places = row[0]
        pair = _unset()
        if name in places:
            pair["local" if places.is_local else "remote"] = row[places[name]]
        self[name] = pair
        return pair

    def in_row(self, name: str) -> Any:
        """Return the value of an attribute that there is no pair of, or ``NOT_SET``."""
        row = self.row
        return row[row[0][name]] if name in row[0] else NOT_SET

    @property
    def pairs(self) -> ItemsView[str, dict[str, Any]]:
        """The pairs that there are."""
        return super().items()

    def has_pair(self, name: str) -> bool:
        """Return whether there is a pair of an attribute."""
        return super().__contains__(name)

    # Whoever looks at all of it finds a pair for every value: what `dict` itself does, once all pairs are made.

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.row[0]

    def __len__(self) -> int:
        return len(self.items())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> Any:
        self._fill()
        return super().keys()

    def values(self) -> Any:
        self._fill()
        return super().values()

    def items(self) -> Any:
        self._fill()
        return super().items()

    def _fill(self) -> None:
        for name in self.row[0]:
            self[name]  # makes it

    def __reduce__(self) -> tuple[Any, ...]:
        return Values, (self.row[0], self.row[1:]), None, None, iter(self.pairs)


#: Returns the pairs that there are, without making others.
_ITEMS = cast("Callable[[Storage], Iterable[tuple[str, dict[str, Any]]]]", dict.items)


def take(storage: Storage, places: Places, values: Sequence[Any]) -> None:
    """Let these be the values that the server has told, beside those of other attributes."""
    row = storage.row if isinstance(storage, Values) else _NO_ROW
    known: Places = row[0]
    if known is places or known.is_passing:
        cast("Values", storage).row = row = (places, *values)
        known = places
    pairs = dict(_ITEMS(storage))
    if known is places and not pairs:
        return
    for name, value in zip(places, values, strict=True):
        if name in pairs:
            pair = pairs[name]
        elif name in known and not known.is_local and row[known[name]] == value:
            continue  # what is as it was needs no pair
        else:
            pair = storage[name]
        if pair["remote"] != value:
            pair["remote"] = value


def forget_all_but_key(storage: Storage, key: tuple[str, ...], kept: Container[str] = ()) -> bool:
    """Forget what was set here, except of the *key* and what is *kept*; return whether the key is among what was set.

    What was given together becomes a row with the key alone, whose place the answer of the server takes.
    """
    has_key = False
    if isinstance(storage, Values) and storage.row[0].is_local and not kept:
        storage.row = (_passing(key), *map(storage.in_row, key))
        pairs, has_key = list(storage.pairs), True
    else:
        pairs = pairs_of(storage)
    for name, pair in pairs:
        if pair["local"] is not NOT_SET and name not in kept:
            if name in key:
                has_key = True
            else:
                pair["local"] = NOT_SET
    return has_key


def forget_key(storage: Storage, key: Iterable[str]) -> None:
    """Forget the parts of a *key* that were set here, which the server has told by now, or will never tell."""
    if isinstance(storage, Values) and storage.row[0].is_passing:
        storage.row = _NO_ROW
    for name in key:
        if local_in(storage, name) is not NOT_SET:
            storage[name]["local"] = NOT_SET


@cache
def _passing(key: tuple[str, ...]) -> Places:
    return Places(key, is_local=True, is_passing=True)


_NOWHERE = Places()
_NO_ROW: tuple[Any, ...] = (_NOWHERE,)


def storage_of(entity: FtrackEntity) -> Storage:
    """Return where an entity keeps its values; it stays the same for as long as the entity lives."""
    try:
        return entity._ftrack_attribute_storage  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
    except AttributeError:
        return _READER.get_entity_storage(entity)


def pairs_of(storage: Storage) -> list[tuple[str, dict[str, Any]]]:
    """Return the pairs of values that there are; what there is no pair of, was not set here."""
    if isinstance(storage, Values) and not storage.row[0].is_local:
        return list(storage.pairs)
    return list(storage.items())


def new_storage() -> Storage:
    """Return a place for the values of a new entity, as the attributes of ftrack_api would make it."""
    return defaultdict(_unset)


def _unset() -> dict[str, Any]:
    return {"local": NOT_SET, "remote": NOT_SET}


def values_in(storages: Iterable[Storage], name: str) -> list[Any]:
    """Return the stored value of attribute *name* in each storage, ``NOT_SET`` where none is loaded."""
    unset = NOT_SET  # a name of this function is found sooner than one of the module
    return [
        (storage.in_row(name) if isinstance(storage, Values) else unset)
        if (pair := storage.get(name)) is None
        else local
        if (local := pair["local"]) is not unset and (len(pair) == _USUAL or not _is_unloaded(pair))
        else pair["remote"]
        for storage in storages
    ]


#: How many values an attribute has that there is nothing special about: a local and a remote one.
_USUAL = 2


def _is_unloaded(pair: dict[str, Any]) -> bool:
    """Return whether a local list was only made by reading one that was never loaded, and nothing was added here."""
    if UNLOADED not in pair or pair["remote"] is not NOT_SET:
        return False
    return len(members(pair["local"])) <= len(pair.get(ADDED, ()))


def has_unset(values: Iterable[Any]) -> bool:
    """Return whether ``NOT_SET`` is among plain values."""
    # Only what is false can be it, and whether something is false is found out much sooner than whether it is the same.
    return NOT_SET in filterfalse(None, values)


def stored_names(entity: FtrackEntity) -> list[str]:
    """Return the attributes that an entity has a value of, or has been asked for one."""
    held = _held(entity)
    return list({**held.places, **dict(held.pairs)}) if isinstance(held, Values) else list(held)


def is_new(entity: FtrackEntity) -> bool:
    """Return whether an entity was created in its session and the server does not know it yet."""
    return remote_value(entity, entity.primary_key_attributes[0]) is NOT_SET


def stored_values(entities: Iterable[FtrackEntity], name: str) -> list[Any]:
    """Return the stored value of attribute *name* for each entity, ``NOT_SET`` where none is loaded."""
    return values_in(map(storage_of, entities), name)


def stored_value(entity: FtrackEntity, name: str) -> Any:
    """Return the stored value of attribute *name*, or ``NOT_SET``."""
    storage = storage_of(entity)
    pair = storage.get(name)
    if pair is None:
        row = storage.row if isinstance(storage, Values) else _NO_ROW
        return row[row[0][name]] if name in row[0] else NOT_SET
    local = pair["local"]
    if local is not NOT_SET and (len(pair) == _USUAL or not _is_unloaded(pair)):
        return local
    return pair["remote"]


def plain_value(entity: FtrackEntity, name: str) -> Any:
    """Return the stored value of attribute *name*, which is no list: the same as `stored_value`, and sooner."""
    return value_in(storage_of(entity), name)


def value_in(storage: Storage, name: str) -> Any:
    """Return the stored value of an attribute that is no list, of the entity with this storage."""
    pair = storage.get(name)
    if pair is None:
        row = storage.row if isinstance(storage, Values) else _NO_ROW
        return row[row[0][name]] if name in row[0] else NOT_SET
    local = pair["local"]
    return pair["remote"] if local is NOT_SET else local


def type_names(entities: Iterable[FtrackEntity]) -> set[str]:
    """Return the names of the types that occur among the entities."""
    return set(map(_TYPE_NAME, set(map(type, entities))))


_TYPE_NAME: Callable[[type[FtrackEntity]], str] = attrgetter("entity_type")


def local_value(entity: FtrackEntity, name: str) -> Any:
    """Return what attribute *name* was set to here and not committed yet, or ``NOT_SET``."""
    return local_in(storage_of(entity), name)


def local_in(storage: Storage, name: str) -> Any:
    """Return what attribute *name* of the entity with this storage was set to here, or ``NOT_SET``."""
    pair = storage.get(name)
    if pair is None:
        return storage.in_row(name) if isinstance(storage, Values) and storage.row[0].is_local else NOT_SET
    return pair["local"]


def remote_value(entity: FtrackEntity, name: str) -> Any:
    """Return what the server has last told of attribute *name*, or ``NOT_SET``."""
    return remote_in(storage_of(entity), name)


def remote_in(storage: Storage, name: str) -> Any:
    """Return what the server has last told of attribute *name* of the entity with this storage, or ``NOT_SET``."""
    pair = storage.get(name)
    if pair is not None:
        return pair["remote"]
    row = storage.row if isinstance(storage, Values) else _NO_ROW
    return row[row[0][name]] if name in row[0] and not row[0].is_local else NOT_SET


def set_local_value(entity: FtrackEntity, name: str, value: Any) -> None:
    """Let attribute *name* have this value here, without recording an operation."""
    storage_of(entity)[name]["local"] = value


def set_remote_value(entity: FtrackEntity, name: str, value: Any) -> None:
    """Let attribute *name* have this value as what the server has."""
    storage_of(entity)[name]["remote"] = value


def local_references(entity: FtrackEntity) -> dict[str, FtrackEntity]:
    """Return which references of *entity* were set here and not committed yet, and what they lead to."""
    storage = storage_of(entity)
    row = storage.row if isinstance(storage, Values) else _NO_ROW
    found = {name: value for name in row[0].references if (value := row[row[0][name]]) is not None}
    for name, pair in list(_pairs_in(storage)):
        if is_entity(pair["local"]):
            found[name] = pair["local"]
        else:
            found.pop(name, None)
    return found


def has_local_values(entity: FtrackEntity) -> bool:
    """Return whether an attribute of *entity* has a value that did not come from the server."""
    held, unset = _held(entity), NOT_SET
    for _, slot in list(_pairs_in(held)):
        if slot["local"] is not unset:
            return True
    return isinstance(held, Values) and held.row[0].is_local and not all(map(held.has_pair, held.row[0]))


def _pairs_in(storage: Storage) -> ItemsView[str, dict[str, Any]]:
    return storage.pairs if isinstance(storage, Values) else storage.items()


def is_bare(entity: FtrackEntity) -> bool:
    """Return whether an entity holds nothing but its key, so that it says nothing of one that is known."""
    return all(name in entity.primary_key_attributes for name in stored_names(entity))


def _held(entity: FtrackEntity) -> Storage:
    """Return the values of an entity, without making a place for them if it has none."""
    held: Storage | None = getattr(entity, "_ftrack_attribute_storage", None)
    return {} if held is None else held


# Keys.


def key_of(entity: FtrackEntity) -> Key:
    """Return the key of one entity."""
    storage = storage_of(entity)
    return entity.entity_type, tuple([str(value_in(storage, name)) for name in entity.primary_key_attributes])


def primary_key(entity: FtrackEntity) -> dict[str, str]:
    """Return the key of one entity as operations hold it, as ``ftrack_api.inspection.primary_key`` does.

    Raises:
        KeyError: it has none, after its creation was taken back.
    """
    storage = storage_of(entity)
    key: OrderedDict[str, str] = OrderedDict()
    for name in entity.primary_key_attributes:
        value = value_in(storage, name)
        if value is NOT_SET:
            return ftrack_api.inspection.primary_key(entity)
        key[name] = str(value)
    return key


def key_of_operation(operation: Any) -> Key:
    """Return the key of the entity that a recorded operation is about; an empty one for other kinds of operations."""
    return str(getattr(operation, "entity_type", "")), tuple(map(str, getattr(operation, "entity_key", {}).values()))


def identity_of(entity: FtrackEntity) -> str | None:
    """Return the text by which caches and lists of ftrack_api know an entity; None if it has no key.

    It has none after its creation was taken back.
    """
    storage, names = storage_of(entity), entity.primary_key_attributes
    if len(names) == 1:
        value = value_in(storage, names[0])
        return None if value is NOT_SET else f"({str(entity.entity_type)!r}, [{str(value)!r}])"
    values = [value_in(storage, name) for name in names]
    return None if has_unset(values) else str((str(entity.entity_type), list(map(str, values))))


# Memory.


def memory_of(session: Session) -> MemoryCache:
    """Return where a session holds its entities; further layers of its cache may be on disk and hold none."""
    return cast("MemoryCache", session.cache.caches[0])


def cache_key(session: Session, type_name: str, key: Iterable[str]) -> str:
    """Return the text under which the cache of a session keeps the entity with this primary key."""
    return session.cache_key_maker.key((type_name, list(key)))


def find_in_memory(session: Session, type_name: str, key: Iterable[str]) -> FtrackEntity | None:
    """Return the entity with this primary key if the session holds it, without asking the server."""
    cache = session.cache
    if type(cache) is LayeredCache and type(session.cache_key_maker) is StringKeyMaker:
        layers = cache.caches
        if len(layers) == 1 and type(layers[0]) is MemoryCache:  # the usual case, which takes several calls otherwise
            return layers[0]._cache.get(str((type_name, list(key))))
    try:
        return cache.get(cache_key(session, type_name, key))
    except KeyError:
        return None


def keep_in_memory(session: Session, type_name: str, key: Iterable[str], entity: FtrackEntity) -> None:
    """Let the session hold *entity* as the one with this primary key."""
    session.cache.set(cache_key(session, type_name, key), entity)


def forget(session: Session, type_name: str, key: Iterable[str]) -> None:
    """Let the session no longer hold the entity with this primary key, if it did."""
    with suppress(KeyError):
        session.cache.remove(cache_key(session, type_name, key))


# Values that are entities.


def is_entity(value: object) -> bool:
    """Return whether *value* is an entity; ``isinstance`` takes several times as long."""
    return _is_of_entities(value.__class__)


@lru_cache(maxsize=1024)
def _is_of_entities(kind: type[Any]) -> bool:
    return issubclass(kind, FtrackEntity)


def entities_in(values: Iterable[Any]) -> tuple[list[FtrackEntity], bool]:
    """Return those of the values that are entities, each object once, and whether ``NOT_SET`` is among the values."""
    objects = {id(value): value for value in values}
    # Whether something is an entity takes long to find out, so it is asked once per class.
    kinds = {kind for kind in set(map(type, objects.values())) if issubclass(kind, FtrackEntity)}
    return [value for value in objects.values() if type(value) in kinds], id(NOT_SET) in objects


def members(value: Any) -> list[FtrackEntity]:
    """Return the entities in the stored value of a reference (one or none) or of an array attribute."""
    if isinstance(value, FtrackEntity):
        return [value]
    if isinstance(value, Collection):
        return value[:]
    if isinstance(value, MappedCollectionProxy):
        return value.collection[:]
    return []


def entries(value: Any) -> dict[str, FtrackEntity]:
    """Return the entities in the stored value of a key and value attribute by their keys."""
    found = members(value)
    return _by_key(found, found)


def mapping(value: Any) -> dict[str, Any]:
    """Return the stored value of a key and value attribute, such as ``metadata``, as a plain dictionary."""
    found = members(value)
    return _by_key(found, stored_values(found, "value"))


def _by_key(found: Sequence[FtrackEntity], values: Sequence[Any]) -> dict[str, Any]:
    """Return one of the values for each entity, by key; of several with one key the first counts, as for ftrack_api."""
    keys = list(map(_entry_key, found))
    by_key = dict(zip(keys, values, strict=True))
    if len(by_key) < len(keys):
        by_key.update(zip(reversed(keys), reversed(values), strict=True))
    return by_key


def _entry_key(entry: FtrackEntity) -> str:
    key = stored_value(entry, "key")
    if key is NOT_SET:
        # Older servers keep the key of a custom attribute on its configuration only.
        for configuration in members(stored_value(entry, "configuration")):
            key = stored_value(configuration, "key")
    return str(stored_value(entry, "configuration_id") if key is NOT_SET else key)


# Queries.


def with_keys(
    type_name: str, names: Sequence[str], keys: Iterable[Sequence[object]], projections: Iterable[str]
) -> str:
    """Return the query for the *projections* of the entities with these primary keys.

    Args:
        type_name: their type.
        names: the attributes of its primary key.
        keys: one value for each of these attributes, per entity.
        projections: what to ask for.

    >>> with_keys("Task", ["id"], [["a"], ["b"]], ["name"])
    'select name from Task where id in ("a","b")'
    """
    return " ".join(("select", ", ".join(projections), "from", type_name, "where", key_condition(names, keys)))


def key_condition(names: Sequence[str], keys: Iterable[Sequence[object]]) -> str:
    """Return the condition that an entity has one of these primary keys."""
    *before, last = names
    # Of keys with several parts, those that differ in the last part only share a list.
    lists: dict[tuple[object, ...], list[object]] = {}
    for *start, end in keys:
        lists.setdefault(tuple(start), []).append(end)
    rows = [
        " and ".join(
            (
                *(f"{name} is {quoted(value)}" for name, value in zip(before, start, strict=True)),
                f"{last} in ({','.join(map(quoted, ends))})",
            )
        )
        for start, ends in lists.items()
    ]
    return rows[0] if len(rows) == 1 else " or ".join(f"({row})" for row in rows)
