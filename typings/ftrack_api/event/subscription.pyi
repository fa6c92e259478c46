from ftrack_api.event.base import Event
from ftrack_api.event.expression import Parser

class Subscription:
    parser: Parser
    _subscription: str
    def __init__(self, subscription: str) -> None: ...
    def includes(self, event: Event) -> bool: ...
