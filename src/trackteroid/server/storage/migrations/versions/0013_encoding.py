"""The server encodes media, and knows what it has still to encode.

Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "encoding",
        sa.Column("id", column_types.EXACT, nullable=False),
        *(sa.Column(name, column_types.EXACT) for name in ("component_id", "version_id", "outputs", "claimed_until")),
        sa.Column("keep_original", column_types.BOOLEAN),
        sa.Column("tries", column_types.WHOLE),
        sa.PrimaryKeyConstraint("id", name="pk_encoding"),
    )
