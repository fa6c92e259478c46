"""Pages of a query: together they are the whole answer, and what is behind references is looked up for a page alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from server.tiny_production import TinyProduction, tiny_production

WHOLE = [
    "select name, status.name, project.name from TypedContext",
    "select name, status.name from TypedContext order by name",
    "select name, status.name from TypedContext order by name desc, bid",
    "select name, status.name from TypedContext order by status.name desc, parent.name",
    "select name, status.name from TypedContext where parent.name is_not none order by parent.name, description desc",
    "select version, asset.parent.name, task.name from AssetVersion where asset.name is_not none order by version desc",
    "select version, is_latest_version, asset.name from AssetVersion order by is_latest_version desc, asset.name",
    "select version, asset.versions.version, asset.name from AssetVersion order by date",
    "select key, value, configuration.key from ContextCustomAttributeValue order by key desc",
    "select status.name, children.status.name from Context order by name",
    "select key, value, parent_type from Metadata order by value",
    "select resource.username, context.name from Appointment order by context.name desc",
]


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        yield production


def pages(production: TinyProduction, text: str, size: int) -> Iterator[dict[str, Any]]:
    offset: int | None = 0
    while offset is not None:
        answer = production.query(f"{text} limit {size} offset {offset}", denormalize=True)
        yield from answer.records
        offset = answer.next_offset


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("text", WHOLE, ids=WHOLE)
def test_pages_together_are_the_whole_answer(production: TinyProduction, text: str, size: int) -> None:
    whole = production.query(text, denormalize=True).records
    assert list(pages(production, text, size)) == whole


def test_the_page_is_found_before_anything_behind_references(production: TinyProduction) -> None:
    production.query("select version, asset.name, status.name from AssetVersion where task.name is x limit 5 offset 9")
    (statement,) = production.statements
    found = re.search(r"\(SELECT .*?FROM (.*?)LIMIT", statement, re.DOTALL)
    assert found is not None
    assert "context" in found[1], "the condition decides what is on the page"
    assert "asset " not in found[1]
    assert "status" not in found[1]


def test_a_page_of_nothing_but_its_own_values_is_asked_for_directly(production: TinyProduction) -> None:
    production.query("select version from AssetVersion where asset.name is x limit 5")
    (statement,) = production.statements
    assert statement.count("SELECT") == 1
