"""Deferred changes of values that somebody else has changed on the server in the meantime."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from ftrack_api.symbol import NOT_SET

from trackteroid.operations.loading import Values
from trackteroid.operations.record import CreateRecord, ListRecord, OperationRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References, to_datetime

Target: TypeAlias = tuple[EntityReference, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One value that the server and the file disagree about.

    Attributes:
        entity: the changed entity.
        attribute: the name of the changed attribute.
        recorded: what the server held when the change was recorded.
        current: what it holds now; not set when the entity no longer exists.
        new: the value that the file assigns.
    """

    entity: EntityReference
    attribute: str
    recorded: object
    current: object
    new: object

    def __str__(self) -> str:
        target = f"{self.entity.entity_type}({', '.join(value for _, value in self.entity.key)}).{self.attribute}"
        if self.current is NOT_SET:
            return f"{target} was {self.recorded!r} when recorded, but the entity no longer exists on the server"
        return f"{target} was {self.recorded!r} when recorded, is {self.current!r} now, and would become {self.new!r}"


def watched_attributes(operations: Sequence[OperationRecord]) -> dict[EntityReference, set[str]]:
    """Return the attributes, per entity, whose current values decide about conflicts."""
    watched: dict[EntityReference, set[str]] = {}
    for entity, attribute in _changes(operations):
        watched.setdefault(entity, set()).add(attribute)
    for operation in _lists(operations):
        watched.setdefault(operation.entity, set())
    return watched


def find_conflicts(
    operations: Sequence[OperationRecord],
    current: Mapping[EntityReference, Values],
    arrived: Iterable[OperationRecord] = (),
) -> tuple[Conflict, ...]:
    """Return what *operations* would overwrite unseen, given the *current* values of the server.

    What operations of the same files that have *arrived* before have set is no news.
    """
    conflicts: list[Conflict] = []
    changes = _changes(operations)
    ours: dict[Target, object] = {}
    for each in arrived:
        if isinstance(each, UpdateRecord) and (each.entity, each.attribute) in changes:
            ours[each.entity, each.attribute] = each.new_value
    for (entity, attribute), (first, last) in changes.items():
        now = current[entity][attribute] if entity in current else NOT_SET
        unchanged = entity in current and is_same(now, ours.get((entity, attribute), first.server_value))
        if not unchanged and not is_same(now, last.new_value):
            conflicts.append(Conflict(entity, attribute, first.server_value, now, last.new_value))
    # Others may change a list as they like, but there has to be somebody whose list it is.
    conflicts += (
        Conflict(each.entity, each.attribute, each.removed, NOT_SET, each.added)
        for each in _lists(operations)
        if each.entity not in current
    )
    return tuple(conflicts)


def without_conflicts(
    operations: Sequence[OperationRecord], conflicts: Sequence[Conflict]
) -> tuple[OperationRecord, ...]:
    """Return the *operations* that touch none of the *conflicts*."""
    skipped = {(conflict.entity, conflict.attribute) for conflict in conflicts}
    return tuple(
        operation
        for operation in operations
        if not (isinstance(operation, UpdateRecord | ListRecord) and (operation.entity, operation.attribute) in skipped)
    )


def is_same(one: object, other: object) -> bool:
    """Return whether two values are the same to a server: to the second for times, in any order for collections."""
    if isinstance(one, References) and isinstance(other, References):
        return set(one.items) == set(other.items)
    if isinstance(one, EntityReference) and isinstance(other, EntityReference):
        # One entity may be known by its own type and by a base type; the key says which it is.
        return [value for _, value in one.key] == [value for _, value in other.key]
    return _plain(one) == _plain(other)


def _lists(operations: Sequence[OperationRecord]) -> list[ListRecord]:
    """Return the changes of the lists of entities that the operations do not create themselves."""
    created = {operation.entity for operation in operations if isinstance(operation, CreateRecord)}
    return [each for each in operations if isinstance(each, ListRecord) and each.entity not in created]


def _changes(operations: Sequence[OperationRecord]) -> dict[Target, tuple[UpdateRecord, UpdateRecord]]:
    """Return the first and the last change of every attribute whose value on the server was known."""
    created = {operation.entity for operation in operations if isinstance(operation, CreateRecord)}
    changes: dict[Target, tuple[UpdateRecord, UpdateRecord]] = {}
    for operation in operations:
        if isinstance(operation, UpdateRecord) and operation.entity not in created:
            target = (operation.entity, operation.attribute)
            changes[target] = (changes[target][0] if target in changes else operation, operation)
    return {target: change for target, change in changes.items() if change[0].server_value is not NOT_SET}


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return ("bool", value)
    moment = to_datetime(value)
    if moment is not None:
        return moment.replace(microsecond=0)
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in cast("dict[str, object]", value).items()}
    return value
