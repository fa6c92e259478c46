"""How clients reach the event hub: a handshake that lets them in, and a WebSocket, as Socket.IO 0.9 has it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from trackteroid.server.api import Api
from trackteroid.server.core.failures import BusyError, Failure
from trackteroid.server.events.members import AT_ONCE, DEAD_SECONDS, FAREWELL_SECONDS
from trackteroid.server.http.admission import Admission, Origins

_LOG: Final = logging.getLogger("trackteroid.server.events")

_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class Sockets:
    """Lets clients into the event hub.

    Args:
        api: Whose hub it is.
        origins: Which web pages may call.
        admission: Who may come in.
        address_of: Returns the address that a request has come to.
    """

    def __init__(self, api: Api, origins: Origins, admission: Admission, address_of: Callable[[Any], str]) -> None:
        self._api = api
        self._origins = origins
        self._admission = admission
        self._address_of = address_of

    async def greet(self, request: Request) -> Response:
        """Answer the handshake: a ticket for whoever shows a key, as a header (Python) or in the address (JavaScript).

        Whatever is wrong has its status, because that is all that the Python client looks at.
        """
        query, headers = request.query_params, request.headers
        username = headers.get("ftrack-user", query.get("api_user", ""))
        key = headers.get("ftrack-api-key", query.get("api_key", ""))
        try:
            self._check_origin(request)
            await self._admission.admit(request.client.host if request.client else "", username, key)
            # Others may have let the key in a moment ago; whoever stays connected must have it now.
            ticket = await run_in_threadpool(self._api.ticket, username, key)
        except Failure as failure:
            return _refusal(failure)
        return PlainTextResponse(f"{ticket}:{DEAD_SECONDS}:{DEAD_SECONDS}:websocket", headers=_HEADERS)

    async def connect(self, socket: WebSocket) -> None:
        """Serve one WebSocket until it ends."""
        try:
            self._check_origin(socket)
            opened = await run_in_threadpool(self._api.holder, socket.path_params["ticket"])
            member = await run_in_threadpool(self._api.hub.join, opened, asyncio.get_running_loop())
        except Failure as failure:
            await socket.send_denial_response(_refusal(failure))
            return

        async def read() -> str:
            """Return the next message; of one that is no text, what will do for a refusal."""
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1000))
            return message.get("text") or "<bytes>"

        try:
            await socket.accept()
            sender = socket.scope.get("extensions", {}).get(AT_ONCE, {}).get("sender")
            await member.serve(read, socket.send_text, sender)
            await asyncio.wait_for(socket.close(), FAREWELL_SECONDS)
        except (WebSocketDisconnect, asyncio.TimeoutError):
            _LOG.debug("A client of the event hub has left, or does not read")
        finally:
            await run_in_threadpool(self._api.hub.leave, member)

    def _check_origin(self, connection: HTTPConnection) -> None:
        self._origins.check(connection.headers.get("origin"), self._address_of(connection.scope))


def _refusal(failure: Failure) -> Response:
    headers = {"Retry-After": str(failure.retry_after)} if isinstance(failure, BusyError) else {}
    body = orjson.dumps(failure.as_record())
    return Response(body, failure.status, media_type="application/json", headers={**_HEADERS, **headers})
