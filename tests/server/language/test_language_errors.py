"""What a client hears about text that is no query, or too much of one."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import pytest

from counting import calls_of
from trackteroid.server.core.failures import LimitError, ParseError
from trackteroid.server.core.options import STANDARD, Limits
from trackteroid.server.language import Membership, parse, parser

ERRORS = {
    "": 'Expected an entity type or "select" at character 1, found the end of the query.',
    "  ": 'Expected an entity type or "select" at character 3, found the end of the query.',
    "select": "Expected an entity type or \"select\" at character 1, found 'select'.",
    "select id": 'Expected "from" or "," at character 10, found the end of the query.',
    "select a b from T": 'Expected "from", ",", "." or "[" at character 10, found \'b\'.',
    "select id, from T": 'Expected "from", ",", "." or "[" at character 17, found \'T\'.',
    "select id from": "Expected an entity type at character 15, found the end of the query.",
    "select count(id from T": "Expected \")\" at character 17, found 'from'.",
    "Task garbage": "found 'garbage'.",
    "Task where": 'Expected an attribute, "not" or "(" at character 11, found the end of the query.',
    "Task where a": 'Expected an operator such as "is"',
    "Task where a is": "Expected a value at character 16, found the end of the query.",
    "Task where a is ,": "Expected a value at character 17, found ','.",
    "Task where a is b c": "at character 19, found 'c'.",
    "Task where a is_not not b": "at character 25, found 'b'.",
    "Task where a is not b": "at character 21, found 'b'.",
    "Task where a is b)": "at character 18, found ')'.",
    "Task where (a is b": 'Expected ")" at character 19, found the end of the query.',
    "Task where a is b and": 'Expected an attribute, "not" or "(" at character 22, found the end of the query.',
    "Task where a is b and or c is d": "at character 26, found 'c'.",
    'Task where "a" is b': 'Expected an attribute, "not" or "(" at character 12, found \'"a"\'.',
    "Task where 1a is b": "found '1a'.",
    "Task where a..b is c": "Expected an attribute at character 14, found '.b'.",
    "Task where a[b is c": "Expected \"]\" at character 16, found 'is'.",
    "Task where a any b": "Expected \"(\" at character 18, found 'b'.",
    "Task where a any": 'Expected "(" at character 17, found the end of the query.',
    "Task where a in b": "Expected \"(\" at character 17, found 'b'.",
    "Task where a in (b c)": "Expected \")\" at character 20, found 'c)'.",
    "Task where a in (b,)": "Expected \")\" at character 19, found ',)'.",
    "Task where a in (,)": "found ',)'.",
    "Task where a in ('b' 'c')": 'Expected ")" at character 22, found "\'c\')".',
    "Task where a in (select b)": 'Expected "from"',
    'Task where a is "b': "The quote at character 17 is never closed.",
    "Task where a is 'b\\'": "The quote at character 17 is never closed.",
    'Task where a in ("b", "c)': "The quote at character 23 is never closed.",
    "Task where a is 'it's'": "The quote at character 22 is never closed.",
    "Task limit": "Expected a whole number at character 11, found the end of the query.",
    "Task limit x": "Expected a whole number at character 12, found 'x'.",
    "Task limit -1": "Expected a whole number at character 12, found '-1'.",
    "Task limit 1.5": "at character 13, found '.5'.",
    f"Task limit {10**18}": "Expected a whole number at character 12",
    "Task limit 1 limit 2": 'There is more than one "limit" in one query.',
    "Task offset 1 limit 2 offset 3": 'There is more than one "offset" in one query.',
    "Task order by a order by b": 'There is more than one "order" in one query.',
    "Task where a in (X where b is c limit 1 limit 2)": 'There is more than one "limit" in one query.',
    "Task order by a descoffset 0 limit 25": "found 'descoffset'.",
    "Task order a": "found 'order'.",
    "Task order by": "Expected an attribute at character 14",
    "Task group by a,": "Expected an attribute at character 17",
    "Task limit 1 where a is b": "found 'where'.",
    "Task; drop table task": "found ';'.",
    "Task where\n  a is b\n  c is d": "at line 3, character 3, found 'c'.",
    "Task where {a} is b": "found '{a}'.",
}


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_repeats_the_query_and_says_what_was_expected_where(text: str) -> None:
    with pytest.raises(ParseError) as failure:
        parse(text)
    message = str(failure.value)
    assert message.startswith(f"Failed to parse: {text}\n")
    assert ERRORS[text] in message.removeprefix(f"Failed to parse: {text}\n")


def test_every_terminal_of_the_grammar_has_words_for_messages() -> None:
    lark = parser._recogniser(STANDARD)  # pyright: ignore[reportPrivateUsage] - the grammar is not visible any other way
    names = {terminal.name for terminal in lark.terminals if not terminal.name.startswith("__")}
    assert names | {"$END"} == set(parser._WORDS)


def test_a_failure_is_not_remembered_as_a_success() -> None:
    for _ in range(2):
        with pytest.raises(ParseError, match="Failed to parse: Task where"):
            parse("Task where")


# -- limits ------------------------------------------------------------------------------------------------------------

DEPTH = STANDARD.query_depth

NESTINGS: dict[str, Callable[[int], str]] = {
    "parentheses": lambda depth: f"T where {'(' * depth}a is 1{')' * depth}",
    "negations": lambda depth: f"T where {'not ' * depth}a is 1",
    "both": lambda depth: f"T where {'not (' * (depth // 2)}a is 1{')' * (depth // 2)}",
    "relations": lambda depth: f"T where {'a any (' * depth}a is 1{')' * depth}",
    "logic": lambda depth: f"T where {'a is 1 or a is 2 and (' * depth}a is 1{')' * depth}",
    "subqueries": lambda depth: f"T where {'a in (T where ' * depth}a is 1{')' * depth}",
    "selects": lambda depth: f"T where {'a in (select b from T where ' * depth}a is 1{')' * depth}",
}


@pytest.mark.parametrize("nesting", NESTINGS)
def test_nesting_is_read_up_to_the_limit_and_named_beyond(nesting: str) -> None:
    deepest = parse(NESTINGS[nesting](DEPTH))
    assert deepest == parse(NESTINGS[nesting](DEPTH))
    assert hash(deepest) == hash(deepest)
    for depth in (DEPTH + 2, 20_000):
        with pytest.raises(LimitError, match=f"more than {DEPTH} deep"):
            parse(NESTINGS[nesting](depth))


def test_what_is_closed_does_not_count() -> None:
    one = "not (" * (DEPTH // 2) + "a is 1" + ")" * (DEPTH // 2)
    assert parse("T where " + " and ".join([one] * 20)).criteria
    assert parse("T where " + " and ".join(["not a is 1"] * (2 * DEPTH))).criteria


@pytest.mark.parametrize("text", ["(" * DEPTH, ")" * 100_000, "T where " + ")" * 100, "[" * 100_000])
def test_brackets_without_partner_are_parse_errors(text: str) -> None:
    with pytest.raises(ParseError):
        parse(text)


def test_a_query_may_not_be_longer_than_the_limit() -> None:
    head, most = "T where a is ", STANDARD.query_characters
    assert parse(head + "x" * (most - len(head))).criteria
    with pytest.raises(LimitError, match=f"this server's limit query_characters, which is {most}"):
        parse(head + "x" * (most - len(head) + 1))


@pytest.mark.slow
def test_a_query_may_not_have_more_words_than_the_limit() -> None:
    with pytest.raises(LimitError, match=f"more than {STANDARD.query_words} words .* limit query_words"):
        parse("T where " + "a=1 and " * STANDARD.query_words + "a=1")


#: A limit, what just keeps to it, and what passes it.
SMALL = {
    "query_characters": (Limits(query_characters=12), "T where a=12", "T where a=123"),
    "query_words": (Limits(query_words=5), "T where a=1", "T where a=1 or b=2"),
    "query_depth": (Limits(query_depth=2), "T where ((a=1))", "T where (((a=1)))"),
    "list_values": (Limits(list_values=3), "T where a in (1, 2, 3)", "T where a in (1, 2, 3, 4)"),
}


@pytest.mark.parametrize("name", SMALL)
def test_every_server_has_limits_of_its_own(name: str) -> None:
    limits, kept, passed = SMALL[name]
    assert parse(kept, limits) == parse(kept)
    assert parse(passed).criteria, "the limit of one server is another one's"
    with pytest.raises(LimitError, match=f"limit {name}"):
        parse(passed, limits)


@pytest.mark.parametrize(("name", "value"), [("query_depth", 33), ("query_depth", 0), ("statement_seconds", -1.0)])
def test_limits_that_no_server_can_keep_to_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"The limit {name} must be"):
        Limits(**{name: value})


@pytest.mark.slow
@pytest.mark.parametrize("written", ['"{}"', "{}", "'{}'"])
@pytest.mark.parametrize("comma", [",", ", ", "\n , "])
def test_a_list_of_ten_thousand_ids_is_read_with_little_work_for_each(written: str, comma: str) -> None:
    ids = [str(UUID(int=number)) for number in range(10_000)]
    text = f"select id from T where id in ({comma.join(map(written.format, ids))})"
    parse("T")  # the grammar is built once per process
    criteria = parse(text).criteria
    assert isinstance(criteria, Membership)
    assert isinstance(criteria.values, tuple)
    assert [value.text for value in criteria.values] == ids
    assert calls_of(lambda: parse(text)) < 15 * len(ids)


@pytest.mark.parametrize(
    "text",
    [
        'T where a in ("x' + " " * 500_000,
        "T where a in (x" + " " * 500_000 + "y)",
        "T where a" + " " * 500_000 + "x",
        "T where a in (" + "a" * 500_000 + " b)",
        'T where a is "' + '\\"' * 250_000,
        'T where a is "' + '"' * 500_000,
        "T where a in (" + '"a",' * 100_000 + '"',
        "select" + " " * 500_000,
        "T group" + " " * 500_000 + "b",
    ],
    ids=lambda text: text[:16],
)
def test_no_text_takes_more_than_linear_time(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError):
        parse(text)
    # Anything quadratic would take minutes at this length.
    assert time.process_time() - start < 20
