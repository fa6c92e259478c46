"""Indexes that tell pages by themselves, in the order of answers, of what is read as a whole.

Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"

#: Tables with types that are told from each other by a name.
_KINDS = ("component", "context", "custom_configuration_base", "list", "resource", "status_change")
#: Tables with the key of a project, and what its index holds besides.
_PROJECTS = {
    "calendar_event": ["id"],
    "context": ["id", "concrete_type"],
    "custom_configuration_base": ["id", "concrete_type"],
    "event": ["id"],
    "list": ["id", "concrete_type"],
    "review_session": ["id"],
    "user_security_role_project": ["id"],
}


def upgrade() -> None:
    """Make the indexes, some of them anew."""
    for table in _KINDS:
        op.create_index(f"ix_{table}_pages", table, ["id", "concrete_type"])
    for table, besides in _PROJECTS.items():
        op.drop_index(f"ix_{table}_project_id", table)
        op.create_index(f"ix_{table}_project_id", table, ["project_id", *besides])
