"""The server as an ASGI application."""

from __future__ import annotations

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from trackteroid.server.api import Api
from trackteroid.server.core.failures import Failure
from trackteroid.server.core.options import QUIET, Options
from trackteroid.server.http.admission import Origins
from trackteroid.server.http.calls import Calls
from trackteroid.server.http.files import FileCalls
from trackteroid.server.http.metrics import Metrics
from trackteroid.server.http.middleware import AccessLog, Compression
from trackteroid.server.http.sockets import Sockets
from trackteroid.server.web import HEADERS, START_HEADERS, start_page, start_text

_NOSNIFF = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": HEADERS["Content-Security-Policy"]}


def create_app(api: Api, options: Options = QUIET) -> ASGIApp:
    """Return the ASGI application that answers from `api`."""
    origins = Origins(options.allow_origin, options.public_url)
    metrics = Metrics(options.metrics)
    calls = Calls(api, origins, metrics, options.public_url)
    sockets = Sockets(api, origins, calls.admission, calls.address_of)
    pages = _Pages(api, calls, metrics)
    routes: list[BaseRoute] = [
        Route("/api", calls, methods=["POST"]),
        Route("/socket.io/1/", sockets.greet),
        WebSocketRoute("/socket.io/1/websocket/{ticket}", sockets.connect),
        *pages.routes(has_figures=bool(options.metrics)),
    ]
    if api.files is not None:
        routes.extend(FileCalls(api, api.files, calls).routes())
    routed = Starlette(routes=routes, exception_handlers={HTTPException: pages.refuse})
    # A redirect would lead where the Host header says.
    routed.router.redirect_slashes = False

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # Calls are nearly all that comes, and need nothing of what finds the way to pages.
        is_call = scope["type"] == "http" and scope["path"] == "/api" and scope["method"] == "POST"
        await (calls if is_call else routed)(scope, receive, send)

    # Browsers send the credentials as headers of their own; nothing rides on cookies.
    app = CORSMiddleware(
        Compression(answer),
        allow_origin_regex=origins.pattern,
        allow_methods=["*"],
        allow_headers=["*"],
        allow_credentials=True,
        expose_headers=["ETag"],
    )
    return app if options.access_log == "off" else AccessLog(app, options.access_log)


class _Pages:
    """What is no call: pages for people, and what those look at who run the server."""

    def __init__(self, api: Api, calls: Calls, metrics: Metrics) -> None:
        self._api = api
        self._calls = calls
        self._metrics = metrics

    def routes(self, *, has_figures: bool) -> list[BaseRoute]:
        """Return where they are."""
        figures = [Route("/metrics", self._figures)] if has_figures else []
        return [
            Route("/", self._welcome),
            Route("/entity", self._entity),
            Route("/widget", self._widget),
            Route("/healthz", self._health),
            Route("/readyz", self._readiness),
            *figures,
        ]

    async def _welcome(self, request: Request) -> Response:
        url = self._calls.address_of(request.scope)
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(start_page(url), headers=START_HEADERS)
        return PlainTextResponse(start_text(url), headers={**_NOSNIFF, "Vary": "Accept"})

    async def _entity(self, request: Request) -> Response:
        """Show an entity to whoever says who they are as clients do: in headers."""
        user, key = request.headers.get("ftrack-user", ""), request.headers.get("ftrack-api-key", "")
        called, identity = (request.query_params.get(name, "") for name in ("type", "id"))
        try:
            await self._calls.admit_page(request.scope, user, key)
        except Failure as failure:
            reply = self._api.refuse_page(failure)
        else:
            reply = await run_in_threadpool(self._api.entity_page, user, key, called, identity)
        return HTMLResponse(reply.body, reply.status, headers=HEADERS)

    async def _widget(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        reply = await run_in_threadpool(self._api.page, token, self._calls.address_of(request.scope))
        return HTMLResponse(reply.body, reply.status, headers=HEADERS)

    async def _health(self, _: Request) -> Response:
        return _text("ok\n")

    async def _readiness(self, _: Request) -> Response:
        try:
            await run_in_threadpool(self._api.check_readiness)
        except Failure as failure:
            return _text(f"{failure}\n", 503)
        return _text("ok\n")

    async def _figures(self, _: Request) -> Response:
        return _text(await run_in_threadpool(self._metrics.text))

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Clients read every answer as JSON, so wrong paths and methods get an error object too."""
        status, detail = 500, "Server error"
        if isinstance(error, HTTPException):
            status, detail = error.status_code, error.detail
        place = f"{request.method} {request.scope['path']}"
        content = f"{place}: {detail}. The API is at POST /api, the event hub at GET /socket.io/1/."
        return Response(
            orjson.dumps({"exception": "HTTPError", "content": content, "error_code": None}),
            status,
            media_type="application/json",
            headers=_NOSNIFF,
        )


def _text(text: str, status: int = 200) -> Response:
    return PlainTextResponse(text, status, headers=_NOSNIFF)
