"""Indexes for keys that only the second column of a primary key held, and for what tools ask of jobs, users and scopes.

Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: By table; text is compared without regard to case.
_EXACT = {
    "entity_setting": "parent_id",
    "metadata": "parent_id",
    "note_label_link": "note_id",
    "schema_status": "status_id",
    "schema_type": "type_id",
    "setting_component": "component_id",
    "timelog": "start",
    "user_application_state": "user_id",
    "workflow_schema_status": "workflow_schema_id",
}
_CASELESS = {"job": "status", "resource": "last_name", "scope": "name"}

#: What the primary key does as well.
_NEEDLESS = {
    "note_label_link": "label_id",
    "schema_status": "schema_id",
    "schema_type": "schema_id",
    "workflow_schema_status": "status_id",
}


def upgrade() -> None:
    """Add indexes, and drop those that are of no use."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, column in _NEEDLESS.items():
        op.drop_index(f"ix_{table}_{column}", table)
    for table, column in _EXACT.items():
        op.create_index(f"ix_{table}_{column}", table, [column])
    for table, column in _CASELESS.items():
        op.create_index(f"ix_{table}_{column}", table, [sa.text(f"lower({column})") if is_postgresql else column])
    # As queries say it: SQLite would not know the index of projects by "IN".
    projects = sa.text("concrete_type = 'Project'")
    name = sa.text("lower(name)") if is_postgresql else "name"
    op.drop_index("uq_context_name", "context")
    op.create_index("uq_context_name", "context", [name], unique=True, sqlite_where=projects, postgresql_where=projects)
    op.create_index("ix_context_project", "context", ["id"], sqlite_where=projects, postgresql_where=projects)
