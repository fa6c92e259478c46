"""Whether a commit has arrived whose answer was lost.

The server carries out a batch as a whole or not at all, and the ids of created entities are made by the client. So a
created entity that is there means that all of the batch is; one that is not there means that nothing is. A batch that
only changes and deletes is recognised when every value is what it was to become and every deleted entity is gone.
Otherwise nobody can tell: somebody else may have changed the same values since.
"""

import enum
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, cast

from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.batch import PlainBatch, key_of_reference, references_in
from trackteroid.client.commit.lists import CHANGES
from trackteroid.client.entities import Key, key_of, members, with_keys
from trackteroid.spelling import is_claim, moment_of
from trackteroid.values import frozen

_Operation = TypeVar("_Operation", bound=Mapping[str, Any])
Batch: TypeAlias = Sequence[Mapping[str, Any]]
Ask: TypeAlias = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]

#: What may be an id in a text.
_WORD = re.compile(r"[\w-]+")
#: What the keys of metadata begin with that a client made up, so that they tell as much as ids do.
WITNESS = "trackteroid replay "


class Arrival(enum.Enum):
    """What is known of a batch whose answer was lost."""

    ARRIVED = "arrived"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@frozen
class Change:
    """One operation of a batch."""

    action: str
    key: Key
    values: Mapping[str, Any]

    @classmethod
    def of(cls, operation: Mapping[str, Any]) -> "Change":
        """Return the change that *operation* makes."""
        key = (str(operation["entity_type"]), tuple(map(str, operation["entity_key"])))
        return cls(str(operation["action"]), key, operation.get("entity_data", {}))


def changes_of(batch: Batch) -> list[Change] | None:
    """Return the changes in *batch*; None when there is anything else in it, such as an action that sends mail.

    Clients that leave it to the server to make the keys of what they create send none. Such a creation cannot be
    looked for.
    """
    changes = changes_in(batch) if isinstance(batch, PlainBatch) else batch
    if not changes or not all(
        operation.get("action") in ("create", "update", "delete")
        and operation.get("entity_type")
        and isinstance(operation.get("entity_key"), (list, tuple))
        for operation in changes
    ):
        return None
    return [Change.of(operation) for operation in changes]


def changes_in(batch: Sequence[_Operation]) -> Sequence[_Operation]:
    """Return the changes of a commit, without what goes along with them behind them: it has arrived if they have."""
    count = len(batch)
    while count and batch[count - 1].get("action") == "encode_media":
        count -= 1
    return batch[:count]


def may_be_a_copy(changes: Sequence[Change], refusal: str) -> bool:
    """Return whether a *refusal* may mean that all of the *changes* were done before, by a copy of the same request.

    It then says so of one of them. Only with what is created is that certain, and worth asking for: nothing else is
    there twice when it is done again.
    """
    creates = any(change.action == "create" and not is_claim(change.key[1][0]) for change in changes)
    words = frozenset(_WORD.findall(refusal))
    return creates and any(part in words for change in changes for part in change.key[1])


def recognise(
    session: Session, changes: Sequence[Change], ask: Ask, *, as_sent: bool = False
) -> tuple[Arrival, list[dict[str, Any]]]:
    """Return whether the *changes* have arrived, and if so the answer that the server would have given.

    *ask* sends a batch of queries; what it raises is for the caller. With *as_sent* all must be as it was sent; else
    it is enough that something is there that was created with an id of its own.
    """
    found = _current(session, changes, ask)
    arrival = _arrival(changes, found, as_sent=as_sent)
    if arrival is not Arrival.ARRIVED:
        return arrival, []
    return arrival, [
        {"action": change.action, "data": True if change.action == "delete" else found.get(change.key)}
        for change in changes
    ]


def _current(session: Session, changes: Sequence[Change], ask: Ask) -> dict[Key, Entity]:
    """Return what the server has of the changed entities, with the values that were sent."""
    by_type: dict[str, tuple[dict[Key, None], dict[str, None]]] = {}
    for change in changes:
        keys, names = by_type.setdefault(change.key[0], ({}, {}))
        keys[change.key] = None
        known = session.types[change.key[0]].attributes
        names.update(dict.fromkeys(name for name in change.values if known.get(name) is not None))
    queries: list[dict[str, Any]] = []
    for type_name, (keys, names) in by_type.items():
        key_names = session.types[type_name].primary_key_attributes
        projections = dict.fromkeys([*key_names, *names])
        text = with_keys(type_name, key_names, (values for _, values in keys), projections)
        queries.append({"action": "query", "expression": text})
    entities = [entity for answer in ask(queries) for entity in cast("list[Entity]", answer["data"])]
    found = {key_of(entity): entity for entity in entities}
    # What is in an answer twice has its values only once, so what entities refer to is looked at, too.
    for entity in entities:
        for attribute in entity.attributes:
            for other in members(attribute.get_remote_value(entity)):
                key = key_of(other)
                if key in found and _count(other) > _count(found[key]):
                    found[key] = other
    return found


def _count(entity: Entity) -> int:
    return sum(attribute.get_remote_value(entity) is not NOT_SET for attribute in entity.attributes)


def _arrival(changes: Sequence[Change], found: Mapping[Key, Entity], *, as_sent: bool) -> Arrival:
    deleted = {change.key for change in changes if change.action == "delete"}
    created = {change.key for change in changes if change.action == "create"} - deleted
    # Keys that the client makes up tell for sure; one made of something else, such as that of metadata, may have been
    # there, or somebody else may have made it.
    own = {key for key in created if (len(key[1]) == 1 and not is_claim(key[1][0])) or is_witness(*key)}
    if own & found.keys() and not as_sent:
        return Arrival.ARRIVED
    if created - found.keys():
        return Arrival.ABSENT
    # What counts of what is still there is the last value sent for each attribute, as far as it can be compared.
    last: dict[Key, dict[str, Any]] = {}
    for change in changes:
        if change.key not in deleted:
            last.setdefault(change.key, {}).update(change.values)
    told: list[bool] = []
    for key, values in last.items():
        entity = found.get(key)
        if entity is None:
            return Arrival.UNKNOWN
        for name, sent in values.items():
            attribute = entity.attributes.get(name)
            if attribute is not None and name not in entity.primary_key_attributes:
                told.append(_is_as_sent(sent, attribute.get_remote_value(entity)))
    is_as_sent = all(told) and bool(told or deleted or created)
    return Arrival.ARRIVED if is_as_sent and not deleted & found.keys() else Arrival.UNKNOWN


def is_witness(type_name: str, key: Sequence[str]) -> bool:
    """Return whether this is the key of metadata that was made up, see `trackteroid.operations.recognition`."""
    return type_name == "Metadata" and key[-1].startswith(WITNESS)


def _is_as_sent(sent: Any, held: Any) -> bool:
    """Return whether an attribute holds what was sent, or its list what was added and not what was removed."""
    changes = cast("dict[str, Any]", sent) if isinstance(sent, dict) else {}
    if changes.get("__type__") != CHANGES:
        return _plain(sent) == _plain(held)
    present = {key_of_reference(each) for each in references_in(held)}
    added, removed = (set(map(key_of_reference, changes[side])) for side in ("add", "remove"))
    return added <= present and removed.isdisjoint(present)


def _plain(value: Any) -> Any:
    """Return *value* in a form in which what was sent and what the server returns can be compared."""
    if isinstance(value, MappedCollectionProxy):
        value = value.collection
    if isinstance(value, Collection):
        return sorted(key_of(item) for item in cast("list[Entity]", value[:]))
    if isinstance(value, Entity):
        return key_of(value)
    if isinstance(value, dict):
        return _plain_object(cast("dict[str, Any]", value))
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return sorted(map(_plain_object, items)) if all(map(_is_reference, items)) else items
    moment = moment_of(value)
    if moment is not None:
        return moment.replace(microsecond=0)
    return None if value is NOT_SET else value


def _is_reference(value: object) -> bool:
    return isinstance(value, dict) and "__entity_type__" in value


def _plain_object(value: dict[str, Any]) -> Any:
    if not _is_reference(value):
        return value
    # What encoding makes of an entity, in its place.
    return value["__entity_type__"], tuple(str(part) for name, part in value.items() if name != "__entity_type__")
