"""Bodies of requests: how much may come, for how long, and how much memory may become of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from trackteroid.server.core.failures import LeftError, LimitError
from trackteroid.server.core.limits import Limits

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

#: Signs that values begin with or stand between, and what values cost in memory beside each other.
_WEIGHTS = ((b"{", 3), (b"[", 1), (b",", 1))


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
