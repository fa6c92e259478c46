"""One call over HTTP, from its headers to its answer.

The caller is known before the body is read; a batch waits for its turn; and whoever leaves is not worked for.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from trackteroid.server.api import Api, Batch, Reply, reply_to
from trackteroid.server.core.failures import BusyError, Failure, InvalidCredentialsError, LeftError, LimitError
from trackteroid.server.core.options import Limits
from trackteroid.server.core.request import Stop, Wait
from trackteroid.server.events.bells import CallBell
from trackteroid.server.http.admission import Admission, Origins
from trackteroid.server.http.metrics import Metrics
from trackteroid.server.http.turns import Turn, Turns
from trackteroid.server.storage.engines import CONNECTIONS

T = TypeVar("T")

_LOG = logging.getLogger("trackteroid.server")

#: Connections for what takes no turns: asking who calls, pages, readiness.
_SPARE = 2
#: Threads for the calls that have their turn, and for what must not wait for them.
_THREADS = 2 * CONNECTIONS
#: The bytes of a body that is read between other things.
_SMALL = 64 * 1024
#: The seconds that a call may take before somebody looks whether its client still waits.
_SHORT = 0.05
#: Signs that values begin with or stand between, and what values cost in memory beside each other.
_WEIGHTS = ((b"{", 3), (b"[", 1), (b",", 1))
#: What every answer says of itself.
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
]


class Calls:
    """Answers calls over HTTP, as an ASGI application of one address.

    Args:
        api: What answers them.
        origins: Which web pages may call.
        metrics: Where they are counted.
        public_url: The address of the server for links, if it has a lasting one.
    """

    def __init__(self, api: Api, origins: Origins, metrics: Metrics, public_url: str | None) -> None:
        self._api = api
        self._origins = origins
        self._metrics = metrics
        self._public_url = public_url.rstrip("/") if public_url else None
        self._admission = Admission(api.check_credentials, api.limits)
        # In memory, there is one connection for all. SQLite has one writer; those who write at the same time have one
        # transaction together, and one connection.
        share = api.limits.user_calls
        if api.database.is_memory:
            self._reading = self._writing = Turns(1, share)
        else:
            writers = (CONNECTIONS - _SPARE) // 2
            connections = 1 if api.database.has_one_writer else writers
            self._reading, self._writing = Turns(CONNECTIONS - _SPARE - connections, share), Turns(writers, share)
        # Threads end with the event loop that they work for, and are not there after a fork.
        self._threads: WeakKeyDictionary[asyncio.AbstractEventLoop, ThreadPoolExecutor] = WeakKeyDictionary()
        metrics.watch(self._reading, self._writing, api.database)

    @property
    def admission(self) -> Admission:
        """Who may come in."""
        return self._admission

    def address_of(self, scope: Scope) -> str:
        """Return where clients reach the server: never what a client says, which could be a trap in a link."""
        if self._public_url is not None:
            return self._public_url
        host, port = scope.get("server") or ("127.0.0.1", None)
        host = f"[{host}]" if ":" in host else host
        scheme = scope["scheme"]
        usual = {"http": 80, "https": 443}.get(scheme)
        return f"{scheme}://{host}" if port in (None, usual) else f"{scheme}://{host}:{port}"

    async def admit(self, host: str, username: str, key: str) -> None:
        """Return if whoever sends a request is known; raises `Failure`."""
        await self._admission.admit(host, username, key)

    async def admit_page(self, scope: Scope, username: str, key: str) -> None:
        """Return if a page may be shown to whoever sends a request, and to the page that sends it; raises `Failure`."""
        origin = Headers(scope=scope).get("origin")
        self._origins.check(origin, self.address_of(scope))
        await self.admit((scope.get("client") or ("",))[0], username, key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        began = time.monotonic()
        call = _Call(scope, receive, self.address_of(scope))
        reply = await self._reply(call)
        self._metrics.count(reply, time.monotonic() - began - call.waited)
        scope["trackteroid.reply"] = reply
        headers = [*_HEADERS, (b"content-length", b"%d" % len(reply.body))]
        if isinstance(reply.error, BusyError):
            headers.append((b"retry-after", b"%d" % reply.error.retry_after))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _reply(self, call: _Call) -> Reply:
        try:
            self._origins.check(call.headers.get("origin"), call.address)
            await self.admit(call.host, call.user, call.key)
            body = await read_body(call.receive, call.headers, self._api.limits)
        except Failure as failure:
            # Nothing but headers and perhaps a part of the body was read.
            strict = call.headers.get("ftrack-strict-api", "").lower() == "true"
            return reply_to(failure, strict=strict or not isinstance(failure, InvalidCredentialsError))
        # A thread costs more than to read a small body.
        read = self._api.read
        batch = read(call.headers, body) if len(body) <= _SMALL else await self._in_thread(read, call.headers, body)
        del body
        if not isinstance(batch, Batch):
            return batch
        reply = await self._attended(call, batch)
        if reply.wait is not None:
            reply = await self._patiently(call, reply, reply.wait)
        if isinstance(reply.error, InvalidCredentialsError):
            self._admission.forget(call.user, call.key)
        return reply

    async def _patiently(self, call: _Call, reply: Reply, wait: Wait) -> Reply:
        """Return what comes of asking again, whenever there may be something; meanwhile the call takes no place."""
        began, loop = time.monotonic(), asyncio.get_running_loop()
        bell = CallBell(wait, loop)
        try:
            await self._in_thread(self._api.hub.hang, bell)
            # What has come while nobody listened is looked for at once.
            while (again := reply.wait) is not None and not bell.is_over:
                reply = await self._attended(call, self._api.batch([again.operation]))
                left = began + wait.seconds - time.monotonic()
                if reply.wait is None or left <= 0:
                    break
                await self._hear(call, bell, min(left, again.look_seconds or left))
        except Failure as failure:
            return reply_to(failure, strict=False)
        finally:
            self._api.hub.take_down(bell)
            call.forget_client()
        call.waited = time.monotonic() - began
        return reply

    async def _hear(self, call: _Call, bell: CallBell, seconds: float) -> None:
        """Wait for a bell, so long as the client does; raises `LeftError`."""
        heard = asyncio.ensure_future(bell.heard())
        try:
            await asyncio.wait({heard, call.left()}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            heard.cancel()
        if call.left().done():
            raise LeftError("The client has left while it waited for events.")

    async def _attended(self, call: _Call, batch: Batch) -> Reply:
        """Return the answer to a batch, for as long as the client waits for it."""
        turns = self._writing if batch.writes else self._reading
        turn: Turn | None = None
        try:
            turn = turns.find(call.user) or await self._wait(call, turns)
            return await self._work(call, batch, turn)
        except Failure as failure:
            return reply_to(failure, strict=False)
        except asyncio.CancelledError:
            if turn is not None and batch.writes:
                raise  # whether the change arrives is not known
            return reply_to(BusyError("The server ends. Nothing of this call was done. Try again."), strict=False)
        finally:
            call.forget_client()

    async def _wait(self, call: _Call, turns: Turns) -> Turn:
        """Return the turn of a call, once it comes; raises `LeftError` if the client does not wait for it."""

        def give_back(wait: asyncio.Future[Turn]) -> None:
            if not wait.cancelled() and wait.exception() is None:
                wait.result().give_back()

        wait = asyncio.ensure_future(turns.take(call.user, self._api.limits))
        try:
            await asyncio.wait({wait, call.left()}, return_when=asyncio.FIRST_COMPLETED)
            if not wait.done():
                raise LeftError("The client has left while its call waited.")
            return wait.result()
        except BaseException:
            # Whoever has left, or is interrupted, has no turn any more, whether it has come meanwhile or not.
            wait.add_done_callback(give_back)
            wait.cancel()
            raise

    async def _work(self, call: _Call, batch: Batch, turn: Turn) -> Reply:
        """Answer a batch that has its turn."""
        stop = Stop()

        def interrupt() -> None:
            try:
                stop.set()
            except Exception:  # noqa: BLE001 - the database's, of whatever kind; nobody else is there to hear of it
                _LOG.warning("A statement whose client has left could not be stopped", exc_info=True)

        work = self._in_thread(self._api.answer, call.headers, batch, call.address, stop)
        # Whatever becomes of this request, the turn lasts as long as the work.
        work.add_done_callback(lambda _: turn.give_back())
        try:
            await asyncio.wait({work}, timeout=_SHORT)
            if not work.done():
                await asyncio.wait({work, call.left()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # A change that has begun is finished: whoever made it asks later whether it has arrived.
            if not (work.done() or batch.writes):
                self._in_thread(interrupt)
        return await asyncio.shield(work)

    def _in_thread(self, work: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
        """Let a thread do what may take long."""
        loop = asyncio.get_running_loop()
        threads = self._threads.get(loop)
        if threads is None:
            threads = self._threads[loop] = ThreadPoolExecutor(_THREADS, "trackteroid-call")
        return loop.run_in_executor(threads, work, *arguments)


class _Call:
    """One call, and whoever waits for its answer.

    Args:
        scope: What is known of it before it is read.
        receive: Where its body comes from, and the news that the client has left.
        address: Where the client has reached the server.

    Attributes:
        waited: The seconds in which there was nothing to do for it.
    """

    def __init__(self, scope: Scope, receive: Receive, address: str) -> None:
        # Of a header that is there more than once, the first counts.
        self.headers: Mapping[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])
        }
        self.user, self.key = self.headers.get("ftrack-user", ""), self.headers.get("ftrack-api-key", "")
        self.host: str = (scope.get("client") or ("",))[0]
        self.address = address
        self.receive = receive
        self.waited = 0.0
        self._left: asyncio.Future[None] | None = None

    def left(self) -> asyncio.Future[None]:
        """Return what is done once the client has left."""
        if self._left is None:
            self._left = asyncio.ensure_future(leave(self.receive))
        return self._left

    def forget_client(self) -> None:
        """Look after the client no longer."""
        if self._left is not None:
            self._left.cancel()
            self._left = None


async def leave(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_body(receive: Receive, headers: Mapping[str, str], limits: Limits) -> bytearray:
    """Return the body of a request, refused as soon as it is more than the limits allow.

    Raises:
        LimitError: It is too large, has too many values or takes too long.
        LeftError: The client has left before it was complete.
    """
    length = headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 18 or int(length) > limits.body_bytes):
        raise _too_large(limits)
    body, values, end = bytearray(), 0, time.monotonic() + limits.body_seconds
    while True:
        try:
            message = await _within(end - time.monotonic(), receive())
        except asyncio.TimeoutError:
            raise LimitError(
                f"The call took longer than {limits.body_seconds:g} seconds to arrive, this server's limit "
                "body_seconds. Send fewer operations at once."
            ) from None
        if message["type"] == "http.disconnect":
            raise LeftError("The client has left before its call was complete.")
        piece = message.get("body", b"")
        body += piece
        if len(body) > limits.body_bytes:
            raise _too_large(limits)
        values += sum(weight * piece.count(sign) for sign, weight in _WEIGHTS)
        if values > limits.body_values:
            raise LimitError(
                f"The call has more than {limits.body_values} values, this server's limit body_values, which counts "
                "the signs {, [ and , in it, { three times. Send fewer operations at once."
            )
        if not message.get("more_body", False):
            return body


if sys.version_info >= (3, 11):

    async def _within(seconds: float, message: Awaitable[Message]) -> Message:
        async with asyncio.timeout(seconds):
            return await message

else:  # it takes a task of its own

    async def _within(seconds: float, message: Awaitable[Message]) -> Message:
        return await asyncio.wait_for(message, max(0.0, seconds))


def _too_large(limits: Limits) -> LimitError:
    return LimitError(
        f"The call has more than {limits.body_bytes} bytes, this server's limit body_bytes. Send fewer operations at "
        "once."
    )
