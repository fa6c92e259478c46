"""What rows were before they were changed is kept; the triggers that do so are made when all revisions are through.

Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "row_history",
        sa.Column("id", column_types.WHOLE, nullable=False),
        sa.Column("batch", column_types.WHOLE),
        *(sa.Column(name, column_types.EXACT) for name in ("name", "key", "kind", "old")),
        sa.PrimaryKeyConstraint("id", name="pk_row_history"),
    )
    op.create_table(
        "history_moment",
        sa.Column("number", column_types.WHOLE, nullable=False),
        *(sa.Column(name, column_types.EXACT) for name in ("at", "user_id")),
        *(sa.Column(name, column_types.WHOLE) for name in ("event", "batch")),
        sa.PrimaryKeyConstraint("number", name="pk_history_moment"),
    )
    for table, names in (("row_history", ("batch", "key")), ("history_moment", ("at", "event", "batch"))):
        for name in names:
            op.create_index(f"ix_{table}_{name}", table, [name])
