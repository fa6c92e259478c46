"""What creating an entity of each type needs, beyond what the server's schema says. One entry per type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ftrack_api.symbol import UNMANAGED_LOCATION_ID

from trackteroid.schema.types import Schema

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
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
    defaults: Mapping[str, tuple[Any, tuple[str, ...]]] = field(default_factory=lambda: _NOTHING)
    same_as: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
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
ABSTRACT_TYPES = frozenset({"Context", "TypedContext", "Resource", "CustomConfigurationBase"})


def creation_rule(types: Schema, type_name: str) -> CreationRule:
    """Return the rule for a type: its own or that of the nearest type it is a kind of."""
    lineage = types.lineage(type_name)
    return next((CREATION_RULES[name] for name in lineage if name in CREATION_RULES), CreationRule())
