"""Queries as clients and tools really send them."""

from __future__ import annotations

import pytest
from language_helpers import criteria_of, is_, path, quoted, word

from server.client_queries import ID, OF_CLIENTS, OF_TOOLS, OTHER
from trackteroid.server.language import (
    And,
    Comparison,
    Membership,
    Not,
    Operator,
    Or,
    Order,
    Projection,
    Quantifier,
    Query,
    parse,
    render,
)


@pytest.mark.parametrize("text", OF_CLIENTS + OF_TOOLS)
def test_a_query_from_the_wild_parses_and_survives_being_written_again(text: str) -> None:
    query = parse(text)
    assert parse(render(query)) == query


@pytest.mark.parametrize("text", OF_CLIENTS + OF_TOOLS)
def test_blanks_and_line_ends_between_words_do_not_matter(text: str) -> None:
    # Canonical text, so that every blank outside of quotes is one between two tokens.
    canonical = render(parse(text))
    parts = canonical.split('"')
    spread = '"'.join(part if index % 2 else part.replace(" ", "\n   ") for index, part in enumerate(parts))
    if "\\" not in canonical:
        assert parse(f"\n  {spread}\n") == parse(text)


def test_populate_of_composite_keys() -> None:
    (text,) = (text for text in OF_CLIENTS if '"a"and' in text)
    assert parse(text) == Query(
        "Metadata",
        (Projection(path("value")),),
        Or(
            (
                And((is_("key", quoted("a")), is_("parent_id", quoted(ID)))),
                And((is_("key", quoted("b")), is_("parent_id", quoted(OTHER)))),
            )
        ),
        offset=0,
        limit=500,
    )


def test_ensure_with_values_of_all_kinds() -> None:
    criteria = criteria_of('a is "text" and b is 10 and c is True and d is None and start is "2020-01-02T03:04:05"')
    assert criteria == And(
        (
            is_("a", quoted("text")),
            is_("b", word("10")),
            is_("c", word("True")),
            is_("d", word("None")),
            is_("start", quoted("2020-01-02T03:04:05")),
        )
    )


def test_relations_lists_and_order_together() -> None:
    assert parse(OF_TOOLS[6]) == Query(
        "Task",
        (Projection(path("link")),),
        And(
            (
                Quantifier(path("assignments"), is_("resource.username", quoted("john"))),
                Membership(path("status.name"), (quoted("Omitted"), quoted("On Hold")), negated=True),
                is_("project.status", quoted("active")),
            )
        ),
        order=(Order(path("priority.sort")),),
    )


def test_a_relation_behind_a_cast_path() -> None:
    assert criteria_of('allocations.resource[Group].memberships any (user.username is "john_doe")') == Quantifier(
        path("allocations.resource[Group].memberships"), is_("user.username", quoted("john_doe"))
    )


def test_a_subquery_as_alternative() -> None:
    subquery = Query("ReviewSessionObject", (Projection(path("id")),), is_("version_id", quoted(ID)))
    assert parse(OF_TOOLS[8]).criteria == Or((is_("parent_id", quoted(ID)), Membership(path("parent_id"), subquery)))


def test_negated_relation_then_comparison() -> None:
    assert parse(OF_TOOLS[5]).criteria == And(
        (Not(Quantifier(path("in_reply_to"), None)), is_("parent_id", quoted(ID)))
    )


def test_nested_parentheses_leave_only_what_they_mean() -> None:
    def like(pattern: str) -> Comparison:
        return Comparison(path("name"), Operator.LIKE, quoted(pattern))

    bid = Comparison(path("bid"), Operator.GREATER, word("10"))
    left = And((And((bid, And((like("%foo"), like("bar%"))))), like("%foobar%")))
    children = Quantifier(
        path("parent.children"), And((is_("name", quoted("fuz")), is_("parent.name", quoted("blah"))))
    )
    (text,) = (text for text in OF_TOOLS if text.startswith("select name, bid"))
    assert parse(text).criteria == And((left, Or((is_("parent.parent.name", quoted("baz")), children))))


CANONICAL = {
    "Task   where (name='a')and bid>10 limit 5": 'Task where name is "a" and bid > 10 limit 5',
    "select a,count( b ) from T limit 1 offset 2 order by c desc , d asc group by e": (
        "select a, count(b) from T group by e order by c descending, d offset 2 limit 1"
    ),
    "T where ((a=1 and b=2) or c=3) and not (d=4 and e=5)": (
        "T where (a is 1 and b is 2 or c is 3) and not (d is 4 and e is 5)"
    ),
    "T where x has (y any()) or id not_in(1,'b')": 'T where x any (y any ()) or id not_in (1, "b")',
    "T where id in (X where a in ())": "T where id in (X where a in ())",
    "T where a is 'it\\'s \\\"C:\\dir\\\"'": 'T where a is "it\'s \\"C:\\\\dir\\""',
}


@pytest.mark.parametrize("text", CANONICAL)
def test_the_canonical_text_of_a_query(text: str) -> None:
    assert render(parse(text)) == CANONICAL[text]
