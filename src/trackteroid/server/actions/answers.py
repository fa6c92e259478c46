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
from trackteroid.server.model import Collection, Reference, Scalar


def answer(uow: UnitOfWork, row: Row, columns: Iterable[str], payload: Payload) -> dict[str, Any]:
    """Return the entity with the values of `columns`, and what the client sent, in the form it was sent in.

    A value and the reference it belongs to are both told whichever of them was sent, because a client that keeps both
    would otherwise go on showing the old one.
    """
    entity: dict[str, Any] = bare(row)
    for name in dict.fromkeys((*row.type.always_returned, *columns)):
        attribute = row.type.attributes[name]
        if isinstance(attribute, Scalar) and attribute.stored and not attribute.hidden:
            entity[name] = to_wire(attribute, row.values[name])
    for name, attribute in row.type.attributes.items():
        if isinstance(attribute, Scalar) and attribute.same_as in entity:
            entity[name] = entity[attribute.same_as]
    for name in [name for name in row.type.always_returned if entity.get(name) is None and name not in payload.echoed]:
        entity.pop(name, None)
    entity.update({name: value for name, value in payload.echoed.items() if _is_as_sent(row, name, payload)})
    for name, attribute in row.type.attributes.items():
        if isinstance(attribute, Reference) and not attribute.hidden and payload.echoed.keys() & set(attribute.keys):
            entity[name] = _referenced(uow, row, attribute)
    for name, sent in payload.lists.items():
        entity[name] = _members(uow, row, collection_of(row, name), sent.add)
    return entity


def bare(row: Row) -> dict[str, Any]:
    """Return a row as a reference: its concrete type and primary key."""
    return reference_to(row.type, row.key)


def _is_as_sent(row: Row, name: str, payload: Payload) -> bool:
    """Return whether a value is still the one the client sent; rules may have chosen another."""
    attribute = row.type.attributes[name]
    column = attribute.same_as if isinstance(attribute, Scalar) and attribute.same_as else name
    return row.values[column] == payload.columns[column]


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
