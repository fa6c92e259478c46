"""Object types, types, priorities and statuses, and how statuses changed."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    MISSING,
    boolean,
    collection,
    datetime,
    identifier,
    integer,
    key,
    linked,
    number,
    reference,
    text,
)
from trackteroid.server.model.types import EntityType, entity_type

STATUS_CHANGE = entity_type(
    "StatusChange",
    {
        "id": identifier(alias="tracid", default=MISSING),
        "date": datetime(),
        "from_status_id": key("Status"),
        "from_status": reference("Status", "from_status_id"),
        "parent_id": key(None, format=None, on_delete="cascade"),
        "parent_type": text(exact=True),
        "status_id": key("Status"),
        "status": reference("Status", "status_id"),
        "user_id": key("User", alias="userid"),
        "user": reference("User", "user_id"),
    },
    alias="Trac",
    discriminator="concrete_type",
)

#: The schema says more of these than of whom they are a kind.
_STATUS_CHANGE_MIXIN = {"$ref": "StatusChange", "hints": {"/alias_for": "preserve"}}

#: Which statuses may follow one, where a project schema has a say in that.
STATUS_RULE_GROUP = entity_type(
    "StatusRuleGroup",
    {
        "id": identifier(),
        "entity_type": text(required=True, exact=True),
        "role_id": key("SecurityRole", on_delete="cascade"),
        "role": reference("SecurityRole", "role_id"),
        "schema_id": key("ProjectSchema", required=True, on_delete="cascade"),
        "schema": reference("ProjectSchema", "schema_id"),
        "status_id": key("Status", required=True, on_delete="cascade"),
        "status": reference("Status", "status_id"),
        "status_rules": collection("StatusRule", "status_rule_group_id"),
    },
    default_projections=("id", "status_id", "entity_type"),
    discriminator="concrete_type",
)

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "ObjectType",
        {
            "id": identifier(alias="typeid"),
            "name": text(required=True),
            "icon": text(required=True, default="default"),
            "is_leaf": boolean(alias="isleaf", default=False),
            "is_prioritizable": boolean(alias="ispriority", default=True),
            "is_schedulable": boolean(alias="isschedulable", required=True, default=False),
            "is_statusable": boolean(alias="isstatusable", required=True, default=True),
            "is_taskable": boolean(alias="istaskable", required=True, default=True),
            "is_time_reportable": boolean(alias="istimereportable", required=True, default=False),
            "is_typeable": boolean(alias="istypeable", required=True, default=True),
            "sort": integer(required=True, default=0),
            "project_schemas": linked(
                "ProjectSchema", "ProjectSchemaObjectType", "object_type_id", "project_schema_id"
            ),
            "tasks": collection("Task", "object_type_id"),
        },
    ),
    entity_type(
        "Type",
        {
            "id": identifier(alias="typeid"),
            "name": text(),
            "color": text(required=True, default="#510100"),
            "is_billable": boolean(alias="isbillable", required=True, default=True),
            "sort": integer(required=True, default=0),
            "task_type_schemas": linked(
                "TaskTypeSchema",
                "TaskTypeSchemaType",
                "type_id",
                "task_type_schema_id",
                alias="schemes",
            ),
            "tasks": collection("Task", "type_id"),
        },
        alias="TaskType",
    ),
    entity_type(
        "Priority",
        {
            "id": identifier(alias="priorityid"),
            "name": text(),
            "color": text(),
            "sort": integer(default=0),
            "value": number(default=0),
            "tasks": collection("Task", "priority_id"),
        },
        alias="PriorityType",
    ),
    entity_type(
        "State",
        {
            "id": identifier(alias="typeid"),
            "name": text(),
            "short": text(),
        },
        alias="StatusType",
    ),
    entity_type(
        "Status",
        {
            "id": identifier(alias="statusid"),
            "name": text(),
            "color": text(),
            "is_active": boolean(alias="isactive", required=True, fallback=True),
            "sort": integer(default=0),
            "state_id": key("State", hidden=True, on_delete="refuse"),
            "state": reference("State", "state_id", alias="statustype"),
            "tasks": collection("Task", "status_id"),
        },
        alias="TaskStatus",
    ),
    STATUS_CHANGE,
    entity_type(
        "TypedContextStatusChange",
        {
            "parent": reference("TypedContext", "parent_id"),
        },
        extends=STATUS_CHANGE,
        mixin=_STATUS_CHANGE_MIXIN,
    ),
    entity_type(
        "AssetVersionStatusChange",
        {
            "parent": reference("AssetVersion", "parent_id"),
        },
        extends=STATUS_CHANGE,
        mixin=_STATUS_CHANGE_MIXIN,
    ),
    STATUS_RULE_GROUP,
    entity_type(
        "TypedContextStatusRuleGroup",
        {
            "object_type_id": key("ObjectType", required=True, on_delete="cascade"),
            "object_type": reference("ObjectType", "object_type_id"),
        },
        extends=STATUS_RULE_GROUP,
        alias="TaskStatusRuleGroup",
        default_projections=("object_type_id", "id", "status_id", "entity_type"),
    ),
    entity_type("AssetVersionStatusRuleGroup", {}, extends=STATUS_RULE_GROUP),
    entity_type(
        "StatusRule",
        {
            "id": identifier(),
            "status_id": key("Status", required=True, on_delete="cascade"),
            "status": reference("Status", "status_id"),
            "status_rule_group_id": key("StatusRuleGroup", required=True, on_delete="cascade"),
            "status_rule_group": reference("StatusRuleGroup", "status_rule_group_id"),
        },
        default_projections=("id", "status_id"),
    ),
)
