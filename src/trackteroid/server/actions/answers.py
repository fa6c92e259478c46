"""What the answer to a create or update says about the entity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trackteroid.server.actions.members import collection_of, members_of
from trackteroid.server.actions.payload import Payload
from trackteroid.server.actions.references import reference_to
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.core.values import to_wire
from trackteroid.server.model import Collection, EntityType, Reference


def answer(uow: UnitOfWork, row: Row, columns: Iterable[str], payload: Payload) -> dict[str, Any]:
    """Return the entity with the values of `columns`, and what the client sent, in the form it was sent in.

    A value and the reference it belongs to are both told whichever of them was sent, because a client that keeps both
    would otherwise go on showing the old one.
    """
    kind, echoed = row.type, payload.echoed
    entity = bare(row)
    for name, is_moment in _told(uow, kind, tuple(columns)):
        value = row.values[name]
        entity[name] = value if value is None or not is_moment else {"__type__": "datetime", "value": value}
    for name, stored in kind.other_names.items():
        if stored in entity:
            entity[name] = entity[stored]
    for name in kind.always_returned:
        if entity.get(name) is None and name not in echoed:
            entity.pop(name, None)
    for name, value in echoed.items():
        column = kind.other_names.get(name, name)
        if row.values[column] == payload.columns[column]:
            entity[name] = value  # else rules have chosen another
    for name, reference in _touched(uow, kind, tuple(echoed)):
        entity[name] = _referenced(uow, row, reference)
    for name, sent in payload.lists.items():
        entity[name] = _members(uow, row, collection_of(row, name), sent.add)
    return entity


def bare(row: Row) -> dict[str, Any]:
    """Return a row as a reference: its concrete type and primary key."""
    return reference_to(row.type, row.key)


def _told(uow: UnitOfWork, kind: EntityType, columns: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Return what an answer tells of these columns and what all answers tell, and whether these are moments."""

    def collect() -> list[tuple[str, bool]]:
        names = dict.fromkeys((*kind.always_returned, *columns))
        return [(name, kind.shown[name]) for name in names if name in kind.shown]

    return uow.remembered("told", (kind.name, columns), collect)


def _touched(uow: UnitOfWork, kind: EntityType, echoed: tuple[str, ...]) -> list[tuple[str, Reference]]:
    """Return the references whose keys are among what was sent."""
    references = kind.references.items()
    collect = lambda: [found for found in references if not set(echoed).isdisjoint(found[1].keys)]  # noqa: E731
    return uow.remembered("touched", (kind.name, echoed), collect)


def _referenced(uow: UnitOfWork, row: Row, reference: Reference) -> dict[str, Any] | None:
    """Return what a reference leads to; its concrete type is only looked up where there are several."""
    key = tuple(row.values[name] for name in reference.keys)
    target = uow.type(reference.target)
    if None in key:
        return None
    if target.discriminator is None:
        return reference_to(target, key)
    found = uow.find(target, key)
    if found is None:
        return reference_to(target, key)
    return None if reference.narrow and not found.type.is_a(target) else bare(found)


def _members(uow: UnitOfWork, row: Row, collection: Collection, sent: Iterable[Iterable[Any]]) -> list[dict[str, Any]]:
    """Return the content of a collection; of key/value ones with the values, which clients always want next.

    Of key/value ones only what was sent: a row that is no longer listed is about to be deleted by an operation of its
    own, and a client that saw it here would take it for something that is there.
    """
    target = uow.type(collection.target)
    if target.view is not None:
        return [reference_to(target, key) for key in sent]
    content = [member for member in members_of(uow, row, collection) if may_read(uow, member)]
    if not collection.mapped:
        return [bare(member) for member in content]
    listed = {tuple(key) for key in sent}
    return [
        bare(member)
        | {
            name: to_wire(found, member.values[name])
            for name, found in member.type.stored().items()
            if not found.hidden
        }
        for member in content
        if member.key in listed
    ]
