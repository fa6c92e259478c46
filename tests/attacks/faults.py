"""What may happen to calls on their way to a server and back: what the test kit lets happen, and worse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from trackteroid.server.http.serving import hang_up

#: Seconds that sessions wait for an answer, and by how many some are late.
TIMEOUT, LATE, TOO_LATE = 1.0, 0.05, 1.3
PAGE = b"<html><body>Sign in to the guest network</body></html>"
STATUSES = (408, 429, 500, 502, 503, 504)
Call = Any  # one of the test kit that has arrived
_running: set[asyncio.Task[None]] = set()


async def page_instead_of_the_answer(call: Call) -> None:
    """Do everything, and answer with a page."""
    await _done(call)
    await _answer(call, PAGE)


async def page_instead_of_the_call(call: Call) -> None:
    """Answer with a page, and do nothing."""
    await _answer(call, PAGE)


async def empty_answer(call: Call) -> None:
    """Do everything, and answer with nothing."""
    await _done(call)
    await _answer(call, b"")


async def half_an_answer(call: Call) -> None:
    """Do everything, and cut the connection in the middle of the answer."""
    start, *rest = await _done(call)
    body = b"".join(message.get("body", b"") for message in rest)
    await call._send(start)
    await call._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await hang_up(call._receive, call._send)


async def late_arrival(call: Call) -> None:
    """Cut the connection, and do everything when somebody has had time to ask what became of it."""

    async def later() -> None:
        await asyncio.sleep(LATE)
        await _done(call)

    task = asyncio.get_running_loop().create_task(later())
    _running.add(task)
    task.add_done_callback(_running.discard)
    await call.lose_request()


async def _done(call: Call) -> list[Any]:
    messages: list[Any] = []

    async def keep(message: Any) -> None:
        messages.append(message)

    await call._run(keep)
    return messages


async def _answer(call: Call, body: bytes) -> None:
    headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(body))]
    await call._send({"type": "http.response.start", "status": 200, "headers": headers})
    await call._send({"type": "http.response.body", "body": body})


def _refused(status: int) -> Callable[[Call], Any]:
    return lambda call: call.refuse({"exception": "ServerError", "content": "not now"}, status)


KINDS: dict[str, Callable[[Call], Any]] = {
    "lost request": lambda call: call.lose_request(),
    "lost answer": lambda call: call.lose_answer(),
    "duplicate": lambda call: call.duplicate(),
    "delay": lambda call: call.delay(LATE),
    "timeout": lambda call: call.delay(TOO_LATE),
    "refusal": _refused(200),
    **{f"status {status}": _refused(status) for status in STATUSES},
    **{
        each.__name__.replace("_", " "): each
        for each in (page_instead_of_the_answer, page_instead_of_the_call, empty_answer, half_an_answer, late_arrival)
    },
}
