"""Users, groups, their roles and keys, and the time they log."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    boolean,
    collection,
    datetime,
    identifier,
    key,
    linked,
    number,
    reference,
    text,
)
from trackteroid.server.model.declarations.common import (
    CUSTOM_ATTRIBUTE_LINKS,
    METADATA,
    THUMBNAIL,
    appointments,
    custom_attributes,
)
from trackteroid.server.model.types import EntityType, Unique, entity_type

_ORDINARY_USER = "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8"

RESOURCE = entity_type(
    "Resource",
    {
        "id": identifier(),
        "resource_type": text(required=True, exact=True),
        **appointments("resource"),
        "dashboard_resources": collection("DashboardResource", "resource_id"),
    },
    system_projections=("resource_type",),
    discriminator="concrete_type",
)

#: People: users, and those from outside who take part in reviews.
BASE_USER = entity_type(
    "BaseUser",
    {
        "email": text(unique=True),
        "first_name": text(alias="firstname"),
        "last_name": text(alias="lastname", indexed=True),
        **THUMBNAIL,
    },
    extends=RESOURCE,
)

TYPES: tuple[EntityType, ...] = (
    RESOURCE,
    BASE_USER,
    entity_type(
        "Collaborator",
        {
            "created_from_shared_url": text(),
            "resource_type": text(required=True, exact=True, fallback="collaborator"),
        },
        extends=BASE_USER,
    ),
    entity_type(
        "User",
        {
            "is_active": boolean(alias="isactive", required=True, fallback=False),
            "is_otp_enabled": boolean(alias="otp_enabled", fallback=False),
            "is_totp_enabled": boolean(alias="totp_enabled", fallback=False),
            "require_details_update": boolean(fallback=False),
            "resource_type": text(required=True, immutable=True, exact=True, default="user"),
            "user_type_id": key("UserType", alias="typeid", fallback=_ORDINARY_USER),
            "user_type": reference("UserType", "user_type_id", alias="type"),
            "username": text(required=True, unique=True),
            "memberships": collection("Membership", "user_id", alias="user_memberships"),
            "timelogs": collection("Timelog", "user_id"),
            "user_security_roles": collection("UserSecurityRole", "user_id", alias="userRoles"),
            **CUSTOM_ATTRIBUTE_LINKS,
            "custom_attributes": custom_attributes("User"),
            **METADATA,
        },
        extends=BASE_USER,
    ),
    entity_type(
        "Group",
        {
            "name": text(required=True, default=""),
            "link": text(alias="api_link", immutable=True, stored=False),
            "local": boolean(required=True, fallback=True),
            "parent_id": key("Group", alias="group_id", on_delete="cascade"),
            "parent": reference("Group", "parent_id"),
            "resource_type": text(required=True, immutable=True, exact=True, default="group"),
            "children": collection("Group", "parent_id"),
            "memberships": collection("Membership", "group_id", alias="group_memberships"),
            **CUSTOM_ATTRIBUTE_LINKS,
        },
        extends=RESOURCE,
        unique=(Unique(("name", "parent_id"), even_empty=("parent_id",)),),
    ),
    entity_type(
        "Membership",
        {
            "id": identifier(),
            "group_id": key("Group", required=True, on_delete="cascade"),
            "group": reference("Group", "group_id", alias="membership_group"),
            "user_id": key("User", required=True, on_delete="cascade"),
            "user": reference("User", "user_id", alias="membership_user"),
        },
    ),
    entity_type(
        "UserType",
        {
            "id": identifier(alias="typeid"),
            "name": text(immutable=True),
        },
    ),
    entity_type(
        "SecurityRole",
        {
            "id": identifier(alias="roleid"),
            "name": text(),
            "type": text(alias="typeid", format="foreign_key"),
            "user_security_roles": collection("UserSecurityRole", "security_role_id", alias="userRoles"),
        },
        default_projections=("id", "name"),
        alias="Auth_Role",
    ),
    entity_type(
        "UserSecurityRole",
        {
            "id": identifier(),
            "is_all_open_projects": boolean(alias="isallprojects", fallback=False),
            "is_all_projects": boolean(alias="isallprojects", same_as="is_all_open_projects", stored=False),
            "security_role_id": key("SecurityRole", alias="roleid", on_delete="cascade"),
            "security_role": reference("SecurityRole", "security_role_id", alias="role"),
            "user_id": key("User", alias="userid", on_delete="cascade"),
            "user": reference("User", "user_id"),
            "user_security_role_projects": collection(
                "UserSecurityRoleProject", "user_security_role_id", alias="user_role_projects"
            ),
        },
        default_projections=("id", "user_id", "security_role_id"),
        alias="Auth_UserRole",
    ),
    entity_type(
        "UserSecurityRoleProject",
        {
            "id": identifier(),
            "project_id": key("Project", on_delete="cascade"),
            "project": reference("Project", "project_id"),
            "user_security_role_id": key("UserSecurityRole", alias="user_role_id", on_delete="cascade"),
            "user_security_role": reference("UserSecurityRole", "user_security_role_id", alias="user_role"),
        },
        default_projections=("id", "user_security_role_id", "project_id"),
        alias="UserRoleProject",
    ),
    entity_type(
        "UserApplicationState",
        {
            "key": text(required=True, immutable=True, exact=True),
            "user_id": key("User", alias="userid", required=True, immutable=True, on_delete="cascade"),
            "value": text(required=True),
        },
        primary_key=("user_id", "key"),
        default_projections=("user_id", "key", "value"),
        alias="UserSetting",
    ),
    entity_type(
        "Timelog",
        {
            "id": identifier(),
            "name": text(),
            "comment": text(required=True, default=""),
            "context_id": key("Context", on_delete="cascade"),
            "context": reference("Context", "context_id"),
            "duration": number(required=True, fallback=0.0),
            "start": datetime(required=True, indexed=True),
            "time_zone_offset": number(),
            "user_id": key("User", on_delete="cascade"),
            "user": reference("User", "user_id"),
        },
        system_projections=("user_id", "context_id"),
    ),
    entity_type(
        "Timer",
        {
            "id": identifier(),
            "name": text(),
            "comment": text(required=True, default=""),
            "context_id": key("Context", on_delete="cascade"),
            "context": reference("Context", "context_id"),
            "start": datetime(required=True),
            "user_id": key("User", required=True, unique=True, on_delete="cascade"),
            "user": reference("User", "user_id"),
        },
    ),
    # What is kept of a key is the server's own business; clients see who has which.
    entity_type(
        "ApiKey",
        {
            "id": identifier(),
            "identifier": text(same_as="label", stored=False),
            "prefix": text(exact=True),
            "resource_id": key("Resource", same_as="user_id", stored=False),
            "user_id": key("User", hidden=True, on_delete="cascade"),
            "digest": text(hidden=True, exact=True, unique=True),
            "label": text(hidden=True),
            "created_at": datetime(hidden=True),
            "expires_at": datetime(hidden=True),
            "last_used_at": datetime(hidden=True),
        },
        alias="AccessKey",
        system_projections=("identifier", "resource_id", "prefix"),
    ),
    entity_type(
        "UserSession",
        {
            "id": identifier(),
            "accessed_time": datetime(),
            "creation_time": datetime(),
            "user_id": key("User"),
            "user": reference("User", "user_id"),
        },
        system_projections=("user_id",),
        view="user_sessions",
    ),
    entity_type(
        "UserView",
        {
            "id": identifier(alias="viewid"),
            "name": text(),
            "global": boolean(alias="isglobal"),
            "user_id": key("User", alias="userid", on_delete="cascade"),
            "user": reference("User", "user_id"),
            "shared_with": linked("Resource", "UserViewShare", "user_view_id", "resource_id", alias="sharedviews"),
        },
    ),
    entity_type(
        "UserViewShare",
        {
            "user_view_id": key("UserView", on_delete="cascade"),
            "resource_id": key("Resource", on_delete="cascade"),
        },
        primary_key=("user_view_id", "resource_id"),
        served=False,
    ),
    entity_type(
        "SecurityRolePermission",
        {
            "security_role_id": key("SecurityRole", on_delete="cascade"),
            "kind": text(exact=True),
            "action": text(exact=True),
        },
        primary_key=("security_role_id", "kind", "action"),
        served=False,
    ),
)
