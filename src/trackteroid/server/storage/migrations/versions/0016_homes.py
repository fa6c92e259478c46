"""What knows its project is found by it: assets, versions and notes.

Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the indexes."""
    for table in ("asset", "asset_version", "note"):
        op.create_index(f"ix_{table}_project_id", table, ["project_id", "id"])
