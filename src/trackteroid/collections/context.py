"""What a collection has besides its entities: where it belongs, what it was read from, what it is loaded with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.memory import Key
from trackteroid.collections.fetch_group import Peers
from trackteroid.entities.base import Entity
from trackteroid.relationships import SchemaEntry
from trackteroid.schema import AttributeSchema, Schema, schema_of

if TYPE_CHECKING:
    from trackteroid.collections.collection import BoundCollection
    from trackteroid.collections.missing import Unloaded


class Binding:
    """Where a collection belongs: shared by everything derived from one query."""

    __slots__ = ("_read", "misread", "plans", "query", "schema", "session")

    def __init__(self, session: Session, schema: SchemaEntry, query: Any = None) -> None:
        self.session = session
        self.schema = schema
        self.query = query
        self.plans: dict[tuple[type, str], AttributeSchema] = {}
        """What the schema says about attributes of single entities that were read, by class and name. Classes of
        entities are made anew when a session reconnects, so this never gets old."""
        self.misread: set[tuple[Key, str]] = set()
        """The entities and array attributes that were read as empty because they were not loaded."""
        self._read: tuple[Any, Schema] | None = None

    @property
    def types(self) -> Schema:
        """The schema of the server that the session is connected to now."""
        # Every attribute that is read needs it, so what was read last is kept here, beside the cache of all sessions.
        read = self._read
        if read is None or read[0] is not self.session.schemas:
            read = self._read = (self.session.schemas, schema_of(self.session))
        return read[1]


@dataclass(frozen=True, slots=True)
class Source:
    """The collection and the attribute that another collection was read from.

    ``complete`` says whether it still is all of that attribute, or what remained after filtering or slicing;
    ``narrowed`` whether it is all of one kind in it.
    """

    owner: BoundCollection
    attribute: str
    complete: bool = True
    narrowed: bool = False

    def partial(self) -> Source:
        """Return the source of a part of the collection."""
        is_partial = not self.complete and not self.narrowed
        return self if is_partial else Source(self.owner, self.attribute, complete=False)

    def narrow(self) -> Source:
        """Return the source of all of one kind in the collection."""
        is_all = self.complete or self.narrowed
        return Source(self.owner, self.attribute, complete=False, narrowed=True) if is_all else self


class Frame:
    """All that a collection has besides its entities; its elements and parts share one that is made once.

    ``is_result`` says whether the collection is everything that its query found, ``peers`` what its entities are loaded
    together with, and ``unloaded`` what it lacks because it was not loaded.
    """

    __slots__ = ("_part", "bound", "entity_type", "is_result", "peers", "source", "unloaded")

    def __init__(
        self,
        entity_type: type[Entity],
        bound: Binding,
        source: Source | None = None,
        *,
        is_result: bool = False,
        peers: Peers | None = None,
        unloaded: Unloaded | None = None,
    ) -> None:
        self.peers = peers
        self.entity_type = entity_type
        self.bound = bound
        self.source = source
        self.is_result = is_result
        self.unloaded = unloaded
        is_whole = peers is None or is_result or (source is not None and (source.complete or source.narrowed))
        self._part: Frame | None = None if is_whole else self

    def part(self, entities: Collection[FtrackEntity] = ()) -> Frame:
        """Return the frame of the parts of the collection of these entities."""
        if self._part is None:
            source = self.source and self.source.partial()
            peers = Peers(entities, self.peers or self.source)
            self._part = Frame(self.entity_type, self.bound, source, peers=peers, unloaded=self.unloaded)
        return self._part

    def elements(self, entities: Collection[FtrackEntity]) -> Frame:
        """Return the frame of the elements of the collection of these entities, for going through all of them."""
        part = self.part(entities)
        peers = Peers(entities, self.peers or self.source, together=True)
        return Frame(part.entity_type, part.bound, part.source, peers=peers)

    def retyped(self, entity_type: type[Entity]) -> Frame:
        """Return the frame of the same entities as a collection of another type."""
        return Frame(entity_type, self.bound, self.source, peers=self.peers, unloaded=self.unloaded)

    def narrowed(self, entity_type: type[Entity], entities: Collection[FtrackEntity]) -> Frame:
        """Return the frame of those of the entities that are of a more specific type."""
        part = self.part(entities)
        source = self.source and self.source.narrow()
        return Frame(entity_type, self.bound, source, peers=part.peers, unloaded=self.unloaded)

    def lacking(self, unloaded: Unloaded) -> Frame:
        """Return the same frame for what lacks something else too."""
        if self.unloaded is not None:
            return self
        return Frame(self.entity_type, self.bound, self.source, peers=self.peers, unloaded=unloaded)

    def known(self) -> Frame:
        """Return the same frame for what does not depend on what was not loaded."""
        if self.unloaded is None:
            return self
        return Frame(self.entity_type, self.bound, self.source, peers=self.peers)
