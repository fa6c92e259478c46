"""The server keeps the data of components.

Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table."""
    texts = ("component_id", "user_id", "state", "created_at", "stored_at", "checksum", "pieces")
    op.create_table(
        "stored_file",
        sa.Column("id", column_types.EXACT, nullable=False),
        *(sa.Column(name, column_types.EXACT) for name in texts),
        *(sa.Column(name, column_types.WHOLE) for name in ("size", "parts")),
        sa.PrimaryKeyConstraint("id", name="pk_stored_file"),
    )
    for name in ("component_id", "state"):
        op.create_index(f"ix_stored_file_{name}", "stored_file", [name])
