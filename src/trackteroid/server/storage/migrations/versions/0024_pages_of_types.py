"""Pages of one type are read from the index of types.

Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"

#: By table, what each index holds behind the type: the key, in the order of answers, and who may see it.
_INDEXES = {
    "context": ("id", "project_id"),
    "component": ("id", "home_id"),
    "list": ("id", "project_id"),
    "custom_configuration_base": ("id", "project_id"),
    "resource": ("id",),
    "status_change": ("id",),
    "status_rule_group": ("id",),
    "note_component": ("component_id", "note_id"),
}


def upgrade() -> None:
    """Make the indexes anew, with more in them."""
    for table, more in _INDEXES.items():
        name = f"ix_{table}_concrete_type"
        op.drop_index(name, table, if_exists=True)
        op.create_index(name, table, ["concrete_type", *more])
