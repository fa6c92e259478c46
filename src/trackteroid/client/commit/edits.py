"""What a change of a list adds to it and removes from it. All of this is pure.

ftrack_api records a change of a list as the whole list before and the whole list afterwards. What somebody else has
added or removed meanwhile is in neither, so only the difference says what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias, cast

import ftrack_api.inspection
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.operation import UpdateEntityOperation
from ftrack_api.symbol import NOT_SET

#: How an entity is referred to in a request: ``{"__entity_type__": "Note", "id": "..."}``.
Reference: TypeAlias = "dict[str, str]"
#: The primary key of a member of a list.
MemberKey: TypeAlias = "tuple[str, ...]"

TYPE = "__entity_type__"

_NONE: Mapping[MemberKey, Reference] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
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
    with entity.session.auto_populating(False):
        return {TYPE: str(entity.entity_type), **ftrack_api.inspection.primary_key(entity)}


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
