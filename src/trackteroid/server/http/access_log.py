"""One line for each request, without any secret: no key, no query of an address, nothing of a body."""

from __future__ import annotations

import logging
import time
from collections import Counter
from typing import Any, Literal

import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger("trackteroid.server.access")
#: The characters of what a client says of itself that are kept.
_MOST = 200


class AccessLog:
    """Logs every request that `app` answers.

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
            line = _line(scope) | {"status": status, "bytes": sent, "seconds": round(time.monotonic() - began, 4)}
            _LOG.info("%s", orjson.dumps(line).decode() if self._form == "json" else _text(line))


def _line(scope: Scope) -> dict[str, Any]:
    """Return what is told of a request and of its answer."""
    reply = scope.get("trackteroid.reply")
    client = scope.get("client")
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "client": client[0] if client else None,
        "user": Headers(scope=scope).get("ftrack-user", "")[:_MOST] or None,
        "method": scope["method"][:_MOST],
        "path": scope["path"][:_MOST],
        "actions": dict(Counter(name for name, _ in reply.actions)) if reply else {},
        "rows": reply.rows if reply else 0,
        "error": reply.error.name if reply and reply.error else None,
    }


def _text(line: dict[str, Any]) -> str:
    """Return the same for people; what clients say of themselves cannot begin a line of its own."""
    actions = " ".join(f"{name}:{count}" for name, count in line["actions"].items())
    return (
        f"{line['time']} {line['client']} {line['user']!r} {line['method']!r} {line['path']!r} {line['status']} "
        f"{line['bytes']}B {line['seconds']}s rows={line['rows']} {actions} {line['error'] or 'ok'}"
    )
