"""What a consumer has of a group tells for how long that was, so that it ends although the clock goes back.

Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the column. What is handed out already ends when it says."""
    op.add_column("event_delivery", sa.Column("lease_seconds", column_types.NUMBER))
