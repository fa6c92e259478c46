"""A WebSocket to an application in this process, with what ftrack_api's event hub asks of one of websocket-client."""

import asyncio
import queue
from concurrent.futures import Future
from urllib.parse import unquote

from trackteroid.client.inprocess.asgi import AsgiApp, Message


class SocketClosedError(ConnectionError):
    """There is nothing to be read from a connection any more, or it was refused."""


class AppSocket:
    """A connection. Any thread may use it.

    Args:
        app: The application.
        loop: Where it runs.
        host: The name that the server has for this process.
        path: Where the connection is to lead.

    Raises:
        SocketClosedError: the application does not accept the connection.
    """

    def __init__(self, app: AsgiApp, loop: asyncio.AbstractEventLoop, host: str, path: str) -> None:
        self._app = app
        self._loop = loop
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self._received: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._accepted: Future[None] = Future()
        self.connected = True
        self._put({"type": "websocket.connect"})
        self._running = asyncio.run_coroutine_threadsafe(self._run(_scope(host, path)), loop)
        self._accepted.result()

    @property
    def sock(self) -> "AppSocket":
        """What ftrack_api takes for the socket below."""
        return self

    def setblocking(self, flag: object) -> None:
        """Everything blocks already."""

    def send(self, text: str) -> None:
        """Send a message."""
        if not self.connected:
            raise SocketClosedError("the connection is closed")
        self._put({"type": "websocket.receive", "text": text})

    def recv(self) -> str:
        """Return the next message, as soon as there is one."""
        text = self._received.get()
        if text is None:
            self.connected = False
            self._received.put(None)
            raise SocketClosedError("the connection is closed")
        return text

    def close(self) -> None:
        """Leave."""
        if self.connected:
            self.connected = False
            self._put({"type": "websocket.disconnect", "code": 1000})
            self._received.put(None)

    def _put(self, message: Message) -> None:
        try:
            self._loop.call_soon_threadsafe(self._sent.put_nowait, message)
        except RuntimeError as error:
            raise SocketClosedError("the server in this process has ended") from error

    async def _run(self, scope: Message) -> None:
        try:
            await self._app(scope, self._sent.get, self._hear)
        finally:
            self._refuse("the server ended before it had accepted the connection")
            self._received.put(None)

    async def _hear(self, message: Message) -> None:
        """Take what the application sends."""
        kind = message["type"]
        if kind == "websocket.accept":
            self._accepted.set_result(None)
        elif kind == "websocket.send":
            self._received.put(message["text"])
        elif kind == "websocket.http.response.body":
            self._refuse(message["body"].decode())
        elif kind == "websocket.close":
            self._refuse("the server closed the connection")
            self._received.put(None)

    def _refuse(self, reason: str) -> None:
        if not self._accepted.done():
            self._accepted.set_exception(SocketClosedError(reason))


def _scope(host: str, path: str) -> Message:
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", host.encode("ascii"))],
        "client": ("127.0.0.1", 0),
        "server": (host, 80),
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
    }
