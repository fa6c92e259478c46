"""How a server shows itself to the outside, besides what callers may ask of it: see `limits` for that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one server.

    Attributes:
        public_url: Where clients reach it, for links; by default the address that a call came to.
        allow_origin: Origins of web pages that may call, such as ``https://tools.studio.example``; ``*`` is all.
        access_log: How each request is logged, by the logger ``trackteroid.server.access``.
        slow_query: Seconds from which on a statement is logged with its plan, by ``trackteroid.server.slow``.
        webhook_allow: Hosts and networks inside of the own one that webhooks may lead to.
        metrics: A folder in which all workers of a server keep their figures; without it there are none.

    Raises:
        ValueError: The public address is none, or has more than a scheme, a host and a port.
    """

    public_url: str | None = None
    allow_origin: tuple[str, ...] = ()
    access_log: Literal["json", "text", "off"] = "off"
    slow_query: float | None = None
    metrics: str | None = None
    webhook_allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be the address of a server."""
        if self.public_url is None:
            return
        parts = urlsplit(self.public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise ValueError(
                "The public address of a server is like https://tracking.studio.example, without a user or a query."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """How a server is reached.

    Attributes:
        certificate: The file of the TLS certificate; without it, it is plain HTTP.
        private_key: The file of its key, unless that is in the same file.
        proxies: Addresses of proxies whose word is taken for who asks, by ``X-Forwarded-For`` and ``-Proto``.
    """

    certificate: str | None = None
    private_key: str | None = field(default=None, repr=False)
    proxies: tuple[str, ...] = ()


#: What a server has that is told nothing else.
QUIET = Options()
PLAIN = Transport()
