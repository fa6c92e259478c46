"""The schema that clients see of an entity type."""

from __future__ import annotations

from typing import Any

from trackteroid.server.model.attributes import MISSING, Attribute, Collection, Key, Reference, Scalar
from trackteroid.server.model.types import EntityType

_KEY_VALUE = {"key": "key", "value": "value"}


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
        fragment |= _scalar_fragment(attribute)
    elif isinstance(attribute, Reference):
        fragment["$ref"] = attribute.target
    elif isinstance(attribute, Collection):
        fragment |= {"type": "mapped_array" if attribute.mapped else "array", "items": {"$ref": attribute.target}}
        if attribute.mapped and not attribute.restricted:
            fragment["key_value_attributes"] = dict(_KEY_VALUE)
    if attribute.alias:
        fragment["alias_for"] = attribute.alias
    if attribute.restricted:
        fragment["restricted_projection"] = True
    if attribute.description:
        fragment["description"] = attribute.description
    return fragment


def _scalar_fragment(attribute: Scalar) -> dict[str, Any]:
    fragment: dict[str, Any] = {"type": attribute.type}
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
    return fragment
