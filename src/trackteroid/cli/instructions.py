"""What `trackteroid serve` prints: lines for a shell to evaluate, and remarks for people between them."""

from __future__ import annotations

import json
import os
import shlex
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
#: What stands for all addresses of a machine, and the one of them by which it reaches itself.
EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104  # read, not listened on

FORMATS: Final = ("posix", "powershell", "cmd", "json")
USUAL: Final = "cmd" if os.name == "nt" else "posix"


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
            return [f"set {name}={_for_cmd(value)}" for name, value in variables.items()]
        case _:
            return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]


def _for_cmd(value: str) -> str:
    return "".join(f"^{sign}" if sign in '^&|<>()"' else sign for sign in value).replace("%", "%%")


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
