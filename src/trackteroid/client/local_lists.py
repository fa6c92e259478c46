"""What a local list becomes when the server tells of a new content of it.

ftrack_api keeps two lists for a collection attribute: what the server last told (the *remote* one), and the copy of it
that reading makes and the user changes (the *local* one). When an answer brings a new remote list, ftrack_api replaces
a local copy that nobody changed and forgets about all others: what was read before it was loaded stays empty from then
on, and who appended a note never sees those of others.

Here a local list follows. What was removed from it stays removed, what was added to it stays, behind what the server
tells:

    new local = (new remote - (old remote - old local)), then (old local - old remote)

A list that was read before anything was known of it has nothing removed: it was empty because nobody had asked.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from ftrack_api.attribute import AbstractCollectionAttribute, Attribute, CustomAttributeCollectionAttribute
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import ADDED, UNLOADED, identity_of, is_new, storage_of, stored_value


def follow(attribute: Attribute, entity: Entity, remote: Any) -> None:
    """Store *remote* as what the server has in this collection *attribute* of *entity*, and let the local list follow.

    Args:
        attribute: a collection attribute, mapped or not.
        entity: whose list it is.
        remote: the collection the attribute holds for the server, in the form in which the attribute stores it.
    """
    slot = storage_of(entity)[attribute.name]
    before, slot["remote"] = slot["remote"], remote
    added = slot.pop(ADDED, None)
    if before is NOT_SET and added:
        before = _collection(attribute, entity, added)
    if slot["local"] is not NOT_SET and remote is not NOT_SET:
        ours, old, new = rows_of(slot["local"]), rows_of(before), rows_of(remote)
        if ours is None or new is None:
            return
        content = _merged(attribute, ours, old, new)
        if ours.entity is entity:  # whoever holds the list holds it still
            ours._data, ours._identities = content
            return
        # A list taken over from another entity, whose it stays.
        slot["local"] = remote.__copy__()
        rows = cast("Collection", rows_of(slot["local"]))
        rows._data, rows._identities = content
        rows.entity, rows.mutable = entity, attribute.mutable


def follow_remote_values(attribute: Attribute) -> None:
    """Let local lists follow wherever ftrack_api's own code stores the remote value of a collection *attribute*.

    Reading such a list fetches it, with automatic population, also when it was read before without. Assigning another
    one reads it first, so that the operation tells what the other one is in the place of.
    """
    if isinstance(attribute, AbstractCollectionAttribute) and type(vars(attribute).get("set_remote_value")) is not _Set:
        attribute.set_remote_value = _Set(attribute)  # pyright: ignore[reportAttributeAccessIssue]  # on this attribute only
        attribute.get_value = _Get(attribute)  # pyright: ignore[reportAttributeAccessIssue]
        attribute.set_local_value = _Assign(attribute)  # pyright: ignore[reportAttributeAccessIssue]


def store_members(attribute: Attribute, entity: Entity, members: Iterable[Entity]) -> None:
    """Store these *members* as what the server has in the collection *attribute* of *entity*."""
    remote = _collection(attribute, entity, members)
    cast("Collection", rows_of(remote)).mutable = False
    follow(attribute, entity, remote)


def note_added(attribute: Attribute, entity: Entity, members: Sequence[Entity]) -> None:
    """Remember *members* that the server has in a list of which nothing else is known.

    Until it is loaded, they are what the list shows; and then they are nothing that this session has added.
    """
    slot = storage_of(entity)[attribute.name]
    slot[ADDED] = [*slot.get(ADDED, ()), *members]


def tell_of(attribute: Attribute, entity: Entity, member: Entity) -> None:
    """Let what is known of the server's list hold *member*, too, which the server has and did not tell of.

    The local list is for the caller. Nothing happens where the server's list is not known.
    """
    rows, key = rows_of(storage_of(entity)[attribute.name]["remote"]), _key(member)
    if rows is not None and key not in rows._identities:
        rows._data.append(member)
        rows._identities.add(key)


def rows_of(value: Any) -> Collection | None:
    """Return the list of entities in the *value* of a collection attribute, mapped or not; None if there is none."""
    rows: Any = value.collection if isinstance(value, MappedCollectionProxy) else value
    return rows if isinstance(rows, Collection) else None


class _Set:
    """The ``set_remote_value`` of one collection attribute."""

    __slots__ = ("_attribute", "_set_remote_value")

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute
        self._set_remote_value = attribute.set_remote_value

    def __call__(self, entity: Entity, value: Any) -> None:
        slot = storage_of(entity)[self._attribute.name]
        before = slot["remote"]
        self._set_remote_value(entity, value)
        remote, slot["remote"] = slot["remote"], before
        follow(self._attribute, entity, remote)


class _Get:
    """The ``get_value`` of one collection attribute: an empty list that was never loaded is no reason not to load."""

    __slots__ = ("_attribute", "_get_value")

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute
        self._get_value = attribute.get_value

    def __call__(self, entity: Entity) -> Any:
        if entity.session.auto_populate:
            slot = storage_of(entity)[self._attribute.name]
            if slot["remote"] is NOT_SET and slot["local"] is not NOT_SET and not is_new(entity):
                self._attribute.populate_remote_value(entity)
        value = self._get_value(entity)
        slot = storage_of(entity)[self._attribute.name]
        if slot["remote"] is NOT_SET and not is_new(entity):
            slot[UNLOADED] = True
            self._show_added(entity, value)
        return value

    def _show_added(self, entity: Entity, value: Any) -> None:
        slot = storage_of(entity)[self._attribute.name]
        added = slot.get(ADDED, ())
        rows = rows_of(value)
        if added and rows is not None and not rows._data and value is slot["local"]:
            rows._data, rows._identities = list(added), set(map(_key, added))


class _Assign:
    """The ``set_local_value`` of one collection attribute: what is there is looked at before it is replaced."""

    __slots__ = ("_attribute", "_set_local_value")

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute
        self._set_local_value = attribute.set_local_value

    def __call__(self, entity: Entity, value: Any) -> None:
        slot = storage_of(entity)[self._attribute.name]
        if (
            value is not NOT_SET
            and slot["local"] is NOT_SET
            and entity.session.record_operations
            and not is_new(entity)
        ):
            self._attribute.get_value(entity)
            if slot["remote"] is NOT_SET:
                entity.session.logger.warning(
                    "%s of %s was not loaded before it was assigned, so nothing is taken out of it. Load it first to "
                    "replace what it has.",
                    self._attribute.name,
                    entity,
                )
        self._set_local_value(entity, value)


def _collection(attribute: Attribute, entity: Entity, members: Iterable[Entity]) -> Any:
    """Return a collection of these *members* in the form in which the attribute stores it."""
    value = cast("AbstractCollectionAttribute", attribute)._adapt_to_collection(entity, None)
    rows = cast("Collection", rows_of(value))
    by_key = {_key(member): member for member in members}
    rows._data, rows._identities = list(by_key.values()), set(by_key)
    return value


def _merged(
    attribute: Attribute, ours: Collection, old: Collection | None, new: Collection
) -> "tuple[list[Entity], set[str]]":
    known: set[str] = set() if old is None else old._identities
    is_mapped, value = _name_attribute(attribute) is not None, getattr(attribute, "value_attribute", "value")
    if ours._identities == known and not is_mapped:
        return list(new._data), set(new._identities)
    members = {_key(member): member for member in ours._data}
    removed = known - members.keys()
    told = {key: member for member in new._data if (key := _key(member)) not in removed}
    added = {
        key: member
        for key, member in members.items()
        # The value that a mapping shows stays if it was set in this session.
        if key not in new._identities
        and (key not in known or (is_mapped and storage_of(member)[value]["local"] is not NOT_SET))
    }
    if added and is_mapped:
        names = [_name(attribute, member) for member in added.values()]
        told = {key: member for key, member in told.items() if _name(attribute, member) not in names}
    return [*told.values(), *added.values()], told.keys() | added.keys()


def _key(member: Entity) -> str:
    return identity_of(member) or f"object {id(member)}"


# Mappings: what counts is under which name a value stands there, not in which row.


def _name_attribute(attribute: Attribute) -> str | None:
    custom = isinstance(attribute, CustomAttributeCollectionAttribute)
    return "configuration_id" if custom else getattr(attribute, "key_attribute", None)


def _name(attribute: Attribute, member: Entity) -> Any:
    return stored_value(member, _name_attribute(attribute) or "")
