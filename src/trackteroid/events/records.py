"""What an ``ftrack.update`` tells, read: entities with their changed values, and those that changed alike together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Literal, TypeAlias, cast

from ftrack_api.session import Session

from trackteroid.events.legacy import LegacyNames, canonical, legacy_names
from trackteroid.schema.types import Schema
from trackteroid.spelling import moment_of
from trackteroid.values import frozen, replace

UPDATE = "ftrack.update"
#: How attributes begin in code that are custom ones.
CUSTOM = "custom_"

Action: TypeAlias = Literal["add", "update", "remove", "move"]
_ACTIONS: tuple[Action, ...] = ("add", "update", "remove", "move")


#: Columns that original servers tell of, and that their own schema does not have.
_FORGOTTEN = frozenset({"isopen", "isrequirecomment", "context_type"})


@frozen
class Values:
    """The old and the new value of an attribute, as the event has them: ids, and dates as text."""

    old: Any
    new: Any


@frozen
class EntityRecord:
    """What one event tells of one entity.

    Attributes:
        type: the name of its type, ``"Task"``.
        id: its id.
        action: ``"add"``, ``"update"``, ``"remove"`` or ``"move"`` (to another parent).
        values: the values by attribute; custom attributes as ``custom_...``.
        parents: the types and ids of the entity and of all that is above it, up to the project.
    """

    type: str
    id: str
    action: Action
    values: Mapping[str, Values]
    parents: tuple[tuple[str, str], ...]


def read_event(event: Mapping[str, Any], names: LegacyNames) -> Iterator[EntityRecord]:
    """Yield what an ``ftrack.update`` tells of each entity.

    Original servers also tell of the feed of activities, without ids, and perhaps of types that clients do not know;
    of these nothing is yielded.
    """
    data = cast("Mapping[str, Any]", event.get("data") or {})
    for described in cast("Iterable[Mapping[str, Any]]", data.get("entities") or ()):
        type_name, entity_id = names.type_of(described), described.get("entityId")
        action = described.get("action")
        if type_name is None or not isinstance(entity_id, str) or action not in _ACTIONS:
            continue
        parents = cast("Iterable[Mapping[str, Any]]", described.get("parents") or ())
        yield EntityRecord(
            type_name,
            entity_id,
            action,
            _values(names, type_name, cast("Mapping[str, Any]", described.get("changes") or {})),
            tuple((names.type_of(each) or "", str(each.get("entityId"))) for each in parents),
        )


def _values(names: LegacyNames, type_name: str, changes: Mapping[str, Any]) -> dict[str, Values]:
    """Return the changed values by attribute. What is no column of the type is a custom attribute."""
    found: dict[str, Values] = {}
    for column, told in changes.items():
        if column in _FORGOTTEN:
            continue
        change = cast("Mapping[str, Any]", told if isinstance(told, Mapping) else {})
        name = names.attribute(type_name, column) or f"{CUSTOM}{column}"
        found.setdefault(name, Values(change.get("old"), change.get("new")))
    return found


@frozen
class Group:
    """Entities of one event that changed alike, as the event has it: one `Change` is made of it when it is handled."""

    event: Mapping[str, Any]
    type: str
    ids: tuple[str, ...]
    action: Action
    attribute: str | None
    records: tuple[EntityRecord, ...]
    at: datetime | None = None
    is_own: bool = False

    @property
    def values(self) -> Values:
        """The values of the attribute."""
        return self.records[0].values[self.attribute] if self.attribute else Values(None, None)

    def only(self, ids: set[str]) -> Group | None:
        """Return it with those of its entities that have one of these ids; None if there are none."""
        records = tuple(record for record in self.records if record.id in ids)
        if len(records) == len(self.records):
            return self
        return replace(self, records=records, ids=tuple(each.id for each in records)) if records else None


def changes_in(session: Session, event: Mapping[str, Any]) -> list[Group]:
    """Return all that an event tells of: one group for each creation, deletion, and attribute that has changed."""
    found: list[tuple[EntityRecord, str | None]] = []
    for record in read_event(event, legacy_names(session)):
        found += [(record, each) for each in attributes_told(record)]
    return grouped(found, event)


def attributes_told(record: EntityRecord) -> list[str | None]:
    """Return what there is to say of a record as a whole: its attributes, or None for what is new or deleted."""
    return [None] if record.action in ("add", "remove") else list(record.values)


def grouped(
    records: Iterable[tuple[EntityRecord, str | None]],
    event: Mapping[str, Any],
    at: datetime | None = None,
    *,
    is_own: bool = False,
) -> list[Group]:
    """Return records with one attribute each as groups of entities that changed alike, in the order of the event."""
    groups: dict[object, list[tuple[EntityRecord, str | None]]] = {}
    for record, attribute in records:
        alike: object = (record.id,)
        if attribute is not None:
            values = record.values[attribute]
            alike = json.dumps([values.old, values.new], sort_keys=True, default=str)
        groups.setdefault((record.type, record.action, attribute, alike), []).append((record, attribute))
    at = at or sent_at(event)
    return [_group(found, event, at, is_own=is_own) for found in groups.values()]


def _group(
    found: list[tuple[EntityRecord, str | None]], event: Mapping[str, Any], at: datetime | None, *, is_own: bool
) -> Group:
    first, attribute = found[0]
    records = tuple(record for record, _ in found)
    ids = tuple(record.id for record in records)
    return Group(event, first.type, ids, first.action, attribute, records, at, is_own)


def sent_at(event: Mapping[str, Any]) -> datetime | None:
    """Return when an event was sent, if it says so."""
    sent = event.get("sent")
    if isinstance(sent, (int, float)) and not isinstance(sent, bool):
        return datetime.fromtimestamp(sent / 1000 if sent > 1e11 else sent, timezone.utc)
    return moment_of(sent, text=True)


def is_attribute(schema: Schema, type_name: str, wanted: str, found: str) -> bool:
    """Return whether an attribute that somebody wants is the one that was found, by whichever of its names."""
    return found in (wanted, canonical(schema, type_name, wanted))
