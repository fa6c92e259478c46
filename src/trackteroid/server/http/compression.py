"""Which answers are compressed: large ones, for whoever takes them and is not on this machine.

Between processes of one machine, compressing takes far longer than the bytes that it saves.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

#: The bytes of an answer below which compressing is not worth it.
_LARGE: Final = 64 * 1024


class Compression:
    """Compresses what `app` answers, where that is faster.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(app, minimum_size=_LARGE, compresslevel=1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        client = scope.get("client")
        app = self._plain if client is None or _is_local(client[0]) else self._compressed
        await app(scope, receive, send)


def _is_local(host: str) -> bool:
    """Return whether an address is of this machine; behind a proxy it is the one that the proxy tells of."""
    if host == "127.0.0.1":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
