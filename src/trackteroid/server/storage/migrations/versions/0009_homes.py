"""Assets, versions, components, notes and objects of reviews know the project that they are in.

Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0009"
down_revision = "0008"

_TABLES = ("asset", "asset_version", "component", "review_session_object", "note")

#: From the top; what is in a container is in the project of the container.
_FILLING = (
    "UPDATE asset SET home_id = (SELECT project_id FROM context WHERE id = asset.context_id)",
    "UPDATE asset_version SET home_id = (SELECT home_id FROM asset WHERE id = asset_version.asset_id)",
    "UPDATE component SET home_id = (SELECT home_id FROM asset_version WHERE id = component.version_id)",
    *[
        """
        UPDATE component
        SET home_id = (SELECT above.home_id FROM component AS above WHERE above.id = component.container_id)
        WHERE version_id IS NULL AND container_id IS NOT NULL
    """
    ]
    * 8,
    """
        UPDATE review_session_object
        SET home_id = (SELECT project_id FROM review_session WHERE id = review_session_object.review_session_id)
    """,
    """
        UPDATE note SET home_id = coalesce(
            (SELECT project_id FROM context WHERE id = note.parent_id),
            (SELECT home_id FROM asset_version WHERE id = note.parent_id),
            (SELECT home_id FROM review_session_object WHERE id = note.parent_id)
        )
    """,
)


def upgrade() -> None:
    """Add the column and fill it."""
    for table in _TABLES:
        op.add_column(table, sa.Column("home_id", column_types.EXACT))
    for statement in _FILLING:
        op.execute(sa.text(statement))
