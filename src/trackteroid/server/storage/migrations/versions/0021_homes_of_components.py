"""Components, and what is reviewed, are found by the project that they are in.

Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("ix_component_home_id", "component", ["home_id", "id", "concrete_type"], if_not_exists=True)
    op.create_index("ix_review_session_object_home_id", "review_session_object", ["home_id", "id"], if_not_exists=True)
