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
from trackteroid.cli.statements import Statement
from trackteroid.errors import InvalidArgumentsError, NoResultFoundError, OperationsFileError, UnreachableServerError
from trackteroid.operations.naming import words
from trackteroid.operations.plan import Plan
from trackteroid.schema.types import schema_of
from trackteroid.session import Session
from trackteroid.spelling import visible_lines

F = TypeVar("F", bound=Callable[..., Any])

#: How many entities are changed without a question.
UNASKED = 10
#: How many entities of a plan are written out for people.
_WRITTEN = 50
#: The attributes by which people know something, and what it belongs to.
_NAMES = ("name", "full_name", "label", "username", "version", "subject")


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

    def show(self, planned: Plan, address: str, also: Sequence[str]) -> None:
        """Print what would be changed, and on which server."""
        (file,) = planned.files
        for entity in file.entities[:_WRITTEN]:
            self.tell(str(entity))
        if len(file.entities) > _WRITTEN:
            self.tell(f"... and {len(file.entities) - _WRITTEN:,} more; --json has all of them.")
        if file.entities:
            for line in also:
                self.tell(line)
            self.tell(f"{words(file.operations, 'operation')} for {address}.")

    def ask(self, count: int) -> None:
        """Ask whether to make so many changes, and end if not."""
        try:
            is_wanted = click.confirm(f"Make {words(count, 'change')}?", err=True)
        except click.Abort as error:
            if sys.stdin.isatty():
                raise
            raise InvalidArgumentsError("Nobody is there to answer. Nothing was changed; add --yes.") from error
        if not is_wanted:
            click.echo("Nothing was changed.", err=True)
            raise SystemExit(1)

    def conclude(self, planned: Plan, sent: int) -> None:
        """Print what was done."""
        (file,) = planned.files
        if self.as_json:
            content: dict[str, Any] = planned.as_json()
            changes = content["files"][0]["entities"]
            write_json({"changes": changes, "sent": sent, "file": str(self.defer) if self.defer else None})
        if not file.entities:
            self.tell("Nothing to change.")
        elif self.dry_run:
            self.tell("Nothing was sent.")
        elif self.defer:
            self.tell(f"Written to {self.defer}. Send it with: trackteroid operations commit {self.defer}")
        else:
            self.tell(f"Sent {words(sent, 'operation')}.")


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
        count, sent = len(planned.files[0].entities), 0
        manner.show(planned, session.address, also)
        if count and not manner.dry_run and manner.defer is None:
            if (ask or count > UNASKED) and not manner.yes:
                manner.ask(count)
            try:
                sent = session.reconnect_and_commit(path, "raise").sent
            except (UnreachableServerError, OperationsFileError, KeyboardInterrupt):
                is_kept = True
                click.echo(f"Finish it, without doing anything twice: trackteroid operations commit {path}", err=True)
                raise
        manner.conclude(planned, sent)
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def selected(query: Any, statement: Statement, projections: Sequence[str] = ()) -> Any:
    """Return what a query finds, of the part that a statement wants, with what plans call it by.

    Raises:
        NoResultFoundError: there is nothing, so that a misspelt name is noticed.
    """
    types, name = schema_of(query.session), query.entity_type.__name__
    naming = [each for each in _NAMES if types.find_attribute(name, each)]
    for parent in query.entity_type.parents:
        owner = types.find_attribute(name, parent)
        if owner is not None and owner.kind == "reference":
            own = [each for each in _NAMES if types.find_attribute(owner.target or "", each)]
            naming += [f"{owner.name}.{each}" for each in own]
    found = query.get(
        list(dict.fromkeys([*projections, *naming])),
        statement.limit,
        statement.offset,
        order=statement.order,
        order_by=list(statement.order_by) or None,
    )
    if not found:
        raise NoResultFoundError(f"Nothing was found, so nothing was changed: {query}")
    return found
