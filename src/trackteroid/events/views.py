"""What changes that are handled together have in common: what things are called, values as they are read, entities.

Events have ids, and dates as text. What has to be asked for is asked for once for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]
from ftrack_api.session import Session

from trackteroid.client.custom_attributes import Finder
from trackteroid.entities.base import entity_class
from trackteroid.events import lookups
from trackteroid.events.legacy import legacy_names
from trackteroid.events.records import CUSTOM, Group
from trackteroid.schema.types import AttributeSchema, Schema
from trackteroid.session_state import of_connection
from trackteroid.spelling import moment_of, quoted


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
            found = self._entities[type_name] = lookups.entities_of(self.session, type_name, wanted, projections)
        return lookups.chosen(found, ids)

    def named(self, target: str, identifier: str) -> str:
        """Return what people call the entity with this id; the id where it is called nothing, or gone."""
        if target not in self._called:
            self._called[target] = self._names_of(target, {identifier, *self._ids_of(target)})
        return self._called[target].get(identifier, identifier)

    def id_of(self, target: str, name: str) -> str | None:
        """Return the id of what is called so, the first if there are several; None if nothing is."""
        called_by = _called_by(self.names.schema, target)
        found = lookups.query_for(self.session, target).inject(f"{called_by} is {quoted(name)}").rows(["id"], limit=1)
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
        target = self.target(type_name, attribute)
        if target is not None:
            return self.named(target, str(value))
        if attribute.startswith(CUSTOM) and self.names.schema.find_attribute(type_name, attribute) is None:
            return self._custom(type_name, attribute.removeprefix(CUSTOM), value)
        return _typed(self.names.schema.find_attribute(type_name, attribute), value)

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
        found = dict(lookups.rows_of(self.session, target, missing, ["id", called_by])) if missing else {}
        known.update({identifier: str(name) for identifier, name in found.items()})
        return known

    def _custom(self, type_name: str, key: str, value: Any) -> Any:
        """Return the value of a custom attribute, which events have as text."""
        found = Finder(self.session).fitting(type_name, key) if self._has_custom(type_name) else []
        if not found or not isinstance(value, str):
            return value
        config = json.loads(found[0].config or "{}")
        return _converted(found[0].type, value, is_multiple=bool(config.get("multiSelect")))

    def _has_custom(self, type_name: str) -> bool:
        return self.names.schema.find_attribute(type_name, "custom_attributes") is not None


class _Vocabulary:
    """What statuses, types and the like are called, which hardly ever changes."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}


def _called_by(schema: Schema, target: str) -> str:
    named = entity_class(target, schema).named_by or "name"
    found = schema.find_attribute(target, named)
    return named if found is not None and found.kind == "scalar" and found.projectable else "id"


def _typed(attribute: AttributeSchema | None, value: Any) -> Any:
    if attribute is None or not isinstance(value, str):
        return value
    if attribute.format in ("date", "date-time") or attribute.type in ("date", "date-time"):
        moment = moment_of(value, text=True)
        return value if moment is None else _arrow(moment)
    if attribute.type in ("number", "integer"):
        return _number(value)
    return value


def _converted(kind: str, text: str, *, is_multiple: bool) -> Any:
    """Return the text of a custom attribute as a value of its type; what is none stays text."""
    if kind == "number":
        return _number(text)
    if kind == "boolean":
        return {"true": True, "1": True, "false": False, "0": False, "": False}.get(text.casefold(), text)
    if kind == "date":
        moment = moment_of(text, text=True)
        return text if moment is None else _arrow(moment)
    if is_multiple:
        return [each for each in text.split(",") if each]
    return text


def _arrow(moment: datetime) -> Any:
    """Return a moment as reading an attribute does."""
    return cast("Any", arrow).Arrow.fromdatetime(moment)


def _number(text: str) -> int | float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(text) if text.strip().lstrip("+-").isdigit() else number
