"""Every query that is known from clients and tools is answered, not only read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from server.client_queries import OF_CLIENTS, OF_TOOLS
from server.tiny_production import TinyProduction, tiny_production
from trackteroid.server.core.failures import QueryError

#: Names that stand for any name, an attribute that only other servers have, and a question that has no one answer.
MADE_UP = r"\bT\b|\bk1\b|\ba is \"text\"|select a, b|select id, name, version|select name, count\(id\) from Task"


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        yield production


@pytest.mark.parametrize("text", OF_CLIENTS + OF_TOOLS)
def test_a_query_from_the_wild_is_answered(production: TinyProduction, text: str) -> None:
    if re.search(MADE_UP, text):
        with pytest.raises(QueryError):
            production.query(text, strict=True)
    else:
        assert isinstance(production.query(text, strict=True).records, list)


def test_few_are_made_up() -> None:
    assert len([text for text in OF_CLIENTS + OF_TOOLS if re.search(MADE_UP, text)]) == 11
