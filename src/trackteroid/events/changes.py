"""Changes as listeners get them: which attribute of which entities, old and new, who and when.

Statuses and the like are called as people call them, dates are dates and numbers are numbers. Events have ids, and
dates as text; what has to be asked for is asked for once for all changes that are handled together.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]
from ftrack_api.session import Session

from trackteroid.chains import Condition
from trackteroid.client.custom_attributes import Finder
from trackteroid.entities.base import entity_class
from trackteroid.events.records import CUSTOM, Action, Group, legacy_names
from trackteroid.schema.types import Schema, schema_of
from trackteroid.session_state import of_connection
from trackteroid.spelling import moment_of, quoted

#: How many ids go into one query.
_AT_ONCE = 500


class Change:
    """A change that somebody has committed.

    Attributes:
        type: the name of the type of the entities, ``"Task"``.
        ids: their ids.
        action: ``"add"``, ``"update"``, ``"remove"`` or ``"move"``, which is to another parent.
        attribute: what has changed, ``"status"`` or ``"custom_fstart"``. None for creations and deletions as such,
            which listeners without attributes hear of; `values` has what there was.
        session: the session that `entities` belong to: in threads this is one of the thread's own.
        event: the whole event.
        at: when it was published, where that is known.
        by_me: whether this listener, or another one of its group, has done it.
    """

    __slots__ = ("_group", "_view", "action", "at", "attribute", "by_me", "event", "ids", "session", "type")

    def __init__(self, group: Group, view: View) -> None:
        self._group, self._view = group, view
        self.type: str = group.type
        self.ids: tuple[str, ...] = group.ids
        self.action: Action = group.action
        self.attribute: str | None = group.attribute
        self.session: Session = view.session
        self.event: Mapping[str, Any] = group.event
        self.at: datetime | None = group.at
        self.by_me: bool = group.is_own

    @property
    def entities(self) -> Any:
        """The entities, as a collection with their values of now. Those that were deleted meanwhile are not in it."""
        return self._view.entities(self.type, self.ids)

    @property
    def old(self) -> Any:
        """The value before: of a status its name, of a date a date. None where there was none."""
        return self._value(self._group.values.old)

    @property
    def new(self) -> Any:
        """The value after, as `old`."""
        return self._value(self._group.values.new)

    @property
    def old_id(self) -> str | None:
        """The id of what was referred to before: of the old status, the old parent."""
        return self._reference(self._group.values.old)

    @property
    def new_id(self) -> str | None:
        """The id of what is referred to after."""
        return self._reference(self._group.values.new)

    @property
    def old_entity(self) -> Any:
        """What was referred to before, as a collection; it is empty if that is gone, or there was nothing."""
        return self._referred(self.old_id)

    @property
    def new_entity(self) -> Any:
        """What is referred to after, as a collection."""
        return self._referred(self.new_id)

    @property
    def values(self) -> Mapping[str, tuple[Any, Any]]:
        """All that the event tells of the first of the entities: old and new values by attribute."""
        record = self._group.records[0]
        return {
            name: tuple(self._view.typed(self.type, name, each) for each in (values.old, values.new))  # pyright: ignore[reportReturnType]
            for name, values in record.values.items()
        }

    @property
    def names(self) -> tuple[str | None, ...]:
        """What the entities are called: as the event says, else as the server does; None for what has no name."""
        told = self._told_names()
        asked = self._view.labels(self.type, self.ids) if None in told else told
        return tuple(each or other for each, other in zip(told, asked, strict=True))

    @property
    def project_id(self) -> str | None:
        """The id of the project that the entities are in, or were."""
        return next((each for kind, each in reversed(self._group.records[0].parents) if kind == "Project"), None)

    @property
    def parents(self) -> tuple[tuple[str, str], ...]:
        """The type and the id of the first of the entities and of everything above it, up to the project."""
        return self._group.records[0].parents

    @property
    def user(self) -> str | None:
        """The user name of who has done it."""
        return self._of_source("username")

    @property
    def user_id(self) -> str | None:
        """The id of who has done it."""
        return self._of_source("id")

    def __repr__(self) -> str:
        what = f".{self.attribute}" if self.attribute else ""
        names = [name or identifier for name, identifier in zip(self._told_names(), self.ids, strict=True)]
        values = f": {self.old!r} -> {self.new!r}" if self.attribute else f": {', '.join(names)}"
        return f"<Change: {self.action} {self.type}{what} of {len(self.ids)}{values}>"

    def _told_names(self) -> tuple[str | None, ...]:
        """Return the names as far as the event has them: it does of what is new, deleted or renamed."""
        found = [record.values.get("name") for record in self._group.records]
        return tuple(None if each is None else each.new if each.new is not None else each.old for each in found)

    def _value(self, value: Any) -> Any:
        return None if self.attribute is None else self._view.typed(self.type, self.attribute, value)

    def _reference(self, value: Any) -> str | None:
        is_reference = self.attribute is not None and self._view.target(self.type, self.attribute) is not None
        return value if is_reference and isinstance(value, str) else None

    def _referred(self, identifier: str | None) -> Any:
        target = self._view.target(self.type, self.attribute or "") or self.type
        return entities_of(self.session, target, [identifier] if identifier else [])

    def _of_source(self, name: str) -> str | None:
        source = cast("Mapping[str, Any]", self.event.get("source") or {})
        found = cast("Mapping[str, Any]", source.get("user") or {}).get(name)
        if found is None and name == "id":
            data = cast("Mapping[str, Any]", self.event.get("data") or {})
            found = cast("Mapping[str, Any]", data.get("user") or {}).get("userid")
        return found


class View:
    """What the changes that are handled together are called and hold, for one listener and in one session.

    Entities of a type are fetched with one request for all changes, when the first of them is asked for.
    """

    def __init__(self, session: Session, groups: Iterable[Group], projections: tuple[object, ...] = ()) -> None:
        self.session = session
        self.names = legacy_names(session)
        self._groups = tuple(groups)
        self._projections = projections
        self._entities: dict[str, Any] = {}
        self._called: dict[str, dict[str, str]] = {}

    def entities(self, type_name: str, ids: tuple[str, ...]) -> Any:
        """Return the collection of entities with these ids, as they are on the server now."""
        found = self._entities.get(type_name)
        if found is None:
            together = [group for group in self._groups if group.type == type_name]
            wanted = [each for group in together if group.action != "remove" for each in group.ids]
            changed = {group.attribute for group in together if group.attribute is not None}
            projections = [*self._projections, *self._refreshed(type_name, changed)]
            found = self._entities[type_name] = entities_of(self.session, type_name, wanted, projections)
        return chosen(found, ids)

    def named(self, target: str, identifier: str) -> str:
        """Return what people call the entity with this id; the id where it is called nothing, or gone."""
        if target not in self._called:
            self._called[target] = self._names_of(target, {identifier, *self._ids_of(target)})
        return self._called[target].get(identifier, identifier)

    def id_of(self, target: str, name: str) -> str | None:
        """Return the id of what is called so, the first if there are several; None if nothing is."""
        called_by = _called_by(self.names.schema, target)
        found = query_for(self.session, target).inject(f"{called_by} is {quoted(name)}").rows(["id"], limit=1)
        return found[0][0] if found else None

    def target(self, type_name: str, attribute: str) -> str | None:
        """Return the type of the entities that an attribute of a type refers to; None if it does not."""
        found = self.names.schema.find_attribute(type_name, attribute)
        return found.target if found is not None and found.kind == "reference" else None

    def labels(self, type_name: str, ids: tuple[str, ...]) -> tuple[str | None, ...]:
        """Return what people call entities; None for those that are gone or called nothing."""
        key = f"{type_name} itself"
        if key not in self._called:
            wanted = {each for group in self._groups if group.type == type_name for each in group.ids}
            self._called[key] = self._names_of(type_name, wanted)
        return tuple(self._called[key].get(each) for each in ids)

    def typed(self, type_name: str, attribute: str, value: Any) -> Any:
        """Return a value as reading the attribute of an entity returns it; references as they are called."""
        if value is None:
            return None
        found = self.names.schema.find_attribute(type_name, attribute)
        if found is not None and found.kind == "reference" and found.target is not None:
            return self.named(found.target, str(value))
        if found is None and attribute.startswith(CUSTOM):
            return self._custom(type_name, attribute.removeprefix(CUSTOM), value)
        if found is None or not isinstance(value, str):
            return value
        if {found.format, found.type} & {"date", "date-time"}:
            return _moment(value)
        return _number(value) if found.type in ("number", "integer") else value

    def _refreshed(self, type_name: str, attributes: Iterable[str]) -> Iterator[str]:
        """Yield what to ask for so that entities which the session knows already have their new values."""
        for attribute in attributes:
            target = self.target(type_name, attribute)
            if target is not None:
                yield f"{attribute}.{_called_by(self.names.schema, target)}"
            elif attribute.startswith(CUSTOM):
                yield "custom_attributes"
            else:
                yield attribute

    def _ids_of(self, target: str) -> Iterator[str]:
        for group in self._groups:
            attributes = group.records[0].values if group.attribute is None else (group.attribute,)
            for attribute in attributes:
                if self.target(group.type, attribute) == target:
                    values = group.records[0].values[attribute]
                    yield from (str(each) for each in (values.old, values.new) if each is not None)

    def _names_of(self, target: str, ids: set[str]) -> dict[str, str]:
        called_by = _called_by(self.names.schema, target)
        if called_by == "id":
            return {}
        known = of_connection(self.session, _Vocabulary).names if entity_class(target).shared else {}
        missing = sorted(ids - known.keys())
        found = dict(rows_of(self.session, target, missing, ["id", called_by])) if missing else {}
        known.update({identifier: str(name) for identifier, name in found.items()})
        return known

    def _custom(self, type_name: str, key: str, value: Any) -> Any:
        """Return the value of a custom attribute, which events have as text; what is no value of its type stays so."""
        has_custom = self.names.schema.find_attribute(type_name, "custom_attributes") is not None
        found = Finder(self.session).fitting(type_name, key) if has_custom else []
        if not found or not isinstance(value, str):
            return value
        match found[0].type:
            case "number":
                return _number(value)
            case "boolean":
                return {"true": True, "1": True, "false": False, "0": False, "": False}.get(value.casefold(), value)
            case "date":
                return _moment(value)
            case _:
                is_multiple = bool(json.loads(found[0].config or "{}").get("multiSelect"))
                return [each for each in value.split(",") if each] if is_multiple else value


class _Vocabulary:
    """What statuses, types and the like are called, which hardly ever changes."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}


def query_for(session: Session, type_name: str) -> Any:
    """Return a query for entities of a type.

    Sessions have listeners and queries have sessions: so the class of queries is known to nobody here before one is
    made.
    """
    query = importlib.import_module("trackteroid.query").Query
    return query(entity_class(type_name, schema_of(session)), session=session)


def rows_of(session: Session, type_name: str, ids: Iterable[str], columns: Iterable[str]) -> list[Any]:
    """Return the values of columns for the entities with these ids, one tuple each; unknown ids have none."""
    wanted, found = list(dict.fromkeys(ids)), list[Any]()
    for start in range(0, len(wanted), _AT_ONCE):
        listed = ",".join(map(quoted, wanted[start : start + _AT_ONCE]))
        found += query_for(session, type_name).inject(f"id in ({listed})").rows(list(columns))
    return found


def meeting(session: Session, type_name: str, ids: Iterable[str], condition: Condition | str) -> set[str]:
    """Return those of the ids whose entities meet a condition, written in code or as query text."""
    wanted, found = list(dict.fromkeys(ids)), set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        listed = ",".join(map(quoted, wanted[start : start + _AT_ONCE]))
        query = query_for(session, type_name).inject(f"id in ({listed})")
        query = query.inject(condition) if isinstance(condition, str) else query.where(condition)
        found |= {row[0] for row in query.rows(["id"])}
    return found


def entities_of(session: Session, type_name: str, ids: Iterable[str], projections: Iterable[object] = ()) -> Any:
    """Return the collection of the entities with these ids; those that are gone or hidden are not in it."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return query_for(session, type_name).inject('id is ""').get_all(projections=list(projections), limit=0)
    return query_for(session, type_name).by_id(*wanted).get_all(projections=list(projections))


def chosen(found: Any, ids: Iterable[str]) -> Any:
    """Return those of a collection with these ids, in their order."""
    wanted = dict.fromkeys(ids)
    if not found or list(found.keys()) == list(wanted):
        return found
    return found.from_entities([found[each].values()[0] for each in wanted if each in found])


def _called_by(schema: Schema, target: str) -> str:
    named = entity_class(target, schema).named_by or "name"
    found = schema.find_attribute(target, named)
    return named if found is not None and found.kind == "scalar" and found.projectable else "id"


def _moment(text: str) -> Any:
    """Return a moment as reading an attribute does; text that is none as it is."""
    found = moment_of(text, text=True)
    return text if found is None else cast("Any", arrow).Arrow.fromdatetime(found)


def _number(text: str) -> int | float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(text) if text.strip().lstrip("+-").isdigit() else number
