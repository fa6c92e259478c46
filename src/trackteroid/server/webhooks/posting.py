"""Sending one event: signed as Standard Webhooks has it, to an address that was checked, in bounded time.

The signature is ``v1,`` and the Base64 of the HMAC-SHA256, by the secret, of ``<id>.<timestamp>.<body>``; the three are
in the headers ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``. Libraries that check this exist for many
languages: https://www.standardwebhooks.com.

Webhooks lead out into the world, and inside of the own network only where that is allowed. A name is resolved once, all
that it stands for is checked, and what was checked is what is connected to. So a name server that answers differently
the next time cannot lead anywhere else.

This is `http.client` of the standard library, because all that is needed beside it is to say where a connection leads.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from trackteroid.constants import __VERSION__
from trackteroid.server.core.failures import DeliveryError
from trackteroid.server.events.webhooks import key_of
from trackteroid.values import frozen

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: What is inside, whatever Python's own tables say of it.
_INSIDE: Final = tuple(map(ipaddress.ip_network, ("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "fec0::/10")))
_USER_AGENT: Final = f"Trackteroid/{__VERSION__}"


@frozen
class Allowed:
    """What is allowed inside of the own network: hosts by name, and networks."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Allowed:
        """Return what texts such as ``render.studio`` and ``10.1.0.0/16`` allow; raises `ValueError`."""
        hosts, networks = set[str](), list[Network]()
        for text in texts:
            try:
                networks.append(ipaddress.ip_network(text.strip("[]")))
            except ValueError:  # noqa: PERF203 - each text for itself
                if "/" in text or not text.strip():
                    raise ValueError(
                        f"{text!r} is neither the name of a host nor a network such as 10.1.0.0/16."
                    ) from None
                hosts.add(text.lower().rstrip("."))
        return cls(frozenset(hosts), tuple(networks))

    def is_host(self, host: str) -> bool:
        """Return whether a host is allowed by its name, whatever its addresses are."""
        return host.lower().rstrip(".") in self.hosts

    def has(self, address: Address) -> bool:
        """Return whether an address is allowed."""
        return any(address in network for network in self.networks if network.version == address.version)


def resolve(url: str, allowed: Allowed) -> Sequence[Address]:
    """Return the addresses that a URL stands for.

    Raises:
        DeliveryError: There are none, or one of them is inside of the own network and not allowed.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 0, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DeliveryError(f"The name {host} cannot be resolved ({error.strerror or error}).") from None
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found))
    is_inside = [address for address in addresses if not (allowed.has(address) or is_outside(address))]
    if is_inside and not allowed.is_host(host):
        place = host if host == str(is_inside[0]) else f"{host}, which is {is_inside[0]},"
        raise DeliveryError(
            f"{place} is inside of the server's own network. Whoever runs the server can allow it with --webhook-allow "
            f"{host}."
        )
    if parts.scheme != "https" and not (allowed.is_host(host) or all(map(allowed.has, addresses))):
        raise DeliveryError(f"Events leave the own network by https only; {host} is not one of --webhook-allow.")
    return addresses


def is_outside(address: Address) -> bool:
    """Return whether an address is one of the world, and so are those that it carries."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if not all(is_outside(each) for each in carried if each is not None):
            return False
        if address.ipv4_mapped is not None:
            return True
    is_known = any(address in network for network in _INSIDE if network.version == address.version)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_known)


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return what proves that a message was sent by whoever has the secret."""
    content = b".".join((message_id.encode(), b"%d" % timestamp, body))
    return "v1," + base64.b64encode(hmac.new(key_of(secret), content, hashlib.sha256).digest()).decode()


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Allowed, seconds: float) -> None:
    """Send something; return if the answer says that it has arrived. Redirects are no such answer.

    Raises:
        DeliveryError: It has not arrived, or nobody knows.
    """
    parts = urlsplit(url)
    connection = _connection(url, resolve(url, allowed), seconds)
    late = threading.Event()

    def cut() -> None:
        """End a connection on which something comes all the time, but no end of it."""
        late.set()
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    end = threading.Timer(seconds, cut)
    end.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        own = {"Content-Type": "application/json", "User-Agent": _USER_AGENT, "Connection": "close"}
        connection.request("POST", target, body, {**own, **headers})
        status = connection.getresponse().status
    except ssl.SSLCertVerificationError as error:
        reason = f"the certificate cannot be verified ({error.verify_message})"
        raise DeliveryError(f"{parts.hostname}: {reason}.") from None
    except (OSError, http.client.HTTPException) as error:
        if not late.is_set():
            raise DeliveryError(f"{parts.hostname}: {_reason(error)}.") from None
        status = 0
    finally:
        end.cancel()
        connection.close()
    if late.is_set():  # what was read until then may look like an answer
        raise DeliveryError(f"{parts.hostname}: no answer within {seconds:g} seconds.")
    if not 200 <= status < 300:
        hint = " Redirects are not followed." if 300 <= status < 400 else ""
        raise DeliveryError(f"{parts.hostname} has answered with the status {status}.{hint}")


def _connection(url: str, addresses: Sequence[Address], seconds: float) -> http.client.HTTPConnection:
    """Return a connection to the first of some addresses that takes one, whatever its name stands for by now."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)

    def connect(place: tuple[str, int], timeout: float, _source: object = None) -> socket.socket:
        error: OSError | None = None
        end = time.monotonic() + timeout
        for address in addresses:
            try:
                return socket.create_connection((str(address), place[1]), max(0.1, end - time.monotonic()))
            except OSError as failed:  # noqa: PERF203 - the next address may take it
                error = failed
        raise error or OSError("no address")

    # Where http.client itself asks for a connection; it does all else, such as to verify the certificate for the name.
    connection._create_connection = connect  # pyright: ignore[reportAttributeAccessIssue]
    return connection


def _reason(error: Exception) -> str:
    if isinstance(error, http.client.RemoteDisconnected):
        return "the connection was closed without an answer"
    if isinstance(error, TimeoutError):
        return "no connection in time"
    text = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return f"no connection ({text})"
