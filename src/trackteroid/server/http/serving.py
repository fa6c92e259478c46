"""Connections: where they come in, how many, how long a request may take to begin, and who is turned away."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Send
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from trackteroid.server.core.options import PLAIN, Limits, Transport
from trackteroid.server.events.members import AT_ONCE, FAREWELL_SECONDS

#: How long a connection that nobody uses is kept. A client that uses it again in the very moment in which it is closed
#: does not know whether its request has arrived; so it is longer than tools pause between two requests.
KEEP_ALIVE_SECONDS: Final = 75
#: The seconds that a server which ends keeps connections that nobody uses, to answer their next request all the same.
LINGER_SECONDS: Final = 2.0
#: The seconds that requests under way have to end, when a server is told to stop.
GRACE_SECONDS: Final = 5
#: The seconds that a client may go on to send a body that was refused, before it is cut off.
_DRAIN_SECONDS: Final = 10.0

#: How many messages of a client of the event hub may wait, and how long one may be, while more are read.
_WAITING: Final = 64
_SHORT: Final = 16 * 1024

#: Clients that start at the sight of the printed address wait in line until the server takes them.
_IN_LINE = 2048

#: The bytes around an event in the message that carries it.
_AROUND_EVENT: Final = 1024

#: How many bytes of headers are read before they are measured.
_PIECE: Final = 1024


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises `OSError` where that cannot be.

    Its protocol is named: asyncio sends small answers at once only over connections that say they are TCP, and each of
    the others waits for 40 ms. The option itself is for servers that do not look.

    Example:
        >>> with listen("127.0.0.1", 0) as listener:
        ...     listener.proto == socket.IPPROTO_TCP
        True
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if os.name == "posix":
            # Elsewhere the option would let two servers share the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_IN_LINE)
    except OSError:
        listener.close()
        raise
    return listener


class _Runner(uvicorn.Server):
    """A server that tells those who wait for events that it ends, rather than to wait for them."""

    end_waits: Callable[[], object]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self.end_waits()
        await super().shutdown(sockets)


def make_runner(
    app: ASGIApp, limits: Limits, transport: Transport = PLAIN, *, end_waits: Callable[[], object]
) -> uvicorn.Server:
    """Return what serves `app` over HTTP. When it ends, `end_waits` answers the calls that wait for something."""

    class Guarded(GuardedConnection):
        pass

    # What the connections of one server share.
    Guarded.limits, Guarded.proxies = limits, frozenset(transport.proxies)
    Guarded.open_by_address, Guarded.lock = Counter(), threading.Lock()
    config = uvicorn.Config(
        app,
        http=Guarded,
        ws=HubConnection,
        ws_max_size=limits.event_bytes + _AROUND_EVENT,
        # The event hub has heartbeats of its own, and the Python client cannot read what is compressed.
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=bool(transport.proxies),
        forwarded_allow_ips=list(transport.proxies),
        ssl_certfile=transport.certificate,
        ssl_keyfile=transport.private_key,
    )
    runner = _Runner(config)
    runner.end_waits = end_waits
    return runner


def retire(runner: uvicorn.Server, seconds: float) -> None:
    """Stop a server whose place another one has taken, once every request that has reached it is answered.

    Its connections that nobody uses are kept for a moment, in which their next request is told to be the last.
    """
    runner.config.timeout_graceful_shutdown = int(seconds)
    connections = runner.config.http_protocol_class
    if issubclass(connections, GuardedConnection):
        connections.linger = LINGER_SECONDS
    runner.should_exit = True


class HubConnection(WebSocketsSansIOProtocol):
    """A connection to the event hub, which began as one of HTTP and counts among those of its address.

    Its application can send texts at once, without a task that is woken for each, by what `AT_ONCE` names in the
    extensions of its scope.
    """

    #: What is to be done when it is lost.
    forget: Callable[[], None] | None = None

    #: Closes it in the end, even if nobody reads what was sent there last.
    _farewell: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        super().connection_lost(exc)
        if self._farewell is not None:
            self._farewell.cancel()
        if self.forget is not None:
            self.forget()

    async def send(self, message: Any) -> None:
        """Send something; a refusal is an answer, too."""
        await super().send(message)
        self.handshake_complete = self.handshake_complete or self.close_sent

    async def run_asgi(self) -> None:
        """Serve the connection."""
        self.scope["extensions"][AT_ONCE] = {"sender": self}  # pyright: ignore[reportTypedDictNotRequiredAccess, reportOptionalSubscript]
        await super().run_asgi()

    @property
    def is_ready(self) -> bool:
        """Whether the other side is there, and takes more."""
        return self.writable.is_set() and not (self.close_sent or self.transport.is_closing())

    def send_at_once(self, texts: Iterable[str]) -> None:
        """Send texts in one piece, where it is ready."""
        for text in texts:
            self.conn.send_text(text.encode())
        self.transport.write(b"".join(self.conn.data_to_send()))

    def send_receive_event_to_app(self) -> None:
        """Hand on a message; only if many wait, or long ones, no more are read before that."""
        is_little = self.queue.qsize() < _WAITING and sum(map(len, self.frames)) < _SHORT
        was_paused, self.read_paused = self.read_paused, self.read_paused or is_little
        super().send_receive_event_to_app()
        if is_little:
            self.read_paused = was_paused

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Close the connection, although perhaps nobody reads what was sent there last."""
        super().on_task_complete(task)
        self._farewell = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)


class _Stage(Enum):
    """How far the request has come that is being read."""

    NOTHING = auto()
    HEADERS = auto()
    BODY = auto()


class GuardedConnection(HttpToolsProtocol):
    """A connection that cannot be kept open for nothing."""

    limits: Limits
    proxies: frozenset[str]
    open_by_address: Counter[str]
    lock: threading.Lock
    #: The seconds that a connection is kept for its last request, once the server retires.
    linger = 0.0

    _timer: asyncio.TimerHandle | None = None
    _address: str | None = None
    _is_handed_over = False
    _stage = _Stage.NOTHING
    #: What is being read just now.
    _piece = b""
    #: The bytes of headers that have come and are not complete.
    _incomplete = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take a connection, unless its address has too many."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        with self.lock:
            self.open_by_address[address] += 1
            self._address, count = address, self.open_by_address[address]
        if count > self.limits.address_connections and address not in self.proxies:
            self._turn_away(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{address} has more than {self.limits.address_connections} connections, this server's limit "
                "address_connections. Close some, and try again.",
            )
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._stop_timer()
        self._forget()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, *args: Any, **kwargs: Any) -> None:
        """Hand the connection over to the event hub; it counts for as long as it is open."""
        self._stop_timer()
        self._is_handed_over = True
        super().handle_websocket_upgrade(*args, **kwargs)
        protocol = self.transport.get_protocol()
        if isinstance(protocol, HubConnection):
            protocol.forget = self._forget

    def _forget(self) -> None:
        if self._address is not None:
            with self.lock:
                self.open_by_address[self._address] -= 1
                if not self.open_by_address[self._address]:
                    del self.open_by_address[self._address]
            self._address = None

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        # Headers are measured while they come. So they are read piece by piece, and what follows at once.
        while self._stage is not _Stage.BODY and len(data) > _PIECE and not self.transport.is_closing():
            self._read(data[:_PIECE])
            data = data[_PIECE:]
        if not self.transport.is_closing():
            self._read(data)
        self._watch()

    def on_message_begin(self) -> None:
        """Begin to read a request."""
        self._stage = _Stage.HEADERS
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Begin to answer a request."""
        if self.parser.should_upgrade():
            if self._should_upgrade():
                super().on_headers_complete()
            return
        self._stage = _Stage.BODY
        super().on_headers_complete()
        self._announce_end()

    def on_message_complete(self) -> None:
        """Have read a request."""
        if self.parser.should_upgrade():
            return
        self._stage = _Stage.NOTHING
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Make ready for the next request."""
        super().on_response_complete()
        self._watch()

    def shutdown(self) -> None:
        """Answer one more request on a connection that is kept, rather than to close it while one is on its way."""
        if not self.linger:
            super().shutdown()
            return
        self._announce_end()
        self._linger()

    def _announce_end(self) -> None:
        """Tell a client with the answer that its next request needs another connection."""
        if not (self.linger and self._is_answering()) or self.cycle.response_started:
            return
        if CLOSE_HEADER not in self.cycle.default_headers:
            self.cycle.default_headers = [*self.cycle.default_headers, CLOSE_HEADER]

    def _linger(self) -> None:
        """Close a connection that nobody has used for a moment, of a server that ends."""
        self._stop_timer()
        if not self._is_answering() and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._timer = self.loop.call_later(self.linger, self._close)

    def _read(self, data: bytes) -> None:
        """Read a piece; headers that go on for too long are refused."""
        self._piece, was_body = data, self._stage is _Stage.BODY
        super().data_received(data)
        self._incomplete = 0 if was_body or self._stage is not _Stage.HEADERS else self._incomplete + len(data)
        if self._incomplete > self.limits.header_bytes:
            self._turn_away(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                f"The headers of the request have more than {self.limits.header_bytes} bytes, this server's limit "
                "header_bytes.",
            )

    def _unsupported_upgrade_warning(self) -> None:
        """Read a request again without the wish to speak something else, with which the parser leaves out its body."""
        method, data = self.parser.get_method(), self._piece
        if method == b"CONNECT":
            self.send_400_response("This is no proxy.")
            return
        error = cast("httptools.HttpParserUpgrade", sys.exc_info()[1])
        lines = [b": ".join(header) for header in self.headers if header[0] not in (b"connection", b"upgrade")]
        head = b"%s %s HTTP/%s" % (method, self.url, self.parser.get_http_version().encode())
        self.parser = httptools.HttpRequestParser(self)
        super().data_received(b"\r\n".join([head, *lines, b"", data[error.args[0] :]]))

    def _is_answering(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # it begins as None, whatever the types say
        return cycle is not None and not cycle.response_complete

    def _watch(self) -> None:
        """Give a request that has not begun, or a body that nobody wants, only so much time."""
        if self.transport.is_closing() or self._is_handed_over:
            return
        if self.linger:
            self._linger()
            return
        is_idle, is_body = not self._is_answering(), self._stage is _Stage.BODY
        is_refused = is_idle and is_body
        # A connection that was used before, and on which nothing has come since, has the time to be kept.
        has_begun = self._stage is _Stage.HEADERS or self.timeout_keep_alive_task is None
        is_waiting = is_idle and not is_body and has_begun
        if not (is_refused or is_waiting):
            self._stop_timer()
        elif self._timer is None:
            seconds = _DRAIN_SECONDS if is_refused else self.limits.header_seconds
            self._timer = self.loop.call_later(seconds, self._close if is_refused else self._time_out)

    def _time_out(self) -> None:
        self._turn_away(
            HTTPStatus.REQUEST_TIMEOUT,
            f"The headers of a request did not arrive within {self.limits.header_seconds:g} seconds, this server's "
            "limit header_seconds.",
        )

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn_away(self, status: HTTPStatus, content: str) -> None:
        """Answer without a request, in the form that clients read errors in, and close."""
        if self.transport.is_closing():
            return
        body = orjson.dumps({"exception": "LimitError", "content": content, "error_code": None})
        head = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "retry-after: 5",
            "connection: close",
        ]
        self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
        self.transport.close()


async def hang_up(receive: Receive, send: Send) -> None:
    """End a connection without an answer, as the death of a server does.

    Raises:
        ConnectionResetError: It is no connection of HTTP, so that whoever waits in this process has to hear of it.
    """
    exchange = getattr(send, "__self__", None)
    if not isinstance(exchange, RequestResponseCycle):
        raise ConnectionResetError("the connection was lost")
    exchange.transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
