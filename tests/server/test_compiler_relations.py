"""Relations that are not the same on all kinds of a type, and casts that no path can make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from server.tiny_production import TinyProduction, tiny_production
from trackteroid.server.core.failures import QueryError


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        for name, values in ROWS:
            table = production.work.model.table(name)
            production.work.connection.execute(sa.insert(table).values(concrete_type=name, **values))
        link = production.work.model.table("ListObject")
        production.work.connection.execute(sa.insert(link), LINKS)
        scope = production.work.model.table("Scope")
        production.work.connection.execute(sa.insert(scope), SCOPES)
        yield production


ROWS: list[tuple[str, dict[str, Any]]] = [
    ("TypedContextList", {"id": "tl", "name": "mine", "project_id": "p"}),
    ("TypedContextStatusChange", {"id": "c1", "parent_id": "t1"}),
    ("AssetVersionStatusChange", {"id": "c2", "parent_id": "v1"}),
]
SCOPES = [{"id": "COMP", "name": "T1"}, {"id": "x", "name": "ANIM"}, {"id": "y", "name": "1"}]
LINKS = [
    {"id": "lo1", "list_id": "tl", "entity_id": "t1"},
    {"id": "lo2", "list_id": "li", "entity_id": "v1"},
    {"id": "lo3", "list_id": "li", "entity_id": "v2"},
    {"id": "lo4", "list_id": "li", "entity_id": "v2"},
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("List where items[AssetVersion].comment like '50%'", ["li"]),
        ("List where items[Task] any (name is comp)", ["tl"]),
        ("StatusChange where parent[AssetVersion].version is 1", ["c2"]),
        ("StatusChange where parent[Task] has ()", ["c1"]),
        ("StatusChange where parent[AssetVersion] is v1", ["c2"]),
        ("StatusChange order by parent[AssetVersion].version desc", ["c2", "c1"]),
    ],
)
def test_a_cast_tells_which_of_several_relations_is_meant(
    production: TinyProduction, text: str, expected: list[str]
) -> None:
    assert production.ids(text) == expected


def test_a_cast_tells_which_is_asked_for(production: TinyProduction) -> None:
    lists = production.records("select items[AssetVersion].version from List")
    assert [[item["version"] for item in one.get("items", [])] for one in lists] == [[1, 2], []]
    changes = production.records("select parent[Shot].name from StatusChange")
    assert [(one.get("parent") or {}).get("name") for one in changes] == ["comp", None]


AMBIGUOUS = r"leads to a \w+ or a AssetVersion; cast it, as in \w+\[AssetVersion\]"


@pytest.mark.parametrize(
    "text",
    [
        "List where items.id is x",
        "List where items any ()",
        "StatusChange where parent.id is v1",
        "StatusChange where parent has ()",
        "StatusChange order by parent.id",
    ],
)
def test_without_one_the_question_is_refused_whatever_the_rows_are(production: TinyProduction, text: str) -> None:
    with pytest.raises(QueryError, match=AMBIGUOUS):
        production.query(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select items from List", AMBIGUOUS),
        ("select items.id from List", AMBIGUOUS),
        ("select parent from StatusChange", AMBIGUOUS),
        ("select parent[User].username from Task", "User is not a kind of Context"),
        ("select parent[User] from Task", "User is not a kind of Context"),
        ("select children[User] from Task", "User is not a kind of Context"),
        ("select parent[Nobody] from Task", "no entity type Nobody"),
        ("select name[Task] from Task", "is a plain value"),
    ],
)
def test_projections_without_one_or_with_one_that_cannot_be_are_refused_or_left_out(
    production: TinyProduction, text: str, message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        production.query(text, strict=True)
    answer = production.query(text)
    assert answer.records
    (reason,) = answer.left_out.values()
    assert re.search(message, reason)


AMONG = [
    # by the rules of the column that is asked about, not of the values
    ("Task where name in (select id from Scope)", ["t1"]),
    ("Task where id in (select name from Scope)", []),
    ("Task where name in (select name from Scope order by name limit 5)", ["t2"]),
    ("Task where name in (select id from Scope order by id limit 5)", ["t1"]),
    # what is of another kind is not the same
    ("AssetVersion where version in (select name from Scope)", []),
    ("AssetVersion where version not_in (select name from Scope)", ["v1", "v2", "v3"]),
    ("Scope where name in (select version from AssetVersion)", []),
    ("Scope where name in (select is_published from AssetVersion limit 1)", []),
    ("AssetVersion where version in (select is_active from User)", []),
    ("AssetVersion where is_published in (select version from AssetVersion)", []),
    ("Scope where name in (select value from CustomAttributeValue)", []),
    # whole numbers are numbers
    ("AssetVersion where version in (select sort from Status)", ["v1", "v2"]),
    ("Timelog where duration in (select size from Component)", []),
]


@pytest.mark.parametrize(("text", "expected"), AMONG, ids=[text for text, _ in AMONG])
def test_values_among_those_of_another_query(production: TinyProduction, text: str, expected: list[str]) -> None:
    assert production.ids(text) == expected


@pytest.mark.parametrize(
    "text", ["Task where name in (select bid from Task where nme is x)", "Task where bid in (select nme from Task)"]
)
def test_mistakes_in_it_are_named_whatever_the_kinds_are(production: TinyProduction, text: str) -> None:
    with pytest.raises(QueryError, match="no attribute nme"):
        production.query(text)


def test_what_is_linked_twice_is_a_member_once(production: TinyProduction) -> None:
    for text in (
        "select items from AssetVersionList",
        "select items.asset.name, items.components from AssetVersionList",
    ):
        for denormalize in (False, True):
            (picks,) = production.query(text, denormalize=denormalize).records
            assert [item["id"] for item in picks["items"]] == ["v1", "v2"]


@pytest.mark.parametrize(
    ("pattern", "expected"), [("-17%", ["s1", "sq", "t1"]), ("_.5", ["s2", "t2"]), ("-_____.5", ["s1", "sq", "t1"])]
)
def test_patterns_meet_computed_numbers(production: TinyProduction, pattern: str, expected: list[str]) -> None:
    assert production.ids(f'TypedContext where bid_time_logged_difference like "{pattern}"') == expected


def test_a_value_and_what_an_entity_has_of_it_are_two_entities(production: TinyProduction) -> None:
    text = "select configuration.values from ContextCustomAttributeValue where entity_id is s1 and key is fstart"
    (record,) = production.records(text)
    assert record["__entity_type__"] == "ContextCustomAttributeValue"
    (value,) = record["configuration"]["values"]
    assert value["__entity_type__"] == "CustomAttributeValue"
