"""`trackteroid stubs`: what editors and type checkers know of a server."""

from __future__ import annotations

import json
from pathlib import Path

import click

from trackteroid.cli.command import Command
from trackteroid.cli.connecting import Server, exit_codes
from trackteroid.session import Session
from trackteroid.stubs import files, read_site, write_package, write_wheel

_CODES = """\b
Exit codes:
  0  written
  1  refused: an error of the server, or something else is in the place of the package
  2  wrong usage, or credentials are missing
  3  the server cannot be reached or did not answer; the same command can be repeated
"""


def stubs_in_python(*, folder: Path, server: str | None, wheel: bool, **_: object) -> str:
    """Return the program that does what `trackteroid stubs` does."""
    asked, write = Server(server), "write_wheel" if wheel else "write_package"
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            f"from trackteroid.stubs import files, read_site, {write}",
            *asked.python([], needs_session=True),
            f"print({write}(files(read_site({asked.session})), Path({str(folder)!r})))",
        ]
    )


@click.command(cls=Command, python=stubs_in_python, epilog=_CODES)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--server", metavar="URL", help="The server.  [default: FTRACK_SERVER]")
@click.option("--wheel", is_flag=True, help="Write a wheel, to be installed beside trackteroid, instead of a folder.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stubs(*, folder: Path, server: str | None, wheel: bool, as_json: bool) -> None:
    """Write what editors and type checkers know of a server: its types, attributes and names.

    Its object types, custom attributes, statuses and types go into the package trackteroid-stubs in DIR, which stands
    in for what trackteroid knows by itself. The credentials are those of the environment. The same server gives the
    same files, so they can be kept in a repository.
    """
    with exit_codes(), Session(server_url=server) as session:
        site = read_site(session)
        written = (write_wheel if wheel else write_package)(files(site), folder)
        found = {
            "written": str(written),
            "server": session.address,
            "types": len(site.schema.types),
            "custom_attributes": len({name for attributes in site.custom.values() for name in attributes}),
            "names": sum(map(len, site.names.values())),
        }
    click.echo(json.dumps(found, indent=2) if as_json else _SUMMARY.format(**found))


_SUMMARY = "{written}: {types:,} types, {custom_attributes:,} custom attributes and {names:,} names of {server}."
