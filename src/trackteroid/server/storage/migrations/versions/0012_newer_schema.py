"""What servers of version 4.13.8 know: projects of assets, versions and notes, status rules, review folders and more.

The projects were kept already, where nobody saw them.

What follows from what is there already is filled in. The two object types of a fresh database are added unless a site
has its own of that name; those of a site stay schedulable, as they were before object types had a say in that.

Revises: 0011
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "0012"
down_revision = "0011"

#: New tables: their columns, those of them that are keys, and the primary key.
_TABLES = {
    "review_session_folder": ("id name* project_id name_folded", {"project_id": "context"}, "id"),
    "split_task_part": ("id label* start_date end_date task_id label_folded", {"task_id": "context"}, "id"),
    "user_view": ("id name* global? user_id name_folded", {"user_id": "resource"}, "id"),
    "user_view_share": (
        "user_view_id resource_id",
        {"user_view_id": "user_view", "resource_id": "resource"},
        "user_view_id resource_id",
    ),
    "status_rule_group": (
        "id entity_type role_id schema_id status_id concrete_type object_type_id",
        {
            "role_id": "security_role",
            "schema_id": "project_schema",
            "status_id": "status",
            "object_type_id": "object_type",
        },
        "id",
    ),
    "status_rule": (
        "id status_id status_rule_group_id",
        {"status_id": "status", "status_rule_group_id": "status_rule_group"},
        "id",
    ),
    "review_annotation": (
        "id created_at data frame_number# review_session_id review_session_object_id updated_at",
        {"review_session_id": "review_session", "review_session_object_id": "review_session_object"},
        "id",
    ),
    "review_annotation_component": (
        "component_id frame_number review_session_object_id",
        {"component_id": "component", "review_session_object_id": "review_session_object"},
        "component_id review_session_object_id",
    ),
}
#: What the signs behind names of columns mean.
_SIGNS = {"*": column_types.CASELESS, "?": column_types.BOOLEAN, "#": column_types.WHOLE}

_COLUMNS = {
    "api_key": {"prefix": column_types.EXACT},
    "note": {"frame_number": column_types.WHOLE},
    "note_component": {"concrete_type": column_types.EXACT, "data": column_types.JSON},
    "object_type": {"is_prioritizable": column_types.BOOLEAN},
    "resource": {
        "created_from_shared_url": column_types.CASELESS,
        "created_from_shared_url_folded": column_types.EXACT,
    },
    "typed_context_link": {"lag": column_types.NUMBER, "type": column_types.CASELESS},
}
#: The tables whose rows know their project, where clients see it from here on.
_HOMES = ("asset", "asset_version", "note")
_KEYS = {
    "review_session": {"review_session_folder_id": "review_session_folder", "thumbnail_source_id": "asset_version"},
    "review_session_invitee": {"resource_id": "resource"},
    "review_session_object_status": {"resource_id": "resource"},
}

_FIRST_PICTURE = """
    SELECT asset_version.id FROM review_session_object
    JOIN asset_version ON asset_version.id = review_session_object.version_id
    WHERE review_session_object.review_session_id = review_session.id AND asset_version.thumbnail_id IS NOT NULL
    ORDER BY review_session_object.sort_order, review_session_object.id LIMIT 1
"""
_STATEMENTS = (
    "UPDATE note_component SET concrete_type = 'NoteComponent'",
    "UPDATE object_type SET is_prioritizable = TRUE",
    "UPDATE typed_context_link SET type = 'end_to_start'",
    f"UPDATE review_session SET thumbnail_source_id = ({_FIRST_PICTURE})",  # noqa: S608 - constants
    """
    UPDATE review_session_invitee SET resource_id = (
        SELECT MIN(id) FROM resource WHERE lower(resource.email) = lower(review_session_invitee.email)
    )
    """,
    """
    UPDATE review_session_object_status SET resource_id = (
        SELECT resource_id FROM review_session_invitee
        WHERE review_session_invitee.id = review_session_object_status.review_session_invitee_id
    )
    """,
)

#: The object types that every server has had so far.
_KNOWN = (
    "3c133785-51cb-11e3-980a-20c9d0831e59",
    "4be63b64-5010-42fb-bf1f-428af9d638f0",
    "22139355-61da-4c8f-9db4-3abc870166bc",
    "e5139355-61da-4c8f-9db4-3abc870166bc",
    "bad911de-3bd6-47b9-8b46-3476e237cb36",
    "01decdd1-51cb-11e3-9d5b-20c9d0831e59",
    "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c",
)
#: Those that it has from now on: name, id and icon.
_NEW = (
    ("Image", "4721f72a-bd5c-11eb-a3da-d6270330280e", "image"),
    ("Information", "efb7d34c-bd5b-11eb-86a7-d6270330280e", "info"),
)
_FLAGS = (
    *("is_taskable", "is_typeable", "is_statusable", "is_schedulable"),
    *("is_time_reportable", "is_leaf", "is_prioritizable"),
)
_MEDIA_PRODUCTION = "d735496c-bd5b-11eb-8fe6-d6270330280e"


def upgrade() -> None:
    """Add tables and columns, and fill them."""
    _check_references()
    for name, (columns, keys, primary) in _TABLES.items():
        _create(name, columns.split(), keys, primary.split())
    for table, columns in _COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind))
    op.create_index("ix_note_component_concrete_type", "note_component", ["concrete_type"])
    op.create_index("ix_note_component_pages", "note_component", ["component_id", "note_id", "concrete_type"])
    op.create_index("ix_status_rule_group_pages", "status_rule_group", ["id", "concrete_type"])
    for table in _HOMES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN home_id TO project_id")
    for table, keys in _KEYS.items():
        for name in keys:
            op.add_column(table, sa.Column(name, column_types.EXACT))
        _refer(table, keys)
    for statement in _STATEMENTS:
        op.execute(sa.text(statement))
    _complete_object_types(op.get_bind())
    _check_references()


def _check_references() -> None:
    """PostgreSQL alters no table with references that are still to be checked."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute("SET CONSTRAINTS ALL DEFERRED")


def _create(table: str, columns: list[str], keys: dict[str, str], primary: list[str]) -> None:
    names: dict[str, sa.types.TypeEngine[Any]] = {
        column.rstrip("*?#"): _SIGNS.get(column[-1], column_types.EXACT) for column in columns
    }
    op.create_table(
        table,
        *(
            sa.Column(
                name,
                kind,
                *([_reference(table, name, keys[name])] if name in keys else []),
                nullable=name not in primary,
            )
            for name, kind in names.items()
        ),
        sa.PrimaryKeyConstraint(*primary, name=f"pk_{table}"),
    )
    for name in (*keys, "concrete_type"):
        if name in names and name != primary[0]:
            op.create_index(f"ix_{table}_{name}", table, [name, *primary] if name == "project_id" else [name])


def _reference(table: str, name: str, target: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", deferrable=True, initially="DEFERRED")


def _refer(table: str, keys: dict[str, str]) -> None:
    """Let columns of a table be keys, by the table that they lead to."""
    if op.get_bind().dialect.name == "postgresql":
        for name, target in keys.items():
            op.create_foreign_key(
                f"fk_{table}_{name}", table, target, [name], ["id"], deferrable=True, initially="DEFERRED"
            )
    else:
        _refer_sqlite(op.get_bind(), table, keys)
    for name in keys:
        op.create_index(f"ix_{table}_{name}", table, [name])


def _refer_sqlite(connection: sa.Connection, table: str, keys: dict[str, str]) -> None:
    """Make a table anew with references: SQLite cannot add them, and Alembic would forget how columns compare."""
    written = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
    (made,) = connection.exec_driver_sql(written, (table, "table")).scalars()
    indexes = connection.exec_driver_sql(written, (table, "index")).scalars().all()
    references = "".join(
        f", CONSTRAINT fk_{table}_{name} FOREIGN KEY({name}) REFERENCES {target} (id) DEFERRABLE INITIALLY DEFERRED"
        for name, target in keys.items()
    )
    rest = made[made.index("(") : made.rindex(")")]
    for statement in (
        f"CREATE TABLE new_{table} {rest}{references})",
        f"INSERT INTO new_{table} SELECT * FROM {table}",  # noqa: S608 - constants
        f"DROP TABLE {table}",
        f"ALTER TABLE new_{table} RENAME TO {table}",
        *indexes,
    ):
        connection.exec_driver_sql(statement)


def _complete_object_types(connection: sa.Connection) -> None:
    table = _table("object_type", "id", "name", "icon", "sort", *_FLAGS)
    connection.execute(sa.update(table).where(table.c.id.not_in(_KNOWN)).values(is_schedulable=True))
    rows = connection.execute(sa.select(table.c.id, table.c.name, table.c.sort)).all()
    taken = {row.id for row in rows} | {"".join(filter(str.isalnum, row.name or "")).lower() for row in rows}
    after = max((row.sort or 0 for row in rows), default=0)
    for place, (name, object_type_id, icon) in enumerate(_NEW, start=1):
        if name.lower() in taken or object_type_id in taken:
            continue
        values = {"id": object_type_id, "name": name, "icon": icon, "sort": after + place}
        flags = {flag: flag == "is_taskable" for flag in _FLAGS}
        connection.execute(sa.insert(table).values({**values, **flags}))
        schemas = _table("project_schema", "id")
        if connection.execute(sa.select(schemas.c.id).where(schemas.c.id == _MEDIA_PRODUCTION)).first():
            link = {"project_schema_id": _MEDIA_PRODUCTION, "object_type_id": object_type_id}
            connection.execute(sa.insert(_table("project_schema_object_type", *link)).values(link))


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.Column(column, sa.types.NULLTYPE) for column in columns))
