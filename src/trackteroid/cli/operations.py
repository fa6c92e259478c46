"""`trackteroid operations`: look at, verify, repair and commit files of deferred operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from trackteroid.cli.command import Group, json_option, say
from trackteroid.cli.connecting import Server, connected, exit_codes, server_of, server_options
from trackteroid.cli.ending import REFUSED, outline
from trackteroid.constants import AT_ONCE
from trackteroid.errors import OperationsFileError
from trackteroid.operations import ReplayResult, replay
from trackteroid.operations.format import file
from trackteroid.operations.format.repair import repair as recover
from trackteroid.operations.naming import words
from trackteroid.operations.plan import plan

_FILES = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
_FILE = click.argument("path", metavar="FILE", type=click.Path(path_type=Path))


@click.group(cls=Group, epilog=outline())
def operations() -> None:
    """Look at, verify, repair and commit files of deferred operations.

    The server and the credentials are those of the options, or of the environment: FTRACK_SERVER, FTRACK_API_USER and
    FTRACK_API_KEY.
    """


def operations_show_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid operations show` does."""
    server = server_of(given)
    check = ", check=True" if given["check"] else ""
    return _program(server, f"print({server.session}.plan({_paths(given['files'])}{check}))")


@operations.command(python=operations_show_in_python)
@_FILES
@json_option
@click.option("--check", is_flag=True, help="Compare with the server; exit with 1 where it disagrees.")
@server_options
def show(*, files: tuple[Path, ...], as_json: bool, check: bool, **given: Any) -> None:
    """Print what the files will do, entity by entity, who recorded it and where. Without --check no server is asked."""
    with connected(server_of(given)) as session:
        planned = plan(session, files, check=check)
        say(planned.as_json(), [str(planned)], as_json=as_json)
    if planned.has_conflicts:
        raise SystemExit(REFUSED)


_VERIFY = """\
from pathlib import Path

from trackteroid.operations.format import file

print(len(file.check(Path({path!r})).operations))"""


@operations.command(python=_VERIFY)
@_FILE
@json_option
def verify(*, path: Path, as_json: bool) -> None:
    """Check that a file is complete and undamaged."""
    with exit_codes():
        content = file.check(path)
    vouched = "undamaged" if content.header else "readable; files of older tools have nothing that vouches for them"
    count, is_vouched = len(content.operations), bool(content.header)
    found = {"path": str(path), "operations": count, "is_readable": True, "is_vouched_for": is_vouched}
    say(found, [f"{path}: {words(count, 'operation')}, {vouched}."], as_json=as_json)


def operations_repair_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid operations repair` does."""
    path: Path = given["path"]
    target = given["output"] or _repaired(path)
    call = f"print(repair(Path({str(path)!r}), Path({str(target)!r})))"
    return "\n".join(
        ["from pathlib import Path", "", "from trackteroid.operations.format.repair import repair", "", call]
    )


@operations.command(python=operations_repair_in_python)
@_FILE
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write.  [default: FILE with .repaired before its suffix]",
)
@json_option
def repair(*, path: Path, output: Path | None, as_json: bool) -> None:
    """Recover every complete operation before the damage into another file. The damaged one is not changed."""
    with exit_codes():
        try:
            file.read(path)
        except OperationsFileError:
            done = recover(path, output or _repaired(path))
        else:
            found = {"path": str(path), "is_damaged": False, "output": None}
            say(found, [f"{path} is not damaged; nothing to repair."], as_json=as_json)
            return
    of = "" if done.recorded is None else f" of {done.recorded:,}"
    lines = [f"{done.output}: recovered {words(done.recovered, 'operation')}{of}."]
    if not done.is_verified:
        lines.append(
            "Its checks are lost with the rest: look at it with `trackteroid operations show` before committing."
        )
    found = {
        "path": str(path),
        "is_damaged": True,
        "output": str(done.output),
        "recovered": done.recovered,
        "recorded": done.recorded,
        "is_verified": done.is_verified,
    }
    say(found, lines, as_json=as_json)


def operations_commit_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid operations commit` does."""
    server, paths = server_of(given), _paths(given["files"])
    if given["dry_run"]:
        return _program(server, f"print({server.session}.plan({paths}, check=True))")
    options = [f"on_conflict={given['on_conflict']!r}"] if given["on_conflict"] != "overwrite" else []
    options += ["allow_other_server=True"] if given["allow_other_server"] else []
    options += [f"at_once={given['at_once']}"] if given["at_once"] != AT_ONCE else []
    return _program(server, f"print({server.session}.reconnect_and_commit({', '.join([paths, *options])}))")


@operations.command(python=operations_commit_in_python)
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
    default=AT_ONCE,
    show_default=True,
    help="Operations that are sent in one transaction; fewer where the server takes no more in one call.",
)
@json_option
@server_options
def commit(
    *,
    files: tuple[Path, ...],
    dry_run: bool,
    on_conflict: Literal["overwrite", "raise", "skip"],
    allow_other_server: bool,
    at_once: int,
    as_json: bool,
    **given: Any,
) -> None:
    """Send the operations of the files, in this order and in one transaction. Repeating it never repeats its effect.

    More operations than --at-once are sent in several transactions, and the files remember how far that is.
    """
    with connected(server_of(given)) as session:
        if dry_run:
            planned = plan(session, files, check=True)
            say(planned.as_json(), [str(planned)], as_json=as_json)
            foreign = any(each.is_foreign for each in planned.files) and not allow_other_server
            refused = foreign or (on_conflict == "raise" and planned.has_conflicts)
        else:
            for path in dict.fromkeys(files):  # before anything else, so that a wrong path is no matter of the server
                file.check(path)
            result = replay(session, files, on_conflict, allow_other_server=allow_other_server, at_once=at_once)
            say(told_as_json(result), told_as_lines(result), as_json=as_json)
            refused = False
    if refused:
        click.echo("Committing would be refused.", err=True)
        raise SystemExit(REFUSED)


def told_as_lines(result: ReplayResult) -> Iterator[str]:
    """Yield what has become of files, for people."""
    for path in result.already_committed:
        yield f"{path}: already committed; nothing was sent."
    for path in result.committed:
        yield f"{path}: committed."
    if result.committed:
        yield f"Sent {words(result.sent, 'operation')}."
    if result.uploaded:
        yield f"Sent {words(result.uploaded, 'file')}."
    if result.reviews:
        yield f"Asked for {words(result.reviews, 'review')}."
    if result.recognised:
        yield f"{words(result.recognised, 'operation')} had arrived with an earlier attempt."
    for conflict in result.skipped:
        yield f"Skipped: {conflict}"


def told_as_json(result: ReplayResult) -> dict[str, Any]:
    """Return what has become of files, for programs."""
    return {
        "committed": list(map(str, result.committed)),
        "already_committed": list(map(str, result.already_committed)),
        "sent": result.sent,
        "uploaded": result.uploaded,
        "reviews": result.reviews,
        "recognised": result.recognised,
        "skipped": list(map(str, result.skipped)),
        "gone": list(map(str, result.gone)),
    }


def _repaired(path: Path) -> Path:
    return path.with_name(f"{path.stem}.repaired{path.suffix}")


def _paths(files: Sequence[Path]) -> str:
    return repr([str(path) for path in files])


def _program(server: Server, line: str) -> str:
    return "\n".join([*server.python([], needs_session=True), line])
