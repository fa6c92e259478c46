"""`trackteroid backup`: a copy of a database, while servers run on it."""

from __future__ import annotations

from pathlib import Path

import click

from trackteroid.cli.command import Command, json_option, say, without_password
from trackteroid.cli.ending import ending_in_order
from trackteroid.progress import following
from trackteroid.server import DatabaseError
from trackteroid.server.storage import backups


def _python(*, file: Path, database: str, force: bool, **_: object) -> str:
    call = f"print(backup({without_password(database)!r}, Path({str(file)!r}), force={force}))"
    return "\n".join(
        ["from pathlib import Path", "", "from trackteroid.server.storage.backups import backup", "", call]
    )


@click.command(cls=Command, python=_python)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--database", required=True, metavar="URL", help="What to copy, such as sqlite:///production.db.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@json_option
def backup(*, file: Path, database: str, force: bool, as_json: bool) -> None:
    """Copy a database into FILE, as of one moment, while servers run on it.

    The copy is compared with the database before FILE is there. PostgreSQL needs its own programs, pg_dump and
    pg_restore.
    """
    try:
        with ending_in_order(), following("Copying the database"):
            copied = backups.backup(database, file, force=force)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error
    line = f"{file}: {copied.rows:,} rows of {copied.tables} tables, compared with the database."
    say({"file": str(file), "rows": copied.rows, "tables": copied.tables}, [line], as_json=as_json)
