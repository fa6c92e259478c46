"""The command line: `trackteroid`."""

from __future__ import annotations

import click

from ..constants import __VERSION__
from .demo import demo
from .generate import generate
from .operations import operations
from .serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__VERSION__, prog_name="trackteroid")
def main() -> None:
    """Functional collections over ftrack, with an ftrack-compatible server in the box."""


main.add_command(serve)
main.add_command(demo)
main.add_command(generate)
main.add_command(operations)
