"""Linking entities: what feeds into what."""

from __future__ import annotations

from typing import Literal

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid import configuration
from trackteroid.client.entities import key_of, members, stored_value, stored_values
from trackteroid.collections.change.pending import Made, all_or_nothing, change, record_deletion, show, without_deleted
from trackteroid.collections.context import Selection, check_same_world, context_of, entities_in, type_name_of
from trackteroid.collections.fetching import fetch
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.errors import EntityCollectionOperationError

Side = Literal["incoming_links", "outgoing_links"]

#: For each side: the end of a link that is the other entity.
_OTHER_END: dict[Side, str] = {"incoming_links": "from", "outgoing_links": "to"}
_OPPOSITE: dict[Side, Side] = {"incoming_links": "outgoing_links", "outgoing_links": "incoming_links"}


def link(selection: Selection, side: Side, other: Selection) -> None:
    """Record a link between every entity of *selection* and every one of *other*, except where there is one."""
    pairs = _pairs(selection, side, other)
    if not pairs:
        return
    session = context_of(selection).session
    link_type = _link_type(selection, side)
    missing = [(entity, partner) for entity, partner in pairs if not _links_between(entity, side, partner)]
    made: list[Made] = []
    with all_or_nothing(session):
        for entity, partner in missing:
            source, target = (partner, entity) if side == "incoming_links" else (entity, partner)
            created = session.create(link_type, {"from_id": key_of(source)[1][0], "to_id": key_of(target)[1][0]})
            with session.operation_recording(False):
                created["from"], created["to"] = source, target
            made.append(Made(created, (entity, partner)))
    show(session, context_of(selection).types, made)


def unlink(selection: Selection, side: Side, other: Selection) -> None:
    """Record the deletion of the links between entities of *selection* and of *other*."""
    session = context_of(selection).session
    for entity, partner in _pairs(selection, side, other):
        for existing in _links_between(entity, side, partner):
            record_deletion(session, key_of(existing))
            change(session, entity, side, remove=[existing])
            change(session, partner, _OPPOSITE[side], remove=[existing])


def _pairs(selection: Selection, side: Side, other: Selection) -> list[tuple[FtrackEntity, FtrackEntity]]:
    for each in (selection, other):
        if isinstance(each, Selection):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
            refuse_unloaded(each, f"Cannot link {each!r}, which is not all of it")
    if not entities_in(selection):
        return []
    check_same_world(selection, other)
    if not entities_in(other):
        configuration.logger("entities").warning(
            "%r is empty: no %s of %r change.", other, side.replace("_", " "), selection
        )
        return []
    own, theirs = _link_type(selection, side), _link_type(other, _OPPOSITE[side])
    if own != theirs:
        raise EntityCollectionOperationError(
            f"{selection!r} cannot be linked with {other!r}: the former take a {own}, the latter a {theirs}."
        )
    # Also links that came with a query for something else, such as `incoming_links.from.name`, may lack their ids.
    for each, links in ((selection, side), (other, _OPPOSITE[side])):
        fetch(context_of(each).session, each.values(), (f"{links}.from_id", f"{links}.to_id"), only_missing=True)
    return [(entity, partner) for entity in selection.values() for partner in other.values()]


def _link_type(selection: Selection, side: Side) -> str:
    attribute = context_of(selection).types.find_attribute(type_name_of(selection), side)
    if attribute is None or attribute.target is None:
        raise EntityCollectionOperationError(
            f"{selection!r} cannot be linked: {type_name_of(selection)} has no {side}."
        )
    return attribute.target


def _links_between(entity: FtrackEntity, side: Side, partner: FtrackEntity) -> list[FtrackEntity]:
    links = without_deleted(entity.session, members(stored_value(entity, side)))
    partner_id = key_of(partner)[1][0]
    ends = stored_values(links, f"{_OTHER_END[side]}_id")
    return [each for each, end in zip(links, ends, strict=True) if end == partner_id]
