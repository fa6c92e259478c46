"""What the stubs tell of a server: its entity types, their attributes, and what it calls its statuses and types."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ftrack_api.session import Session

from trackteroid import entities
from trackteroid.client.custom_attributes import Finder
from trackteroid.client.hydration.pages import iter_records
from trackteroid.entities.base import Entity, entity_class
from trackteroid.schema.types import Schema, schema_of

#: What plain values are, by type and format of the schema.
_VALUES = {
    "string": "_Chain[str]",
    "number": "_Chain[float]",
    "integer": "_Chain[int]",
    "boolean": "_Chain[bool]",
    "date": "_Moments",
}
ANYTHING = "_Chain[_Any]"
MOMENT = "_Moments"
MAPPING = "_Chain[dict[str, _Any]]"

#: The types of custom attributes, as `CustomAttributeType` names them.
CUSTOM = {
    "text": "_Chain[str]",
    "number": "_Chain[float]",
    "boolean": "_Chain[bool]",
    "date": "_Moments",
}

#: The types whose entities are called by name in criteria: a site has a few of each.
_VOCABULARY = ("AssetType", "Priority", "State", "Status", "Type")


@dataclass(frozen=True)
class Site:
    """A server as far as its stubs need it.

    Attributes:
        schema: what it says of its entity types.
        custom: what the custom attributes of entity types end at, by type and then by attribute: ``custom_fps``.
        names: what is called by name, by entity type: ``{"Status": ("Approved", ...)}``.
    """

    schema: Schema
    custom: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @cached_property
    def classes(self) -> tuple[type[Entity], ...]:
        """The classes of all entity types, each after what it is a kind of; without `Entity`."""
        named = {name: getattr(entities, name) for name in entities.__all__}
        named |= {name: entity_class(name, self.schema) for name in self.schema.types}
        found: list[type[Entity]] = [each for each in named.values() if each is not Entity]
        return tuple(sorted(found, key=lambda each: (len(each.__mro__), each.__name__)))

    @cached_property
    def own(self) -> Mapping[str, Mapping[str, str]]:
        """What the attributes that a type has besides those of its base end at, by type and attribute."""
        found: dict[str, Mapping[str, str]] = {}
        every: dict[str, Mapping[str, str]] = {Entity.__name__: {}}
        for each in self.classes:
            inherited = every[base_of(each).__name__]
            mine = self._attributes(each.__name__)
            found[each.__name__] = {name: end for name, end in mine.items() if inherited.get(name) != end}
            every[each.__name__] = {**inherited, **mine}
        return found

    @cached_property
    def ends(self) -> Mapping[str, tuple[str, ...]]:
        """What an attribute ends at, in any type that has it, by attribute."""
        found: dict[str, dict[str, None]] = {}
        for attributes in self.own.values():
            for name, end in attributes.items():
                found.setdefault(name, {})[end] = None
        return {name: tuple(ends) for name, ends in sorted(found.items())}

    @cached_property
    def mixed(self) -> frozenset[str]:
        """The attributes that lead to entities in some types, and to plain values in others."""
        kinds = {name: {leads_on(end) for end in ends} for name, ends in self.ends.items()}
        return frozenset(name for name, found in kinds.items() if len(found) > 1)

    @cached_property
    def settable(self) -> frozenset[str]:
        """The attributes that can be set, in any type that has them."""
        found = {
            attribute.name
            for declared in self.schema.types.values()
            for attribute in declared.attributes.values()
            if not attribute.computed and not attribute.immutable
        }
        return frozenset(found).union(*self.custom.values())

    def _attributes(self, type_name: str) -> dict[str, str]:
        declared = self.schema.find_type(type_name)
        if declared is None:
            return {}
        # What only some kinds of a type have can be read from all of them: a resource may be a user. Except from
        # contexts, of which projects and their parts share little.
        is_general = type_name == "Context"
        attributes = declared.attributes if is_general else self.schema.attributes(type_name)
        found: dict[str, str] = {}
        for each in attributes.values():
            if not is_name(each.name):
                continue
            if each.kind == "mapped":
                found[each.name] = MAPPING
            elif each.kind != "scalar":
                target = "TypedContext" if each.accepts == "Context" else each.accepts
                found[each.name] = f"_type[_types.{target}]"
            elif each.format == "date-time":
                found[each.name] = MOMENT
            else:
                found[each.name] = _VALUES.get(each.type or "", ANYTHING)
        return {**found, **self.custom.get(type_name, {})}


def base_of(entity_type: type[Entity]) -> type[Entity]:
    """Return the class that an entity class is a kind of."""
    return entity_type.__mro__[1]


def leads_on(end: str) -> bool:
    """Return whether an attribute leads to entities."""
    return end.startswith("_type[")


def is_name(name: str) -> bool:
    """Return whether an attribute can be written as one: ``from`` and ``_link`` cannot."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")


def read_site(session: Session) -> Site:
    """Return what the server of a session says of its types, custom attributes, statuses and types."""
    schema, finder = schema_of(session), Finder(session)
    custom: dict[str, dict[str, str]] = {}
    for name in sorted(schema.types):
        for key in finder.fitting_keys(name) if schema.find_attribute(name, "custom_attributes") else ():
            if is_name(f"custom_{key}"):
                ends = {CUSTOM.get(each.type, ANYTHING) for each in finder.fitting(name, key)}
                # It ends at something if that is the same in all projects.
                custom.setdefault(name, {})[f"custom_{key}"] = ends.pop() if len(ends) == 1 else ANYTHING
    names: dict[str, tuple[str, ...]] = {}
    for name in _VOCABULARY:
        if schema.find_type(name):
            found = iter_records(session, f"select name from {name}")  # noqa: S608  # names of the schema
            names[name] = tuple(sorted({str(each["name"]) for each in found if each["name"]}))
    return Site(schema, custom, {name: each for name, each in names.items() if each})
