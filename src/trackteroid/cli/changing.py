"""Changes from a shell: recorded into a file, shown, and sent only when that is wanted.

That they are in a file is why an interrupted command can be finished without doing anything twice.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from trackteroid.cli.command import write_json
from trackteroid.errors import InvalidArgumentsError, OperationsFileError, UnreachableServerError
from trackteroid.operations.naming import words
from trackteroid.operations.plan import Plan
from trackteroid.session import Session
from trackteroid.spelling import visible_lines

F = TypeVar("F", bound=Callable[..., Any])

#: How many entities are changed without a question.
UNASKED = 10
#: How many entities of a plan are written out for people.
_WRITTEN = 50


@dataclass(frozen=True, slots=True)
class Manner:
    """How changes are made.

    Attributes:
        dry_run: only show them.
        yes: ask nothing.
        defer: the file that they are written to, instead of being sent.
        as_json: print JSON.
    """

    dry_run: bool
    yes: bool
    defer: Path | None
    as_json: bool

    def tell(self, text: str) -> None:
        """Print something for people; beside JSON, where it is not in the way."""
        click.echo(visible_lines(text), err=self.as_json)


def changing_options(command: F) -> F:
    """Give a command the options that say how its changes are made."""
    options = (
        click.option("--dry-run", is_flag=True, help="Show what would be changed, and send nothing."),
        click.option("--yes", "-y", is_flag=True, help="Ask no questions."),
        click.option(
            "--defer",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Write the changes to FILE for `trackteroid operations commit`, and send nothing.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def manner_of(given: dict[str, Any]) -> Manner:
    """Return how changes are made according to the options; they are taken out of *given*.

    Raises:
        UsageError: the options exclude each other.
    """
    found = Manner(given.pop("dry_run"), given.pop("yes"), given.pop("defer"), given.pop("as_json"))
    if found.dry_run and found.defer:
        raise click.UsageError("--dry-run and --defer exclude each other: the one only shows what the other writes.")
    return found


def change(
    session: Session, record: Callable[[], None], manner: Manner, *, also: Sequence[str] = (), ask: bool = False
) -> None:
    """Record changes, show them, and send them.

    Args:
        session: the session to record them in.
        record: what changes something in the session.
        manner: how.
        also: what else there is to say before the question.
        ask: whether to ask also about a few.

    Raises:
        ConflictError: somebody else has changed the same while the question was waiting; nothing was sent.
    """
    if manner.defer is not None and manner.defer.exists():
        raise InvalidArgumentsError(f"{manner.defer} is there already. Write to another file, or remove it first.")
    folder = Path(tempfile.mkdtemp(prefix="trackteroid-"))
    is_kept = False
    try:
        path = manner.defer or folder / "changes.db"
        with session.deferred_operations(path):
            record()
        planned = session.plan(path)
        count = len(planned.files[0].entities)
        _show(session, planned, manner, also)
        if manner.dry_run or manner.defer or not count:
            _end(planned, manner, 0)
            return
        if (ask or count > UNASKED) and not manner.yes:
            _question(count)
        is_kept = True
        sent = _send(session, path)
        is_kept = False
        _end(planned, manner, sent)
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def _send(session: Session, path: Path) -> int:
    """Send what is in a file; where it may have to be finished later, say how."""
    try:
        return session.reconnect_and_commit(path, "raise").sent
    except (UnreachableServerError, OperationsFileError, KeyboardInterrupt):
        click.echo(f"Finish it, without doing anything twice: trackteroid operations commit {path}", err=True)
        raise
    except BaseException:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise


def _show(session: Session, planned: Plan, manner: Manner, also: Sequence[str]) -> None:
    entities = planned.files[0].entities
    for entity in entities[:_WRITTEN]:
        manner.tell(str(entity))
    if len(entities) > _WRITTEN:
        manner.tell(f"... and {len(entities) - _WRITTEN:,} more; --json has all of them.")
    for line in also if entities else ():
        manner.tell(line)
    if entities:
        manner.tell(f"{words(planned.files[0].operations, 'operation')} for {session.address}.")


def _question(count: int) -> None:
    try:
        is_wanted = click.confirm(f"Make {words(count, 'change')}?", err=True)
    except click.Abort as error:
        if sys.stdin.isatty():
            raise
        raise InvalidArgumentsError("Nobody is there to answer. Nothing was changed; add --yes.") from error
    if not is_wanted:
        click.echo("Nothing was changed.", err=True)
        raise SystemExit(1)


def _end(planned: Plan, manner: Manner, sent: int) -> None:
    """Say what was done."""
    if manner.as_json:
        content: dict[str, Any] = planned.as_json()
        changes = content["files"][0]["entities"]
        write_json({"changes": changes, "sent": sent, "file": str(manner.defer) if manner.defer else None})
    if not planned.files[0].entities:
        manner.tell("Nothing to change.")
    elif manner.dry_run:
        manner.tell("Nothing was sent.")
    elif manner.defer:
        manner.tell(f"Written to {manner.defer}. Send it with: trackteroid operations commit {manner.defer}")
    else:
        manner.tell(f"Sent {words(sent, 'operation')}.")
