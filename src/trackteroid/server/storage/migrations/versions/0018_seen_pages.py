"""Indexes that tell pages by themselves also tell which rows of them somebody may see.

Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"

#: Tables with an index for pages whose rows know their project, and the column that has it.
_HOMES = {
    "component": "home_id",
    "context": "project_id",
    "custom_configuration_base": "project_id",
    "list": "project_id",
}


def upgrade() -> None:
    """Make the indexes anew."""
    for table, home in _HOMES.items():
        op.drop_index(f"ix_{table}_pages", table)
        op.create_index(f"ix_{table}_pages", table, ["id", "concrete_type", home])
