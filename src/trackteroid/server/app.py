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

from .api import Api
from .web import HEADERS

_WELCOME = """This is a Trackteroid server. Clients of ftrack talk to it under this address:

    FTRACK_SERVER={url}
"""


def create_app(api: Api) -> Starlette:
    """The ASGI application that answers from `api`."""

    async def call(request: Request) -> Response:
        body = await request.body()
        reply = await run_in_threadpool(api.respond, request.headers, body, _base_url(request))
        return Response(reply.body, reply.status, media_type="application/json")

    async def welcome(request: Request) -> Response:
        return PlainTextResponse(_WELCOME.format(url=_base_url(request)))

    async def widget(request: Request) -> Response:
        token = request.query_params.get("token", "")
        reply = await run_in_threadpool(api.page, token, _base_url(request))
        return HTMLResponse(reply.body, reply.status, headers=HEADERS)

    return Starlette(
        routes=[Route("/api", call, methods=["POST"]), Route("/widget", widget), Route("/", welcome)],
        middleware=[
            # Browsers send the credentials as headers of their own, so any page may call; nothing rides on cookies.
            Middleware(
                CORSMiddleware,
                allow_origin_regex=".*",
                allow_methods=["*"],
                allow_headers=["*"],
                allow_credentials=True,
            ),
            Middleware(GZipMiddleware, minimum_size=64 * 1024, compresslevel=1),
        ],
        exception_handlers={HTTPException: _http_error},
    )


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


async def _http_error(request: Request, error: Exception) -> Response:
    """Clients read every answer as JSON, so wrong paths and methods get an error object too."""
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "Server error")
    content = f"{request.method} {request.url.path}: {detail}. The API is at POST /api."
    return Response(
        orjson.dumps({"exception": "HTTPError", "content": content, "error_code": None}),
        status,
        media_type="application/json",
    )
