"""Entries of metadata, and where components are, know the project of what they belong to.

Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0023"
down_revision = "0022"

#: What notes, links and users have said of them is in no project.
_FILLING = {
    "component_location": """
        UPDATE component_location
        SET home_id = (SELECT home_id FROM component WHERE id = component_location.component_id)
    """,
    "metadata": """
        UPDATE metadata SET home_id = coalesce(
            (SELECT project_id FROM context WHERE id = metadata.parent_id),
            (SELECT project_id FROM asset WHERE id = metadata.parent_id),
            (SELECT project_id FROM asset_version WHERE id = metadata.parent_id),
            (SELECT home_id FROM component WHERE id = metadata.parent_id),
            (SELECT project_id FROM calendar_event WHERE id = metadata.parent_id)
        )
    """,
}


def upgrade() -> None:
    """Add the column, fill it, and make the index."""
    for table, filling in _FILLING.items():
        op.add_column(table, sa.Column("home_id", column_types.EXACT))
        op.execute(sa.text(filling))
        op.create_index(f"ix_{table}_home_id", table, ["home_id"], if_not_exists=True)
