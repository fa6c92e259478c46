"""Where webhooks may lead: out into the world, and inside of the own network only where that is allowed.

A name is resolved once, all that it stands for is checked, and what was checked is what is connected to. So a name
server that answers differently the next time cannot lead anywhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from trackteroid.server.core.failures import DeliveryError
from trackteroid.values import frozen

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: What is inside, whatever Python's own tables say of it.
_INSIDE: Final = tuple(map(ipaddress.ip_network, ("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "fec0::/10")))


@frozen
class Allowed:
    """What is allowed inside of the own network: hosts by name, and networks."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Allowed:
        """Return what texts such as ``render.studio`` and ``10.1.0.0/16`` allow; raises `ValueError`."""
        places = [_place(text) for text in texts]
        hosts = frozenset(place for place in places if isinstance(place, str))
        return cls(hosts, tuple(place for place in places if not isinstance(place, str)))

    def is_host(self, host: str) -> bool:
        """Return whether a host is allowed by its name, whatever its addresses are."""
        return host.lower().rstrip(".") in self.hosts

    def has(self, address: Address) -> bool:
        """Return whether an address is allowed."""
        return any(address in network for network in self.networks if network.version == address.version)


def _place(text: str) -> str | Network:
    try:
        return ipaddress.ip_network(text.strip("[]"))
    except ValueError:
        if "/" in text or not text.strip():
            raise ValueError(f"{text!r} is neither the name of a host nor a network such as 10.1.0.0/16.") from None
        return text.lower().rstrip(".")


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
