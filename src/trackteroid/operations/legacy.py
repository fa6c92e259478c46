"""Files of deferred operations that older tools wrote (format 0): no header, no types, values as bare JSON.

Entity records are JSON objects under the text of their key. ``__operations__`` is a JSON text that holds a JSON list.
In updates the text ``NOT SET`` stands for a value that is not set, and a text that is the key of a record in the same
file stands for that entity; nothing else can be told apart there, so neither can this reader.
"""

import ast
import json
from collections.abc import Mapping
from typing import cast

from ftrack_api.symbol import NOT_SET

from trackteroid.operations.record import CreateRecord, EntityRecord, OperationRecord, operation_from_json
from trackteroid.operations.values import EntityReference, Json, References, decode_value

_OPERATIONS = b"__operations__"


def parse(records: Mapping[bytes, bytes]) -> tuple[list[OperationRecord], list[EntityRecord]]:
    """Return the operations and entities in *records*; raise ValueError for anything else."""
    listed = cast("Json", json.loads(records[_OPERATIONS]))
    if isinstance(listed, str):
        listed = cast("Json", json.loads(listed))
    if not isinstance(listed, list):
        raise ValueError("the operations are not a list")
    objects = {key.decode(): _object(value) for key, value in records.items() if key != _OPERATIONS}
    references = {key: _entity_key(key, data) for key, data in objects.items()}
    operations = [_operation(item, references) for item in listed]
    created = {operation.entity.text for operation in operations if isinstance(operation, CreateRecord)}
    return operations, [_entity(references[key], data, key in created) for key, data in objects.items()]


def _object(value: bytes) -> dict[str, Json]:
    data = cast("Json", json.loads(value))
    if not isinstance(data, dict):
        raise ValueError(f"{data!r} is no entity")
    return data


def _operation(data: Json, references: Mapping[str, EntityReference]) -> OperationRecord:
    def updated(value: Json) -> object:
        if value == "NOT SET":
            return NOT_SET
        return references[value] if isinstance(value, str) and value in references else _stored(value)

    match data:
        case {"operation": "create"}:
            return operation_from_json(data, _stored)
        case _:
            return operation_from_json(data, updated)


def _entity(reference: EntityReference, data: Mapping[str, Json], created: bool) -> EntityRecord:
    values = {name: _stored(value) for name, value in data.items() if name != "__entity_type__"}
    return EntityRecord(reference, values, created=created)


def _entity_key(key: str, data: Mapping[str, Json]) -> EntityReference:
    """Return the reference that *key* writes out, with the names of the key attributes from the record's *data*."""
    entity_type, parts = cast("tuple[str, list[str]]", ast.literal_eval(key))
    if len(parts) == 1:
        return EntityReference(entity_type, (("id", parts[0]),))
    names = {str(value): name for name, value in data.items()}
    return EntityReference(entity_type, tuple((names[part], part) for part in parts))


def _stored(value: Json) -> object:
    match value:
        case {"__type__": "datetime" | "date", "value": str(text)}:
            return decode_value({"is": "arrow", "value": text})
        case {"__entity_type__": str(entity_type), **key}:
            return EntityReference(entity_type, tuple((name, str(part)) for name, part in key.items()))
        case [{"__entity_type__": str()}, *_]:
            return References(tuple(cast("EntityReference", _stored(item)) for item in value))
        case list():
            return [_stored(item) for item in value]
        case dict():
            return {name: _stored(item) for name, item in value.items()}
        case _:
            return value
