"""The action `search`: queries whose entities also match words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.tiny_production import SHOT, TASK, TinyProduction, tiny_production
from trackteroid.server.actions import ACTIONS, READING
from trackteroid.server.core.failures import Failure, QueryError, ValidationError


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        yield production


def search(production: TinyProduction, expression: str, *terms: str, **more: Any) -> dict[str, Any]:
    operation = {"action": "search", "expression": expression, "terms": list(terms), **more}
    return ACTIONS["search"](production.work, operation)


FOUND: list[tuple[str, str, dict[str, Any], str]] = [
    # the entity's own name, any case, any part, every word
    ("Task", "OM", {}, "t1"),
    ("Task", "co mp", {}, "t1"),
    ("Task", "comp anim", {}, ""),
    ("Task", "", {}, "t1 t2"),
    # what it belongs to
    ("Task", "sh010", {}, "t1 t2"),
    ("Task", "sq010 comp", {}, "t1"),
    ("Task", "show anim", {}, "t2"),
    ("AssetVersion", "sq010 hero", {}, "v1 v2 v3"),
    ("AssetVersion", "comp", {}, "v2"),
    ("Asset", "sh020", {}, "b"),
    ("Component", "hero thumb", {}, "c2"),
    ("Project", "SHOW", {}, "p"),
    ("Context", "sh0", {}, "s1 s2 t1 t2"),
    ("User", "ann", {}, "u1"),
    ("Resource", "crew", {}, "g"),
    ("AssetVersionList", "pick", {}, "li"),
    ("Status where name is 'Not started'", "n", {}, "n"),
    # wildcards are letters
    ("AssetVersion", "50%", {}, "v1"),
    ("AssetVersion", "5_%", {}, ""),
    # places and kinds
    ("Task", "", {"context_id": "s2"}, ""),
    ("Task", "", {"context_id": "sq"}, "t1 t2"),
    ("TypedContext", "", {"context_id": "s1"}, "s1 t1 t2"),
    ("TypedContext", "", {"context_id": "p", "object_type_ids": [SHOT]}, "s1 s2"),
    ("TypedContext", "sh010", {"object_type_ids": [TASK, SHOT]}, "s1 t1 t2"),
    ("AssetVersion where version > 1", "", {"context_id": "s1"}, "v2 v3"),
    ("AssetVersionList", "", {"context_id": "p"}, "li"),
    ("Project", "", {"context_id": "other"}, ""),
    # the expression restricts as ever
    ("TypedContext where name like '%010'", "sq010", {"entity_type": "TypedContext"}, "s1 sq"),
]


@pytest.mark.parametrize(
    ("expression", "terms", "more", "expected"), FOUND, ids=[f"{e} - {t} - {sorted(m)}" for e, t, m, _ in FOUND]
)
def test_searches_find(
    production: TinyProduction, expression: str, terms: str, more: dict[str, Any], expected: str
) -> None:
    answer = search(production, expression, *terms.split(), **more)
    assert [record["id"] for record in answer["data"]] == expected.split()


def test_answers_look_like_those_of_queries(production: TinyProduction) -> None:
    answer = search(production, "select name from Status limit 1", "started", entity_type="Status")
    # "In progress" is no match, so there is no second page either
    assert answer == {
        "action": "search",
        "data": [{"__entity_type__": "Status", "id": "n", "name": "Not started"}],
        "metadata": {"next": {"offset": None}},
    }


@pytest.mark.parametrize(
    ("expression", "more", "error", "message"),
    [
        ("Tusk", {}, QueryError, "no entity type Tusk"),
        ("Task", {"entity_type": "User"}, ValidationError, "asks for Task, the search for User"),
        ("Task", {"terms": "comp"}, ValidationError, "list of texts"),
        ("Task", {"context_id": 3}, ValidationError, '"context_id" to be text'),
        ("User", {"context_id": "p"}, ValidationError, "User is in no context"),
        ("AssetVersionLink", {"terms": ["a"]}, ValidationError, "no names to search"),
        (None, {}, ValidationError, '"expression" to be text'),
    ],
)
def test_mistakes_are_named(
    production: TinyProduction, expression: Any, more: dict[str, Any], error: type[Failure], message: str
) -> None:
    with pytest.raises(error, match=message):
        search(production, expression, **more)


def test_searching_changes_nothing() -> None:
    assert "search" in READING
