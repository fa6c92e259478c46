"""Private projects are found among all others; pages of assets and versions tell which of them somebody may see.

Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("ix_asset_pages", "asset", ["id", "project_id"], if_not_exists=True)
    op.create_index("ix_asset_version_pages", "asset_version", ["id", "project_id"], if_not_exists=True)
    private = sa.text("is_private IS 1" if op.get_bind().dialect.name == "sqlite" else "is_private IS true")
    op.create_index(
        "ix_context_is_private", "context", ["id"], sqlite_where=private, postgresql_where=private, if_not_exists=True
    )
