"""The history of the database's tables, as Alembic revisions in `versions`.

A fresh database is made directly and marked with the newest revision; an older one is brought there step by step. To
add a revision after changing the model, run ``python -m trackteroid.server.storage.migrations "what changed" old.db``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import SAWarning

# Alembic takes 0.08 s to import, and a database that is up to date does without it.
if TYPE_CHECKING:
    from alembic.config import Config

#: The revision that the model describes.
HEAD = "0024"

#: The revision of databases that were made before revisions were kept.
FIRST = "0001"

#: Where the revisions are.
FOLDERS: tuple[Path, ...] = (Path(__file__).parent / "versions",)

#: The table that Alembic keeps the revision of a database in.
MARKS = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), primary_key=True),
)


#: What SQLAlchemy says of indexes of SQLite that hold more than columns.
UNREADABLE_INDEX = "Skipped unsupported reflection of expression-based index"


def revision_of(connection: sa.Connection) -> str | None:
    """Return the revision a database is marked with, if it is."""
    if not sa.inspect(connection).has_table(MARKS.name):
        return None
    return connection.execute(sa.select(MARKS.c.version_num)).scalar()


def mark(connection: sa.Connection, revision: str) -> None:
    """Mark a database that has none with a revision."""
    MARKS.create(connection, checkfirst=False)
    connection.execute(sa.insert(MARKS).values(version_num=revision))


def is_known(revision: str) -> bool:
    """Return whether `revision` is part of this version's history."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(configuration())
    return any(script.revision == revision for script in scripts.walk_revisions())


def upgrade(connection: sa.Connection, target: str) -> None:
    """Bring a marked database to the revision `target`, within the transaction of `connection`."""
    from alembic import command

    config = configuration()
    config.attributes["connection"] = connection
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", UNREADABLE_INDEX, SAWarning)
        command.upgrade(config, target)


def configuration(folders: Iterable[Path] | None = None) -> Config:
    """Return Alembic's configuration, without a file."""
    from alembic.config import Config

    config = Config()
    places = "\n".join(str(folder) for folder in folders or FOLDERS)
    for name, value in (
        ("script_location", str(Path(__file__).parent)),
        ("version_locations", places),
        ("path_separator", "newline"),
    ):
        config.set_main_option(name, value.replace("%", "%%"))
    return config
