"""`trackteroid serve`: the server in the box, on loopback."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import click

from ..server import DatabaseError, EmbeddedServer
from ..server.core.limits import Limits, most_of
from .workers import Serving, WorkerError, Workers, make_runner

_MEMORY = ("sqlite://", "sqlite:///:memory:")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: What stands for all addresses of a machine, and the one of them by which it reaches itself.
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104  # read, not listened on


def _limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every limit of a server."""
    for limit in reversed(fields(Limits)):
        whole = isinstance(limit.default, int)
        kind = click.IntRange(1, most_of(limit)) if whole else click.FloatRange(0, min_open=True)
        name, text = f"--{limit.name.replace('_', '-')}", limit.metadata["help"]
        command = click.option(name, default=limit.default, show_default=True, type=kind, help=text)(command)
    return command


@click.command()
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
@click.option("--key", envvar="TRACKTEROID_SERVE_KEY", help="API key for that user.  [default: a random one]")
@click.option(
    "--open/--guarded",
    "is_open",
    default=None,
    help="Let every user do everything, or only what their roles grant.  [default: open on loopback in memory and with "
    "--demo, guarded otherwise]",
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(min=1), help="Processes that share the work."
)
@_limit_options
def serve(
    *,
    with_demo: bool,
    database: str,
    host: str,
    port: int,
    user: str | None,
    key: str | None,
    is_open: bool | None,
    workers: int,
    **limits: Any,
) -> None:
    """Start an ftrack-compatible server and print the environment that makes clients use it.

    It listens on loopback unless told otherwise. Ctrl-C stops it.
    """
    if workers > 1 and database in _MEMORY:
        raise click.ClickException(
            "A database in memory belongs to one process. Give several workers a database that they can share: "
            "--database sqlite:///production.db, or --database postgresql://user:password@host/name"
        )
    with _listen(host, port) as listener:
        url = address_of(host, listener.getsockname()[1])
        if is_open is None and host not in _LOOPBACK:
            is_open = False
        server = _open(database, user, with_demo=with_demo, key=key, limits=Limits(**limits), is_open=is_open)
        warnings = [_mode(is_open=server.is_open), *warnings_for(host, url)]
        instructions = _instructions(url, server.username, server.api_key, database, warnings)
        try:
            if server.database.backup:
                click.echo(f"# The database was brought up to date. As it was before: {server.database.backup}")
            if workers == 1:
                click.echo(instructions)
                make_runner(server).run(sockets=[listener])
            else:
                serving = Serving(database, server.username, server.api_key, server.api.limits, server.is_open)
                _run_workers(serving, listener, workers, instructions)
        except KeyboardInterrupt:
            # Everything has shut down in order and hands the interrupt on; there is nothing left to interrupt.
            pass
        finally:
            server.close()
    click.echo("Stopped.")


def _run_workers(serving: Serving, listener: socket.socket, count: int, instructions: str) -> None:
    """Serve with `count` processes until interrupted."""
    # Being told to end is no different from Ctrl-C: no worker may be left behind.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        workers = Workers(serving, listener, count)
        try:
            click.echo(f"# Workers: {' '.join(map(str, workers.pids))}")
            click.echo(instructions)
            workers.watch(click.echo)
        finally:
            workers.stop()
    except WorkerError as error:
        raise click.ClickException(str(error)) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else happens, so that nothing is made in vain."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    # Connections inherit it. asyncio overlooks sockets like this one, and each answer would wait for 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if os.name == "posix":
        # Elsewhere the option would let two servers share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Clients that start at the sight of the printed address wait in line until the server takes them.
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise click.ClickException(
            f"Cannot listen on {host}:{port} ({error.strerror}). Another program may use the port: "
            "stop it, choose another with --port N, or let --port 0 find a free one."
        ) from error
    return listener


def _open(
    database: str, user: str | None, *, with_demo: bool, key: str | None, limits: Limits, is_open: bool | None
) -> EmbeddedServer:
    try:
        return EmbeddedServer(database, user, with_demo=with_demo, key=key, limits=limits, is_open=is_open)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error


def address_of(host: str, port: int) -> str:
    """The URL for clients on this machine."""
    host = _EVERY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _mode(*, is_open: bool) -> str:
    """What users may do."""
    if is_open:
        return "# Open: every user may do everything. Have their roles count with --guarded."
    return "# Guarded: users may do what their roles grant. Give roles with: trackteroid users role add"


def warnings_for(host: str, url: str) -> list[str]:
    """What somebody has to know who serves other machines."""
    if host in _LOOPBACK:
        return []
    lines = ["# This is plain HTTP: anybody on the way can read the key. Put a proxy with TLS in front of it."]
    if host in _EVERY_ADDRESS:
        port = url.rpartition(":")[2]
        lines.append(f"# It listens on all addresses; other machines reach it at http://{socket.gethostname()}:{port}")
    return lines


def _instructions(url: str, username: str, key: str, database: str, warnings: Sequence[str]) -> str:
    command = "set" if os.name == "nt" else "export"
    lines = [
        f"{command} FTRACK_SERVER={url}",
        f"{command} FTRACK_API_USER={username}",
        f"{command} FTRACK_API_KEY={key}",
    ]
    if database in _MEMORY:
        lines.append("# Kept in memory: gone when stopped. Keep it with --database sqlite:///production.db")
    lines += warnings
    lines.append(f"# Serving {url}; press Ctrl-C to stop.")
    return "\n".join(lines)
