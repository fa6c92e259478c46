"""Keeping new links visible after they were committed.

A commit makes ftrack_api forget all local values, and the server answers the creation of a link with the ids of its
ends only. What the entities at both ends showed before the commit is therefore stored as what the server has, until
the next fetch says otherwise.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from ftrack_api.collection import Collection
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.memory import find_in_memory, members, storage_of, stored_value

#: The types of links, and the attribute of each end that shows them.
LINK_TYPES = frozenset({"TypedContextLink", "AssetVersionLink"})
_SIDES = {"from": "outgoing_links", "to": "incoming_links"}


@contextmanager
def keeping_links(session: Session) -> Generator[None]:
    """Wrap a commit: when it succeeds, the links it created stay visible on both sides."""
    known = [(link, {name: stored_value(link, name) for name in _SIDES}) for link in _new_links(session)]
    shown = [
        (end, attribute, members(value))
        for _, ends in known
        for name, side in _SIDES.items()
        for end in members(ends[name])
        if (attribute := end.attributes.get(side)) and (value := stored_value(end, side)) is not NOT_SET
    ]
    yield
    for link, ends in known:
        for name, end in ends.items():
            if isinstance(end, FtrackEntity):
                storage_of(link)[name]["remote"] = end
    for end, attribute, links in shown:
        attribute.set_remote_value(end, Collection(end, attribute, mutable=False, data=links))


def _new_links(session: Session) -> list[FtrackEntity]:
    """Return the links that the session is about to create."""
    created = (
        find_in_memory(session, operation.entity_type, operation.entity_key.values())
        for operation in session.recorded_operations
        if isinstance(operation, CreateEntityOperation) and operation.entity_type in LINK_TYPES
    )
    return [link for link in created if link is not None]
