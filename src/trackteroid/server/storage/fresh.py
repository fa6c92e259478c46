"""What a fresh database holds: its tables and the built-in rows.

With SQLite, working out the statements for it takes ten times as long as carrying them out, and carrying them out ten
times as long as copying what they make. Programs that test something begin with a fresh database again and again. So a
process works the statements out once, and makes databases in memory as copies of a first one.
"""

from __future__ import annotations

import uuid
from contextlib import closing
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from trackteroid.server.history import keeping
from trackteroid.server.model import standard_model
from trackteroid.server.model.folding import with_folded
from trackteroid.server.model.tables import build_tables
from trackteroid.server.rules.custom_attributes import search_columns
from trackteroid.server.storage import builtin, engines, migrations

#: What `server_information` says since revisions are kept; versions before that refuse everything but 1.
_FORMAT = "2"

#: The statements for SQLite as its driver takes them, with their parameters, once they are known.
_statements: list[tuple[str, Any]] = []


def create(connection: sa.Connection) -> None:
    """Make the tables and the built-in rows of an empty database, which has no identity then."""
    model = standard_model()
    if _statements and connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        with closing(driver.cursor()) as cursor:  # there are a thousand, so what SQLAlchemy does for each counts
            for statement, parameters in _statements:
                cursor.execute(statement, parameters)
        return
    noted: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        noted.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        # SQLAlchemy remembers in a foreign key that PostgreSQL got it after its table, and leaves it out from then on.
        build_tables(model).create_all(connection, checkfirst=False)
        migrations.mark(connection, migrations.HEAD)
        for type_name, values in builtin.rows():
            entity_type, table = model.type(type_name), model.table(type_name)
            columns = model.columns(entity_type.table)
            row = {name: value for name, value in values.items() if name in columns}
            if entity_type.discriminator is not None:
                row = {entity_type.discriminator: type_name, **row}
            if "default_text" in columns:
                row["default_text"], row["default_number"] = search_columns(values.get("default"))
            connection.execute(sa.insert(table).values(with_folded(table, row)))
    finally:
        event.remove(connection, "before_cursor_execute", note)
    if connection.dialect.name == "sqlite":
        _statements[:] = noted


def identify(connection: sa.Connection) -> None:
    """Give a fresh database what tells it from all others."""
    information = standard_model().table("ServerInformation")
    connection.execute(
        sa.insert(information),
        [{"key": "format", "value": _FORMAT}, {"key": "server_id", "value": str(uuid.uuid4())}],
    )


def copy_into(driver: Any) -> None:
    """Make what `create` makes, and keep the history of it, in the empty SQLite database of a driver's connection."""
    with _first().connect() as connection:
        source: Any = connection.connection.driver_connection
        source.backup(driver)


@cache
def _first() -> sa.Engine:
    """Return the database in memory that others are copies of."""
    engine = engines.make_engine("sqlite://", "full")
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        with engines.prepare(connection, engines.PREPARE).begin():
            create(connection)
            keeping.keep(connection)
    return engine
