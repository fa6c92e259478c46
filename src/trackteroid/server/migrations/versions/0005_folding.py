"""Text is compared by its folding. Databases fold ASCII letters themselves; the folding of other text is beside it.

Revises: 0004
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from trackteroid.server.folding import beside
from trackteroid.server.model import column_types

revision = "0005"
down_revision = "0004"

logger = logging.getLogger("trackteroid.server")

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

#: Table, name of the index, and the text that it holds.
_INDEXES = (
    ("context", "ix_context_name", "name"),
    ("scope", "ix_scope_name", "name"),
    ("asset", "ix_asset_name", "name"),
    ("resource", "ix_resource_last_name", "last_name"),
)
_PAGE = 2_000


def upgrade() -> None:
    """Add the columns, fill them where there is something to store, and let the indexes hold what is compared."""
    bind = op.get_bind()
    for name, columns in _TEXTS.items():
        texts = columns.split()
        table = _with_columns(bind, name, texts)
        filled = sum(_fill(bind, table, texts, page) for page in _pages(bind, table, texts))
        if filled:
            logger.info("Folded the texts of %d rows of %s.", filled, name)
    for name, index, text in _INDEXES:
        op.drop_index(index, name, if_exists=True)
        op.create_index(index, name, [_compared(bind, text)])
    if bind.dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS trackteroid_fold(TEXT)")


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
    """The rows with other letters than those of ASCII in one of `texts`, by key."""
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
