"""`trackteroid restore`: a database from its copy."""

from __future__ import annotations

from pathlib import Path

import click

from trackteroid.cli.command import Command, json_option, say, without_password
from trackteroid.cli.ending import ending_in_order
from trackteroid.progress import following
from trackteroid.server import DatabaseError
from trackteroid.server.storage import backups


def _python(*, file: Path, database: str, force: bool, **_: object) -> str:
    call = f"print(restore(Path({str(file)!r}), {without_password(database)!r}, force={force}))"
    return "\n".join(
        ["from pathlib import Path", "", "from trackteroid.server.storage.backups import restore", "", call]
    )


@click.command(cls=Command, python=_python)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--database", required=True, metavar="URL", help="Where to, such as sqlite:///production.db.")
@click.option("--force", is_flag=True, help="Replace what is in the database.")
@json_option
def restore(*, file: Path, database: str, force: bool, as_json: bool) -> None:
    """Make a database what FILE holds, which `trackteroid backup` has written.

    Servers may go on running on it. If anything fails, the database is as it was.
    """
    try:
        with ending_in_order(), following("Restoring the database"):
            copied = backups.restore(file, database, force=force)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error
    compared = f"compared with {file}" if copied.is_compared else "sound, and somebody has written to it since"
    line = f"{copied.rows:,} rows of {copied.tables} tables restored, {compared}."
    found = {"rows": copied.rows, "tables": copied.tables, "is_compared": copied.is_compared}
    say(found, [line], as_json=as_json)
