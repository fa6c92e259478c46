"""Queries that count and group, which strict clients may ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from server.tiny_production import TASK, TinyProduction, tiny_production
from trackteroid.server.core.failures import QueryError


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        for name, rows in ROWS.items():
            table = production.work.model.table(name)
            production.work.connection.execute(sa.insert(table), rows)
        yield production


#: Spellings that differ in case only, and names that sort otherwise byte by byte.
ROWS: dict[str, list[dict[str, Any]]] = {
    "User": [{"id": "u3", "concrete_type": "User", "resource_type": "user", "username": "Cäsar"}],
    "TaskTemplate": [{"id": name, "name": name} for name in ("roto", "ROTO", "Roto")],
}


ANSWERS: list[tuple[str, list[dict[str, Any]]]] = [
    ("select count(id) from Task", [{"count_id": 2}]),
    ("select count(id) from Task where name is nobody", [{"count_id": 0}]),
    (
        "select count(id), status_id from TypedContext group by status_id",
        [
            {"status_id": None, "count_id": 2},
            {"status_id": "i", "count_id": 2},
            {"status_id": "n", "count_id": 1},
        ],
    ),
    # what is grouped by is told, asked for or not
    (
        "select count(id) from Task group by project_id, status_id",
        [
            {"project_id": "p", "status_id": None, "count_id": 1},
            {"project_id": "p", "status_id": "i", "count_id": 1},
        ],
    ),
    ("select status_id from Task group by status_id", [{"status_id": None}, {"status_id": "i"}]),
    # through references
    (
        "select count(id) from TypedContext where status has () group by status.state.short",
        [{"status.state.short": "IN_PROGRESS", "count_id": 2}, {"status.state.short": "NOT_STARTED", "count_id": 1}],
    ),
    ("select count(id) from Task group by object_type", [{"object_type": TASK, "count_id": 2}]),
    ("select count(task) from AssetVersion group by asset_id", [{"asset_id": "a", "count_task": 1}]),
    # the other functions
    (
        "select sum(size), avg(size), min(size), max(size), count(size) from Component",
        [{"sum_size": 2010, "avg_size": 1005.0, "min_size": 10, "max_size": 2000, "count_size": 2}],
    ),
    ("select sum(duration) from Timelog group by user.username", [{"user.username": "ann", "sum_duration": 18000.0}]),
    ("select min(name), max(name) from Shot", [{"min_name": "sh010", "max_name": "sh020"}]),
    (
        "select max(start_date) from Task",
        [{"max_start_date": {"__type__": "datetime", "value": "2024-02-01T00:00:00"}}],
    ),
    ("select sum(time_logged) from Shot", [{"sum_time_logged": 18000.0}]),
    # order
    ("select username from User group by username", [{"username": "ann"}, {"username": "bob"}, {"username": "Cäsar"}]),
    ("select min(username), max(username) from User", [{"min_username": "ann", "max_username": "Cäsar"}]),
    ("select min(name), max(name) from TaskTemplate", [{"min_name": "ROTO", "max_name": "roto"}]),
    ("select count(id) from TaskTemplate group by name", [{"name": "ROTO", "count_id": 3}]),
    (
        "select min(username) from User group by is_active order by min_username desc",
        [
            {"is_active": None, "min_username": "Cäsar"},
            {"is_active": False, "min_username": "bob"},
            {"is_active": True, "min_username": "ann"},
        ],
    ),
    (
        "select count(id) from TypedContext group by status_id order by count_id desc, status_id desc",
        [{"status_id": "i", "count_id": 2}, {"status_id": None, "count_id": 2}, {"status_id": "n", "count_id": 1}],
    ),
    ("select count(id) from TypedContext group by status_id offset 1 limit 1", [{"status_id": "i", "count_id": 2}]),
]


@pytest.mark.parametrize(("text", "expected"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_rows_are_plain_values(production: TinyProduction, text: str, expected: list[dict[str, Any]]) -> None:
    records = production.query(text, strict=True).records
    assert records == expected
    assert orjson.loads(orjson.dumps(records)) == expected


def test_sums_that_no_answer_can_hold_are_refused(production: TinyProduction) -> None:
    connection, table = production.work.connection, production.work.model.table("Component")
    rows = [{"id": f"big-{n}", "name": "big", "size": 2**62, "concrete_type": "FileComponent"} for n in range(4)]
    connection.execute(sa.insert(table), rows)
    try:
        for text in ("sum(size)", "sum(size), count(id)"):
            with pytest.raises(QueryError, match="A sum has more than 63 bits"):
                production.query(f'select {text} from Component where name is "big"', strict=True)
        largest = production.query('select max(size) from Component where name is "big"', strict=True)
        assert largest.records == [{"max_size": 2**62}]
    finally:
        connection.execute(sa.delete(table).where(table.c.name == "big"))


def test_pages_of_groups_say_whether_there_are_more(production: TinyProduction) -> None:
    text = "select count(id) from TypedContext group by status_id limit {}"
    assert [production.query(text.format(size), strict=True).next_offset for size in (1, 2, 3)] == [1, 2, None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select name, count(id) from Task group by status_id", "name has many values in one group"),
        ("select sum(name) from Task", "needs numbers; name is of type string"),
        ("select count(assignments) from Task", "is a collection"),
        ("select count(nam) from Task", "no attribute nam. Did you mean name"),
        ("select count(id) from Task order by name", "ordered by count_id, not by name"),
        ("select max(is_active) from User", "true or false"),
        ("select count(value) from CustomAttributeValue", "values of any type"),
        ("Task where id in (select count(id) from Task)", "inside another one"),
        ("Task where id in (select id from Task group by id)", "inside another one"),
    ],
)
def test_mistakes_are_named(production: TinyProduction, text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        production.query(text, strict=True)


@pytest.mark.parametrize("text", ["select count(id) from Task", "select id from Task group by id"])
def test_counting_needs_strict_mode(production: TinyProduction, text: str) -> None:
    with pytest.raises(QueryError, match="need strict mode"):
        production.query(text)
