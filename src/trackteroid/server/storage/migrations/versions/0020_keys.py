"""Indexes of SQLite that find rows by a key hold only those that have one.

Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

#: The keys that may have no value, by table.
_KEYS = {
    "api_key": "user_id",
    "appointment": "context_id resource_id",
    "asset": "context_id latest_version_id type_id",
    "asset_version": "asset_id status_id task_id thumbnail_id user_id",
    "asset_version_link": "from_id to_id",
    "calendar_event": "created_by_id type_id",
    "calendar_event_resource": "calendar_event_id created_by_id resource_id",
    "component": "container_id version_id",
    "component_location": "component_id location_id",
    "context": "created_by_id disk_id object_type_id parent_id "
    "priority_id project_schema_id status_id thumbnail_id type_id",
    "conversation": "created_by_id",
    "custom_attribute_link": "configuration_id from_id to_id",
    "custom_configuration_base": "group_id object_type_id object_type_id_to type_id",
    "dashboard": "created_by_id",
    "dashboard_widget": "dashboard_id",
    "event": "user_id",
    "feed": "social_id",
    "job": "user_id",
    "list": "category_id user_id",
    "list_object": "entity_id list_id",
    "manager": "context_id type_id user_id",
    "membership": "group_id user_id",
    "message": "conversation_id created_by_id",
    "note": "category_id completed_by_id in_reply_to_id parent_id user_id",
    "participant": "conversation_id resource_id",
    "project_schema": "asset_version_workflow_schema_id task_type_schema_id task_workflow_schema_id",
    "project_schema_override": "project_schema_id type_id workflow_schema_id",
    "resource": "parent_id thumbnail_id user_type_id",
    "review_annotation": "review_session_id review_session_object_id",
    "review_session": "created_by_id review_session_folder_id thumbnail_id thumbnail_source_id",
    "review_session_invitee": "created_by_id resource_id review_session_id",
    "review_session_object": "review_session_id version_id",
    "review_session_object_status": "resource_id review_session_invitee_id review_session_object_id",
    "schema": "object_type_id project_schema_id",
    "split_task_part": "task_id",
    "status": "state_id",
    "status_change": "from_status_id parent_id status_id user_id",
    "status_rule": "status_id status_rule_group_id",
    "status_rule_group": "object_type_id role_id schema_id status_id",
    "task_template": "project_schema_id",
    "task_template_item": "task_type_id template_id",
    "timelog": "context_id user_id",
    "timer": "context_id user_id",
    "typed_context_link": "from_id to_id",
    "user_security_role": "security_role_id user_id",
    "user_security_role_project": "user_security_role_id",
    "user_view": "user_id",
}


def upgrade() -> None:
    """Make the indexes anew. PostgreSQL keeps its own."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, names in _KEYS.items():
        for name in names.split():
            op.drop_index(f"ix_{table}_{name}", table, if_exists=True)
            op.create_index(f"ix_{table}_{name}", table, [name], sqlite_where=sa.column(name).is_not(None))
