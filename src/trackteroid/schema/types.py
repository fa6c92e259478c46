"""What a server says about its entity types: a read-only, typed view of ``session.schemas``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

from trackteroid.display import graphs
from trackteroid.errors import UnknownAttributeError, UnknownEntityTypeError, nearest, suggest
from trackteroid.session_state import HasSchemas, Memory, of_connection
from trackteroid.values import frozen

if TYPE_CHECKING:
    from trackteroid.display.graphs import Graph

Kind = Literal["scalar", "reference", "collection", "mapped"]

# Recorded on a server that names its base types ("$mixin"); older servers leave the key out.
_BASES = {
    "Project": "Context",
    "TypedContext": "Context",
    "FileComponent": "Component",
    "ContainerComponent": "Component",
    "SequenceComponent": "ContainerComponent",
    "User": "Resource",
    "Group": "Resource",
    "AssetVersionList": "List",
    "TypedContextList": "List",
    "NoteCategory": "NoteLabel",
    "TypedContextStatusChange": "StatusChange",
    "AssetVersionStatusChange": "StatusChange",
    "CustomAttributeConfiguration": "CustomConfigurationBase",
    "CustomAttributeLinkConfiguration": "CustomConfigurationBase",
}
_LINK_SUBJECTS = ("Context", "AssetVersion", "Asset", "List", "User", "Group", "Component")
_BASES.update({f"{subject}CustomAttributeLink": "CustomAttributeLink" for subject in _LINK_SUBJECTS})
_BASES.update({f"{subject}CustomAttributeLinkFrom": "CustomAttributeLinkFrom" for subject in _LINK_SUBJECTS})


@frozen
class Step:
    """One step of a path, and the type it is narrowed to: ``parent[Shot]``."""

    attribute: str
    cast: str | None = None


_STEP = re.compile(r"(?P<attribute>\w+)(?:\[(?P<cast>\w+)\])?")


@lru_cache(4096)
def parse_path(text: str) -> tuple[Step, ...]:
    """Split a path into its steps.

    >>> parse_path("asset.parent[Shot]")
    (Step(attribute='asset', cast=None), Step(attribute='parent', cast='Shot'))
    """
    matches = [_STEP.fullmatch(step) for step in text.split(".")]
    if not all(matches):
        raise UnknownAttributeError(
            f'"{text}" is not a path. Write attributes separated by dots: "asset.parent[Shot]".'
        )
    return tuple(Step(match["attribute"], match["cast"]) for match in matches if match)


@frozen
class AttributeSchema:
    """One attribute of an entity type.

    ``kind`` is ``"scalar"`` (text, numbers, dates, flags), ``"reference"`` (one entity), ``"collection"`` (several) or
    ``"mapped"`` (key/value pairs such as ``metadata``). ``target`` names the type on the other end of the last three.
    """

    name: str
    kind: Kind
    type: str | None = None
    format: str | None = None
    target: str | None = None
    computed: bool = False
    immutable: bool = False
    required: bool = False
    projectable: bool = True

    @property
    def is_many(self) -> bool:
        """Whether one entity has any number of these."""
        return self.kind in ("collection", "mapped")

    @property
    def accepts(self) -> str:
        """The name of the type of entities that it takes, if it leads to some.

        Lists of tasks may have shots and all other contexts as well, although servers declare tasks.
        """
        return "TypedContext" if (self.name, self.target) == ("items", "Task") else self.target or "Entity"

    @property
    def is_id(self) -> bool:
        """Whether values are ids, of the entity itself or of another one."""
        return self.name == "id" or (self.format == "foreign_key" and self.name.endswith("id"))


@frozen
class TypeSchema:
    """One entity type. ``object_type_id`` is set for the types made from a server's object types (Task, Shot, ...)."""

    name: str
    attributes: Mapping[str, AttributeSchema]
    primary_key: tuple[str, ...]
    default_projections: tuple[str, ...]
    object_type_id: str | None = None


class _Types(Mapping[str, TypeSchema]):
    """The types of a server by name, each read when it is first asked for: most programs need a few of a hundred.

    Attributes:
        read: those that have been.
    """

    def __init__(self, schemas: Iterable[Mapping[str, Any]]) -> None:
        self._schemas = {each["id"]: each for each in schemas}
        self.read: dict[str, TypeSchema] = {}

    def __getitem__(self, name: str) -> TypeSchema:
        found = self.read.get(name)
        return self.read.setdefault(name, self._read(self._schemas[name])) if found is None else found

    def _read(self, schema: Mapping[str, Any]) -> TypeSchema:
        attributes: dict[str, AttributeSchema] = {}
        for name, fragment in schema.get("properties", {}).items():
            declared, kind = fragment.get("type"), cast("Kind", "scalar")
            if declared == "mapped_array":
                kind = "mapped"
            elif declared == "array":
                kind = "collection"
            elif declared is None and "$ref" in fragment:
                kind = "reference"
            attributes[name] = AttributeSchema(
                name=name,
                kind=kind,
                type=declared,
                format=fragment.get("format"),
                target=None if kind == "scalar" else fragment.get("$ref") or fragment["items"]["$ref"],
                computed=name in schema.get("computed", ()),
                immutable=name in schema.get("immutable", ()),
                required=name in schema.get("required", ()),
                # What has neither a type nor a target is no attribute for ftrack_api: it could be asked for, not read.
                projectable=not fragment.get("restricted_projection", False)
                and ("type" in fragment or kind != "scalar"),
            )
        return TypeSchema(
            name=schema["id"],
            attributes=MappingProxyType(attributes),
            primary_key=tuple(schema.get("primary_key", ())),
            default_projections=tuple(schema.get("default_projections", ())),
            object_type_id=_object_type_id(schema),
        )

    def __contains__(self, name: object) -> bool:
        return name in self._schemas

    def __iter__(self) -> Iterator[str]:
        return iter(self._schemas)

    def __len__(self) -> int:
        return len(self._schemas)


class Schema:
    """All entity types of a server, and which of them are kinds of others.

    >>> schema = Schema.from_schemas([{"id": "Status", "properties": {"id": {"type": "string"}}}])
    >>> schema.attribute("Status", "id").kind
    'scalar'
    """

    def __init__(self, types: _Types, bases: Mapping[str, str]) -> None:
        self.types = types
        self._bases = {name: base for name, base in bases.items() if name in self.types and base in self.types}
        self._lineages = {name: self._lineage(name) for name in self.types}
        self._subtypes = self._find_subtypes()
        self._inherited: dict[str, Mapping[str, AttributeSchema]] = {}
        self._walked: dict[tuple[str, str], tuple[AttributeSchema, ...]] = {}
        #: What other modules have worked out from it.
        self.memory = Memory()

    @classmethod
    def from_schemas(cls, schemas: Iterable[Mapping[str, Any]]) -> Schema:
        """Read the answer of a server to ``query_schemas`` (which is also ``session.schemas``)."""
        schemas = list(schemas)
        return cls(_Types(schemas), {each["id"]: base for each in schemas if (base := _base_of(each))})

    def find_type(self, name: str) -> TypeSchema | None:
        """Return the type with this *name*, or None."""
        return self.types.read.get(name) or self.types.get(name)

    def type(self, name: str) -> TypeSchema:
        """Return the type with this *name*.

        Raises:
            UnknownEntityTypeError: the server has no such type; the message suggests similar ones.
        """
        if found := self.types.read.get(name) or self.types.get(name):
            return found
        raise UnknownEntityTypeError(
            f'The server has no entity type "{name}".{suggest(name, self.types)}',
            name=name,
            near=nearest(name, self.types),
        )

    def attributes(self, type_name: str) -> Mapping[str, AttributeSchema]:
        """Return every attribute an entity of this type can have: its own, and those of the kinds of it.

        A ``Context`` may be a Task, so ``Context`` also has what only tasks have.
        """
        if type_name not in self._inherited:
            self._inherited[type_name] = MappingProxyType(
                {
                    name: attribute
                    for each in (*reversed(self.subtypes(type_name)), type_name)
                    for name, attribute in self.type(each).attributes.items()
                }
            )
        return self._inherited[type_name]

    def find_attribute(self, type_name: str, attribute_name: str) -> AttributeSchema | None:
        """Return the attribute of an entity type, or None if type or attribute is unknown."""
        known = self._inherited.get(type_name)
        if known is None:
            if type_name not in self.types:
                return None
            known = self.attributes(type_name)
        return known.get(attribute_name)

    def attribute(self, type_name: str, attribute_name: str) -> AttributeSchema:
        """Return the attribute of an entity type.

        Raises:
            UnknownEntityTypeError: there is no such type.
            UnknownAttributeError: the type has no such attribute; the message suggests similar ones.
        """
        known = self._inherited.get(type_name) or self.attributes(self.type(type_name).name)
        if attribute_name in known:
            return known[attribute_name]
        raise UnknownAttributeError(
            f'{type_name} has no attribute "{attribute_name}".{suggest(attribute_name, known)}',
            name=attribute_name,
            near=nearest(attribute_name, known),
        )

    def can_be_empty(self, type_name: str, attribute_name: str) -> bool:
        """Return whether an entity of this type may have no value for one of its own attributes.

        What a kind of the type requires, the others may not even have. Keys of references are never relied on:
        servers declare that every context has a status, and leave it out of folders.
        """
        declared = self.find_type(type_name)
        if declared is None or attribute_name in declared.primary_key:
            return declared is None
        attribute = declared.attributes.get(attribute_name)
        return attribute is None or not attribute.required or attribute_name.endswith("_id")

    def graph(self, *names: str) -> Graph:
        """Return types and the attributes that lead from one to another, to be drawn.

        Of several types only what leads from one of them to another; of one, all that it leads to; of none, everything.

        Raises:
            UnknownEntityTypeError: there is no such type; the message suggests similar ones.
        """
        chosen = [self.type(name).name for name in names] or list(self.types)
        ends = set(chosen) if len(chosen) > 1 else set(self.types)
        edges = [
            graphs.Edge(name, attribute.target, attribute.name, attribute.is_many)
            for name in chosen
            for attribute in self.attributes(name).values()
            if attribute.target in ends
        ]
        return graphs.Graph(chosen, edges)

    def walk(self, type_name: str, path: str) -> tuple[AttributeSchema, ...]:
        """Return the attributes along a path such as ``asset.parent[Shot].name`` that starts at *type_name*.

        Raises:
            UnknownEntityTypeError: *type_name* or a type in brackets is unknown.
            UnknownAttributeError: a step does not exist, or leads nowhere although the path goes on.
        """
        known = self._walked.get((type_name, path))
        if known is not None:
            return known
        found: list[AttributeSchema] = []
        here: str | None = self.type(type_name).name
        for step in parse_path(path):
            if here is None:
                raise UnknownAttributeError(f'"{found[-1].name}" in "{path}" is a plain value: nothing can follow it.')
            found.append(self.attribute(here, step.attribute))
            here = self.type(step.cast).name if step.cast else found[-1].target
        return self._walked.setdefault((type_name, path), tuple(found))

    def end(self, type_name: str, path: str) -> str | None:
        """Return the type of the entities that a path leads to, or None if it ends at a plain value."""
        found = self.walk(type_name, path)
        return parse_path(path)[-1].cast or found[-1].target

    def base(self, name: str) -> str | None:
        """Return the type this one is a kind of (``"TypedContext"`` for ``"Shot"``), or None."""
        return self._bases.get(name)

    def lineage(self, name: str) -> tuple[str, ...]:
        """Return the type and what it is a kind of, most specific first: Shot, TypedContext, Context."""
        return self._lineages.get(name) or (name,)

    def subtypes(self, name: str) -> tuple[str, ...]:
        """Return all kinds of this type, direct and indirect, in alphabetical order."""
        return self._subtypes.get(name, ())

    def is_a(self, name: str, other: str) -> bool:
        """Return whether every *name* is also an *other*: ``is_a("Shot", "Context")``."""
        return name == other or other in self.lineage(name)

    def _lineage(self, name: str) -> tuple[str, ...]:
        base = self._bases.get(name)
        return (name, *self._lineage(base)) if base else (name,)

    def _find_subtypes(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for name, (_, *bases) in self._lineages.items():
            for base in bases:
                found.setdefault(base, []).append(name)
        return {base: tuple(sorted(names)) for base, names in found.items()}


def schema_of(session: HasSchemas) -> Schema:
    """Return the schema of the server that *session* is connected to.

    The session keeps it until it has other schemas (after a reconnect); until then this is the same object.
    """
    schemas = session.schemas
    return of_connection(session, Schema, lambda: Schema.from_schemas(schemas))


def _base_of(schema: Mapping[str, Any]) -> str | None:
    mixin = cast("Mapping[str, str]", schema.get("$mixin") or {})
    if "$ref" in mixin:
        return mixin["$ref"]
    return "TypedContext" if _object_type_id(schema) else _BASES.get(schema["id"])


def _object_type_id(schema: Mapping[str, Any]) -> str | None:
    alias = schema.get("alias_for")
    if not isinstance(alias, dict):
        return None
    fields = cast("dict[str, Any]", alias)
    return fields.get("classifiers", {}).get("object_typeid") if fields.get("id") == "Task" else None
