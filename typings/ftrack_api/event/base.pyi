from typing import Any

class Event:
    topic: str
    data: dict[str, Any]
    def __init__(self, topic: str, id: str | None = None, data: dict[str, Any] | None = None, **kw: Any) -> None: ...
    def __getitem__(self, key: str) -> Any: ...
