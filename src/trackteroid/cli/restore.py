"""`trackteroid restore`: a database from its copy."""

from __future__ import annotations

from pathlib import Path

import click

from trackteroid.cli.ending import ending_in_order
from trackteroid.server import DatabaseError
from trackteroid.server.storage import backups


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--database", required=True, metavar="URL", help="Where to, such as sqlite:///production.db.")
@click.option("--force", is_flag=True, help="Replace what is in the database.")
def restore(*, file: Path, database: str, force: bool) -> None:
    """Make a database what FILE holds, which `trackteroid backup` has written.

    Servers may go on running on it. If anything fails, the database is as it was.
    """
    try:
        with ending_in_order():
            copied = backups.restore(file, database, force=force)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error
    compared = f"compared with {file}" if copied.is_compared else "sound, and somebody has written to it since"
    click.echo(f"{copied.rows:,} rows of {copied.tables} tables restored, {compared}.")
