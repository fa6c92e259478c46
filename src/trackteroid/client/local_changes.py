"""What is set in a session: values that can be sent, and which entities hold them, so that nobody has to search all.

ftrack_api's commit and rollback walk over every cached entity and reset each of its attributes, changed or not: twice
per commit, some 100 microseconds per entity and walk. Resetting an entity without local values does nothing, so here
the same code walks over those that have some.

Every local value, however it comes about (an assignment, a creation, the copy of a collection that reading it makes,
a merge), passes through ``set_local_value`` of its attribute, and that is where entities are noted. Recorded
operations would not do: assignments with recording switched off, and operations that were taken back or moved into a
file, leave local values behind too.

Values that no server can be sent are found when they are set, not when everything else waits behind them.

A session with anything of its own in this place (another cache, an attribute we do not watch, an entity class that
resets itself in its own way) gets ftrack_api's walk over everything.
"""

import copy
import math
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Final, cast
from uuid import UUID
from weakref import WeakValueDictionary

from ftrack_api.attribute import Attribute
from ftrack_api.cache import MemoryCache
from ftrack_api.entity.base import Entity
from ftrack_api.exception import ImmutableAttributeError
from ftrack_api.operation import CreateEntityOperation, UpdateEntityOperation
from ftrack_api.session import OperationPayload, Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import has_local_values, identity_of, is_entity, memory_of, primary_key, storage_of
from trackteroid.client.hydration.answers import can_hydrate
from trackteroid.client.local_lists import follow_remote_values
from trackteroid.client.shared_schemas import made_types
from trackteroid.errors import UnsendableValueError

#: The methods through which ftrack_api resets an entity. A class with its own version of one is left to ftrack_api.
RESETTING_METHODS = ("clear", "__delitem__", "__iter__", "__getitem__")

#: As many entities of a cache are walked over in the time in which one is looked up by its key.
_LOOKUP_COST = 16


class LocalChanges:
    """The entities of one session that hold, or held, local values."""

    def __init__(self) -> None:
        # By object, because entities compare by their key, which new ones may not have yet.
        self._entities: WeakValueDictionary[int, Entity] = WeakValueDictionary()
        # What `notes_all` has looked at, and what it has found: there are more than a thousand attributes.
        self._looked_at: list[tuple[type[Entity], int]] = []
        self._notes_all = False

    def notes_all(self, entity_classes: Iterable[type[Entity]]) -> bool:
        """Return whether all local values of entities of these classes are sure to be noted, and they are ordinary."""
        looking_at = [(entity_class, len(entity_class.attributes)) for entity_class in entity_classes]
        if looking_at != self._looked_at:
            self._notes_all = all(
                all(getattr(entity_class, name) is getattr(Entity, name) for name in RESETTING_METHODS)
                and all(map(is_watched, entity_class.attributes))
                for entity_class, _ in looking_at
            )
            self._looked_at = looking_at
        return self._notes_all

    def add(self, entity: Entity) -> None:
        """Note that *entity* was given a local value."""
        self._entities[id(entity)] = entity

    def within(self, cache: Mapping[str, Any]) -> list[Entity]:
        """Return the noted entities that are in *cache*; others, such as the originals of copies, are left alone."""
        noted = self._noted()
        if len(noted) * _LOOKUP_COST > len(cache):
            identifiers = set(map(id, list(cache.values())))
            return [entity for entity in noted if id(entity) in identifiers]
        found: list[Entity] = []
        elsewhere: list[Entity] = []
        for entity in noted:
            cached = cache.get(identity_of(entity) or "")
            if cached is entity:
                found.append(entity)
            elif cached is None or any(
                (attribute := entity.attributes.get(name)) is None or attribute.mutable  # so its key may be another one
                for name in entity.primary_key_attributes
            ):
                elsewhere.append(entity)
        if elsewhere:
            identifiers = set(map(id, list(cache.values())))
            found += (entity for entity in elsewhere if id(entity) in identifiers)
        return found

    def forget_unchanged(self) -> None:
        """Forget the entities that have no local values any more."""
        for entity in self._noted():
            # Forget first and look afterwards: another thread notes an entity after it has given it a value.
            self._entities.pop(id(entity), None)
            try:
                is_changed = has_local_values(entity)
            except BaseException:  # Ctrl-C, say: better noted for nothing than forgotten
                self.add(entity)
                raise
            if is_changed:
                self.add(entity)

    def __len__(self) -> int:
        return len(self._noted())

    def _noted(self) -> list[Entity]:
        # `values` of a weak dictionary must not meet other threads that add to it; this is one step.
        entities = (reference() for reference in self._entities.valuerefs())
        return [entity for entity in entities if entity is not None]


def watch(entity_classes: Iterable[type[Entity]]) -> None:
    """Let the attributes of these classes note in the session of an entity that it was given a local value.

    They refuse values that cannot be sent.
    Local lists follow what the server tells of them, see `trackteroid.client.local_lists`.
    """
    for entity_class in entity_classes:
        for attribute in entity_class.attributes:
            follow_remote_values(attribute)
            if not is_watched(attribute):
                attribute.set_local_value = _Watched(attribute)  # pyright: ignore[reportAttributeAccessIssue]  # on this attribute only


def can_tell(session: Session) -> bool:
    """Return whether all local values of *session* are sure to be noted, and its entities are ordinary ones."""
    # There are only entities of classes that were made, see `EntityTypes`; those that were not are not made for this.
    changes = cast("LocalChanges | None", getattr(session, "_local_changes", None))
    return changes is not None and can_hydrate(session) and changes.notes_all(made_types(session.types))


def changed_entities(session: Session) -> list[Entity]:
    """Return the entities in the memory of *session* that have local values; all of them where that is unknown."""
    memory = memory_of(session)
    changes = cast("LocalChanges | None", getattr(session, "_local_changes", None))
    if changes is None or not can_tell(session):
        return memory.values()
    return changes.within(memory._cache)


class _Watched:
    """The ``set_local_value`` of one attribute, after a look at the value and with a note for the session."""

    __slots__ = ("_attribute", "_name", "_set_local_value")

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute
        self._name: str = attribute.name
        is_usual = getattr(attribute.set_local_value, "__func__", None) is Attribute.set_local_value
        self._set_local_value: Callable[[Entity, Any], None] = self._set if is_usual else attribute.set_local_value

    def __call__(self, entity: Entity, value: Any) -> None:
        is_given = value is not NOT_SET
        if is_given and not is_sendable(value):
            check_value(f'"{self._name}" of {entity.entity_type}', value)
        session = entity.session
        try:
            self._set_local_value(entity, value)
        finally:  # a value that cannot be recorded is stored all the same
            changes = session.__dict__.get("_local_changes") if is_given else None
            if changes is not None:  # classes may be shared with a session that is not ours
                changes.add(entity)

    def _set(self, entity: Entity, value: Any) -> None:
        """Do what ftrack_api does for attributes that are no lists."""
        slot = storage_of(entity)[self._name]
        before, unset = slot["local"], NOT_SET
        is_set = before is not unset or slot["remote"] is not unset
        session = entity.session
        if is_set and value is not unset and not self._attribute.mutable:
            # What is merged from before a reconnect brings its ids along, which are what they were.
            if not session.record_operations and value == (slot["remote"] if before is unset else before):
                return
            raise ImmutableAttributeError(self._attribute)
        slot["local"] = value
        if session.record_operations:
            operation = assignment(entity.entity_type, primary_key(entity), self._name, before, value)
            session.recorded_operations.push(operation)


class _Narrowed(MemoryCache):
    """The memory of a session, whose `values` are only the entities with local values."""

    def __init__(self, memory: MemoryCache, changes: LocalChanges) -> None:
        self._cache = memory._cache
        self._changes = changes

    def values(self) -> list[Any]:
        return self._changes.within(self._cache)


_narrowed: ContextVar[tuple[Session, MemoryCache] | None] = ContextVar("narrowed memory", default=None)


@contextmanager
def only_changed(session: Session, changes: LocalChanges) -> Generator[bool]:
    """Let `seen_memory_of` show this thread only the entities of *session* with local values, for the time of a block.

    The block is told whether that is so: not where it is unknown which they are.
    """
    if not can_tell(session):
        yield False
        return
    token = _narrowed.set((session, _Narrowed(memory_of(session), changes)))
    try:
        yield True
    finally:
        _narrowed.reset(token)
        changes.forget_unchanged()


def seen_memory_of(session: Session) -> MemoryCache:
    """Return the first layer of the cache of *session*, narrowed inside of `only_changed`."""
    narrowed = _narrowed.get()
    if narrowed is not None and narrowed[0] is session:
        return narrowed[1]
    return memory_of(session)


def is_watched(attribute: Attribute) -> bool:
    """Return whether *attribute* notes which entities it gives a local value."""
    return type(vars(attribute).get("set_local_value")) is _Watched


#: The classes of values of which a copy is the same object.
_IMMUTABLE: Final = frozenset({str, int, float, bool, type(None)})


def creation(entity_type: str, key: Mapping[str, str], values: Mapping[str, Any]) -> CreateEntityOperation:
    """Return the operation that creates an entity with copies of these values."""
    operation = CreateEntityOperation.__new__(CreateEntityOperation)
    operation.entity_type, operation.entity_key = entity_type, key
    operation.entity_data = {name: copied(value) for name, value in values.items()}
    return operation


def assignment(entity_type: str, key: Mapping[str, str], name: str, old: Any, new: Any) -> UpdateEntityOperation:
    """Return the operation that sets an attribute, with copies of its values."""
    operation = UpdateEntityOperation.__new__(UpdateEntityOperation)
    operation.entity_type, operation.entity_key, operation.attribute_name = entity_type, key, name
    operation.old_value = old if old is NOT_SET else copied(old)
    operation.new_value = copied(new)
    return operation


def copied(value: Any) -> Any:
    """Return what ``copy.copy`` returns."""
    kind = value.__class__
    if kind in _IMMUTABLE or value is NOT_SET:  # whose class may be another one of ours
        return value
    if not _is_copied_by_its_attributes(kind):
        return copy.copy(value)
    twin = kind.__new__(kind)
    twin.__dict__.update(value.__dict__)
    return twin


@lru_cache(maxsize=1024)
def _is_copied_by_its_attributes(kind: type[Any]) -> bool:
    """Return whether this is a class of entities, and copies of them are made as those of other objects."""
    own = ("__copy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__new__")
    return issubclass(kind, Entity) and all(getattr(kind, name, None) is getattr(object, name, None) for name in own)


# What can be sent.


_HALF_OF_A_PAIR = "[\ud800-\udfff]"
#: What is in the JSON of a request if it has text that is none, or a number that JSON does not know.
SUSPICIOUS = re.compile(r"\\ud|NaN|Infinity")
_BYTES_OF_FILE_NAMES = range(0xDC80, 0xDD00)
_LENGTH_SHOWN = 60
#: What people have in hand and JSON does not know, and what to give in its place.
_MEANT: dict[type, str] = {
    UUID: "its text: str(id)",
    set: "a list: sorted(values)",
    frozenset: "a list: sorted(values)",
    range: "a list: list(values)",
    Decimal: "a number: float(value)",
    complex: "a number",
    timedelta: "a number: delta.total_seconds()",
    time: "a datetime, or its text",
    type: "an entity, or a text",
}


#: The classes of values that can always be sent.
_SENDABLE = frozenset({int, bool, type(None)})


def is_sendable(value: Any) -> bool:
    """Return whether a value is of the usual kind that can be sent, without a look at the parts of others."""
    kind = value.__class__
    return kind in _SENDABLE or (kind is str and value.isascii()) or is_entity(value)


def check_value(what: str, value: object) -> None:
    """Refuse *value*, or a part of it, that cannot be sent; *what* it is for is told in the message.

    Raises:
        UnsendableValueError: it has text with bytes that are not UTF-8, a number that JSON does not know, bytes, or an
            object that JSON does not know: a path, a UUID, a set, a Decimal.
        NoValueError: it was read from nothing.
    """
    if isinstance(value, str):
        if not value.isascii() and (half := re.search(_HALF_OF_A_PAIR, value)):
            raise UnsendableValueError(f"{what} cannot be {_shown(value)}: {_described(half)}")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise UnsendableValueError(f"{what} cannot be {value}, which no request can say. Use None for no value.")
    elif isinstance(value, (dict, OperationPayload)):
        for key, part in cast("Mapping[object, object]", value).items():
            check_value(what, key)
            check_value(what, part)
    elif isinstance(value, (list, tuple)):
        for part in cast("Iterable[object]", value):
            check_value(what, part)
    elif isinstance(value, (bytes, bytearray)):
        raise UnsendableValueError(f"{what} cannot be bytes, {_shown(bytes(value))}. Decode them to text.")
    elif isinstance(value, PurePath):
        raise UnsendableValueError(f"{what} cannot be a path object. Make it text: str(path), or path.as_posix().")
    elif isinstance(value, tuple(_MEANT)):
        meant = next(meant for kind, meant in _MEANT.items() if isinstance(value, kind))
        raise UnsendableValueError(f"{what} cannot be {_shown(value)}, which no request can say. Give {meant}.")
    elif (refusal := getattr(type(value), "refusal", None)) is not None:  # what was read from nothing
        raise refusal(value, f"be sent as a value: {what}")


def check_request(batch: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a request that no server could read. There is a reason to look where something in it is `SUSPICIOUS`.

    Raises:
        UnsendableValueError: a value of the *batch* cannot be sent.
    """
    for operation in batch:
        about = " ".join(_shown(operation[name])[1:-1] for name in ("action", "entity_type") if name in operation)
        check_value(f"A value that is sent ({about})", operation)


def _described(half: "re.Match[str]") -> str:
    code = ord(half[0])
    place = f"at character {half.start() + 1}"
    if code in _BYTES_OF_FILE_NAMES:
        return (
            f"{place} it has the byte {code - 0xDC00:#04x}, which is not UTF-8, as names of files may have. Decode the "
            'name in the encoding that it was written in, such as os.fsencode(name).decode("latin-1").'
        )
    return (
        f"{place} it has half of a surrogate pair, which is no text. Repair it where it comes from, or leave it out: "
        'text.encode("utf-8", "replace").decode().'
    )


def _shown(value: object) -> str:
    """Return *value* in ASCII, so that it can be printed everywhere, and not at length."""
    shown = ascii(value)
    return shown if len(shown) <= _LENGTH_SHOWN else f"{shown[:_LENGTH_SHOWN]}..."
