"""Project schemas: which object types, types and statuses a project may use."""

from __future__ import annotations

from trackteroid.server.model.attributes import collection, identifier, integer, key, linked, reference, text
from trackteroid.server.model.types import EntityType, entity_type

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "ProjectSchema",
        {
            "id": identifier(alias="schemeid"),
            "name": text(),
            "asset_version_workflow_schema_id": key("WorkflowSchema", alias="versionworkflowid", on_delete="refuse"),
            "asset_version_workflow_schema": reference(
                "WorkflowSchema", "asset_version_workflow_schema_id", alias="versionworkflow"
            ),
            "_version_workflow": reference(
                "WorkflowSchema", "asset_version_workflow_schema_id", alias="versionworkflow"
            ),
            "task_type_schema_id": key("TaskTypeSchema", alias="tasktypeschemeid", on_delete="refuse"),
            "task_type_schema": reference("TaskTypeSchema", "task_type_schema_id", alias="tasktypescheme"),
            "_task_type_schema": reference("TaskTypeSchema", "task_type_schema_id", alias="tasktypescheme"),
            "task_workflow_schema_id": key("WorkflowSchema", alias="taskworkflowid", on_delete="refuse"),
            "task_workflow_schema": reference("WorkflowSchema", "task_workflow_schema_id", alias="taskworkflow"),
            "_task_workflow": reference("WorkflowSchema", "task_workflow_schema_id", alias="taskworkflow"),
            "_overrides": collection("ProjectSchemaOverride", "project_schema_id", alias="overrides"),
            "_schemas": collection("Schema", "project_schema_id", alias="schemas"),
            "object_type_schemas": collection("Schema", "project_schema_id", alias="schemas"),
            "object_types": linked("ObjectType", "ProjectSchemaObjectType", "project_schema_id", "object_type_id"),
            "task_templates": collection("TaskTemplate", "project_schema_id", alias="templates"),
            "task_workflow_schema_overrides": collection(
                "ProjectSchemaOverride", "project_schema_id", alias="overrides"
            ),
        },
        alias="ProjectScheme",
    ),
    entity_type(
        "ProjectSchemaObjectType",
        {
            "object_type_id": key("ObjectType", required=True, immutable=True, on_delete="cascade"),
            "object_type": reference("ObjectType", "object_type_id"),
            "project_schema_id": key("ProjectSchema", required=True, immutable=True, on_delete="cascade"),
            "project_schema": reference("ProjectSchema", "project_schema_id"),
        },
        primary_key=("object_type_id", "project_schema_id"),
    ),
    entity_type(
        "ProjectSchemaOverride",
        {
            "id": identifier(alias="overrideid"),
            "project_schema_id": key("ProjectSchema", alias="projectschemeid", on_delete="cascade"),
            "type_id": key("Type", alias="typeid", on_delete="cascade"),
            "workflow_schema_id": key("WorkflowSchema", alias="workflowschemeid", on_delete="refuse"),
            "workflow_schema": reference("WorkflowSchema", "workflow_schema_id", alias="workflowscheme"),
        },
        alias="ProjectSchemeOverride",
    ),
    entity_type(
        "Schema",
        {
            "id": identifier(),
            "project_schema_id": key("ProjectSchema", alias="projectschemeid", required=True, on_delete="cascade"),
            "object_type_id": key("ObjectType", alias="typeid", on_delete="cascade"),
            "type_id": key("ObjectType", alias="typeid", required=True, same_as="object_type_id", stored=False),
            "statuses": collection("SchemaStatus", "schema_id"),
            "types": collection("SchemaType", "schema_id"),
        },
    ),
    entity_type(
        "SchemaStatus",
        {
            "schema_id": key("Schema", alias="schemaid", required=True, immutable=True, on_delete="cascade"),
            "sort": integer(default=0),
            "status_id": key("Status", alias="statusid", required=True, immutable=True, on_delete="cascade"),
            "task_status": reference("Status", "status_id", alias="taskstatus"),
        },
        primary_key=("status_id", "schema_id"),
    ),
    entity_type(
        "SchemaType",
        {
            "schema_id": key("Schema", alias="schemaid", required=True, immutable=True, on_delete="cascade"),
            "sort": integer(default=0),
            "type_id": key("Type", alias="typeid", required=True, immutable=True, on_delete="cascade"),
            "task_type": reference("Type", "type_id", alias="tasktype"),
        },
        primary_key=("type_id", "schema_id"),
    ),
    entity_type(
        "WorkflowSchema",
        {
            "id": identifier(alias="schemeid"),
            "name": text(default="Workflow Name"),
            "overrides": collection("ProjectSchemaOverride", "workflow_schema_id"),
            "statuses": linked("Status", "WorkflowSchemaStatus", "workflow_schema_id", "status_id"),
        },
        alias="WorkflowScheme",
    ),
    entity_type(
        "WorkflowSchemaStatus",
        {
            "status_id": key("Status", alias="statusid", required=True, immutable=True, on_delete="cascade"),
            "workflow_schema_id": key(
                "WorkflowSchema", alias="schemeid", required=True, immutable=True, on_delete="cascade"
            ),
        },
        primary_key=("workflow_schema_id", "status_id"),
    ),
    entity_type(
        "TaskTypeSchema",
        {
            "id": identifier(alias="schemeid"),
            "name": text(default="TaskType Schema Name"),
            "types": linked("Type", "TaskTypeSchemaType", "task_type_schema_id", "type_id"),
        },
        alias="TaskTypeScheme",
    ),
    entity_type(
        "TaskTypeSchemaType",
        {
            "task_type_schema_id": key(
                "TaskTypeSchema", alias="schemeid", required=True, immutable=True, on_delete="cascade"
            ),
            "type_id": key("Type", alias="typeid", required=True, immutable=True, on_delete="cascade"),
        },
        primary_key=("task_type_schema_id", "type_id"),
    ),
    entity_type(
        "TaskTemplate",
        {
            "id": identifier(),
            "name": text(required=True),
            "project_schema_id": key("ProjectSchema", alias="projectschemeid", required=True, on_delete="cascade"),
            "project_schema": reference("ProjectSchema", "project_schema_id", alias="schema"),
            "items": collection("TaskTemplateItem", "template_id"),
        },
        default_projections=("id", "name"),
    ),
    entity_type(
        "TaskTemplateItem",
        {
            "id": identifier(),
            "task_type_id": key("Type", alias="tasktype_id", required=True, on_delete="cascade"),
            "task_type": reference("Type", "task_type_id", alias="taskType"),
            "template_id": key("TaskTemplate", required=True, on_delete="cascade"),
            "template": reference("TaskTemplate", "template_id"),
        },
    ),
)
