"""Running a server from the command line: what `trackteroid serve` does once its options are read."""

from __future__ import annotations

import signal
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from trackteroid.cli.instructions import LOOPBACK, address_of, assignments, remark, remarks_for
from trackteroid.cli.keys import Key, find_key
from trackteroid.cli.workers import Serving, WorkerError, Workers, make_runner, prepare_process
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.core.options import Limits, Options, Transport
from trackteroid.server.drawing import can_draw_films
from trackteroid.server.http import serving as http
from trackteroid.server.storage.engines import Durability

_MEMORY = ("sqlite://", "sqlite:///:memory:")


def start(
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
    """Serve until interrupted; the arguments are the options of the command."""
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
        remarks = [mode_of(server), *_place(server), *_films(with_demo=given["with_demo"]), *remarks_for(host, url)]
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
            server.encode_what_is_left()
            server.send_to_webhooks()
            click.echo(instructions)  # last, so that whoever waits for it and interrupts does not do so in the midst
            make_runner(server, serving).run(sockets=[listener])
        else:
            _run_workers(serving, listener, workers, instructions, form)
    except KeyboardInterrupt:
        pass  # everything has shut down in order, and hands the interrupt on
    # Nothing is left to interrupt. An interrupt from while the event loop began may come once more at the very end.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


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
        return http.listen(host, port)
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


def mode_of(server: EmbeddedServer) -> str:
    """Return what users may do, and how to change that."""
    if server.is_open:
        return "Open: every user may do everything. Have their roles count with --guarded."
    if server.database.is_memory:
        return (
            "Guarded: users may do what their roles grant. None can be given to others in memory: have a database in a "
            "file, or let everybody do everything with --open."
        )
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
