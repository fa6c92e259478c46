"""Sends the events of webhooks: of each webhook in order, by one process at a time.

An event that is not taken is sent again, after longer and longer pauses, and the ones behind it wait. After so many
tries it is given up, kept to be looked at, and the next one follows.
"""

from __future__ import annotations

import logging
import random
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from trackteroid.server.api import Api
from trackteroid.server.core import clock
from trackteroid.server.core.failures import DeliveryError, Failure, LimitError, PermissionError_
from trackteroid.server.core.request import Actor
from trackteroid.server.events import log, webhooks
from trackteroid.server.events.bells import Bell
from trackteroid.server.events.reading import EVERYTHING, Found, Page, Wanted, read
from trackteroid.server.events.webhooks import Webhook
from trackteroid.server.storage.engines import Outages
from trackteroid.server.webhooks.posting import Allowed, post, signature

T = TypeVar("T")

_LOG: Final = logging.getLogger("trackteroid.server.webhooks")

#: The seconds between two looks at which webhooks there are.
_LOOK: Final = 2.0
#: How many webhooks are sent to at the same time, and how many events of one are read in one go.
_AT_ONCE: Final = 4
_PAGE: Final = 20
#: The seconds for which a webhook stays somebody's beyond the time that a receiver has.
_MARGIN: Final = 3.0
#: The longest pause between two tries, in seconds.
_LONGEST_PAUSE: Final = 3600.0
#: After how many events that a webhook does not want it is kept that they were looked at.
_FAR: Final = 1_000


class Deliverer:
    """Sends events, in threads of its own, from `start` to `close`.

    Args:
        api: Whose events they are.
        allowed: Where webhooks may lead inside of the own network.
    """

    def __init__(self, api: Api, allowed: Allowed) -> None:
        self._api = api
        self._allowed = allowed
        self._owner = uuid.uuid4().hex
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._bell: Bell | None = None
        self._busy: set[str] = set()
        self._seen: dict[str, int] = {}
        self._thread: threading.Thread | None = None
        self._pool = ThreadPoolExecutor(_AT_ONCE, "trackteroid-webhook")
        self._outages = Outages(_LOG, "What sends to webhooks")

    def start(self) -> None:
        """Begin to send."""
        self._thread = threading.Thread(target=self._run, name="trackteroid-webhooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send nothing more. What is under way is waited for, no longer than its receiver has time."""
        self._closing.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        self._pool.shutdown(cancel_futures=True)
        if self._bell is not None:
            self._api.hub.take_down(self._bell)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                pause = self._look()
            except (Failure, SQLAlchemyError) as error:
                self._outages.tell(error, "Webhooks could not be looked at; they will be again.")
                pause = _LOOK
            self._woken.wait(pause)
            self._woken.clear()

    def _look(self) -> float:
        """Let be sent what is to be sent; return the seconds until the next look."""
        found, newest = self._read(lambda connection: (webhooks.active(connection), log.last(connection)))
        self._listen(is_wanted=bool(found))
        pause = _LOOK
        for webhook in found:
            left = self._seconds_left(webhook)
            if left > 0:
                pause = min(pause, left)
            elif webhook.id not in self._busy:
                self._busy.add(webhook.id)
                self._pool.submit(self._attend, webhook, newest)
        return pause

    def _seconds_left(self, webhook: Webhook) -> float:
        """Return in how many seconds a webhook is due: not more than its pause, or the clock has gone back since."""
        if webhook.due_at is None:
            return 0.0
        left = (datetime.fromisoformat(webhook.due_at) - _now()).total_seconds()
        return left if left <= self._longest_pause(webhook.tries) + _MARGIN else 0.0

    def _listen(self, *, is_wanted: bool) -> None:
        """Be told of events for as long as there are webhooks."""
        if is_wanted and self._bell is None:
            bell = Bell(EVERYTHING, self._woken.set)
            try:
                self._api.hub.hang(bell)
            except LimitError:
                return  # it is looked often enough
            self._bell = bell
        elif not is_wanted and self._bell is not None:
            self._api.hub.take_down(self._bell)
            self._bell = None

    def _attend(self, webhook: Webhook, newest: int) -> None:
        """Send what there is for one webhook, if nobody else does."""
        has_sent = False
        try:
            has_sent = self._send_all(webhook, newest)
        except (Failure, SQLAlchemyError) as error:
            self._outages.tell(error, f"The webhook {webhook.id} could not be seen to; it will be again.")
        finally:
            self._busy.discard(webhook.id)
        if has_sent:
            self._woken.set()  # there may be more since

    def _send_all(self, webhook: Webhook, newest: int) -> bool:
        """Send what there is; return whether there was something."""
        if not self._is_anything_for(webhook, newest):
            return False
        claimed = self._write(
            lambda connection: webhooks.claim(connection, webhook, self._owner, now=_now(), until=self._until())
        )
        if claimed is None:
            return False
        self._send_again(claimed)
        position, tries = claimed.position, claimed.tries
        while not self._closing.is_set():
            page = self._page(claimed, position)
            if not (self._send_page(claimed, page, tries) and page.found):
                break
            position, tries = page.position, 0
        self._note(claimed, claimed_by=None, claimed_until=None)
        return True

    def _is_anything_for(self, webhook: Webhook, newest: int) -> bool:
        """Return whether there is anything to send. That is asked for each event, so nothing is written for it."""
        if self._read(lambda connection: webhooks.wanted_again(connection, webhook.id)):
            return True
        position = max(webhook.position, self._seen.get(webhook.id, 0))
        if position >= newest:
            return False
        try:
            page = self._page(webhook, position)
        except PermissionError_ as refusal:
            reason = str(refusal)
            self._write(lambda connection: webhooks.set_paused(connection, webhook.id, is_paused=True, error=reason))
            return False
        if page.found:
            return True
        self._seen[webhook.id] = page.position
        return page.position - webhook.position >= _FAR

    def _page(self, webhook: Webhook, position: int) -> Page:
        def find(connection: sa.Connection) -> Page:
            viewer = self._api.hub.viewer(connection, Actor(webhook.user_id, "whoever has made this webhook"))
            return read(connection, viewer, Wanted(webhook.expression), position, _PAGE)

        return self._read(find)

    def _send_page(self, webhook: Webhook, page: Page, tries: int) -> bool:
        """Send a page in order; return whether to go on after it. Its first event was tried so often before."""
        for found in page.found:
            error, tries = self._error_of(webhook, found.sequence, _content(found)), tries + 1
            if error is not None and tries < self._api.limits.webhook_tries:
                seconds = self._longest_pause(tries) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
                due = clock.written(_now() + timedelta(seconds=seconds))
                self._note(webhook, tries=tries, due_at=due, error=error)
                return False
            if not self._go_on(webhook, found, tries, error) or self._closing.is_set():
                return False
            tries = 0
        self._note(webhook, position=page.position)
        return True

    def _go_on(self, webhook: Webhook, found: Found, tries: int, error: str | None) -> bool:
        """Keep that an event has arrived, or was given up; return whether the webhook is still ours."""

        def go_on(connection: sa.Connection) -> bool:
            values = {"position": found.sequence, "tries": 0, "due_at": None, "error": error}
            is_ours = webhooks.note(
                connection, webhook.id, self._owner, **values, claimed_until=clock.written(self._until())
            )
            if is_ours and error is not None:
                failure = {
                    "webhook_id": webhook.id,
                    "sequence": found.sequence,
                    "topic": found.event["topic"],
                    "content": _content(found).decode(),
                    "tries": tries,
                    "failed_at": _now().replace(microsecond=0).isoformat(),
                    "error": error,
                }
                webhooks.give_up(connection, failure)
            return is_ours

        if error is not None:
            _LOG.warning("Webhook %s: event %d was given up: %s", webhook.id, found.sequence, error)
        return self._write(go_on)

    def _send_again(self, webhook: Webhook) -> None:
        """Send once more what was given up, if somebody has asked for that. It comes when it comes."""
        for again in self._read(lambda connection: webhooks.wanted_again(connection, webhook.id)):
            if self._closing.is_set():
                return
            error = self._error_of(webhook, again.sequence, again.content.encode())

            def note(connection: sa.Connection, sequence: int = again.sequence, error: str | None = error) -> None:
                webhooks.note_again(connection, webhook.id, sequence, error)
                until = clock.written(self._until())
                webhooks.note(connection, webhook.id, self._owner, claimed_until=until, error=error)

            self._write(note)

    def _error_of(self, webhook: Webhook, sequence: int, body: bytes) -> str | None:
        """Send a message; return why it has not arrived."""
        message_id, timestamp = webhook.message_id(sequence), int(clock.now().timestamp())
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(webhook.secret, message_id, timestamp, body),
            "trackteroid-sequence": str(sequence),
        }
        try:
            post(webhook.url, body, headers, allowed=self._allowed, seconds=self._api.limits.webhook_seconds)
        except DeliveryError as error:
            return str(error)
        return None

    def _longest_pause(self, tries: int) -> float:
        return min(_LONGEST_PAUSE, self._api.limits.webhook_pause_seconds * 2.0 ** min(max(tries - 1, 0), 30))

    def _until(self) -> datetime:
        return _now() + timedelta(seconds=self._api.limits.webhook_seconds + _MARGIN)

    def _note(self, webhook: Webhook, **values: Any) -> None:
        self._write(lambda connection: webhooks.note(connection, webhook.id, self._owner, **values))

    def _read(self, work: Callable[[sa.Connection], T]) -> T:
        with self._outages.reaching():
            return self._api.database.run(work, write=False)

    def _write(self, work: Callable[[sa.Connection], T]) -> T:
        return self._api.database.run(work, write=True)


def _content(found: Found) -> bytes:
    return orjson.dumps({"sequence": found.sequence, "at": found.at, "event": found.event})


def _now() -> datetime:
    return clock.now().replace(tzinfo=None)
