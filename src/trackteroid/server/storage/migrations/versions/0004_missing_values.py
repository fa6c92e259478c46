"""Custom attributes without a value have none: no empty text in the default of a number, and nothing chosen is nothing.

Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

#: The types of which an empty text is a text.
_TEXTS = "'text', 'url', 'expression'"

_EMPTY_DEFAULTS = f"""
    UPDATE custom_configuration_base SET "default" = NULL, default_text = NULL
    WHERE "default" = '""' AND type_id IN (SELECT id FROM custom_attribute_type WHERE name NOT IN ({_TEXTS}))
"""  # noqa: S608 - constants
_NO_CHOICES = (
    "UPDATE custom_configuration_base SET default_text = NULL WHERE \"default\" = '[]'",
    "UPDATE custom_attribute_value SET text = NULL WHERE value = '[]'",
)


def upgrade() -> None:
    """Take the empty texts away."""
    for statement in (_EMPTY_DEFAULTS, *_NO_CHOICES):
        op.execute(sa.text(statement))
