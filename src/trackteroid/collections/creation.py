"""Creating entities: find the parent, check every argument against the schema, then record one creation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.collections import custom_attributes
from trackteroid.collections.bound import CUSTOM_PREFIX, BoundCollection, binding_of, frame_of
from trackteroid.collections.conversion import convert
from trackteroid.collections.creation_rules import ABSTRACT_TYPES, CreationRule, creation_rule
from trackteroid.collections.empty import EmptyCollection, depth_of
from trackteroid.collections.names import NamedEntities
from trackteroid.collections.notes import NoteParts
from trackteroid.collections.parents import find_parent, fitting, read_from
from trackteroid.collections.recording import all_or_nothing, set_mappings
from trackteroid.errors import CreationError
from trackteroid.schema import Schema


def create(near: BoundCollection, arguments: Mapping[str, Any]) -> Any:
    """Create an entity beside those of *near* (or the first one there) and return it as a collection.

    Raises:
        CreationError: something is missing, or the parent is not clear.
        UnknownAttributeError: an argument names no attribute; the message suggests similar ones.
        AssignmentError: a value does not fit its attribute.
    """
    return create_batch(near, [arguments])


def create_batch(near: BoundCollection, batch: Sequence[Mapping[str, Any]]) -> Any:
    """Create one entity for each dictionary of arguments, or none at all if one of them cannot be created."""
    if not batch:
        raise CreationError("There is nothing to create: pass at least one dictionary of attributes.")
    for each in batch:
        if not isinstance(each, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] -- nobody checks our callers
            raise CreationError(f"Pass one dictionary for each new entity, not {each!r}. Unpack a list: *dictionaries.")
    session = binding_of(near).session
    plan = CreationPlan(near, binding_of(near).types)
    prepared = [plan.prepare(arguments) for arguments in batch]
    with all_or_nothing(session):
        return plan.result(plan.record(each) for each in prepared)


class CreationPlan:
    """Turns arguments into complete, checked data for the creation of entities of one type."""

    def __init__(self, near: BoundCollection, types: Schema) -> None:
        self._near = near
        self._types = types
        self._type_name = near.entity_type.__name__
        self._rule: CreationRule = creation_rule(types, self._type_name)
        self._session = binding_of(near).session
        self._names = NamedEntities(self._session)
        self._parent: dict[str, Any] | None = None

    def prepare(self, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], NoteParts]:
        """Return the data to create an entity with, changing nothing yet."""
        self._check_type()
        data, parts = self._split(self._with_parent(arguments))
        self._check_names(data)
        self._complete(data)
        return {name: self._converted(name, value) for name, value in data.items()}, parts

    def record(self, prepared: tuple[dict[str, Any], NoteParts]) -> FtrackEntity:
        """Record the creation and what goes with it."""
        data, parts = prepared
        mapped = {name: data.pop(name) for name in list(data) if self._is_mapped(name)}
        custom = {name.removeprefix(CUSTOM_PREFIX): data.pop(name) for name in list(data) if self._is_custom(name)}
        entity = self._session.create(self._type_name, data)
        if custom:
            mapped["custom_attributes"] = {**mapped.get("custom_attributes", {}), **custom}
        for name, entries in mapped.items():
            set_mappings(self._session, [entity], name, [entries], replace=False)
        parts.record(self._session, entity)
        return entity

    def result(self, entities: Iterable[FtrackEntity]) -> Any:
        """Return what was created, as a collection with the source of its siblings."""
        from trackteroid.collections.container import collection_of
        from trackteroid.collections.core import EntityCollection

        return collection_of(EntityCollection, frame_of(self._near).part(), entities)

    def _check_type(self) -> None:
        if self._rule.abstract or self._type_name in ABSTRACT_TYPES:
            kinds = ", ".join(self._types.subtypes(self._type_name)[:5])
            raise CreationError(
                f"A {self._type_name} is always of a more specific type, such as {kinds}. "
                f"Say which: `collection[TheType].create(...)`."
            )
        if isinstance(self._near, EmptyCollection) and depth_of(self._near) > 1 and self._rule.parents:
            raise CreationError(
                f"There is nothing that the new {self._type_name} could belong to: the collection this one was read "
                f"from is empty too. Create or query its parent first."
            )

    def _split(self, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], NoteParts]:
        if self._type_name != "Note":
            return dict(arguments), NoteParts()
        return NoteParts.split(self._near, self._session, arguments)

    def _with_parent(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the arguments with ``parent`` as the attribute that leads to it: the asset of a version, and so on."""
        if "parent" not in arguments or self._types.find_attribute(self._type_name, "parent"):
            return arguments
        given = arguments["parent"]
        names = fitting(self._types, self._type_name, self._rule.parents, given) if self._rule.parents else []
        if not names:
            takes = " or ".join(map(repr, self._rule.parents)) or "nothing"
            raise CreationError(f"A new {self._type_name} belongs to {takes}, but {given!r} was given as its parent.")
        return {**{name: value for name, value in arguments.items() if name != "parent"}, names[0]: given}

    def _check_names(self, data: Mapping[str, Any]) -> None:
        for name in data:
            if not self._is_custom(name):
                self._types.attribute(self._type_name, name)

    def _complete(self, data: dict[str, Any]) -> None:
        """Add the parent, what can be derived, and defaults; refuse if something required is still missing."""
        if self._type_name != "Note":
            data.update(self._parents(data))
        for name, other in self._rule.same_as.items():
            if other in data:
                data.setdefault(name, data[other])
        for name, (value, instead) in self._rule.defaults.items():
            if not any(other in data for other in instead):
                data.setdefault(name, value)
        missing = [name for name in self._rule.required if not _is_given(name, data)]
        if missing:
            raise CreationError(f"A new {self._type_name} needs {' and '.join(map(repr, missing))}.")

    def _parents(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the new entity belongs to besides what is given: a timelog has a user and a context."""
        missing = tuple(name for name in self._rule.parents if not _is_given(name, data))
        if len(missing) < len(self._rule.parents):
            return read_from(self._near, self._type_name, missing)
        if self._parent is None:
            self._parent = find_parent(self._near, self._type_name, missing)
        return self._parent

    def _converted(self, name: str, value: object) -> Any:
        if self._is_custom(name):
            return self._custom(name.removeprefix(CUSTOM_PREFIX), value)
        attribute = self._types.attribute(self._type_name, name)
        if name in self._rule.by_name and isinstance(value, str) and attribute.kind == "reference":
            return self._names.get(attribute.target or "", value)
        if name in self._rule.required and isinstance(value, BoundCollection) and len(value.keys()) != 1:
            raise CreationError(
                f"A new {self._type_name} needs exactly one {attribute.target} as '{name}', but {value!r} was given."
            )
        converted = convert(attribute, value, self._near, self._types)
        if name == "custom_attributes":
            return {key: self._custom(key, each) for key, each in converted.items()}
        return converted

    def _custom(self, key: str, value: object) -> Any:
        return custom_attributes.checked(self._session, self._types, self._type_name, key, value)

    def _is_custom(self, name: str) -> bool:
        types, type_name = self._types, self._type_name
        return (
            name.startswith(CUSTOM_PREFIX)
            and not types.find_attribute(type_name, name)
            and types.find_attribute(type_name, "custom_attributes") is not None
        )

    def _is_mapped(self, name: str) -> bool:
        attribute = self._types.find_attribute(self._type_name, name)
        return attribute is not None and attribute.kind == "mapped"


def _is_given(name: str, data: Mapping[str, Any]) -> bool:
    return data.get(name) is not None or data.get(f"{name}_id") is not None
