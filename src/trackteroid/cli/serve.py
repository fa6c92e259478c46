"""`trackteroid serve`: the server in the box, on loopback."""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from trackteroid.cli.command import Command
from trackteroid.cli.instructions import FORMATS, LOOPBACK, USUAL, address_of, assignments, remark, remarks_for
from trackteroid.cli.keys import Key, find_key
from trackteroid.cli.workers import Serving, WorkerError, Workers, make_runner, prepare_process
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.core.limits import Limits, most_of
from trackteroid.server.core.options import Options, Transport
from trackteroid.server.drawing import can_draw_films
from trackteroid.server.http.listening import listen
from trackteroid.server.model.editions import EDITIONS, NEWEST
from trackteroid.server.storage.engines import Durability
from trackteroid.server.webhooks.addresses import Allowed

_MEMORY = ("sqlite://", "sqlite:///:memory:")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every limit of a server."""
    for limit in reversed(fields(Limits)):
        whole = isinstance(limit.default, int)
        kind = click.IntRange(1, most_of(limit)) if whole else click.FloatRange(0, min_open=True)
        name, text = f"--{limit.name.replace('_', '-')}", limit.metadata["help"]
        command = click.option(name, default=limit.default, show_default=True, type=kind, help=text)(command)
    return command


def _checked_places(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        Allowed.of(texts)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return texts


@click.command(cls=Command)
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
    metavar="HOST|NETWORK",
    callback=_checked_places,
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
    type=click.Choice(tuple(EDITIONS)),
    show_default=NEWEST.version,
    help="The version of the original server whose schema clients see, for tools that were made for it.",
)
@_limit_options
def serve(
    *,
    database: str,
    host: str,
    port: int,
    key: str | None,
    key_file: Path | None,
    workers: int,
    form: str,
    tls_cert: Path | None,
    tls_key: Path | None,
    trusted_proxy: tuple[str, ...],
    metrics: bool,
    durability: Durability,
    schema: str | None,
    **given: Any,
) -> None:
    """Start an ftrack-compatible server and print the environment that makes clients use it.

    It listens on loopback unless told otherwise. Ctrl-C stops it; with several workers, SIGHUP replaces them one by one
    and drops no request.
    """
    if workers > 1 and database.partition("?")[0] in _MEMORY:
        raise click.ClickException(
            "A database in memory belongs to one process. Give several workers a database that they can share: "
            "--database sqlite:///production.db, or --database postgresql://user:password@host/name"
        )
    found = find_key(key, key_file, host)
    if key is not None:
        click.echo(
            "Others on this machine can see what --key says. Use --key-file FILE, or TRACKTEROID_SERVE_KEY.", err=True
        )
    transport = _transport(tls_cert, tls_key, trusted_proxy)
    with _listen(host, port) as listener, ExitStack() as stack:
        figures = stack.enter_context(TemporaryDirectory(prefix="trackteroid-")) if metrics else None
        limits, options = Limits(**_taken(given, Limits)), _options(given | {"metrics": figures})
        # Several workers have figures; this process, which only watches them, has none.
        own = options if workers == 1 else replace(options, metrics=None)
        server = _open(
            database,
            given["user"],
            with_demo=given["with_demo"],
            key=found.text,
            limits=limits,
            options=own,
            durability=durability,
            is_open=False if given["is_open"] is None and host not in LOOPBACK else given["is_open"],
            files=given["files"],
            schema=schema,
        )
        stack.callback(server.close)
        serving = Serving(
            database=database,
            user=server.username,
            key=server.api_key,
            limits=limits,
            options=options,
            transport=transport,
            durability=durability,
            is_open=server.is_open,
            files=given["files"],
            schema=schema,
        )
        url = address_of(host, listener.getsockname()[1], "https" if tls_cert else "http")
        remarks = [_mode(server), *_place(server), *_films(with_demo=given["with_demo"]), *remarks_for(host, url)]
        instructions = _instructions(url, server, found, form, remarks, in_memory=database.partition("?")[0] in _MEMORY)
        _run(server, serving, listener, workers, instructions, form)
    click.echo(remark("Stopped.", form), err=form == "json")


def _run(
    server: EmbeddedServer, serving: Serving, listener: socket.socket, workers: int, instructions: str, form: str
) -> None:
    """Serve until interrupted."""
    prepare_process(serving)
    try:
        if server.database.backup:
            click.echo(remark(f"The database was brought up to date. As it was before: {server.database.backup}", form))
        if workers == 1:
            click.echo(instructions)
            server.encode_what_is_left()
            server.send_to_webhooks()
            make_runner(server, serving).run(sockets=[listener])
        else:
            _run_workers(serving, listener, workers, instructions, form)
    except KeyboardInterrupt:
        # Everything has shut down in order and hands the interrupt on; there is nothing left to interrupt.
        pass


def _run_workers(serving: Serving, listener: socket.socket, count: int, instructions: str, form: str) -> None:
    """Serve with `count` processes until interrupted."""

    def tell(text: str) -> None:
        click.echo(remark(text, form), err=form == "json")

    # Being told to end is no different from Ctrl-C: no worker may be left behind.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        workers = Workers(serving, listener, count)
        try:
            tell(f"Workers: {' '.join(map(str, workers.pids))}")
            click.echo(instructions)
            workers.watch(tell)
        finally:
            workers.stop()
    except WorkerError as error:
        raise click.ClickException(str(error)) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _taken(given: Mapping[str, Any], kind: type[Limits | Options]) -> dict[str, Any]:
    """Return what was given of the fields of *kind*."""
    return {each.name: given[each.name] for each in fields(kind)}


def _options(given: Mapping[str, Any]) -> Options:
    try:
        return Options(**_taken(given, Options))
    except ValueError as error:
        raise click.UsageError(f"--public-url: {error}") from error


def _transport(certificate: Path | None, private_key: Path | None, proxies: tuple[str, ...]) -> Transport:
    """Return how the server is reached; a certificate that cannot be used is told before anything is made."""
    if private_key is not None and certificate is None:
        raise click.UsageError("--tls-key needs the certificate that it belongs to: --tls-cert FILE")
    if certificate is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, private_key)
        except (OSError, ValueError) as error:
            raise click.ClickException(
                f"{certificate} cannot be used for TLS ({error}). It has to be a PEM file, with its key in it or in "
                "--tls-key FILE, and the key without a password."
            ) from error
    return Transport(
        certificate=str(certificate) if certificate else None,
        private_key=str(private_key) if private_key else None,
        proxies=proxies,
    )


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else happens, so that nothing is made in vain."""
    try:
        return listen(host, port)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}:{port} ({error.strerror}). Another program may use the port: "
            "stop it, choose another with --port N, or let --port 0 find a free one."
        ) from error


def _open(database: str, user: str | None, **options: Any) -> EmbeddedServer:
    try:
        return EmbeddedServer(database, user, **options)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error


def _mode(server: EmbeddedServer) -> str:
    """Return what users may do, and how to change that."""
    if server.is_open:
        return "Open: every user may do everything. Have their roles count with --guarded."
    where = f"--database {server.database.name}"
    return f"Guarded: users may do what their roles grant. Give one: trackteroid users role add USER ROLE {where}"


def _place(server: EmbeddedServer) -> list[str]:
    """Return where files are kept, unless that ends with the server."""
    return [] if server.database.is_memory else [f"Files are kept in {server.files.store.name}"]


def _films(*, with_demo: bool) -> list[str]:
    """Return why the demo production has no films, unless it has."""
    if not with_demo or can_draw_films():
        return []
    return ['The demo production has pictures and no films. For these: pip install "trackteroid[media]"']


def _instructions(
    url: str, server: EmbeddedServer, key: Key, form: str, remarks: Sequence[str], *, in_memory: bool
) -> str:
    variables = {"FTRACK_SERVER": url, "FTRACK_API_USER": server.username}
    if key.place is None:
        variables["FTRACK_API_KEY"] = server.api_key
    lines = assignments(variables, form)
    if form == "json":
        return lines[0]
    notes = list(remarks)
    if key.place is not None:
        notes.insert(0, f"The key is in {key.place}. Clients take it from FTRACK_API_KEY.")
    if in_memory:
        notes.insert(0, "Kept in memory: gone when stopped. Keep it with --database sqlite:///production.db")
    notes.append(f"Serving {url}; press Ctrl-C to stop.")
    return "\n".join([*lines, *(remark(note, form) for note in notes)])
