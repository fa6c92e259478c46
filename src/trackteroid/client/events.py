"""The event hub of a session, which says so where events cannot be exchanged with other processes.

ftrack_api's own lets programs wait for events that cannot come, and queues what is published for ever, when connecting
in the background has failed. Events within this process (``publish(event, synchronous=True)``) need no server.
"""

import threading
from typing import Any

import requests
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub, SocketIoSession
from ftrack_api.exception import EventHubConnectionError

from trackteroid.client import failures
from trackteroid.client.base import BaseSession
from trackteroid.client.sending import keep_secrets
from trackteroid.errors import EventHubError

_LOCAL = "Within this process events need no connection: publish(event, synchronous=True)."
#: Seconds to wait for the hub's answer, as in ftrack_api.
_TIMEOUT = 60


class SessionEventHub(EventHub):
    """An event hub that raises instead of waiting for a connection that will never be."""

    _address: str = ""
    #: Why there can be no connection, or why the last attempt to make one has failed.
    _obstacle: str | None = None
    _is_embedded = False
    _was_connected = False
    _reconnecting = False
    _waiting = 0

    @classmethod
    def adopt(cls, hub: EventHub, session: BaseSession) -> "SessionEventHub":
        """Return a hub with the state of *hub*, which ftrack_api has just made for *session*."""
        adopted = cls.__new__(cls)
        vars(adopted).update(vars(hub))
        adopted._address = session.address
        if session.database_url is not None:
            adopted._is_embedded = True
            adopted._obstacle = "an embedded server has no event hub"
        return adopted

    def connect(self) -> None:
        """Connect to the event hub of the server.

        A failure in the background thread of a session with ``auto_connect_event_hub=True`` is logged, and raised by
        whatever needs the connection next.

        Raises:
            EventHubError: the server has no event hub, or it cannot be reached.
        """
        in_background = self._connection_initialised and threading.current_thread() is not threading.main_thread()
        if self._is_embedded:
            raise self._error()
        try:
            super().connect()
        except EventHubConnectionError as error:
            if self.connected:  # it is connected already, which is another mistake
                raise
            self._fail(error)
            if self._reconnecting or not in_background:
                raise self._error() from None
            self.logger.warning("%s", self._error())
        else:
            self._obstacle, self._was_connected = None, True

    def reconnect(self, attempts: int = 10, delay: float = 5) -> None:
        """Connect again after the connection was lost; what is published meanwhile is sent afterwards.

        Raises:
            EventHubError: no attempt has succeeded.
        """
        if self._is_embedded:
            raise self._error()
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

    def _check(self) -> None:
        """Raise unless there is a connection, or one is being made."""
        if not self.connected and (self._is_embedded or not self._connection_initialised):
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
