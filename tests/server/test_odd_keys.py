"""Entities with keys of several parts are found, changed and deleted by them, whatever is in these."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from server.guarded import Operation, create, delete, update
from trackteroid.server import EmbeddedServer

KEYS = [
    "a", "b'", 'b"', "\\", "\\n", "\n", "%", "_", "$[0]", "{}", "[1]", "1", "1.0", "1e5", "true", "null", "", " ", "é",
    "e\u0301", "日本", "😀", "\u2028", "x" * 5_000, "ß", ":p0", "?", "%(a)s", "%s", "0" * 40, "9" * 40, "\x01",
]  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    yield server
    server.close()


def _kept(server: EmbeddedServer, holder: str) -> dict[str, str]:
    text = f"select key, value from Metadata where parent_id is {holder}"
    (answer,) = server.call([{"action": "query", "expression": text}])
    return {each["key"]: each["value"] for each in answer["data"]}


def _made(server: EmbeddedServer, keys: list[str]) -> str:
    holder = str(uuid.uuid4())
    made: list[Operation] = [create("Project", holder, name=holder, full_name=holder)]
    made += [create("Metadata", parent_id=holder, parent_type="Project", key=key, value="old") for key in keys]
    server.call(made)
    return holder


def test_some_are_changed_and_deleted_and_all_others_stay(server: EmbeddedServer) -> None:
    holder, other = _made(server, KEYS), _made(server, KEYS)
    changed, gone = KEYS[::2], KEYS[1::2]
    server.call([update("Metadata", holder, key, value="new") for key in changed])
    server.call([delete("Metadata", holder, key) for key in gone])
    assert _kept(server, holder) == dict.fromkeys(changed, "new")
    assert _kept(server, other) == dict.fromkeys(KEYS, "old")


def test_very_many_are_deleted_at_once(server: EmbeddedServer) -> None:
    keys = [f"k{number}" for number in range(5_000)]
    holder = _made(server, keys)
    server.call([delete("Metadata", holder, key) for key in keys[1:]])
    assert _kept(server, holder) == {"k0": "old"}
    server.call([delete("Project", holder)])
    assert _kept(server, holder) == {}


def test_very_many_with_zero_characters_are_deleted_at_once(server: EmbeddedServer) -> None:
    if server.database.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL keeps no such texts")
    note, labels = str(uuid.uuid4()), [f"label\0{number}" for number in range(1_500)]
    server.call([create("Note", note, content="well"), *(create("NoteLabel", each, name=each) for each in labels)])
    server.call([create("NoteLabelLink", note_id=note, label_id=label) for label in labels])
    server.call([delete("NoteLabelLink", note, label) for label in labels[1:]])
    text = f"select label_id from NoteLabelLink where note_id is {note}"
    (answer,) = server.call([{"action": "query", "expression": text}])
    assert [each["label_id"] for each in answer["data"]] == labels[:1]
