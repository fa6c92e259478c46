"""Every query text is one the server's own parser reads back as it was meant."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_tools import VALUES, ListeningSession, query
from test_query_criteria import MERGED, NEGATED, TWO_PATHS, WITH_TARGET, WITHOUT_SCHEMA, Build

from trackteroid.entities import AssetVersion, Sequence, Shot
from trackteroid.expressions import one_of, render
from trackteroid.server.language import parse


@pytest.mark.parametrize(
    "build",
    [
        *(lambda each=each: each[1](query(each[0])) for each in WITHOUT_SCHEMA),
        *(build for build, _ in (*WITH_TARGET, *NEGATED, *MERGED)),
    ],
)
def test_a_query_with_any_criterion_can_be_parsed(build: Build) -> None:
    built = build()
    built.get_all(limit=1, offset=2, order="descending")
    parsed = parse(built.session.texts[0])
    assert parsed.entity_type == built.entity_type.__name__
    assert (parsed.limit, parsed.offset, parsed.order[0].descending) == (1, 2, True)


@pytest.mark.promise("values-arrive-unchanged")
@given(VALUES)
def test_any_value_arrives_as_it_was_given(value: str) -> None:
    comparison: Any = parse(f"Shot where {render(one_of('name', [value]))}").criteria
    assert comparison.value.text == value


@pytest.mark.promise("values-arrive-unchanged")
@given(st.lists(VALUES.filter(lambda text: "%" not in text), min_size=2, unique=True))
def test_any_values_arrive_as_they_were_given(values: list[str]) -> None:
    membership: Any = parse(f"Shot where {render(one_of('name', values))}").criteria
    assert [each.text for each in membership.values] == values


def test_threads_that_ask_under_different_entries_do_not_influence_each_other() -> None:
    session = ListeningSession()
    wrong: list[str] = []

    def ask(entry: Any, expected: str) -> None:
        for number in range(50):
            text = str(query(AssetVersion, session, entry).by_name(Sequence, str(number)).by_name(Shot, "x"))
            if expected.format(number) not in text:
                wrong.append(text)

    default = query(AssetVersion).schema
    threads = [
        threading.Thread(target=ask, args=args)
        for args in (
            (default, 'where asset.parent[Sequence] has (name is "{}")'),
            (TWO_PATHS, 'or asset.parent[Sequence] has (name is "{}"))'),
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
