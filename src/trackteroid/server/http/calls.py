"""One call over HTTP, from its headers to its answer.

The caller is known before the body is read; a batch waits for its turn; and whoever leaves is not worked for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from trackteroid.server.api import Api, Batch, Reply, reply_to
from trackteroid.server.core.failures import BusyError, Failure, InvalidCredentialsError, LeftError
from trackteroid.server.core.spending import Stop
from trackteroid.server.http.admission import Admission
from trackteroid.server.http.bodies import Receive, read_body
from trackteroid.server.http.metrics import Metrics
from trackteroid.server.http.origins import Origins
from trackteroid.server.http.turns import Turn, Turns
from trackteroid.server.storage.engines import CONNECTIONS

_LOG = logging.getLogger("trackteroid.server")

#: Connections for what takes no turns: asking who calls, pages, readiness.
_SPARE = 2
#: The bytes of a body that is read between other things.
_SMALL = 64 * 1024


class Calls:
    """Answers calls over HTTP.

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
        self._reading, self._writing = _turns(api)
        metrics.watch(self._reading, self._writing, api.database)

    def address_of(self, request: Request) -> str:
        """Return where clients reach the server: never what a client says, which could be a trap in a link."""
        if self._public_url is not None:
            return self._public_url
        host, port = request.scope.get("server") or ("127.0.0.1", None)
        host = f"[{host}]" if ":" in host else host
        scheme = request.scope["scheme"]
        usual = {"http": 80, "https": 443}.get(scheme)
        return f"{scheme}://{host}" if port in (None, usual) else f"{scheme}://{host}:{port}"

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        began = time.monotonic()
        reply = await self._reply(request)
        self._metrics.count(reply, time.monotonic() - began)
        request.scope["trackteroid.reply"] = reply
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        if isinstance(reply.error, BusyError):
            headers["Retry-After"] = str(reply.error.retry_after)
        return Response(reply.body, reply.status, media_type="application/json", headers=headers)

    async def _reply(self, request: Request) -> Reply:
        headers = request.headers
        username, key = headers.get("ftrack-user", ""), headers.get("ftrack-api-key", "")
        try:
            self._origins.check(headers.get("origin"), self.address_of(request))
            await self._admission.admit(request.client.host if request.client else "", username, key)
            body = await read_body(request.receive, headers, self._api.limits)
        except Failure as failure:
            return _refusal(failure, headers)
        # A thread costs more than to read a small body.
        is_small = len(body) <= _SMALL
        batch = self._api.read(headers, body) if is_small else await run_in_threadpool(self._api.read, headers, body)
        del body
        if not isinstance(batch, Batch):
            return batch
        reply = await self._attended(request, batch, username)
        if isinstance(reply.error, InvalidCredentialsError):
            self._admission.forget(username, key)
        return reply

    async def _attended(self, request: Request, batch: Batch, user: str) -> Reply:
        """Return the answer to a batch, for as long as the client waits for it."""
        turns = self._writing if batch.writes else self._reading
        left = asyncio.ensure_future(_leave(request.receive))
        wait = asyncio.ensure_future(turns.take(user, self._api.limits))
        try:
            await asyncio.wait({wait, left}, return_when=asyncio.FIRST_COMPLETED)
            if not wait.done():
                return reply_to(LeftError("The client has left while its call waited."), strict=False)
            turn, wait = wait.result(), None
            return await self._work(request, batch, turn, left)
        except Failure as failure:
            return reply_to(failure, strict=False)
        except asyncio.CancelledError:
            if wait is None and batch.writes:
                raise  # whether the change arrives is not known
            return reply_to(BusyError("The server ends. Nothing of this call was done. Try again."), strict=False)
        finally:
            left.cancel()
            if wait is not None:
                # Whoever has left, or is interrupted, has no turn any more, whether it has come meanwhile or not.
                wait.add_done_callback(_let_go)
                wait.cancel()

    async def _work(self, request: Request, batch: Batch, turn: Turn, left: asyncio.Future[None]) -> Reply:
        """Answer a batch that has its turn."""
        stop = Stop()
        address = self.address_of(request)
        work = asyncio.ensure_future(run_in_threadpool(self._api.answer, request.headers, batch, address, stop))
        # Whatever becomes of this request, the turn lasts as long as the work.
        work.add_done_callback(lambda _: turn.give_back())
        try:
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # A change that has begun is finished: whoever made it asks later whether it has arrived.
            if not (work.done() or batch.writes):
                asyncio.ensure_future(run_in_threadpool(_end, stop))  # noqa: RUF006 - it ends with the work
        return await asyncio.shield(work)


def _turns(api: Api) -> tuple[Turns, Turns]:
    """Return the turns of calls that read and of those that write. SQLite has one writer; in memory, one connection."""
    share, database = api.limits.user_calls, api.database
    if database.is_memory:
        only = Turns(1, share)
        return only, only
    writers = 1 if database.engine.dialect.name == "sqlite" else (CONNECTIONS - _SPARE) // 2
    return Turns(CONNECTIONS - _SPARE - writers, share), Turns(writers, share)


async def _leave(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _let_go(wait: asyncio.Future[Turn]) -> None:
    if not wait.cancelled() and wait.exception() is None:
        wait.result().give_back()


def _end(stop: Stop) -> None:
    try:
        stop.set()
    except Exception:  # noqa: BLE001 - it is the database's, of whatever kind, and nobody else is there to hear of it
        _LOG.warning("A statement whose client has left could not be stopped", exc_info=True)


def _refusal(failure: Failure, headers: Mapping[str, str]) -> Reply:
    """Return what is answered to a call of which nothing but headers and perhaps a part of its body was read."""
    strict = headers.get("ftrack-strict-api", "").lower() == "true"
    return reply_to(failure, strict=strict or not isinstance(failure, InvalidCredentialsError))
