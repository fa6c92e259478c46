"""Small answers leave at once: systems hold them back for 40 ms unless every connection says otherwise."""

from __future__ import annotations

import asyncio
import importlib
import socket

import pytest
import requests
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from trackteroid.server import EmbeddedServer
from trackteroid.server.http.serving import listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_what_is_listened_on_says_that_it_is_tcp(host: str) -> None:
    with listen(host, 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_command_listens_in_the_same_way() -> None:
    with importlib.import_module("trackteroid.cli.serving").listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_connections_of_a_running_server_send_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    original = HttpToolsProtocol.connection_made

    def connection_made(self: HttpToolsProtocol, transport: asyncio.Transport) -> None:
        connection = transport.get_extra_info("socket")
        told.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        original(self, transport)

    monkeypatch.setattr(HttpToolsProtocol, "connection_made", connection_made)
    server = EmbeddedServer("sqlite://")
    with server.listening() as url:
        assert requests.get(url, timeout=60).ok
    server.close()
    assert told
    assert all(told)
