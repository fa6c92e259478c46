"""How entities become members of an array attribute: by a key of their own, or by a row that links both."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trackteroid.server.actions.removal import delete_rows
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import Collection, EntityType, Through
from trackteroid.server.rules import create_row, rules_of, update_row


class Linked:
    """Members in rows of their own, of which each links one to the owner."""

    #: Whether a whole list says what is not a member any more.
    is_replaced = True

    def __init__(self, uow: UnitOfWork, owner: Row, through: Through) -> None:
        self.uow = uow
        self.owner = owner
        self.through = through
        self.link = uow.type(through.link)

    def replace(self, members: Sequence[Row]) -> None:
        """Link these and no others, keeping the rows of what stays, and of what whoever sends the list cannot know."""
        rows = self.uow.select(self.link, self.through.own, [self.owner.key[0]])
        wanted = {member.key[0] for member in members}
        left_out = [row for row in rows if row.values[self.through.other] not in wanted]
        delete_rows(self.uow, [row for row in left_out if may_read(self.uow, row)])
        self._link(members, rows)

    def add(self, members: Sequence[Row]) -> None:
        """Link what is not linked yet."""
        self._link(members, self._rows(members))

    def add_late(self, members: Sequence[Row]) -> None:
        """Link what a batch has made after it was listed."""
        self.add(members)

    def remove(self, members: Sequence[Row]) -> list[Row]:
        """Take links away; returns the members that cannot be without an owner, which are none."""
        delete_rows(self.uow, self._rows(members))
        return []

    def refuse_to_stay(self, row: Row) -> None:
        """Links go at once, so that nothing stays."""

    def _link(self, members: Sequence[Row], rows: Iterable[Row]) -> None:
        present = {row.values[self.through.other] for row in rows}
        for member in members:
            if member.key[0] not in present:
                ends = {self.through.own: self.owner.key[0], self.through.other: member.key[0]}
                own_id = {"id": str(uuid.uuid4())} if "id" in self.link.primary_key else {}
                create_row(self.uow, self.link, own_id | ends)

    def _rows(self, members: Iterable[Row]) -> list[Row]:
        others, own = [member.key[0] for member in members], {self.through.own: self.owner.key[0]}
        return self.uow.select(self.link, self.through.other, others, own)


class Owned:
    """Members that hold the key of their owner, of which each has one."""

    is_replaced = False

    def __init__(self, uow: UnitOfWork, owner: Row, collection: Collection, by: str) -> None:
        self.uow = uow
        self.owner = owner
        self.collection = collection
        self.by = by

    def replace(self, members: Sequence[Row]) -> None:
        """Give members this owner; what is left out keeps it: somebody may have added it since the list was read."""
        self.add(members)

    def add(self, members: Sequence[Row]) -> None:
        """Give members this owner.

        Raises:
            ValidationError: A member belongs to another owner for good, or is of a type that has no such owner.
        """
        constant = {name: value for name, value in self.collection.where.items() if value is not None}
        for row in members:
            if self.by not in row.type.attributes:
                raise ValidationError(f"{row.label} cannot become one of {self.owner.label}: it has no {self.by}.")
            wanted = {self.by: self.owner.key[0]} | self._kind(row.type, self.owner.type.name) | constant
            if not matches(row, wanted):
                if row.values[self.by] != self.owner.key[0] and self._is_settled(row.type):
                    raise ValidationError(
                        f"{row.label} cannot become one of {self.owner.label}, because its {self.by} cannot be "
                        f"changed. Create another {row.type.name} instead."
                    )
                update_row(self.uow, row, wanted)

    def add_late(self, members: Sequence[Row]) -> None:
        """Give this owner to what a batch has made after it was listed, without saying whose it is."""
        self.add([row for row in members if row.values[self.by] is None])

    def remove(self, members: Sequence[Row]) -> list[Row]:
        """Take members away from this owner, not from another one that they have got meanwhile.

        Returns the members that cannot be without an owner. They stay, until the batch deletes them or moves them.
        """
        held = [row for row in members if self.has(row)]
        needing = [row for row in held if not self._may_be_empty(row.type)]
        for row in held:
            if self._may_be_empty(row.type):
                update_row(self.uow, row, {self.by: None} | self._kind(row.type, None))
        return needing

    def has(self, row: Row) -> bool:
        """Return whether a row is a member."""
        return matches(row, {self.by: self.owner.key[0], **self.collection.where})

    def refuse_to_stay(self, row: Row) -> None:
        """Refuse that `row`, which was removed, is still a member.

        Raises:
            ValidationError: It is.
        """
        if self.has(row):
            move = "" if self._is_settled(row.type) else ", or move it to another"
            raise ValidationError(
                f"{row.label} cannot be taken away from {self.owner.label}, because it cannot be without {self.by}. "
                f"Delete it{move}."
            )

    def _kind(self, entity_type: EntityType, owner_type: str | None) -> dict[str, str | None]:
        """Return a `parent_id` to any of several families comes with the `parent_type` of its owner."""
        name = f"{self.by.removesuffix('_id')}_type"
        return {name: owner_type} if name in entity_type.attributes else {}

    def _is_settled(self, entity_type: EntityType) -> bool:
        attribute = entity_type.attributes.get(self.by)
        return self.by in entity_type.primary_key or (attribute is not None and attribute.immutable)

    def _may_be_empty(self, entity_type: EntityType) -> bool:
        attribute = entity_type.attributes.get(self.by)
        needed = self._is_settled(entity_type) or (attribute is not None and attribute.required)
        return not needed and self.by not in rules_of(entity_type).needs


Membership = Linked | Owned


def membership_of(uow: UnitOfWork, owner: Row, collection: Collection) -> Membership | None:
    """Return what makes entities members of `collection` of `owner`; None where nothing that is stored does."""
    if collection.through is not None:
        return Linked(uow, owner, collection.through)
    if collection.by is None or uow.type(collection.target).view is not None:
        return None
    return Owned(uow, owner, collection, collection.by)


def matches(row: Row, wanted: Mapping[str, Any]) -> bool:
    """Return whether a row has these values."""
    return all(row.values[name] == value for name, value in wanted.items())
