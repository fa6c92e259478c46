"""Events, read: what an ``ftrack.update`` tells of entities, and other events as callbacks get them.

Events use names of long ago, from which the server's own schema leads to those of today. Columns are called as the
schema's ``alias_for`` says (``statusid``), types in small letters (``task`` for everything in a project, ``show`` for
projects, ``assetversion``). Entities that changed alike are told of together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Literal, TypeAlias, cast

from ftrack_api.session import Session

from trackteroid.schema.membership import references_with
from trackteroid.schema.types import Schema, schema_of
from trackteroid.session_state import HasSchemas, of_connection
from trackteroid.spelling import moment_of
from trackteroid.values import frozen, replace

#: What events call the ids of contexts, besides ``id``: it is declared for no attribute.
_IDS = {"Project": "showid", "TypedContext": "taskid"}
#: Everything below projects is one type there.
_CONTEXTS = "task"
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
        values: dict[str, Values] = {}
        for column, told in cast("Mapping[str, Any]", described.get("changes") or {}).items():
            if column in _FORGOTTEN:
                continue
            change = cast("Mapping[str, Any]", told if isinstance(told, Mapping) else {})
            name = names.attribute(type_name, column) or f"{CUSTOM}{column}"  # what is no column of the type is custom
            values.setdefault(name, Values(change.get("old"), change.get("new")))
        above = cast("Iterable[Mapping[str, Any]]", described.get("parents") or ())
        parents = tuple((names.type_of(each) or "", str(each.get("entityId"))) for each in above)
        yield EntityRecord(type_name, entity_id, action, values, parents)


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
    groups: dict[tuple[str, Action, str | None, str], list[EntityRecord]] = {}
    for record, attribute in records:
        alike = record.id
        if attribute is not None:
            values = record.values[attribute]
            alike = json.dumps([values.old, values.new], sort_keys=True, default=str)
        groups.setdefault((record.type, record.action, attribute, alike), []).append(record)
    at = at or sent_at(event)
    return [
        Group(event, kind, tuple(each.id for each in found), action, attribute, tuple(found), at, is_own)
        for (kind, action, attribute, _), found in groups.items()
    ]


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


def sent_at(event: Mapping[str, Any]) -> datetime | None:
    """Return when an event was sent, if it says so."""
    sent = event.get("sent")
    if isinstance(sent, (int, float)) and not isinstance(sent, bool):
        return datetime.fromtimestamp(sent / 1000 if sent > 1e11 else sent, timezone.utc)
    return moment_of(sent, text=True)


def is_attribute(schema: Schema, type_name: str, wanted: str, found: str) -> bool:
    """Return whether an attribute that somebody wants is the one that was found, by whichever of its names."""
    return found in (wanted, canonical(schema, type_name, wanted))


def canonical(schema: Schema, type_name: str, attribute: str) -> str:
    """Return an attribute as changes name it: a reference rather than the key of it, ``status`` for ``status_id``."""
    references = references_with(schema, type_name, attribute)
    return references[0] if references else attribute


def legacy_names(session: HasSchemas) -> LegacyNames:
    """Return the names that events of the server of *session* use."""
    return of_connection(session, LegacyNames, lambda: LegacyNames(session))


class LegacyNames:
    """The names that events use for the types and columns of one server."""

    def __init__(self, session: HasSchemas) -> None:
        self.schema: Schema = schema_of(session)
        self._declared = {str(each["id"]): each for each in session.schemas}
        self._types = self._named_types()
        self._object_types = {each.object_type_id: each.name for each in self.schema.types.values()}
        self._columns: dict[str, Mapping[str, str]] = {}

    def type_of(self, described: Mapping[str, Any]) -> str | None:
        """Return the type of an entity as an event or a selection describes it; None for one that nobody knows."""
        stated = described.get("entity_type")
        if isinstance(stated, str) and stated in self.schema.types:
            return stated
        kind = self._object_types.get(described.get("objectTypeId")) if described.get("objectTypeId") else None
        return kind or self._types.get(str(described.get("entityType", "")).casefold().replace("_", ""))

    def legacy_type(self, type_name: str) -> str:
        """Return what events call a type."""
        lineage = self.schema.lineage(type_name)
        if "TypedContext" in lineage:
            return _CONTEXTS
        return self._alias(type_name).casefold().replace("_", "")

    def attribute(self, type_name: str, column: str) -> str | None:
        """Return the attribute that a column of an event holds: a reference rather than its key; None for none."""
        found = self.columns(type_name).get(column)
        return None if found is None else canonical(self.schema, type_name, found)

    def column(self, type_name: str, attribute: str) -> str:
        """Return what events call an attribute of a type, given as the reference or its key."""
        for column, name in self.columns(type_name).items():
            if attribute in (name, canonical(self.schema, type_name, name)):
                return column
        return attribute

    def columns(self, type_name: str) -> Mapping[str, str]:
        """Return the attributes of a type that are columns, by what events call them and by their own names."""
        if type_name not in self._columns:
            declared = self._declared.get(type_name, {}).get("properties", {})
            names = [
                name for name, attribute in self.schema.type(type_name).attributes.items() if attribute.kind == "scalar"
            ]
            called = {str(declared.get(name, {}).get("alias_for") or name): name for name in names}
            own = next((_IDS[each] for each in self.schema.lineage(type_name) if each in _IDS), None)
            missing = {name: name for name in names if name not in called}
            self._columns[type_name] = {**called, **({own: "id"} if own else {}), **missing}
        return self._columns[type_name]

    def _named_types(self) -> dict[str, str]:
        named: dict[str, str] = {}
        for name in self.schema.types:
            for called in (self._alias(name), name):
                named.setdefault(called.casefold().replace("_", ""), name)
        return {**named, _CONTEXTS: "TypedContext"}

    def _alias(self, type_name: str) -> str:
        alias = self._declared[type_name].get("alias_for")
        if isinstance(alias, Mapping):
            alias = cast("Mapping[str, Any]", alias).get("id")
        return str(alias or type_name)


@frozen
class Received:
    """An event that somebody has published.

    Attributes:
        topic: its topic.
        data: what it says.
        event: all of it.
        session: the session to ask with: in threads this is one of the thread's own.
        at: when it was published, where that is known.
    """

    topic: str
    data: Any
    event: Mapping[str, Any]
    session: Session
    at: datetime | None = None

    @classmethod
    def of(cls, event: Mapping[str, Any], session: Session, at: datetime | None = None) -> Received:
        """Return an event as callbacks get it."""
        return cls(str(event.get("topic")), event.get("data"), event, session, at or sent_at(event))

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.event.get("id"))

    @property
    def user(self) -> str | None:
        """The user name of who has published it."""
        source = cast("Mapping[str, Any]", self.event.get("source") or {})
        return cast("Mapping[str, Any]", source.get("user") or {}).get("username")


@frozen
class Reply:
    """What somebody has replied to an event.

    Attributes:
        data: the reply.
        source: what the one who replies says of itself.
    """

    data: Any
    source: Mapping[str, Any]
