"""Running a server from the command line: what `trackteroid serve` does once its options are read.

What it prints are lines for a shell to evaluate, and remarks for people between them.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import click

from trackteroid.cli.command import read_key
from trackteroid.cli.ending import ending_in_order
from trackteroid.cli.workers import Serving, WorkerError, Workers, make_runner, prepare_process
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.core.options import Limits, Options, Transport
from trackteroid.server.drawing import can_draw_films
from trackteroid.server.http import serving as http
from trackteroid.server.storage.engines import Durability

#: The variables that a key is looked for in.
VARIABLES: Final = ("TRACKTEROID_SERVE_KEY", "FTRACK_API_KEY")
#: The characters that a key has at least that other machines can try to guess.
_LEAST: Final = 20
_FIT: Final = re.compile(r"[!-~]+")
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
#: What stands for all addresses of a machine, and the one of them by which it reaches itself.
EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104  # read, not listened on
_MEMORY = ("sqlite://", "sqlite:///:memory:")

T = TypeVar("T", Limits, Options)


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
    with listen(host, port) as listener, ExitStack() as stack:
        figures = stack.enter_context(TemporaryDirectory(prefix="trackteroid-")) if metrics else None
        options = _taken(Options, given | {"metrics": figures})
        # Several workers have figures; this process, which only watches them, has none.
        own = options if workers == 1 else replace(options, metrics=None)
        is_open = False if given["is_open"] is None and host not in LOOPBACK else given["is_open"]
        common: dict[str, Any] = {
            "limits": _taken(Limits, given),
            "durability": durability,
            "files": given["files"],
            "schema": schema,
        }
        try:
            server = EmbeddedServer(
                database,
                given["user"],
                with_demo=given["with_demo"],
                key=found.text,
                options=own,
                is_open=is_open,
                **common,
            )
        except DatabaseError as error:
            raise click.ClickException(str(error)) from error
        stack.callback(server.close)
        serving = Serving(
            database=database,
            user=server.username,
            key=server.api_key,
            options=options,
            transport=transport,
            is_open=server.is_open,
            **common,
        )
        url = address_of(host, listener.getsockname()[1], "https" if tls_cert else "http")
        printed = _instructions(host, url, server, found, form, with_demo=given["with_demo"])
        _run(server, serving, listener, workers, printed, form)
    click.echo(remark("Stopped.", form), err=form == "json")


def _taken(kind: type[T], given: Mapping[str, Any]) -> T:
    """Return what was given of the fields of limits or options."""
    try:
        return kind(**{each.name: given[each.name] for each in fields(kind)})
    except ValueError as error:  # of the options; what limits take, click has seen to
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


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else happens, so that nothing is made in vain."""
    try:
        return http.listen(host, port)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}:{port} ({error.strerror}). Another program may use the port: "
            "stop it, choose another with --port N, or let --port 0 find a free one."
        ) from error


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it is.

    Attributes:
        text: The key; None lets the server make one.
        place: What holds it, so that it need not be printed; None if nothing does.
    """

    text: str | None = field(default=None, repr=False)
    place: str | None = None


def find_key(given: str | None, path: Path | None, host: str) -> Key:
    """Return the key of the command line, of a file or of the environment, in this order.

    Raises:
        ClickException: It cannot be one, or is too short for a server that others reach.
    """
    if given is not None and path is not None:
        raise click.UsageError("Give the key with --key or with --key-file, not with both.")
    variable = next((name for name in VARIABLES if os.environ.get(name, "").strip()), None)
    if given is not None:
        key = Key(given)
    elif path is not None:
        key = Key(read_key(path), f"the file {path}")
    elif variable is not None:
        key = Key(os.environ[variable].strip(), f"the variable {variable}")
    else:
        return Key()
    where = key.place or "--key"
    if not _FIT.fullmatch(key.text or ""):
        raise click.ClickException(
            f"What {where} has is no key: a key is one line of ASCII letters, digits and signs, without blanks."
        )
    if host not in LOOPBACK and len(key.text or "") < _LEAST:
        raise click.ClickException(
            f"The key of {where} has fewer than {_LEAST} characters, which is too short on {host}, where other "
            "machines can try. Leave it out to get a random one."
        )
    return key


def _run(
    server: EmbeddedServer, serving: Serving, listener: socket.socket, workers: int, instructions: str, form: str
) -> None:
    """Serve until interrupted, in this process or with several workers."""
    prepare_process(serving)

    def tell(text: str) -> None:
        click.echo(remark(text, form), err=form == "json")

    try:
        if server.database.backup:
            click.echo(remark(f"The database was brought up to date. As it was before: {server.database.backup}", form))
        if workers == 1:
            server.encode_what_is_left()
            server.send_to_webhooks()
            click.echo(instructions)  # last, so that whoever waits for it and interrupts does not do so in the midst
            make_runner(server, serving).run(sockets=[listener])
        else:
            with ending_in_order():  # no worker may be left behind when this process is told to end
                several = Workers(serving, listener, workers)
                try:
                    tell(f"Workers: {' '.join(map(str, several.pids))}")
                    click.echo(instructions)
                    several.watch(tell)
                finally:
                    several.stop()
    except WorkerError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        pass  # everything has shut down in order, and hands the interrupt on
    # Nothing is left to interrupt. An interrupt from while the event loop began may come once more at the very end.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _instructions(host: str, url: str, server: EmbeddedServer, key: Key, form: str, *, with_demo: bool) -> str:
    """Return what is printed when all is ready: lines for a shell, and what people have to know."""
    variables = {"FTRACK_SERVER": url, "FTRACK_API_USER": server.username}
    if key.place is None:
        variables["FTRACK_API_KEY"] = server.api_key
    lines = assignments(variables, form)
    if form == "json":
        return lines[0]
    notes: list[str] = []
    if server.database.is_memory:
        notes.append("Kept in memory: gone when stopped. Keep it with --database sqlite:///production.db")
    if key.place is not None:
        notes.append(f"The key is in {key.place}. Clients take it from FTRACK_API_KEY.")
    notes.append(mode_of(server))
    if not server.database.is_memory:
        notes.append(f"Files are kept in {server.files.store.name}")
    if with_demo and not can_draw_films():
        notes.append('The demo production has pictures and no films. For these: pip install "trackteroid[media]"')
    notes += [*remarks_for(host, url), f"Serving {url}; press Ctrl-C to stop."]
    return "\n".join([*lines, *(remark(note, form) for note in notes)])


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


def assignments(variables: Mapping[str, str], form: str) -> list[str]:
    """Return the lines that set environment variables in a shell; one object for JSON.

    Example:
        >>> assignments({"FTRACK_API_USER": "ann o'hara"}, "powershell")
        ["$env:FTRACK_API_USER = 'ann o''hara'"]
    """
    match form:
        case "json":
            return [json.dumps(dict(variables))]
        case "powershell":
            return [f"$env:{name} = '" + value.replace("'", "''") + "'" for name, value in variables.items()]
        case "cmd":
            escaped = {ord(sign): f"^{sign}" for sign in '^&|<>()"'} | {ord("%"): "%%"}
            return [f"set {name}={value.translate(escaped)}" for name, value in variables.items()]
        case _:
            return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]


def remark(text: str, form: str) -> str:
    """Return a line for people, which a shell passes over.

    Example:
        >>> remark("Stopped.", "cmd")
        'rem Stopped.'
    """
    return f"{'rem' if form == 'cmd' else '#'} {text}"


def address_of(host: str, port: int, scheme: str = "http") -> str:
    """Return the URL for clients on this machine."""
    return _url(EVERY_ADDRESS.get(host, host), port, scheme)


def remarks_for(host: str, url: str) -> list[str]:
    """Return what somebody has to know who serves other machines."""
    if host in LOOPBACK:
        return []
    scheme, port = url.partition(":")[0], int(url.rpartition(":")[2])
    lines: list[str] = []
    if scheme == "http":
        lines.append(
            "This is plain HTTP: anybody on the way can read the keys. Give it --tls-cert, or put a proxy with TLS in "
            "front of it."
        )
    if host in EVERY_ADDRESS:
        others = " or ".join(_url(name, port, scheme) for name in own_names(host))
        lines.append(f"It listens on all addresses; other machines reach it at {others}")
    return lines


def own_names(host: str) -> Sequence[str]:
    """Return the name of this machine, and the address by which it reaches others, if it has one."""
    names = [socket.gethostname()]
    family, other = (socket.AF_INET6, "2001:db8::1") if ":" in host else (socket.AF_INET, "192.0.2.1")
    # Nothing is sent: the system only says which of its addresses it would send from.
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((other, 9))
        names.append(probe.getsockname()[0])
    return names


def _url(host: str, port: int, scheme: str) -> str:
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
