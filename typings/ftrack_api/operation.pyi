from collections.abc import Iterator, Mapping
from typing import Any

class Operations:
    _stack: list[Operation]
    def __init__(self) -> None: ...
    def clear(self) -> None: ...
    def push(self, operation: Operation) -> None: ...
    def pop(self) -> Operation: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Operation]: ...

class Operation: ...

class CreateEntityOperation(Operation):
    entity_type: str
    entity_key: Mapping[str, str]
    entity_data: dict[str, Any]
    def __init__(self, entity_type: str, entity_key: Mapping[str, str], entity_data: Mapping[str, Any]) -> None: ...

class UpdateEntityOperation(Operation):
    entity_type: str
    entity_key: Mapping[str, str]
    attribute_name: str
    old_value: Any
    new_value: Any
    def __init__(
        self, entity_type: str, entity_key: Mapping[str, str], attribute_name: str, old_value: Any, new_value: Any
    ) -> None: ...

class DeleteEntityOperation(Operation):
    entity_type: str
    entity_key: Mapping[str, str]
    def __init__(self, entity_type: str, entity_key: Mapping[str, str]) -> None: ...
