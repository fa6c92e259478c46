"""The command line: `trackteroid`."""

from __future__ import annotations

import click

from trackteroid.cli.command import LazyGroup
from trackteroid.cli.completion import add_shells
from trackteroid.cli.ending import outline
from trackteroid.constants import __VERSION__

add_shells()


@click.group(
    cls=LazyGroup,
    package=__name__,
    purposes={
        "backup": "Copy a database into FILE, as of one moment, while servers run on it.",
        "check": "Look at all of a database: does it keep the rules of its data?",
        "completion": "Print the script that makes a shell complete commands, types, criteria and attributes.",
        "console": "Start a Python prompt with everything imported and a session ready.",
        "create": "Create an entity.",
        "delete": "Delete entities, after saying what goes with them.",
        "demo": "Start a server with the demo production and run the example programs against it.",
        "doctor": "Say what is wrong with the installation, the address, the key, versions and proxies.",
        "download": "Write the files of components into FOLDER.",
        "generate": "Fill a database with a made-up production, to measure or to try things out at scale.",
        "get": "Print one entity: by its id, its name or its path.",
        "listen": "Run what Python files or modules register on SESSION: listeners, actions and answers.",
        "operations": "Look at, verify, repair and commit files of deferred operations.",
        "publish": "Publish files below a context, or as components of a version.",
        "query": "Ask for entities: a type, a type with a condition, or a whole query.",
        "restore": "Make a database what FILE holds, which `trackteroid backup` has written.",
        "run": "Run a tool that is written for ftrack_api with sessions of ours.",
        "schema": "Print the entity types of the server, or the attributes of one.",
        "serve": "Start an ftrack-compatible server and print the environment that makes clients use it.",
        "set": "Change attributes of entities.",
        "stubs": "Write what editors and type checkers know of a server: its types, attributes and names.",
        "tree": "Draw what is below a project, a folder or another context.",
        "users": "Say who may use a database, and what they may do.",
        "watch": "Print the events that match EXPRESSION, such as topic=ftrack.update; without one all of them.",
        "webhooks": "Say where a server sends events by itself.",
        "whoami": "Say as whom which server is asked.",
    },
    modules={
        **dict.fromkeys(("backup", "generate", "restore"), "databases"),
        **dict.fromkeys(("create", "set"), "assigning"),
        **dict.fromkeys(("listen", "watch"), "events"),
        "get": "query",
    },
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=outline(),
)
@click.version_option(__VERSION__, prog_name="trackteroid")
def main() -> None:
    """Functional collections over ftrack, with an ftrack-compatible server in the box."""
