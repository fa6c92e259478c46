"""What holds for every query, every text, and from every thread."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language_helpers import KEYWORDS, criteria_of, is_, literals, queries, quoted

from selections import FUZZ
from trackteroid.server.core.failures import LimitError, ParseError
from trackteroid.server.language import Literal, Query, parse, parser, render
from trackteroid.server.language.tree import read_literal, write_literal


@given(queries)
@settings(max_examples=FUZZ or 60)
@pytest.mark.slow
def test_what_is_written_reads_the_same(query: Query) -> None:
    assert parse(render(query)) == query


@given(queries)
@pytest.mark.slow
def test_canonical_text_is_a_fixed_point(query: Query) -> None:
    text = render(query)
    assert render(parse(text)) == text


@given(literals)
def test_values_survive_being_written(literal: Literal) -> None:
    assert read_literal(write_literal(literal)) == literal


@given(st.text())
def test_any_text_can_be_a_quoted_value(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert criteria_of(f'a is "{escaped}"and b is 1 or c is 2') == criteria_of(
        f"a is {write_literal(quoted(text))} and b is 1 or c is 2"
    )
    assert criteria_of(f'a is "{escaped}"') == is_("a", quoted(text))


def _parses_or_fails_properly(text: str) -> None:
    try:
        assert isinstance(parse(text), Query)
    except ParseError as error:
        assert str(error).startswith(f"Failed to parse: {text}\n")  # noqa: PT017 - either outcome is right
    except LimitError:
        pass


FRAGMENTS = st.sampled_from(
    [
        *"()[].,<>=!\\'\"{}%- \n\t",
        *KEYWORDS,
        *["Task", "id", "a", "1", "count(", "order by", "group by", "select id from", '"a"', "'b'", "X where", "é"],
        "\x00",
        "\u00a0",
    ]
)


@given(st.lists(FRAGMENTS, max_size=30), st.sampled_from(["", " "]))
@settings(max_examples=FUZZ or 60)
def test_any_mixture_of_words_parses_or_fails_properly(fragments: list[str], between: str) -> None:
    _parses_or_fails_properly(between.join(fragments))


@given(st.text(max_size=200))
@settings(max_examples=FUZZ or 50)
def test_any_text_parses_or_fails_properly(text: str) -> None:
    _parses_or_fails_properly(text)


@given(queries.map(render), st.data())
@settings(max_examples=FUZZ or 60)
@pytest.mark.slow
def test_a_damaged_query_parses_or_fails_properly(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    _parses_or_fails_properly(text[:start] + data.draw(FRAGMENTS | st.just("")) + text[end:])


# -- threads, memory, import -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("_attempt", range(5))
def test_many_threads_read_different_queries_at_once_from_the_first_on(_attempt: int) -> None:
    parser._recogniser.cache_clear()
    parser._parse_remembered.cache_clear()
    start = Barrier(8)

    def read(worker: int) -> bool:
        start.wait()
        texts = [f'select a{n} from T where x any (id in ("{worker}", {n}) or not b is {n})' for n in range(60)]
        return all(render(parse(text)) == text for text in texts)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(8)))


def test_the_same_text_is_read_once() -> None:
    assert parse("Task where name is read_once") is parse("Task where name is read_once")


@pytest.mark.parametrize("text", ["Task where a in ({})".format(",".join(map(str, range(2000))))])
def test_long_lists_are_not_remembered(text: str) -> None:
    remembered = parser._parse_remembered.cache_info().currsize
    assert parse(text) == parse(text)
    assert parse(text) is not parse(text)
    assert parser._parse_remembered.cache_info().currsize == remembered


def test_memory_is_bounded() -> None:
    for number in range(parser.CACHED_QUERIES + 10):
        parse(f"T limit {number}")
    assert parser._parse_remembered.cache_info().currsize == parser.CACHED_QUERIES


def test_importing_does_not_build_the_grammar() -> None:
    code = "from trackteroid.server.language import parser; print(parser._recogniser.cache_info().currsize)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "0"
