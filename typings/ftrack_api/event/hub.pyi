from collections.abc import Callable
from typing import Any

from ftrack_api.event.base import Event

class EventHub:
    connected: bool
    _connection: Any
    _connection_initialised: bool
    _lock: Any
    def __init__(
        self,
        server_url: str,
        api_user: str,
        api_key: str,
        headers: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
    ) -> None: ...
    def connect(self) -> None: ...
    def disconnect(self, unsubscribe: bool = True) -> None: ...
    def subscribe(
        self, subscription: str, callback: Callable[[Event], Any], subscriber: Any = None, priority: int = 100
    ) -> str: ...
    def publish(
        self,
        event: Event,
        synchronous: bool = False,
        on_reply: Callable[[Event], Any] | None = None,
        on_error: str = "raise",
    ) -> Any: ...
