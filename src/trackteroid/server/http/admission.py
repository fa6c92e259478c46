"""Who may call: web pages by where they come from, and callers by their headers.

Wrong keys slow down whoever sends them. That somebody was known a moment ago only lets their body in; whether their key
still works is asked in the transaction that answers them.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from trackteroid.server.auth.access import digest
from trackteroid.server.core.failures import BusyError, InvalidCredentialsError, PermissionError_
from trackteroid.server.core.options import Limits

V = TypeVar("V")

#: The seconds in which wrong keys are counted, and those for which a right one is remembered.
_WINDOW: Final = 60.0
_REMEMBERED: Final = 60.0
#: How many callers, addresses and users are remembered at most.
_MOST: Final = 10_000
#: The seconds that further tries of a user wait who is being tried.
_DELAY: Final = 2.0
#: The part of a user's name that counts, so that names cannot fill the memory.
_NAME: Final = 200


#: Pages of this machine, such as those of a program in development.
_OWN_MACHINE = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"


class Admission:
    """Lets known callers in. Any thread and any event loop may ask.

    Args:
        check: Raises `InvalidCredentialsError` unless a user and a key belong together. It is called in a thread.
        limits: How many wrong keys there may be.
    """

    def __init__(self, check: Callable[[str, str], object], limits: Limits) -> None:
        self._check = check
        self._limits = limits
        self._known: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._wrong: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    async def admit(self, address: str, username: str, key: str) -> None:
        """Return if the caller is known.

        Raises:
            InvalidCredentialsError: They are not.
            BusyError: So many wrong keys came from their address that this one was not looked at.
        """
        caller, user = (username, digest(key)), ("user", username[:_NAME])
        with self._lock:
            if self._known.get(caller, 0.0) > time.monotonic():
                return
            self._refuse_flood(address)
            is_tried = self._count(user) >= self._limits.wrong_keys
        if is_tried:
            await asyncio.sleep(_DELAY)
        try:
            await asyncio.to_thread(self._check, username, key)
        except InvalidCredentialsError:
            with self._lock:
                for whom in (("address", address), user):
                    times = self._wrong.pop(whom, None) or deque(maxlen=self._limits.wrong_keys)
                    times.append(time.monotonic())
                    _remember(self._wrong, whom, times)
            raise
        with self._lock:
            _remember(self._known, caller, time.monotonic() + _REMEMBERED)

    def forget(self, username: str, key: str) -> None:
        """A key that worked a moment ago does not any more."""
        with self._lock:
            self._known.pop((username, digest(key)), None)

    def _refuse_flood(self, address: str) -> None:
        if self._count(("address", address)) < self._limits.wrong_keys:
            return
        wait = max(1, round(self._wrong[("address", address)][0] + _WINDOW - time.monotonic()))
        raise BusyError(
            f"{self._limits.wrong_keys} wrong keys came from {address} within a minute, this server's limit "
            f"wrong_keys. Correct the key, and try again in {wait} seconds.",
            retry_after=wait,
        )

    def _count(self, whom: tuple[str, str]) -> int:
        """Return how many wrong keys there were of late."""
        times = self._wrong.get(whom)
        if times is None:
            return 0
        while times and times[0] < time.monotonic() - _WINDOW:
            times.popleft()
        return len(times)


def _remember(recent: OrderedDict[tuple[str, str], V], key: tuple[str, str], value: V) -> None:
    """Keep a value as the newest, and no more than can be."""
    recent[key] = value
    recent.move_to_end(key)
    if len(recent) > _MOST:
        recent.popitem(last=False)


class Origins:
    """The origins of pages that may call.

    Args:
        allowed: Origins such as ``https://tools.studio.example``; ``*`` allows all. Pages of this machine always may.
        own: The address of the server itself, whose pages may call, too.
    """

    def __init__(self, allowed: Sequence[str] = (), own: str | None = None) -> None:
        named = [re.escape(origin.rstrip("/")) for origin in (*allowed, *([own] if own else []))]
        self.pattern = ".*" if "*" in allowed else "|".join([_OWN_MACHINE, *named])
        self._allowed = re.compile(self.pattern)

    def check(self, origin: str | None, own: str) -> None:
        """Refuse a call of a page that may not call; programs send no origin, and may."""
        if origin is None or origin == own or self._allowed.fullmatch(origin):
            return
        raise PermissionError_(
            f"Pages of {origin[:200]} may not call this server. Start it with --allow-origin {origin[:200]} if they "
            "should."
        )
