"""What makes an entity a member of an array attribute: a key that it holds itself, or a row that links both.

Servers say which entities an array attribute holds, not how they come into it. That is the one piece of knowledge from
which collections fill in the owner of what is created in them, and from which changes of array attributes become
operations on single rows, which two people can do at the same time without undoing each other's work.

Nor do they say what a new entity needs: `CREATION_RULES` does, one entry per type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, TypeAlias

from ftrack_api.symbol import UNMANAGED_LOCATION_ID

from trackteroid.schema.types import Schema
from trackteroid.values import frozen

_NO_VALUES: Mapping[str, str] = MappingProxyType({})


@frozen
class Owned:
    """The member holds the id of its owner, so it has one owner at most.

    Attributes:
        key: the attribute of the member with the id: ``"version_id"`` of a component.
        kind: the attribute with the type of the owner, where there can be several: ``"parent_type"`` of a note.
        values: what else is true of the members: an assignment is an appointment of the type ``"assignment"``.
    """

    key: str
    kind: str | None = None
    values: Mapping[str, str] = field(default_factory=lambda: _NO_VALUES)

    def columns(self, owner_type: str, owner_id: str) -> dict[str, str]:
        """Return the values of a member that belongs to this owner."""
        kind = {self.kind: owner_type} if self.kind else {}
        return {self.key: owner_id, **kind, **self.values}


@frozen
class Linked:
    """An entity of its own links owner and member: a ``ListObject`` has a ``list_id`` and an ``entity_id``.

    Attributes:
        link: the type of the linking entity.
        own: its attribute with the id of the owner.
        other: its attribute with the id of the member.
    """

    link: str
    own: str
    other: str

    @property
    def reverse(self) -> Linked:
        """The same link, seen from the member."""
        return Linked(self.link, self.other, self.own)


Membership: TypeAlias = Owned | Linked

_LIST_OBJECT = Linked("ListObject", "list_id", "entity_id")
_VERSION_LINK = Linked("AssetVersionLink", "to_id", "from_id")
_OBJECT_TYPE = Linked("ProjectSchemaObjectType", "project_schema_id", "object_type_id")
_TASK_TYPE = Linked("TaskTypeSchemaType", "task_type_schema_id", "type_id")

#: What the references in a schema do not tell, by the type (or what it is a kind of) and the attribute.
_DECLARED: Mapping[tuple[str, str], Membership] = MappingProxyType(
    {
        ("Context", "assets"): Owned("context_id"),
        ("Context", "custom_attributes"): Owned("entity_id"),
        ("Context", "notes"): Owned("parent_id", "parent_type"),
        ("TypedContext", "incoming_links"): Owned("to_id"),
        ("TypedContext", "outgoing_links"): Owned("from_id"),
        ("TypedContext", "lists"): _LIST_OBJECT.reverse,
        ("TypedContext", "split_parts"): Owned("task_id"),
        ("TypedContextList", "items"): _LIST_OBJECT,
        ("Asset", "custom_attributes"): Owned("entity_id"),
        ("AssetVersion", "custom_attributes"): Owned("entity_id"),
        ("AssetVersion", "incoming_links"): Owned("to_id"),
        ("AssetVersion", "outgoing_links"): Owned("from_id"),
        ("AssetVersion", "uses_versions"): _VERSION_LINK,
        ("AssetVersion", "used_in_versions"): _VERSION_LINK.reverse,
        ("AssetVersion", "lists"): _LIST_OBJECT.reverse,
        ("AssetVersion", "review_session_objects"): Owned("version_id"),
        ("AssetVersionList", "items"): _LIST_OBJECT,
        ("List", "custom_attributes"): Owned("entity_id"),
        ("ListObject", "custom_attributes"): Owned("entity_id"),
        ("User", "custom_attributes"): Owned("entity_id"),
        ("ReviewSessionInvitee", "statuses"): Owned("review_session_invitee_id"),
        ("ProjectSchema", "object_types"): _OBJECT_TYPE,
        ("ProjectSchema", "_overrides"): Owned("project_schema_id"),
        ("ProjectSchema", "task_workflow_schema_overrides"): Owned("project_schema_id"),
        ("ProjectSchema", "_schemas"): Owned("project_schema_id"),
        ("ProjectSchema", "object_type_schemas"): Owned("project_schema_id"),
        ("ObjectType", "project_schemas"): _OBJECT_TYPE.reverse,
        ("TaskTypeSchema", "types"): _TASK_TYPE,
        ("Type", "task_type_schemas"): _TASK_TYPE.reverse,
        ("WorkflowSchema", "statuses"): Linked("WorkflowSchemaStatus", "workflow_schema_id", "status_id"),
        ("Schema", "statuses"): Owned("schema_id"),
        ("Schema", "types"): Owned("schema_id"),
        ("Event", "feeds"): Owned("social_id"),
        **{
            (subject, attribute): Owned(key)
            for subject in ("Context", "Asset", "AssetVersion", "Component", "List", "User", "Group")
            for attribute, key in (("custom_attribute_links", "from_id"), ("custom_attribute_links_from", "to_id"))
        },
    }
)

#: What all members of an attribute have in common besides their owner, by the type of the members.
_COMMON_VALUES: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(
    {
        ("Appointment", "assignments"): MappingProxyType({"type": "assignment"}),
        ("Appointment", "allocations"): MappingProxyType({"type": "allocation"}),
    }
)

#: The references whose keys are not called like them, by the type (or what it is a kind of) and the reference.
_KEYS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("Asset", "parent"): ("context_id",),
        ("CustomAttributeLinkConfiguration", "object_type_to"): ("object_type_id_to",),
        ("Feed", "event"): ("social_id",),
        ("List", "owner"): ("user_id",),
        ("Note", "author"): ("user_id",),
        ("ProjectSchema", "_task_type_schema"): ("task_type_schema_id",),
        ("ProjectSchema", "_task_workflow"): ("task_workflow_schema_id",),
        ("ProjectSchema", "_version_workflow"): ("asset_version_workflow_schema_id",),
        ("Recipient", "recipient"): ("resource_id",),
        ("Recipient", "user"): ("resource_id",),
        ("ReviewSessionObject", "asset_version"): ("version_id",),
        ("ReviewSessionObjectStatus", "invitee"): ("review_session_invitee_id",),
        ("SchemaStatus", "task_status"): ("status_id",),
        ("SchemaType", "task_type"): ("type_id",),
        ("SettingComponent", "setting"): ("name", "group"),
        **{
            (f"{subject}CustomAttributeLink{side}", reference): (key,)
            for side, key in (("", "to_id"), ("From", "from_id"))
            for subject, reference in (
                ("Context", "context"),
                ("AssetVersion", "asset_version"),
                ("Asset", "asset"),
                ("List", "list"),
                ("User", "user"),
                ("Group", "group"),
                ("Component", "component"),
            )
        },
    }
)

#: What is worked out by the server from the hierarchy: nothing can be put into it.
DERIVED = frozenset({"ancestors", "descendants", "status_changes"})


def find_membership(schema: Schema, type_name: str, attribute_name: str) -> Membership | None:
    """Return what makes an entity a member of an array attribute; None where no row that clients know does.

    >>> find_membership(schema, "Shot", "notes")  # doctest: +SKIP
    Owned(key='parent_id', kind='parent_type', values=mappingproxy({}))
    """
    known: _Found = schema.memory[_Found]
    place = type_name, attribute_name
    if place not in known:
        known[place] = _find_membership(schema, type_name, attribute_name)
    return known[place]


class _Found(dict[tuple[str, str], "Membership | None"]):
    """The memberships of a schema, by the type of the owner and the attribute."""


def _find_membership(schema: Schema, type_name: str, attribute_name: str) -> Membership | None:
    attribute = schema.find_attribute(type_name, attribute_name)
    if attribute is None or not attribute.is_many or attribute.target is None or attribute_name in DERIVED:
        return None
    lineage = schema.lineage(type_name)
    declared = next((_DECLARED[name, attribute_name] for name in lineage if (name, attribute_name) in _DECLARED), None)
    match declared:  # other servers are older or newer, and may not have what it names
        case Owned(key):
            return declared if schema.find_attribute(attribute.target, key) is not None else None
        case Linked(link, own, other):
            return declared if all(schema.find_attribute(link, name) for name in (own, other)) else None
        case None:
            return _inferred(schema, type_name, attribute.target, attribute_name)


class _Known(dict[tuple[str, str], tuple[tuple[str, Membership], ...]]):
    """The memberships of a schema, by the types of owner and member."""


def memberships_in(schema: Schema, owner_type: str, member_type: str) -> tuple[tuple[str, Membership], ...]:
    """Return the array attributes of a type that may hold entities of another one, and what makes these members."""
    known: _Known = schema.memory[_Known]
    key = owner_type, member_type
    if key not in known:
        known[key] = tuple(
            (attribute.name, membership)
            for attribute in schema.type(owner_type).attributes.values()
            if attribute.kind == "collection"
            and schema.is_a(member_type, attribute.target or "")
            and (membership := find_membership(schema, owner_type, attribute.name))
        )
    return known[key]


def keys_of_reference(schema: Schema, type_name: str, reference: str) -> tuple[str, ...]:
    """Return the attributes that hold the key of what a reference leads to; none where clients do not know them.

    >>> keys_of_reference(schema, "Asset", "parent")  # doctest: +SKIP
    ('context_id',)
    """
    known: _Keys = schema.memory[_Keys]
    if (type_name, reference) not in known:
        attributes = schema.attributes(type_name)
        declared = (_KEYS[name, reference] for name in schema.lineage(type_name) if (name, reference) in _KEYS)
        keys = next(declared, (f"{reference}_id",))
        known[type_name, reference] = keys if all(key in attributes for key in keys) else ()
    return known[type_name, reference]


class _Keys(dict[tuple[str, str], tuple[str, ...]]):
    """The keys of the references of a schema, by their type and name."""


class _References(dict[tuple[str, str], tuple[str, ...]]):
    """The references of a schema, by their type and key."""


def references_with(schema: Schema, type_name: str, key: str) -> tuple[str, ...]:
    """Return the references of a type whose key, or a part of it, is in this attribute."""
    known: _References = schema.memory[_References]
    if (type_name, key) not in known:
        known[type_name, key] = tuple(
            attribute.name
            for attribute in schema.attributes(type_name).values()
            if attribute.kind == "reference" and key in keys_of_reference(schema, type_name, attribute.name)
        )
    return known[type_name, key]


def _inferred(schema: Schema, type_name: str, target: str, attribute_name: str) -> Owned | None:
    """Return the membership that the references of the members tell, if exactly one of them leads back."""
    known, lineage = schema.type(target).attributes, schema.lineage(type_name)
    keys = [
        f"{name}_id"
        for name, attribute in known.items()
        if attribute.kind == "reference"
        and f"{name}_id" in known
        and attribute.target is not None
        and (attribute.target in lineage or schema.is_a(attribute.target, type_name))
    ]
    if len(keys) == 1:
        return Owned(keys[0], values=_COMMON_VALUES.get((target, attribute_name), _NO_VALUES))
    if not keys and {"parent_id", "parent_type"} <= known.keys():
        return Owned("parent_id", "parent_type")
    return None


def reference_keys(schema: Schema, type_name: str) -> Mapping[str, str]:
    """Return the attribute with the id of what each reference of a type leads to, by the reference.

    >>> reference_keys(schema, "Asset")["parent"]  # doctest: +SKIP
    'context_id'
    """
    references = (each.name for each in schema.type(type_name).attributes.values() if each.kind == "reference")
    keys = ((name, keys_of_reference(schema, type_name, name)) for name in references)
    return {name: found[0] for name, found in keys if len(found) == 1}


_NO_DEFAULTS: Mapping[str, Any] = MappingProxyType({})


@frozen
class CreationRule:
    """How entities of a type are created.

    Attributes:
        required: attributes that have to be given, besides the keys that the schema requires.
        filled: required keys that servers fill in.
        defaults: values for attributes that are not given; a tuple of the attributes that make the default superfluous
            goes with each.
        same_as: attributes that take the value of another one when they are not given.
        by_server: when the server makes such entities, which nobody else can make.
    """

    required: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    defaults: Mapping[str, tuple[Any, tuple[str, ...]]] = field(default_factory=lambda: _NO_DEFAULTS)
    same_as: Mapping[str, str] = field(default_factory=lambda: _NO_VALUES)
    by_server: str = ""


_FILLED = ("status_id", "priority_id", "type_id", "object_type_id")

#: Applies to the type and to all kinds of it that have no entry of their own.
CREATION_RULES: Mapping[str, CreationRule] = MappingProxyType(
    {
        "StatusChange": CreationRule(by_server="a status changes"),
        "Project": CreationRule(required=("name", "project_schema"), same_as={"full_name": "name"}),
        "TypedContext": CreationRule(required=("name",), filled=_FILLED),
        "Task": CreationRule(required=("name", "type"), filled=_FILLED),
        "Asset": CreationRule(required=("name", "type")),
        "AssetVersion": CreationRule(filled=("status_id",)),
        "ComponentLocation": CreationRule(
            required=("resource_identifier",),
            defaults={"location_id": (UNMANAGED_LOCATION_ID, ("location",))},
        ),
        "Appointment": CreationRule(defaults={"type": ("assignment", ())}),
        "Timer": CreationRule(filled=("user_id",)),
        "ReviewSession": CreationRule(required=("name",)),
        "Schema": CreationRule(same_as={"type_id": "object_type_id"}),
    }
)

#: Types of which entities are always a more specific kind.
ABSTRACT_TYPES = frozenset(
    {
        "Context",
        "TypedContext",
        "Resource",
        "BaseUser",
        "List",
        "StatusRuleGroup",
        "CustomConfigurationBase",
        "CustomAttributeLink",
        "CustomAttributeLinkFrom",
    }
)

#: What a new entity is of a type that is always a more specific one, where one of these is what nearly everybody means.
USUAL_KINDS: Mapping[str, str] = MappingProxyType({"Component": "FileComponent"})


def creation_rule(types: Schema, type_name: str) -> CreationRule:
    """Return the rule for a type: its own or that of the nearest type it is a kind of."""
    for name in types.lineage(type_name):
        if name in CREATION_RULES:
            return CREATION_RULES[name]
    return CreationRule()
