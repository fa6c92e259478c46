"""`trackteroid check`: whether a database keeps the rules of its data."""

from __future__ import annotations

from dataclasses import replace

import click

from trackteroid.cli.command import Command, json_option, say, without_password
from trackteroid.progress import following
from trackteroid.server import Database, DatabaseError
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.files.checking import check_files
from trackteroid.server.files.opening import open_store
from trackteroid.server.files.stores import StoreError
from trackteroid.server.storage import backups
from trackteroid.server.storage.checking import check as look


def _python(*, database: str, repair: bool, files: str | None, read_files: bool, **_: object) -> str:
    return "\n".join(
        [
            "from contextlib import closing",
            "",
            "from trackteroid.server import Database",
            "from trackteroid.server.files.checking import check_files",
            "from trackteroid.server.files.opening import open_store",
            "from trackteroid.server.storage.backups import existing",
            "from trackteroid.server.storage.checking import check",
            "",
            f"with closing(Database(existing({without_password(database)!r}))) as database:",
            f"    print(*check(database, repair={repair}).findings, sep='\\n')",
            f"    store = open_store({files!r}, database)",
            f"    print(*check_files(database, store, repair={repair}, read_all={read_files}), sep='\\n')",
        ]
    )


@click.command(cls=Command, python=_python)
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
    summary = f"{report.database}: {_summary(report.findings, is_sound=report.is_sound)}"
    say(report.as_json(), [*map(str, report.findings), summary], as_json=as_json)
    if not report.is_sound:
        raise SystemExit(1)


def _summary(findings: tuple[object, ...], *, is_sound: bool) -> str:
    if not findings:
        return "all rules hold."
    return "repaired; all rules hold." if is_sound else "not all rules hold."
