"""The server as an ASGI application."""

from __future__ import annotations

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from trackteroid.server.api import Api
from trackteroid.server.core.failures import Failure
from trackteroid.server.core.options import QUIET, Options
from trackteroid.server.http.access_log import AccessLog
from trackteroid.server.http.calls import Calls
from trackteroid.server.http.metrics import Metrics
from trackteroid.server.http.origins import Origins
from trackteroid.server.web import HEADERS

_WELCOME = """This is a Trackteroid server. Clients of ftrack talk to it under this address:

    FTRACK_SERVER={url}
"""
_NOSNIFF = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": HEADERS["Content-Security-Policy"]}


def create_app(api: Api, options: Options = QUIET) -> Starlette:
    """Return the ASGI application that answers from `api`."""
    origins = Origins(options.allow_origin, options.public_url)
    metrics = Metrics(options.metrics)
    calls = Calls(api, origins, metrics, options.public_url)

    async def welcome(request: Request) -> Response:
        return PlainTextResponse(_WELCOME.format(url=calls.address_of(request)), headers=_NOSNIFF)

    async def widget(request: Request) -> Response:
        token = request.query_params.get("token", "")
        reply = await run_in_threadpool(api.page, token, calls.address_of(request))
        return HTMLResponse(reply.body, reply.status, headers=HEADERS)

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_NOSNIFF)

    async def readiness(_: Request) -> Response:
        try:
            await run_in_threadpool(api.check_readiness)
        except Failure as failure:
            return PlainTextResponse(f"{failure}\n", 503, headers=_NOSNIFF)
        return PlainTextResponse("ok\n", headers=_NOSNIFF)

    async def figures(_: Request) -> Response:
        return PlainTextResponse(await run_in_threadpool(metrics.text), headers=_NOSNIFF)

    routes = [
        Route("/api", calls.answer, methods=["POST"]),
        Route("/widget", widget),
        Route("/healthz", health),
        Route("/readyz", readiness),
        Route("/", welcome),
    ]
    if options.metrics:
        routes.append(Route("/metrics", figures))
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(AccessLog, form=options.access_log),
            # Browsers send the credentials as headers of their own; nothing rides on cookies.
            Middleware(
                CORSMiddleware,
                allow_origin_regex=origins.pattern,
                allow_methods=["*"],
                allow_headers=["*"],
                allow_credentials=True,
            ),
            Middleware(GZipMiddleware, minimum_size=64 * 1024, compresslevel=1),
        ],
        exception_handlers={HTTPException: _http_error},
    )
    # A redirect would lead where the Host header says.
    app.router.redirect_slashes = False
    return app


async def _http_error(request: Request, error: Exception) -> Response:
    """Clients read every answer as JSON, so wrong paths and methods get an error object too."""
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "Server error")
    content = f"{request.method} {request.scope['path']}: {detail}. The API is at POST /api."
    return Response(
        orjson.dumps({"exception": "HTTPError", "content": content, "error_code": None}),
        status,
        media_type="application/json",
        headers=_NOSNIFF,
    )
