"""`trackteroid backup`, `restore`, `check` and `generate`: looking after databases, while servers run on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from trackteroid.cli.command import Command, json_option, say, without_password
from trackteroid.cli.ending import ending_in_order
from trackteroid.progress import following
from trackteroid.server import Database, DatabaseError, EmbeddedServer
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.demo.generate import SCALES
from trackteroid.server.demo.generate import generate as fill
from trackteroid.server.files.checking import check_files
from trackteroid.server.files.opening import open_store
from trackteroid.server.files.stores import StoreError
from trackteroid.server.storage import backups
from trackteroid.server.storage.checking import check as look

_BACKUP = """\
from pathlib import Path

from trackteroid.server.storage.backups import backup

print(backup({database!r}, Path({file!r}), force={force}))"""

_RESTORE = """\
from pathlib import Path

from trackteroid.server.storage.backups import restore

print(restore(Path({file!r}), {database!r}, force={force}))"""

_CHECK = """\
from contextlib import closing

from trackteroid.server import Database
from trackteroid.server.files.checking import check_files
from trackteroid.server.files.opening import open_store
from trackteroid.server.storage.backups import existing
from trackteroid.server.storage.checking import check

with closing(Database(existing({database!r}))) as database:
    print(*check(database, repair={repair}).findings, sep='\\n')
    store = open_store({files!r}, database)
    print(*check_files(database, store, repair={repair}, read_all={read_files}), sep='\\n')"""

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


@click.command(cls=Command, python=_CHECK)
@click.option("--database", required=True, metavar="URL", help="What to look at, such as sqlite:///production.db.")
@click.option(
    "--repair", is_flag=True, help="Repair what follows from the rest, such as ancestors and latest versions."
)
@click.option("--files", metavar="FOLDER|URL", help="Where its files are kept.  [default: as for serve]")
@click.option("--read-files", is_flag=True, help="Read all files, and compare them with their checksums.")
@json_option
def check(*, database: str, repair: bool, files: str | None, read_files: bool, as_json: bool) -> None:
    """Look at all of a database: does it keep the rules of its data?

    References, what occurs once only, ancestors, latest versions, links and folded text; components without their
    data, and data without components. Exits with 1 if something is left that does not. Servers may run on it; with
    --repair, whoever writes waits meanwhile.
    """
    try:
        opened = Database(backups.existing(database))
        try:
            with following("Looking at the database"):
                report = look(opened, repair=repair)
            store = open_store(files, opened)
            with following("Looking at the files"):
                found = tuple(check_files(opened, store, repair=repair, read_all=read_files))
            report = replace(report, rules=(*report.rules, "files"), findings=(*report.findings, *found))
        finally:
            opened.close()
    except (DatabaseError, PermissionError_, StoreError) as error:
        raise click.ClickException(str(error)) from error
    summary = "all rules hold." if report.is_sound else "not all rules hold."
    if report.is_sound and report.findings:
        summary = f"repaired; {summary}"
    say(report.as_json(), [*map(str, report.findings), f"{report.database}: {summary}"], as_json=as_json)
    if not report.is_sound:
        raise SystemExit(1)


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
        server = EmbeddedServer(database)
        try:
            steps = SCALES[scale].projects + 1
            with following("Generating", steps, unit="steps") as advance:
                rows = fill(server.database, SCALES[scale], seed=seed, progress=advance)
        finally:
            server.close()
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error
    except IntegrityError as error:
        raise click.ClickException(
            f"The projects of seed {seed} are in {database} already. Choose another with --seed N."
        ) from error
    line = f"{rows:,} rows. Serve them with: trackteroid serve --database {database}"
    say({"rows": rows, "database": without_password(database)}, [line], as_json=as_json)
