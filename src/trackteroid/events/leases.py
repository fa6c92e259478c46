"""Leases of what a consumer of a group works on: renewed for as long as it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final

from trackteroid import configuration
from trackteroid.errors import TrackteroidError
from trackteroid.events.deliveries import Delivery
from trackteroid.events.group import EventGroup

#: The share of its lease after which an event that nobody has begun with is given back.
STALE: Final = 0.8
#: How often a lease is renewed in its time.
_RENEWALS: Final = 3
#: The seconds that the end waits for a renewal: of a server that does not answer no longer than that.
_PATIENCE: Final = 2.0


class LeaseKeeper:
    """Renews the leases of events that something is being done for, so that no other consumer gets them meanwhile.

    What is not begun with is not renewed: others may have it. It works in a thread and a session of its own, which it
    makes when something takes long for the first time.
    """

    def __init__(self, session: Any, group: EventGroup) -> None:
        self._session, self._group = session, group
        self._own: Any = None
        self._lock = threading.Lock()
        self._held: dict[Delivery, None] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="trackteroid-leases", daemon=True)
        self._thread.start()

    def hold(self, deliveries: Iterable[Delivery]) -> None:
        """Look after these from now on."""
        with self._lock:
            self._held.update(dict.fromkeys(deliveries))

    def let_go(self, deliveries: Iterable[Delivery]) -> None:
        """Look no longer after these."""
        with self._lock:
            for each in deliveries:
                self._held.pop(each, None)

    def close(self) -> None:
        """End the thread."""
        self._ending.set()
        self._thread.join(_PATIENCE)
        if self._own is not None and not self._thread.is_alive():
            self._own.close()

    def _work(self) -> None:
        while not self._ending.wait(self._group.lease / _RENEWALS):
            with self._lock:
                running = [each for each in self._held if each.running]
            if running:
                self._renew(running)

    def _renew(self, running: Sequence[Delivery]) -> None:
        now = time.monotonic()
        try:
            if self._own is None:
                self._own = self._session.another()
            self._group.renew((each.logged for each in running if each.logged is not None), self._own)
        except TrackteroidError as error:  # told and tried again: what comes of it is told when they are done
            configuration.logger("events").warning("The lease of %d events was not renewed: %s", len(running), error)
            return
        for each in running:
            each.until = now + STALE * self._group.lease
