"""`trackteroid check`: whether a database keeps the rules of its data."""

from __future__ import annotations

from dataclasses import replace

import click

from trackteroid.cli.command import Command, json_option, say
from trackteroid.progress import following
from trackteroid.server import Database, DatabaseError
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.files.checking import check_files
from trackteroid.server.files.opening import open_store
from trackteroid.server.files.stores import StoreError
from trackteroid.server.storage import backups
from trackteroid.server.storage.checking import check as look

_PROGRAM = """\
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


@click.command(cls=Command, python=_PROGRAM)
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
