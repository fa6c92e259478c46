"""What a project allows: which types, which statuses, which templates."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import BY_NAME, NAMED


class ProjectSchema(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """The rules of a project: types, statuses and templates."""


class ProjectSchemaObjectType(
    Entity, shared=True, projections=("object_type_id", "project_schema_id"), parents=("project_schema",)
):
    """An object type a project may use."""


class ProjectSchemaOverride(Entity, shared=True, projections=("id",), parents=("project_schema_id",)):
    """The statuses of one type of task, where they differ from the others."""


class Schema(Entity, shared=True, projections=("id",), parents=("project_schema_id",)):
    """The types and statuses of one object type in a project."""


class SchemaStatus(Entity, shared=True, projections=("status_id", "schema_id"), parents=("schema_id",)):
    """A status an object type may have."""


class SchemaType(Entity, shared=True, projections=("type_id", "schema_id"), parents=("schema_id",)):
    """A type an object type may have."""


class WorkflowSchema(Entity, shared=True, named_by="name", projections=("id",), criteria=BY_NAME):
    """A number of statuses that are used together."""


class WorkflowSchemaStatus(
    Entity, shared=True, projections=("workflow_schema_id", "status_id"), parents=("workflow_schema_id",)
):
    """One status of a workflow."""


class TaskTypeSchema(Entity, shared=True, named_by="name", projections=("id", "types.name"), criteria=BY_NAME):
    """A number of task types that are used together."""


class TaskTypeSchemaType(
    Entity, shared=True, projections=("task_type_schema_id", "type_id"), parents=("task_type_schema_id",)
):
    """One task type of such a number."""


class TaskTemplate(Entity, projections=NAMED, parents=("project_schema",), criteria=BY_NAME):
    """Tasks that are usually created together."""


class TaskTemplateItem(Entity, projections=("id", "task_type"), parents=("template",)):
    """One task of a template."""


class StatusRuleGroup(Entity, shared=True, projections=("id", "status_id", "entity_type"), parents=("schema",)):
    """The statuses that may follow one, in projects of one project schema."""


class TypedContextStatusRuleGroup(StatusRuleGroup, parents=("schema",)):
    """The statuses that may follow one for parts of projects, of one object type."""


class AssetVersionStatusRuleGroup(StatusRuleGroup, parents=("schema",)):
    """The statuses that may follow one for versions."""


class StatusRule(Entity, shared=True, projections=("id", "status_id"), parents=("status_rule_group",)):
    """A status that may follow."""


__all__ = [
    "AssetVersionStatusRuleGroup",
    "ProjectSchema",
    "ProjectSchemaObjectType",
    "ProjectSchemaOverride",
    "Schema",
    "SchemaStatus",
    "SchemaType",
    "StatusRule",
    "StatusRuleGroup",
    "TaskTemplate",
    "TaskTemplateItem",
    "TaskTypeSchema",
    "TaskTypeSchemaType",
    "TypedContextStatusRuleGroup",
    "WorkflowSchema",
    "WorkflowSchemaStatus",
]
