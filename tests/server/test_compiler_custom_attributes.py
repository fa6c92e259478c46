"""Custom attributes in queries: which apply to what, how their values compare, and links between entities.

Besides the tiny production there is a second project "p2" with one entity of each kind. Configurations:

    fps        shots, 24; in p2 a configuration of its own, 30
    only_here  shots of p2, 1
    colour     assets, "grey"; in p2 "red"
    build      versions of p2, true
    budget     lists, 10; in p2 20
    slot       rows of lists in p2
    team       users, ["a", "b"]; one for p2, which users do not belong to
    due        hierarchical, a date
    fps_show   projects, 25
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from server.tiny_production import SHOT, TinyProduction, tiny_production
from trackteroid.server.core.failures import QueryError
from trackteroid.server.model.folding import with_folded
from trackteroid.server.rules.custom_attributes import search_columns

DUE = {"__type__": "datetime", "value": "2024-05-01T12:00:00"}
NEXT_YEAR = {"__type__": "datetime", "value": "2025-01-01T00:00:00"}

ROWS: list[tuple[str, dict[str, Any]]] = [
    ("Project", {"id": "p2", "name": "other", "project_id": "p2", "context_type": "show"}),
    ("Shot", {"id": "s9", "name": "sh", "parent_id": "p2", "project_id": "p2", "object_type_id": SHOT}),
    ("Asset", {"id": "a9", "name": "tree", "context_id": "s9", "project_id": "p2"}),
    ("AssetVersion", {"id": "v9", "asset_id": "a9", "project_id": "p2", "version": 1}),
    ("AssetVersionList", {"id": "li9", "name": "best", "project_id": "p2"}),
    ("ListObject", {"id": "lo9", "list_id": "li9", "entity_id": "v9"}),
    ("ListObject", {"id": "lo1", "list_id": "li", "entity_id": "v1"}),
]


def configuration(identity: str, key: str, kind: str, default: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    text, number = search_columns(default)
    values = {"id": identity, "key": key, "entity_type": kind, "default": default, "is_hierarchical": False}
    return "CustomAttributeConfiguration", values | {"default_text": text, "default_number": number} | more


def value(configuration_id: str, entity_id: str, stored: Any) -> tuple[str, dict[str, Any]]:
    text, number = search_columns(stored)
    keys = {"configuration_id": configuration_id, "entity_id": entity_id}
    return "CustomAttributeValue", keys | {"value": stored, "text": text, "number": number}


def link(identity: str, configuration_id: str, ends: str, kinds: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    from_id, to_id = ends.split(" -> ")
    from_kind, to_kind = kinds
    return "CustomAttributeLink", {
        "id": identity,
        "configuration_id": configuration_id,
        "from_id": from_id,
        "to_id": to_id,
        "from_kind": f"{from_kind}CustomAttributeLinkFrom",
        "to_kind": f"{to_kind}CustomAttributeLink",
    }


ROWS += [
    configuration("fps", "fps", "task", 24, object_type_id=SHOT),
    configuration("fps2", "FPS", "task", 30, object_type_id=SHOT, project_id="p2"),
    configuration("only", "only_here", "task", 1, object_type_id=SHOT, project_id="p2"),
    configuration("colour", "colour", "asset", "grey"),
    configuration("colour2", "colour", "asset", "red", project_id="p2"),
    configuration("build", "build", "assetversion", True, project_id="p2"),
    configuration("budget", "budget", "list", 10),
    configuration("budget2", "budget", "list", 20, project_id="p2"),
    configuration("slot", "slot", "listobject", None, project_id="p2"),
    configuration("team", "team", "user", ["a", "b"]),
    configuration("team2", "team", "user", ["c"], project_id="p2"),
    configuration("due", "due", "show", None, is_hierarchical=True),
    configuration("fps_show", "fps_show", "show", 25),
    value("fps", "s1", 12.5),
    value("due", "s1", DUE),
    value("due", "a9", NEXT_YEAR),
    value("team", "u2", []),
    ("CustomAttributeLinkConfiguration", {"id": "sup", "key": "supervisor", "entity_type": "task"}),
    ("CustomAttributeLinkConfiguration", {"id": "src", "key": "source", "entity_type": "task"}),
    link("k1", "sup", "s1 -> u1", ("Context", "User")),
    link("k2", "sup", "s2 -> u2", ("Context", "User")),
    link("k3", "src", "s1 -> a9", ("Context", "Asset")),
    link("k4", "src", "v1 -> s2", ("AssetVersion", "Context")),
]


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        model = production.work.model
        for type_name, values in ROWS:
            entity_type = model.type(type_name)
            kind = {entity_type.discriminator: type_name} if entity_type.discriminator else {}
            table = model.table(entity_type)
            production.work.connection.execute(sa.insert(table).values(with_folded(table, kind | values)))
        yield production


APPLYING = [
    ("Shot", "s1", {"fps": 12.5, "fstart": 1001, "due": DUE, "note": "inherited"}),
    ("Shot", "s2", {"fps": 24, "fstart": 1, "due": None, "note": "inherited"}),
    ("Shot", "s9", {"FPS": 30, "only_here": 1, "fstart": 1, "due": None, "note": "inherited"}),
    ("Task", "t1", {"due": None, "note": "inherited"}),
    ("Project", "p", {"fps_show": 25, "due": None, "note": "inherited"}),
    ("Asset", "a", {"colour": "grey", "due": None, "note": "inherited"}),
    (
        "Asset",
        "a9",
        {"colour": "red", "due": {"__type__": "datetime", "value": "2025-01-01T00:00:00"}, "note": "inherited"},
    ),
    ("AssetVersion", "v1", {"due": None, "note": "inherited"}),
    ("AssetVersion", "v9", {"build": True, "due": None, "note": "inherited"}),
    ("AssetVersionList", "li", {"budget": 10}),
    ("AssetVersionList", "li9", {"budget": 20}),
    ("ListObject", "lo1", {}),
    ("ListObject", "lo9", {"slot": None}),
    ("User", "u1", {"team": ["a", "b"]}),
]


@pytest.mark.parametrize(("type_name", "identity", "expected"), APPLYING, ids=[f"{t} {i}" for t, i, _ in APPLYING])
def test_an_entity_has_what_applies_to_it(
    production: TinyProduction, type_name: str, identity: str, expected: dict[str, Any]
) -> None:
    (record,) = production.records(f"select custom_attributes from {type_name} where id is {identity}")
    rows = record["custom_attributes"]
    assert {row["key"]: row["value"] for row in rows} == expected
    assert len(rows) == len(expected), "one row for each key"
    assert {row["__entity_type__"] for row in rows} <= {f"{_kind(type_name)}CustomAttributeValue"}


def _kind(type_name: str) -> str:
    kinds = {"Shot": "Context", "Task": "Context", "Project": "Context", "AssetVersionList": "List"}
    return kinds.get(type_name, type_name)


QUERIES = [
    # numbers compare as numbers
    ("Shot where custom_attributes any (key is fps and value is 24)", "s2"),
    ('Shot where custom_attributes any (key is fps and value is "12.5")', "s1"),
    ("Shot where custom_attributes any (key is fps and value is 12.50)", "s1"),
    ("Shot where custom_attributes any (key is fps and value > 9)", "s1 s2 s9"),
    ("Shot where custom_attributes any (key is fps and value in (30, 24))", "s2 s9"),
    ("Shot where custom_attributes any (key is fps and value not_in (30, 24))", "s1"),
    ("Shot where custom_attributes any (key is fps and not value in (30, abc))", "s1 s2"),
    ("Shot where custom_attributes any (key is fps and value like '%2%')", "s1 s2"),
    # flags, choices, dates
    ("AssetVersion where custom_attributes any (key is build and value is True)", "v9"),
    ("AssetVersion where custom_attributes any (key is build and value is 1)", "v9"),
    ("User where custom_attributes any (key is team and value like '%b%')", "u1"),
    # where nothing is chosen there is nothing to compare
    ("User where custom_attributes any (key is team and value is '')", ""),
    ("User where custom_attributes any (key is team and value like '%')", "u1"),
    ("User where custom_attributes any (key is team and value is none)", "u2"),
    ("User where custom_attributes any (key is team and value not_in (1, x))", "u1"),
    ("Shot where custom_attributes any (key is due and value is '2024-05-01 14:00:00+02:00')", "s1"),
    ("Shot where custom_attributes any (key is due and value > 2024-05-01)", "s1"),
    ("Shot where custom_attributes any (key is due and value <= '2024-05-01T12:00:00Z')", "s1"),
    ("Shot where custom_attributes any (key is due and value in ('2024-05-01 12:00'))", "s1"),
    ("Shot where custom_attributes any (key is due and value is none)", "s2 s9"),
    ("Shot where custom_attributes any (key is due and value is_not none)", "s1"),
    # keys and configurations
    ("Shot where custom_attributes any (key is only_here)", "s9"),
    ("Shot where not custom_attributes any (key is only_here)", "s1 s2"),
    ("Shot where custom_attributes.configuration.key is fps", "s1 s2 s9"),
    ("Shot where custom_attributes.configuration.project_id is p2", "s9"),
    ("Asset where custom_attributes any (key is colour and value is RED)", "a9"),
    ("Asset where parent.custom_attributes any (key is fps and value > 20)", "a9 b"),
    # links, from both sides
    ('Shot where custom_attribute_links any (configuration.key is "supervisor" and user.username is "ann")', "s1"),
    ("Shot where custom_attribute_links.user.username is bob", "s2"),
    ("Shot where custom_attribute_links any (asset.name is tree)", "s1"),
    ("Shot where not custom_attribute_links any (configuration.key is source)", "s2 s9"),
    ("User where custom_attribute_links_from any (configuration.key is supervisor and context.name is sh010)", "u1"),
    ("Asset where custom_attribute_links_from any (context.bid > 1)", "a9"),
    ("Shot where custom_attribute_links_from any (asset_version.version is 1)", "s2"),
    ("Shot where custom_attribute_links_from[ContextCustomAttributeLinkFrom] any ()", ""),
    ("CustomAttributeLink where configuration.key = supervisor and from_id = s1", "k1"),
    ("UserCustomAttributeLink", "k1 k2"),
    ("UserCustomAttributeLink where user.username is bob", "k2"),
    ("ContextCustomAttributeLink where context.name is sh020", "k4"),
    ("AssetVersionCustomAttributeLinkFrom", "k4"),
    ("CustomAttributeLinkFrom where to_id is u1", "k1"),
]


@pytest.mark.parametrize(("text", "expected"), QUERIES, ids=[text for text, _ in QUERIES])
def test_criteria_find(production: TinyProduction, text: str, expected: str) -> None:
    assert production.ids(text) == expected.split()


def test_links_are_told_by_the_kind_of_their_other_end(production: TinyProduction) -> None:
    forth = production.records("select to_id from CustomAttributeLink")
    assert [record["__entity_type__"] for record in forth] == [
        "UserCustomAttributeLink",
        "UserCustomAttributeLink",
        "AssetCustomAttributeLink",
        "ContextCustomAttributeLink",
    ]
    back = production.records("select from_id from CustomAttributeLinkFrom where id is k4")
    assert [record["__entity_type__"] for record in back] == ["AssetVersionCustomAttributeLinkFrom"]


def test_what_is_linked_can_be_projected(production: TinyProduction) -> None:
    text = 'select user.username from CustomAttributeLink where configuration.key = "supervisor" and from_id = "s1"'
    (record,) = production.records(text)
    assert record["user"]["username"] == "ann"


@pytest.mark.parametrize("name", ["custom_attribute_links", "custom_attribute_links_from"])
def test_links_of_an_entity_cannot_be_projected(production: TinyProduction, name: str) -> None:
    with pytest.raises(QueryError, match="cannot be projected"):
        production.query(f"select {name} from Shot", strict=True)


def test_values_of_users_are_of_users_only(production: TinyProduction) -> None:
    records = production.records("select entity_id from UserCustomAttributeValue")
    assert {record["entity_id"] for record in records} == {"u1", "u2"}


def test_stored_values_are_found_sparsely(production: TinyProduction) -> None:
    records = production.records("select value from CustomAttributeValue where configuration.key in (fps, fstart)")
    assert {(r["configuration_id"], r["entity_id"], r["value"]) for r in records} == {
        ("cf1", "s1", 1001),
        ("fps", "s1", 12.5),
    }
