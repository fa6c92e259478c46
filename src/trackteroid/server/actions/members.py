"""Array attributes that clients change: by the whole list as they last saw it, or by what they add and remove.

Entities are members by a key of their own, or by a row that links both. A whole list does not tell what its sender has
left out from what others have added meanwhile. Members that hold the key of their owner are therefore never left out:
those that a list names get the owner, all others keep theirs. Rows that link two entities are replaced by the list, as
the original server does.

Members that are gone are no mistake of whoever names them. They are ignored and told of.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from trackteroid.server.actions.payload import SentList, reference_to
from trackteroid.server.actions.removal import delete_rows
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row, RowKey
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import Collection, EntityType, Through
from trackteroid.server.rules import create_row, rules_of, update_row

logger = logging.getLogger("trackteroid.server")

_SENT = "lists that were sent"
_SHOWN = 5

#: The answer to an operation, which gets a key "ignored".
Answer = dict[str, Any]


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


@dataclass(slots=True)
class _Absent:
    """A member that is not there when it is named.

    Attributes:
        type: What the client says it is.
        answer: Where the client is told, if it wants to know.
        is_wanted: Whether it is to be a member once it is there.
    """

    type: EntityType
    answer: Answer | None
    is_wanted: bool


@dataclass(slots=True)
class _Unsettled:
    """What cannot be decided before the batch is complete, for one array attribute of one entity.

    Attributes:
        absent: Members that are not there. A later operation may make them.
        staying: Members to remove that cannot be without an owner. A later operation may delete or move them.
    """

    owner: Row
    name: str
    membership: Membership
    absent: dict[RowKey, _Absent] = field(default_factory=dict[RowKey, _Absent])
    staying: dict[RowKey, Row] = field(default_factory=dict[RowKey, Row])

    def settle(self, uow: UnitOfWork) -> None:
        """Add what has come meanwhile, refuse what has stayed, and tell of what is not there at all."""
        if not uow.is_current(self.owner):
            return
        for row in self.staying.values():
            if uow.is_current(row):
                self.membership.refuse_to_stay(row)
        found = _find_seen(uow, collection_of(self.owner, self.name), self.absent)
        self.membership.add_late([row for key, row in found.items() if self.absent[key].is_wanted])
        gone = {key: absent for key, absent in self.absent.items() if key not in found}
        for key, absent in gone.items():
            if absent.answer is not None:
                absent.answer.setdefault("ignored", []).append(reference_to(absent.type, key))
        if gone:
            shown = [f"{absent.type.name} {', '.join(map(str, key))}" for key, absent in islice(gone.items(), _SHOWN)]
            more = f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else ""
            logger.warning(
                "%s: what was sent as %s names entities that do not exist, which were ignored: %s%s",
                *(self.owner.label, self.name, ", ".join(shown), more),
            )


def change_members(uow: UnitOfWork, owner: Row, name: str, sent: SentList, answer: Answer) -> None:
    """Change the members that `owner` has in its attribute `name`.

    Args:
        uow: The batch.
        owner: The entity.
        name: The array attribute.
        sent: What the client says of it.
        answer: Where the client is told which additions and removals were ignored.
    """
    collection = collection_of(owner, name)
    membership = membership_of(uow, owner, collection)
    if membership is None:
        return
    found = _find_seen(uow, collection, [*sent.add, *sent.remove])
    change = membership.replace if sent.is_whole else membership.add
    change([found[key] for key in sent.add if key in found])
    staying = membership.remove([found[key] for key in sent.remove if key in found])
    kept = uow.remembered(_SENT, None, dict[tuple[str, RowKey, str], _Unsettled])
    place = (owner.type.table, owner.key, name)
    unsettled = kept.get(place)
    if unsettled is None:
        unsettled = kept[place] = _Unsettled(owner, name, membership)
        uow.at_end(partial(unsettled.settle, uow))
    # What a client said before of the same members does not count any more.
    if sent.is_whole and membership.is_replaced:
        unsettled.absent = {key: absent for key, absent in unsettled.absent.items() if not absent.is_wanted}
    for members, is_wanted in ((sent.add, True), (sent.remove, False)):
        for key, entity_type in members.items():
            unsettled.staying.pop(key, None)
            if key not in found:
                unsettled.absent[key] = _Absent(entity_type, None if sent.is_whole else answer, is_wanted)
    unsettled.staying.update({row.key: row for row in staying})


def collection_of(owner: Row, name: str) -> Collection:
    """Return the collection `name` of the type of `owner`."""
    collection = owner.type.attributes[name]
    if not isinstance(collection, Collection):
        raise LookupError(f"{owner.type.name}.{name} is not a collection")
    return collection


def members_of(uow: UnitOfWork, owner: Row, collection: Collection) -> list[Row]:
    """Return the content of a collection, in the order of primary keys."""
    target = uow.type(collection.target)
    if collection.through is not None:
        links = uow.select(collection.through.link, collection.through.own, [owner.key[0]])
        found = uow.find_all(target, [(link.values[collection.through.other],) for link in links])
        return sorted(found.values(), key=lambda row: row.key)
    if collection.by is None or target.view is not None:
        return []
    rows = uow.select(target, collection.by, [owner.key[0]])
    return [row for row in rows if matches(row, collection.where)]


def _find_seen(uow: UnitOfWork, collection: Collection, keys: Iterable[RowKey]) -> dict[RowKey, Row]:
    """Return the rows with some keys that are there for the caller."""
    return {key: row for key, row in uow.find_all(collection.target, keys).items() if may_read(uow, row)}
