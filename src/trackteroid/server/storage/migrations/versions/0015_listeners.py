"""The server knows how far consumers and webhooks have come with the events, and up to where the log was trimmed.

Revises: 0014
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the tables. A log that does not begin with its first event was trimmed."""
    op.create_table(
        "event_group",
        sa.Column("name", column_types.EXACT, nullable=False),
        *_texts("user_id", "expression", "subscriber"),
        sa.Column("at_most_once", column_types.BOOLEAN),
        sa.Column("position", column_types.WHOLE),
        *_texts("created_at"),
        sa.PrimaryKeyConstraint("name", name="pk_event_group"),
    )
    op.create_table(
        "event_delivery",
        sa.Column("group_name", column_types.EXACT, nullable=False),
        sa.Column("sequence", column_types.WHOLE, nullable=False),
        *_texts("consumer", "until"),
        sa.Column("deliveries", column_types.WHOLE),
        *_texts("keys"),
        sa.Column("gap_from", column_types.WHOLE),
        sa.PrimaryKeyConstraint("group_name", "sequence", name="pk_event_delivery"),
    )
    op.create_table(
        "webhook",
        sa.Column("id", column_types.EXACT, nullable=False),
        *_texts("user_id", "url", "secret", "expression"),
        sa.Column("is_paused", column_types.BOOLEAN),
        *_texts("created_at"),
        sa.Column("position", column_types.WHOLE),
        sa.Column("tries", column_types.WHOLE),
        *_texts("due_at", "claimed_by", "claimed_until", "error"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_table(
        "webhook_failure",
        sa.Column("webhook_id", column_types.EXACT, nullable=False),
        sa.Column("sequence", column_types.WHOLE, nullable=False),
        *_texts("topic", "content"),
        sa.Column("tries", column_types.WHOLE),
        *_texts("failed_at", "error"),
        sa.Column("is_wanted", column_types.BOOLEAN),
        sa.PrimaryKeyConstraint("webhook_id", "sequence", name="pk_webhook_failure"),
    )
    op.execute(
        "INSERT INTO server_information (key, value) "
        "SELECT 'events_trimmed', CAST(lowest - 1 AS TEXT) "
        "FROM (SELECT MIN(sequence) AS lowest FROM hub_event) AS kept WHERE lowest > 1"
    )


def _texts(*names: str) -> Iterable["sa.Column[str]"]:
    return (sa.Column(name, column_types.EXACT) for name in names)
