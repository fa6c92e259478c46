"""The command line: `trackteroid`."""

from __future__ import annotations

import click

from trackteroid.cli.lazy import LazyGroup
from trackteroid.constants import __VERSION__


@click.group(
    cls=LazyGroup,
    package=__name__,
    purposes={
        "backup": "Copy a database into FILE, as of one moment, while servers run on it.",
        "check": "Look at all of a database: does it keep the rules of its data?",
        "demo": "Start a server with the demo production and run the example programs against it.",
        "download": "Write the files of components into FOLDER.",
        "generate": "Fill a database with a made-up production, to measure or to try things out at scale.",
        "listen": "Run what Python files or modules register on SESSION: listeners, actions and answers.",
        "operations": "Look at, verify, repair and commit files of deferred operations.",
        "publish": "Publish files below a context, or as components of a version.",
        "restore": "Make a database what FILE holds, which `trackteroid backup` has written.",
        "serve": "Start an ftrack-compatible server and print the environment that makes clients use it.",
        "stubs": "Write what editors and type checkers know of a server: its types, attributes and names.",
        "users": "Say who may use a database, and what they may do.",
        "watch": "Print the events that match EXPRESSION, such as topic=ftrack.update; without one all of them.",
        "webhooks": "Say where a server sends events by itself.",
    },
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__VERSION__, prog_name="trackteroid")
def main() -> None:
    """Functional collections over ftrack, with an ftrack-compatible server in the box."""
