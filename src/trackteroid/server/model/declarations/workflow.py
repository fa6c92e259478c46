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

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "ObjectType",
        {
            "id": identifier(alias="typeid"),
            "name": text(required=True),
            "icon": text(required=True, default="default"),
            "is_leaf": boolean(alias="isleaf", default=False),
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
    ),
    entity_type(
        "AssetVersionStatusChange",
        {
            "parent": reference("AssetVersion", "parent_id"),
        },
        extends=STATUS_CHANGE,
    ),
)
