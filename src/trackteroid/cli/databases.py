"""`trackteroid backup`, `restore` and `generate`: what databases hold, copied, put back or made up."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from trackteroid import server
from trackteroid.cli.command import Command, json_option, say, without_password
from trackteroid.cli.ending import ending_in_order
from trackteroid.progress import following
from trackteroid.server import DatabaseError
from trackteroid.server.demo import generate as productions
from trackteroid.server.storage import backups

_BACKUP = """\
from pathlib import Path

from trackteroid.server.storage.backups import backup

print(backup({database!r}, Path({file!r}), force={force}))"""

_RESTORE = """\
from pathlib import Path

from trackteroid.server.storage.backups import restore

print(restore(Path({file!r}), {database!r}, force={force}))"""

_GENERATE = """\
from contextlib import closing

from trackteroid.server import EmbeddedServer
from trackteroid.server.demo.generate import SCALES, generate

with closing(EmbeddedServer({database!r})) as server:
    print(generate(server.database, SCALES[{scale!r}], seed={seed}), 'rows')"""


@click.command(cls=Command, python=_BACKUP)
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


@click.command(cls=Command, python=_RESTORE)
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


@click.command(cls=Command, python=_GENERATE)
@click.option(
    "--scale",
    type=click.Choice(["s", "m", "l"]),
    default="s",
    show_default=True,
    help="s: 2,000 tasks, 5,000 versions. m: 75,000 and 250,000. l: 1,000,000 and 3,000,000.",
)
@click.option("--database", required=True, metavar="URL", help="Where to, such as sqlite:///large.db.")
@click.option("--seed", default=0, show_default=True, help="Another seed adds other projects.")
@json_option
def generate(*, scale: str, database: str, seed: int, as_json: bool) -> None:
    """Fill a database with a made-up production, to measure or to try things out at scale.

    What is in the database stays. Serve it afterwards with `trackteroid serve --database URL`.
    """
    try:
        scaled = productions.SCALES[scale]
        with (
            closing(server.EmbeddedServer(database)) as opened,
            following("Generating", scaled.projects + 1, unit="steps") as advance,
        ):
            rows = productions.generate(opened.database, scaled, seed=seed, progress=advance)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error
    except IntegrityError as error:
        raise click.ClickException(
            f"The projects of seed {seed} are in {database} already. Choose another with --seed N."
        ) from error
    line = f"{rows:,} rows. Serve them with: trackteroid serve --database {database}"
    say({"rows": rows, "database": without_password(database)}, [line], as_json=as_json)
