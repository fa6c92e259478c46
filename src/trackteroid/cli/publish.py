"""`trackteroid publish`: files below a context, or as components of a version."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from trackteroid.cli.command import Command
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.ending import ending_in_order
from trackteroid.cli.locating import CONTEXT_HELP, find_below, find_owner, locate
from trackteroid.collections.files.intending import Intention, Wishes
from trackteroid.entities import AssetVersion, Task
from trackteroid.publishing.published import Published
from trackteroid.query import Query
from trackteroid.session import Session
from trackteroid.spelling import visible_lines

_CODES = """\b
Exit codes:
  0  published
  1  refused: a file is missing or taken, or an error of the server. Nothing is left of it
  2  wrong usage, or credentials are missing
  3  the server cannot be reached or did not answer: the same command can be repeated
"""


def publish_in_python(*, paths: tuple[str, ...], defer: Path | None, **options: Any) -> str:
    """Return the program that does what `trackteroid publish` does."""
    server = server_of(options)
    _check_where(options)
    with connected(server) as session:
        below, wishes = _wishes(session, options)
    given = {name: value for name, value in _options(wishes).items() if value != getattr(Wishes(), name, None)}
    world = "" if server.is_default else ", session"
    task = given.pop("task", None)
    arguments = [
        repr(paths[0] if len(paths) == 1 else list(paths)),
        *(f"{name}={value!r}" for name, value in given.items()),
    ]
    if task is not None:
        arguments.append(f"task=Query(Task{world}).by_id({task.id[0]!r}).get_one()")
    kind = below.entity_type.__name__
    names = [kind, "Query", *(["Task"] if task is not None and kind != "Task" else [])]
    call = f"print(below.publish({', '.join(arguments)}))"
    return "\n".join(
        [
            *server.python(sorted(names), needs_session=defer is not None),
            f"below = Query({kind}{world}).by_id({below.id[0]!r}).get_one()",
            *(
                [call]
                if defer is None
                else [f"with {server.session}.deferred_operations({str(defer)!r}, clear=False):", f"    {call}"]
            ),
        ]
    )


_WHERE = "Say where: with --context and --asset, or with --version."


@click.command(cls=Command, python=publish_in_python, epilog=_CODES)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--context", metavar="NAMES", help=f"What it is published below. {CONTEXT_HELP}")
@click.option("--version", "version_id", metavar="ID", help="The version that gets the components, instead.")
@click.option("--asset", help="The name of the asset below the context.")
@click.option("--type", "asset_type", help="The type of the asset, if it is to be made.")
@click.option("--task", help="The name of the task below the context that it was made for.")
@click.option("--comment", help="The comment of the version.")
@click.option("--name", default="main", show_default=True, help="What the component is called, if it is one.")
@click.option("--location", default="auto", show_default=True, help="The location that gets the files; none for none.")
@click.option("--thumbnail", default="auto", show_default=True, help="A picture; none for none.")
@click.option("--review/--no-review", default=None, help="Whether to make a review.  [default: where it can be made]")
@click.option("--defer", type=click.Path(path_type=Path), help="Send nothing, and write it into this file, to commit.")
@click.option("--dry-run", is_flag=True, help="Only say what would be made.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def publish(*, paths: tuple[str, ...], defer: Path | None, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Publish files below a context, or as components of a version.

    Everything that belongs to it is made in one transaction: the asset if there is none, the next version, components,
    thumbnail and review. Several frames are gathered into sequences; "plate.%04d.exr [1001-1100]" works, too.

    The server and the credentials are those of the options, or of FTRACK_SERVER, FTRACK_API_USER and FTRACK_API_KEY.
    """
    _check_where(options)
    with ending_in_order(), connected(server_of(options)) as session:
        below, wishes = _wishes(session, options)
        given = paths[0] if len(paths) == 1 else list(paths)
        if dry_run:
            intention = Intention(below, given, wishes)
            lines = [*(f"Would publish: {intention.heading(each)}" for each in intention.targets), *intention.lines()]
            click.echo(json.dumps({"would_publish": lines}) if as_json else visible_lines("\n  ".join(lines)))
            return
        recording = nullcontext() if defer is None else session.deferred_operations(defer, clear=False)
        with recording:
            done: Published = below.publish(given, **_options(wishes))
        if not as_json:
            click.echo(visible_lines(str(done)))
            if defer is not None:
                click.echo(f"Commit it with: trackteroid operations commit {defer}")
            return
        numbers = [each if isinstance(each, int) else None for each in done.versions.version]
        named = zip(done.components.id, done.components.name, strict=True)
        told = {
            "committed": done.is_committed,
            "versions": [{"id": key, "version": number} for key, number in zip(done.versions.id, numbers, strict=True)],
            "components": [{"id": key, "name": name} for key, name in named],
            "location": done.location,
            "uploaded": list(map(str, done.uploaded)),
            "size": done.size,
            "thumbnails": list(done.thumbnails.keys()),
            "jobs": list(done.jobs.keys()),
        }
        click.echo(json.dumps(told, indent=2))


def _check_where(options: dict[str, Any]) -> None:
    """Raise `click.UsageError` unless it is said where the files go, and as what."""
    has_context = options["context"] is not None
    if has_context == (options["version_id"] is not None) or (has_context and not options["asset"]):
        raise click.UsageError(_WHERE)


def _wishes(session: Session, options: dict[str, Any]) -> tuple[Any, Wishes]:
    """Return what it is published below, and how."""
    attributes = {"comment": options["comment"]} if options["comment"] is not None else {}
    if options["version_id"] is not None:
        below = locate(session, AssetVersion, options["version_id"]).get_one()
    else:
        below = find_owner(session, options["context"])
        if options["task"] is not None:
            _, task = find_below(session, below.id[0], options["task"], below.name[0])
            attributes["task"] = Query(Task, session).by_id(task).get_one()
    return below, Wishes(
        name=options["name"],
        asset=options["asset"],
        type=options["asset_type"],
        location=None if options["location"] == "none" else options["location"],
        thumbnail=None if options["thumbnail"] == "none" else options["thumbnail"],
        reviewable="auto" if options["review"] is None else options["review"],
        attributes=attributes,
    )


def _options(wishes: Wishes) -> dict[str, Any]:
    named = ("name", "asset", "type", "location", "thumbnail", "reviewable")
    return {**{name: getattr(wishes, name) for name in named}, **wishes.attributes}
