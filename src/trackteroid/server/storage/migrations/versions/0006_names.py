"""What must be unique is checked when a batch is complete, so that two can swap their names, and by no index any more.

Locations, groups and scopes have names that occur once from here on. Those that occur twice already are left as they
are, and told by the next revision.

Revises: 0004
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"

#: Indexes that are unique no more: name, table, columns, condition.
_CONTEXT, _PROJECT, _PLACE = (
    "uq_context_parent_id_name",
    "uq_context_name",
    "uq_component_location_component_id_location_id",
)

#: Constraints on a column of its own, by table.
_ALONE = {"resource": ("email", "username"), "timer": ("user_id",)}


def upgrade() -> None:
    """Replace unique indexes by others."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in ((_CONTEXT, "context"), (_PROJECT, "context"), (_PLACE, "component_location")):
        op.drop_index(name, table)
    (_release_postgresql if is_postgresql else _release_sqlite)()

    def folded(column: str) -> sa.TextClause | str:
        return sa.text(f"lower({column})") if is_postgresql else column

    projects, groups = sa.text("concrete_type = 'Project'"), sa.text("concrete_type = 'Group'")

    def create_some(name: str, table: str, columns: list[sa.TextClause | str], rows: sa.TextClause) -> None:
        op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)

    op.create_index("ix_context_parent_id_name", "context", ["parent_id", folded("name")])
    create_some("ix_context_project_name", "context", [folded("name")], projects)
    op.create_index(f"ix{_PLACE[2:]}", "component_location", ["component_id", "location_id"])
    op.create_index("ix_resource_email", "resource", [folded("email")])
    op.create_index("ix_resource_username", "resource", [folded("username")])
    op.create_index("ix_timer_user_id", "timer", ["user_id"])
    op.create_index("ix_location_name", "location", [folded("name")])
    create_some("ix_resource_group_name_parent_id", "resource", [folded("name"), "parent_id"], groups)
    create_some("ix_resource_group", "resource", ["id"], groups)


def _release_postgresql() -> None:
    op.drop_index("uq_resource_email_caseless", "resource")
    op.drop_index("uq_resource_username_caseless", "resource")
    op.drop_constraint("uq_timer_user_id", "timer")


def _release_sqlite() -> None:
    """Make tables anew without constraints: SQLite cannot drop them, and Alembic would forget how columns compare."""
    connection = op.get_bind()
    for table, columns in _ALONE.items():
        found = connection.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE name = '{table}'").scalar_one()  # noqa: S608 - constants
        indexes = connection.exec_driver_sql(
            f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND type = 'index' AND sql IS NOT NULL"  # noqa: S608 - constants
        )
        rebuilt = [sql for (sql,) in indexes]
        for column in columns:
            found = re.sub(rf",\s*CONSTRAINT uq_{table}_{column} UNIQUE \({column}\)", "", found)
        fresh = found.replace(f"CREATE TABLE {table}", f"CREATE TABLE new_{table}", 1)
        statements = (
            fresh,
            f"INSERT INTO new_{table} SELECT * FROM {table}",  # noqa: S608 - constants
            f"DROP TABLE {table}",
            f"ALTER TABLE new_{table} RENAME TO {table}",
            *rebuilt,
        )
        for statement in statements:
            connection.exec_driver_sql(statement)
