"""The demo production, played onto the built-in rows the way a server would.

It answers simple questions about the result and knows just two rules of the server: version numbers count up, and
collections replace what was there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from trackteroid.server.demo import operations
from trackteroid.server.storage import builtin

ACTOR = "00000000-0000-4000-8000-000000000001"
SCHEMAS: dict[str, dict[str, Any]] = {
    schema["id"]: schema
    for schema in json.loads((Path(__file__).parents[1] / "recorded" / "schemas.json").read_text(encoding="utf-8"))
}
OPERATIONS = list(operations(ACTOR))

Record = dict[str, Any]
Key = tuple[str, ...]

#: Which types a reference of the first type may name.
SUBTYPES = {
    "Context": {"Project", "Folder", "AssetBuild", "Episode", "Sequence", "Shot", "Milestone", "Task"},
    "TypedContext": {"Folder", "AssetBuild", "Episode", "Sequence", "Shot", "Milestone", "Task"},
    "Component": {"FileComponent", "SequenceComponent", "ContainerComponent"},
    "ContainerComponent": {"SequenceComponent"},
    "Resource": {"User", "Group"},
    "NoteCategory": {"NoteLabel"},
}


class World:
    """What a server holds after some operations. Records carry `__entity_type__`; references are ids."""

    def __init__(self, operations: list[Record]) -> None:
        self.records: dict[tuple[str, Key], Record] = {}
        self.by_id: dict[str, Record] = {}
        for kind, values in ((kind, values) for kind, values in builtin.rows() if kind in SCHEMAS):
            key = tuple(values[name] for name in SCHEMAS[kind]["primary_key"])
            self._keep(kind, key, values | {"__entity_type__": kind})
        for operation in operations:
            self._play(operation)
        self._number_versions()

    def of(self, *kinds: str) -> list[Record]:
        """All records of these types, in the order of creation."""
        return [record for (kind, _), record in self.records.items() if kind in kinds]

    def get(self, id_: str) -> Record:
        return self.by_id[id_]

    def named(self, kind: str, name: str) -> list[Record]:
        return [record for record in self.of(kind) if record.get("name") == name]

    def parents(self, record: Record) -> list[Record]:
        """The context above, and all above it, nearest first."""
        found: list[Record] = []
        while parent := record.get("parent"):
            record = self.get(parent)
            found.append(record)
        return found

    def project(self, record: Record) -> str:
        return self.parents(record)[-1]["name"]

    def state(self, record: Record) -> str:
        return self.get(self.get(record["status"])["state_id"])["name"]

    def versions(self, asset: Record) -> list[Record]:
        return [version for version in self.of("AssetVersion") if version["asset"] == asset["id"]]

    def _play(self, operation: Record) -> None:
        kind, key = operation["entity_type"], tuple(operation["entity_key"])
        values = {name: _flat(value) for name, value in operation["entity_data"].items()}
        if operation["action"] == "update" and kind != "ContextCustomAttributeValue":
            self.records[kind, key].update(values)
        else:
            self._keep(kind, key, values)

    def _keep(self, kind: str, key: Key, values: Record) -> None:
        self.records[kind, key] = values
        if "id" in values:
            self.by_id[values["id"]] = values

    def _number_versions(self) -> None:
        highest: dict[str, int] = {}
        for version in self.of("AssetVersion"):
            version.setdefault("version", highest.get(version["asset"], 0) + 1)
            highest[version["asset"]] = version["version"]


@cache
def world() -> World:
    return World(OPERATIONS)


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return [_flat(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        encoded = cast("Record", value)
        return encoded["value"] if "__type__" in encoded else encoded["id"]
    return value


def references(operation: Record) -> Iterator[tuple[str, str, str]]:
    """(attribute, type, id) of every entity an operation refers to."""
    for name, value in operation["entity_data"].items():
        for item in cast("list[Any]", value) if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "__entity_type__" in item:
                yield name, item["__entity_type__"], item["id"]
