"""Asks a server and the naive evaluator the same, and tells what either made of it."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import event, note

from server.query_fuzz import answers
from server.query_fuzz.comparing import Refused
from server.query_fuzz.worlds import World
from trackteroid.server.actions import ACTIONS
from trackteroid.server.compiler import run, run_text
from trackteroid.server.core.failures import QueryError, ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.language import Query, parse, render
from trackteroid.server.model import Model

Record = dict[str, Any]
#: Records and the offset of the next page, or None if the query was refused.
Outcome = tuple[list[Record], int | None] | None


def agree_on_query(work: Request, world: World, query: Query, text: str) -> None:
    """Records with all that was asked for, in order; and the same told once only."""
    whole = replace(work, denormalize=True)
    found = asked(lambda: run(whole, parse(text)))
    expected = judged(query, lambda page: answers.records(world.naive, page))
    note(text)
    assert found == expected, f"{found}\n{expected}"
    told_once = asked(lambda: run(work, parse(text)))
    for _ in range(2):
        asked(lambda: run_text(work, with_other_ids(text)))
    assert asked(lambda: run_text(whole, text)) == expected, "The same of other ids was asked before."
    assert asked(lambda: run_text(work, text)) == told_once, "It was asked before."
    if found is None or told_once is None:
        assert found == told_once
        return
    assert [identity(world.model, one) for one in told_once[0]] == [identity(world.model, one) for one in found[0]]
    assert facts(world.model, told_once[0]) == facts(world.model, found[0])


def with_other_ids(text: str) -> str:
    """The same query, with another id for each that is in it."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda found: str(uuid.uuid5(uuid.NAMESPACE_URL, found[0])), text)


def agree_on_groups(work: Request, world: World, query: Query, text: str) -> None:
    """Groups in order, with values that are the same but for the last digit."""
    found = asked(lambda: run(work, parse(text)))
    expected = judged(query, lambda page: answers.groups(world.naive, page))
    note(text)
    assert same(found, expected), f"{found}\n{expected}"


def agree_on_search(work: Request, world: World, query: Query, more: Mapping[str, Any]) -> None:
    """The records of a search."""
    operation = {"expression": render(query), **more}
    options = (more["terms"], more["context_id"], more["object_type_ids"])
    expected = judged(query, lambda page: answers.search(world.naive, page, *options))
    note(str(operation))
    try:
        answer = ACTIONS["search"](replace(work, denormalize=True), operation)
        found = answer["data"], answer["metadata"]["next"]["offset"]
    except (QueryError, ValidationError) as error:
        note(f"refused: {error}")
        found = None
    assert found == expected, f"{found}\n{expected}"


def asked(ask: Callable[[], Any]) -> Outcome:
    """What the server says."""
    try:
        answer = ask()
    except QueryError as error:
        note(f"refused: {error}")
        event("refused")
        return None
    event("some rows" if answer.records else "no rows")
    return answer.records, answer.next_offset


def judged(query: Query, judge: Callable[[Query], list[Record]]) -> Outcome:
    """What the naive evaluator says; pages are cut from the whole."""
    try:
        whole = judge(replace(query, limit=None, offset=None))
    except Refused as error:
        note(f"naive refused: {error}")
        return None
    begin = query.offset or 0
    end = len(whole) if query.limit is None else begin + query.limit
    return whole[begin:end], end if end < len(whole) else None


def identity(model: Model, record: Record) -> tuple[Any, ...]:
    entity_type = model.type(record["__entity_type__"])
    return entity_type.name, *(record[name] for name in entity_type.primary_key)


def facts(model: Model, records: Sequence[Record]) -> dict[tuple[Any, ...], Record]:
    """All that an answer tells of each entity, wherever it does."""
    found: dict[tuple[Any, ...], Record] = {}

    def visit(value: Any) -> Any:
        if isinstance(value, list):
            return [visit(one) for one in value]
        if not isinstance(value, dict) or "__entity_type__" not in value:
            return value
        told = found.setdefault(identity(model, value), {})
        for name, inner in value.items():
            told[name] = visit(inner)
        return identity(model, value)

    visit(records)
    return found


def same(one: Any, other: Any) -> bool:
    """Whether values are equal; sums may have been rounded in another order."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, float | int) and isinstance(other, float | int):
        return isinstance(one, bool) == isinstance(other, bool) and math.isclose(one, other, rel_tol=1e-12)
    return one == other
