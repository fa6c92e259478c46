"""Every query that is known from clients and tools is answered, not only read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from server.client_queries import OF_CLIENTS, OF_TOOLS
from server.tiny_production import TinyProduction, tiny_production
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import Query, parse, render
from trackteroid.server.language.tree import Not

#: Names that stand for any name, an attribute that only other servers have, and a question that has no one answer.
MADE_UP = r"\bT\b|\bk1\b|\ba is \"text\"|select a, b|select id, name, version|select name, count\(id\) from Task"
QUERIES = OF_CLIENTS + OF_TOOLS
#: These compare what is not set, which meets neither a condition nor its opposite.
NOT_SET = r"group.name in|start_date >"


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        yield production


@pytest.mark.parametrize("text", [text for text in QUERIES if not re.search(MADE_UP, text)])
def test_a_query_from_the_wild_is_answered_with_what_it_asks_for(production: TinyProduction, text: str) -> None:
    query = parse(text)
    found = production.query(text, strict=True).records
    everything = replace(query, criteria=None, order=(), limit=None, offset=None)
    records = production.query(render(everything), strict=True).records
    assert not records or _names(query) <= set().union(*records), "not every type of context has them all"
    assert all(record in records for record in found)
    if query.criteria is None:
        assert len(found) == len(records)
    else:
        meets, fails = (
            production.query(render(replace(everything, criteria=criteria)), strict=True).records
            for criteria in (query.criteria, Not(query.criteria))
        )
        assert not [record for record in meets if record in fails]
        assert len(meets) + len(fails) == len(records) or re.search(NOT_SET, text)


def _names(query: Query) -> set[str]:
    """Return the names that records of the answer have."""
    asked = (str(each.path) if each.function is None else f"{each.function}_{each.path}" for each in query.projections)
    return {re.split(r"[.[]", name)[0] for name in asked}


@pytest.mark.parametrize("text", [text for text in QUERIES if re.search(MADE_UP, text)])
def test_a_query_with_made_up_names_is_refused(production: TinyProduction, text: str) -> None:
    with pytest.raises(QueryError):
        production.query(text, strict=True)


def test_few_are_made_up() -> None:
    assert len([text for text in QUERIES if re.search(MADE_UP, text)]) == 11
