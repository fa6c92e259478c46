"""The entities that missing values are fetched for together, so that no loop asks for one after the other."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.entities import members, stored_values
from trackteroid.collections.fetching import fetch_missing


class Grouped(Protocol):
    """What knows the entities that others are loaded together with."""

    def fetch_group(self) -> FetchGroup | None:
        """Return them, if there are any."""
        ...


class FetchGroup:
    """The entities of a collection, for its elements and parts.

    What a loop over the elements reads is loaded for all of them at once (``together``). A part (a slice, a group, the
    largest element) is loaded by itself; when another part asks for the same, all entities are. So a loop over parts
    costs two requests for each attribute that it reads, however many parts there are.
    """

    __slots__ = ("_asked", "_entities", "_reached", "_together", "_within")

    def __init__(
        self, entities: Collection[FtrackEntity], within: Grouped | None = None, *, together: bool = False
    ) -> None:
        """Make it of these entities, which are some of another group, or of what *within* leads to."""
        self._entities = entities
        self._within = within
        self._together = together
        self._asked: dict[str, set[int]] = {}
        """The paths that were loaded, and the entities (their ids in Python) that they were loaded for."""
        self._reached: dict[str, FetchGroup] = {}

    def fetch_group(self) -> FetchGroup:
        """Return this group."""
        return self

    def load(self, session: Session, attribute: str, path: str, part: Collection[FtrackEntity]) -> bool:
        """Load the path for the entities that lack the attribute; *part* are those that were asked for it.

        Returns whether it was tried. What was tried before is not tried again.
        """
        wider = self._wider()
        if wider is not None and wider._together:
            return wider.load(session, attribute, path, part)
        asked = self._asked.get(path)
        if asked is not None and all(id(entity) in asked for entity in part):
            return False
        is_for_all = self._together or asked is not None
        asking = {id(entity): entity for entity in ((*self._all(), *part) if is_for_all else part)}
        self._asked[path] = asking.keys() | (asked or set())
        if wider is not None:
            return wider.load(session, attribute, path, asking.values())
        fetch_missing(session, list(asking.values()), attribute, path)
        return True

    def reached(self, attribute: str) -> FetchGroup:
        """Return the entities that a reference or array attribute of these leads to."""
        if attribute not in self._reached:
            self._reached[attribute] = _Reached(self, attribute, together=self._together)
        return self._reached[attribute]

    def _all(self) -> Collection[FtrackEntity]:
        return self._entities

    def _wider(self) -> FetchGroup | None:
        """Return the group that these are some of."""
        return self._within.fetch_group() if self._within else None


class _Reached(FetchGroup):
    """What an attribute of another group leads to, found when it is first needed."""

    __slots__ = ("_attribute", "_owners")

    def __init__(self, owners: FetchGroup, attribute: str, *, together: bool) -> None:
        super().__init__((), together=together)
        self._owners = owners
        self._attribute = attribute

    def _all(self) -> Collection[FtrackEntity]:
        if not self._entities:
            values = stored_values(self._owners._all(), self._attribute)
            self._entities = list({id(entity): entity for value in values for entity in members(value)}.values())
        return self._entities

    def _wider(self) -> FetchGroup | None:
        wider = self._owners._wider()
        return wider.reached(self._attribute) if wider else None
