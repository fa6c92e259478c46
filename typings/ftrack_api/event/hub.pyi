from collections.abc import Callable
from logging import Logger
from queue import Queue
from threading import Thread
from typing import Any

from ftrack_api.event.base import Event

class SocketIoSession(tuple[str, str, list[str]]):
    def __new__(cls, id: str, heartbeatTimeout: str, supportedTransports: list[str]) -> SocketIoSession: ...  # noqa: N803

class _ProcessorThread(Thread):
    def __init__(self, client: EventHub) -> None: ...

class EventHub:
    id: str
    logger: Logger
    _intentional_disconnect: bool
    _processor_thread: _ProcessorThread
    _subscribers: list[Any]
    _api_user: str
    _api_key: str
    _headers: dict[str, str]
    _cookies: dict[str, str]
    _event_queue: Queue[Event]
    _event_send_queue: Queue[Any]
    _connection: Any
    _connection_initialised: bool
    _lock: Any
    _reply_callbacks: dict[str, Callable[[Event], Any]]
    def __init__(
        self,
        server_url: str,
        api_user: str,
        api_key: str,
        headers: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
    ) -> None: ...
    @property
    def connected(self) -> bool: ...
    def get_server_url(self) -> str: ...
    def connect(self) -> None: ...
    def disconnect(self, unsubscribe: bool = True) -> None: ...
    def reconnect(self, attempts: int = 10, delay: float = 5) -> None: ...
    def wait(self, duration: float | None = None) -> None: ...
    def init_connection(self) -> None: ...
    def _add_subscriber(
        self, subscription: str, callback: Callable[[Event], Any], subscriber: Any = None, priority: int = 100
    ) -> Any: ...
    def _notify_server_about_subscriber(self, subscriber: Any) -> None: ...
    def _handle(self, event: Event, synchronous: bool = False) -> Any: ...
    def publish_reply(self, source_event: Any, data: Any, source: dict[str, Any] | None = None) -> None: ...
    def _handle_reply(self, event: Event) -> None: ...
    def _publish(self, event: Event, synchronous: bool = False, callback: Any = None, on_reply: Any = None) -> Any: ...
    def _prepare_event(self, event: Event) -> None: ...
    def _get_socket_io_session(self) -> SocketIoSession: ...
    def subscribe(
        self, subscription: str, callback: Callable[[Event], Any], subscriber: Any = None, priority: int = 100
    ) -> str: ...
    def unsubscribe(self, subscriber_identifier: str) -> None: ...
    def publish(
        self,
        event: Event,
        synchronous: bool = False,
        on_reply: Callable[[Event], Any] | None = None,
        on_error: str = "raise",
    ) -> Any: ...
