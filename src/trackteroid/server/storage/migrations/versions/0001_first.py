"""The tables of the first format. Its databases were made directly, so there is nothing to do.

Revises: nothing
"""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing: the databases are there."""
