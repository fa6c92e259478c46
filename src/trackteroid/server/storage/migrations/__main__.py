"""Comparing the tables of a database with those of the model, and writing the revision that leads to these.

Run it after a change of the model::

    python -m trackteroid.server.storage.migrations "what changed" old.db

with a database of the newest revision, of which it takes a copy. What it writes is a proposal: read it, complete it
where rows have to change too, and raise `HEAD`.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, cast

import sqlalchemy as sa
from alembic import autogenerate
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps
from sqlalchemy.exc import SAWarning

from trackteroid.server.model import column_types, standard_model
from trackteroid.server.model.tables import build_tables
from trackteroid.server.storage.migrations import FOLDERS, HEAD, MARKS, UNREADABLE_INDEX

#: What a revision looks like.
TEMPLATE = '''"""{message}

Revises: {before}
"""

import sqlalchemy as sa
from alembic import op

from trackteroid.server.model import column_types

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    """{message}."""
    {body}
'''


def main(message: str, url: str) -> Path:
    """Write a revision; returns its file."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        body = render(connection)
    engine.dispose()
    number = f"{int(HEAD) + 1:04}"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")
    path = FOLDERS[0] / f"{number}_{slug}.py"
    path.write_text(TEMPLATE.format(message=message, revision=number, before=HEAD, body=body))
    return path


def differences(connection: sa.Connection) -> list[Any]:
    """Return what is different in the database, as Alembic tells it; empty if the model and the database agree."""
    with _quiet():
        return cast("list[Any]", autogenerate.compare_metadata(_context(connection), declared()))


def render(connection: sa.Connection) -> str:
    """Return the statements of a revision that removes the differences."""

    def name(kind: str, item: Any, _context: Any) -> str | Literal[False]:
        """Return the column types by the names they have here."""
        names = (name for name, known in vars(column_types).items() if known is item and kind == "type")
        found = next(names, None)
        return f"column_types.{found}" if found else False

    context = _context(connection)
    with _quiet():
        script = autogenerate.produce_migrations(context, declared())
    operations = script.upgrade_ops or UpgradeOps()
    return autogenerate.render_python_code(
        operations, render_as_batch=True, render_item=name, migration_context=context
    )


def declared() -> sa.MetaData:
    """Return the tables of the model. Alembic makes changes to what it compares, so these are nobody else's."""
    return build_tables(standard_model())


@contextmanager
def _quiet() -> Generator[None]:
    """Without the warnings that are no news: tables refer to each other, and SQLite's indexes cannot be compared."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Cannot correctly sort tables", SAWarning)
        warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression-based index")
        warnings.filterwarnings("ignore", UNREADABLE_INDEX, SAWarning)
        yield


def _context(connection: sa.Connection) -> MigrationContext:
    def is_compared(item: Any, *_: Any) -> bool:
        """Leave out what belongs to the other database, and the table that keeps the revision."""
        condition = getattr(item, "_ddl_if", None)
        return item.name != MARKS.name and (condition is None or condition.dialect == connection.dialect.name)

    return MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_compared})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(main(sys.argv[1], f"sqlite:///{sys.argv[2]}"))
