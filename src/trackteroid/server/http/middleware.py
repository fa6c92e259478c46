"""What stands around the application: a log of requests, and compressing answers."""

from __future__ import annotations

import logging
import time
from collections import Counter
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Final, Literal

import orjson
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger("trackteroid.server.access")
#: The characters of what a client says of itself that are kept.
_MOST = 200
#: The bytes of an answer below which compressing is not worth it.
_LARGE: Final = 64 * 1024


class AccessLog:
    """Logs every request that `app` answers, one line each, without any secret.

    No key is in it, no query of an address, and nothing of a body.

    Args:
        app: The application.
        form: ``json`` for one object a line, ``text`` for people.
    """

    def __init__(self, app: ASGIApp, form: Literal["json", "text"]) -> None:
        self._app = app
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, sent, status = time.monotonic(), 0, 0

        async def counting(message: Message) -> None:
            nonlocal sent, status
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counting)
        finally:
            line = self._line(scope, status, sent, round(time.monotonic() - began, 4))
            _LOG.info("%s", line)

    def _line(self, scope: Scope, status: int, sent: int, seconds: float) -> str:
        """Return what is told of a request and of its answer."""
        reply, client = scope.get("trackteroid.reply"), scope.get("client")
        told: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "client": client[0] if client else None,
            "user": Headers(scope=scope).get("ftrack-user", "")[:_MOST] or None,
            "method": scope["method"][:_MOST],
            "path": scope["path"][:_MOST],
            "actions": dict(Counter(name for name, _ in reply.actions)) if reply else {},
            "rows": reply.rows if reply else 0,
            "error": reply.error.name if reply and reply.error else None,
            "status": status,
            "bytes": sent,
            "seconds": seconds,
        }
        if self._form == "json":
            return orjson.dumps(told).decode()
        # What clients say of themselves cannot begin a line of its own.
        actions = " ".join(f"{name}:{count}" for name, count in told["actions"].items())
        return (
            f"{told['time']} {told['client']} {told['user']!r} {told['method']!r} {told['path']!r} {status} "
            f"{sent}B {seconds}s rows={told['rows']} {actions} {told['error'] or 'ok'}"
        )


class Compression:
    """Compresses what `app` answers where that is faster: large answers, for whoever is not on this machine.

    Between processes of one machine, compressing takes far longer than the bytes that it saves.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(app, minimum_size=_LARGE, compresslevel=1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        client, app = scope.get("client"), self._compressed
        with suppress(ValueError):  # the name of another machine
            # Behind a proxy the address is the one that the proxy tells of.
            if client is None or client[0] == "127.0.0.1" or ip_address(client[0]).is_loopback:
                app = self._plain
        await app(scope, receive, send)
