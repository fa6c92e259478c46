"""Transports below ``requests``: HTTP is its own; an ASGI application in this process is the one here."""

import asyncio
import http.client
import io
import logging
import os
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeAlias, cast
from urllib.parse import unquote, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter
from requests.cookies import extract_cookies_to_jar
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
Timeout: TypeAlias = "float | tuple[float | None, float | None] | None"
Headers: TypeAlias = "list[tuple[bytes, bytes]]"

#: What goes wrong in the server belongs to the log of the server, as over HTTP.
_LOG: Final = logging.getLogger("trackteroid.server")
_CHUNK: Final = 64 * 1024
#: How many pieces of an answer may wait for their reader before the application has to.
_AHEAD: Final = 16
#: The event loops of the process this one was forked from. They are kept, because letting go of them would close them.
_inherited: Final["list[_LoopThread]"] = []


class AsgiAdapter(BaseAdapter):
    """Lets a ``requests.Session`` talk to an ASGI application in this process.

    The application runs on an event loop of its own, in a background thread that starts with the first request and
    ends with `close`; a later request starts a new one. Any thread may send. After a fork the child starts its own.
    The application's lifespan is not run: pass one that is ready to answer.

    >>> session = requests.Session()
    >>> session.mount("http://demo.invalid", AsgiAdapter(app))  # doctest: +SKIP
    """

    def __init__(self, app: AsgiApp) -> None:
        super().__init__()
        self._app = app
        self._lock = threading.Lock()
        self._running: _LoopThread | None = None

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - as requests calls it
        timeout: Timeout = None,
        verify: bool | str = True,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> requests.Response:
        """Return the application's response to *request*; *timeout* limits the wait for each piece of it."""
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        exchange = _Exchange(request, patience, self.loop())
        exchange.begin(self._app)
        try:
            start = exchange.next_message()
        except TimeoutError as error:
            exchange.abandon()
            raise requests.exceptions.ReadTimeout(
                f"{request.url} did not answer within {patience} seconds.", request=request
            ) from error
        except _UnfinishedError as error:
            raise requests.exceptions.ConnectionError(str(error), request=request) from (error.__cause__ or error)
        except BaseException:  # Ctrl-C: nobody waits for the answer any more
            exchange.abandon()
            raise
        return _response(request, start["status"], list(start.get("headers", [])), _Body(exchange))

    @property
    def app(self) -> AsgiApp:
        """The application."""
        return self._app

    def after_fork(self) -> None:
        """Let go of the parent's event loop and its lock, in a forked child; closing them would disturb the parent."""
        self._lock = threading.Lock()
        if self._running is not None:
            _inherited.append(self._running)
            self._running = None

    def close(self) -> None:
        """Stop the event loop and its thread. What is still being answered is cancelled."""
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.stop()

    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop that it runs on."""
        with self._lock:
            if self._running is not None and self._running.pid != os.getpid():
                _inherited.append(self._running)
                self._running = None
            if self._running is None:
                self._running = _LoopThread()
            return self._running.loop


class BorrowedAdapter(BaseAdapter):
    """Sends through an adapter that others use too, so that closing one ``requests.Session`` does not close it."""

    def __init__(self, owner: BaseAdapter) -> None:
        super().__init__()
        self.send = owner.send

    def close(self) -> None:
        """Leave the adapter open for its other users."""


class _LoopThread:
    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        # One of our own can be shut down without a further thread, which Python refuses while it ends.
        self._executor = ThreadPoolExecutor()
        self.loop.set_default_executor(self._executor)
        self._thread = threading.Thread(target=self._run, name="trackteroid-asgi", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self.pid == os.getpid():  # a forked child has this object, but not the thread
            self.loop.call_soon_threadsafe(self.loop.stop)
            if threading.current_thread() is not self._thread:  # garbage collection may end up here
                self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self._executor.shutdown()
        self.loop.close()


class _UnfinishedError(Exception):
    """The application failed, ended or was stopped before its answer was complete."""


class _Exchange:
    """One request and its answer, between the thread that asked and the event loop that answers."""

    def __init__(
        self, request: requests.PreparedRequest, patience: float | None, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._scope = _scope(request)
        self._name = f"{request.method} {self._scope['path']}"
        self._pieces: Iterator[bytes] = _pieces(request.body)
        self._patience = patience
        self._loop = loop
        self._messages: queue.SimpleQueue[Message | _UnfinishedError] = queue.SimpleQueue()
        self._room = asyncio.Semaphore(_AHEAD)
        self._answered = asyncio.Event()
        self._body_received = False

    def begin(self, app: AsgiApp) -> None:
        """Let the application start to answer."""
        self._future = asyncio.run_coroutine_threadsafe(self._run(app), self._loop)

    def next_message(self) -> Message:
        """Return the next message of the application; raise what keeps it from coming."""
        try:
            message = self._messages.get(timeout=self._patience)
        except queue.Empty:
            raise TimeoutError(f"{self._name} took longer than {self._patience} seconds.") from None
        if isinstance(message, _UnfinishedError):
            raise message
        with suppress(RuntimeError):  # the loop may be closed by now, and then nobody waits for room
            self._loop.call_soon_threadsafe(self._room.release)
        return message

    def abandon(self) -> None:
        """Cancel what the application still does for an answer that nobody waits for."""
        self._future.cancel()

    async def _run(self, app: AsgiApp) -> None:
        failure: BaseException | None = None
        try:
            await app(self._scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread that asked has to hear of it
            failure = error
        except asyncio.CancelledError as error:
            failure = error
            raise
        finally:
            self._conclude(failure)

    def _conclude(self, failure: BaseException | None) -> None:
        if not self._answered.is_set():
            cause = "failed" if failure else "ended"
            unfinished = _UnfinishedError(f"The server {cause} before its answer to {self._name} was complete.")
            unfinished.__cause__ = failure
            self._messages.put(unfinished)
        elif failure and not isinstance(failure, asyncio.CancelledError):
            _LOG.error("The server failed after it had answered %s.", self._name, exc_info=failure)

    async def _receive(self) -> Message:
        if self._body_received:
            # Asking again is how an application waits for the client to leave, which it does with the whole answer.
            await self._answered.wait()
            return {"type": "http.disconnect"}
        # Files block, so they are read beside the event loop.
        piece = await asyncio.to_thread(next, self._pieces, None)
        self._body_received = piece is None
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def _send(self, message: Message) -> None:
        await self._room.acquire()
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._answered.set()
        self._messages.put(message)


class _Body(io.RawIOBase):
    """The body of an answer as a file, read while the application still writes it."""

    def __init__(self, exchange: _Exchange) -> None:
        super().__init__()
        self._exchange = exchange
        self._rest = memoryview(b"")
        self._more = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and self._more:
            try:
                message = self._exchange.next_message()
            except _UnfinishedError as error:
                raise http.client.HTTPException(str(error)) from (error.__cause__ or error)
            self._rest = memoryview(bytes(message.get("body", b"")))
            self._more = message.get("more_body", False)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        if not self.closed and self._more:
            self._exchange.abandon()
        super().close()


class _OriginalResponse:
    """What urllib3 and requests ask of http.client's response: the headers, for the cookies in them."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self.msg = http.client.HTTPMessage()
        for name, value in headers:
            self.msg.add_header(name, value)

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        pass


def _scope(request: requests.PreparedRequest) -> Message:
    url = urlsplit(str(request.url))
    headers = [(b"host", url.netloc.encode("ascii"))]
    given: Mapping[str, str | bytes] = request.headers
    for name, value in given.items():
        headers.append((name.lower().encode("ascii"), value if isinstance(value, bytes) else value.encode("latin-1")))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote(url.path) or "/",
        "raw_path": url.path.encode("ascii") or b"/",
        "root_path": "",
        "query_string": url.query.encode("ascii"),
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": (url.hostname, url.port or (443 if url.scheme == "https" else 80)),
        "extensions": {},
    }


def _pieces(body: Any) -> Iterator[bytes]:
    """Yield the request's body, whatever form ``requests`` took it in."""
    if body is None:
        return
    if isinstance(body, (str, bytes, bytearray)):
        yield body.encode() if isinstance(body, str) else bytes(body)
    elif hasattr(body, "read"):
        while piece := body.read(_CHUNK):
            yield piece.encode() if isinstance(piece, str) else piece
    else:
        for piece in body:
            yield piece.encode() if isinstance(piece, str) else piece


def _response(
    request: requests.PreparedRequest, status: int, headers: Headers, body: io.RawIOBase
) -> requests.Response:
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    response = requests.Response()
    response.status_code = status
    response.reason = http.client.responses.get(status, "")
    response.url = str(request.url)
    response.request = request
    response.raw = urllib3.HTTPResponse(
        body=body,
        headers=urllib3.HTTPHeaderDict(pairs),
        status=status,
        reason=response.reason,
        request_method=request.method,
        preload_content=False,
        original_response=cast("Any", _OriginalResponse(pairs)),
    )
    response.headers = CaseInsensitiveDict(response.raw.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    extract_cookies_to_jar(response.cookies, request, response.raw)
    return response
