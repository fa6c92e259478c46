"""Reading the log: the events that somebody wants and may see, as the hub sends them.

Where events were deleted that somebody has not read, they get an event that says so, in its place in the order.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson
import sqlalchemy as sa

from trackteroid.server.auth.policy import Policy
from trackteroid.server.core import clock
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.events import log
from trackteroid.server.events.expressions import Expression, parse
from trackteroid.server.events.log import Logged
from trackteroid.server.events.messages import envelope
from trackteroid.server.events.updates import update_event
from trackteroid.server.model import Model
from trackteroid.values import frozen

#: What tells of events that are not kept any more.
GAP: Final = "trackteroid.gap"
#: What wants everything.
EVERYTHING: Final = "topic=*"

#: How many events are read in one go, and bytes before the last one of them.
PAGE: Final = 200
PAGE_BYTES: Final = 4 * 1024 * 1024
#: How many events, and bytes of them, are looked at for one answer.
_LOOKED_AT: Final = 20_000
_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True)
class Wanted:
    """Which events somebody wants.

    Attributes:
        text: The expression that events have to match.
        subscriber: What they say of themselves, for events that are addressed to some.
    """

    text: str
    subscriber: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def expression(self) -> Expression:
        """The expression; raises `ParseError` where the text spells none."""
        return parse(self.text)

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Return whether it is one of them."""
        target = event.get("target")
        return self.expression.matches(event) and (not target or parse(target).matches(self.subscriber))


@frozen
class Viewer:
    """Who reads: the entity types, and what limits them; None for those who may see everything."""

    model: Model
    policy: Policy | None


@frozen
class Found:
    """An event that was found.

    Attributes:
        keys: What it is about: events that have one in common have an order.
        gap_from: The first number that is lost, if it tells of a gap up to its own number.
    """

    sequence: int
    at: str
    event: Mapping[str, Any]
    keys: tuple[int, ...] = ()
    gap_from: int | None = None


@dataclass(slots=True)
class Page:
    """What was found, and the number up to which everything was looked at."""

    found: list[Found]
    position: int


def event_in(logged: Logged, content: Any, viewer: Viewer) -> Mapping[str, Any] | None:
    """Return a logged event, whose content was read, as it is sent to somebody; None if they may see nothing of it."""
    if logged.form == "event":
        return content
    return update_event(content, viewer.model, (logged.user_id, logged.user_name), viewer.policy)


def read(connection: sa.Connection, viewer: Viewer, wanted: Wanted, after: int, most: int) -> Page:
    """Return the events after a number that somebody wants and may see, as many as are read for one answer."""
    page, newest = Page([], after), log.last(connection)
    trimmed = log.trimmed(connection)
    if after < trimmed:
        page.found.append(_gap(after + 1, trimmed))
        page.position = trimmed
    topics, looked_at, size = wanted.expression.topics, 0, 0
    while page.position < newest and len(page.found) < most:
        read_now = log.since(connection, page.position, PAGE, most_bytes=PAGE_BYTES, until=newest, topics=topics)
        for logged in read_now.rows:
            page.position, looked_at, size = logged.sequence, looked_at + 1, size + logged.size
            found = _found(logged, viewer)
            if found is not None and wanted.matches(found.event):
                page.found.append(found)
            if len(page.found) >= most or looked_at >= _LOOKED_AT or size >= _BYTES:
                return page
        if read_now.is_last:
            page.position = newest
    return page


def short_enough(connection: sa.Connection, sequences: Sequence[int]) -> list[int]:
    """Return the first of these numbers, as many as there may be events in one answer, and one at least."""
    found, size, known = list[int](), 0, log.sizes(connection, sequences)
    for sequence in sequences:
        if size >= _BYTES:
            break
        found.append(sequence)
        size += known.get(sequence, 0)
    return found


def again(connection: sa.Connection, viewer: Viewer, sequences: Mapping[int, int | None]) -> Iterator[Found]:
    """Yield events that were read before. Those that are not kept any more, or not to be seen, are gaps by now.

    Args:
        connection: The transaction.
        viewer: Who reads.
        sequences: Their numbers, in order; with the first number of a gap where they are one.
    """
    kept = log.these(connection, (each for each, gap_from in sequences.items() if gap_from is None))
    for sequence, gap_from in sequences.items():
        found = _found(kept[sequence], viewer) if sequence in kept else None
        yield found or _gap(gap_from or sequence, sequence)


def position_after(connection: sa.Connection, sent: object) -> int:
    """Return the number after which somebody wants to read: the newest one where they name none.

    Raises:
        ValidationError: It is no number that the log has come to.
    """
    newest = log.last(connection)
    if sent is None:
        return newest
    if not isinstance(sent, int) or isinstance(sent, bool) or sent < 0:
        raise ValidationError("A position in the log is the number of an event, 0 for the beginning, or null for now.")
    if sent > newest:
        raise ValidationError(
            f"The log has no event {sent}; its newest one is {newest}. The position is one of another database, or "
            "this one was restored from a copy. Begin with null, which is now, or 0, and look at what there is."
        )
    return sent


def _gap(first: int, last: int) -> Found:
    """Return what tells that these events are lost."""
    now = clock.now().replace(tzinfo=None, microsecond=0).isoformat()
    event = envelope(GAP, {"from": first, "to": last}, {}, f"gap-{first}-{last}")
    return Found(last, now, event, gap_from=first)


def _found(logged: Logged, viewer: Viewer) -> Found | None:
    content = orjson.loads(logged.content)
    event = event_in(logged, content, viewer)
    if event is None:
        return None
    # What it is about, as numbers: the entities that it names, or else its topic. Of two events with the same number
    # one comes after the other. That two entities have the same is rare, and harmless.
    if logged.form == "changes":
        names = {content["nodes"][change[1]][1] for change in content["changes"]}
    else:
        names = set(_entity_ids(content.get("data"))) or {logged.topic}
    return Found(logged.sequence, logged.at, event, tuple(sorted({zlib.crc32(name.encode()) for name in names})))


def _entity_ids(data: object) -> Iterator[str]:
    """Yield the ids of the entities that an event is about which a client has published."""
    told: Mapping[str, object] = cast("Mapping[str, object]", data) if isinstance(data, dict) else {}
    for name in ("entities", "selection"):
        entities = told.get(name)
        for entity in cast("list[object]", entities) if isinstance(entities, list) else ():
            entity_id = cast("Mapping[str, object]", entity).get("entityId") if isinstance(entity, dict) else None
            if isinstance(entity_id, str):
                yield entity_id
