"""Array attributes that clients change: by the whole list as they last saw it, or by what they add and remove.

A whole list does not tell what its sender has left out from what others have added meanwhile. Members that hold the
key of their owner are therefore never left out: those that a list names get the owner, all others keep theirs. Rows
that link two entities are replaced by the list, as the original server does.

Members that are gone are no mistake of whoever names them. They are ignored and told of.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from trackteroid.server.actions.memberships import Membership, matches, membership_of
from trackteroid.server.actions.references import reference_to
from trackteroid.server.actions.sent_lists import SentList
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row, RowKey
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import Collection, EntityType

logger = logging.getLogger("trackteroid.server")

_SENT = "lists that were sent"
_SHOWN = 5

#: The answer to an operation, which gets a key "ignored".
Answer = dict[str, Any]


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

    def forget_wanted(self) -> None:
        """Want nothing that is not there."""
        self.absent = {key: absent for key, absent in self.absent.items() if not absent.is_wanted}


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
    _keep(uow, _Unsettled(owner, name, membership), sent, found, staying, None if sent.is_whole else answer)


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


def _keep(
    uow: UnitOfWork,
    fresh: _Unsettled,
    sent: SentList,
    found: Mapping[RowKey, Row],
    staying: Sequence[Row],
    answer: Answer | None,
) -> None:
    """Remember what is left to do; what a client said before of the same members does not count any more."""
    kept = uow.remembered(_SENT, None, dict[tuple[str, RowKey, str], _Unsettled])
    place = (fresh.owner.type.table, fresh.owner.key, fresh.name)
    unsettled = kept.get(place)
    if unsettled is None:
        unsettled = kept[place] = fresh
        uow.at_end(partial(_settle, uow, unsettled))
    if sent.is_whole and fresh.membership.is_replaced:
        unsettled.forget_wanted()
    for members, is_wanted in ((sent.add, True), (sent.remove, False)):
        for key, entity_type in members.items():
            unsettled.staying.pop(key, None)
            if key not in found:
                unsettled.absent[key] = _Absent(entity_type, answer, is_wanted)
    unsettled.staying.update({row.key: row for row in staying})


def _settle(uow: UnitOfWork, unsettled: _Unsettled) -> None:
    """Add what has come meanwhile, refuse what has stayed, and tell of what is not there at all."""
    owner, collection = unsettled.owner, collection_of(unsettled.owner, unsettled.name)
    if not uow.is_current(owner):
        return
    for row in unsettled.staying.values():
        if uow.is_current(row):
            unsettled.membership.refuse_to_stay(row)
    found = _find_seen(uow, collection, unsettled.absent)
    late = [row for key, row in found.items() if unsettled.absent[key].is_wanted]
    unsettled.membership.add_late(late)
    gone = {key: absent for key, absent in unsettled.absent.items() if key not in found}
    for key, absent in gone.items():
        if absent.answer is not None:
            absent.answer.setdefault("ignored", []).append(reference_to(absent.type, key))
    if gone:
        shown = [f"{absent.type.name} {', '.join(map(str, key))}" for key, absent in islice(gone.items(), _SHOWN)]
        more = f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else ""
        logger.warning(
            "%s: what was sent as %s names entities that do not exist, which were ignored: %s%s",
            *(owner.label, unsettled.name, ", ".join(shown), more),
        )
