from collections.abc import Callable
from typing import Any

from ftrack_api.event.base import Event
from ftrack_api.event.subscription import Subscription

class Subscriber:
    subscription: Subscription
    callback: Callable[[Event], Any]
    metadata: dict[str, Any]
    priority: int
    def __init__(
        self, subscription: str, callback: Callable[[Event], Any], metadata: dict[str, Any], priority: int
    ) -> None: ...
    def interested_in(self, event: Event) -> bool: ...
