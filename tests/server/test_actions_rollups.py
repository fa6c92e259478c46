"""The action `compute_rollups`: what contexts amount to with everything below them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from trackteroid.server import DatabaseError, EmbeddedServer

Operation = dict[str, Any]


def create(entity_type: str, entity_id: str, **values: Any) -> Operation:
    return {"action": "create", "entity_type": entity_type, "entity_data": {"id": entity_id, **values}}


def day(number: int) -> dict[str, str]:
    return {"__type__": "datetime", "value": f"2024-05-{number:02}T00:00:00"}


PRODUCTION: list[Operation] = [
    # the plan of the project is wider than its tasks
    create("Project", "p", name="p", full_name="P", start_date=day(1), end_date=day(31)),
    create("Sequence", "sq", name="sq", parent_id="p"),
    create("Shot", "sh1", name="sh1", parent_id="sq"),
    create("Shot", "sh2", name="sh2", parent_id="sq"),
    create("Task", "t1", name="t1", parent_id="sh1", bid=100.0, start_date=day(5), end_date=day(6)),
    create("Task", "t2", name="t2", parent_id="sh1", bid=20.0, start_date=day(3), end_date=day(4)),
    create("Task", "t3", name="t3", parent_id="sq", bid=3.0, end_date=day(9)),
    create("Project", "empty", name="empty", full_name="Empty", start_date=day(1), end_date=day(31)),
    create("Project", "q", name="q", full_name="Q"),
    create("Task", "t4", name="t4", parent_id="q", bid=1000.0, start_date=day(2)),
    *(
        create("Timelog", f"on {context} {duration}", context_id=context, duration=duration)
        for context, duration in (
            ("t1", 1.0),
            ("t1", 2.0),
            ("t2", 4.0),
            ("sh1", 8.0),
            ("sq", 16.0),
            ("p", 32.0),
            ("t4", 64.0),
        )
    ),
]

EXPECTED = {
    "t1": (100.0, 3.0, day(5), day(6)),
    "t3": (3.0, 0.0, None, day(9)),
    "sh1": (120.0, 15.0, day(3), day(6)),
    "sh2": (0.0, 0.0, None, None),
    "sq": (123.0, 31.0, day(3), day(9)),
    "p": (123.0, 63.0, day(3), day(9)),
    "empty": (0.0, 0.0, None, None),
    "q": (1000.0, 64.0, day(2), None),
}
NAMES = ("bid", "time_logged", "start_date", "end_date")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    server.call(PRODUCTION)
    yield server
    server.close()


def rollups(server: EmbeddedServer, ids: Any, **more: Any) -> list[dict[str, Any]]:
    (answer,) = server.call([{"action": "compute_rollups", "ids": ids, **more}])
    assert answer["action"] == "compute_rollups"
    return answer["data"]


@pytest.mark.parametrize("context", EXPECTED)
def test_a_context_amounts_to_itself_and_all_below(server: EmbeddedServer, context: str) -> None:
    assert rollups(server, [context]) == [{"id": context, **dict(zip(NAMES, EXPECTED[context], strict=True))}]


def test_the_order_is_that_of_the_request(server: EmbeddedServer) -> None:
    ids = ["sq", "p", "t1", "sq"]
    assert rollups(server, ids, attributes=["bid"]) == [{"id": key, "bid": EXPECTED[key][0]} for key in ids]
    assert rollups(server, [], attributes=["bid"]) == []
    assert rollups(server, ["p"], attributes=[]) == [{"id": "p"}]


def test_time_is_the_same_as_that_of_the_entity(server: EmbeddedServer) -> None:
    query = {"action": "query", "expression": "select id, time_logged from TypedContext"}
    entities = {each["id"]: each["time_logged"] for each in server.call([query])[0]["data"]}
    found = rollups(server, list(entities), attributes=["time_logged"])
    assert {each["id"]: each["time_logged"] for each in found} == entities


def test_one_statement_is_enough_for_any_number_of_contexts(server: EmbeddedServer) -> None:
    counts: list[int] = []
    for ids in (["p"], list(EXPECTED) * 300):
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(server.database.engine, "before_cursor_execute", note)
        try:
            assert len(rollups(server, ids)) == len(ids)
        finally:
            event.remove(server.database.engine, "before_cursor_execute", note)
        assert sum("timelog" in statement for statement in seen) == 1
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("ids", "more", "message"),
    [
        (["p", "nowhere"], {}, r"ValueError: Could not find entity Context with entity_key \[nowhere\]"),
        ("p", {}, '"ids" to be a list'),
        (None, {}, '"ids" to be a list'),
        ([1], {}, '"ids" to be a list'),
        (["p"], {"attributes": "bid"}, '"attributes" to be a list'),
        (["p"], {"attributes": ["budget"]}, '"budget" is not rolled up; there are bid, time_logged'),
    ],
)
def test_what_cannot_be_rolled_up_is_refused(server: EmbeddedServer, ids: Any, more: Any, message: str) -> None:
    with pytest.raises(DatabaseError, match=message):
        rollups(server, ids, **more)
