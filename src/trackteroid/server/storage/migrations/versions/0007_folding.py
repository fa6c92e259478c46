"""Text is compared by its folding. Databases fold ASCII letters themselves; the folding of other text is beside it.

Ids are lower-case UUIDs with dashes.

Revises: 0006
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import IntegrityError

from trackteroid.server.model import column_types
from trackteroid.server.model.folding import beside
from trackteroid.spelling import written_id

revision = "0007"
down_revision = "0006"

logger = logging.getLogger("trackteroid.server")

#: What has a name that occurs once: the type, its table, the name, what it is unique below, and which rows are of it.
_SINGLE = (
    ("Location", "location", "name", "", ""),
    ("Scope", "scope", "name", "", ""),
    ("Group", "resource", "name", ", parent_id", " AND concrete_type = 'Group'"),
    ("User", "resource", "username", "", ""),
    ("Project", "context", "name", "", " AND concrete_type = 'Project'"),
    ("Context", "context", "name", ", parent_id", " AND parent_id IS NOT NULL"),
)

#: The texts that people write, by table.
_TEXTS = {
    "context": "name description color full_name root status",
    "scope": "name",
    "disk": "name unix windows",
    "manager_type": "name",
    "appointment": "type",
    "object_type": "name icon",
    "type": "name color",
    "priority": "name color",
    "state": "name short",
    "status": "name color",
    "project_schema": "name",
    "workflow_schema": "name",
    "task_type_schema": "name",
    "task_template": "name",
    "asset": "name",
    "asset_type": "name component short",
    "asset_version": "comment",
    "component": "name file_type",
    "location": "name description label",
    "component_location": "resource_identifier",
    "resource": "email first_name last_name username name",
    "user_type": "name",
    "security_role": "name type",
    "user_application_state": "value",
    "timelog": "name comment",
    "timer": "name comment",
    "api_key": "label",
    "note": "content",
    "note_category": "name color",
    "recipient": "text_mentioned",
    "message": "text",
    "list_category": "name",
    "list": "name",
    "review_session": "name availability description passphrase",
    "review_session_invitee": "name email",
    "review_session_object": "name description version",
    "review_session_object_status": "status",
    "custom_attribute_type": "name form_config",
    "custom_attribute_group": "name",
    "custom_configuration_base": "config key label default_text",
    "custom_attribute_value": "text",
    "event": "action data insert",
    "feed": "cluster_id relation",
    "job": "data type",
    "calendar_event": "name",
    "setting": "value",
    "entity_setting": "value",
    "metadata": "value",
    "dashboard": "name",
    "dashboard_widget": "config type",
}

#: The ids of entities, by table.
_IDS = {
    "context": "id created_by_id parent_id project_id thumbnail_id "
    "object_type_id priority_id status_id type_id disk_id project_schema_id",
    "scope": "id",
    "disk": "id",
    "manager": "id context_id type_id user_id",
    "manager_type": "id",
    "appointment": "id context_id resource_id",
    "typed_context_link": "id from_id to_id",
    "context_ancestor": "context_id ancestor_id",
    "context_scope": "context_id scope_id",
    "object_type": "id",
    "type": "id",
    "priority": "id",
    "state": "id",
    "status": "id state_id",
    "status_change": "from_status_id parent_id status_id user_id",
    "project_schema": "id asset_version_workflow_schema_id task_type_schema_id task_workflow_schema_id",
    "project_schema_object_type": "object_type_id project_schema_id",
    "project_schema_override": "id project_schema_id type_id workflow_schema_id",
    "schema": "id project_schema_id object_type_id",
    "schema_status": "schema_id status_id",
    "schema_type": "schema_id type_id",
    "workflow_schema": "id",
    "workflow_schema_status": "status_id workflow_schema_id",
    "task_type_schema": "id",
    "task_type_schema_type": "task_type_schema_id type_id",
    "task_template": "id project_schema_id",
    "task_template_item": "id task_type_id template_id",
    "asset": "id context_id latest_version_id type_id",
    "asset_type": "id",
    "asset_version": "id asset_id status_id task_id thumbnail_id user_id",
    "asset_version_link": "id from_id to_id",
    "component": "id container_id version_id",
    "location": "id",
    "component_location": "id component_id location_id",
    "resource": "id thumbnail_id parent_id",
    "membership": "id group_id user_id",
    "user_type": "id",
    "security_role": "id",
    "user_security_role": "id security_role_id user_id",
    "user_security_role_project": "id project_id user_security_role_id",
    "user_application_state": "user_id",
    "timelog": "id context_id user_id",
    "timer": "id context_id user_id",
    "api_key": "id user_id",
    "note": "id category_id completed_by_id in_reply_to_id parent_id user_id",
    "note_category": "id",
    "note_label_link": "label_id note_id",
    "note_component": "component_id note_id",
    "recipient": "note_id resource_id",
    "conversation": "id created_by_id",
    "message": "id conversation_id created_by_id",
    "participant": "id conversation_id resource_id",
    "list_category": "id",
    "list": "id category_id project_id user_id",
    "list_object": "id entity_id list_id",
    "review_session": "id created_by_id project_id thumbnail_id",
    "review_session_invitee": "id created_by_id review_session_id",
    "review_session_object": "id review_session_id version_id",
    "review_session_object_status": "id review_session_invitee_id review_session_object_id",
    "custom_attribute_type": "id",
    "custom_attribute_group": "id",
    "custom_configuration_base": "id group_id object_type_id project_id type_id object_type_id_to",
    "custom_attribute_value": "configuration_id entity_id",
    "configuration_read_role": "configuration_id security_role_id",
    "configuration_write_role": "configuration_id security_role_id",
    "custom_attribute_link": "id configuration_id from_id to_id",
    "event": "project_id user_id",
    "feed": "id",
    "job": "id user_id",
    "job_component": "component_id job_id",
    "calendar_event": "id created_by_id project_id type_id",
    "calendar_event_resource": "id calendar_event_id created_by_id resource_id",
    "setting_component": "component_id",
    "entity_setting": "parent_id",
    "metadata": "parent_id",
    "dashboard": "id created_by_id",
    "dashboard_widget": "id dashboard_id",
    "dashboard_resource": "dashboard_id resource_id",
}
_PROJECTS, _GROUPS = "concrete_type = 'Project'", "concrete_type = 'Group'"

#: Indexes that hold text: name, table, columns, of which rows.
_INDEXES = (
    ("ix_asset_name", "asset", ("name",), None),
    ("ix_context_name", "context", ("name",), None),
    ("ix_context_parent_id_name", "context", ("parent_id", "name"), None),
    ("ix_context_project_name", "context", ("name",), _PROJECTS),
    ("ix_location_name", "location", ("name",), None),
    ("ix_resource_email", "resource", ("email",), None),
    ("ix_resource_group_name_parent_id", "resource", ("name", "parent_id"), _GROUPS),
    ("ix_resource_last_name", "resource", ("last_name",), None),
    ("ix_resource_username", "resource", ("username",), None),
    ("ix_scope_name", "scope", ("name",), None),
)
_PAGE = 2_000

#: Of an id.
_LENGTH = 36


def upgrade() -> None:
    """Add the columns, fill them where there is something to store, and let the indexes hold what is compared."""
    bind = op.get_bind()
    for name, written in _TEXTS.items():
        texts = written.split()
        table = _with_columns(bind, name, texts)
        filled = sum(_fill(bind, table, texts, page) for page in _pages(bind, table, texts))
        if filled:
            logger.info("Folded the texts of %d rows of %s.", filled, name)
    for index, name, columns, rows in _INDEXES:
        op.drop_index(index, name, if_exists=True)
        held = [_compared(bind, column) if column in _TEXTS[name].split() else column for column in columns]
        where = None if rows is None else sa.text(rows)
        op.create_index(index, name, held, sqlite_where=where, postgresql_where=where)
    if bind.dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS trackteroid_fold(TEXT)")
    for name, ids in _IDS.items():
        for column in ids.split():
            _respell(bind, name, column)
    if bind.dialect.name == "postgresql":
        # Tables with references that are still to be checked cannot be altered by the revisions that follow.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute("SET CONSTRAINTS ALL DEFERRED")
    _tell_what_is_double(bind)


def _respell(bind: sa.Connection, name: str, column: str) -> None:
    """Write ids as all are written from here on; one that would be another row's is left to whoever reads the log."""
    ids = sa.column(column, column_types.EXACT)
    table = sa.table(name, ids)
    odd = sa.or_(sa.func.length(ids) != _LENGTH, ids != sa.func.lower(ids))
    for found in bind.execute(sa.select(ids).where(odd).distinct()).scalars().all():
        if (right := written_id(found)) != found:
            try:
                with bind.begin_nested():
                    bind.execute(sa.update(table).where(ids == found).values({column: right}))
            except IntegrityError:
                logger.warning(
                    "There is a row of %s with the %s %s already; that of %s stays.", name, column, right, found
                )


def _with_columns(bind: sa.Connection, name: str, texts: Sequence[str]) -> sa.Table:
    known = {column["name"]: column["type"] for column in sa.inspect(bind).get_columns(name)}
    for text in texts:
        if f"{text}_folded" not in known:
            op.add_column(name, sa.Column(f"{text}_folded", column_types.EXACT))
    keys = sa.inspect(bind).get_pk_constraint(name)["constrained_columns"]
    columns = [sa.Column(key, known[key], primary_key=True) for key in keys]
    columns += [sa.Column(text, column_types.EXACT) for each in texts for text in (each, f"{each}_folded")]
    return sa.Table(name, sa.MetaData(), *columns)


def _pages(bind: sa.Connection, table: sa.Table, texts: Sequence[str]) -> Iterator[Sequence[sa.Row[Any]]]:
    """Yield the rows with other letters than those of ASCII in one of `texts`, by key."""
    keys, columns = list(table.primary_key), [table.c[text] for text in texts]
    others = sa.or_(*(_bytes(bind, column) != sa.func.length(column) for column in columns))
    statement = sa.select(*keys, *columns).where(others).order_by(*keys).limit(_PAGE)
    page = bind.execute(statement).all()
    while page:
        yield page
        last = [sa.literal(part) for part in page[-1][: len(keys)]]
        after = sa.tuple_(*keys) > sa.tuple_(*last) if len(keys) > 1 else keys[0] > last[0]
        page = bind.execute(statement.where(after)).all()


def _fill(bind: sa.Connection, table: sa.Table, texts: Sequence[str], page: Sequence[sa.Row[Any]]) -> int:
    keys = list(table.primary_key)
    place = sa.and_(*(key == sa.bindparam(f"k{n}") for n, key in enumerate(keys)))
    values: dict[str, Any] = {f"{text}_folded": sa.bindparam(f"t{n}") for n, text in enumerate(texts)}
    rows = [
        {f"k{n}": part for n, part in enumerate(row[: len(keys)])}
        | {f"t{n}": beside(text) for n, text in enumerate(row[len(keys) :])}
        for row in page
    ]
    bind.execute(sa.update(table).where(place).values(values), rows)
    return len(rows)


def _bytes(bind: sa.Connection, column: sa.Column[Any]) -> sa.ColumnElement[int]:
    return sa.func.octet_length(column) if bind.dialect.name == "postgresql" else sa.func.length(_blob(column))


def _blob(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(column, sa.LargeBinary())


def _compared(bind: sa.Connection, text: str) -> sa.TextClause:
    if bind.dialect.name == "postgresql":
        return sa.text(f"coalesce({text}_folded, lower({text}))")
    return sa.text(f"(coalesce({text}_folded, {text}) COLLATE NOCASE)")


def _tell_what_is_double(bind: sa.Connection) -> None:
    """Tell which names occur twice: nobody minded those of some types, and others were two before text was folded."""
    for kind, table, name, owner, rows in _SINGLE:
        found = bind.exec_driver_sql(
            f"SELECT min({name}), count(*) FROM {table} WHERE {name} IS NOT NULL{rows} "  # noqa: S608 - constants
            f"GROUP BY {_compared(bind, name)}{owner} HAVING count(*) > 1"
        )
        for one, count in found:
            logger.warning(
                '%d entities of the type %s are called "%s". They go on working, but whoever asks for the one of that '
                "name finds several: rename or delete all but one.",
                *(count, kind, one),
            )
