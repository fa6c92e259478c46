"""What must be unique is checked when a batch is complete, so that two can swap their names, and by no index any more.

Locations, groups and scopes have names that occur once from here on. Those that occur twice already are left as they
are.

Revises: 0005
"""

import logging
import re
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

logger = logging.getLogger("trackteroid.server")

#: Indexes that are unique no more: name, table, columns, condition.
_CONTEXT, _PROJECT, _PLACE = (
    "uq_context_parent_id_name",
    "uq_context_name",
    "uq_component_location_component_id_location_id",
)

#: Constraints on a column of its own, by table.
_ALONE = {"resource": ("email", "username"), "timer": ("user_id",)}


def upgrade() -> None:
    """Replace unique indexes by others, and tell which names occur twice."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in ((_CONTEXT, "context"), (_PROJECT, "context"), (_PLACE, "component_location")):
        op.drop_index(name, table, if_exists=True)
    (_release_postgresql if is_postgresql else _release_sqlite)()

    def folded(column: str) -> sa.TextClause:
        compared = f"coalesce({column}_folded, lower({column}))"
        return sa.text(compared if is_postgresql else f"(coalesce({column}_folded, {column}) COLLATE NOCASE)")

    def create(
        name: str, table: str, columns: Sequence[sa.TextClause | str], rows: sa.TextClause | None = None
    ) -> None:
        op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows, if_not_exists=True)

    projects, groups = sa.text("concrete_type = 'Project'"), sa.text("concrete_type = 'Group'")

    create("ix_context_parent_id_name", "context", ["parent_id", folded("name")])
    create("ix_context_project_name", "context", [folded("name")], projects)
    create(f"ix{_PLACE[2:]}", "component_location", ["component_id", "location_id"])
    create("ix_resource_email", "resource", [folded("email")])
    create("ix_resource_username", "resource", [folded("username")])
    create("ix_timer_user_id", "timer", ["user_id"])
    create("ix_location_name", "location", [folded("name")])
    create("ix_resource_group_name_parent_id", "resource", [folded("name"), "parent_id"], groups)
    create("ix_resource_group", "resource", ["id"], groups)
    _tell_what_is_double(folded)


def _release_postgresql() -> None:
    op.drop_index("uq_resource_email_caseless", "resource", if_exists=True)
    op.drop_index("uq_resource_username_caseless", "resource", if_exists=True)
    op.drop_constraint("uq_timer_user_id", "timer", if_exists=True)


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


def _tell_what_is_double(folded: Callable[[str], sa.TextClause]) -> None:
    """Tell which names occur twice: nobody minded those of some types, and others were two before text was folded."""
    connection = op.get_bind()
    for kind, table, column, owner, condition in (
        ("Location", "location", "name", "", ""),
        ("Scope", "scope", "name", "", ""),
        ("Group", "resource", "name", ", parent_id", " AND concrete_type = 'Group'"),
        ("User", "resource", "username", "", ""),
        ("Project", "context", "name", "", " AND concrete_type = 'Project'"),
        ("Context", "context", "name", ", parent_id", " AND parent_id IS NOT NULL"),
    ):
        found = connection.exec_driver_sql(
            f"SELECT min({column}), count(*) FROM {table} WHERE {column} IS NOT NULL{condition} "  # noqa: S608 - constants
            f"GROUP BY {folded(column)}{owner} HAVING count(*) > 1"
        )
        for name, count in found:
            logger.warning(
                '%d entities of the type %s are called "%s". They go on working, but whoever asks for the one of that '
                "name finds several: rename or delete all but one.",
                *(count, kind, name),
            )
