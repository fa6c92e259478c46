"""What networks and servers do to calls: lose, delay, repeat and refuse them, and end in between.

It happens on the side of the server, so it happens to every client: sessions of ours, those of the official client,
and those in other processes. What sessions ask to connect is spared, and so are files and events.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Literal, TypeAlias, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trackteroid.server.actions import READING
from trackteroid.server.core.failures import Failure
from trackteroid.server.http.serving import hang_up

#: Which calls are meant: all of them, those that only ask, or those that change something.
Kind: TypeAlias = Literal["calls", "queries", "changes"]
_KINDS = ("calls", "queries", "changes")
#: What sessions ask when they connect.
_CONNECTING = frozenset({"query_server_information", "query_schemas"})
Happening: TypeAlias = "Callable[[_Call], Any]"


class NothingMetError(AssertionError):
    """No call was there for a fault to happen to, so that a test has not tested what it says."""


class Fault:
    """Something that happens to some calls.

    Attributes:
        name: What happens.
        met: To how many calls it has happened.
        seen: How many calls of its kind there have been.
    """

    def __init__(self, name: str, happens: Happening, *, nth: int, times: int | None, to: Kind) -> None:
        if to not in _KINDS:
            raise ValueError(f"to={to!r} is none of {', '.join(map(repr, _KINDS))}.")
        if nth < 1 or (times is not None and times < 1):
            raise ValueError(f"The first call is nth=1, and times is at least 1, not nth={nth}, times={times}.")
        self.name, self.happens, self._to = name, happens, to
        self._first, self._last = nth, None if times is None else nth + times - 1
        self.met = self.seen = 0

    def meets(self, call: _Call) -> bool:
        """Count a call, and return whether the fault happens to it."""
        if self._to != "calls" and (self._to == "queries") != call.is_reading:
            return False
        self.seen += 1
        if self.seen < self._first or (self._last is not None and self.seen > self._last):
            return False
        self.met += 1
        return True


class Faults:
    """An application that lets what is asked of another one go wrong, when it is told to.

    Each method is a context manager. By default something happens once, to the first call of the block: *nth* is the
    first call that it happens to, *times* to how many in a row, None to all further ones, and *to* which calls count:
    ``"calls"``, ``"queries"`` or ``"changes"``. A block in which it never happens raises `NothingMetError`.

    >>> with server.faults.lose_answer(to="changes") as fault:  # doctest: +SKIP
    ...     tool.publish()
    >>> assert fault.met == 1
    """

    def __init__(self, application: ASGIApp, down: Callable[[], AbstractContextManager[None]]) -> None:
        self.application = application
        self._is_down = False
        self._down = down
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._idle: list[Fault] = []

    # What can happen

    def lose_request(self, *, nth: int = 1, times: int | None = 1, to: Kind = "calls") -> AbstractContextManager[Fault]:
        """Let calls not arrive: the connection is cut, and nothing is done."""
        return self._during(Fault("lose_request", _Call.lose_request, nth=nth, times=times, to=to))

    def lose_answer(self, *, nth: int = 1, times: int | None = 1, to: Kind = "calls") -> AbstractContextManager[Fault]:
        """Let answers not arrive: what was asked is done, and then the connection is cut."""
        return self._during(Fault("lose_answer", _Call.lose_answer, nth=nth, times=times, to=to))

    def duplicate(self, *, nth: int = 1, times: int | None = 1, to: Kind = "calls") -> AbstractContextManager[Fault]:
        """Let calls arrive twice, as proxies repeat them; the second answer is what the client gets."""
        return self._during(Fault("duplicate", _Call.duplicate, nth=nth, times=times, to=to))

    def delay(
        self, seconds: float, *, nth: int = 1, times: int | None = 1, to: Kind = "calls"
    ) -> AbstractContextManager[Fault]:
        """Let answers come late: what was asked is done at once."""
        return self._during(Fault("delay", lambda call: call.delay(seconds), nth=nth, times=times, to=to))

    def refuse(
        self,
        error: str = "The server is not in the mood.",
        *,
        exception: str = "ServerError",
        status: int = 200,
        nth: int = 1,
        times: int | None = 1,
        to: Kind = "calls",
    ) -> AbstractContextManager[Fault]:
        """Let calls be refused, as servers do it: with the name of an exception and a text, or with an HTTP status."""
        record = {**Failure(error).as_record(), "exception": exception}
        return self._during(Fault("refuse", lambda call: call.refuse(record, status), nth=nth, times=times, to=to))

    @contextmanager
    def restart(self) -> Generator[None]:
        """Let the server be down for the time of a block and then start again, on the same database.

        Connections to the event hub are lost. While it is down every connection is cut.
        """
        self._is_down = True
        try:
            with self._down():
                yield
        finally:
            self._is_down = False

    # How it happens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, unless something goes wrong."""
        if self._is_down:
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1001})
            else:
                await hang_up(receive, send)
        elif scope["type"] != "http" or scope["path"] != "/api" or not self._faults:
            await self.application(scope, receive, send)
        else:
            call = _Call(self.application, scope, receive, send, await _body(receive))
            fault = self._meeting(call)
            await (fault.happens if fault else _Call.answer)(call)

    def _meeting(self, call: _Call) -> Fault | None:
        if not call.actions or call.actions <= _CONNECTING:
            return None
        with self._lock:
            met = [fault for fault in self._faults if fault.meets(call)]
        return met[-1] if met else None

    def check(self) -> None:
        """Check that all that could have happened had its block.

        Raises:
            NothingMetError: Something was asked for without `with`, and could happen to nothing.
        """
        idle, self._idle = self._idle, []
        if idle:
            name = idle[0].name
            raise NothingMetError(
                f"{name} had no block, so it could happen to nothing. Write: with ftrack_faults.{name}(...): ..."
            )

    def _during(self, fault: Fault) -> AbstractContextManager[Fault]:
        self._idle.append(fault)
        return self._block(fault)

    @contextmanager
    def _block(self, fault: Fault) -> Generator[Fault]:
        with self._lock:
            self._idle = [each for each in self._idle if each is not fault]
            self._faults.append(fault)
        try:
            yield fault
        finally:
            with self._lock:
                self._faults.remove(fault)
        if not fault.met:
            raise NothingMetError(
                f"{fault.name} has happened to nothing: in its block were {fault.seen} calls of its kind. Does the "
                "session hold already what is asked for, or talk to another server?"
            )


class _Call:
    """One call of the API that has arrived."""

    def __init__(self, application: ASGIApp, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        self._application, self._scope, self._receive, self._send = application, scope, receive, send
        self._body = body
        self.actions = _actions(body)

    @property
    def is_reading(self) -> bool:
        """Whether it only asks."""
        return self.actions <= READING.keys()

    async def answer(self) -> None:
        """Answer it."""
        await self._run(self._send)

    async def lose_request(self) -> None:
        """Cut the connection, with nothing done."""
        await hang_up(self._receive, self._send)

    async def lose_answer(self) -> None:
        """Cut the connection, with everything done."""
        await self._run(_forget)
        await hang_up(self._receive, self._send)

    async def duplicate(self) -> None:
        """Do everything twice."""
        await self._run(_forget)
        await self._run(self._send)

    async def delay(self, seconds: float) -> None:
        """Answer late."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._run(keep)
        await asyncio.sleep(seconds)
        for message in messages:
            await self._send(message)

    async def refuse(self, record: Mapping[str, Any], status: int) -> None:
        """Refuse it."""
        headers = [(b"content-type", b"application/json")]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": json.dumps(record).encode()})

    async def _run(self, send: Send) -> None:
        rest: list[Message] = [{"type": "http.request", "body": self._body, "more_body": False}]

        async def receive() -> Message:
            return rest.pop() if rest else await self._receive()

        await self._application(self._scope, receive, send)


async def _forget(_message: Message) -> None:
    """Send nothing."""


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _actions(body: bytes) -> frozenset[str]:
    try:
        operations = json.loads(body)
    except ValueError:
        return frozenset()
    return frozenset(
        str(cast("dict[str, Any]", each).get("action"))
        for each in cast("list[Any]", operations if isinstance(operations, list) else [])
        if isinstance(each, dict)
    )
