"""Whatever batches do, what the server keeps by itself agrees with a recomputation from scratch."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.writing import Operation, Server, create, delete, fresh_server, ref, update
from trackteroid.server.core.failures import Failure
from trackteroid.server.rules.homes import home_of

pytestmark = pytest.mark.slow

_VERBS = (
    *("add context", "add context", "add asset", "add version", "add version"),
    *("move context", "adopt children", "move asset", "move version", "renumber version"),
    *("drop context", "drop asset", "drop version"),
    *("add component", "move component", "add note", "move note"),
)
Command = tuple[str, int, int]
_COMMANDS = st.tuples(st.sampled_from(_VERBS), st.integers(0, 99), st.integers(0, 99))
_BATCHES = st.lists(st.lists(_COMMANDS, min_size=1, max_size=4), min_size=1, max_size=10)


class _Production:
    """Turns commands, which only hold numbers, into operations on entities that exist."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.names = (f"n{number}" for number in count())
        self.projects = ["p0", "p1"]
        self.known: dict[str, list[str]] = {}

    def operations(self, commands: Iterable[Command]) -> list[Operation]:
        """The operations for a batch."""
        contexts = [row["id"] for row in self.server.rows("Context")]
        self.known = {
            "context": [key for key in contexts if key not in self.projects],
            "asset": [row["id"] for row in self.server.rows("Asset")],
            "version": [row["id"] for row in self.server.rows("AssetVersion")],
            "component": [row["id"] for row in self.server.rows("Component")],
            "note": [row["id"] for row in self.server.rows("Note")],
        }
        planned = [self._operation(*command) for command in commands]
        return [operation for operation in planned if operation is not None]

    def _operation(self, verb: str, one: int, other: int) -> Operation | None:
        action, kind = verb.split()
        kind = {"children": "context"}.get(kind, kind)
        if action == "add":
            return self._add(kind, one)
        known = self.known[kind]
        if not known:
            return None
        entity = known[one % len(known)]
        if action == "drop":
            known.remove(entity)
            return delete(_TYPES[kind], entity)
        return self._change(verb, entity, other)

    def _add(self, kind: str, number: int) -> Operation | None:
        name = next(self.names)
        made = {
            "context": lambda: create("Folder", name, name=name, parent_id=self._parent(number)),
            "asset": lambda: create("Asset", name, name=name, context_id=self._parent(number)),
            "version": lambda: create("AssetVersion", name, asset_id=self._pick("asset", number)),
            "component": lambda: create("ContainerComponent", name, **self._place(number)),
            "note": lambda: create("Note", name, content="n", **self._subject(number)),
        }[kind]()
        self.known[kind].append(name)
        return made

    def _change(self, verb: str, entity: str, number: int) -> Operation:
        if verb == "adopt children":
            members = [ref("Folder", entity), ref("Folder", self._pick("context", number))]
            return update("Context", self._parent(number), children=members)
        if verb == "renumber version":
            return update("AssetVersion", entity, version=number % 5)
        return {
            "move context": lambda: update("Folder", entity, parent_id=self._parent(number)),
            "move asset": lambda: update("Asset", entity, context_id=self._parent(number)),
            "move version": lambda: update("AssetVersion", entity, asset_id=self._pick("asset", number)),
            "move component": lambda: update("ContainerComponent", entity, **self._place(number)),
            "move note": lambda: update("Note", entity, **self._subject(number)),
        }[verb]()

    def _place(self, number: int) -> dict[str, str | None]:
        """Where a component is: in a version, in another component, or nowhere."""
        version, container = self._pick("version", number), self._pick("component", number)
        return [
            {"version_id": version, "container_id": None},
            {"version_id": None, "container_id": container},
            {"version_id": None, "container_id": None},
        ][number % 3]

    def _subject(self, number: int) -> dict[str, str]:
        """What a note is about."""
        if number % 2:
            return {"parent_id": self._pick("version", number), "parent_type": "AssetVersion"}
        return {"parent_id": self._parent(number), "parent_type": "Context"}

    def _parent(self, number: int) -> str:
        parents = self.projects + self.known["context"]
        return parents[number % len(parents)]

    def _pick(self, kind: str, number: int) -> str:
        known = self.known[kind] or ["none"]
        return known[number % len(known)]


_TYPES = {"context": "Folder", "asset": "Asset", "version": "AssetVersion", "component": "Component", "note": "Note"}


def _path(parents: dict[str, str | None], context: str) -> list[str]:
    """Who is above a context, by following the parents."""
    above: list[str] = []
    parent = parents[context]
    while parent is not None:
        above.append(parent)
        parent = parents[parent]
    return above


def _latest(versions: Iterable[dict[str, Any]], asset: str) -> str | None:
    numbered = [(row["version"], row["id"]) for row in versions if row["asset_id"] == asset]
    return max(numbered)[1] if numbered else None


def _homes_by_walking(server: Server, contexts: dict[str, Any]) -> dict[str, str | None]:
    """The project of everything that is on something, by following what it is on."""
    above = {key: (row["parent_id"] or key) for key, row in contexts.items()}
    for kind, keys in (
        ("Asset", ["context_id"]),
        ("AssetVersion", ["asset_id"]),
        ("Component", ["version_id", "container_id"]),
        ("Note", ["parent_id"]),
    ):
        for row in server.rows(kind):
            above[row["id"]] = next((row[key] for key in keys if row[key] is not None), None)

    def walk(key: str | None) -> str | None:
        while key is not None and above[key] != key:
            key = above[key]
        return key

    return {key: walk(key) for key in above if key not in contexts}


def _check(server: Server) -> None:
    contexts = {row["id"]: row for row in server.rows("Context")}
    parents = {key: row["parent_id"] for key, row in contexts.items()}
    for key, row in contexts.items():
        path = _path(parents, key)
        assert server.ancestors(key) == path
        assert row["project_id"] == (path[-1] if path else key)
    assert {row["context_id"] for row in server.rows("ContextAncestor")} <= contexts.keys()
    versions = server.rows("AssetVersion")
    for asset in server.rows("Asset"):
        assert asset["context_id"] in contexts
        assert asset["latest_version_id"] == _latest(versions, asset["id"])
    assert _homes_by_walking(server, contexts) == {
        row["id"]: row[home_of(server.model.type(kind))]
        for kind in ("Asset", "AssetVersion", "Component", "Note")
        for row in server.rows(kind)
    }
    owners = contexts.keys() | {row["id"] for row in versions}
    assert {row["parent_id"] for row in server.rows("StatusChange")} <= owners
    assert server.dangling() == []


@settings(max_examples=60)
@given(_BATCHES)
def test_tree_and_latest_versions_survive_any_batches(batches: list[list[Command]]) -> None:
    with fresh_server() as server:
        production = _Production(server)
        for project in production.projects:
            server.apply(create("Project", project, name=project))
        for batch in batches:
            operations = production.operations(batch)
            before = {name: server.rows(name) for name in ("Context", "ContextAncestor", "Asset", "AssetVersion")}
            try:
                server.apply(*operations)
            except Failure:
                assert {name: server.rows(name) for name in before} == before
            _check(server)


@pytest.mark.parametrize("number", [None, 4])
def test_a_version_that_changes_twice_in_a_batch_is_one_version(number: int | None) -> None:
    with fresh_server() as server:
        server.apply(create("Project", "p", name="p"))
        server.apply(*(create("Asset", asset, name=asset, context_id="p") for asset in ("a", "b")))
        server.apply(create("AssetVersion", "v", asset_id="a"), create("AssetVersion", "w", asset_id="b"))
        server.apply(update("AssetVersion", "v", version=0), update("AssetVersion", "v", asset_id="b"))
        _check(server)
        more = {} if number is None else {"version": number}
        server.apply(create("AssetVersion", "x", asset_id="a", **more), delete("AssetVersion", "x"))
        _check(server)
