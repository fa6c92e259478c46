"""`trackteroid console`: a Python prompt."""

from __future__ import annotations

import code
import contextlib
import io
import sys
import traceback
from importlib import import_module
from typing import Any

import click

import trackteroid
from trackteroid.cli.command import Command, write_json
from trackteroid.cli.connecting import exit_codes, server_of, server_options
from trackteroid.cli.ending import REFUSED
from trackteroid.errors import MissingExtraError, TrackteroidError
from trackteroid.extras import optional


def console_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid console` does."""
    server = server_of(given)
    session = [] if server.is_default else server.python(["SESSION"])
    return "\n".join(
        ["from trackteroid import *", *session, given["program"] or "# and at the prompt whatever you like"]
    )


@click.command(cls=Command, python=console_in_python)
@click.option("-c", "program", metavar="CODE", help="Run CODE instead of asking for it.")
@click.option("--plain", is_flag=True, help="Python's own prompt, also where IPython is installed.")
@click.option("--json", "as_json", is_flag=True, help="With -c: print JSON, an object with the output of CODE.")
@server_options
def console(**given: Any) -> None:
    """Start a Python prompt with everything imported and a session ready.

    `SESSION` is the session, and every entity type has its name. IPython is used where it is installed. A program that
    comes through a pipe is run, as Python runs it.
    """
    if given["as_json"] and given["program"] is None:
        raise click.UsageError("--json is for -c CODE: a prompt has no single answer.")
    server = server_of(given)
    with exit_codes():
        if not server.is_default:
            trackteroid.SESSION.reconnect(**server.arguments())
        names = {"__name__": "__main__", "trackteroid": trackteroid}
        names |= {name: getattr(trackteroid, name) for name in getattr(trackteroid, "__all__")}  # noqa: B009  # lazy
        program = given["program"]
        if program is None and not sys.stdin.isatty():
            program = sys.stdin.read()
        if program is not None:
            execute(program, names, as_json=given["as_json"])
        else:
            prompt(names, is_plain=given["plain"])


def execute(program: str, names: dict[str, Any], *, as_json: bool) -> None:
    """Run a program. What it does wrong is its own: a traceback that begins in it."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed) if as_json else contextlib.nullcontext():
        try:
            exec(compile(program, "<console>", "exec"), names)  # noqa: S102  # what the command is for
        except (TrackteroidError, OSError):
            raise
        except Exception as error:
            trace = error.__traceback__
            lines = traceback.format_exception(type(error), error, trace.tb_next if trace else None)
            click.echo("".join(lines).rstrip(), err=True)
            raise SystemExit(REFUSED) from error
    if as_json:
        write_json({"output": printed.getvalue()})


def prompt(names: dict[str, Any], *, is_plain: bool) -> None:
    """Ask for statements and run them, with IPython where it is installed."""
    banner = f"Trackteroid {trackteroid.__VERSION__}: SESSION, Query and all entity types are here."
    try:
        if is_plain:
            raise MissingExtraError
        ipython = optional("IPython", "", "This prompt")
    except MissingExtraError:
        with contextlib.suppress(ImportError):  # not every system can complete when a key is pressed
            readline, completer = import_module("readline"), import_module("rlcompleter")
            readline.set_completer(completer.Completer(names).complete)
            is_libedit = "libedit" in (readline.__doc__ or "") or sys.platform == "darwin"
            readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
        code.interact(banner, local=names, exitmsg="")
    else:
        ipython.start_ipython(argv=["--no-banner"], user_ns=names, display_banner=False)
