"""What pending operations come to: the shortest series of creations, updates and deletions with the same effect.

This is pure. What comes out holds plain values and references, no entities, so that nothing that happens later to the
session changes what was to be sent. Changes of lists are taken out of the other values:
`trackteroid.client.commit.lists` says what has to be sent for them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, Operation, UpdateEntityOperation
from ftrack_api.session import OperationPayload
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.edits import TYPE, Edit, Reference, edit_between, edit_of, reference_to, references_in
from trackteroid.client.entities import Key, key_of_operation

#: Says whether an attribute of a type is a list of entities.
IsList: TypeAlias = "Callable[[str, str], bool]"


@dataclass(frozen=True, slots=True)
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


Step: TypeAlias = "OperationPayload | ListEdit"


def steps_of(operations: Iterable[Operation], is_list: IsList) -> list[Step]:
    """Return what the *operations* come to, in the order in which they were recorded.

    What is created and deleted again is left out, what is deleted and created again is kept. The last value of an
    attribute counts, and all changes of one list are one.
    """
    recorded = list(operations)
    kept, cancelled = without_cancelled(recorded)
    remade = _remade(recorded)
    steps: list[Step] = []
    for operation in kept:
        if isinstance(operation, CreateEntityOperation):
            remade.discard(key_of_operation(operation))
        made = _steps(operation, is_list)
        steps += [_put_back(step, remade) if isinstance(step, ListEdit) else step for step in made]
    return [
        replace(step, edit=step.edit.without_those(lambda each: key_of(each) in cancelled))
        if isinstance(step, ListEdit)
        else step
        for step in _one_edit_each(_last_values(steps))
    ]


def finished(payloads: Iterable[OperationPayload]) -> list[OperationPayload]:
    """Return the *payloads* without those that say nothing, consecutive ones of one entity as one."""
    collapsed: list[OperationPayload] = []
    for payload in payloads:
        if payload["action"] != "delete" and not data_of(payload).keys() - {TYPE}:
            continue
        before = collapsed[-1] if collapsed else None
        continues = before is not None and key_of_payload(before) == key_of_payload(payload)
        if before is not None and continues and payload["action"] == "update" and before["action"] != "delete":
            data_of(before).update(data_of(payload))
        else:
            collapsed.append(payload)
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


def create_payload(entity_type: str, key: Mapping[str, str], values: Mapping[str, Any]) -> OperationPayload:
    """Return the payload that creates an entity."""
    return _payload("create", entity_type, key, {**key, **values})


def update_payload(reference: Reference, values: Mapping[str, Any]) -> OperationPayload:
    """Return the payload that changes *values* of the entity that is referred to."""
    return _payload("update", reference[TYPE], _key_in(reference), values)


def delete_payload(reference: Reference) -> OperationPayload:
    """Return the payload that deletes the entity that is referred to."""
    return _payload("delete", reference[TYPE], _key_in(reference))


def key_of(reference: Reference) -> Key:
    """Return the key of the entity that is referred to."""
    return reference[TYPE], tuple(_key_in(reference).values())


def key_of_payload(payload: OperationPayload) -> Key:
    """Return the key of the entity that a payload is about."""
    return payload["entity_type"], tuple(payload["entity_key"])


def data_of(payload: OperationPayload) -> dict[str, Any]:
    """Return the values that a payload sets; none for a deletion."""
    return cast("dict[str, Any]", payload.get("entity_data", {}))


def plain(value: Any) -> Any:
    """Return the *value* of an attribute as it is sent: entities as references."""
    if isinstance(value, Entity):
        return reference_to(value)
    return references_in(value) if isinstance(value, Collection | MappedCollectionProxy) else value


def _steps(operation: Operation, is_list: IsList) -> list[Step]:
    """Return what one operation comes to."""
    match operation:
        case CreateEntityOperation():
            type_name, values = str(operation.entity_type), operation.entity_data
            lists = [name for name in values if is_list(type_name, name)]
            others = {name: value for name, value in values.items() if name not in lists}
            owner = {TYPE: type_name, **operation.entity_key}
            edits = [ListEdit(owner, name, edit_between(None, values[name])) for name in lists]
            return [create_payload(type_name, operation.entity_key, others), *edits]
        case UpdateEntityOperation():
            owner = {TYPE: str(operation.entity_type), **operation.entity_key}
            name, value = operation.attribute_name, operation.new_value
            if is_list(owner[TYPE], name) and value is not NOT_SET:
                return [ListEdit(owner, name, edit_of(operation))]
            return [update_payload(owner, {name: value})]
        case DeleteEntityOperation():
            return [delete_payload({TYPE: str(operation.entity_type), **operation.entity_key})]
        case _:
            raise ValueError(f"Cannot commit. Unrecognised operation type {type(operation)} detected.")


def _remade(operations: Iterable[Operation]) -> set[Key]:
    """Return the keys of what is deleted and is there again after the *operations*."""
    deleted: set[Key] = set()
    remade: set[Key] = set()
    for operation in operations:
        key = key_of_operation(operation)
        if isinstance(operation, DeleteEntityOperation):
            deleted.add(key)
            remade.discard(key)
        elif isinstance(operation, CreateEntityOperation) and key in deleted:
            remade.add(key)
    return remade


def _put_back(change: ListEdit, remade: Container[Key]) -> ListEdit:
    """Return a change in which what is created again later is added rather than removed.

    ftrack_api does not record that an entry of metadata that was removed is put back into its list.
    """
    back = {key: each for key, each in change.edit.removed.items() if key_of(each) in remade}
    removed = {key: each for key, each in change.edit.removed.items() if key not in back}
    return replace(change, edit=Edit({**change.edit.added, **back}, removed))


def _last_values(steps: list[Step]) -> list[Step]:
    """Remove what later values of the same attribute replace, and values that are not set."""
    replaced: set[tuple[Key, str]] = set()
    kept: list[Step] = []
    for step in reversed(steps):
        if isinstance(step, ListEdit):
            if (step.key, step.attribute) not in replaced:
                kept.append(step)
            continue
        data = data_of(step)
        if step["action"] == "update":
            for name in [name for name in data if name != TYPE]:
                if (key_of_payload(step), name) in replaced:
                    del data[name]
                replaced.add((key_of_payload(step), name))
        for name in [name for name, value in data.items() if value is NOT_SET]:
            del data[name]
        kept.append(step)
    return kept[::-1]


def _one_edit_each(steps: Iterable[Step]) -> list[Step]:
    """Return the *steps* with all changes of one list as one, where the last of them is."""
    edits: dict[tuple[Key, str], list[Edit]] = {}
    last: dict[tuple[Key, str], int] = {}
    listed = list(steps)
    for number, step in enumerate(listed):
        if isinstance(step, ListEdit):
            place = (step.key, step.attribute)
            edits.setdefault(place, []).append(step.edit)
            last[place] = number
    return [
        replace(step, edit=Edit.combined(edits[step.key, step.attribute])) if isinstance(step, ListEdit) else step
        for number, step in enumerate(listed)
        if not isinstance(step, ListEdit) or last[step.key, step.attribute] == number
    ]


def _payload(
    action: str, entity_type: str, key: Mapping[str, str], values: Mapping[str, Any] | None = None
) -> OperationPayload:
    payload = OperationPayload({"action": action, "entity_type": entity_type, "entity_key": list(key.values())})
    if values is not None:
        payload["entity_data"] = {TYPE: entity_type} | {name: plain(value) for name, value in values.items()}
    return payload


def _key_in(reference: Reference) -> dict[str, str]:
    return {name: value for name, value in reference.items() if name != TYPE}
