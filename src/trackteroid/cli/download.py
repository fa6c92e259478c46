"""`trackteroid download`: the files of components."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from trackteroid.cli.command import Command
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.ending import REFUSED, ending_in_order
from trackteroid.cli.locating import CONTEXT_HELP, find_owner
from trackteroid.collections.files.taking import planned
from trackteroid.entities import AssetVersion, Component
from trackteroid.errors import PublishingError
from trackteroid.publishing.downloads import PATTERN
from trackteroid.query import Query
from trackteroid.session import Session
from trackteroid.spelling import quoted, visible_lines

_CODES = """\b
Exit codes:
  0  downloaded, or there already
  1  refused, or a component is in no location that can be reached
  2  wrong usage, or credentials are missing
  3  the server cannot be reached or did not answer: the same command goes on where it broke off
"""


def download_in_python(*, folder: Path, pattern: str, overwrite: bool, **options: Any) -> str:
    """Return the program that does what `trackteroid download` does."""
    server = server_of(options)
    arguments = [repr(str(folder)), *([repr(pattern)] if pattern != PATTERN else [])]
    call = f".download({', '.join([*arguments, *(['overwrite=True'] if overwrite else [])])})"
    world = "" if server.is_default else ", session"
    components = f"Query(Component{world})"
    if options["ids"]:
        ids = ", ".join(map(repr, options["ids"]))
        return "\n".join([*server.python(["Component", "Query"]), f"print({components}.by_id({ids}).get_all(){call})"])
    with connected(server) as session:
        asset = _of_asset(find_owner(session, options["context"]), options)
    condition = None if options["name"] is None else f"name is {quoted(options['name'])}"
    named = "" if condition is None else f".inject({condition!r})"
    return "\n".join(
        [
            *server.python(["AssetVersion", "Component", "Query"]),
            f"versions = Query(AssetVersion{world}).inject({asset!r}).get_all()",
            "version = versions.max(lambda version: version.version)",
            f'components = {components}.inject(f"version_id is {{version.id[0]}}"){named}.get_all()',
            f"print(components{call})",
        ]
    )


@click.command(cls=Command, python=download_in_python, epilog=_CODES)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--context", metavar="NAMES", help=f"What the asset is below. {CONTEXT_HELP}")
@click.option("--asset", help="The name of the asset.")
@click.option("--version", "number", type=int, help="The number of the version.  [default: the latest]")
@click.option("--name", help="The name of the component.  [default: all of the version]")
@click.option("--id", "ids", metavar="ID", multiple=True, help="Instead, the id of a component; may be repeated.")
@click.option("--pattern", default=PATTERN, show_default=True, help="What the files are called.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def download(*, folder: Path, pattern: str, overwrite: bool, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Write the files of components into FOLDER.

    Each is complete or not there. What is there already is skipped, and what broke off is gone on with. The server and
    the credentials are those of the options, or of FTRACK_SERVER, FTRACK_API_USER and FTRACK_API_KEY.
    """
    if bool(options["ids"]) == (options["context"] is not None and options["asset"] is not None):
        raise click.UsageError("Say which: with --context and --asset, or with --id.")
    with ending_in_order(), connected(server_of(options)) as session:
        components = _components(session, options)
        if dry_run:
            paths = [str(target.path) for target in planned(components, folder, pattern)[0]]
            click.echo(
                json.dumps({"would_write": paths}) if as_json else visible_lines("\n".join(["Would write:", *paths]))
            )
            return
        done = components.download(folder, pattern, overwrite=overwrite)
        told = {
            "paths": list(map(str, done.paths)),
            "skipped": list(map(str, done.skipped)),
            "unavailable": list(done.unavailable.keys()),
            "size": done.size,
        }
        click.echo(json.dumps(told, indent=2) if as_json else visible_lines(str(done)))
    if done.unavailable:
        raise SystemExit(REFUSED)


def _components(session: Session, options: dict[str, Any]) -> Any:
    if options["ids"]:
        found = Query(Component, session=session).by_id(*options["ids"]).get_all()
        missing = [each for each in options["ids"] if each not in found]
        if missing:
            raise PublishingError(f"There is no component with the id {missing[0]}.")
        return found
    context, name = find_owner(session, options["context"]), options["asset"]
    versions = Query(AssetVersion, session=session).inject(_of_asset(context, options)).get_all()
    if not versions:
        wanted = "version" if options["number"] is None else f"version {options['number']}"
        raise PublishingError(f'There is no {wanted} of an asset "{name}" below "{context.name[0]}".')
    version = versions.max(lambda version: version.version)
    query = Query(Component, session=session).inject(f"version_id is {version.id[0]}")
    if options["name"] is not None:
        query = query.inject(f"name is {quoted(options['name'])}")
    found = query.get_all()
    if not found:
        raise PublishingError(f"Version {version.version[0]} of {name} has no such component.")
    return found


def _of_asset(context: Any, options: dict[str, Any]) -> str:
    """Return the condition for the versions of the asset that is meant, or for the one that is."""
    number = "" if options["number"] is None else f" and version is {options['number']}"
    return f"asset.context_id is {context.id[0]} and asset.name is {quoted(options['asset'])}{number}"
