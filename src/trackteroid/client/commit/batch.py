"""What pending operations come to: the shortest series of creations, updates and deletions with the same effect.

This is pure. What comes out holds plain values and references, no entities, so that nothing that happens later to the
session changes what was to be sent. Changes of lists are taken out of the other values:
`trackteroid.client.commit.lists` says what has to be sent for them.

ftrack_api records a change of a list as the whole list before and the whole list afterwards. What somebody else has
added or removed meanwhile is in neither, so only the difference says what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, Operation, UpdateEntityOperation
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import Key, has_unset, is_entity, key_of_operation, primary_key, storage_of, value_in
from trackteroid.values import frozen, replace

#: Says whether an attribute of a type is a list of entities.
IsList: TypeAlias = "Callable[[str, str], bool]"
#: One operation of a request.
Payload: TypeAlias = "dict[str, Any]"


class PlainBatch(list[dict[str, Any]]):
    """A batch whose answer is wanted as JSON has it, with nothing made of the records in it.

    Attributes:
        strict: whether it is for the server's strict mode, which aggregates, and refuses what others leave out.
    """

    strict = False


class Changes(PlainBatch):
    """The operations of a commit."""


@frozen
class ListEdit:
    """The change of one list: everything that was added to it and removed from it.

    Attributes:
        owner: whose list it is.
        attribute: which of its lists.
        edit: the change.
    """

    owner: Reference
    attribute: str
    edit: Edit

    @property
    def key(self) -> Key:
        """The key of the owner."""
        return key_of(self.owner)


Step: TypeAlias = "Payload | ListEdit"


def steps_of(operations: Iterable[Operation], is_list: IsList) -> list[Step]:
    """Return what the *operations* come to, in the order in which they were recorded.

    What is created and deleted again is left out, what is deleted and created again is kept. The last value of an
    attribute counts, and all changes of one list are one.
    """
    recorded = list(operations)
    kept, cancelled, remade = recorded, set[Key](), set[Key]()
    kinds = set(map(type, recorded))
    if all(any(issubclass(kind, each) for kind in kinds) for each in (CreateEntityOperation, DeleteEntityOperation)):
        kept, cancelled = without_cancelled(recorded)
        deleted: set[Key] = set()
        for operation in recorded:
            key = key_of_operation(operation)
            if isinstance(operation, DeleteEntityOperation):
                deleted.add(key)
                remade.discard(key)
            elif isinstance(operation, CreateEntityOperation) and key in deleted:
                remade.add(key)
    usual = None if remade else _usual(kept, is_list)
    if usual is not None:
        return list[Step](usual)
    steps: list[Step] = []
    for operation in kept:
        made = _steps(operation, is_list)
        if remade and isinstance(operation, CreateEntityOperation):
            remade.discard(key_of_operation(operation))
        for step in made:
            back: dict[MemberKey, Reference] = {}
            if remade and isinstance(step, ListEdit):
                back = {key: each for key, each in step.edit.removed.items() if key_of(each) in remade}
            if back and isinstance(step, ListEdit):
                # ftrack_api does not record that an entry of metadata that was removed is put back into its list.
                removed = {key: each for key, each in step.edit.removed.items() if key not in back}
                step = replace(step, edit=Edit({**step.edit.added, **back}, removed))
            steps.append(step)
    last = _last_values(steps)
    if not any(isinstance(step, ListEdit) for step in last):
        return last
    # All changes of one list become one, where the last of them is, without the members that are cancelled.
    edits: dict[tuple[Key, str], list[Edit]] = {}
    places: dict[tuple[Key, str], int] = {}
    for number, step in enumerate(last):
        if isinstance(step, ListEdit):
            place = (step.key, step.attribute)
            edits.setdefault(place, []).append(step.edit)
            places[place] = number
    edited: list[Step] = []
    for number, step in enumerate(last):
        if not isinstance(step, ListEdit):
            edited.append(step)
        elif places[step.key, step.attribute] == number:
            edit = Edit.combined(edits[step.key, step.attribute])
            edited.append(replace(step, edit=edit.without_those(lambda each: key_of(each) in cancelled)))
    return edited


def finished(payloads: Iterable[Payload]) -> list[Payload]:
    """Return the *payloads* without those that say nothing, consecutive ones of one entity as one."""
    collapsed: list[Payload] = []
    before: Payload | None = None
    for payload in payloads:
        action, data = payload["action"], payload.get("entity_data")
        if action != "delete" and (not data or (len(data) == 1 and TYPE in data)):
            continue
        if (
            action == "update"
            and before is not None
            and before["action"] != "delete"
            and before["entity_key"] == payload["entity_key"]
            and before["entity_type"] == payload["entity_type"]
        ):
            before["entity_data"].update(data)
        else:
            collapsed.append(payload)
            before = payload
    return collapsed


def without_cancelled(operations: Iterable[Operation]) -> tuple[list[Operation], set[Key]]:
    """Return the *operations* without those on entities that are created among them and deleted again; and these.

    What was there before is not among these.
    """
    kept: dict[int, Operation] = {}
    created: dict[Key, list[int]] = {}
    cancelled: set[Key] = set()
    deleted: set[Key] = set()
    for number, operation in enumerate(operations):
        key = key_of_operation(operation)
        match operation:
            case CreateEntityOperation():
                created[key] = []
                cancelled.discard(key)
            case DeleteEntityOperation() if key in created:
                for each in created.pop(key):
                    del kept[each]
                cancelled.add(key)
                continue
            case _ if key in cancelled:
                continue
            case DeleteEntityOperation():
                deleted.add(key)
            case _:
                pass
        kept[number] = operation
        if key in created:
            created[key].append(number)
    return list(kept.values()), cancelled - deleted


def create_payload(entity_type: str, key: Mapping[str, str], values: Mapping[str, Any]) -> Payload:
    """Return the payload that creates an entity."""
    return _payload("create", entity_type, key, {**key, **values})


def update_payload(reference: Reference, values: Mapping[str, Any]) -> Payload:
    """Return the payload that changes *values* of the entity that is referred to."""
    return _payload("update", reference[TYPE], _key_in(reference), values)


def delete_payload(reference: Reference) -> Payload:
    """Return the payload that deletes the entity that is referred to."""
    return _payload("delete", reference[TYPE], _key_in(reference))


def key_of(reference: Reference) -> Key:
    """Return the key of the entity that is referred to."""
    return reference[TYPE], tuple(_key_in(reference).values())


def key_of_payload(payload: Payload) -> Key:
    """Return the key of the entity that a payload is about."""
    return payload["entity_type"], tuple(payload["entity_key"])


def data_of(payload: Payload) -> dict[str, Any]:
    """Return the values that a payload sets; none for a deletion."""
    return payload.get("entity_data", {})


#: Classes of values that are sent as they are.
_ATOMS = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """Return the *value* of an attribute as it is sent: entities as references."""
    if value.__class__ in _ATOMS:
        return value
    if is_entity(value):
        return reference_to(value)
    return references_in(value) if isinstance(value, Collection | MappedCollectionProxy) else value


def _usual(operations: Iterable[Operation], is_list: IsList) -> list[Payload] | None:
    """Return the payloads of *operations*, those on an entity that follow each other as one.

    None if that is not all there is to it, because an attribute is set twice, or set to nothing, or a list is changed.
    """

    @cache
    def has_list(type_name: str, names: tuple[str, ...]) -> bool:
        return any(is_list(type_name, name) for name in names)

    references: dict[int, Reference] = {}

    def sent(value: Any) -> Any:
        if not is_entity(value):
            return plain(value)
        place = id(storage_of(value))  # which copies share; many refer to the same few entities
        return references.get(place) or references.setdefault(place, reference_to(value))

    payloads: list[Payload] = []
    before: Any = None
    data: dict[str, Any] = {}
    for operation in operations:
        match operation:
            case UpdateEntityOperation(entity_type=kind, entity_key=key, attribute_name=name, new_value=value):
                if value is NOT_SET or is_list(kind, name):
                    return None
                value = value if value.__class__ in _ATOMS else sent(value)
                if (
                    before is not None
                    and (before.entity_key is key or before.entity_key == key)
                    and before.entity_type == kind
                ):
                    data[name] = value
                    continue
                payload = _payload("update", str(kind), key, {name: value})
                before, data = operation, payload["entity_data"]
            case CreateEntityOperation(entity_type=kind, entity_key=key, entity_data=values):
                if has_unset(values.values()) or has_list(kind, tuple(values)):
                    return None
                payload = create_payload(str(kind), key, values)
                before, data = operation, payload["entity_data"]
            case DeleteEntityOperation(entity_type=kind, entity_key=key):
                payload, before = _payload("delete", str(kind), key), None
            case _:
                return None
        payloads.append(payload)
    return None if _set_twice(payloads) else payloads


def _set_twice(payloads: Iterable[Payload]) -> bool:
    """Return whether several of the *payloads* set the same attribute."""
    known: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for payload in payloads:
        data = data_of(payload)
        key = payload["entity_type"], *payload["entity_key"]
        names = known.setdefault(key, data)
        if names is not data:
            if not names.keys().isdisjoint(data.keys() - {TYPE}):
                return True
            known[key] = {**names, **data}
    return False


def _steps(operation: Operation, is_list: IsList) -> list[Step]:
    """Return what one operation comes to."""
    match operation:
        case UpdateEntityOperation():
            type_name, key = str(operation.entity_type), operation.entity_key
            name, value = operation.attribute_name, operation.new_value
            if value is not NOT_SET and is_list(type_name, name):
                return [ListEdit({TYPE: type_name, **key}, name, edit_of(operation))]
            return [_payload("update", type_name, key, {name: value})]
        case CreateEntityOperation():
            type_name, key, values = str(operation.entity_type), operation.entity_key, operation.entity_data
            lists = [name for name in values if is_list(type_name, name)]
            if not lists:
                return [create_payload(type_name, key, values)]
            others = {name: value for name, value in values.items() if name not in lists}
            owner = {TYPE: type_name, **key}
            edits = [ListEdit(owner, name, edit_between(None, values[name])) for name in lists]
            return [create_payload(type_name, key, others), *edits]
        case DeleteEntityOperation():
            return [_payload("delete", str(operation.entity_type), operation.entity_key)]
        case _:
            raise ValueError(f"Cannot commit. Unrecognised operation type {type(operation)} detected.")


def _last_values(steps: list[Step]) -> list[Step]:
    """Remove what later values of the same attribute replace, and values that are not set."""
    replaced: set[tuple[Any, ...]] = set()
    kept: list[Step] = []
    for step in reversed(steps):
        if isinstance(step, ListEdit):
            if (step.owner[TYPE], *step.key[1], step.attribute) not in replaced:
                kept.append(step)
            continue
        data = step.get("entity_data")
        if step["action"] == "update" and data:
            key = step["entity_type"], *step["entity_key"]
            for name in list(data):
                if name != TYPE:
                    if (*key, name) in replaced:
                        del data[name]
                    replaced.add((*key, name))
        if data and has_unset(data.values()):
            for name in [name for name, value in data.items() if value is NOT_SET]:
                del data[name]
        kept.append(step)
    return kept[::-1]


def _payload(action: str, entity_type: str, key: Mapping[str, str], values: Mapping[str, Any] | None = None) -> Payload:
    payload: Payload = {"action": action, "entity_type": entity_type, "entity_key": list(key.values())}
    if values is not None:
        data = payload["entity_data"] = {TYPE: entity_type}
        for name, value in values.items():
            data[name] = value if value.__class__ in _ATOMS else plain(value)
    return payload


def _key_in(reference: Reference) -> dict[str, str]:
    return {name: value for name, value in reference.items() if name != TYPE}


#: How an entity is referred to in a request: ``{"__entity_type__": "Note", "id": "..."}``.
Reference: TypeAlias = "dict[str, str]"
#: The primary key of a member of a list.
MemberKey: TypeAlias = "tuple[str, ...]"

TYPE = "__entity_type__"

_NONE: Mapping[MemberKey, Reference] = MappingProxyType({})


@frozen
class Edit:
    """What was added to a list and what was removed from it."""

    added: Mapping[MemberKey, Reference] = field(default_factory=lambda: _NONE)
    removed: Mapping[MemberKey, Reference] = field(default_factory=lambda: _NONE)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @classmethod
    def combined(cls, edits: Iterable[Edit]) -> Edit:
        """Return all as one: what is added and removed again was never meant, and neither the other way round."""
        added: dict[MemberKey, Reference] = {}
        removed: dict[MemberKey, Reference] = {}
        for edit in edits:
            _move(edit.removed, added, removed)
            _move(edit.added, removed, added)
        return cls(added, removed)

    def without_those(self, leave: Callable[[Reference], bool]) -> Edit:
        """Return this without the members that *leave* is true of."""
        sides = ({key: each for key, each in side.items() if not leave(each)} for side in (self.added, self.removed))
        return Edit(*sides)


def edit_of(operation: UpdateEntityOperation) -> Edit:
    """Return what the change of a list adds and removes.

    A list that was assigned before it was known has nothing removed: nobody has looked at what would go.
    """
    return edit_between(operation.old_value, operation.new_value)


def edit_between(old: Any, new: Any) -> Edit:
    """Return what makes the list *old* the list *new*: values of a list attribute of any form."""
    before, after = (
        {key_of_reference(reference): reference for reference in references_in(members)}
        for members in without_common_ends(old, new)
    )
    return Edit(_without(after, before), _without(before, after))


def without_common_ends(old: Any, new: Any) -> tuple[list[Any], list[Any]]:
    """Return the members of both lists without those that both begin with, and those that both end with.

    Whoever appends to a list a thousand times has recorded a thousand lists that are the same but for one member.
    """
    before, after = members_in(old), members_in(new)
    start = _common(before, after)
    before, after = before[start:], after[start:]
    end = _common(before[::-1], after[::-1])
    return before[: len(before) - end], after[: len(after) - end]


def is_list(value: object) -> bool:
    """Return whether this is the value of a list attribute as ftrack_api holds it, so that its members are entities."""
    return isinstance(value, Collection | MappedCollectionProxy)


def members_in(value: Any) -> list[Any]:
    """Return the members of the value of a list attribute, as they are in it; none of one that is not set."""
    if value is None or value is NOT_SET:
        return []
    rows: Any = value.collection if isinstance(value, MappedCollectionProxy) else value
    return list(cast("Iterable[Any]", rows._data if isinstance(rows, Collection) else rows))


def references_in(value: Any) -> list[Reference]:
    """Return the references to the members of the value of a list attribute; none of one that is not set."""
    return [reference_to(member) if isinstance(member, Entity) else dict(member) for member in members_in(value)]


def reference_to(entity: Entity) -> Reference:
    """Return how an entity is referred to in a request."""
    storage, reference = storage_of(entity), {TYPE: str(entity.entity_type)}
    for name in entity.primary_key_attributes:
        value = value_in(storage, name)
        if value is NOT_SET:
            return {**reference, **primary_key(entity)}  # which says what is missing
        reference[name] = str(value)
    return reference


def key_of_reference(reference: Mapping[str, str]) -> MemberKey:
    """Return the primary key in a reference. The type may be a base type in one place and not in another."""
    return tuple(value for name, value in reference.items() if name != TYPE)


def _common(one: list[Any], other: list[Any]) -> int:
    """Return how many members both begin with. Comparing slices is as fast as copying them."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _move(
    members: Mapping[MemberKey, Reference], back: dict[MemberKey, Reference], into: dict[MemberKey, Reference]
) -> None:
    """Put *members* into one side of an edit, unless that takes back what is on the other side."""
    into.update({key: reference for key, reference in members.items() if back.pop(key, None) is None})


def _without(members: Mapping[MemberKey, Reference], others: Mapping[MemberKey, object]) -> dict[MemberKey, Reference]:
    return {key: reference for key, reference in members.items() if key not in others}
