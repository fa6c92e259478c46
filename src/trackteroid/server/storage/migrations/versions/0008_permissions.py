"""Roles grant permissions, and keys expire and tell when they were last used.

The roles that every server begins with get the permissions that they have on a fresh one.

Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0008"
down_revision = "0007"

_KINDS = ("contexts", "assets", "own_notes", "notes", "lists", "reviews", "own_timelogs", "timelogs", "authors")
_PERSONAL = ("own_users", "users", "own_settings", "settings", "schemas", "own_jobs", "jobs", "own_keys", "keys")
_ALL = "create read update delete"
_OWN = {"own_notes": _ALL, "own_timelogs": _ALL, "own_users": "read update", "own_settings": _ALL, "own_jobs": _ALL}
_SERVER = {"users": "read", "settings": "read", "schemas": "read"}

#: What the roles grant, by their ids.
_ROLES = {
    # Administrator
    "6238d8b3-d3fa-5b7e-95f6-ae5c618c04dc": dict.fromkeys((*_KINDS, *_PERSONAL), _ALL),
    # Project Manager
    "b071d7dd-0dea-5886-85f4-667276540066": {
        **dict.fromkeys(("contexts", "assets", "notes", "lists", "reviews", "timelogs", "authors"), _ALL),
        **_OWN,
        **_SERVER,
        "jobs": "read",
    },
    # User
    "06a67009-8b35-599a-b76b-ec5f2c8d695a": {
        "contexts": "read update",
        "assets": "create read update",
        "notes": "read",
        "lists": "create read update",
        "reviews": "read",
        "timelogs": "read",
        **_OWN,
        **_SERVER,
    },
    # API
    "cc6d02b1-ca2b-50e5-adec-bff36113d256": {
        **dict.fromkeys(("contexts", "assets", "lists", "reviews", "timelogs", "jobs", "authors"), _ALL),
        "notes": "create read",
        **_OWN,
        **_SERVER,
    },
    # Assigned
    "14c8c945-affe-5cfa-91e3-259005c01a09": {
        **dict.fromkeys(("contexts", "assets", "notes", "lists", "reviews"), "read"),
        **_OWN,
        **_SERVER,
    },
}


def upgrade() -> None:
    """Add the table, its rows and two columns."""
    for name in ("expires_at", "last_used_at"):
        op.add_column("api_key", sa.Column(name, column_types.EXACT))
    table = op.create_table(
        "security_role_permission",
        sa.Column(
            "security_role_id",
            column_types.EXACT,
            sa.ForeignKey(
                "security_role.id",
                name="fk_security_role_permission_security_role_id",
                deferrable=True,
                initially="DEFERRED",
            ),
            nullable=False,
        ),
        sa.Column("kind", column_types.EXACT, nullable=False),
        sa.Column("action", column_types.EXACT, nullable=False),
        sa.PrimaryKeyConstraint("security_role_id", "kind", "action", name="pk_security_role_permission"),
    )
    known = set(op.get_bind().execute(sa.text("SELECT id FROM security_role")).scalars())
    rows = [
        {"security_role_id": role, "kind": kind, "action": action}
        for role, granted in _ROLES.items()
        if role in known
        for kind, actions in granted.items()
        for action in actions.split()
    ]
    if rows:
        op.bulk_insert(table, rows)
