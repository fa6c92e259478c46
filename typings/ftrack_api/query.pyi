from collections.abc import Sequence
from re import Pattern
from typing import Any

from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

class QueryResult(Sequence[Entity]):
    OFFSET_EXPRESSION: Pattern[str]
    LIMIT_EXPRESSION: Pattern[str]
    _session: Session
    _expression: str
    _offset: int | None
    _limit: int | None
    _page_size: int
    _next_offset: int | None
    _results: list[Entity]
    def __init__(self, session: Session, expression: str, page_size: int = 500) -> None: ...
    def __getitem__(self, index: Any) -> Any: ...
    def __len__(self) -> int: ...
    def all(self) -> list[Entity]: ...
    def one(self) -> Entity: ...
    def first(self) -> Entity | None: ...
    def _extract_offset_and_limit(self, expression: str) -> tuple[str, int | None, int | None]: ...
