"""Writing answers: each entity in full wherever a client may meet it first, and as a bare reference elsewhere.

Clients that say so merge every copy of an entity, and are told of each once. ftrack_api merges the copy that it meets
first and ignores all others. It goes through the rows in order, and through the members of a collection. But of the
relations of an entity it looks first into those that changed since it last heard of them, and nobody here knows which.
So what it is sure to have met when it comes to a record is

* everything in the rows before,
* the entities around the record,
* in each collection around it, the members before the one it is in (but not what those lead to).

What was sent there is not sent again. What is sent elsewhere in the same row is, without the values that nobody asked
for. This is right for whatever the client knows, see `docs/decisions/0022-warm-sessions.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from trackteroid.server.compiler.readers import Record, Shared
from trackteroid.server.model import Model
from trackteroid.values import frozen


@frozen
class _Kind:
    """How records of one type are written: `key` is what a bare one has, `order` the places of the attributes."""

    key: tuple[str, ...]
    order: dict[str, int]

    def bare(self, record: Record) -> Record:
        """Return a mention of an entity that is sent elsewhere."""
        return {name: record[name] for name in self.key}

    def ordered(self, links: dict[str, None]) -> Iterable[str]:
        """Return the relations in the order in which clients look into them."""
        return links if len(links) < 2 else sorted(links, key=self.order.__getitem__)

    def asked(self, record: Shared) -> Record:
        """Return what was asked of an entity, without what comes with every one."""
        return self.bare(record) | {name: record[name] for name in record.asked if name in record}


class Emitter:
    """Writes shared records into an answer, each in full at its first place, for clients that merge every copy.

    Attributes:
        DEEPEST: Deeper nesting than JSON decoders take; what lies below is left to the client to ask for.
    """

    DEEPEST = 80

    def __init__(self, model: Model) -> None:
        self._model = model
        self._kinds: dict[str, _Kind] = {}
        self._told: set[int] = set()

    def emit(self, records: Iterable[Record]) -> list[Record]:
        """Return the answer that holds `records`."""
        return [self._write_once(record, 0) for record in records]

    def _write_once(self, record: Record, depth: int) -> Record:
        kind = self._kind_of(record)
        if not isinstance(record, Shared) or id(record) in self._told:
            return kind.bare(record)
        self._told.add(id(record))
        written = dict(record)
        for name in kind.ordered(record.links):
            value = record.get(name)
            if depth >= self.DEEPEST:
                written.pop(name, None)
            elif isinstance(value, list):
                members = cast("list[Record]", value)
                written[name] = [self._write_once(member, depth + 1) for member in members]
            else:
                written[name] = None if value is None else self._write_once(value, depth + 1)
        return written

    def _kind_of(self, record: Record) -> _Kind:
        name = record["__entity_type__"]
        kind = self._kinds.get(name)
        if kind is None:
            entity_type = self._model.type(name)
            order = {attribute: place for place, attribute in enumerate(entity_type.attributes)}
            kind = self._kinds[name] = _Kind(("__entity_type__", *entity_type.primary_key), order)
        return kind


class RepeatingEmitter(Emitter):
    """Writes for ftrack_api: in full wherever it may meet an entity first.

    Attributes:
        SPARE: How many records telling again may add to an answer.
        SPARE_EACH: How many more for each record that the answer has without.
    """

    SPARE = 10_000
    SPARE_EACH = 4

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._row: dict[int, int] = {}
        self._before: set[int] = set()
        self._written = 0
        self._added = 0
        self._is_adding = False

    def emit(self, records: Iterable[Record]) -> list[Record]:
        """Return the answer that holds `records`."""
        return [self._write_row(record) for record in records]

    def _write_row(self, record: Record) -> Record:
        written = self._write(record, 0, [])
        self._told.update(self._row)
        self._row.clear()
        self._before.clear()
        return written

    def _write(self, record: Record, depth: int, met: list[int]) -> Record:
        """Write one record; if it is sent, it is among what was `met` from then on."""
        kind = self._kind_of(record)
        place = id(record)
        self._written += 1
        self._added += self._is_adding
        if not isinstance(record, Shared) or place in self._told or place in self._before:
            return kind.bare(record)
        size = self._row.get(place)
        if size is None:
            return self._tell(record, kind, dict(record), depth, met)
        if not self._may_tell_again(record, size):
            return kind.bare(record)
        was_adding, self._is_adding = self._is_adding, True
        told = self._tell(record, kind, kind.asked(record), depth, met)
        self._is_adding = was_adding
        return told

    def _tell(self, record: Shared, kind: _Kind, written: Record, depth: int, met: list[int]) -> Record:
        """Add what a record leads to, to its values."""
        place, before = id(record), self._written
        self._row[place] = 0
        self._before.add(place)
        met.append(place)
        for name in kind.ordered(record.links):
            value = record.get(name)
            if depth >= self.DEEPEST:
                written.pop(name, None)
            elif value is None:
                written[name] = None
            else:
                inside: list[int] = []
                members = cast("list[Record]", value) if isinstance(value, list) else [value]
                told = [self._write(member, depth + 1, inside) for member in members]
                self._before.difference_update(inside)
                written[name] = told if isinstance(value, list) else told[0]
        self._row[place] = 1 + self._written - before
        return written

    def _may_tell_again(self, record: Shared, size: int) -> bool:
        """Return whether to send an entity again that took `size` records: not if nothing of it was asked for."""
        if not record.asked and not record.links:
            return False
        left = self.SPARE + self.SPARE_EACH * (self._written - self._added) - self._added
        return size <= left // 2
