"""Paging of query texts that people write."""

import re
from typing import Any

import ftrack_api.query
import pytest
from client_support import FakeServer, Mounting
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.client.hydration.pages import QueryResult
from trackteroid.errors import InvalidArgumentsError


def paging(expression: str) -> tuple[str, int | None, int | None]:
    result: Any = QueryResult(None, expression)  # type: ignore[arg-type]
    return result._expression, result._offset, result._limit


@pytest.mark.promise("values-arrive-unchanged")
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Task", ("Task", None, None)),
        ("Task limit 5", ("Task", None, 5)),
        ("Task offset 3 limit 5", ("Task", 3, 5)),
        ("Task limit 5 offset 3", ("Task", 3, 5)),
        ("Task limit 5 where x is 1", ("Task  where x is 1", None, 5)),
        ('Task where name is "limit 5"', ('Task where name is "limit 5"', None, None)),
        ("Task where name is 'offset 5'", ("Task where name is 'offset 5'", None, None)),
        ('Task where name is "limit 5" limit 7', ('Task where name is "limit 5"', None, 7)),
        (r'Task where name is "a \" limit 5" offset 7', (r'Task where name is "a \" limit 5"', 7, None)),
        (r"Task where name is 'a \' limit 5'", (r"Task where name is 'a \' limit 5'", None, None)),
        (r'Task where name is "\\" limit 5', (r'Task where name is "\\"', None, 5)),
        (
            "Task where name is \"it's\" and x is 'limit 5'",
            ("Task where name is \"it's\" and x is 'limit 5'", None, None),
        ),
        ("Task where name is it's limit 5", ("Task where name is it's", None, 5)),
        ('Task where name is "two\nlines limit 5"', ('Task where name is "two\nlines limit 5"', None, None)),
    ],
)
def test_only_the_querys_own_limit_and_offset_count(expression: str, expected: Any) -> None:
    assert paging(expression) == expected


@given(st.from_regex(r"\A(Task|where|name|is|x|limit [0-9]{1,3}|offset [0-9]{1,3}|and| )*\Z"))
def test_without_quotes_paging_is_ftrack_apis_own(expression: str) -> None:
    stock: Any = ftrack_api.query.QueryResult(None, expression)  # type: ignore[arg-type]
    assert paging(expression) == (stock._expression, stock._offset, stock._limit)


@pytest.mark.promise("values-arrive-unchanged")
@given(st.text(max_size=30) | st.from_regex(r"(limit|offset) [0-9]{1,3}", fullmatch=True))
def test_a_quoted_value_is_never_touched(value: str) -> None:
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    expression = f'Task where name is "{escaped}"'
    assert paging(f"{expression} offset 3 limit 5") == (expression, 3, 5)


@pytest.mark.promise("values-arrive-unchanged")
def test_the_value_reaches_the_server_unchanged() -> None:
    server = FakeServer()
    session = Mounting(server).ours()
    assert session.query('select id from Task where name is "limit 5" limit 2').all() == []
    assert server.requests[-1][0]["expression"] == 'select id from Task where name is "limit 5" offset 0 limit 2'


def test_a_query_without_select_asks_for_the_default_projections_as_ftrack_api_does() -> None:
    for expression in ("Task", "Status where name is x", "AssetVersion"):
        expressions: list[str] = []
        for kind in ("stock", "ours"):
            server = FakeServer()
            assert getattr(Mounting(server), kind)().query(expression, page_size=7).first() is None
            expressions.append(server.requests[-1][0]["expression"])
        assert expressions[0] == expressions[1]


def test_an_unknown_type_is_answered_with_what_was_meant_and_caught_like_ftrack_apis_own_error() -> None:
    with pytest.raises(KeyError, match='no entity type "Tusk"\\. Did you mean "Task"'):
        Mounting(FakeServer()).ours().query("Tusk")


@pytest.mark.parametrize("text", ["", "  ", None, 1, b"Task"])
def test_what_is_no_query_text_is_refused_in_words(text: Any) -> None:
    with pytest.raises(InvalidArgumentsError, match="A query is a text"):
        Mounting(FakeServer()).ours().query(text)


def test_blanks_and_lines_around_a_query_are_taken_off() -> None:
    server = FakeServer()
    session = Mounting(server).ours()
    for text in ("Task\nwhere name is x", "\n  Task where name is x\n"):
        assert session.query(text).first() is None
        assert server.requests[-1][0]["expression"].startswith("select ")
