"""Custom attributes: their configurations, values and links."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    boolean,
    collection,
    identifier,
    integer,
    key,
    linked,
    number,
    reference,
    text,
    variable,
)
from trackteroid.server.model.types import EntityType, entity_type

CUSTOM_CONFIGURATION_BASE = entity_type(
    "CustomConfigurationBase",
    {
        "id": identifier(alias="registerid"),
        "config": text(required=True, fallback="{}"),
        "core": boolean(required=True, default=False),
        "entity_type": text(words=True, alias="entity"),
        "group_id": key("CustomAttributeGroup", alias="groupid"),
        "group": reference("CustomAttributeGroup", "group_id"),
        "key": text(),
        "label": text(),
        "object_type_id": key("ObjectType", format=None, alias="entity_key", on_delete="cascade"),
        "object_type": reference("ObjectType", "object_type_id", alias="object_type"),
        "project_id": key("Project", format=None, alias="topid", on_delete="cascade"),
        "sort": integer(default=0),
        "read_security_roles": linked(
            "SecurityRole",
            "ConfigurationReadRole",
            "configuration_id",
            "security_role_id",
            alias="read_roles",
        ),
        "write_security_roles": linked(
            "SecurityRole",
            "ConfigurationWriteRole",
            "configuration_id",
            "security_role_id",
            alias="write_roles",
        ),
    },
    system_projections=("write_permissionid", "permissionid", "topid"),
    discriminator="concrete_type",
    alias="RegisterBase",
)

#: Tables behind the roles that may read and change an attribute.
_TABLES = tuple(
    entity_type(
        name,
        {
            "configuration_id": key("CustomConfigurationBase", on_delete="cascade"),
            "security_role_id": key("SecurityRole", on_delete="cascade"),
        },
        primary_key=("configuration_id", "security_role_id"),
        served=False,
    )
    for name in ("ConfigurationReadRole", "ConfigurationWriteRole")
)


def _dense_values(kind: str, *, in_projects: bool = True) -> EntityType:
    """Return the values of entities of one kind: one for every attribute that applies, stored or not."""
    return entity_type(
        f"{kind}CustomAttributeValue",
        {
            "configuration_id": key("CustomAttributeConfiguration", alias="register_id", required=True, immutable=True),
            "configuration": reference("CustomAttributeConfiguration", "configuration_id", alias="register"),
            "entity_id": key(kind, required=True, immutable=True),
            "key": text(),
            "value": variable(alias="casted_value"),
        },
        primary_key=("configuration_id", "entity_id"),
        default_projections=("configuration_id", "entity_id", "key"),
        system_projections=("entity_id", "key", "_casted_value", *(("project_id",) if in_projects else ())),
        always=("value",),
        table="custom_attribute_value",
        view="dense_custom_attributes",
        groups=in_projects,
    )


TYPES: tuple[EntityType, ...] = (
    entity_type(
        "CustomAttributeType",
        {
            "id": identifier(alias="typeid"),
            "name": text(),
            "core": boolean(required=True, default=False),
            "form_config": text(alias="formconfig"),
            "custom_attribute_configurations": collection("CustomAttributeConfiguration", "type_id", alias="variables"),
        },
    ),
    entity_type(
        "CustomAttributeGroup",
        {
            "id": identifier(alias="groupid"),
            "name": text(),
            "custom_attribute_configurations": collection(
                "CustomAttributeConfiguration", "group_id", alias="registers"
            ),
        },
        default_projections=("id", "name"),
        alias="AttributeGroup",
    ),
    CUSTOM_CONFIGURATION_BASE,
    entity_type(
        "CustomAttributeConfiguration",
        {
            "default": variable(alias="casted_default", default=""),
            "default_text": text(hidden=True),
            "default_number": number(hidden=True),
            "is_hierarchical": boolean(alias="ishierarchical", default=False),
            "type_id": key("CustomAttributeType", alias="typeid", on_delete="refuse"),
            "type": reference("CustomAttributeType", "type_id"),
            "values": collection("CustomAttributeValue", "configuration_id"),
        },
        extends=CUSTOM_CONFIGURATION_BASE,
        alias="Variable_Register",
        # Clients take the first one with a key for a new entity, which has to be the one that counts for it.
        order=("is_hierarchical",),
    ),
    entity_type(
        "CustomAttributeLinkConfiguration",
        {
            "entity_type": text(words=True, alias="entity", required=True),
            "entity_type_to": text(words=True, alias="entity_to", required=True, immutable=True),
            "object_type_id_to": key("ObjectType", alias="entity_key_to", immutable=True, on_delete="cascade"),
            "object_type_to": reference("ObjectType", "object_type_id_to", alias="object_type_to"),
            "one_to_one": boolean(fallback=False),
        },
        extends=CUSTOM_CONFIGURATION_BASE,
        alias="LinkRegister",
    ),
    entity_type(
        "CustomAttributeValue",
        {
            "configuration_id": key(
                "CustomAttributeConfiguration", alias="registerid", required=True, immutable=True, on_delete="cascade"
            ),
            "configuration": reference("CustomAttributeConfiguration", "configuration_id", alias="register"),
            "entity_id": key(None, format=None, alias="entityid", required=True, immutable=True, on_delete="cascade"),
            "value": variable(alias="casted_value"),
            "text": text(hidden=True),
            "number": number(hidden=True),
        },
        primary_key=("configuration_id", "entity_id"),
        always=("value",),
        alias="Variable_Value",
    ),
    *(_dense_values(kind) for kind in ("Context", "Asset", "AssetVersion", "List")),
    *(_dense_values(kind, in_projects=False) for kind in ("ListObject", "User")),
    *_TABLES,
)
