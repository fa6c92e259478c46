"""Databases are marked with a revision. Versions that know formats only are told not to touch them.

Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Raise the format, which stays the same from here on."""
    op.execute("UPDATE server_information SET value = '2' WHERE key = 'format'")
