"""`trackteroid backup`: a copy of a database, while servers run on it."""

from __future__ import annotations

from pathlib import Path

import click

from trackteroid.cli.ending import ending_in_order
from trackteroid.server import DatabaseError
from trackteroid.server.storage import backups


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--database", required=True, metavar="URL", help="What to copy, such as sqlite:///production.db.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def backup(*, file: Path, database: str, force: bool) -> None:
    """Copy a database into FILE, as of one moment, while servers run on it.

    The copy is compared with the database before FILE is there. PostgreSQL needs its own programs, pg_dump and
    pg_restore.
    """
    try:
        with ending_in_order():
            copied = backups.backup(database, file, force=force)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {copied.rows:,} rows of {copied.tables} tables, compared with the database.")
