"""Linking entities: what feeds into what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid import configuration
from trackteroid.client.memory import key_of, members, stored_value, stored_values
from trackteroid.collections.change import delete as deletions
from trackteroid.collections.change.preview import Made, change, show
from trackteroid.collections.change.record import all_or_nothing
from trackteroid.collections.collection import BoundCollection, binding_of, check_same_world, type_name_of
from trackteroid.collections.container import Container
from trackteroid.collections.fetching import fetch
from trackteroid.errors import EntityCollectionOperationError

Side = Literal["incoming_links", "outgoing_links"]

#: For each side: the end of a link that is the other entity.
_OTHER_END: dict[Side, str] = {"incoming_links": "from", "outgoing_links": "to"}
_OPPOSITE: dict[Side, Side] = {"incoming_links": "outgoing_links", "outgoing_links": "incoming_links"}


def link(collection: Container, side: Side, other: BoundCollection) -> None:
    """Record a link between every entity of *collection* and every one of *other*, except where there is one."""
    pairs = _pairs(collection, side, other)
    if not pairs:
        return
    session = binding_of(collection).session
    link_type = _link_type(collection, side)
    missing = [(entity, partner) for entity, partner in pairs if not _links_between(entity, side, partner)]
    with all_or_nothing(session):
        created = [_create_link(session, link_type, side, entity, partner) for entity, partner in missing]
    made = [Made(new, pair) for new, pair in zip(created, missing, strict=True)]
    show(session, binding_of(collection).types, made)


def unlink(collection: Container, side: Side, other: BoundCollection) -> None:
    """Record the deletion of the links between entities of *collection* and of *other*."""
    session = binding_of(collection).session
    for entity, partner in _pairs(collection, side, other):
        for existing in _links_between(entity, side, partner):
            deletions.record(session, key_of(existing))
            change(session, entity, side, remove=[existing])
            change(session, partner, _OPPOSITE[side], remove=[existing])


def _pairs(collection: Container, side: Side, other: BoundCollection) -> list[tuple[FtrackEntity, FtrackEntity]]:
    check_same_world(collection, other)
    if not isinstance(other, Container):
        configuration.logger("entities").warning(
            "%r is empty: no %s of %r change.", other, side.replace("_", " "), collection
        )
        return []
    own, theirs = _link_type(collection, side), _link_type(other, _OPPOSITE[side])
    if own != theirs:
        raise EntityCollectionOperationError(
            f"{collection!r} cannot be linked with {other!r}: the former take a {own}, the latter a {theirs}."
        )
    session = binding_of(collection).session
    _load(session, collection.values(), side)
    _load(session, other.values(), _OPPOSITE[side])
    return [(entity, partner) for entity in collection.values() for partner in other.values()]


def _load(session: Session, entities: Sequence[FtrackEntity], side: Side) -> None:
    # Also links that came with a query for something else, such as `incoming_links.from.name`, may lack their ids.
    fetch(session, entities, (f"{side}.from_id", f"{side}.to_id"), only_missing=True)


def _link_type(collection: Container, side: Side) -> str:
    attribute = binding_of(collection).types.find_attribute(type_name_of(collection), side)
    if attribute is None or attribute.target is None:
        raise EntityCollectionOperationError(
            f"{collection!r} cannot be linked: {type_name_of(collection)} has no {side}."
        )
    return attribute.target


def _links_between(entity: FtrackEntity, side: Side, partner: FtrackEntity) -> list[FtrackEntity]:
    links = deletions.without_deleted(entity.session, members(stored_value(entity, side)))
    partner_id = key_of(partner)[1][0]
    ends = stored_values(links, f"{_OTHER_END[side]}_id")
    return [each for each, end in zip(links, ends, strict=True) if end == partner_id]


def _create_link(
    session: Session, link_type: str, side: Side, entity: FtrackEntity, partner: FtrackEntity
) -> FtrackEntity:
    source, target = (partner, entity) if side == "incoming_links" else (entity, partner)
    created = session.create(link_type, {"from_id": key_of(source)[1][0], "to_id": key_of(target)[1][0]})
    with session.operation_recording(False):
        created["from"], created["to"] = source, target
    return created
