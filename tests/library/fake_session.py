"""Sessions whose requests are answered from memory, with the recorded schemas of a real server."""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import ftrack_api
from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.client.sending import PlainBatch
from trackteroid.session import Session

Record = dict[str, Any]

_CLASSES: dict[type, dict[str, type[FtrackEntity]]] = {}

RECORDED = Path(__file__).parent.parent / "recorded"


@cache
def recorded(name: str) -> Any:
    """Return a recorded answer of a real server."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


class AnsweredFromMemory(ftrack_api.Session):
    """A session that never leaves the process.

    ``requests`` are the batches that were sent, as the server would receive them. Queries are answered by ``answers``:
    the first of these functions that returns a list of records for the text of a query is the answer.
    """

    def __init__(self, **options: Any) -> None:
        self.requests: list[list[Record]] = []
        self.answers: list[Callable[[str], list[Record] | None]] = []
        super().__init__(
            "https://fake.invalid",
            "key",
            "someone",
            plugin_paths=[],
            schema_cache_path=False,
            **{"auto_populate": False, **options},
        )
        assert self.schemas, "a session that connects on first use is connected now"
        self.requests.clear()

    def call(self, data: list[Record]) -> list[Record]:
        """Answer a batch of actions."""
        batch = json.loads(self.encode(data, "modified_only"))
        self.requests.append(batch)
        answers = [getattr(self, f"_answer_{action['action']}")(action) for action in batch]
        is_plain = isinstance(data, PlainBatch) or batch[0]["action"] == "query_schemas"
        return json.loads(json.dumps(answers)) if is_plain else self.decode(json.dumps(answers))

    @property
    def queries(self) -> list[str]:
        """The texts of all queries that were sent, without paging."""
        return [
            re.sub(r" offset 0 limit \d+$", "", action["expression"])
            for batch in self.requests
            for action in batch
            if action["action"] == "query"
        ]

    @property
    def operations(self) -> list[tuple[str, str, str | None]]:
        """The pending operations: their kind, entity type, and attribute."""
        return [
            (
                type(operation).__name__.removesuffix("EntityOperation").lower(),
                operation.entity_type,
                getattr(operation, "attribute_name", None),
            )
            for operation in self.recorded_operations
        ]

    def answer(self, start: str, records: Iterable[Record]) -> None:
        """Answer queries whose text starts with *start* with *records* from now on."""
        found = list(records)
        self.answers.insert(0, lambda text: found if text.startswith(start) else None)

    def load(self, *records: Record) -> list[FtrackEntity]:
        """Bring records into the session, like a query that found them."""
        answers, self.answers = self.answers, [lambda _: list(records)]
        try:
            found = self.query(f"select id from {records[0]['__entity_type__']}").all()
        finally:
            self.answers = answers
            self.requests.pop()
        return list(found)

    def _build_entity_type_classes(self, schemas: list[Record]) -> dict[str, type[FtrackEntity]]:
        # Nearly all the time of connecting goes into the classes, so that all sessions of a kind share theirs.
        if type(self) not in _CLASSES:
            _CLASSES[type(self)] = super()._build_entity_type_classes(schemas)
        return dict(_CLASSES[type(self)])

    def _answer_query_server_information(self, _: Record) -> Record:
        return recorded("query_server_information")

    def _answer_query_schemas(self, _: Record) -> list[Record]:
        return recorded("schemas")

    def _answer_query(self, action: Record) -> Record:
        text = action["expression"]
        found = next((records for answer in self.answers if (records := answer(text)) is not None), None)
        assert found is not None, f"No answer was prepared for the query {text!r}"
        return {"action": "query", "data": found, "metadata": {"next": {"offset": None}}}

    def _answer_create(self, action: Record) -> Record:
        return {"action": "create", "data": action["entity_data"]}

    def _answer_update(self, action: Record) -> Record:
        names = self.types[action["entity_type"]].primary_key_attributes
        key = dict(zip(names, action["entity_key"], strict=True))
        return {"action": "update", "data": {**action["entity_data"], **key}}

    def _answer_delete(self, _: Record) -> Record:
        return {"action": "delete", "data": True}


class FakeSession(AnsweredFromMemory):
    """A stock session of ftrack_api."""


class FakeTrackteroidSession(AnsweredFromMemory, Session):
    """A session of ours."""


def record(entity_type: str, identifier: str = "", /, **values: Any) -> Record:
    """Return the record of an entity as a server sends it."""
    return {"__entity_type__": entity_type, **({"id": identifier} if identifier else {}), **values}
