"""`trackteroid serve`: the server in the box, on loopback."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from trackteroid.cli.command import Command, lacking, without_password
from trackteroid.server.core.options import QUIET, Limits, Options, most_of

#: The versions of `trackteroid.server.model.schema`, which takes the time to import a server.
SCHEMAS = ("4.13.0", "4.13.8")
#: The shells that what is printed may be for, and JSON; and the one that is usual here.
FORMATS, USUAL = ("posix", "powershell", "cmd", "json"), "cmd" if os.name == "nt" else "posix"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every limit of a server."""
    for limit in reversed(fields(Limits)):
        whole = isinstance(limit.default, int)
        kind = click.IntRange(1, most_of(limit)) if whole else click.FloatRange(0, min_open=True)
        name, text = f"--{limit.name.replace('_', '-')}", limit.metadata["help"]
        command = click.option(name, default=limit.default, show_default=True, type=kind, help=text)(command)
    return command


#: What only the command does, for the program it is in cannot: share a port with processes, and serve others.
_ONLY_HERE = {
    "host": "127.0.0.1",
    "port": 8080,
    "workers": 1,
    "tls_cert": None,
    "trusted_proxy": (),
    "metrics": False,
}


def serve_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid serve` does, as far as one can."""
    database, user = without_password(given["database"]), given["user"]
    arguments = [repr(database), *([repr(user)] if user else [])]
    arguments += [f"{name}=True" for name in ("with_demo",) if given[name]]
    if given["key_file"]:
        arguments.append(f"key=Path({str(given['key_file'])!r}).read_text().strip()")
    elif given["key"]:
        arguments.append("key=os.environ['TRACKTEROID_SERVE_KEY']")
    usual = {"is_open": None, "files": None, "schema": None, "durability": "full"}
    arguments += [f"{name}={given[name]!r}" for name, value in usual.items() if given[name] != value]
    limits = [f"{each.name}={given[each.name]!r}" for each in fields(Limits) if given[each.name] != each.default]
    options = [
        f"{each.name}={given[each.name]!r}"
        for each in fields(Options)
        if each.name != "metrics" and given[each.name] != getattr(QUIET, each.name)
    ]
    arguments += [f"limits=Limits({', '.join(limits)})"] if limits else []
    arguments += [f"options=Options({', '.join(options)})"] if options else []
    left_out = [f"--{name.replace('_', '-')}" for name, value in _ONLY_HERE.items() if given[name] != value]
    return "\n".join(
        [
            *(["import os"] if "os.environ" in str(arguments) else []),
            "from contextlib import closing",
            *(["from pathlib import Path"] if "Path(" in str(arguments) else []),
            "",
            f"from trackteroid.server import EmbeddedServer{', Limits' if limits else ''}",
            *(["from trackteroid.server.core.options import Options"] if options else []),
            "",
            "# In this process, on a free port of loopback. For others, and for workers, only the command will do.",
            *([f"# This cannot do what these say: {', '.join(left_out)}."] if left_out else []),
            f"server = EmbeddedServer({', '.join(arguments)})",
            "with closing(server), server.listening() as url:",
            "    print(url, server.username)",
            "    input('Enter stops it. ')",
        ]
    )


class AllowedType(click.ParamType[str]):
    """A host or a network of one's own."""

    name = "HOST|NETWORK"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it; fail if it is neither."""
        try:
            from trackteroid.server.webhooks.posting import Allowed  # with a database, as `start` below
        except ModuleNotFoundError as error:
            raise lacking("serve", error) from error
        try:
            Allowed.of((value,))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return value


@click.command(cls=Command, python=serve_in_python)
@click.option("--demo", "with_demo", is_flag=True, help="Fill the database with the demo production.")
@click.option(
    "--database",
    default="sqlite://",
    show_default="in memory",
    metavar="URL",
    help="Where to keep everything, such as sqlite:///production.db or postgresql://user:password@host/name.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--user", help="User whose credentials are printed.  [default: demo]")
@click.option("--key", help="API key for that user. Others on this machine can see it; --key-file is safer.")
@click.option(
    "--key-file",
    type=_FILE,
    help="File with the API key for that user.  [default: what TRACKTEROID_SERVE_KEY or FTRACK_API_KEY holds, or a "
    "random one]",
)
@click.option(
    "--open/--guarded",
    "is_open",
    default=None,
    help="Let every user do everything, or only what their roles grant.  [default: open on loopback in memory and with "
    "--demo, guarded otherwise]",
)
@click.option(
    "--files",
    metavar="FOLDER|URL",
    help="Where to keep the data of components: a folder, or an object store such as s3://bucket/show.  [default: "
    "show.files beside show.db; for PostgreSQL a folder of this user]",
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(min=1), help="Processes that share the work."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=USUAL,
    show_default="that of the system",
    help="The shell that what is printed is for, or JSON.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--public-url", metavar="URL", help="Address of the server for links, if it is behind a proxy.")
@click.option(
    "--allow-origin",
    multiple=True,
    metavar="ORIGIN",
    help="Web pages that may call, such as https://tools.studio.example; * is all. Those of this machine always may.",
)
@click.option(
    "--trusted-proxy",
    multiple=True,
    metavar="ADDRESS",
    help="Address of a proxy whose X-Forwarded-For and -Proto tell who calls.",
)
@click.option(
    "--webhook-allow",
    multiple=True,
    type=AllowedType(),
    help="Host or network inside of your own one that webhooks may lead to, such as bot.studio or 10.1.0.0/16.",
)
@click.option("--tls-cert", type=_FILE, help="File of a TLS certificate, to serve HTTPS.")
@click.option("--tls-key", type=_FILE, help="File of its key, unless that is in the same file.")
@click.option(
    "--access-log",
    type=click.Choice(("json", "text", "off")),
    default="off",
    show_default=True,
    help="Log each request on standard error, without keys.",
)
@click.option(
    "--slow-query",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Log statements of queries that take so long, with their plan.",
)
@click.option("--metrics", is_flag=True, help="Serve figures for Prometheus at /metrics, to everybody who asks.")
@click.option(
    "--durability",
    type=click.Choice(["full", "relaxed"]),
    default="full",
    show_default=True,
    help="full: what is committed survives a power cut. relaxed: faster, for tests and toys.",
)
@click.option(
    "--schema",
    type=click.Choice(SCHEMAS),
    show_default=SCHEMAS[-1],
    help="The version of the original server whose schema clients see, for tools that were made for it.",
)
@limit_options
def serve(**given: Any) -> None:
    """Start an ftrack-compatible server and print the environment that makes clients use it.

    It listens on loopback unless told otherwise. Ctrl-C stops it; with several workers, SIGHUP replaces them one by one
    and drops no request.
    """
    try:
        from trackteroid.cli.serving import start  # with a server, for which nobody who asks for help has to wait
    except ModuleNotFoundError as error:
        raise lacking("serve", error) from error
    start(**given)
