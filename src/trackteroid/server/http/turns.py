"""Turns: how many calls are answered at once, fairly shared between users.

Users take turns, not calls: whoever sends a hundred waits for their own, and the next call of anybody else comes first.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, OrderedDict, deque
from concurrent.futures import Future

from trackteroid.server.core.failures import BusyError
from trackteroid.server.core.options import Limits


class Turns:
    """So many calls at once, and so many of each user. Any thread and any event loop may ask.

    Args:
        places: How many calls there may be at once.
        share: How many of one user; one place is always left for others, if there is more than one.
    """

    def __init__(self, places: int, share: int) -> None:
        self._places = places
        self._share = max(1, min(share, places - 1))
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()

    @property
    def busy(self) -> int:
        """How many calls have their turn."""
        return self._busy.total()

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def find(self, user: str) -> Turn | None:
        """Return a turn that is free now, which has to be given back."""
        with self._lock:
            if self._waiting or self._busy.total() >= self._places or self._busy[user] >= self._share:
                return None
            self._busy[user] += 1
            turn = Turn(self, user)
            turn.come.set_result(None)
            return turn

    async def take(self, user: str, limits: Limits) -> Turn:
        """Wait for the turn of a call, which has to be given back.

        Raises:
            BusyError: It did not come in time.
        """
        turn = Turn(self, user)
        with self._lock:
            self._waiting.setdefault(user, deque()).append(turn)
            self._grant()
        try:
            await asyncio.wait_for(asyncio.wrap_future(turn.come), limits.wait_seconds)
        except asyncio.TimeoutError:
            turn.give_back()
            raise BusyError(
                f"The server was busy with other calls for {limits.wait_seconds:g} seconds, its limit wait_seconds. "
                "Nothing of this call was done. Try again."
            ) from None
        except BaseException:
            turn.give_back()
            raise
        return turn

    def give_back(self, turn: Turn) -> None:
        """End a turn, or the wait for it."""
        with self._lock:
            if turn.come.done():
                self._busy[turn.user] -= 1
                if not self._busy[turn.user]:
                    del self._busy[turn.user]
                self._grant()
            else:
                waiting = self._waiting[turn.user]
                waiting.remove(turn)
                if not waiting:
                    del self._waiting[turn.user]

    def _grant(self) -> None:
        """Hand out the free places."""
        while self._busy.total() < self._places:
            user = next((user for user in self._waiting if self._busy[user] < self._share), None)
            if user is None:
                return
            turn = self._waiting[user].popleft()
            if self._waiting[user]:
                self._waiting.move_to_end(user)
            else:
                del self._waiting[user]
            self._busy[user] += 1
            turn.come.set_result(None)


class Turn:
    """The turn of one call.

    Attributes:
        user: Whose call it is.
        come: Done once the turn has come.
    """

    def __init__(self, turns: Turns, user: str) -> None:
        self._turns = turns
        self.user = user
        self.come: Future[None] = Future()
        # Nobody can cancel it from now on: giving the turn back is how it ends.
        self.come.set_running_or_notify_cancel()

    def give_back(self) -> None:
        """Let the next call have it."""
        self._turns.give_back(self)
