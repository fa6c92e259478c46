"""The event hub of a session, which says so where events cannot be exchanged with other processes.

ftrack_api's own lets programs wait for events that cannot come, and queues what is published for ever, when connecting
in the background has failed. Events within this process (``publish(event, synchronous=True)``) need no server.
"""

from __future__ import annotations

import queue
import re
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import requests
from ftrack_api.event.base import Event
from ftrack_api.event.expression import Expression
from ftrack_api.event.hub import (
    EventHub,
    SocketIoSession,
    _ProcessorThread,  # pyright: ignore[reportPrivateUsage] - there is no other way to read what comes
)
from ftrack_api.event.subscriber import Subscriber
from ftrack_api.event.subscription import Subscription
from ftrack_api.exception import EventHubConnectionError, NotUniqueError

from trackteroid.client import failures
from trackteroid.client.base import BaseSession
from trackteroid.client.sending import keep_secrets
from trackteroid.errors import EventHubError

if TYPE_CHECKING:
    from trackteroid.client.inprocess.servers import Lease

_LOCAL = "Within this process events need no connection: publish(event, synchronous=True)."
#: Seconds to wait for the hub's answer, as in ftrack_api.
_TIMEOUT = 60


#: Subscriptions of which everybody sees that they can be read, and which topic they want.
_OF_ONE_TOPIC = r"""(?ax)topic=(?P<topic>[\w.-]+)(\ and\ [\w_]+\.[\w_.]+=("[^"\\\n]*"|[\w,./@+-]+))*"""


class _Subscription(Subscription):
    """A subscription that is read once it matters. Reading it takes ten milliseconds, and each session has some."""

    def __init__(self, subscription: str) -> None:
        self._subscription = subscription
        found = re.fullmatch(_OF_ONE_TOPIC, subscription.strip())
        self.topic = None if found is None else found["topic"]
        if found is None:
            _read(subscription)  # or this raises

    def includes(self, event: Event) -> bool:
        """Return whether it includes *event*."""
        if self.topic is not None and event["topic"] != self.topic:
            return False
        return _read(self._subscription).match(event)


@lru_cache(maxsize=256)
def _read(subscription: str) -> Expression:
    return Subscription.parser.parse(subscription)


class SessionEventHub(EventHub):
    """An event hub that raises instead of waiting for a connection that will never be."""

    _address: str = ""
    #: Why there can be no connection, or why the last attempt to make one has failed.
    _obstacle: str | None = None
    #: The server in this process, if it is one.
    _lease: Lease | None = None
    _was_connected = False
    #: How often it has connected.
    connections = 0
    _reconnecting = False
    _waiting = 0

    @classmethod
    def adopt(cls, hub: EventHub, session: BaseSession, lease: Lease | None = None) -> SessionEventHub:
        """Return a hub with the state of *hub*, which ftrack_api has just made for *session* and its own server."""
        adopted = cls.__new__(cls)
        vars(adopted).update(vars(hub))
        adopted._address = session.address
        adopted._lease = lease
        return adopted

    def may_hear(self, topic: str) -> bool:
        """Return whether a subscriber may be called for events of this topic."""
        wanted = {getattr(subscriber.subscription, "topic", None) for subscriber in list(self._subscribers)}
        return not wanted.isdisjoint((topic, None))

    def _add_subscriber(
        self, subscription: str, callback: Any, subscriber: dict[str, Any] | None = None, priority: int = 100
    ) -> Subscriber:
        subscriber = {} if subscriber is None else subscriber
        subscriber.setdefault("id", uuid.uuid4().hex)
        if self.get_subscriber_by_identifier(subscriber["id"]) is not None:
            raise NotUniqueError(f"Subscriber with identifier {subscriber['id']} already exists.")
        added = Subscriber.__new__(Subscriber)
        added.subscription, added.callback = _Subscription(subscription), callback
        added.metadata, added.priority = subscriber, priority
        self._subscribers.append(added)
        return added

    def connect(self) -> None:
        """Connect to the event hub of the server.

        A failure in the background thread of a session with ``auto_connect_event_hub=True`` is logged, and raised by
        whatever needs the connection next.

        Raises:
            EventHubError: the server has no event hub, or it cannot be reached.
        """
        in_background = self._connection_initialised and threading.current_thread() is not threading.main_thread()
        try:
            if self._lease is None:
                super().connect()
            else:
                self._connect_in_process(self._lease)
        except EventHubConnectionError as error:
            if self.connected:  # it is connected already, which is another mistake
                raise
            self._fail(error)
            if self._reconnecting or not in_background:
                raise self._error() from None
            self.logger.warning("%s", self._error())
        else:
            self._obstacle, self._was_connected = None, True
            self.connections += 1

    def reconnect(self, attempts: int = 10, delay: float = 5) -> None:
        """Connect again after the connection was lost; what is published meanwhile is sent afterwards.

        Raises:
            EventHubError: no attempt has succeeded.
        """
        self._reconnecting = True
        try:
            super().reconnect(attempts, delay)
        except EventHubConnectionError:
            self._connection_initialised = False
            raise self._error() from None
        finally:
            self._reconnecting = False

    def wait(self, duration: float | None = None) -> None:
        """Wait for events and handle them, for *duration* seconds or until the connection ends.

        Raises:
            EventHubError: there is no connection, so that no event will ever come.
        """
        self._check()
        self._waiting += 1
        try:
            super().wait(duration)
        finally:
            self._waiting -= 1
        if not self._was_connected:
            self._check()

    def publish(
        self,
        event: Event,
        synchronous: bool = False,
        on_reply: Any = None,
        on_error: str = "raise",
    ) -> Any:
        """Publish *event*: to this process if *synchronous*, else to everybody who is connected to the server.

        Raises:
            EventHubError: there is no connection, unless *on_error* is ``"ignore"``.
        """
        if not synchronous and on_error != "ignore":
            self._check()
        return super().publish(event, synchronous=synchronous, on_reply=on_reply, on_error=on_error)

    def handle_next(self) -> bool:
        """Handle one event that has come already, and return whether there was one."""
        try:
            event = self._event_queue.get_nowait()
        except queue.Empty:
            return False
        self._handle(event)
        return True

    def ask(self, event: Event, wait: float, most: int | None = None) -> list[Event]:
        """Publish *event* and return the replies to it that come within *wait* seconds, *most* of them if it says so.

        Whatever else comes meanwhile is handled as by `wait`.

        Raises:
            EventHubError: there is no connection.
        """
        self._check()
        replies: list[Event] = []
        end = time.monotonic() + wait
        try:
            self.publish(event, on_reply=replies.append)
            while time.monotonic() < end and (most is None or len(replies) < most):
                self.wait(0)
        finally:
            self._reply_callbacks.pop(event["id"], None)
        return replies

    def answer(self, event: Mapping[str, Any], data: object, source: Mapping[str, Any]) -> None:
        """Reply to *event*, which somebody has published.

        Raises:
            EventHubError: there is no connection.
        """
        self._check()
        self.publish_reply(event, data, source=dict(source))

    def _connect_in_process(self, lease: Lease) -> None:
        """Connect to a server without a port, and do all else that ftrack_api does then."""
        if not self._connection_initialised:
            self.init_connection()
        if self.connected:
            raise EventHubConnectionError("Already connected.")
        self._intentional_disconnect = False
        try:
            self._connection = lease.socket(f"/socket.io/1/websocket/{self._get_socket_io_session()[0]}")
        except ConnectionError as error:
            raise EventHubConnectionError(str(error)) from None
        self._processor_thread = _ProcessorThread(self)
        self._processor_thread.start()
        with suppress(NotUniqueError):
            self._add_subscriber("topic=ftrack.meta.reply", self._handle_reply, subscriber={"id": self.id})
        for subscriber in list(self._subscribers):
            self._notify_server_about_subscriber(subscriber)
        with suppress(queue.Empty):
            while True:
                self._publish(*self._event_send_queue.get_nowait())

    def _check(self) -> None:
        """Raise unless there is a connection, or one is being made."""
        if not self.connected and not self._connection_initialised:
            raise self._error()

    def _fail(self, error: EventHubConnectionError) -> None:
        """Remember why connecting has failed, and wake up who waits for a first connection."""
        self._obstacle = str(error.details.get("error") or error)
        if self._reconnecting:
            return  # there will be another attempt, and what is published until then is kept for it
        self._connection_initialised = False
        if unsent := self._event_send_queue.qsize():
            self.logger.warning("%d events wait for a connection to the event hub.", unsent)
        for _ in range(self._waiting):
            event = Event("ftrack.meta.disconnected")
            self._prepare_event(event)
            self._event_queue.put(event)

    def _error(self) -> EventHubError:
        if self._obstacle is None:
            return EventHubError(
                "The session is not connected to the event hub of its server, so no events come from other processes "
                "and none go there. Call session.event_hub.connect(), or make the session with "
                f"auto_connect_event_hub=True. {_LOCAL}"
            )
        return EventHubError(
            f"Events cannot be exchanged with other processes at {self._address}: {self._obstacle}. {_LOCAL}"
        )

    def _get_socket_io_session(self) -> SocketIoSession:
        # ftrack_api's own would take the key along to wherever the server redirects.
        with requests.Session() as connection:
            connection.headers.update({"ftrack-user": self._api_user, "ftrack-api-key": self._api_key, **self._headers})
            connection.cookies.update(self._cookies)  # pyright: ignore[reportUnknownMemberType]  # of requests
            keep_secrets(connection)
            if self._lease is not None:
                connection.mount(self._lease.url, self._lease.adapter)
            try:
                response = connection.get(f"{self.get_server_url()}/socket.io/1/", timeout=_TIMEOUT)
            except requests.exceptions.RequestException as error:
                raise EventHubConnectionError(f"the server {failures.cause(error)}") from None
        if not response.ok:
            raise EventHubConnectionError(f"the server has no event hub there (HTTP status {response.status_code})")
        parts = response.text.split(":")
        if len(parts) < 4:
            raise EventHubConnectionError("what answers there is no event hub")
        return SocketIoSession(parts[0], parts[1], parts[3].split(","))
