"""What is kept of every change of a row: triggers of the database write down what it was before.

Triggers see everything, whoever writes it and however: statements that change many rows, repairs, other programs. Of a
changed row they keep the old values of what has changed, of a deleted one all of it. Keys of rows never change. New
rows are kept where they are written, see `core.created`.

Everything that is kept belongs to a batch: what was written between two moments, see `moments`.
"""

from __future__ import annotations

from contextlib import closing
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from trackteroid.server.core.pending import batch_of
from trackteroid.server.model import standard_model
from trackteroid.server.model.column_types import CaselessText
from trackteroid.server.model.tables import DELETE, KEPT, UPDATE

#: How the triggers, and the functions of PostgreSQL, begin.
PREFIX: Final = "history_of_"
#: Returns the batch of a transaction, which PostgreSQL numbers when something is changed for the first time.
_BATCH_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION history_batch() RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE known text := current_setting('trackteroid.batch', true);
BEGIN
    IF coalesce(known, '') = '' THEN
        known := nextval(pg_get_serial_sequence('history_moment', 'number'))::text;
        PERFORM set_config('trackteroid.batch', known, true);
    END IF;
    RETURN known::bigint;
END $body$
"""


@cache
def kept_tables() -> dict[str, sa.Table]:
    """Return the tables whose changes are kept, by name."""
    return {name: table for name, table in standard_model().metadata.tables.items() if table.info.get(KEPT)}


def keep(connection: sa.Connection) -> None:
    """Keep all changes from now on. Others must not write meanwhile."""
    is_sqlite = connection.dialect.name == "sqlite"
    batch = batch_of(connection.dialect)
    driver: Any = connection.connection.driver_connection
    with closing(driver.cursor()) as cursor:  # there are hundreds, so what SQLAlchemy does for each of them counts
        for statement in _sqlite(batch) if is_sqlite else _postgresql(batch):
            cursor.execute(statement)


def pause(connection: sa.Connection) -> None:
    """Keep nothing until `keep`: what a revision makes of the rows is taken to have always been so."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in found:
            if name.startswith(PREFIX):
                connection.exec_driver_sql(f"DROP TRIGGER {_quoted(name)}")
        return
    tables = connection.exec_driver_sql(
        "SELECT DISTINCT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND NOT t.tgisinternal"
    ).all()
    for name, table in tables:
        if name.startswith(PREFIX):
            connection.exec_driver_sql(f"DROP TRIGGER {_quoted(name)} ON {_quoted(table)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _keys(table: sa.Table) -> list[str]:
    return [column.name for column in table.primary_key]


# All names are those of the model.


@cache
def _sqlite(batch: str) -> tuple[str, ...]:
    """Return a trigger for each sort of change of a row: it keeps JSON of the old one, or of what has changed of it."""
    statements: list[str] = []
    for table in kept_tables().values():
        whole, changed = list[str](), list[str]()
        for column in table.columns:
            old, new = f"old.{_quoted(column.name)}", f"new.{_quoted(column.name)}"
            value, text = old, f"json_quote({old})"
            if isinstance(
                column.type, sa.Float
            ):  # with all its digits, of which older versions of SQLite write 15 only
                text = f"CASE WHEN {old} IS NULL THEN 'null' ELSE printf('%!.17g', {old}) END"
                value = f"json({text})"
            whole.append(f"'{column.name}', {value}")
            exactly = " COLLATE BINARY" if isinstance(column.type, CaselessText) else ""  # also from capitals
            if not column.primary_key:
                is_other = f"{old}{exactly} IS NOT {new}"
                changed.append(f"CASE WHEN {is_other} THEN ',\"{column.name}\":' || {text} ELSE '' END")
        keys = [f"old.{_quoted(name)}" for name in _keys(table)]
        key = keys[0] if len(keys) == 1 else f"json_array({', '.join(keys)})"
        kept_of_changed = "'{' || substr(" + (" || ".join(changed) or "''") + ", 2) || '}'"
        statements.extend(
            f"CREATE TRIGGER {PREFIX}{kind}_{table.name} AFTER {kind} ON {_quoted(table.name)} BEGIN "  # noqa: S608 - names of the model
            "INSERT INTO row_history (batch, name, key, kind, old) VALUES "
            f"({batch}, {_text(table.name)}, {key}, {_text(kind)}, {kept}); END"
            for kind, kept in ((UPDATE, kept_of_changed), (DELETE, f"json_object({', '.join(whole)})"))
        )
    return tuple(statements)


@cache
def _postgresql(batch: str) -> tuple[str, ...]:
    """Return a function for each sort of change, which takes all rows of a statement at once, and its trigger."""
    statements = [_BATCH_FUNCTION]
    changed = (
        "(SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}'::jsonb)::text FROM jsonb_each(r.was) e "
        "WHERE e.value IS DISTINCT FROM r.becomes -> e.key)"
    )
    for table in kept_tables().values():
        keys = [f"o.{_quoted(name)}" for name in _keys(table)]
        key = f"{keys[0]}::text" if len(keys) == 1 else f"jsonb_build_array({', '.join(keys)})::text"
        same = " AND ".join(f"o.{_quoted(name)} = n.{_quoted(name)}" for name in _keys(table))
        # Rows are made into objects once, not for each of their columns, which "OFFSET 0" sees to.
        objects = f"{key} AS key, to_jsonb(o) AS was, to_jsonb(n) AS becomes"
        both = f"(SELECT {objects} FROM before o JOIN fresh n ON {same} OFFSET 0) r"  # noqa: S608 - names of the model
        for kind, tables, key_of_row, kept, rows in (
            (UPDATE, "OLD TABLE AS before NEW TABLE AS fresh", "r.key", changed, both),
            (DELETE, "OLD TABLE AS before", key, "jsonb_strip_nulls(to_jsonb(o))::text", "before o"),
        ):
            name = _quoted(f"{PREFIX}{kind}_{table.name}")
            statements += (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ "  # noqa: S608 - of the model
                f"DECLARE current bigint := {batch}; BEGIN "
                "INSERT INTO row_history (batch, name, key, kind, old) "
                f"SELECT current, {_text(table.name)}, {key_of_row}, {_text(kind)}, {kept} FROM {rows}; "
                "RETURN NULL; END $body$",
                f"CREATE TRIGGER {name} AFTER {kind} ON {_quoted(table.name)} REFERENCING {tables} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
            )
    return tuple(statements)
