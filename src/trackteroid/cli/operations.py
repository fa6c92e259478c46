"""`trackteroid operations`: look at, verify, repair and commit files of deferred operations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from trackteroid.cli.exits import REFUSED, exit_codes
from trackteroid.errors import OperationsFileError
from trackteroid.operations import ReplayResult, replay
from trackteroid.operations.format import file
from trackteroid.operations.format.repair import repair as recover
from trackteroid.operations.naming import words
from trackteroid.operations.plan import plan
from trackteroid.operations.replay import Step
from trackteroid.session import Session

_CODES = """\b
Exit codes:
  0  done, or done already
  1  refused: a conflict, a damaged file, the wrong server, an error of the server
  2  wrong usage, or credentials are missing
  3  the server cannot be reached or did not answer, or another process uses the file:
     the same command can be repeated, and what has arrived already is not sent again
"""
_FILES = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
_FILE = click.argument("path", metavar="FILE", type=click.Path(path_type=Path))


@click.group(epilog=_CODES)
def operations() -> None:
    """Look at, verify, repair and commit files of deferred operations.

    The server and the credentials are those of the environment: FTRACK_SERVER, FTRACK_API_USER and FTRACK_API_KEY.
    """


@operations.command(epilog=_CODES)
@_FILES
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--check", is_flag=True, help="Compare with the server; exit with 1 where it disagrees.")
def show(*, files: tuple[Path, ...], as_json: bool, check: bool) -> None:
    """Print what the files will do, entity by entity, who recorded it and where. Without --check no server is asked."""
    with exit_codes(), Session() as session:
        planned = plan(session, files, check=check)
        click.echo(json.dumps(planned.as_json(), indent=2) if as_json else str(planned))
    if planned.has_conflicts:
        raise SystemExit(REFUSED)


@operations.command(epilog=_CODES)
@_FILE
def verify(*, path: Path) -> None:
    """Check that a file is complete and undamaged."""
    with exit_codes():
        content = file.check(path)
    vouched = "undamaged" if content.header else "readable; files of older tools have nothing that vouches for them"
    click.echo(f"{path}: {words(len(content.operations), 'operation')}, {vouched}.")


@operations.command(epilog=_CODES)
@_FILE
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write.  [default: FILE with .repaired before its suffix]",
)
def repair(*, path: Path, output: Path | None) -> None:
    """Recover every complete operation before the damage into another file. The damaged one is not changed."""
    with exit_codes():
        try:
            file.read(path)
        except OperationsFileError:
            done = recover(path, output or path.with_name(f"{path.stem}.repaired{path.suffix}"))
        else:
            click.echo(f"{path} is not damaged; nothing to repair.")
            return
    of = "" if done.recorded is None else f" of {done.recorded:,}"
    click.echo(f"{done.output}: recovered {words(done.recovered, 'operation')}{of}.")
    if not done.is_verified:
        click.echo(
            "Its checks are lost with the rest: look at it with `trackteroid operations show` before committing."
        )


@operations.command(epilog=_CODES)
@_FILES
@click.option("--dry-run", is_flag=True, help="Only compare with the server and print what would happen.")
@click.option(
    "--on-conflict",
    type=click.Choice(["overwrite", "raise", "skip"]),
    default="overwrite",
    show_default=True,
    help="What to do with values that changed on the server since they were recorded.",
)
@click.option("--allow-other-server", is_flag=True, help="Commit on another server than the files were recorded for.")
@click.option(
    "--at-once",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Operations that are sent in one transaction; fewer where the server takes no more in one call.",
)
def commit(
    *,
    files: tuple[Path, ...],
    dry_run: bool,
    on_conflict: Literal["overwrite", "raise", "skip"],
    allow_other_server: bool,
    at_once: int,
) -> None:
    """Send the operations of the files, in this order and in one transaction. Repeating it never repeats its effect.

    More operations than --at-once are sent in several transactions, and the files remember how far that is.
    """
    with exit_codes(), Session() as session:
        if dry_run:
            planned = plan(session, files, check=True)
            click.echo(str(planned))
            foreign = any(each.is_foreign for each in planned.files) and not allow_other_server
            refused = foreign or (on_conflict == "raise" and planned.has_conflicts)
        else:
            result = _commit(session, files, on_conflict, allow_other_server=allow_other_server, at_once=at_once)
            _report(result)
            refused = False
    if refused:
        click.echo("Committing would be refused.", err=True)
        raise SystemExit(REFUSED)


def _commit(
    session: Session,
    files: Sequence[Path],
    on_conflict: Literal["overwrite", "raise", "skip"],
    *,
    allow_other_server: bool,
    at_once: int,
) -> ReplayResult:
    # Before anything else, so that a wrong path is no matter of the server.
    length = sum(len(file.check(path).operations) for path in dict.fromkeys(files))
    with click.progressbar(
        tuple(Step), length=length, label="Committing", item_show_func=lambda step: step and step.value
    ) as bar:
        return replay(
            session,
            files,
            on_conflict,
            allow_other_server=allow_other_server,
            at_once=at_once,
            on_step=lambda step: bar.update(0, step),
            on_progress=lambda done, _: bar.update(done - bar.pos),
        )


def _report(result: ReplayResult) -> None:
    for path in result.already_committed:
        click.echo(f"{path}: already committed; nothing was sent.")
    for path in result.committed:
        click.echo(f"{path}: committed.")
    if result.committed:
        click.echo(f"Sent {words(result.sent, 'operation')}.")
    if result.recognised:
        click.echo(f"{words(result.recognised, 'operation')} had arrived with an earlier attempt.")
    for conflict in result.skipped:
        click.echo(f"Skipped: {conflict}")
