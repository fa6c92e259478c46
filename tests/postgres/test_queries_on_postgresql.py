"""Queries in which SQLite and PostgreSQL disagree by nature, and which mean the same all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postgres import tiny
from server.tiny_production import SEQUENCE, TinyProduction, tiny_production


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny.tiny_production() as production:
        yield production


@pytest.fixture(scope="module")
def reference() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        yield production


ALIKE = [
    "select id from Context order by name",
    "select id from Context order by name desc",
    "select id from TypedContext order by status.name, description desc",
    "select id from TypedContext order by bid desc, start_date",
    "TypedContext where bid is 7",
    "TypedContext where bid is 7.5",
    "TypedContext where bid > 7.25",
    'TypedContext where bid like "7.%"',
    'AssetVersion where version like "1%"',
    'AssetVersion where is_published like "1"',
    "AssetVersion where version is 1.5",
    "AssetVersion where version in (1, 1.5, 2.0)",
    "AssetVersion where version > 1.5",
    "AssetVersion where version < 99999999999999999999",
    "AssetVersion where version is 4000000000",
    'Task where id like "T%"',
    'Task where created_at like "2022-10-10t%"',
    r'Task where name like "co\\"',
    r'Task where name like "co\\mp"',
    'Task where name > "B"',
    'Task where name <= "COMP"',
    "Task where name in (select name from Task where name like 'COMP')",
    "Task where name in (select name from Task order by name desc limit 1)",
    "Task where name in (select name from Task where name like 'COMP') or id is x",
    "Task where not (name in (select name from Task where name like 'COMP') or id is x)",
    "Task where id in (select task_id from AssetVersion) or parent_id in (select id from Shot)",
    f"TypedContext where ancestors any (id is {SEQUENCE}) or id is {SEQUENCE} or children any (name is 'COMP')",
    f"TypedContext where not (ancestors any (id is {SEQUENCE}) or id is {SEQUENCE})",
    "Asset where versions any (task_id is t1) or name is 'x'",
    "TypedContext where time_logged > 0",
    "select id from TypedContext order by time_logged desc",
    "Context where timelogs.start >= '2000-01-01' or name is 'x'",
    "Context where timelogs.start < '2100-01-01'",
    f"Task where name in ({', '.join(f'n{number}' for number in range(300))}, COMP)",
    f"AssetVersion where version in ({', '.join(str(number) for number in range(2, 300))})",
    f"AssetVersion where version in ({', '.join(str(number / 2) for number in range(3, 300))})",
    "Task where " + " or ".join(f'(name is "COMP" and id is "t{number}")' for number in range(30)),
    "AssetVersion where " + " or ".join(f'(version is {number} and asset_id is "a")' for number in range(30)),
]


@pytest.mark.parametrize("text", ALIKE, ids=[text[:60] for text in ALIKE])
def test_both_databases_answer_alike(production: TinyProduction, reference: TinyProduction, text: str) -> None:
    assert production.ids(text) == reference.ids(text)
