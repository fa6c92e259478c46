"""`trackteroid demo`: the whole of it once, on a fresh server: defer, commit from elsewhere, reuse, look."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import click

from trackteroid.cli.command import Command, json_option, say

_STEPS = (
    ("record.py", "Process 1 records operations into a file; nothing is sent."),
    ("commit.py", "Process 2 commits them."),
    ("reuse.py", "Process 3 reuses query results."),
    ("show.py", "Process 4, with nothing but the official client, looks at what is on the server."),
)


_PROGRAM = """\
# No program does the same: the demo is about programs that know nothing of each other, each in a process
# of its own. They are in the folder trackteroid/cli/programs of the installed package, and are run one
# after the other against a server that `trackteroid serve --demo` starts:
""" + "\n".join(f"#   {program}: {title}" for program, title in _STEPS)


@click.command(cls=Command, python=_PROGRAM)
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder to keep the database in.")
@json_option
def demo(*, keep: Path | None, as_json: bool) -> None:
    """Start a server with the demo production and run the example programs against it.

    Each of them runs in its own process.
    """
    with tempfile.TemporaryDirectory(prefix="trackteroid-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        database = folder / "demo.db"
        if database.exists():
            raise click.ClickException(f"{database} exists already. Remove it, or keep the demo in another folder.")
        # The documented programs name a file in this folder, which Windows does not have by itself.
        Path("/tmp").mkdir(exist_ok=True)  # noqa: S108
        click.echo("Starting the server on a fresh database with the demo production ...", err=as_json)
        with running_server(database) as environment:
            click.echo(f"It listens on {environment['FTRACK_SERVER']}.", err=as_json)
            steps = [
                {"program": program, "does": title, "output": run(program, title, environment, is_kept=as_json)}
                for program, title in _STEPS
            ]
        done = "\nDone." if keep is None else f"\nDone. The database is {database}."
        say({"steps": steps, "database": None if keep is None else str(database)}, done, as_json=as_json)


@contextmanager
def running_server(database: Path) -> Generator[dict[str, str]]:
    """Run a server process on the SQLite file `database`; yield the environment for its clients."""
    command = [sys.executable, "-m", "trackteroid.cli", "serve", "--demo", "--port", "0"]
    command += ["--database", f"sqlite:///{database.as_posix()}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            # The clients' copy of the schema stays out of the user's own cache folder.
            variables = {"FTRACK_API_SCHEMA_CACHE_PATH": str(database.parent)}
            for line in process.stdout or ():
                if line.startswith("# Serving"):
                    break
                words = line.split(maxsplit=1)
                if len(words) == 2 and words[0] in ("export", "set"):
                    name, _, value = words[1].strip().partition("=")
                    variables[name] = value
            else:
                raise click.ClickException("The server did not start; its message is above.")
            yield os.environ | variables
        finally:
            process.terminate()


def run(program: str, title: str, environment: dict[str, str], *, is_kept: bool) -> str:
    """Run a program; return what it prints if that *is_kept* rather than shown."""
    click.secho(f"\n{title}", bold=True, err=is_kept)
    stream = subprocess.PIPE if is_kept else None
    with resources.as_file(resources.files("trackteroid.cli") / "programs" / program) as path:
        finished = subprocess.run([sys.executable, str(path)], env=environment, check=False, stdout=stream, text=True)
    if finished.returncode:
        raise click.ClickException(f"{program} failed; its message is above.")
    return finished.stdout or ""
