"""What queries may cost, and that no query, however odd, gets more than an answer or an error in words."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selections import FUZZ
from server.real_queries import OTHERS, SELECTIVE
from server.tiny_production import TinyProduction, tiny_production
from trackteroid.server import Api, Limits
from trackteroid.server.compiler import limits, run
from trackteroid.server.core.failures import Failure, LimitError
from trackteroid.server.language import parse
from trackteroid.server.storage.database import Database

REAL_QUERIES = [*SELECTIVE, *OTHERS]
ODD = [*"()[],.'\"%\\ ", "\0", "not ", " and ", " in (", "none", "ß", "💥"]
OPEN = ExitStack()
SQL = re.compile(r"\b(SELECT|FROM|WHERE|JOIN)\b .*\b(AS|ON|IN|IS)\b|sqlite|_1\.", re.DOTALL)


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        yield production


def test_a_statement_that_takes_too_long_is_stopped(
    production: TinyProduction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_STEPS", 1)
    work = replace(production.work, limits=Limits(statement_seconds=1e-9))
    with pytest.raises(LimitError, match=r"stopped after 1e-09 seconds, this server's limit statement_seconds\."):
        run(work, parse("select descendants.descendants.name from Project"))
    assert production.ids("Task where id is t1") == ["t1"], "the next query has its own time"


def test_an_answer_with_too_many_rows_is_refused(production: TinyProduction) -> None:
    work = replace(production.work, limits=Limits(answer_rows=2))
    assert len(run(work, parse("Task")).records) == 2
    assert len(run(work, parse("AssetVersion limit 2")).records) == 2
    for text in ("AssetVersion", "AssetVersion limit 3", "select versions from Asset where id is a"):
        with pytest.raises(LimitError, match="more than 2 rows, this server's limit answer_rows"):
            run(work, parse(text))


@pytest.mark.slow
def test_more_conditions_than_can_be_built_in_time_are_refused(production: TinyProduction) -> None:
    group = " or ".join(f'(name is "a{number}" and bid > {number})' for number in range(400))
    assert production.ids(f"Task where ({group})") == []
    with pytest.raises(LimitError, match="more than 3000 conditions"):
        production.query("Task where " + " and ".join([f"({group})"] * 4))
    keys = " or ".join(f'(id is "{number}" and project_id is "p")' for number in range(5_000))
    assert production.ids(f"Task where {keys}") == [], "chains of keys are one condition"


def test_more_joins_than_the_database_has_are_refused_in_words(production: TinyProduction) -> None:
    path = "parent." * 70
    with pytest.raises(LimitError, match="Split it into several"):
        production.query(f"Task where {path}name is x")


def mutations(text: str, chance: random.Random) -> str:
    """A query with some of its words gone, doubled, swapped or from another one."""
    words = re.findall(r"\w+|\s+|.", text)
    for _ in range(chance.randint(1, 4)):
        if not words:
            break
        place = chance.randrange(len(words))
        match chance.randrange(5):
            case 0:
                del words[place]
            case 1:
                words.insert(place, words[place])
            case 2:
                other = chance.randrange(len(words))
                words[place], words[other] = words[other], words[place]
            case 3:
                words.insert(
                    place, chance.choice([*"()[],.'\"%\\ ", "\0", "not ", " and ", " in (", "none", "ß", "💥"])
                )
            case _:
                words[place] = chance.choice(re.findall(r"\w+|\s+|.", chance.choice(REAL_QUERIES)))
    return "".join(words)


@settings(max_examples=FUZZ or 150, derandomize=not FUZZ)
@given(st.sampled_from(REAL_QUERIES), st.integers(0, 10**9))
def test_mutated_queries_are_answered_or_refused_in_words(text: str, seed: int) -> None:
    mutated = mutations(text, random.Random(seed))
    try:
        _shared().query(mutated, strict=seed % 2 == 0)
    except Failure as failure:
        message = str(failure).replace(mutated, "")
        assert not SQL.search(message), message


@cache
def _shared() -> TinyProduction:
    """The production for all examples, which Hypothesis would want a fixture to make anew for each."""
    return OPEN.enter_context(tiny_production())


def test_a_call_with_too_many_operations_is_refused_in_words() -> None:
    database = Database("sqlite://")
    try:
        body = b'[{"action": "query_server_information"}' + b', {"action": "query_server_information"}' * 2 + b"]"
        reply = Api(database, limits=Limits(call_operations=2)).respond(
            {"ftrack-strict-api": "true"}, body, "http://here"
        )
    finally:
        database.close()
    assert reply.status == 413
    assert b"3 operations, more than this server's limit call_operations, which is 2" in reply.body
