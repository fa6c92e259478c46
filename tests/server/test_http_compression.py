"""Large answers are compressed for those who gain by it: clients that take it, on other machines."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import MutableMapping
from typing import Any

import orjson
import pytest

from trackteroid.server import EmbeddedServer

LARGE = [{"action": "query_schemas"}]


def answer(server: EmbeddedServer, host: str, accepts: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """The headers and the body that a client of an address gets."""
    body = orjson.dumps(LARGE)
    given = {b"ftrack-user": server.username.encode(), b"ftrack-api-key": server.api_key.encode()}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def exchange(scope: dict[str, Any]) -> None:
        await server.app(scope, receive, send)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/api",
        "scheme": "http",
        "headers": [*given.items(), (b"accept-encoding", accepts)],
        "client": (host, 1),
        "server": ("tracking.studio.example", 80),
    }
    asyncio.run(exchange(scope))
    return dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(
    ("host", "accepts", "is_compressed"),
    [
        ("10.1.2.3", b"gzip, deflate", True),
        ("2001:db8::7", b"gzip", True),
        ("10.1.2.3", b"identity", False),
        ("127.0.0.1", b"gzip, deflate", False),
        ("127.8.0.1", b"gzip", False),
        ("::1", b"gzip", False),
    ],
)
def test_only_clients_of_other_machines_get_compressed_answers(host: str, accepts: bytes, is_compressed: bool) -> None:
    server = EmbeddedServer("sqlite://")
    headers, body = answer(server, host, accepts)
    server.close()
    assert (headers.get(b"content-encoding") == b"gzip") == is_compressed
    assert int(headers[b"content-length"]) == len(body)
    names = {schema["id"] for schema in orjson.loads(gzip.decompress(body) if is_compressed else body)[0]}
    assert {"Task", "AssetVersion"} <= names
