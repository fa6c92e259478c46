"""The schemas that a server can show: that of the newest server it follows, and those of older ones.

All of them are of one model and one database. An older schema is the newest one without what came later, for tools
that were made for it; whoever knows of more may ask for it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from trackteroid.server.model.attributes import MISSING, Attribute, Collection, Key, Reference, Scalar
from trackteroid.server.model.types import EntityType

Names = Mapping[str, tuple[str, ...]]
_Nothing = dict[Any, Any]


def served_schema(entity_type: EntityType) -> dict[str, Any]:
    """Return one element of the answer to `query_schemas`."""
    served = {name: attribute for name, attribute in entity_type.attributes.items() if not attribute.hidden}
    listed = {name: attribute for name, attribute in served.items() if attribute.listed}
    schema: dict[str, Any] = {"id": entity_type.name}
    if mixin := entity_type.mixin or (entity_type.base and {"$ref": entity_type.base.name}):
        schema["$mixin"] = dict(mixin)
    schema |= {
        "type": "object",
        "properties": {name: _fragment(attribute) for name, attribute in listed.items()},
        "primary_key": list(entity_type.primary_key),
        "required": [name for name, attribute in served.items() if attribute.required],
        "immutable": [name for name, attribute in served.items() if attribute.immutable],
        "default_projections": list(entity_type.default_projections),
    }
    if computed := [name for name, attribute in served.items() if attribute.computed]:
        schema["computed"] = computed
    if entity_type.system_projections:
        schema["system_projections"] = list(entity_type.system_projections)
    if entity_type.classifiers:
        schema["alias_for"] = {"id": entity_type.alias, "classifiers": dict(entity_type.classifiers)}
    elif entity_type.alias:
        schema["alias_for"] = entity_type.alias
    if entity_type.groups:
        schema["metadata"] = {"group_by": True}
    return schema


def _fragment(attribute: Attribute) -> dict[str, Any]:
    """Return the schema of one attribute."""
    fragment: dict[str, Any] = {}
    if isinstance(attribute, Scalar):
        fragment["type"] = attribute.type
        if attribute.format:
            fragment["format"] = attribute.format
        if attribute.default is not MISSING:
            fragment["default"] = attribute.default
        if attribute.enum:
            fragment["enum"] = list(attribute.enum)
        if attribute.transform:
            fragment["transform"] = {"client": "{schema_id}", "server": "{table_name}"}
        if isinstance(attribute, Key) and attribute.target and attribute.format == "foreign_key":
            fragment["description"] = f"Foreign key(s): {attribute.target}.id"
    elif isinstance(attribute, Reference):
        fragment["$ref"] = attribute.target
    elif isinstance(attribute, Collection):
        fragment |= {"type": "mapped_array" if attribute.mapped else "array", "items": {"$ref": attribute.target}}
        if attribute.mapped and not attribute.restricted:
            fragment["key_value_attributes"] = {"key": "key", "value": "value"}
    if attribute.alias:
        fragment["alias_for"] = attribute.alias
    if attribute.restricted:
        fragment["restricted_projection"] = True
    if attribute.description:
        fragment["description"] = attribute.description
    return fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The schema of one version of the original server, told by what it lacks of the newest one.

    What is said of a type holds for its subtypes.

    Attributes:
        version: The version.
        types: Entity types that it lacks.
        attributes: Attributes that types lack.
        unlisted: Attributes that types have, and do not list among their properties.
        system_projections: System projections that types lack.
        formerly: What was said of attributes instead, by type and name.
        hidden: What types do not say of themselves.
    """

    version: str
    types: frozenset[str] = frozenset()
    attributes: Names = field(default_factory=_Nothing)
    unlisted: Names = field(default_factory=_Nothing)
    system_projections: Names = field(default_factory=_Nothing)
    formerly: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=_Nothing)
    hidden: tuple[str, ...] = ()

    def schemas(self, types: Iterable[EntityType]) -> list[dict[str, Any]]:
        """Return what `query_schemas` answers."""
        return [self._schema(each) for each in types if each.served and each.name not in self.types]

    def rename(self, answers: Any, types: Mapping[str, EntityType]) -> None:
        """Call the entities in answers by the nearest type that this schema has, where it has not theirs."""
        if not self.types:
            return
        waiting: list[Any] = [answers]
        while waiting:
            found = waiting.pop()
            if isinstance(found, dict):
                record = cast("dict[str, Any]", found)
                if record.get("__entity_type__") in self.types:
                    record["__entity_type__"] = self._name_of(types[record["__entity_type__"]])
                waiting.extend(record.values())
            elif isinstance(found, list):
                waiting.extend(cast("list[Any]", found))

    def _name_of(self, entity_type: EntityType) -> str:
        while entity_type.name in self.types and entity_type.base is not None:
            entity_type = entity_type.base
        return entity_type.name

    def _schema(self, entity_type: EntityType) -> dict[str, Any]:
        schema = served_schema(entity_type)
        for name in self.hidden:
            schema.pop(name, None)
        lacking = {*_of(entity_type, self.attributes)}
        for name in (*lacking, *_of(entity_type, self.unlisted)):
            schema["properties"].pop(name, None)
        for flag in ("required", "immutable", "computed"):
            _leave_out(schema, flag, lacking)
        _leave_out(schema, "system_projections", {*_of(entity_type, self.system_projections)})
        for (type_name, name), fragment in self.formerly.items():
            if type_name == entity_type.name:
                schema["properties"][name] |= fragment
        return schema


def _of(entity_type: EntityType | None, names: Names) -> Iterator[str]:
    """Yield what is said of a type or of one of its bases."""
    while entity_type is not None:
        yield from names.get(entity_type.name, ())
        entity_type = entity_type.base


def _leave_out(schema: dict[str, Any], member: str, names: set[str]) -> None:
    """Take names out of a list of a schema, and the list too if nothing is left of it."""
    if names and member in schema:
        schema[member] = [name for name in schema[member] if name not in names]
        if not schema[member] and member in ("computed", "system_projections"):
            del schema[member]


_FORMER_SCHEMA: Final = Edition(
    version="4.13.0",
    types=frozenset(
        {
            "ApiKey",
            "AssetVersionStatusRuleGroup",
            "BaseUser",
            "Collaborator",
            "NoteAnnotationComponent",
            "ReviewSessionFolder",
            "ReviewSessionObjectAnnotation",
            "ReviewSessionObjectAnnotationComponent",
            "SplitTaskPart",
            "StatusRule",
            "StatusRuleGroup",
            "TypedContextStatusRuleGroup",
            "UserSession",
            "UserView",
        }
    ),
    attributes={
        "Asset": ("ancestors", "project_id"),
        "AssetVersion": ("project_id",),
        "Note": ("frame_number", "project", "project_id"),
        "ObjectType": ("is_prioritizable",),
        "Project": ("review_session_folders",),
        "ReviewSession": ("review_session_folder", "review_session_folder_id", "thumbnail_source_id"),
        "ReviewSessionInvitee": ("resource", "resource_id"),
        "ReviewSessionObject": ("annotations",),
        "ReviewSessionObjectStatus": ("resource", "resource_id"),
        "TypedContext": ("split_parts", "thumbnail_source_id"),
        "TypedContextLink": ("lag", "type"),
    },
    unlisted={"CustomAttributeLink": ("from_entity_type", "to_entity_type")},
    system_projections={
        "Component": ("container_id",),
        "Note": ("project_id",),
        "NoteComponent": ("note_component_type",),
    },
    formerly={
        ("DashboardResource", "dashboard_id"): {"$ref": "Dashboard"},
        ("DashboardResource", "resource_id"): {"$ref": "Resource"},
        ("Note", "author"): {"$ref": "User"},
        ("Note", "user_id"): {"description": "Foreign key(s): User.id"},
    },
    hidden=("$mixin", "metadata"),
)

#: The newest schema, and what clients see unless a server is told otherwise.
NEWEST: Final = Edition(version="4.13.8")

#: All of them, by the version of the server that they are of.
EDITIONS: Final[Mapping[str, Edition]] = {each.version: each for each in (_FORMER_SCHEMA, NEWEST)}
