"""What creating an entity of each type needs, beyond what the server's schema says. One entry per type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ftrack_api.symbol import UNMANAGED_LOCATION_ID

from trackteroid.schema import Schema

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CreationRule:
    """How entities of a type are created.

    Attributes:
        parents: the reference attributes that may hold the parent; the first that fits is filled in by itself.
        required: attributes that have to be given.
        by_name: reference attributes that also take the name of an entity as a text.
        defaults: values for attributes that are not given; a tuple of the attributes that make the default superfluous
            goes with each.
        same_as: attributes that take the value of another one when they are not given.
        abstract: entities are always of a more specific type.
    """

    parents: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    by_name: tuple[str, ...] = ()
    defaults: Mapping[str, tuple[Any, tuple[str, ...]]] = field(default_factory=lambda: _NOTHING)
    same_as: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    abstract: bool = False


#: Applies to the type and to all kinds of it that have no entry of their own.
CREATION_RULES: Mapping[str, CreationRule] = MappingProxyType(
    {
        "Context": CreationRule(abstract=True),
        "Resource": CreationRule(abstract=True),
        "Project": CreationRule(
            required=("name", "project_schema"), by_name=("project_schema",), same_as={"full_name": "name"}
        ),
        "TypedContext": CreationRule(parents=("parent",), required=("name",), by_name=("type", "status", "priority")),
        "Task": CreationRule(parents=("parent",), required=("name", "type"), by_name=("type", "status", "priority")),
        "Asset": CreationRule(parents=("parent",), required=("name", "type"), by_name=("type",)),
        "AssetVersion": CreationRule(parents=("asset",), required=("task",), by_name=("status",)),
        "Component": CreationRule(parents=("version", "container")),
        "NoteComponent": CreationRule(parents=("note",)),
        "ComponentLocation": CreationRule(
            parents=("component",),
            required=("resource_identifier",),
            defaults={"location_id": (UNMANAGED_LOCATION_ID, ("location",))},
        ),
        "Appointment": CreationRule(parents=("context",), defaults={"type": ("assignment", ())}),
        "Timelog": CreationRule(parents=("user", "context")),
        "ReviewSession": CreationRule(parents=("project",), required=("name",)),
        "ReviewSessionObject": CreationRule(parents=("review_session",)),
        "ReviewSessionInvitee": CreationRule(parents=("review_session",)),
        "List": CreationRule(parents=("project",), required=("category",), by_name=("category",)),
        "Recipient": CreationRule(parents=("note",)),
    }
)

#: Types that are not entities' own types, although rules for them say how their kinds are created.
ABSTRACT_TYPES = frozenset({"Context", "TypedContext", "Resource"})


def creation_rule(types: Schema, type_name: str) -> CreationRule:
    """Return the rule for a type: its own or that of the nearest type it is a kind of."""
    lineage = types.lineage(type_name)
    return next((CREATION_RULES[name] for name in lineage if name in CREATION_RULES), CreationRule())
