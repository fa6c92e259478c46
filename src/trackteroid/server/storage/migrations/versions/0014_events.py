"""Events are kept in the order of commits.

Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "hub_event",
        sa.Column("sequence", column_types.WHOLE, nullable=False),
        sa.Column("at", column_types.EXACT),
        sa.Column("topic", column_types.EXACT),
        sa.Column("user_id", column_types.EXACT),
        sa.Column("form", column_types.EXACT),
        sa.Column("size", column_types.WHOLE),
        sa.Column("content", column_types.EXACT),
        sa.PrimaryKeyConstraint("sequence", name="pk_hub_event"),
    )
    op.create_index("ix_hub_event_at", "hub_event", ["at"])
